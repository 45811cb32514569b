"""A host answers: through the link in the mail, once, about the facts as they stand.

Leaves to others: the page and its form (``issuer.web.attest``), what an answer does to a record
(``issuer.attestation``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from issuer import attestation
from issuer.attestation import HostAnswer
from issuer.callers import Caller, Scope
from issuer.decisions import confirm, issue_offer
from issuer.errors import ConflictError, InProgressError, IssuerCode, NotFoundError, OwnFaultError
from issuer.events import Kind, tell
from issuer.offers import issuer_of, keep_document, record_of, told
from issuer.office import Office
from issuer.record import Record
from issuer.rights import Action, Role, require
from issuer.secret_links import hash_of
from issuer.store.asking import AttestationRow
from issuer.store.ports import Unit
from issuer.store.rows import IssuerRow, OfferRow, OfferState
from issuer.trail import note
from verifier.presentation.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a host is asked. ``is_open`` says that an answer is waited for; ``facts_hash`` names
    the facts that are asked about."""

    record: Record = field(repr=False)
    issuer: IssuerRow
    language: str
    facts_hash: str
    is_open: bool
    is_answered: bool
    asked_at: datetime


def find_question(office: Office, token: str) -> Question:
    """What the holder of a link is asked. Raises ``NotFoundError``: the link never existed, was
    replaced, or its offer has ended."""
    row = _find(office, token)
    with office.store.read(row.tenant_id) as unit:
        offer = unit.offers.get(row.id)
        if offer is None:
            raise _no_link()
        return Question(
            record=record_of(unit, offer),
            issuer=issuer_of(unit, offer),
            language=row.language,
            facts_hash=offer.facts_hash or "",
            is_open=_is_open(offer, row),
            is_answered=row.answered_at is not None,
            asked_at=row.asked_at,
        )


def answer_question(
    office: Office, token: str, answer: HostAnswer, *, facts_hash: str, now: datetime
) -> None:
    """Take the host's answer about the facts that ``facts_hash`` names. A second answer changes
    nothing. With everything right, and the learner's yes there, the credential is issued.

    Raises ``NotFoundError``, ``ConflictError`` (``FACTS_CHANGED``).
    """
    require(Role.HOST, Action.ATTEST)
    found = _find(office, token)
    with office.store.begin(found.tenant_id) as unit:
        offer, row = unit.offers.get(found.id), unit.attestations.get(found.id)
        if offer is None or row is None or row.token_hash != found.token_hash:
            raise _no_link()
        record = record_of(unit, offer)  # locked: of two answers one is the first
        offer = unit.offers.get(found.id)
        if offer is None or not _is_open(offer, unit.attestations.get(found.id)):
            return
        if offer.facts_hash != facts_hash:
            raise ConflictError(
                IssuerCode.FACTS_CHANGED, "The platform changed a fact meanwhile. Look again."
            )
        unit.attestations.replace(attestation.answered(row, answer, now))
        offer = _take(unit, offer, record, answer, row.language, now)
    if offer.state is OfferState.OFFERED and offer.agreed_at is not None:
        _issue(office, offer, now)


def _take(
    unit: Unit, offer: OfferRow, record: Record, answer: HostAnswer, language: str, now: datetime
) -> OfferRow:
    if answer.objections:
        row = replace(offer, state=OfferState.HELD, changed_at=now)
        unit.offers.replace(row)
        tell(unit, Kind.OFFER_ATTESTED, subject=row.id, data=told(row), now=now)
        note(unit, "host", "objected", row.id, now=now)
        return row
    generic = words(language)["attest.role.generic"]
    document = attestation.attested(record, answer, now=now, generic_role=generic)
    kept = keep_document(unit, offer, document, now=now)
    return confirm(unit, offer, kept, actor="host", now=now)


def _issue(office: Office, offer: OfferRow, now: datetime) -> None:
    """The host's part is done and kept. Should our signer be away, a worker issues later."""
    system = Caller(tenant_id=offer.tenant_id, actor="system", scopes=frozenset({Scope.ISSUE}))
    try:
        issue_offer(office, system, offer.id, now=now)
    except (OwnFaultError, InProgressError):
        return


def _is_open(offer: OfferRow, row: AttestationRow | None) -> bool:
    is_asked = row is not None and row.answered_at is None
    return is_asked and offer.state is OfferState.ATTESTATION_REQUESTED


def _find(office: Office, token: str) -> AttestationRow:
    with office.store.deployment() as lookup:
        row = lookup.attestation(hash_of(token))
    if row is None:
        raise _no_link()
    return row


def _no_link() -> NotFoundError:
    return NotFoundError("This link does not work.")
