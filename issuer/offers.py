"""Offers: records that wait until somebody says yes or adds what is missing.

Nothing is signed before the learner says yes. The same record again finds the same offer; a
record that was issued is not offered again.

Leaves to others: what a record waits for (``issuer.completion``), the claim by the learner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import ConflictError, InProgressError, IssuerCode, NotFoundError
from issuer.idempotency import Idempotency, first_answer, keep_answer
from issuer.office import Office
from issuer.record import Finding, Record
from issuer.reservation import live_issuance, record_row
from issuer.store.ports import TakenError, Unit
from issuer.store.rows import EventRow, IssuerRow, OfferRow, OfferState
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A record that waits, and for whom (``state``)."""

    offer_id: str
    state: OfferState
    findings: tuple[Finding, ...]


def offer_completion(
    office: Office,
    caller: Caller,
    record: Record,
    *,
    issuer: IssuerRow,
    state: OfferState,
    idempotency: Idempotency | None,
    now: datetime,
) -> Waiting:
    """Keep ``record`` (which may have H findings) and the offer of it.

    Raises ``ConflictError`` (``ALREADY_ISSUED``), ``InProgressError``,
    ``IdempotencyConflictError``, ``NotFoundError``, ``ForbiddenError``.
    """
    caller.require(Scope.ISSUE)
    if issuer.tenant_id != caller.tenant_id:
        raise NotFoundError("There is no such issuer.")
    for _ in range(limits.RESERVE_ATTEMPTS):
        try:
            with office.store.begin(caller.tenant_id) as unit:
                answer = first_answer(unit, idempotency)
                if answer is not None:
                    return _waiting(answer)
                offer_id = _offer(unit, caller, record, issuer, state, now)
                waiting = Waiting(offer_id=offer_id, state=state, findings=record.warnings)
                keep_answer(unit, idempotency, _to_json(waiting), now=now)
        except TakenError:
            continue
        return waiting
    raise InProgressError(1)


def _to_json(waiting: Waiting) -> JsonObject:
    return {
        "offerId": waiting.offer_id,
        "state": waiting.state.value,
        "findings": [finding.to_json() for finding in waiting.findings],
    }


def _waiting(answer: JsonObject) -> Waiting:
    """What ``_to_json`` wrote."""
    return Waiting(
        offer_id=answer["offerId"],
        state=OfferState(answer["state"]),
        findings=tuple(Finding(**finding) for finding in answer["findings"]),
    )


def _offer(
    unit: Unit,
    caller: Caller,
    record: Record,
    issuer: IssuerRow,
    state: OfferState,
    now: datetime,
) -> str:
    key = _keep_record(unit, record, now)
    offer = unit.offers.of_record(key)
    if offer is not None:
        unit.offers.move(offer.id, state, now)
        return offer.id
    row = OfferRow(
        tenant_id=unit.tenant_id,
        id=uuid4().hex,
        record_key=key,
        issuer_id=issuer.id,
        state=state,
        created=now,
        changed_at=now,
    )
    unit.offers.add(row)
    unit.events.add(
        EventRow(
            tenant_id=unit.tenant_id,
            id=uuid4().hex,
            at=now,
            actor=caller.actor,
            action=state.value,
            subject=row.id,
            reason=None,
        )
    )
    return row.id


def _keep_record(unit: Unit, record: Record, now: datetime) -> str:
    """The store's key of the record. The newest content counts until it is issued."""
    existing = unit.records.of_platform(record.platform_id, record.platform_record_id)
    if existing is None:
        row = record_row(unit.tenant_id, uuid4().hex, record, now)
        unit.records.add(row)
        return row.id
    if live_issuance(unit, existing.id) is not None:
        raise ConflictError(
            IssuerCode.ALREADY_ISSUED,
            f"{existing.platform_record_id} was issued already, so it is not offered again.",
        )
    unit.records.replace(record_row(unit.tenant_id, existing.id, record, now))
    return existing.id
