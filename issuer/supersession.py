"""One record in the place of another: which it may replace, and what that does.

A credential never changes, so a correction is a new record that names the old one in
``supersedes`` (domain §1.1, §2.4). It stands in the same tenant and is about the same learner;
a record is replaced once, so corrections form a line, whose newest end counts. When the new
credential is signed and stored, in that transaction the old one is revoked with the internal
reason ``superseded`` where it has an entry for that: a file that somebody saved must not go on
saying what was found to be wrong. Links follow the line and show its end.

A correction may keep the platform's number. From that moment the number means the new record, and
the old one is filed under a name that no platform can send.

Leaves to others: reserving and signing (``issuer.reservation``, ``issuer.issue``), the request
(``issuer.corrections``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from issuer import limits
from issuer.errors import ConflictError, IssuerCode
from issuer.events import Kind, tell
from issuer.record import Record
from issuer.record.members import objects_at, text_at
from issuer.store.ports import Unit
from issuer.store.rows import IssuanceRow, IssuanceState, RecordRow
from issuer.trail import note
from verifier.strict_json import JsonObject, parse_json_object

_FILED: Final = "~"
"""Before a record's own key: a number of a platform is text, but this one is taken."""


def superseded_by(unit: Unit, record: Record) -> RecordRow | None:
    """The issued record of this tenant that ``record`` says it replaces, held until the unit
    ends; ``None`` where it names none, or one that is not here."""
    named = record.document.get("supersedes")
    if named is None:
        return None
    for row in unit.records.of_record_id(named):
        if issued_of(unit, row.id) is not None:
            return row
    return None


def issued_of(unit: Unit, record_key: str) -> IssuanceRow | None:
    """The newest issued credential of a record."""
    for row in reversed(unit.issuances.of_record(record_key)):
        if row.state is IssuanceState.ISSUED:
            return row
    return None


def check_may_replace(unit: Unit, old: RecordRow, record: Record) -> None:
    """Raises ``ConflictError``: ``ALREADY_SUPERSEDED`` where another record took its place,
    ``ALREADY_REVOKED`` or ``ON_HOLD`` by the state of its credential, ``OTHER_LEARNER``,
    ``NAME_TAKEN`` for a ``recordId`` that is in use."""
    issued = issued_of(unit, old.id)
    if issued is None:
        return
    newest = newest_of(unit, issued)
    if newest.id != issued.id:
        raise ConflictError(
            IssuerCode.ALREADY_SUPERSEDED,
            f"It was replaced before. The newest one is /credentials/{newest.id}: correct that.",
        )
    _check_state(unit, issued)
    same_id = unit.records.of_record_id(record.record_id)
    if any(row.supersedes != old.record_id for row in same_id):
        raise ConflictError(IssuerCode.NAME_TAKEN, "There is a record with this recordId already.")
    if not is_same_learner(parse_json_object(old.document.encode()), record.document):
        raise ConflictError(
            IssuerCode.OTHER_LEARNER,
            "The correction is about somebody else: keep one of the learner's identifiers. A "
            "credential for the wrong person is withdrawn, and a new one issued.",
        )


def _check_state(unit: Unit, issued: IssuanceRow) -> None:
    purposes = {entry.purpose for entry in unit.status.entries_of(issued.id) if entry.is_set}
    if "revocation" in purposes:
        raise ConflictError(
            IssuerCode.ALREADY_REVOKED, "It was withdrawn, and that is final. Issue a new record."
        )
    if "suspension" in purposes:
        raise ConflictError(IssuerCode.ON_HOLD, "It is on hold. End that first.")


def is_same_learner(old: JsonObject, new: JsonObject) -> bool:
    """Whether two records are about one person: they have an identifier in common, or, where
    neither has any, the name. A name alone can be what is corrected."""
    before, after = _identifiers(old), _identifiers(new)
    if before or after:
        return bool(before & after)
    return text_at(old, "learner", "name", "full") == text_at(new, "learner", "name", "full")


def _identifiers(document: JsonObject) -> set[tuple[str, str]]:
    learner = document.get("learner", {})
    return {
        (str(one.get("type")), str(one.get("value")).strip().casefold())
        for _, one in objects_at(learner, "identifiers")
    }


# --- the platform's number --------------------------------------------------------------


def name_of_correction(unit: Unit, key: str, old: RecordRow, record: Record) -> str:
    """The number under which a correction waits for its signature: its own where it has a new
    one, a filed one where it takes over that of ``old``.

    Raises ``ConflictError`` (``NAME_TAKEN``) where the number is another record's.
    """
    taken = unit.records.of_platform(record.platform_id, record.platform_record_id)
    if taken is None or taken.id == key:
        return record.platform_record_id
    if taken.id != old.id:
        raise ConflictError(
            IssuerCode.NAME_TAKEN, f"{record.platform_record_id} is the number of another record."
        )
    return f"{_FILED}{key}"


def settle(unit: Unit, row: IssuanceRow, actor: str, now: datetime) -> None:
    """What the new credential ``row`` does to the one that it replaces, if there is one."""
    record = unit.records.get(row.record_key) if row.record_key else None
    named = record.supersedes if record else None
    if record is None or named is None:
        return
    for old in unit.records.of_record_id(named):
        issued = issued_of(unit, old.id)
        if issued is not None:
            _take_number(unit, old, record)
            _retire(unit, issued, row, actor, now)


def _take_number(unit: Unit, old: RecordRow, record: RecordRow) -> None:
    if record.platform_record_id != f"{_FILED}{record.id}":
        return
    document = parse_json_object(record.document.encode())
    number = document["source"]["platformRecordId"]
    unit.records.replace(replace(old, platform_record_id=f"{_FILED}{old.id}"))
    unit.records.replace(replace(record, platform_record_id=number))


def _retire(unit: Unit, old: IssuanceRow, new: IssuanceRow, actor: str, now: datetime) -> None:
    unit.issuances.lock(old.id)
    for entry in unit.status.entries_of(old.id):
        if entry.purpose == "revocation" and not entry.is_set:
            unit.status.set_entry(replace(entry, is_set=True))
    note(unit, actor, "superseded", old.id, now=now, reason="superseded")
    data = {"issuanceId": old.id, "state": "superseded", "supersededBy": new.id}
    tell(unit, Kind.CREDENTIAL_SUPERSEDED, subject=old.id, data=data, now=now)


# --- the line ---------------------------------------------------------------------------


def newest_of(unit: Unit, issued: IssuanceRow) -> IssuanceRow:
    """The end of the line that begins with ``issued``: itself where nothing replaced it. A line
    that came from elsewhere and turns back on itself ends where it does."""
    seen = {issued.id}
    for _ in range(limits.CORRECTIONS):
        newer = _next(unit, issued)
        if newer is None or newer.id in seen:
            break
        seen.add(newer.id)
        issued = newer
    return issued


def _next(unit: Unit, issued: IssuanceRow) -> IssuanceRow | None:
    record = unit.records.get(issued.record_key) if issued.record_key else None
    if record is None:
        return None
    for newer in reversed(unit.records.superseding(record.record_id)):
        found = issued_of(unit, newer.id)
        if found is not None and newer.id != record.id:
            return found
    return None
