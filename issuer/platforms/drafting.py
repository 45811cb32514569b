"""From a row to a draft: every field of a profile read, put together, or said why not.

Leaves to others: what the draft is worth (``mapping``), what an operation does
(``operations``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from issuer.platforms.operations import OperationError, Setting, list_of
from issuer.platforms.paths import Path, Row
from issuer.platforms.profile import SKIP, Attestation, Field, Part, Profile
from issuer.record import Finding
from issuer.record.findings import found, pointer_to
from issuer.record.members import text_at
from verifier.date_time_stamp import format_instant, parse_instant
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, JsonValue

Note = Callable[[str], None]
"""Takes a W code that an operation has to tell of the field that is being read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``document`` is the draft; ``failures`` are what could not be read and is not in it,
    ``notes`` what is to be told of members that are."""

    document: JsonObject = field(repr=False)
    failures: tuple[Finding, ...]
    notes: tuple[Finding, ...]


def build_draft(profile: Profile, row: Row) -> Draft:
    """The draft of ``row``. Raises nothing."""
    document: JsonObject = {
        "recordType": "MicroInternshipCompletion",
        "schemaVersion": "1.0",
        **deepcopy(dict(profile.defaults)),
        "source": {"mappingProfile": profile.name},
        "outcome": {"status": "completed"},
    }
    if profile.language is not None:
        document["inLanguage"] = row.read(profile.language)
    failures: list[Finding] = []
    notes: list[Finding] = []
    for one in profile.fields:
        failures += _fill(profile, one, row, document, notes)
    if profile.attestation is not None:
        document["attestations"] = list(_attestations(profile.attestation, row))
    whole = _with_direction(_with_supervisor_alone(document))
    return Draft(document=whole, failures=tuple(failures), notes=tuple(notes))


def _fill(
    profile: Profile, field: Field, row: Row, draft: JsonObject, notes: list[Finding]
) -> Iterator[Finding]:
    """Put the field's value into ``draft``, or say why not."""
    codes: list[str] = []
    try:
        value = value_of(profile, field, row, codes.append)
    except OperationError as error:
        if field.on_fail != SKIP:
            yield _failure(profile, field, row, field.on_fail or error.code)
        return
    notes += (_failure(profile, field, row, code) for code in codes)
    if value not in (None, "", [], {}):
        _put(draft, field, value)
    elif field.required_or is not None:
        yield _failure(profile, field, row, field.required_or)
    elif field.required:
        yield _failure(profile, field, row, "E101")
    elif isinstance(value, list):
        _put(draft, field, value)


def value_of(profile: Profile, field: Field, row: Row, note: Note) -> JsonValue:
    """The value of ``field`` for ``row``. Raises ``OperationError``."""
    if field.value is None:
        return deepcopy(field.constant)
    if not field.parts:
        return _with_prefix(field.prefix, _read(profile, field.value, row, note))
    held = row.read(field.value.sources[0])
    if held is None:
        return None
    if not field.each:
        return _assemble(profile, field.parts, held, row, note)
    return [_assemble(profile, field.parts, item, row, note) for item in list_of(held)]


def _with_prefix(prefix: str, value: JsonValue) -> JsonValue:
    is_told = isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    return f"{prefix}{value}" if prefix and is_told else value


def _assemble(
    profile: Profile, parts: tuple[Part, ...], members: JsonValue, row: Row, note: Note
) -> JsonObject:
    """An object of the parts that have a value, read from inside ``members``."""
    if not isinstance(members, dict):
        raise OperationError("E116")
    inside = replace(row, members=members)
    values = {part.name: _read(profile, part, inside, note) for part in parts}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _read(profile: Profile, part: Part, row: Row, note: Note) -> JsonValue:
    values = [row.read(path) for path in part.sources]
    value: JsonValue = values if part.is_list else values[0]
    setting = Setting(
        row=row,
        tables=profile.tables,
        note=note,
        pay_floor=profile.pay_floor,
        skill_table=profile.skill_table,
        unpaid_basis=profile.unpaid_basis,
    )
    for step in part.steps:
        value = step.operation.run(value, step.argument, replace(setting, path=step.path))
    return value


def _put(draft: JsonObject, field: Field, value: JsonValue) -> None:
    *parents, last = field.target
    node: Any = draft
    for name in parents:
        node = node.setdefault(name, {})
    if field.appends:
        node.setdefault(last, []).append(value)
    else:
        node[last] = value


def _failure(profile: Profile, field: Field, row: Row, code: str) -> Finding:
    """A finding at the record's member, under the sender's name; guarded values are not told."""
    sources: tuple[Path, ...] = field.value.sources if field.value else ()
    guarded = any(profile.is_unread(path) for path in sources)
    value = None if guarded or len(sources) != 1 else row.read(sources[0])
    return replace(found(code, pointer_to(*field.target), value=value), column=field.column)


def _attestations(attestation: Attestation, row: Row) -> Iterator[JsonObject]:
    """The action on the platform by which somebody vouched, where its time can be read."""
    told = (row.read(path) for path in attestation.at)
    at = _instant(next((value for value in told if value not in (None, "")), None))
    role = row.read(attestation.role)
    if at is not None:
        yield {
            "by": attestation.by,
            "role": role if isinstance(role, str) and role else attestation.by.capitalize(),
            "method": attestation.method,
            "at": at,
            "statement": attestation.statement,
        }


def _instant(value: JsonValue) -> str | None:
    """An instant as it is, and a day as its noon in UTC: the same day for nearly everybody
    (domain §1.6)."""
    try:
        instant = parse_instant(f"{value}T12:00:00Z" if _is_day(value) else value)
    except RefusedError:
        return None
    return format_instant(instant.at) if instant.has_offset else None


def _is_day(value: JsonValue) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _with_supervisor_alone(draft: JsonObject) -> JsonObject:
    """A supervisor as a profile can tell: a role, never a name, hence no consent to one."""
    supervisor = draft.get("supervisor")
    if not isinstance(supervisor, dict):
        return draft
    if "role" not in supervisor:
        return {name: value for name, value in draft.items() if name != "supervisor"}
    return draft | {"supervisor": {"nameConsent": False} | supervisor}


def _with_direction(draft: JsonObject) -> JsonObject:
    """The direction of a name that is written from right to left. Its first letter says so
    (UAX 9, rules P2 and P3); for other names there is nothing to say."""
    name = text_at(draft, "learner", "name", "full") or ""
    kinds = (unicodedata.bidirectional(sign) for sign in name)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    if first != "L":
        draft["learner"]["name"].setdefault("direction", "rtl")
    return draft
