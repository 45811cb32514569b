"""The rows of a table that somebody must mend, as a table with one more column.

Whoever sent the file mends it in a spreadsheet and sends this file back: the last column says
what to fix, and is passed over on the way in. Columns that a profile may never read, or that
are for the learner alone, are left out: nothing of them goes anywhere. A cell that a
spreadsheet would take for a formula gets an apostrophe before it (CWE-1236; domain §3.3).

Leaves to others: which rows there are (``mapping``), the form of a table (``sheet``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from issuer.platforms.mapping import RowOutcome
from issuer.platforms.paths import Path, Row
from issuer.platforms.profile import Profile
from issuer.platforms.sheet import write_row
from issuer.record import Disposition, Finding, Severity

WHAT_TO_FIX: Final = "what to fix"
"""The name of the last column."""
_BAD: Final = (Disposition.REFUSED, Disposition.HELD)


def write_bad_rows(
    profile: Profile, columns: tuple[str, ...], mapped: Iterable[tuple[Row, RowOutcome]]
) -> Iterator[str]:
    """The file, piece by piece: a byte order mark (spreadsheets look for it), the header, and
    each row of ``mapped`` that was refused or is held, as it was written.

    ``columns`` are those of the file that the rows are from. Raises what going through
    ``mapped`` raises.
    """
    kept = [at for at, name in enumerate(columns) if _is_kept(profile, name)]
    yield "\ufeff" + write_row([*(columns[at] for at in kept), WHAT_TO_FIX])
    for row, outcome in mapped:
        if outcome.disposition in _BAD:
            yield write_row([*_cells(profile, row, kept), _what_to_fix(row, outcome)])


def _cells(profile: Profile, row: Row, kept: list[int]) -> list[str]:
    """The cells that may be given back. Of a row with too many or too few nobody knows which
    column they belong to: where a column is guarded, none."""
    if row.fault is not None and profile.unread:
        return [""] * len(kept)
    return [row.cells[at] if at < len(row.cells) else "" for at in kept]


def _what_to_fix(row: Row, outcome: RowOutcome) -> str:
    """A row that could not be taken apart is found by where it was."""
    place = f"Row {row.number} of the file that was sent. " if row.fault is not None else ""
    return place + what_to_fix(outcome.findings)


def what_to_fix(findings: Iterable[Finding]) -> str:
    """What stops a row, in sentences, each with the name of its column."""
    stops = (one for one in findings if one.severity is not Severity.WARNING)
    told = (f"{one.column}: {one.sentence}" if one.column else one.sentence for one in stops)
    return " ".join(dict.fromkeys(told))


def _is_kept(profile: Profile, name: str) -> bool:
    return name != WHAT_TO_FIX and not profile.is_unread(Path(parts=(name,)))
