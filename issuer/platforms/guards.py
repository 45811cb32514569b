"""What a profile may not do: read guarded paths, make one member twice, miss a table.

``never`` and ``offeredToLearnerOnly`` have teeth: a profile that reads such a path, a part of
it or what holds it is refused. One exception: ``payFromFee`` alone may read the fee under
``never``, because it compares the amount and drops it.

Leaves to others: the form of a profile (``reading``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

from issuer.platforms.operations import Argument
from issuer.platforms.paths import Path, parse_path
from issuer.platforms.profile import Part, Profile, ProfileError


def check_profile(profile: Profile, *, never: tuple[Path, ...], offered: tuple[Path, ...]) -> None:
    """Refuse a profile that breaks one of the guards. Raises ``ProfileError``."""
    _check_targets(profile)
    _check_tables(profile)
    _check_reads(profile, never, offered)


def _refuse(place: str, detail: str) -> NoReturn:
    raise ProfileError(place, detail)


def _check_targets(profile: Profile) -> None:
    """No two fields make one member, or one a part of the other's; ``[]`` may be repeated."""
    defaults = [((name,), False) for name in profile.defaults]
    targets = [(field.target, field.appends) for field in profile.fields]
    for at, (target, appends) in enumerate(targets):
        for other, also_appends in defaults + targets[:at]:
            shorter = min(len(target), len(other))
            is_list = target == other and appends and also_appends
            if target[:shorter] == other[:shorter] and not is_list:
                _refuse(f"/fields/{at}/to", f"makes what {'.'.join(other)} makes")


def _check_tables(profile: Profile) -> None:
    """Every table that an operation names is there, the curated one too."""
    for place, part in _all_parts(profile):
        for step in part.steps:
            if step.operation.argument is Argument.TABLE and step.argument not in profile.tables:
                _refuse(place, f"there is no table {step.argument!r}")
            if step.name == "skillTable" and profile.skill_table is None:
                _refuse(place, "there is no skillTable")


def _check_reads(profile: Profile, never: tuple[Path, ...], offered: tuple[Path, ...]) -> None:
    for place, path, is_fee in _reads(profile):
        guarded = offered if is_fee else never + offered
        if any(path.overlaps(one) for one in guarded):
            _refuse(place, f"reads {path}, which must not be read")


def _reads(profile: Profile) -> Iterator[tuple[str, Path, bool]]:
    """Every path that is read, with its place, and whether only ``payFromFee`` reads it."""
    yield "/acceptWhen/from", profile.accept_when.source, False
    if profile.attestation is not None:
        for path in (profile.attestation.role, *profile.attestation.at):
            yield "/attestation", path, False
    for place, part in _all_parts(profile):
        is_fee = [step.name for step in part.steps] == ["payFromFee"]
        yield from ((place, path, is_fee) for path in part.sources)
        for step in part.steps:
            if step.operation.argument is Argument.PATH:
                yield place, parse_path(step.argument), False


def _all_parts(profile: Profile) -> Iterator[tuple[str, Part]]:
    """Every value that is read: of a field, or of the parts of its object, from the row."""
    for at, field in enumerate(profile.fields):
        if field.value is None:
            continue
        if not field.parts:
            yield f"/fields/{at}", field.value
        for part in field.parts:
            below = tuple(path.below(field.value.sources[0]) for path in part.sources)
            yield f"/fields/{at}/{part.name}", replace(part, sources=below)
