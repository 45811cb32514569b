"""Execute a mapping profile: rows in, one outcome for each row out.

One bad row never stops the others. A row that is not finished is told so and not looked at
further. For the others every field is read (``drafting``), what cannot be read is said, and
the draft is then judged by the very rules that judge records, so that an accepted draft is a
good record as soon as the issuer's own members are there.

What is checked across rows (a number twice, a name twice) costs a hash for each row, whatever
a row holds. Who shares a name is only known after the last row: ``survey`` goes through the
rows once before they are mapped.

Leaves to others: the profile's own soundness (``reading``), where rows come from (``rows``),
consent, issuing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import datetime
from decimal import Decimal
from typing import Final

from issuer import limits
from issuer.platforms.drafting import Draft, build_draft, value_of
from issuer.platforms.operations import OperationError
from issuer.platforms.paths import Row
from issuer.platforms.profile import Condition, Field, Profile
from issuer.platforms.rows import payload_rows
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
from issuer.record.rules import parse_effort
from verifier.strict_json import JsonObject, JsonValue

_NUMBER: Final = ("source", "platformRecordId")
_NAME: Final = ("learner", "name", "full")
_ADDRESS: Final = ("learner", "identifiers")
_ANY_ID: Final = "urn:uuid:00000000-0000-0000-0000-000000000000"
"""Stands for the record's id while a draft is judged; it is in no draft."""
_HASH_BYTES: Final = 12
"""Of what is compared across rows: 200,000 of them collide once in 10^18."""

Twins = frozenset[bytes]
"""Hashes of the names that come with more than one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """What became of one row. ``row`` is where the sender finds it (``Row.number``), ``record``
    the sender's number for it (empty when unreadable), ``draft`` the part of a record that the
    platform tells: present when the row was accepted or is held."""

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
    """Map every row of a JSON ``payload``, which arrived at ``received_at``.

    Raises ``PayloadError`` when the payload has no list of rows or more than
    ``limits.PAYLOAD_ROWS``.
    """
    twins = survey(profile, payload_rows(profile, payload))
    rows = payload_rows(profile, payload)
    return tuple(map_rows(profile, rows, received_at=received_at, twins=twins))


def survey(profile: Profile, rows: Iterable[Row]) -> Twins:
    """The names that stand in ``rows`` with more than one address: a machine cannot know whether
    they are one person, it can warn. Raises what going through ``rows`` raises."""
    addresses: dict[bytes, bytes] = {}
    twins: set[bytes] = set()
    for row in rows:
        name, address = _person(profile, row)
        if name is not None and addresses.setdefault(name, address) != address:
            twins.add(name)
    return frozenset(twins)


def map_rows(
    profile: Profile,
    rows: Iterable[Row],
    received_at: datetime,
    *,
    twins: Twins = frozenset(),
) -> Iterator[RowOutcome]:
    """One outcome for each of ``rows``, in their order and as they are asked for.

    ``received_at`` (aware) is the day that dates are held against. ``twins`` come from
    ``survey`` over the same rows; without it no W215 is told. Raises only what going through
    ``rows`` raises.
    """
    seen: set[bytes] = set()
    for row in rows:
        outcome = _map_row(profile, row, received_at, twins)
        key = _key(profile, row, outcome)
        if key is not None and key in seen:
            repeated = found("E107", pointer_to(*_NUMBER), value=outcome.record)
            yield _outcome(row.number, outcome.record, (repeated,), None)
            continue
        if key is not None:
            seen.add(key)
        yield outcome


# --- one row ------------------------------------------------------------------------------


def _map_row(profile: Profile, row: Row, received_at: datetime, twins: Twins) -> RowOutcome:
    fault = _form_of(row)
    if fault is not None:
        return _outcome(row.number, "", (fault,), None)
    record = _number(profile, row)
    unmet = next((one for one in profile.accept_when if not one.holds(row)), None)
    if unmet is not None:
        return _outcome(row.number, record, (_told(unmet, "/outcome/status"),), None)
    draft = build_draft(profile, row)
    warnings = (*_warnings(profile, row, draft.document), *_twin(profile, row, twins))
    judged = _judge(profile, row, draft, received_at)
    findings = without_repeats((*draft.failures, *draft.notes, *warnings, *judged))
    return _outcome(row.number, record, findings, draft.document)


def _form_of(row: Row) -> Finding | None:
    """What is wrong with the form of the row itself."""
    if row.fault is not None:
        return found("E116", "", sentence=row.fault)
    if not isinstance(row.members, dict):
        return found("E116", "")
    return next(check_bounds(row.members), None)


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
    value = _readable(profile, profile.field_of(*_NUMBER), row)
    return value[: limits.FINDING_POINTER_CHARACTERS] if isinstance(value, str) else ""


def _readable(profile: Profile, field: Field | None, row: Row) -> JsonValue:
    """The field's value, or ``None`` where it cannot be read."""
    try:
        return None if field is None else value_of(profile, field, row, lambda code: None)
    except OperationError:
        return None


def _told(condition: Condition, pointer: str) -> Finding:
    return replace(found(condition.otherwise, pointer), column=str(condition.source))


def _judge(profile: Profile, row: Row, draft: Draft, received_at: datetime) -> Iterator[Finding]:
    """What the rules of records say of what could be read."""
    whole = complete_submission(draft.document, {}, record_id=_ANY_ID, received_at=received_at)
    _, findings = examine(whole, received_at=received_at)
    told = {failure.pointer for failure in draft.failures}
    for finding in findings:
        if not _is_told(finding, told) and finding.code != "H303":  # the host is asked later
            yield _named(profile, row, finding)


def _is_told(finding: Finding, told: set[str]) -> bool:
    """Whether it is about a member that could not be read, or that what holds it is missing."""
    place, is_missing = f"{finding.pointer}/", finding.code == "E101"
    return any(
        place.startswith(f"{one}/") or (is_missing and one.startswith(place)) for one in told
    )


def _named(profile: Profile, row: Row, finding: Finding) -> Finding:
    """The finding under the sender's own name of the member and with the value as it was
    written, where one field made it."""
    for field in profile.fields:
        place = pointer_to(*field.target)
        if field.column and (finding.pointer == place or finding.pointer.startswith(f"{place}/")):
            value = _written(row, field, finding) if finding.pointer == place else finding.value
            return replace(finding, column=field.column, value=value)
    return finding


def _written(row: Row, field: Field, finding: Finding) -> str | None:
    """What the sender wrote, where the finding shows a value and the field reads just one."""
    if finding.value is None or field.value is None or field.parts or field.value.is_list:
        return finding.value
    written = row.read(field.value.sources[0])
    return found(finding.code, finding.pointer, value=written).value or finding.value


# --- what only a profile can warn of ------------------------------------------------------


def _warnings(profile: Profile, row: Row, draft: JsonObject) -> Iterator[Finding]:
    for condition in profile.warn_unless:
        if not condition.holds(row):
            yield _told(condition, "")
    if _is_short_of_hours(profile, draft):
        yield found("W204", pointer_to("academicCredit", "value"))


def _is_short_of_hours(profile: Profile, draft: JsonObject) -> bool:
    """Whether the hours are fewer than the school usually asks for the credit."""
    rate = profile.hours_per_credit.get(text_at(draft, "academicCredit", "unit") or "")
    value = text_at(draft, "academicCredit", "value")
    minutes = parse_effort(text_at(draft, "engagement", "effort", "duration") or "")
    if rate is None or value is None or minutes is None:
        return False
    return Decimal(minutes) < Decimal(value) * rate * 60


# --- across rows --------------------------------------------------------------------------


def _key(profile: Profile, row: Row, outcome: RowOutcome) -> bytes | None:
    """What no two rows may share: the value of ``uniqueBy``, or the sender's number."""
    value = row.read(profile.unique_by) if profile.unique_by else outcome.record
    return _hash(value.strip()) if isinstance(value, str) and value.strip() else None


def _twin(profile: Profile, row: Row, twins: Twins) -> Iterator[Finding]:
    if twins and _person(profile, row)[0] in twins:
        yield found("W215", pointer_to(*_NAME))


def _person(profile: Profile, row: Row) -> tuple[bytes | None, bytes]:
    """Hashes of the name and of the first address."""
    name = _readable(profile, profile.field_of(*_NAME), row)
    address = _readable(profile, profile.field_of(*_ADDRESS), row)
    if not isinstance(name, str) or not name:
        return None, b""
    told = text_at(address, "value") or ""
    return _hash(" ".join(name.casefold().split())), _hash(told)


def _hash(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_HASH_BYTES).digest()
