"""A mapping profile, read from JSON and checked before it maps anything.

``ProfileError`` names the place in the file. What is not known is refused: a member, an
operation, a table that is not there. ``never`` and ``offeredToLearnerOnly`` have teeth: a
profile that reads such a path, a part of it or what holds it is refused, with one exception,
``payFromFee``, which reads the fee, compares and drops it.

Leaves to others: executing it (``mapping``), what an operation does (``operations``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final, NoReturn

import schemas
from issuer.platforms.operations import OPERATIONS, Argument, Operation, PayFloor
from issuer.platforms.paths import Path, parse_path
from issuer.record import SENTENCES
from issuer.skills import SkillTable, load_skill_table
from verifier.strict_json import JsonObject, JsonValue

SKIP: Final = "skip"
"""``onFail``: leave the member out and say nothing."""

_MEMBERS: Final = frozenset(
    {"profile", "format", "records", "defaults", "acceptWhen", "fields", "attestation", "never",
     "offeredToLearnerOnly", "tables", "payFloor", "skillTable", "note"}
)  # fmt: skip
_FIELD_MEMBERS: Final = frozenset(
    {"to", "from", "const", "ops", "required", "requiredOr", "onFail", "each", "each1", "note"}
)
_PART_MEMBERS: Final = frozenset({"from", "ops"})
_NAME = re.compile(r"[a-z0-9-]{1,40}/[0-9]{1,6}", re.ASCII)
_TARGET = re.compile(r"[A-Za-z]+(?:\.[A-Za-z]+)*(?:\[\])?", re.ASCII)


class ProfileError(Exception):
    """The profile cannot be used. ``place`` is a JSON Pointer into its file."""

    def __init__(self, place: str, detail: str) -> None:
        super().__init__(f"{place or '/'}: {detail}")
        self.place = place
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation with its argument."""

    name: str
    argument: str
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A member of an object that a field makes: where it comes from and how it is read."""

    name: str
    sources: tuple[Path, ...]
    steps: tuple[Step, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member of the record. ``target`` is its path in the record; ``appends`` puts the
    value into a list there. ``parts`` make an object, or one for each item (``each``)."""

    target: tuple[str, ...]
    appends: bool = False
    constant: JsonValue = None
    value: Part | None = None
    parts: tuple[Part, ...] = ()
    each: bool = False
    required: bool = False
    required_or: str | None = None
    on_fail: str | None = None

    @property
    def column(self) -> str | None:
        """The sender's own name of the first member that is read."""
        return str(self.value.sources[0]) if self.value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptWhen:
    """Which rows are finished: the others get the code ``otherwise``."""

    source: Path
    words: frozenset[str]
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An action on the platform by which somebody vouched for the work: who, in which role,
    by the first of the instants ``at`` that is there."""

    by: str
    method: str
    role: Path
    at: tuple[Path, ...]
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile that was read and found good. ``records`` leads to the list of rows."""

    name: str
    records: Path
    defaults: Mapping[str, JsonValue]
    accept_when: AcceptWhen
    fields: tuple[Field, ...]
    unread: tuple[Path, ...]
    tables: Mapping[str, Mapping[str, JsonValue]]
    attestation: Attestation | None = None
    pay_floor: PayFloor | None = None
    skill_table: SkillTable | None = None

    def is_unread(self, path: Path) -> bool:
        """Whether the path's value must never be repeated."""
        return any(path.overlaps(one) for one in self.unread)


@cache
def load_profile(name: str) -> Profile:
    """The profile of the package called ``name``: ``gigbridge-1``, or ``gigbridge/1``.

    Raises ``schemas.UnknownNameError``, and ``ProfileError`` when the file is not good.
    """
    return parse_profile(schemas.load_profile(name.replace("/", "-", 1)))


def parse_profile(document: JsonObject) -> Profile:
    """Read and check a profile. Raises ``ProfileError``."""
    _known(document, _MEMBERS, "")
    _expect(_text(document, "format", ""), ("json",), "/format")
    profile = Profile(
        name=_matching(_NAME, _text(document, "profile", ""), "/profile"),
        records=_records(_text(document, "records", "")),
        defaults=_object(document, "defaults", ""),
        accept_when=_accept_when(_object(document, "acceptWhen", "")),
        fields=tuple(_fields(document)),
        unread=(),
        tables=_tables(document),
        attestation=_attestation(document),
        pay_floor=_pay_floor(document),
        skill_table=_skill_table(document),
    )
    never = _paths(document, "never")
    offered = _paths(document, "offeredToLearnerOnly")
    _check_targets(profile)
    _check_tables(profile)
    _check_reads(profile, never, offered)
    return replace(profile, unread=never + offered)


def _refuse(place: str, detail: str) -> NoReturn:
    raise ProfileError(place, detail)


def _known(document: JsonObject, members: frozenset[str], place: str) -> None:
    for name in sorted(set(document) - members):
        _refuse(f"{place}/{name}", "is not a member of a profile")


def _object(document: JsonObject, name: str, place: str) -> JsonObject:
    value = document.get(name)
    return value if isinstance(value, dict) else _refuse(f"{place}/{name}", "is not an object")


def _text(document: JsonObject, name: str, place: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else _refuse(f"{place}/{name}", "is not a text")


def _texts(value: JsonValue, place: str) -> tuple[str, ...]:
    """One text or a list of texts."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts) or not texts:
        _refuse(place, "is neither a text nor a list of texts")
    return tuple(texts)


def _expect(value: str, allowed: tuple[str, ...], place: str) -> str:
    return value if value in allowed else _refuse(place, f"{value!r} is not one of {allowed}")


def _matching(form: re.Pattern[str], value: str, place: str) -> str:
    return value if form.fullmatch(value) else _refuse(place, f"{value!r} is malformed")


def _path(text: str, place: str) -> Path:
    try:
        return parse_path(text)
    except ValueError as error:
        raise ProfileError(place, str(error)) from error


def _paths(document: JsonObject, name: str) -> tuple[Path, ...]:
    listed = document.get(name) or []
    if not isinstance(listed, list):
        _refuse(f"/{name}", "is not a list")
    texts = _texts(listed, f"/{name}") if listed else ()
    return tuple(_path(text, f"/{name}/{at}") for at, text in enumerate(texts))


def _records(text: str) -> Path:
    if not text.endswith("[]"):
        _refuse("/records", "does not end in [], as a list of rows does")
    return replace(_path(text.removesuffix("[]"), "/records"), from_top=True)


def _accept_when(document: JsonObject) -> AcceptWhen:
    _known(document, frozenset({"from", "in", "otherwise"}), "/acceptWhen")
    return AcceptWhen(
        source=_path(_text(document, "from", "/acceptWhen"), "/acceptWhen/from"),
        words=frozenset(_texts(document.get("in"), "/acceptWhen/in")),
        otherwise=_code(_text(document, "otherwise", "/acceptWhen"), "/acceptWhen/otherwise"),
    )


def _code(text: str, place: str) -> str:
    return text if text in SENTENCES else _refuse(place, f"{text!r} is not a code")


def _fields(document: JsonObject) -> Iterator[Field]:
    listed = document.get("fields")
    if not isinstance(listed, list) or not listed:
        _refuse("/fields", "is not a list of fields")
    for at, field in enumerate(listed):
        place = f"/fields/{at}"
        if not isinstance(field, dict):
            _refuse(place, "is not an object")
        _known(field, _FIELD_MEMBERS, place)
        yield _field(field, place)


def _field(document: JsonObject, place: str) -> Field:
    target = _matching(_TARGET, _text(document, "to", place), f"{place}/to")
    has_constant, reads = "const" in document, "from" in document
    if has_constant == reads:
        _refuse(place, "has neither or both of const and from")
    return Field(
        target=tuple(target.removesuffix("[]").split(".")),
        appends=target.endswith("[]"),
        constant=document.get("const"),
        value=_part("", document, place) if reads else None,
        parts=_parts(document, place),
        each="each" in document,
        required=_flag(document, "required", place),
        required_or=_optional_code(document, "requiredOr", place),
        on_fail=_on_fail(document, place),
    )


def _flag(document: JsonObject, name: str, place: str) -> bool:
    value = document.get(name, False)
    return value if isinstance(value, bool) else _refuse(f"{place}/{name}", "is not a boolean")


def _optional_code(document: JsonObject, name: str, place: str) -> str | None:
    if name not in document:
        return None
    return _code(_text(document, name, place), f"{place}/{name}")


def _on_fail(document: JsonObject, place: str) -> str | None:
    return SKIP if document.get("onFail") == SKIP else _optional_code(document, "onFail", place)


def _part(name: str, document: JsonObject, place: str) -> Part:
    sources = _texts(document.get("from"), f"{place}/from")
    part = Part(
        name=name,
        sources=tuple(_path(text, f"{place}/from") for text in sources),
        steps=_steps(document.get("ops") or [], f"{place}/ops"),
        is_list=isinstance(document["from"], list),
    )
    for at, step in enumerate(part.steps):
        wanted = step.operation.sources
        if wanted is not None and (at > 0 or not part.is_list or len(sources) != wanted):
            _refuse(f"{place}/ops/{at}", f"{step.name} comes first and reads {wanted} members")
    return part


def _parts(document: JsonObject, place: str) -> tuple[Part, ...]:
    name = next((one for one in ("each", "each1") if one in document), None)
    if name is None:
        return ()
    parts = _object(document, name, place)
    if "const" in document or isinstance(document.get("from"), list) or document.get("ops"):
        _refuse(f"{place}/{name}", "stands beside const, ops or several paths")
    return tuple(_subpart(part, parts, f"{place}/{name}") for part in parts)


def _subpart(name: str, parts: JsonObject, place: str) -> Part:
    part = _object(parts, name, place)
    _known(part, _PART_MEMBERS, f"{place}/{name}")
    return _part(name, part, f"{place}/{name}")


def _steps(listed: JsonValue, place: str) -> tuple[Step, ...]:
    texts = _texts(listed, place) if listed else ()
    return tuple(_step(text, f"{place}/{at}") for at, text in enumerate(texts))


def _step(text: str, place: str) -> Step:
    name, colon, argument = text.partition(":")
    operation = OPERATIONS.get(name)
    if operation is None:
        _refuse(place, f"{name!r} is not an operation")
    if bool(colon) != (operation.argument is not Argument.NONE):
        _refuse(place, f"{name} has {operation.argument.value} after a colon")
    if operation.argument is Argument.PATH:
        _path(argument, place)
    return Step(name=name, argument=argument, operation=operation)


def _tables(document: JsonObject) -> JsonObject:
    tables = _object(document, "tables", "") if "tables" in document else {}
    for name in tables:
        _object(tables, name, "/tables")
    return tables


def _attestation(document: JsonObject) -> Attestation | None:
    if "attestation" not in document:
        return None
    place = "/attestation"
    told = _object(document, "attestation", "")
    _known(told, frozenset({"by", "method", "role", "at", "statement", "note"}), place)
    return Attestation(
        by=_expect(_text(told, "by", place), ("host", "school", "platform"), f"{place}/by"),
        method=_expect(_text(told, "method", place), ("platformAction",), f"{place}/method"),
        role=_path(_text(told, "role", place), f"{place}/role"),
        at=tuple(_path(text, f"{place}/at") for text in _texts(told.get("at"), f"{place}/at")),
        statement=_text(told, "statement", place),
    )


def _pay_floor(document: JsonObject) -> PayFloor | None:
    if "payFloor" not in document:
        return None
    floor = _object(document, "payFloor", "")
    rates = _object(floor, "perHour", "/payFloor")
    return PayFloor(
        policy=_text(floor, "policy", "/payFloor"),
        per_hour={name: _rate(rates, name) for name in rates},
    )


def _rate(rates: JsonObject, currency: str) -> Decimal:
    place = "/payFloor/perHour"
    try:
        return Decimal(_text(rates, currency, place))
    except InvalidOperation as error:
        raise ProfileError(f"{place}/{currency}", "is not a decimal number as text") from error


def _skill_table(document: JsonObject) -> SkillTable | None:
    if "skillTable" not in document:
        return None
    name = _text(document, "skillTable", "")
    try:
        return load_skill_table(name.removesuffix(".json"))
    except schemas.UnknownNameError as error:
        raise ProfileError("/skillTable", str(error)) from error


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
        value: Any = field.value
        if value is not None and not field.parts:
            yield f"/fields/{at}", value
        for part in field.parts:
            below = tuple(path.below(value.sources[0]) for path in part.sources)
            yield f"/fields/{at}/{part.name}", replace(part, sources=below)
