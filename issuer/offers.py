"""Offers: records that wait until somebody says yes or adds what is missing.

Nothing is signed before the learner says yes. The same facts again find the same offer, wherever
it stands by then; other facts take the place of the old ones until the credential is issued.

    held, attestationRequested -> offered -> issued
    and from every one of them: declined, closed (``issuer.closing``)

Leaves to others: what a record waits for (``issuer.completion``), asking the host
(``issuer.attestation``), the learner's yes (``issuer.decisions``), who may do what
(``issuer.rights``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import uuid4

import rfc8785

from issuer import attestation, limits
from issuer.attestation import Attester
from issuer.callers import Caller, Scope
from issuer.closing import refuse_ended
from issuer.errors import ConflictError, InProgressError, IssuerCode, NotFoundError
from issuer.events import Kind, tell
from issuer.idempotency import Idempotency, first_answer, keep_answer
from issuer.office import Office
from issuer.record import Finding, Record, parse_draft
from issuer.reservation import live_issuance, record_row
from issuer.rights import Action, Role, require
from issuer.store.asking import AttestationRow, EndedOfferRow
from issuer.store.ports import TakenError, Unit
from issuer.store.rows import (
    IssuanceState,
    IssuerRow,
    OfferRow,
    OfferState,
    RecordRow,
)
from issuer.trail import note
from verifier.strict_json import JsonObject, parse_json_object

_NOT_FACTS: Final = ("recordId", "lifecycle", "disclosure", "quality")
"""What the issuer and the learner add to what a platform says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A record that waits, and for whom (``state``). ``is_ready`` says that it waits no more: the
    credential was issued, or nothing is missing to it."""

    offer_id: str
    state: OfferState
    findings: tuple[Finding, ...]
    is_ready: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What came with a record: when the learner agreed (``None``: not yet), whether they want a
    link, and who is to be asked to confirm the work."""

    agreed_at: datetime | None = None
    wants_share: bool = False
    attester: Attester | None = None


NOTHING_BESIDE: Final = Beside()


def offer_completion(
    office: Office,
    caller: Caller,
    record: Record,
    *,
    issuer: IssuerRow,
    state: OfferState,
    idempotency: Idempotency | None,
    now: datetime,
    beside: Beside = NOTHING_BESIDE,
) -> Waiting:
    """Keep ``record`` (which may have H findings) and the offer of it.

    Raises ``ConflictError`` (``ALREADY_ISSUED``, ``OFFER_ENDED``), ``InProgressError``,
    ``IdempotencyConflictError``, ``NotFoundError``, ``ForbiddenError``.
    """
    caller.require(Scope.ISSUE)
    require(role_of(caller), Action.SEND)
    if issuer.tenant_id != caller.tenant_id:
        raise NotFoundError("There is no such issuer.")
    for _ in range(limits.RESERVE_ATTEMPTS):
        try:
            with office.store.begin(caller.tenant_id) as unit:
                answer = first_answer(unit, idempotency)
                if answer is not None:
                    return _waiting(answer)
                offer = _Desk(office, unit, caller, now).take(record, issuer, state, beside)
                waiting = _waiting_of(offer, record.warnings)
                keep_answer(unit, idempotency, _to_json(waiting), now=now)
        except TakenError:
            continue
        return waiting
    raise InProgressError(1)


def role_of(caller: Caller) -> Role:
    """In what part a caller with a key, or on the command line, acts."""
    return Role.OPERATOR if caller.actor == "cli" else Role.PLATFORM


def facts_hash(record: Record) -> str:
    """The hex SHA-256 of what the platform said (RFC 8785), without what others add."""
    facts = {name: value for name, value in record.document.items() if name not in _NOT_FACTS}
    facts["source"] = {k: v for k, v in facts["source"].items() if k != "receivedAt"}
    return hashlib.sha256(rfc8785.dumps(facts)).hexdigest()


def _waiting_of(offer: OfferRow, findings: tuple[Finding, ...]) -> Waiting:
    is_ready = offer.state is OfferState.OFFERED and offer.agreed_at is not None
    return Waiting(
        offer_id=offer.id,
        state=offer.state,
        findings=findings,
        is_ready=is_ready or offer.state is OfferState.ISSUED,
    )


def _to_json(waiting: Waiting) -> JsonObject:
    return {
        "offerId": waiting.offer_id,
        "state": waiting.state.value,
        "findings": [finding.to_json() for finding in waiting.findings],
        "isReady": waiting.is_ready,
    }


def _waiting(answer: JsonObject) -> Waiting:
    """What ``_to_json`` wrote, also in an earlier release."""
    return Waiting(
        offer_id=answer["offerId"],
        state=OfferState(answer["state"]),
        findings=tuple(Finding(**finding) for finding in answer["findings"]),
        is_ready=answer.get("isReady", False),
    )


# --- taking a record in ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Desk:
    """One unit of work at which a record arrives."""

    office: Office
    unit: Unit
    caller: Caller
    now: datetime

    def take(
        self, record: Record, issuer: IssuerRow, state: OfferState, beside: Beside
    ) -> OfferRow:
        """The offer of ``record``, as it stands then."""
        unit = self.unit
        refuse_ended(self.office, unit, record, agreed_at=beside.agreed_at)
        existing = unit.records.of_platform(record.platform_id, record.platform_record_id)
        offer = unit.offers.of_record(existing.id) if existing else None
        if existing is not None and offer is not None and offer.facts_hash == facts_hash(record):
            return self._repeat(offer, existing, record, beside)
        key = self._keep(existing, record)
        return self._open(offer, key, record, issuer, state, beside)

    def _keep(self, existing: RecordRow | None, record: Record) -> str:
        """The store's key of the record. The newest content counts until it is issued."""
        unit = self.unit
        key = existing.id if existing else uuid4().hex
        row = record_row(unit.tenant_id, key, record, self.now)
        if existing is None:
            unit.records.add(row)
            return key
        if live_issuance(unit, key) is not None:
            raise _already_issued(existing)
        unit.records.replace(row)
        return key

    def _open(
        self,
        offer: OfferRow | None,
        key: str,
        record: Record,
        issuer: IssuerRow,
        state: OfferState,
        beside: Beside,
    ) -> OfferRow:
        """An offer of new facts, in the place of ``offer`` where there was one."""
        unit = self.unit
        row = OfferRow(
            tenant_id=unit.tenant_id,
            id=offer.id if offer else uuid4().hex,
            record_key=key,
            issuer_id=issuer.id,
            state=state,
            created=offer.created if offer else self.now,
            changed_at=self.now,
            facts_hash=facts_hash(record),
            wants_share=beside.wants_share,
            agreed_at=beside.agreed_at,
        )
        if offer is None:
            unit.offers.add(row)
            tell(unit, Kind.OFFER_CREATED, subject=row.id, data=told(row), now=self.now)
        else:
            unit.offers.replace(row)
        note(unit, self.caller.actor, state.value, row.id, now=self.now)
        self._ask(row, record, beside.attester)
        return row

    def _ask(self, offer: OfferRow, record: Record, attester: Attester | None) -> None:
        """Ask the host where the host's word is missing; otherwise nobody is asked any more."""
        if offer.state is OfferState.ATTESTATION_REQUESTED:
            issuer = issuer_of(self.unit, offer)
            attestation.ask(self.office, self.unit, offer, record, issuer, attester, now=self.now)
        else:
            self.unit.attestations.delete(offer.id)

    def _repeat(
        self, offer: OfferRow, existing: RecordRow, record: Record, beside: Beside
    ) -> OfferRow:
        """The same facts again. They may bring the learner's yes, or another address."""
        if offer.state is OfferState.ATTESTATION_REQUESTED and self._is_new(offer, beside):
            self._ask(offer, record, beside.attester)
        if beside.agreed_at is None:
            return offer
        shown = record.document["disclosure"]
        if offer.state is OfferState.ISSUED:
            if parse_json_object(existing.document.encode())["disclosure"] != shown:
                raise _already_issued(existing)
            return offer
        return agree(self.unit, offer, shown, beside, now=self.now)

    def _is_new(self, offer: OfferRow, beside: Beside) -> bool:
        """Whether somebody else is to be asked. A repeated call writes to nobody again."""
        asked, attester = self.unit.attestations.get(offer.id), beside.attester
        if attester is None or (asked is not None and asked.stalled_at is not None):
            return False
        return asked is None or asked.email != attester.address.plain


def agree(
    unit: Unit, offer: OfferRow, shown: JsonObject, beside: Beside, *, now: datetime
) -> OfferRow:
    """Write the learner's yes, and what they want to be shown (``shown``: every facet), into the
    record of an offer that was not issued; the offer then."""
    kept = record_of(unit, offer)
    at = beside.agreed_at
    if at is None:
        return offer
    lifecycle = [it for it in kept.document.get("lifecycle", []) if it["event"] != "accepted"]
    document = kept.document | {
        "disclosure": shown,
        "lifecycle": [*lifecycle, attestation.step("accepted", at, by="learner")],
    }
    keep_document(unit, offer, document, now=now)
    row = replace(
        offer, agreed_at=at, wants_share=offer.wants_share or beside.wants_share, changed_at=now
    )
    unit.offers.replace(row)
    if offer.agreed_at is None:
        tell(unit, Kind.OFFER_ACCEPTED, subject=row.id, data=told(row), now=now)
        note(unit, "learner", "accepted", row.id, now=now)
    return row


def _already_issued(existing: RecordRow) -> ConflictError:
    return ConflictError(
        IssuerCode.ALREADY_ISSUED,
        f"{existing.platform_record_id} was issued already, so it is not offered again. To change "
        "a fact, send a correction; to replace it, send a new record that names it in supersedes.",
    )


# --- what an offer holds -----------------------------------------------------------------


def record_of(unit: Unit, offer: OfferRow) -> Record:
    """The record of an offer, locked until the unit ends."""
    row = unit.records.get(offer.record_key)
    if row is not None:
        row = unit.records.of_platform(row.platform_id, row.platform_record_id)
    if row is None:
        raise NotFoundError("There is no such offer.")
    return parse_draft(parse_json_object(row.document.encode()), received_at=row.received_at)


def keep_document(unit: Unit, offer: OfferRow, document: JsonObject, *, now: datetime) -> Record:
    """Let ``document`` be the record of an offer; it keeps the time of its arrival.

    Raises ``RecordError`` when the rules refuse it.
    """
    kept = unit.records.get(offer.record_key)
    if kept is None:
        raise NotFoundError("There is no such offer.")
    record = parse_draft(document, received_at=kept.received_at)
    unit.records.replace(record_row(unit.tenant_id, kept.id, record, kept.received_at))
    return record


def issuer_of(unit: Unit, offer: OfferRow) -> IssuerRow:
    """Who will sign."""
    issuer = unit.issuers.get(offer.issuer_id)
    if issuer is None:
        raise NotFoundError("There is no such issuer.")
    return issuer


def told(offer: OfferRow) -> dict[str, str | int]:
    """What an event says of an offer."""
    return {"offerId": offer.id, "state": offer.state.value}


# --- looking ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an offer stands: the row, the platform's own name for the record, what was asked of the
    host, what the rules say of the record, and its issuance."""

    offer: OfferRow
    platform_record_id: str
    asked: AttestationRow | None
    findings: tuple[Finding, ...]
    issuance_id: str | None


def find_offer(office: Office, caller: Caller, offer_id: str) -> Standing | EndedOfferRow:
    """How one offer stands. Raises ``NotFoundError``, ``ForbiddenError``."""
    caller.require(Scope.READ)
    require(role_of(caller), Action.SEE_OFFER)
    with office.store.read(caller.tenant_id) as unit:
        offer = unit.offers.get(offer_id)
        if offer is None:
            ended = unit.ended_offers.get(offer_id)
            if ended is None:
                raise NotFoundError("There is no such offer.")
            return ended
        return _standing(unit, offer)


def _standing(unit: Unit, offer: OfferRow) -> Standing:
    record = record_of(unit, offer)
    live = live_issuance(unit, offer.record_key)
    is_issued = live is not None and live.state is IssuanceState.ISSUED
    return Standing(
        offer=offer,
        platform_record_id=record.platform_record_id,
        asked=unit.attestations.get(offer.id),
        findings=record.warnings,
        issuance_id=live.id if live and is_issued else None,
    )


def list_offers(
    office: Office, caller: Caller, *, state: OfferState | None, after: str | None, limit: int
) -> tuple[OfferRow, ...]:
    """At most ``limit`` offers, oldest first, after the offer ``after``; of one state or of all.

    Raises ``NotFoundError`` when ``after`` is no offer (it may have ended), ``ForbiddenError``.
    """
    caller.require(Scope.READ)
    require(role_of(caller), Action.SEE_OFFER)
    with office.store.read(caller.tenant_id) as unit:
        start = unit.offers.get(after) if after is not None else None
        if after is not None and start is None:
            raise NotFoundError("There is no offer to go on after. Begin again without it.")
        return unit.offers.page(state, start, limit)
