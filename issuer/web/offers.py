"""Offers over HTTP: how they stand, and what a platform may do about them.

Nothing here tells what the learner chose to show, and no reason why they declined (domain §5.1).
A decision that leaves nothing missing is answered like ``POST /completions``: 201 with the
credential; otherwise 202 with how the offer stands.

Leaves to others: every decision (``issuer.decisions``, ``issuer.offers``), the host's page
(``attest``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify

from issuer import decisions, limits
from issuer.attestation import STALLED_AFTER, Attester, read_objections
from issuer.callers import Caller, Scope
from issuer.completion import parse_attester, parse_decision
from issuer.idempotency import Idempotency
from issuer.offers import Standing, find_offer, list_offers
from issuer.store.asking import AttestationRow, EndedOfferRow
from issuer.store.rows import OfferRow, OfferState
from issuer.web.answers import credential_url, outcome_response
from issuer.web.gate import admitted
from issuer.web.paging import asked_page, link_next
from issuer.web.problems import finding_json
from issuer.web.requests import (
    check_query,
    idempotency_of,
    read_body,
    word_in_query,
)
from issuer.web.services import services
from verifier.date_time_stamp import format_instant
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("offers", __name__)


@blueprint.get("/offers")
def show_all() -> Response:
    """The offers that there are, oldest first."""
    caller = _caller(Scope.READ)
    check_query("state", "after", "limit")
    page = asked_page(usual=limits.OFFERS_PAGE, most=limits.OFFERS_PAGE_MAX)
    found = list_offers(
        services().office, caller, state=_state(), after=page.after, limit=page.limit
    )
    cursor, has_more = found[-1].id if found else None, len(found) == page.limit
    offers = [_offer_json(offer) for offer in found]
    answer = jsonify({"offers": offers, "next": cursor, "more": has_more})
    return link_next(answer, cursor if has_more else None)


@blueprint.get("/offers/<name:offer_id>")
def show(offer_id: str) -> Response:
    """How one offer stands."""
    return jsonify(_standing_json(find_offer(services().office, _caller(Scope.READ), offer_id)))


@blueprint.post("/offers/<name:offer_id>/consent")
def consent(offer_id: str) -> Response:
    """The learner agreed, says the platform."""
    caller = _caller(Scope.ISSUE)
    body, idempotency = _body()
    web = services()
    now = web.clock()
    given, share = parse_decision(body, now=now)
    if given is None:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            "given is true here. A learner who does not want it declines.",
            pointer="/given",
        )
    return outcome_response(
        decisions.give_consent(
            web.office,
            caller,
            offer_id,
            facets=given.facets,
            at=given.at,
            share=share,
            idempotency=idempotency,
            now=now,
        )
    )


@blueprint.post("/offers/<name:offer_id>/decline")
def decline(offer_id: str) -> Response:
    """The learner does not want it, says the platform."""
    caller = _caller(Scope.ISSUE)
    body, idempotency = _body()
    _nothing_in(body)
    web = services()
    ended = decisions.decline(
        web.office, caller, offer_id, idempotency=idempotency, now=web.clock()
    )
    return jsonify({"offerId": ended, "state": "declined"})


@blueprint.post("/offers/<name:offer_id>/attest")
def attest(offer_id: str) -> Response:
    """The platform confirms what it knows, 14 days after the host was asked."""
    caller = _caller(Scope.ISSUE)
    body, idempotency = _body()
    _nothing_in(body)
    web = services()
    return outcome_response(
        decisions.attest_on_behalf(
            web.office, caller, offer_id, idempotency=idempotency, now=web.clock()
        )
    )


@blueprint.post("/offers/<name:offer_id>/supervisor")
def name_supervisor(offer_id: str) -> Response:
    """Who is to confirm the work."""
    caller = _caller(Scope.ISSUE)
    body, idempotency = _body()
    attester = parse_attester(body, "")
    assert isinstance(attester, Attester)  # noqa: S101  an object is never absent
    web = services()
    offer = decisions.name_attester(
        web.office, caller, offer_id, attester, idempotency=idempotency, now=web.clock()
    )
    return jsonify(_offer_json(offer))


def _caller(scope: Scope) -> Caller:
    web = services()
    return admitted(scope, now=web.clock())


def _body() -> tuple[JsonObject, Idempotency | None]:
    data, members = read_body(limits.OFFER_REQUEST_BYTES)
    return members, idempotency_of(data)


def _nothing_in(body: JsonObject) -> None:
    for name in body:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, f"{name[:80]!r} is not known here: send {{}}."
        )


def _state() -> OfferState | None:
    name = word_in_query("state")
    if name is None:
        return None
    if name not in [state.value for state in OfferState]:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, f"state is one of {', '.join(OfferState)}.")
    return OfferState(name)


# --- answers ----------------------------------------------------------------------------


def _offer_json(offer: OfferRow) -> JsonObject:
    return {
        "offerId": offer.id,
        "state": offer.state.value,
        "created": format_instant(offer.created),
        "changed": format_instant(offer.changed_at),
        "consentGiven": offer.agreed_at is not None,
    }


def _standing_json(found: Standing | EndedOfferRow) -> JsonObject:
    if isinstance(found, EndedOfferRow):
        ended = format_instant(found.ended_at)
        return {"offerId": found.id, "state": found.ending.value, "changed": ended}
    answer = _offer_json(found.offer) | {
        "platformRecordId": found.platform_record_id,
        "warnings": [finding_json(finding) for finding in found.findings],
    }
    if found.asked is not None:
        answer["attestation"] = _attestation_json(found.asked)
    if found.issuance_id is not None:
        answer["credential"] = credential_url(found.issuance_id)
    return answer


def _attestation_json(asked: AttestationRow) -> JsonObject:
    """What was asked of the host, and the host's words where something is not as it should be."""
    answer: JsonObject = {
        "asked": format_instant(asked.asked_at),
        "reminders": asked.reminders,
        "youMayConfirmFrom": format_instant(asked.asked_at + STALLED_AFTER),
        "stalled": asked.stalled_at is not None,
        "objections": read_objections(asked),
    }
    if asked.answered_at is not None:
        answer["answered"] = format_instant(asked.answered_at)
    return answer
