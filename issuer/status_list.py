"""Status lists: places for new credentials, and the signed lists that verifiers fetch.

The bits are derived from the rows each time a list is signed; nothing edits a list in place.
A place is random, so that a list does not tell who came first, and belongs to one issuance for
ever. A list that is about to go out is verified like anybody's, and is strictly newer than
the one before it (Bitstring Status List 1.0, section 2.2; design §10.11).

Leaves to others: setting bits (``issuer.lifecycle``), the encoding (``verifier.status``).
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.errors import IssuerCode, IssuerError, NotFoundError, OwnFaultError
from issuer.office import Office
from issuer.own_sources import STATUS_PATH, no_lists, own_sources
from issuer.signing.proofs import add_proof
from issuer.store.ports import Unit
from issuer.store.rows import IssuerRow, PublishedRow, StatusEntryRow, StatusListRow
from verifier.date_time_stamp import format_instant
from verifier.report import OutcomeError
from verifier.status.bitstring import ENTRY_TYPE, LIST_TYPE, SUBJECT_TYPE, encode_list
from verifier.strict_json import JsonObject
from verifier.verify import verify

_LOG: Final = logging.getLogger(__name__)


def list_url(base_url: str, list_id: str) -> str:
    """Where verifiers fetch a list."""
    return f"{base_url}/{STATUS_PATH}/{list_id}"


def entry_of(base_url: str, row: StatusEntryRow) -> JsonObject:
    """The ``credentialStatus`` entry of one place."""
    url = list_url(base_url, row.list_id)
    return {
        "id": f"{url}#{row.index}",
        "type": ENTRY_TYPE,
        "statusPurpose": row.purpose,
        "statusListIndex": str(row.index),
        "statusListCredential": url,
    }


# --- places -----------------------------------------------------------------------------


def allocate(
    unit: Unit, office: Office, issuer: IssuerRow, issuance_id: str
) -> tuple[StatusEntryRow, ...]:
    """A random unused place for each purpose of the issuer's policy, in this transaction.

    Raises ``TakenError`` when another unit opened the same new list first: the transaction is
    lost, and the next one finds that list.
    """
    return tuple(
        _allocate_one(unit, office, issuer, issuance_id, purpose)
        for purpose in issuer.status_policy.purposes
    )


def _allocate_one(
    unit: Unit, office: Office, issuer: IssuerRow, issuance_id: str, purpose: str
) -> StatusEntryRow:
    found = _list_with_room(unit, issuer, purpose)
    for _ in range(limits.STATUS_INDEX_ATTEMPTS):
        entry = StatusEntryRow(
            tenant_id=issuer.tenant_id,
            list_id=found.id,
            index=office.randbelow(found.size),
            purpose=purpose,
            issuance_id=issuance_id,
            is_set=False,
        )
        if unit.status.try_index(entry):
            return entry
    raise OwnFaultError(IssuerCode.STORE_UNAVAILABLE, "No free place was found in a status list.")


def _list_with_room(unit: Unit, issuer: IssuerRow, purpose: str) -> StatusListRow:
    current = unit.status.open_list(issuer.id, purpose)
    if current and current.allocated * 100 < current.size * limits.STATUS_LIST_FULL_PERCENT:
        return current
    if current:
        unit.status.close_list(current.id)
    fresh = StatusListRow(
        tenant_id=issuer.tenant_id,
        id=uuid4().hex,
        issuer_id=issuer.id,
        purpose=purpose,
        number=unit.status.last_number(issuer.id, purpose) + 1,
        size=limits.STATUS_LIST_ENTRIES,
        allocated=0,
        is_open=True,
        revision=0,
        published_revision=0,
        version=0,
        published=None,
        etag=None,
        published_at=None,
        change_published_at=None,
    )
    unit.status.add_list(fresh)
    return fresh


# --- the signed list --------------------------------------------------------------------


def publish(office: Office, list_id: str, *, now: datetime) -> PublishedRow:
    """The list as it is to be served at ``now``, signed anew when that is due.

    Raises ``NotFoundError``, and ``OwnFaultError`` when it cannot be signed and the one that
    is out has ended or lacks a change.
    """
    current = find_list(office, list_id)
    published = _published(current)
    if published is not None and not _is_due(current, now):
        return published
    try:
        fresh = _sign(office, current, now)
    except OwnFaultError:
        if published is None or not _still_tells_all(current, now):
            raise
        _LOG.warning("The status list %s could not be signed again; it is served on.", list_id)
        return published
    with office.store.begin(current.tenant_id) as unit:
        won = unit.status.publish(list_id, current.version, fresh)
    if won:
        return fresh
    faster = _published(find_list(office, list_id))
    if faster is None:
        raise OwnFaultError(IssuerCode.STORE_UNAVAILABLE, "The status list could not be kept.")
    return faster


def republish_old(office: Office, now: datetime) -> int:
    """Sign every list again that is out for ``limits.STATUS_RESIGN_SECONDS``, so that no copy
    elsewhere ends (for ``issuer.worker``); how many. Two at once: one of them wins."""
    before = now - timedelta(seconds=limits.STATUS_RESIGN_SECONDS)
    with office.store.deployment() as unit:
        lists = unit.lists_published_before(before)
    return sum(_republish(office, list_id, before, now) for list_id in lists)


def _republish(office: Office, list_id: str, before: datetime, now: datetime) -> bool:
    """Whether it is newer now. One whose key cannot sign just now waits for the next time."""
    try:
        return publish(office, list_id, now=now).published_at > before
    except IssuerError as error:
        _LOG.error("the status list %s could not be signed again: %s", list_id, error.code)
        return False


def find_list(office: Office, list_id: str) -> StatusListRow:
    """The row of a list, whoever's it is. Raises ``NotFoundError``."""
    with office.store.deployment() as unit:
        row = unit.status_list(list_id)
    if row is None:
        raise NotFoundError("There is no such status list.")
    return row


def _published(row: StatusListRow) -> PublishedRow | None:
    if row.published is None or row.etag is None or row.published_at is None:
        return None
    return PublishedRow(
        body=row.published,
        etag=row.etag,
        revision=row.published_revision,
        published_at=row.published_at,
        change_published_at=row.change_published_at,
    )


def _is_due(row: StatusListRow, now: datetime) -> bool:
    """After a change at once, but at most every ten seconds; otherwise every six hours."""
    if row.published_at is None:
        return True
    if row.revision != row.published_revision:
        wait = timedelta(seconds=limits.STATUS_CHANGE_SECONDS)
        return row.change_published_at is None or now >= row.change_published_at + wait
    return now >= row.published_at + timedelta(seconds=limits.STATUS_RESIGN_SECONDS)


def _still_tells_all(row: StatusListRow, now: datetime) -> bool:
    """Whether what is out holds every change and has not ended: then a signer that is down
    for a while does no harm (security §2.3, R13)."""
    if row.published_at is None or row.revision != row.published_revision:
        return False
    return now < row.published_at + timedelta(seconds=limits.STATUS_VALID_SECONDS)


def _sign(office: Office, row: StatusListRow, now: datetime) -> PublishedRow:
    with office.store.read(row.tenant_id) as unit:
        issuer = unit.issuers.get(row.issuer_id)
        before = unit.status.get_list(row.id)
        indexes = unit.status.set_indexes(row.id)  # after the revision: never fewer bits than it
    if issuer is None or before is None:
        raise NotFoundError("There is no such status list.")
    valid_from = _later_than(before.published_at, now)
    unsigned = _build(office.base_url, before, issuer, indexes, valid_from)
    signed = add_proof(office, issuer, unsigned, created=valid_from)
    _check(office, signed, valid_from)
    body = json.dumps(signed, ensure_ascii=False, separators=(",", ":"))
    has_changed = before.revision != before.published_revision
    return PublishedRow(
        body=body,
        etag=f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"',
        revision=before.revision,
        published_at=valid_from,
        change_published_at=now if has_changed else before.change_published_at,
    )


def _later_than(last: datetime | None, now: datetime) -> datetime:
    """Whole seconds, and strictly after the list before: verifiers keep the newest one."""
    second = now.replace(microsecond=0)
    if last is None or second > last:
        return second
    if last - now > timedelta(seconds=limits.CLOCK_BACK_SECONDS):
        raise OwnFaultError(
            IssuerCode.CLOCK_WRONG, "The clock stands before a list that was signed already."
        )
    return last + timedelta(seconds=1)


def _build(
    base_url: str,
    row: StatusListRow,
    issuer: IssuerRow,
    indexes: tuple[int, ...],
    valid_from: datetime,
) -> JsonObject:
    url = list_url(base_url, row.id)
    valid_until = valid_from + timedelta(seconds=limits.STATUS_VALID_SECONDS)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": url,
        "type": ["VerifiableCredential", LIST_TYPE],
        "issuer": issuer.did,
        "validFrom": format_instant(valid_from),
        "validUntil": format_instant(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": SUBJECT_TYPE,
            "statusPurpose": row.purpose,
            "encodedList": encode_list(_bits(row.size, indexes)),
        },
    }


def _bits(size: int, indexes: tuple[int, ...]) -> bytes:
    """One bit for each entry, index 0 the left-most bit of the first byte."""
    bits = bytearray(size // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def _check(office: Office, signed: JsonObject, now: datetime) -> None:
    """What goes out is verified first, like anybody's."""
    try:
        verify(signed, now=now, sources=own_sources(office, find_list=no_lists))
    except OutcomeError as error:
        raise OwnFaultError(
            IssuerCode.OWN_OUTPUT_REFUSED, "The status list that was signed does not verify."
        ) from error
