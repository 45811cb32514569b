"""What time does to offers: reminders, a stalled question, the end after 180 days.

Each is a task that may run at any time, twice, and on several machines: whatever it does, it
does in one transaction, after looking again.

Leaves to others: running it again and again (``issuer.worker``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from issuer import attestation, limits
from issuer.closing import end_offer
from issuer.delivery.mail import MailKind
from issuer.events import Kind, tell
from issuer.offers import issuer_of, record_of, told
from issuer.office import Office
from issuer.store.asking import AttestationRow, Ending, OfferPlace
from issuer.store.ports import Unit
from issuer.store.rows import OfferRow, OfferState
from issuer.trail import note


def remind_due(office: Office, now: datetime) -> int:
    """Remind hosts after five and ten days, and tell platforms after 14 that a host does not
    answer; how many."""
    with office.store.deployment() as lookup:
        places = lookup.attestations_due(now, limits.OFFERS_AT_ONCE)
    return sum(_remind(office, place, now) for place in places)


def _remind(office: Office, place: OfferPlace, now: datetime) -> int:
    with office.store.begin(place.tenant_id) as unit:
        offer = unit.offers.get(place.id)
        if offer is None:
            return 0
        record = record_of(unit, offer)  # locked: one of several workers reminds
        offer, row = unit.offers.get(place.id), unit.attestations.get(place.id)
        if offer is None or row is None or row.due is None or now < row.due:
            return 0
        if offer.state is not OfferState.ATTESTATION_REQUESTED:
            unit.attestations.finish(row.id)
            return 0
        if _is_last(row, now):
            _stall(unit, offer, row, now)
            return 1
        unit.attestations.replace(_reminded(row, now))
        kind = MailKind.ATTESTATION_REMINDER
        attestation.write(unit, row, record, issuer_of(unit, offer), kind=kind, now=now)
    return 1


def _is_last(row: AttestationRow, now: datetime) -> bool:
    return row.email is None or now >= row.asked_at + attestation.STALLED_AFTER


def _reminded(row: AttestationRow, now: datetime) -> AttestationRow:
    """After a worker that slept, reminders that were missed are not made up for."""
    days = (*limits.REMINDER_DAYS, limits.STALLED_DAYS)
    ahead = (row.asked_at + timedelta(days=it) for it in days)
    return replace(row, reminders=row.reminders + 1, due=next(it for it in ahead if it > now))


def _stall(unit: Unit, offer: OfferRow, row: AttestationRow, now: datetime) -> None:
    """The link goes on working; the address is not needed any more."""
    unit.attestations.replace(replace(row, email=None, due=None, stalled_at=now))
    tell(unit, Kind.OFFER_STALLED, subject=offer.id, data=told(offer), now=now)
    note(unit, "system", "stalled", offer.id, now=now)


def close_due(office: Office, now: datetime) -> int:
    """End the offers that nobody moved for 180 days; how many."""
    oldest = now - timedelta(days=limits.OFFER_DAYS)
    with office.store.deployment() as lookup:
        places = lookup.offers_since(oldest, limits.OFFERS_AT_ONCE)
    return sum(_close(office, place, oldest, now) for place in places)


def _close(office: Office, place: OfferPlace, oldest: datetime, now: datetime) -> int:
    with office.store.begin(place.tenant_id) as unit:
        offer = unit.offers.get(place.id)
        if offer is None:
            return 0
        record_of(unit, offer)
        offer = unit.offers.get(place.id)
        if offer is None or not offer.state.waits or offer.changed_at >= oldest:
            return 0
        if not end_offer(office, unit, offer, Ending.CLOSED, now=now):
            return 0
        note(unit, "system", "closed", offer.id, now=now)
    return 1
