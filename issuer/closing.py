"""How an offer ends without a credential: the learner declines, or nobody wants it for 180 days.

Everything about it is deleted: the record with its names and facts, the question to the host,
mails. What stays is that it ended, and a keyed hash of the platform's own name for the record, so
that the same record is not offered again (domain §7). A learner who changes their mind can: a
consent given later opens the record anew.

Leaves to others: when (``issuer.offer_clock``), who may (``issuer.rights``).
"""

from __future__ import annotations

import hmac
from datetime import datetime

from issuer.errors import ConflictError, IssuerCode
from issuer.events import Kind, tell
from issuer.office import Office
from issuer.record import Record
from issuer.reservation import live_issuance
from issuer.store.asking import EndedOfferRow, Ending
from issuer.store.ports import Unit
from issuer.store.rows import OfferRow

_PURPOSE = "ended-offers"
_KINDS = {Ending.DECLINED: Kind.OFFER_DECLINED, Ending.CLOSED: Kind.OFFER_CLOSED}


def end_offer(
    office: Office, unit: Unit, offer: OfferRow, ending: Ending, *, now: datetime
) -> bool:
    """Delete the offer, and all that it holds, in this transaction; ``False`` when its credential
    is issued or under way."""
    if live_issuance(unit, offer.record_key) is not None:
        return False
    record = unit.records.get(offer.record_key)
    if record is None:
        return False
    mark = fingerprint(office, record.platform_id, record.platform_record_id)
    unit.attestations.delete(offer.id)
    unit.mails.forget(offer.id)
    unit.offers.delete(offer.id)
    unit.issuances.forget_record(record.id)
    unit.records.delete(record.id)
    row = EndedOfferRow(
        tenant_id=unit.tenant_id, id=offer.id, fingerprint=mark, ending=ending, ended_at=now
    )
    unit.ended_offers.add(row)
    data = {"offerId": offer.id, "state": ending.value}
    tell(unit, _KINDS[ending], subject=offer.id, data=data, now=now)
    return True


def refuse_ended(office: Office, unit: Unit, record: Record, *, agreed_at: datetime | None) -> None:
    """Raises ``ConflictError`` (``OFFER_ENDED``) for a record whose offer ended, unless the
    learner agreed later than that: then it is as if it had never been offered."""
    ended = ended_offer(office, unit, record)
    if ended is None:
        return
    if agreed_at is None or agreed_at <= ended.ended_at:
        raise ConflictError(
            IssuerCode.OFFER_ENDED,
            f"{record.platform_record_id} was offered and is {ended.ending.value}. It is not "
            "offered again; the learner's later consent would open it anew.",
        )
    unit.ended_offers.forget(ended.fingerprint)


def ended_offer(office: Office, unit: Unit, record: Record) -> EndedOfferRow | None:
    """What is left of an offer of this record that ended."""
    mark = fingerprint(office, record.platform_id, record.platform_record_id)
    return unit.ended_offers.of_record(mark)


def fingerprint(office: Office, platform_id: str, platform_record_id: str) -> str:
    """A hash (HMAC-SHA-256, hex) that nobody outside can make of a record's name."""
    key = office.keyring.secret(_PURPOSE)
    return hmac.new(key, f"{platform_id}\n{platform_record_id}".encode(), "sha256").hexdigest()
