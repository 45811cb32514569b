"""The operations of ``issuer.web.offers``, as values."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.web.openapi.vocabulary import (
    IDEMPOTENCY_KEY,
    INSTANT,
    LOCATION,
    NAME,
    NEXT_PAGE,
    SIGNING_CODES,
    TEXT,
    URL,
    example,
    gives,
    in_path,
    in_query,
    key,
    list_of,
    load_example,
    takes,
    thing,
)
from issuer.web.problems import WebCode
from verifier.errors import Code
from verifier.openapi import Chapter, Operation, ref
from verifier.strict_json import JsonObject

_OFFER_ID: Final = "d8b60f9880f74b389e455042428946fb"
_OFFER: Final = in_path("offer", "The `offerId` that you were given.", example=_OFFER_ID)
_STATES: Final[JsonObject] = {"enum": ["offered", "held", "attestationRequested", "issued"]}
_SHOWN: Final[JsonObject] = {
    "offerId": _OFFER_ID,
    "state": "attestationRequested",
    "created": "2026-12-01T12:00:00Z",
    "changed": "2026-12-01T12:00:00Z",
    "consentGiven": False,
}
_ASKED: Final[JsonObject] = {
    "asked": "2026-12-01T12:00:00Z",
    "reminders": 1,
    "youMayConfirmFrom": "2026-12-15T12:00:00Z",
    "stalled": False,
    "objections": [{"fact": "dates", "answer": "change", "words": "The last day was 19 March."}],
}
_DECIDED: Final = (
    gives(201, "Nothing was missing: issued.", ref("Issued"), headers=LOCATION),
    gives(202, "How the offer stands.", ref("Waiting"), load_example("waiting")),
)
_ADDRESS: Final = thing(
    {"email": {"type": "string", "maxLength": limits.MAIL_ADDRESS_CHARACTERS}},
    language={"type": "string", "maxLength": limits.LANGUAGE_CHARACTERS},
) | {
    "title": "Who is asked to confirm the work",
    "description": "Kept for as long as the person may still be reminded, and in no record.",
}
_READ_ALL: Final = Operation(
    method="get",
    path="/offers",
    id="listOffers",
    summary="List offers, oldest first",
    access=key(Scope.READ),
    parameters=(
        in_query("state", "Those in one state alone.", _STATES),
        in_query("after", "Go on after this offer: the last `next`.", NAME),
        in_query(
            "limit",
            "How many at most.",
            {
                "type": "integer",
                "minimum": 1,
                "maximum": limits.OFFERS_PAGE_MAX,
                "default": limits.OFFERS_PAGE,
            },
        ),
    ),
    answers=(
        gives(
            200,
            "The offers after that one.",
            ref("Offers"),
            {"offers": [_SHOWN], "next": _OFFER_ID, "more": False},
            headers=NEXT_PAGE,
        ),
    ),
    codes=(IssuerCode.NOT_FOUND,),
)
_READ: Final = Operation(
    method="get",
    path="/offers/{offer}",
    id="readOffer",
    summary="See how an offer stands",
    description="With the host's own words where a fact is not as it should be. What the learner "
    "chose to show, and why they declined, is told to nobody.",
    access=key(Scope.READ),
    parameters=(_OFFER,),
    answers=(
        gives(
            200,
            "How it stands.",
            ref("OfferInFull"),
            _SHOWN
            | {"state": "held", "platformRecordId": "GB-1", "warnings": [], "attestation": _ASKED},
        ),
    ),
    codes=(IssuerCode.NOT_FOUND,),
)
_CONSENT: Final = Operation(
    method="post",
    path="/offers/{offer}/consent",
    id="consentToOffer",
    summary="Pass on that the learner agreed",
    description="The credential is issued when nothing else is missing, and otherwise as soon as "
    "nothing is.",
    access=key(Scope.ISSUE),
    parameters=(_OFFER, IDEMPOTENCY_KEY),
    body=takes(
        ref("OfferConsent"),
        example(
            "The host is still to confirm",
            {"given": True, "at": "2026-12-01T11:00:00Z", "facets": {"hours": False}},
            answers=202,
        ),
    ),
    answers=_DECIDED,
    codes=(
        *SIGNING_CODES,
        IssuerCode.NOT_FOUND,
        IssuerCode.ALREADY_ISSUED,
        IssuerCode.IN_PROGRESS,
        WebCode.RECORD_REFUSED,
        Code.RANGE_ERROR,
    ),
)
_DECLINE: Final = Operation(
    method="post",
    path="/offers/{offer}/decline",
    id="declineOffer",
    summary="Pass on that the learner does not want it",
    description="The record and everything about the offer is deleted, and the same record is "
    "not offered again.",
    access=key(Scope.ISSUE),
    parameters=(_OFFER, IDEMPOTENCY_KEY),
    body=takes(thing({}), example("Declined", {}, answers=200)),
    answers=(
        gives(
            200,
            "Deleted.",
            thing({"offerId": TEXT, "state": {"const": "declined"}}),
            {"offerId": _OFFER_ID, "state": "declined"},
        ),
    ),
    codes=(IssuerCode.NOT_FOUND, IssuerCode.ALREADY_ISSUED),
)
_ATTEST: Final = Operation(
    method="post",
    path="/offers/{offer}/attest",
    id="attestInHostsPlace",
    summary="Confirm the facts in the place of a host who does not answer",
    description="Possible 14 days after the host was asked. The record, and the credential, says "
    "that it was you who confirmed.",
    access=key(Scope.ISSUE),
    parameters=(_OFFER, IDEMPOTENCY_KEY),
    body=takes(thing({})),
    answers=_DECIDED,
    codes=(
        *SIGNING_CODES,
        IssuerCode.NOT_FOUND,
        IssuerCode.OFFER_STATE,
        IssuerCode.TOO_EARLY,
        IssuerCode.ALREADY_ISSUED,
        IssuerCode.IN_PROGRESS,
        WebCode.RECORD_REFUSED,
    ),
)
_SUPERVISOR: Final = Operation(
    method="post",
    path="/offers/{offer}/supervisor",
    id="nameSupervisor",
    summary="Say who is to confirm the work",
    description="The person gets a link by mail. A link that somebody else got before ends, and "
    "the 14 days begin anew.",
    access=key(Scope.ISSUE),
    parameters=(_OFFER, IDEMPOTENCY_KEY),
    body=takes(
        ref("Attester"),
        example(
            "In their language", {"email": "lead@fullcircle.example", "language": "en"}, answers=200
        ),
    ),
    answers=(gives(200, "Asked.", ref("Offer"), _SHOWN),),
    codes=(IssuerCode.NOT_FOUND, IssuerCode.OFFER_STATE, WebCode.RECORD_REFUSED),
)

_STATE_MEMBERS: Final = {
    "offerId": TEXT,
    "state": _STATES,
    "created": INSTANT,
    "changed": INSTANT,
    "consentGiven": {"type": "boolean"},
}

CHAPTER: Final = Chapter(
    name="Offers",
    description="Records that wait: for the host's word, for the learner's yes, for an answer.",
    operations=(_READ_ALL, _READ, _CONSENT, _DECLINE, _ATTEST, _SUPERVISOR),
    schemas={
        "Attester": _ADDRESS,
        "OfferConsent": thing(
            {"given": {"const": True}, "at": INSTANT},
            facets={"type": "object"},
            share={"type": "boolean"},
        ),
        "Offer": thing(_STATE_MEMBERS),
        "Offers": thing(
            {
                "offers": list_of(ref("Offer"), most=limits.OFFERS_PAGE_MAX),
                "next": {"anyOf": [TEXT, {"type": "null"}]},
                "more": {"type": "boolean"},
            }
        ),
        "Objection": thing({"fact": TEXT, "answer": {"enum": ["change", "deny"]}, "words": TEXT}),
        "Attestation": thing(
            {
                "asked": INSTANT,
                "reminders": {"type": "integer", "minimum": 0},
                "youMayConfirmFrom": INSTANT,
                "stalled": {"type": "boolean"},
                "objections": list_of(ref("Objection")),
            },
            answered=INSTANT,
        ),
        "OfferInFull": {
            "anyOf": [
                thing(
                    {
                        **_STATE_MEMBERS,
                        "platformRecordId": TEXT,
                        "warnings": list_of(ref("Finding")),
                    },
                    attestation=ref("Attestation"),
                    credential=URL,
                ),
                thing(
                    {
                        "offerId": TEXT,
                        "state": {"enum": ["declined", "closed"]},
                        "changed": INSTANT,
                    }
                ),
            ]
        },
    },
)
