"""Read a mapping profile from JSON, and check it before it maps anything.

``ProfileError`` names the place in the file. What is not known is refused: a member, an
operation, a code, a table that is not there.

Leaves to others: what a profile may read (``guards``), executing it (``mapping``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final, NoReturn

import schemas
from issuer.platforms.guards import check_profile
from issuer.platforms.operations import OPERATIONS, Argument, PayFloor
from issuer.platforms.paths import Path, parse_path
from issuer.platforms.profile import (
    SKIP,
    AcceptWhen,
    Attestation,
    Field,
    Part,
    Profile,
    ProfileError,
    Step,
)
from issuer.record import SENTENCES
from issuer.skills import SkillTable, load_skill_table
from verifier.strict_json import JsonObject, JsonValue

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
    check_profile(profile, never=never, offered=offered)
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
