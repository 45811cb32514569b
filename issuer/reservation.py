"""Step 3 of ``docs/issuance.md``: reserve everything in one transaction, or find that it was.

Idempotency works by meaning (the same record of the same platform, the same further credential)
and by the caller's key.
An intent belongs to one attempt at a time, for ``limits.LEASE_SECONDS``; after that a
repeated call takes it over, because a crash must have left it.

Leaves to others: what is reserved for what (``issuer.issue``), the rows (``issuer.store``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.errors import (
    ConflictError,
    InProgressError,
    IssuerCode,
    NotFoundError,
)
from issuer.idempotency import Idempotency, known_key, point_key_to
from issuer.office import Office
from issuer.record import Record, parse_draft
from issuer.status_list import allocate
from issuer.store.ports import TakenError, Unit
from issuer.store.rows import (
    FurtherKind,
    FurtherRow,
    IdempotencyRow,
    IssuanceRow,
    IssuanceState,
    IssuerRow,
    RecordRow,
    StatusEntryRow,
)
from issuer.supersession import check_may_replace, name_of_correction, superseded_by
from verifier.strict_json import parse_json_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a further credential is: its kind, the issuance it is ``about``, and the SHA-256 (hex)
    of what makes it this one (``key``) and of what was said of it (``said_hash``)."""

    kind: FurtherKind
    about: str | None
    key: str
    said_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a call wants issued, if it was not yet. ``record`` is there for a completion alone,
    ``meaning`` for a further credential alone."""

    issuer: IssuerRow
    intent: str = field(repr=False)
    credential_id: str | None
    record: Record | None
    has_status: bool
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An issuance and what it reserved. In state ``signing`` it is ours to finish; in state
    ``issued`` an earlier call finished it."""

    row: IssuanceRow
    issuer: IssuerRow
    record: Record | None
    entries: tuple[StatusEntryRow, ...]


def reserve(
    office: Office,
    tenant_id: str,
    wish: Wish,
    idempotency: Idempotency | None,
    *,
    now: datetime,
) -> Claim:
    """Write the intent of ``wish``, or find the one that an earlier call wrote.

    Raises ``ConflictError`` (``ALREADY_ISSUED``; ``ALREADY_REVOKED`` or ``ON_HOLD`` where the wish
    is about a credential that was withdrawn or is suspended), ``NotFoundError`` (it is about none),
    ``InProgressError``, ``IdempotencyConflictError``.
    """
    for _ in range(limits.RESERVE_ATTEMPTS):
        office.failpoint("before-reserve")
        try:
            with office.store.begin(tenant_id) as unit:
                claim = _claim(unit, office, wish, idempotency, now)
                office.failpoint("in-reserve")
        except TakenError:  # another call wrote the same name first: look at what it wrote
            continue
        office.failpoint("after-reserve")
        return claim
    raise InProgressError(1)


def _claim(
    unit: Unit, office: Office, wish: Wish, idempotency: Idempotency | None, now: datetime
) -> Claim:
    known = known_key(unit, idempotency)
    record_key, found = _find(unit, wish, known, now)
    if found is None or found.state is IssuanceState.VOID:
        claim = _new_intent(unit, office, wish, record_key, now)
    else:
        claim = _continue(unit, wish, found, now)
    point_key_to(unit, idempotency, claim.row.id, now=now)
    return claim


def _find(
    unit: Unit, wish: Wish, known: IdempotencyRow | None, now: datetime
) -> tuple[str | None, IssuanceRow | None]:
    """The store's key of the record, if there is one, and what an earlier call left."""
    if wish.record is not None:
        return _record(unit, wish.record, now)
    keyed = unit.issuances.lock(known.issuance_id) if known and known.issuance_id else None
    if wish.meaning is None or (keyed is not None and keyed.state is not IssuanceState.VOID):
        return None, keyed
    return None, _same_meaning(unit, wish.meaning, now)


# --- by meaning -------------------------------------------------------------------------


def _record(unit: Unit, record: Record, now: datetime) -> tuple[str, IssuanceRow | None]:
    """The store's key of the record, written or renewed, and its live issuance."""
    old = superseded_by(unit, record)
    if old is not None:
        return _correction(unit, record, old, now)
    existing = unit.records.of_platform(record.platform_id, record.platform_record_id)
    if existing is None:
        row = record_row(unit.tenant_id, uuid4().hex, record, now)
        unit.records.add(row)
        return row.id, None
    live = live_issuance(unit, existing.id)
    if existing.content_hash == record.content_hash and live is not None:
        return existing.id, live
    if live is not None:
        _give_way(unit, _other_record(existing, live), live, now)
    unit.records.replace(record_row(unit.tenant_id, existing.id, record, now))
    return existing.id, None


def _correction(
    unit: Unit, record: Record, old: RecordRow, now: datetime
) -> tuple[str, IssuanceRow | None]:
    """The same for a record that replaces ``old``: found by what it replaces, for its platform's
    number may be that of the old one. One that waits, or came to nothing, is taken up again."""
    key = None
    for tried in unit.records.superseding(old.record_id):
        live = live_issuance(unit, tried.id)
        if live is not None and tried.content_hash == record.content_hash:
            return tried.id, live
        if live is not None and live.state is IssuanceState.SIGNING:
            _give_way(unit, "", live, now)
        key = tried.id
    check_may_replace(unit, old, record)
    write = unit.records.add if key is None else unit.records.replace
    key = key or uuid4().hex
    row = record_row(unit.tenant_id, key, record, now)
    write(replace(row, platform_record_id=name_of_correction(unit, key, old, record)))
    return key, None


def record_row(tenant_id: str, key: str, record: Record, now: datetime) -> RecordRow:
    """``record`` as it is stored under ``key``."""
    return RecordRow(
        tenant_id=tenant_id,
        id=key,
        record_id=record.record_id,
        platform_id=record.platform_id,
        platform_record_id=record.platform_record_id,
        content_hash=record.content_hash,
        document=json.dumps(record.document, ensure_ascii=False),
        supersedes=record.document.get("supersedes"),
        received_at=now,
    )


def live_issuance(unit: Unit, record_key: str) -> IssuanceRow | None:
    """The issuance of a record that is issued or under way."""
    for row in reversed(unit.issuances.of_record(record_key)):
        if row.state is not IssuanceState.VOID:
            return row
    return None


def _other_record(existing: RecordRow, live: IssuanceRow) -> str:
    return (
        f"{existing.platform_record_id} was issued with other content. To change a fact, send the "
        f"record as it should be to /credentials/{live.id}/corrections; to replace it, send a "
        "new record that names it in supersedes."
    )


_OTHER_WORDS: Final = (
    "This was issued with other content. Withdraw that credential before you issue another."
)


def _same_meaning(unit: Unit, meaning: Meaning, now: datetime) -> IssuanceRow | None:
    """The issuance with this meaning that stands. One that does not, gives its meaning up."""
    known = unit.further.of_meaning(meaning.key)
    if known is None:
        return None
    live = unit.issuances.lock(known.id)
    if live is not None and stands(unit, live):
        if known.said_hash == meaning.said_hash:
            return live
        _give_way(unit, _OTHER_WORDS, live, now)
    unit.further.give_way(known.id)
    return None


def stands(unit: Unit, row: IssuanceRow) -> bool:
    """Whether it is issued or under way, and was not withdrawn."""
    return row.state is not IssuanceState.VOID and not is_revoked(unit, row.id)


def is_revoked(unit: Unit, issuance_id: str) -> bool:
    """Whether the bit is set that says so."""
    return is_set(unit, issuance_id, "revocation")


def is_set(unit: Unit, issuance_id: str, purpose: str) -> bool:
    """Whether the bit of ``purpose`` is set."""
    entries = unit.status.entries_of(issuance_id)
    return any(entry.purpose == purpose and entry.is_set for entry in entries)


def _give_way(unit: Unit, conflict: str, live: IssuanceRow, now: datetime) -> None:
    """Other content for what is issued is a conflict; what a crash left half way, which nobody
    got, gives its place up."""
    if live.state is IssuanceState.ISSUED:
        raise ConflictError(IssuerCode.ALREADY_ISSUED, conflict)
    if now < live.lease_until or not unit.issuances.void(live.id, live.attempt, now):
        raise InProgressError(_seconds_left(live, now))


# --- intents ----------------------------------------------------------------------------


def _new_intent(
    unit: Unit, office: Office, wish: Wish, record_key: str | None, now: datetime
) -> Claim:
    row = IssuanceRow(
        tenant_id=unit.tenant_id,
        id=uuid4().hex,
        issuer_id=wish.issuer.id,
        record_key=record_key,
        credential_id=wish.credential_id,
        state=IssuanceState.SIGNING,
        intent=wish.intent,
        signed=None,
        answer=None,
        attempt=1,
        lease_until=_lease(now),
        created=now,
        settled_at=None,
    )
    unit.issuances.add(row)
    if wish.meaning is not None:
        _add_meaning(unit, row.id, wish.meaning)
    entries = allocate(unit, office, wish.issuer, row.id) if wish.has_status else ()
    return Claim(row=row, issuer=wish.issuer, record=wish.record, entries=entries)


def _add_meaning(unit: Unit, issuance_id: str, meaning: Meaning) -> None:
    """Raises ``TakenError`` when another call was faster, and as ``_check_about``."""
    if meaning.about is not None:
        _check_about(unit, meaning.about)
    unit.further.add(
        FurtherRow(
            tenant_id=unit.tenant_id,
            id=issuance_id,
            kind=meaning.kind,
            about=meaning.about,
            meaning=meaning.key,
            said_hash=meaning.said_hash,
        )
    )


def _check_about(unit: Unit, issuance_id: str) -> None:
    """Nothing is built on what is not there or was withdrawn. Holds it until the unit ends."""
    about = unit.issuances.lock(issuance_id)
    if about is None or about.state is not IssuanceState.ISSUED:
        raise NotFoundError("There is no such credential.")
    if is_revoked(unit, issuance_id):
        raise ConflictError(
            IssuerCode.ALREADY_REVOKED, "It was withdrawn, so nothing is built on it."
        )
    if is_set(unit, issuance_id, "suspension"):
        raise ConflictError(IssuerCode.ON_HOLD, "It is on hold, so nothing is built on it now.")


def _continue(unit: Unit, wish: Wish, found: IssuanceRow, now: datetime) -> Claim:
    """An issuance that an earlier call began. One under way is ours once its lease is over."""
    if found.state is IssuanceState.SIGNING:
        found = _own(unit, found, now)
    record = _stored_record(unit, found, parse_draft) if found.record_key else wish.record
    return _claim_of(unit, found, record)


def _own(unit: Unit, row: IssuanceRow, now: datetime) -> IssuanceRow:
    if now < row.lease_until or not unit.issuances.take_over(row.id, row.attempt, _lease(now)):
        raise InProgressError(_seconds_left(row, now))
    return replace(row, attempt=row.attempt + 1, lease_until=_lease(now))


def _claim_of(unit: Unit, row: IssuanceRow, record: Record | None) -> Claim:
    issuer = unit.issuers.get(row.issuer_id)
    if issuer is None:
        raise NotFoundError("There is no such issuer.")
    return Claim(row=row, issuer=issuer, record=record, entries=unit.status.entries_of(row.id))


ReadRecord = Callable[..., Record]


def _stored_record(unit: Unit, row: IssuanceRow, read: ReadRecord) -> Record | None:
    stored = unit.records.get(row.record_key) if row.record_key else None
    if stored is None:
        return None
    return read(parse_json_object(stored.document.encode()), received_at=stored.received_at)


def take_over(
    office: Office, row: IssuanceRow, *, now: datetime, read_record: ReadRecord
) -> Claim | None:
    """Own an open intent whose lease is over; ``None`` when an attempt may still be running."""
    try:
        with office.store.begin(row.tenant_id) as unit:
            current = unit.issuances.lock(row.id)
            if current is None or current.state is not IssuanceState.SIGNING:
                return None
            owned = _own(unit, current, now)
            return _claim_of(unit, owned, _stored_record(unit, owned, read_record))
    except InProgressError:
        return None


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=limits.LEASE_SECONDS)


def _seconds_left(row: IssuanceRow, now: datetime) -> int:
    return int((row.lease_until - now).total_seconds()) + 1
