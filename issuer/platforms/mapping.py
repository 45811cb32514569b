"""Execute a mapping profile: payload in, one outcome for each row out.

One bad row never stops the others. A row that is not finished is told so and not looked at
further. For the others every field is read, what cannot be read is said, and the draft is
then judged by the very rules that judge records, so that an accepted draft is a good record
as soon as the issuer's own members are there.

Leaves to others: the profile's own soundness (``profile``), consent, issuing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import datetime
from typing import Any, Final

from issuer import limits
from issuer.platforms.operations import OperationError, Setting
from issuer.platforms.paths import Path, Row
from issuer.platforms.profile import SKIP, Attestation, Field, Part, Profile
from issuer.record import (
    Disposition,
    Finding,
    complete_submission,
    disposition_of,
    examine,
)
from issuer.record.findings import found, pointer_to, without_repeats
from issuer.record.letters import check_bounds
from issuer.record.members import text_at
from verifier.date_time_stamp import format_instant, parse_instant
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, JsonValue

_NUMBER: Final = ("source", "platformRecordId")
_ANY_ID: Final = "urn:uuid:00000000-0000-0000-0000-000000000000"
"""Stands for the record's id while a draft is judged; it is in no draft."""


class PayloadError(Exception):
    """The payload has no rows to map, or too many. The message is one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """What became of one row. ``row`` counts from 1, ``record`` is the sender's number for
    it (empty when unreadable), ``draft`` the part of a record that the platform tells:
    present when the row was accepted or is held."""

    row: int
    record: str
    disposition: Disposition
    findings: tuple[Finding, ...]
    draft: JsonObject | None = member(default=None, repr=False)

    def to_json(self) -> JsonObject:
        """The outcome as the sender gets it. The draft is not repeated: it names a person."""
        return {
            "row": self.row,
            "record": self.record,
            "disposition": self.disposition.value,
            "codes": sorted({finding.code for finding in self.findings}),
            "findings": [finding.to_json() for finding in self.findings],
        }


def map_payload(
    profile: Profile, payload: JsonObject, *, received_at: datetime
) -> tuple[RowOutcome, ...]:
    """Map every row of ``payload``, which arrived at ``received_at``.

    Raises ``PayloadError`` when the payload has no list of rows or more than
    ``limits.PAYLOAD_ROWS``.
    """
    rows = Row(members=None, payload=payload).read(profile.records)
    if not isinstance(rows, list):
        raise PayloadError(f"The payload has no list of rows at {profile.records}.")
    if len(rows) > limits.PAYLOAD_ROWS:
        raise PayloadError(f"The payload has more than {limits.PAYLOAD_ROWS} rows.")
    outcomes = [
        _map_row(profile, Row(members=members, payload=payload), number, received_at)
        for number, members in enumerate(rows, start=1)
    ]
    return tuple(_with_name_twins(_without_second_copies(outcomes)))


def _map_row(profile: Profile, row: Row, number: int, received_at: datetime) -> RowOutcome:
    if not isinstance(row.members, dict):
        return _outcome(number, "", (found("E116", ""),), None)
    oversized = tuple(check_bounds(row.members))
    if oversized:
        return _outcome(number, "", oversized, None)
    record = _number(profile, row)
    if not _is_finished(profile, row):
        return _outcome(number, record, (_unfinished(profile),), None)
    draft, failures = _draft(profile, row)
    return _outcome(number, record, _judge(profile, draft, failures, received_at), draft)


def _outcome(
    number: int, record: str, findings: tuple[Finding, ...], draft: JsonObject | None
) -> RowOutcome:
    disposition = disposition_of(findings)
    return RowOutcome(
        row=number,
        record=record,
        disposition=disposition,
        findings=findings,
        draft=None if disposition is Disposition.REFUSED else draft,
    )


def _number(profile: Profile, row: Row) -> str:
    """The sender's number of the row, for the answer: whatever else is wrong with it."""
    field = next((field for field in profile.fields if field.target == _NUMBER), None)
    try:
        value = _value(profile, field, row) if field else None
    except OperationError:
        return ""
    return value[: limits.FINDING_POINTER_CHARACTERS] if isinstance(value, str) else ""


def _is_finished(profile: Profile, row: Row) -> bool:
    value = row.read(profile.accept_when.source)
    return isinstance(value, str) and value in profile.accept_when.words


def _unfinished(profile: Profile) -> Finding:
    column = str(profile.accept_when.source)
    return replace(found(profile.accept_when.otherwise, "/outcome/status"), column=column)


def _draft(profile: Profile, row: Row) -> tuple[JsonObject, tuple[Finding, ...]]:
    """The draft, and what could not be read."""
    draft: JsonObject = {
        "recordType": "MicroInternshipCompletion",
        "schemaVersion": "1.0",
        **deepcopy(dict(profile.defaults)),
        "source": {"mappingProfile": profile.name},
        "outcome": {"status": "completed"},
    }
    failures = [
        failure for field in profile.fields for failure in _fill(profile, field, row, draft)
    ]
    if profile.attestation is not None:
        draft["attestations"] = list(_attestations(profile.attestation, row))
    return _with_supervisor_alone(draft), tuple(failures)


def _fill(profile: Profile, field: Field, row: Row, draft: JsonObject) -> Iterator[Finding]:
    """Put the field's value into ``draft``, or say why not."""
    try:
        value = _value(profile, field, row)
    except OperationError as error:
        if field.on_fail != SKIP:
            yield _failure(profile, field, row, field.on_fail or error.code)
        return
    if value not in (None, "", [], {}):
        _put(draft, field, value)
    elif field.required_or is not None:
        yield _failure(profile, field, row, field.required_or)
    elif field.required:
        yield _failure(profile, field, row, "E101")
    elif isinstance(value, list):
        _put(draft, field, value)


def _value(profile: Profile, field: Field, row: Row) -> JsonValue:
    if field.value is None:
        return deepcopy(field.constant)
    if not field.parts:
        return _read(profile, field.value, row)
    held = row.read(field.value.sources[0])
    if held is None:
        return None
    if not field.each:
        return _assemble(profile, field.parts, held, row)
    if not isinstance(held, list):
        raise OperationError("E116")
    return [_assemble(profile, field.parts, item, row) for item in held]


def _assemble(
    profile: Profile, parts: tuple[Part, ...], members: JsonValue, row: Row
) -> JsonObject:
    """An object of the parts that have a value, read from inside ``members``."""
    if not isinstance(members, dict):
        raise OperationError("E116")
    inside = replace(row, members=members)
    values = {part.name: _read(profile, part, inside) for part in parts}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _read(profile: Profile, part: Part, row: Row) -> JsonValue:
    values = [row.read(path) for path in part.sources]
    value: JsonValue = values if part.is_list else values[0]
    setting = Setting(
        row=row,
        tables=profile.tables,
        pay_floor=profile.pay_floor,
        skill_table=profile.skill_table,
    )
    for step in part.steps:
        value = step.operation.run(value, step.argument, setting)
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
    at = next((value for value in told if value is not None), None)
    role = row.read(attestation.role)
    try:
        instant = parse_instant(at)
    except RefusedError:
        return
    if not instant.has_offset:
        return
    yield {
        "by": attestation.by,
        "role": role if isinstance(role, str) else attestation.by.capitalize(),
        "method": attestation.method,
        "at": format_instant(instant.at),
        "statement": attestation.statement,
    }


def _with_supervisor_alone(draft: JsonObject) -> JsonObject:
    """A supervisor as a profile can tell: a role, never a name, hence no consent to one."""
    supervisor = draft.get("supervisor")
    if not isinstance(supervisor, dict):
        return draft
    if "role" not in supervisor:
        return {name: value for name, value in draft.items() if name != "supervisor"}
    return draft | {"supervisor": {"nameConsent": False} | supervisor}


def _judge(
    profile: Profile, draft: JsonObject, failures: tuple[Finding, ...], received_at: datetime
) -> tuple[Finding, ...]:
    """What could not be read, and what the rules of records say of the rest."""
    whole = complete_submission(draft, {}, record_id=_ANY_ID, received_at=received_at)
    _, findings = examine(whole, received_at=received_at)
    told = {failure.pointer for failure in failures}
    fresh = (_named(profile, finding) for finding in findings if _is_fresh(finding, told))
    return without_repeats((*failures, *fresh))


def _is_fresh(finding: Finding, told: set[str]) -> bool:
    """Not about a member that could not be read, and not that the host must still be asked."""
    is_told = any(
        finding.pointer == place or finding.pointer.startswith(f"{place}/") for place in told
    )
    return not is_told and finding.code != "H303"


def _named(profile: Profile, finding: Finding) -> Finding:
    """The finding under the sender's own name of the member, where one field made it."""
    for field in profile.fields:
        place = pointer_to(*field.target)
        if field.column and (finding.pointer == place or finding.pointer.startswith(f"{place}/")):
            return replace(finding, column=field.column)
    return finding


def _without_second_copies(outcomes: list[RowOutcome]) -> Iterator[RowOutcome]:
    """E107 for every row whose number was there before; the first one is kept."""
    seen: set[str] = set()
    for outcome in outcomes:
        if outcome.record and outcome.record in seen:
            repeated = found("E107", pointer_to(*_NUMBER), value=outcome.record)
            yield _outcome(outcome.row, outcome.record, (repeated,), None)
        else:
            seen.add(outcome.record)
            yield outcome


def _with_name_twins(outcomes: Iterator[RowOutcome]) -> Iterator[RowOutcome]:
    """W215 where one name comes with two addresses: a machine cannot know, it can warn."""
    rows = list(outcomes)
    people = {(_name(row), _address(row)) for row in rows if row.draft is not None}
    names = Counter(name for name, _ in people)
    for row in rows:
        if row.draft is not None and names[_name(row)] > 1:
            findings = without_repeats((*row.findings, found("W215", "/learner/name/full")))
            yield _outcome(row.row, row.record, findings, row.draft)
        else:
            yield row


def _name(row: RowOutcome) -> str:
    return (text_at(row.draft, "learner", "name", "full") or "").casefold()


def _address(row: RowOutcome) -> str:
    identifiers = (row.draft or {}).get("learner", {}).get("identifiers", [])
    return str(identifiers[0].get("value")) if identifiers else ""
