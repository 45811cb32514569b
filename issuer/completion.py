"""A completion as it arrives: the record, the learner's consent, the learner's own identifier,
the wish for a link.

Decides what becomes of it (steps 1 and 2 of ``docs/issuance.md``): refused, waiting for
somebody, or to be issued. The same for a call over HTTP, a row of an import and a file on the
command line.

What is malformed in the body around the record is ``RefusedError``; a member that is not
known is E115, because nothing is stored that nobody asked for. Leaves to others: the rules
(``issuer.record``), issuing and offering (``issuer.issue``,
``issuer.offers``), HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from issuer import limits
from issuer.attestation import Attester
from issuer.callers import Caller
from issuer.closing import ended_offer, refuse_ended
from issuer.decisions import issue_offer
from issuer.delivery.message import parse_mail_address
from issuer.holder import key_of_holder
from issuer.idempotency import Idempotency
from issuer.issue import Issued, issue_completion
from issuer.offers import Beside, Waiting, offer_completion
from issuer.office import Office
from issuer.record import (
    Disposition,
    Record,
    RecordError,
    complete_submission,
    disposition_of,
    name_holder,
    parse_draft,
)
from issuer.record.findings import found, pointer_to
from issuer.record.rules import is_did
from issuer.store.rows import IssuerRow, OfferState
from verifier import limits as verifier_limits
from verifier.date_time_stamp import format_instant, parse_instant
from verifier.errors import CheckError, Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_SKEW: Final = timedelta(seconds=verifier_limits.CLOCK_SKEW_SECONDS)
_VOUCHERS: Final = frozenset({"host", "school"})
_WORDS: Final = {bool: "true or false", dict: "an object"}
_Kind = TypeVar("_Kind", bool, dict)  # type: ignore[type-arg]  # JSON objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The platform's statement that the learner agreed: when, and to which facets."""

    at: datetime
    facets: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What comes beside a record or payload. Without ``consent`` the learner is asked first;
    ``share`` asks for a first share link."""

    consent: Consent | None
    share: bool
    attester: Attester | None = None
    """Who is asked to confirm the work, where nobody has. No part of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One record, as a platform sends it: without what only the issuer knows."""

    record: JsonObject = field(repr=False)
    terms: Terms
    holder: str | None = None
    """A DID that the learner holds, from their wallet. It becomes part of the record, so all that
    is true of a record (repeats, offers, crashes) is true of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One payload in the platform's own form, and the terms for all of its rows."""

    payload: JsonObject = field(repr=False)
    terms: Terms


def parse_completion(body: JsonObject, *, now: datetime) -> Completion:
    """Read ``{"record", "learnerConsent"?, "holder"?, "share"?, "attester"?}`` (design §10.1).

    Raises ``RefusedError``, and ``RecordError`` (E115) for a member that is not known.
    """
    record, terms = _parse(body, "record", now, also=("holder", "attester"))
    terms = replace(terms, attester=parse_attester(body.get("attester"), "/attester"))
    return Completion(record=record, terms=terms, holder=_holder(body, now))


def parse_import(body: JsonObject, *, now: datetime) -> Import:
    """Read ``{"payload", "learnerConsent"?, "share"?}``. Raises as ``parse_completion``."""
    payload, terms = _parse(body, "payload", now)
    return Import(payload=payload, terms=terms)


def parse_terms(body: JsonObject, *, now: datetime) -> Terms:
    """Read ``{"learnerConsent"?, "share"?}``, which stand beside a file. Raises as
    ``parse_completion``."""
    _only(body, {"learnerConsent", "share"})
    return _terms(body, now)


def receive_completion(
    office: Office,
    caller: Caller,
    completion: Completion,
    *,
    issuer: IssuerRow,
    idempotency: Idempotency | None,
    new_uuid: Callable[[], UUID],
    now: datetime,
) -> Issued | Waiting:
    """Issue the record, or keep it until somebody says yes or adds what is missing.

    Raises ``RecordError`` when the rules refuse it, and what ``issuer.issue`` raises.
    """
    record = read_record(completion, record_id=f"urn:uuid:{new_uuid()}", now=now)
    terms = completion.terms
    state = _waits_for(record, terms.consent)
    if state is not None:
        waiting = offer_completion(
            office,
            caller,
            record,
            issuer=issuer,
            state=state,
            idempotency=idempotency,
            now=now,
            beside=_beside(terms),
        )
        if waiting.is_ready:
            return issue_offer(office, caller, waiting.offer_id, now=now)
        return waiting
    _refuse_ended(office, caller, record, terms.consent)
    return issue_completion(
        office,
        caller,
        record,
        issuer=issuer,
        idempotency=idempotency,
        share=completion.terms.share,
        now=now,
    )


def _beside(terms: Terms) -> Beside:
    return Beside(
        agreed_at=terms.consent.at if terms.consent else None,
        wants_share=terms.share,
        attester=terms.attester,
    )


def _refuse_ended(office: Office, caller: Caller, record: Record, consent: Consent | None) -> None:
    """A record that was declined is not issued on an older yes."""
    with office.store.read(caller.tenant_id) as unit:
        has_ended = ended_offer(office, unit, record) is not None
    if has_ended:
        with office.store.begin(caller.tenant_id) as unit:
            refuse_ended(office, unit, record, agreed_at=consent.at if consent else None)


def read_record(completion: Completion, *, record_id: str, now: datetime) -> Record:
    """Step 2: add what only the issuer knows, then read strictly. The record may still lack what
    only others can give (H codes in its ``warnings``). Raises ``RecordError``, and
    ``RefusedError`` as ``name_holder``."""
    consent = completion.terms.consent
    facets = consent.facets if consent else {}
    part = name_holder(completion.record, completion.holder)
    document = complete_submission(part, facets, record_id=record_id, received_at=now)
    document["lifecycle"] = [_accepted(consent)] if consent else []
    return parse_draft(document, received_at=now)


def _accepted(consent: Consent) -> JsonObject:
    """The learner's yes, kept with the record: who said it, and when."""
    return {"event": "accepted", "at": format_instant(consent.at), "by": "learner"}


def _waits_for(record: Record, consent: Consent | None) -> OfferState | None:
    """Whom the record waits for; ``None`` when nothing is missing."""
    if disposition_of(record.warnings) is Disposition.HELD:
        only_attestation = RecordError(record.warnings).needs_only_attestation
        return OfferState.ATTESTATION_REQUESTED if only_attestation else OfferState.HELD
    if not _is_vouched(record):
        return OfferState.ATTESTATION_REQUESTED
    return None if consent else OfferState.OFFERED


def _is_vouched(record: Record) -> bool:
    """Whether somebody vouches who may from the first day: a platform, like a learner, only says
    so itself, and comes after 14 days in the host's place (domain §2.3)."""
    return any(said["by"] in _VOUCHERS for said in record.document["attestations"])


def _parse(
    body: JsonObject, content: str, now: datetime, *, also: tuple[str, ...] = ()
) -> tuple[JsonObject, Terms]:
    _only(body, {content, "learnerConsent", "share", *also})
    members = _member(body, content, dict)
    if members is None:
        raise _malformed(f"{content} is missing.", f"/{content}")
    return members, _terms(body, now)


def _terms(body: JsonObject, now: datetime) -> Terms:
    share = _member(body, "share", bool) or False
    return Terms(consent=_consent(body, now), share=share)


def parse_attester(value: JsonValue, place: str) -> Attester | None:
    """Read ``{"email", "language"?}``; ``None`` when it is absent. Raises ``RefusedError``, and
    ``RecordError`` (E115)."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise _malformed("This is an object with an e-mail address.", place)
    _only(value, {"email", "language"}, place)
    email, language = value.get("email"), value.get("language")
    if not isinstance(email, str):
        raise _malformed("email is an e-mail address.", f"{place}/email")
    if language is not None and not _is_language(language):
        raise _malformed("language is a language tag, such as en.", f"{place}/language")
    address = parse_mail_address(email, pointer=f"{place}/email")
    return Attester(address=address, language=language)


def _is_language(value: JsonValue) -> bool:
    if not isinstance(value, str) or len(value) > limits.LANGUAGE_CHARACTERS:
        return False
    return _LANGUAGE.fullmatch(value) is not None


def parse_decision(body: JsonObject, *, now: datetime) -> tuple[Consent | None, bool]:
    """Read ``{"given", "at", "facets"?, "share"?}``: the learner's consent (``None`` when it was
    not given), and whether they want a link. Raises as ``parse_completion``."""
    share = _member(body, "share", bool) or False
    members = {name: value for name, value in body.items() if name != "share"}
    return _consent({"learnerConsent": members}, now), share


def _consent(body: JsonObject, now: datetime) -> Consent | None:
    """The learner's consent; ``None`` when it is absent or was not given."""
    place = "/learnerConsent"
    consent = _member(body, "learnerConsent", dict)
    if consent is None:
        return None
    _only(consent, {"given", "at", "facets"}, place)
    given = _member(consent, "given", bool, place)
    if given is None:
        raise _malformed("given is true or false.", f"{place}/given")
    at = _past(consent.get("at"), now, f"{place}/at") if given or "at" in consent else now
    facets = _member(consent, "facets", dict, place) or {}
    return Consent(at=at, facets=facets) if given else None


def _holder(body: JsonObject, now: datetime) -> str | None:
    """The learner's DID; ``None`` when it is absent. One that is itself a key is held to it: with
    a mistake in it, nobody could ever present the credential."""
    place = "/holder/id"
    holder = _member(body, "holder", dict)
    if holder is None:
        return None
    _only(holder, {"id"}, "/holder")
    identifier = holder.get("id")
    if not isinstance(identifier, str) or not is_did(identifier):
        raise _malformed("The id of the holder is not a DID.", place)
    if len(identifier) > limits.HOLDER_ID_CHARACTERS:
        detail = f"The id of the holder has more than {limits.HOLDER_ID_CHARACTERS} characters."
        raise RefusedError(Code.LIMIT_EXCEEDED, detail, pointer=place)
    try:
        key_of_holder(identifier, now=now)
    except CheckError as error:
        raise RefusedError(error.code, error.detail, pointer=place) from error
    return identifier


def _past(value: object, now: datetime, pointer: str) -> datetime:
    at = parse_instant(value, pointer=pointer).at
    if at > now + _SKEW:
        raise RefusedError(Code.RANGE_ERROR, "Consent cannot be given later.", pointer=pointer)
    return at


def _member(body: JsonObject, name: str, kind: type[_Kind], place: str = "") -> _Kind | None:
    """The member ``name`` when it is of ``kind``; ``None`` when it is absent."""
    if name not in body:
        return None
    value = body[name]
    if not isinstance(value, kind):
        raise _malformed(f"{name} is {_WORDS[kind]}.", f"{place}/{name}")
    return value


def _only(body: JsonObject, known: Collection[str], place: str = "") -> None:
    """E115 for every member that is not known, up to a bound."""
    unknown = [name for name in body if name not in known][: limits.FINDINGS]
    if unknown:
        raise RecordError(tuple(found("E115", place + pointer_to(name)) for name in unknown))


def _malformed(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
