"""What is decided about an offer: the learner's yes and no as a platform passes them on, and the
platform's own word in the place of a host that does not answer.

When nothing is missing any more the credential is issued at once. A process that ends between
the last yes and the signature leaves an offer that ``finish_agreed`` issues.

Leaves to others: the learner's own page, issuing (``issuer.issue``), the host (``hosts_word``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from issuer import attestation
from issuer.attestation import Attester
from issuer.callers import Caller, Scope
from issuer.closing import end_offer
from issuer.errors import (
    ConflictError,
    InProgressError,
    IssuerCode,
    IssuerError,
    NotFoundError,
)
from issuer.events import Kind, tell
from issuer.idempotency import Idempotency, first_answer, keep_answer
from issuer.issue import Issued, issue_completion
from issuer.offers import (
    Beside,
    Waiting,
    agree,
    issuer_of,
    keep_document,
    record_of,
    role_of,
    told,
)
from issuer.office import Office
from issuer.record import Disposition, Record, default_facets, disposition_of
from issuer.rights import Action, require
from issuer.store.asking import Ending
from issuer.store.ports import TakenError, Unit
from issuer.store.rows import OfferRow, OfferState
from issuer.trail import note
from verifier.strict_json import JsonObject

ON_BEHALF: Final = "The host has not confirmed. The platform confirms the facts that it holds."
_AT_ONCE: Final = 50


def give_consent(
    office: Office,
    caller: Caller,
    offer_id: str,
    *,
    facets: JsonObject,
    at: datetime,
    share: bool,
    idempotency: Idempotency | None,
    now: datetime,
) -> Issued | Waiting:
    """The learner agreed ``at``, says the platform, to ``facets`` (those not named keep their
    defaults). Issues the credential when nothing else is missing.

    Raises ``NotFoundError``, ``ForbiddenError``, ``RecordError`` for facets that there are not,
    ``ConflictError`` (``ALREADY_ISSUED`` with other facets), and as ``issue_completion``.
    """
    _admit(caller, Action.RELAY_DECISION)
    with office.store.begin(caller.tenant_id) as unit:
        offer = _offer(unit, offer_id)
        record = record_of(unit, offer)
        shown = default_facets(record.document) | facets
        if _is_repeated(unit, idempotency, now):
            pass
        elif offer.state is OfferState.ISSUED:
            _refuse_other_facets(record, shown)
        else:
            beside = Beside(agreed_at=at, wants_share=share)
            offer = agree(unit, offer, shown, beside, now=now)
    return settle(office, caller, offer, record, now=now)


def _refuse_other_facets(record: Record, shown: JsonObject) -> None:
    if record.document["disclosure"] != shown:
        raise ConflictError(
            IssuerCode.ALREADY_ISSUED,
            f"{record.platform_record_id} was issued with other choices. Send a correction.",
        )


def decline(
    office: Office,
    caller: Caller,
    offer_id: str,
    *,
    idempotency: Idempotency | None,
    now: datetime,
) -> str:
    """The learner does not want it, says the platform: everything is deleted. Its id.

    Raises ``NotFoundError``, ``ForbiddenError``, ``ConflictError`` (``ALREADY_ISSUED``).
    """
    _admit(caller, Action.RELAY_DECISION)
    with office.store.begin(caller.tenant_id) as unit:
        offer = unit.offers.get(offer_id)
        is_repeated = _is_repeated(unit, idempotency, now)
        if offer is None:
            if unit.ended_offers.get(offer_id) is None:
                raise NotFoundError("There is no such offer.")
            return offer_id
        if is_repeated:  # an offer of the same record, made anew on a later yes
            return offer_id
        if not end_offer(office, unit, offer, Ending.DECLINED, now=now):
            raise ConflictError(
                IssuerCode.ALREADY_ISSUED, "The credential was issued. It can be revoked."
            )
        note(unit, caller.actor, "declined", offer.id, now=now)
    return offer_id


def name_attester(
    office: Office,
    caller: Caller,
    offer_id: str,
    attester: Attester,
    *,
    idempotency: Idempotency | None,
    now: datetime,
) -> OfferRow:
    """Ask this person to confirm, in the place of whoever was asked before.

    Raises ``NotFoundError``, ``ForbiddenError``, ``ConflictError`` (``OFFER_STATE``).
    """
    _admit(caller, Action.NAME_ATTESTER)
    with office.store.begin(caller.tenant_id) as unit:
        if _is_repeated(unit, idempotency, now):
            return _offer(unit, offer_id)
        offer = _waiting_for_host(_offer(unit, offer_id))
        record, issuer = record_of(unit, offer), issuer_of(unit, offer)
        attestation.ask(office, unit, offer, record, issuer, attester, now=now)
        note(unit, caller.actor, "attesterNamed", offer.id, now=now)
    return offer


def attest_on_behalf(
    office: Office,
    caller: Caller,
    offer_id: str,
    *,
    idempotency: Idempotency | None,
    now: datetime,
) -> Issued | Waiting:
    """The platform confirms what it knows in the place of a host that was asked 14 days ago.

    Raises ``NotFoundError``, ``ForbiddenError``, ``ConflictError`` (``OFFER_STATE`` when the host
    answered or nobody is asked, ``TOO_EARLY``), and as ``issue_completion``.
    """
    _admit(caller, Action.ATTEST_ON_BEHALF)
    with office.store.begin(caller.tenant_id) as unit:
        offer = _offer(unit, offer_id)
        record = record_of(unit, offer)
        if not _is_repeated(unit, idempotency, now):
            _refuse_early(unit, _waiting_for_host(offer), now)
            document = attestation.attested_on_behalf(record, statement=ON_BEHALF, now=now)
            record = keep_document(unit, offer, document, now=now)
            unit.attestations.finish(offer.id)
            offer = confirm(unit, offer, record, actor=caller.actor, now=now)
    return settle(office, caller, offer, record, now=now)


def _refuse_early(unit: Unit, offer: OfferRow, now: datetime) -> None:
    asked = unit.attestations.get(offer.id)
    since = asked.asked_at if asked else offer.changed_at
    if now < since + attestation.STALLED_AFTER:
        day = (since + attestation.STALLED_AFTER).date().isoformat()
        raise ConflictError(
            IssuerCode.TOO_EARLY, f"The host may still answer. You may confirm from {day} on."
        )


def confirm(unit: Unit, offer: OfferRow, record: Record, *, actor: str, now: datetime) -> OfferRow:
    """Somebody vouched: the offer waits for the learner, or for what else is missing."""
    is_held = disposition_of(record.warnings) is Disposition.HELD
    state = OfferState.HELD if is_held else OfferState.OFFERED
    row = replace(offer, state=state, changed_at=now)
    unit.offers.replace(row)
    tell(unit, Kind.OFFER_ATTESTED, subject=row.id, data=told(row), now=now)
    note(unit, actor, "attested", row.id, now=now)
    return row


def settle(
    office: Office, caller: Caller, offer: OfferRow, record: Record, *, now: datetime
) -> Issued | Waiting:
    """The credential, if nothing is missing to it; otherwise how the offer stands."""
    is_agreed = offer.state is OfferState.OFFERED and offer.agreed_at is not None
    if is_agreed or offer.state is OfferState.ISSUED:
        return issue_offer(office, caller, offer.id, now=now)
    return Waiting(offer_id=offer.id, state=offer.state, findings=record.warnings)


def issue_offer(office: Office, caller: Caller, offer_id: str, *, now: datetime) -> Issued:
    """Issue an offer to which nothing is missing, or find the credential of one that was issued.

    Raises as ``issue_completion``.
    """
    with office.store.read(caller.tenant_id) as unit:
        offer = _offer(unit, offer_id)
        record, issuer = record_of(unit, offer), issuer_of(unit, offer)
    return issue_completion(
        office,
        caller,
        record,
        issuer=issuer,
        idempotency=None,
        share=offer.wants_share,
        now=now,
    )


def finish_agreed(office: Office, now: datetime) -> int:
    """Issue what a crash, or a signer that was away, left between the last yes and the signature;
    how many."""
    with office.store.deployment() as unit:
        places = unit.offers_agreed(_AT_ONCE)
    return sum(_finish(office, place.tenant_id, place.id, now) for place in places)


def _finish(office: Office, tenant_id: str, offer_id: str, now: datetime) -> int:
    system = Caller(tenant_id=tenant_id, actor="system", scopes=frozenset({Scope.ISSUE}))
    try:
        issue_offer(office, system, offer_id, now=now)
    except IssuerError:
        return 0  # the next time
    return 1


def _is_repeated(unit: Unit, idempotency: Idempotency | None, now: datetime) -> bool:
    """Whether a call with this key was carried out before: then nothing is done again, and the
    answer is how the offer stands. Otherwise the key is kept in this transaction.

    Raises ``IdempotencyConflictError``, ``InProgressError``.
    """
    if first_answer(unit, idempotency) is not None:
        return True
    try:
        keep_answer(unit, idempotency, {}, now=now)
    except TakenError as error:
        raise InProgressError(1) from error
    return False


def _admit(caller: Caller, action: Action) -> None:
    caller.require(Scope.ISSUE)
    require(role_of(caller), action)


def _offer(unit: Unit, offer_id: str) -> OfferRow:
    offer = unit.offers.get(offer_id)
    if offer is None:
        raise NotFoundError("There is no such offer.")
    return offer


def _waiting_for_host(offer: OfferRow) -> OfferRow:
    if offer.state is not OfferState.ATTESTATION_REQUESTED:
        raise ConflictError(
            IssuerCode.OFFER_STATE,
            f"The offer is {offer.state.value}: no host is asked just now. To have other facts "
            "confirmed, send the record again with them.",
        )
    return offer
