"""``python -m issuer profile``: list the mapping profiles, try one on a file.

``test`` tells what would become of each row, in plain words, and stores nothing; it needs
neither a database nor a key. What it prints names no person: values of the learner, of pay and
of feedback are never repeated, and signs that a terminal obeys are written out.

Exit codes: 0 every row is accepted, 1 a row or the file or the profile is not, 64 misuse.
Leaves to others: the words of the command line (``issuer.__main__``), every decision
(``issuer.platforms``).
"""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from issuer import limits
from issuer.errors import NotFoundError
from issuer.platforms import (
    Catalogue,
    PayloadError,
    Profile,
    ProfileError,
    RowOutcome,
    map_rows,
    open_catalogue,
    read_profile,
    rows_of,
    survey,
)
from issuer.record import Disposition, Finding
from issuer.settings import Settings
from verifier.command_line import MisuseError
from verifier.date_time_stamp import parse_instant
from verifier.errors import RefusedError

ACCEPTED: Final = 0
NOT_ACCEPTED: Final = 1
_WORDS: Final[Mapping[Disposition, str]] = {
    Disposition.ACCEPTED: "accepted",
    Disposition.ACCEPTED_WITH_WARNINGS: "accepted, with something to know",
    Disposition.HELD: "held, somebody must add something",
    Disposition.REFUSED: "refused",
}
_STOPPED: Final = (Disposition.HELD, Disposition.REFUSED)


def run(
    options: Namespace, environ: Mapping[str, str], stdout: TextIO, stderr: TextIO, now: datetime
) -> int:
    """Carry out ``profile list`` or ``profile test`` and return the exit code.

    Raises ``RefusedStartError`` (a setting, a profile of the operator's folder) and
    ``MisuseError`` (no such profile or file, no such day).
    """
    catalogue = open_catalogue(Settings.from_env(environ).profiles)
    if options.verb == "list":
        stdout.writelines(
            f"{profile.name} ({profile.format})\n" for profile in catalogue.profiles()
        )
        return ACCEPTED
    try:
        return _test(options, catalogue, stdout, now)
    except (ProfileError, PayloadError) as error:
        stderr.write(f"{_seen(str(error))}\n")
        return NOT_ACCEPTED


def _test(options: Namespace, catalogue: Catalogue, stdout: TextIO, now: datetime) -> int:
    profile = _profile(options.profile, catalogue)
    received_at = now if options.day is None else _noon(options.day)
    counted: Counter[Disposition] = Counter()
    with _open(options.file) as file:
        for outcome in _outcomes(profile, file, received_at):
            stdout.writelines(_lines(outcome))
            counted[outcome.disposition] += 1
    stdout.write(f"{_summary(counted)}\n")
    return NOT_ACCEPTED if any(counted[one] for one in _STOPPED) else ACCEPTED


def _outcomes(profile: Profile, file: BinaryIO, received_at: datetime) -> Iterator[RowOutcome]:
    twins = survey(profile, rows_of(profile, file))
    file.seek(0)
    return map_rows(profile, rows_of(profile, file), received_at=received_at, twins=twins)


def _profile(name: str, catalogue: Catalogue) -> Profile:
    """A name, or the path of a file that ends in ``.json``."""
    if name.endswith(".json"):
        with _open(Path(name)) as file:
            return read_profile(file.read(limits.PROFILE_BYTES + 1))
    try:
        return catalogue.find(name)
    except NotFoundError as error:
        raise MisuseError(error.detail) from error


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise MisuseError(f"{str(path)!r} cannot be read.") from error


def _noon(day: str) -> datetime:
    try:
        return parse_instant(f"{day}T12:00:00Z").at
    except RefusedError as error:
        raise MisuseError(f"{day!r} is not a day such as 2026-05-15.") from error


def _lines(outcome: RowOutcome) -> Iterator[str]:
    record = f", {_seen(outcome.record)}" if outcome.record else ""
    yield f"Row {outcome.row}{record}: {_WORDS[outcome.disposition]}.\n"
    yield from (f"  {_sentence(finding)}\n" for finding in outcome.findings)


def _sentence(finding: Finding) -> str:
    column = f"{_seen(finding.column)}: " if finding.column else ""
    value = f" Written: {_seen(finding.value)}" if finding.value else ""
    return f"{column}{finding.sentence} ({finding.code}){value}"


def _summary(counted: Counter[Disposition]) -> str:
    accepted = counted[Disposition.ACCEPTED] + counted[Disposition.ACCEPTED_WITH_WARNINGS]
    held, refused = counted[Disposition.HELD], counted[Disposition.REFUSED]
    return f"{counted.total()} rows: {accepted} accepted, {held} held, {refused} refused."


def _seen(text: str) -> str:
    """The text without what a terminal obeys."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
