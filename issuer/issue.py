"""How a credential is issued: the nine steps of ``docs/issuance.md``.

Two transactions stand around the signature. The first (step 3, ``issuer.reservation``) writes
the intent; the second (step 8) stores the signed bytes; an answer leaves only after it. A
crash in between leaves an intent that the same call, repeated, finishes with the same id and
the same place in the status list, or that ``issuer.settlement`` settles. Nothing that an
intent reserved is given out again.

Leaves to others: who may call (``issuer.api_keys``), reading a record (``issuer.record``), what
we issue beside a completion (``issuer.further``), what
a completion without consent becomes (``issuer.offers``), what a document may look like
(``issuer.rehearsal``, ``verifier``).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from issuer import sandbox, supersession
from issuer.callers import Caller, Scope
from issuer.errors import (
    InProgressError,
    IssuerCode,
    IssuerError,
    NotFoundError,
    OwnFaultError,
)
from issuer.events import Kind, tell
from issuer.idempotency import Idempotency
from issuer.intent import DocumentIntent, Intent, RecordIntent, parse_intent
from issuer.office import Office
from issuer.own_sources import own_sources
from issuer.projection import IssuerProfile, project
from issuer.projection.vct import vct_of
from issuer.record import Finding, Record
from issuer.rehearsal import read_document, rehearse
from issuer.reservation import Claim, Wish, reserve
from issuer.shares import add_share, share_url
from issuer.signing.formats import format_named
from issuer.signing.proofs import open_key
from issuer.signing.unsigned import Unsigned
from issuer.status_list import entry_of, publish
from issuer.store.ports import Unit
from issuer.store.rows import IssuanceRow, IssuanceState, IssuerRow, OfferState
from issuer.token_status_list import publish_token
from issuer.trail import note
from verifier.errors import CheckError
from verifier.jsonld.oracle import remembering
from verifier.model import DataModel
from verifier.policy import STANDARD, VC_API, Policy
from verifier.report import OutcomeError, Report
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A credential that was issued, now or by an earlier call of the same kind. ``body`` is
    the signed document (or the envelope around a token) as it was stored, ``document`` the
    same, parsed."""

    issuance_id: str
    credential_id: str | None
    body: str = field(repr=False)
    document: JsonObject = field(repr=False)
    share_url: str | None
    findings: tuple[Finding, ...]
    is_new: bool


def issue_completion(
    office: Office,
    caller: Caller,
    record: Record,
    *,
    issuer: IssuerRow,
    idempotency: Idempotency | None,
    share: bool,
    now: datetime,
) -> Issued:
    """Issue the credential of a good record whose learner agreed; ``share`` asks for a link.

    The same record again gives the same credential. Raises ``NotFoundError``,
    ``ForbiddenError``, ``ConflictError`` (``ALREADY_ISSUED`` with other content),
    ``InProgressError``, ``IdempotencyConflictError``, ``OwnFaultError``.
    """
    authorise(caller, issuer)
    intent = RecordIntent(
        credential_id=uuid4().urn,
        created=now.replace(microsecond=0),
        seed=secrets.token_hex(32),
        share_id=uuid4().hex if share else None,
    )
    wish = Wish(
        issuer=issuer,
        intent=intent.to_text(),
        credential_id=intent.credential_id,
        record=record,
        has_status=True,
    )
    return carry_out(office, caller, wish, idempotency, now)


def issue_document(
    office: Office,
    caller: Caller,
    credential: JsonObject,
    *,
    issuer: IssuerRow,
    idempotency: Idempotency | None,
    now: datetime,
    mandatory: tuple[str, ...] | None = None,
) -> Issued:
    """Sign a caller's own document (VC-API). It is kept as it is; a status entry is added by
    the issuer's policy to documents of data model 2.0 that carry none. ``mandatory`` are
    JSON Pointers to what a holder can never leave out (ecdsa-sd-2023).

    Raises ``CheckError`` for a document that the verifier's rules refuse, with nothing
    stored, ``RequestRefusedError`` as ``read_document``, and as ``issue_completion``.
    """
    authorise(caller, issuer)
    created = now.replace(microsecond=0)
    intent = DocumentIntent(document=credential, created=created, mandatory=mandatory)
    parsed = read_document(intent, issuer, base_url=office.base_url)  # step 2
    wish = Wish(
        issuer=issuer,
        intent=intent.to_text(),
        credential_id=parsed.id,
        record=None,
        has_status=parsed.data_model is DataModel.V2_0 and not parsed.statuses,
    )
    return carry_out(office, caller, wish, idempotency, now)


# --- step 1 -------------------------------------------------------------------------------


def authorise(caller: Caller, issuer: IssuerRow, *, scope: Scope = Scope.ISSUE) -> None:
    """Step 1. Another tenant's issuer is not there.

    Raises ``ForbiddenError``, ``NotFoundError``.
    """
    caller.require(scope)
    if issuer.tenant_id != caller.tenant_id:
        raise NotFoundError("There is no such issuer.")


# --- steps 3 to 9 -----------------------------------------------------------------------


def carry_out(
    office: Office, caller: Caller, wish: Wish, idempotency: Idempotency | None, now: datetime
) -> Issued:
    """Steps 3 to 9 of what was authorised and read. Raises as ``reserve`` and ``finish``."""
    claim = reserve(office, caller.tenant_id, wish, idempotency, now=now)  # step 3
    if claim.row.state is IssuanceState.ISSUED:
        return _released(office, claim.row, is_new=False)
    return finish(office, caller, claim, now)


def finish(office: Office, caller: Caller, claim: Claim, now: datetime) -> Issued:
    """Steps 4 to 9 for an intent that is ours. A failure voids it: its places stay burnt.

    Raises as ``issue_completion`` and ``issue_document``.
    """
    try:
        with remembering():
            signed = _make(office, claim, now)
    except (CheckError, IssuerError) as error:
        void(office, claim.row, now)
        if isinstance(error, CheckError) and not is_callers(claim.row):
            raise _own_fault() from error  # a caller's document may be refused, our own may not
        raise
    row = _store(office, caller, claim, signed, now)
    office.failpoint("after-store")
    return _released(office, row, is_new=True)  # step 9


def is_callers(row: IssuanceRow) -> bool:
    """Whether a caller wrote the document, and not we."""
    return isinstance(parse_intent(row.intent), DocumentIntent)


def _make(office: Office, claim: Claim, now: datetime) -> JsonObject:
    intent = parse_intent(claim.row.intent)
    policy = VC_API if isinstance(intent, DocumentIntent) else STANDARD
    unsigned = _build(office, claim, intent)  # step 4
    office.failpoint("after-build")
    prepared = rehearse(unsigned, policy)  # step 5
    office.failpoint("after-rehearse")
    signed = _sign(office, claim, prepared.take(), intent, now)  # step 6
    office.failpoint("after-sign")
    revealed = format_named(claim.issuer.proof_format).reveal(signed)
    report = _verify(office, revealed, policy, now)  # step 7
    sandbox.check_signed(report, claim.issuer)
    office.failpoint("after-verify")
    return signed


def _own_fault() -> OwnFaultError:
    return OwnFaultError(
        IssuerCode.OWN_OUTPUT_REFUSED, "The credential that was built breaks our own rules."
    )


def _build(office: Office, claim: Claim, intent: Intent) -> JsonObject:
    """Step 4: a pure function of record, ids and times. What we build for a sandbox is marked; a
    caller's document is as its sender wrote it."""
    entries = tuple(entry_of(office.base_url, entry) for entry in claim.entries)
    if isinstance(intent, RecordIntent):
        built = _project(claim, intent, entries)
    else:
        status = entries[0] if len(entries) == 1 else list(entries)
        built = intent.document | ({"credentialStatus": status} if entries else {})
    is_ours = not isinstance(intent, DocumentIntent)
    return sandbox.mark(built) if is_ours and claim.issuer.is_sandbox else built


def _project(claim: Claim, intent: RecordIntent, entries: tuple[JsonObject, ...]) -> JsonObject:
    if claim.record is None:
        raise OwnFaultError(IssuerCode.STORE_UNAVAILABLE, "The record of an intent is gone.")
    issuer = claim.issuer
    return project(
        claim.record,
        credential_id=intent.credential_id,
        issuer=IssuerProfile(id=issuer.did, name=issuer.profile_name, url=issuer.profile_url),
        valid_from=intent.created,
        awarded=intent.created,
        status=entries,
        salt=intent.salts(),
    )


def _sign(
    office: Office, claim: Claim, document: JsonObject, intent: Intent, now: datetime
) -> JsonObject:
    """Step 6: the issuer's active key signs, in the issuer's format."""
    key = open_key(office, claim.issuer, now=now)
    unsigned = Unsigned(
        document=document,
        created=intent.created,
        vct=vct_of(office.base_url),
        salts=lambda: secrets.token_urlsafe(16),
        mandatory=sandbox.mandatory_of(claim.issuer, intent.mandatory),
    )
    return format_named(claim.issuer.proof_format).sign(unsigned, key)


def _verify(office: Office, signed: JsonObject, policy: Policy, now: datetime) -> Report:
    """Step 7: our own output through the public verifier, in process.

    What we built must be verified in every respect. A caller's document must be what the key
    signed; that it has ended, say, is the caller's to know.
    """
    sources = own_sources(
        office,
        find_list=lambda list_id: publish(office, list_id, now=now),
        find_token=lambda list_id: publish_token(office, list_id, now=now),
    )
    try:
        cache = office.status_cache
        return verify(signed, now=now, sources=sources, policy=policy, status_cache=cache).report
    except OutcomeError as error:
        if policy is VC_API and error.document is not None:
            return error.report
        raise OwnFaultError(
            IssuerCode.OWN_OUTPUT_REFUSED, "What was just signed does not verify."
        ) from error


def _store(
    office: Office, caller: Caller, claim: Claim, signed: JsonObject, now: datetime
) -> IssuanceRow:
    """Step 8: the signed bytes, the answer, the link and the audit line, in one transaction.

    Raises ``InProgressError`` when another attempt took the intent over meanwhile.
    """
    intent = parse_intent(claim.row.intent)
    share_id = None if isinstance(intent, DocumentIntent) else intent.share_id
    findings = claim.record.warnings if claim.record else ()
    row = replace(
        claim.row,
        state=IssuanceState.ISSUED,
        signed=json.dumps(signed, ensure_ascii=False, separators=(",", ":")),
        answer=json.dumps(
            {"shareId": share_id, "findings": [finding.to_json() for finding in findings]}
        ),
        settled_at=now,
    )
    with office.store.begin(row.tenant_id) as unit:
        if not unit.issuances.finish(row):
            raise InProgressError(1)
        if share_id is not None:
            add_share(unit, office, row.id, share_id=share_id, label="", now=now)
        _settle_offer(unit, row, now)
        note(unit, caller.actor, "issued", row.id, now=now)
        _tell_issued(unit, row, now)
        supersession.settle(unit, row, caller.actor, now)
        office.failpoint("in-store")
    return row


def _settle_offer(unit: Unit, row: IssuanceRow, now: datetime) -> None:
    offer = unit.offers.of_record(row.record_key) if row.record_key else None
    if offer is not None:
        unit.offers.move(offer.id, OfferState.ISSUED, now)
        unit.attestations.finish(offer.id)


def _tell_issued(unit: Unit, row: IssuanceRow, now: datetime) -> None:
    """With the ids that are ours: a document's own ``id`` is its sender's choice of words."""
    offer = unit.offers.of_record(row.record_key) if row.record_key else None
    data = {"issuanceId": row.id, "state": "issued"}
    if offer is not None:
        data["offerId"] = offer.id
    tell(unit, Kind.CREDENTIAL_ISSUED, subject=row.id, data=data, now=now)


def void(office: Office, row: IssuanceRow, now: datetime) -> None:
    """End an intent that is ours with nothing, unless somebody else took it over."""
    with office.store.begin(row.tenant_id) as unit:
        if unit.issuances.void(row.id, row.attempt, now):
            note(unit, "system", "voided", row.id, now=now)


def _released(office: Office, row: IssuanceRow, *, is_new: bool) -> Issued:
    """Step 9, now and each time the same call is repeated: read from what is stored."""
    if row.signed is None or row.answer is None:
        raise OwnFaultError(IssuerCode.STORE_UNAVAILABLE, "An issued credential is not there.")
    answer = parse_json_object(row.answer.encode())
    share_id = answer["shareId"]
    return Issued(
        issuance_id=row.id,
        credential_id=row.credential_id,
        body=row.signed,
        document=parse_json_object(row.signed.encode()),
        share_url=share_url(office, share_id) if share_id else None,
        findings=tuple(Finding(**finding) for finding in answer["findings"]),
        is_new=is_new,
    )
