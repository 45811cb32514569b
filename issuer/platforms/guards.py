"""What a profile may not do: read guarded paths, make one member twice, miss a table.

``never`` and ``offeredToLearnerOnly`` have teeth: a profile that reads such a path, a part of
it or what holds it is refused. One exception: ``payFromFee`` alone may read the fee under
``never``, because it compares the amount and drops it. Operations that look at some members of
a list of objects only (``Operation.takes``) read those, not the objects; so such a list may be
for the learner alone as a whole, and its skills may still be read.

Leaves to others: the form of a profile (``reading``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from issuer.platforms.operations import PAY_FROM_FEE, Argument
from issuer.platforms.paths import Path
from issuer.platforms.profile import Part, Profile, ProfileError
from issuer.record.findings import pointer_to

_OURS: Final = (
    "recordType",
    "schemaVersion",
    "recordId",
    "source.mappingProfile",
    "source.receivedAt",
    "attestations",
    "quality",
    "disclosure",
    "lifecycle",
)
"""Members that only the issuer makes: which profile read the record, who vouched, what the
learner shows."""


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
        ours = next((name for name in _OURS if _overlap(target, tuple(name.split(".")))), None)
        if ours is not None:
            _refuse(f"/fields/{at}/to", f"The member {ours} is the issuer's own.")
        for other, also_appends in defaults + targets[:at]:
            is_list = target == other and appends and also_appends
            if _overlap(target, other) and not is_list:
                _refuse(f"/fields/{at}/to", f"The member {'.'.join(other)} is made elsewhere.")


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether they are one member, or one a part of the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _check_tables(profile: Profile) -> None:
    """Every table that an operation looks into is there, the curated one too."""
    for place, part in _all_parts(profile):
        for step in part.steps:
            named = (step.argument,) if step.operation.argument is Argument.TABLE else ()
            for table in named + step.operation.tables:
                if table not in profile.tables:
                    _refuse(place, f"{step.name} needs the table {table[:80]!r}.")
            if step.name == "skillTable" and profile.skill_table is None:
                _refuse(place, "skillTable needs a member skillTable of the profile.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A path that is read. ``is_fee``: by ``payFromFee`` alone. ``of_list``: the list of objects
    of which only this member is taken."""

    place: str
    path: Path
    is_fee: bool = False
    of_list: Path | None = None


def _check_reads(profile: Profile, never: tuple[Path, ...], offered: tuple[Path, ...]) -> None:
    for read in (*_reads_around(profile), *_reads(profile)):
        guarded = offered if read.is_fee else never + offered
        if any(read.path.overlaps(one) for one in guarded if not _is_passed_by(read, one, never)):
            _refuse(read.place, f"This reads {read.path}, which must not be read.")


def _is_passed_by(read: _Read, guard: Path, never: tuple[Path, ...]) -> bool:
    """A list for the learner, of which an operation takes what is not: endorsements hold words
    for the learner and skills for the record. Under ``never`` there is no such thing."""
    return guard == read.of_list and guard not in never


def _reads(profile: Profile) -> Iterator[_Read]:
    """What the fields read."""
    for place, part in _all_parts(profile):
        is_fee = [step.name for step in part.steps] == [PAY_FROM_FEE]
        takes = part.steps[0].operation.takes if part.steps else ()
        first, *others = part.sources
        for name in takes:
            yield _Read(place=place, path=Path(parts=(name,)).below(first), of_list=first)
        for path in others if takes else part.sources:
            yield _Read(place=place, path=path, is_fee=is_fee)
        yield from (
            _Read(place=place, path=step.path) for step in part.steps if step.path is not None
        )


def _reads_around(profile: Profile) -> Iterator[_Read]:
    """What is read beside the fields."""
    yield from (_Read(place="/acceptWhen/from", path=one.source) for one in profile.accept_when)
    yield from (_Read(place="/warnUnless", path=one.source) for one in profile.warn_unless)
    if profile.language is not None:
        yield _Read(place="/defaults/inLanguageFrom", path=profile.language)
    if profile.unique_by is not None:
        yield _Read(place="/uniqueBy/from", path=profile.unique_by)
    if profile.attestation is not None:
        for path in (profile.attestation.role, *profile.attestation.at):
            yield _Read(place="/attestation", path=path)


def _all_parts(profile: Profile) -> Iterator[tuple[str, Part]]:
    """Every value that is read: of a field, or of the parts of its object, from the row."""
    for at, field in enumerate(profile.fields):
        if field.value is None:
            continue
        if not field.parts:
            yield f"/fields/{at}", field.value
        for part in field.parts:
            below = tuple(path.below(field.value.sources[0]) for path in part.sources)
            yield f"/fields/{at}{pointer_to(part.name)}", replace(part, sources=below)
