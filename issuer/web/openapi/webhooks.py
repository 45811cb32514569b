"""The operations of ``issuer.web.webhooks``, as values."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.events import Kind
from issuer.store.telling import DeliveryState, WebhookState
from issuer.web.openapi.vocabulary import (
    INSTANT,
    NAME,
    TEXT,
    URL,
    example,
    gives,
    in_path,
    in_query,
    key,
    list_of,
    takes,
    thing,
)
from verifier.errors import Code
from verifier.openapi import Answer, Chapter, Operation, ref
from verifier.strict_json import JsonObject

_ID: Final = in_path("webhook", "The `id` of a webhook.")
_KINDS: Final = list_of({"enum": [kind.value for kind in Kind]}, most=limits.EVENT_KINDS_ASKED)
_ADDRESS: Final[JsonObject] = URL | {"maxLength": limits.WEBHOOK_URL_CHARACTERS}
_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}
_ADMIN: Final = key(Scope.ADMIN)
_WEBHOOK: Final[JsonObject] = {
    "id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "url": "https://platform.example/hooks/credentials",
    "kinds": ["credential.revoked"],
    "state": "active",
    "created": "2026-12-01T12:00:00Z",
}
_MEMBERS: Final[dict[str, JsonObject]] = {
    "id": NAME,
    "url": URL,
    "kinds": _KINDS,
    "state": {"enum": [state.value for state in WebhookState]},
    "created": INSTANT,
}
_WITH_SECRET: Final[JsonObject] = _WEBHOOK | {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA="
}
_DELIVERY: Final[JsonObject] = {
    "eventId": "9f3c2a1b77d04c0e8f1d2b3a4c5d6e7f",
    "position": 1,
    "state": "pending",
    "attempts": 1,
    "outcome": "noAnswerInTime",
    "status": None,
    "changed": "2026-12-01T12:00:02Z",
    "next": "2026-12-01T12:00:06Z",
}

CHAPTER: Final = Chapter(
    name="Webhooks",
    description="Addresses that are told what happened, in the form of Standard Webhooks.",
    operations=(
        Operation(
            method="post",
            path="/webhooks",
            id="addWebhook",
            summary="Have an address told",
            description="From now on. The secret is in this answer and in no other. Without "
            "`kinds` everything is told.",
            access=_ADMIN,
            body=takes(
                ref("NewWebhook"),
                example(
                    "Tell of revocations",
                    {
                        "url": "https://platform.example/hooks/credentials",
                        "kinds": ["credential.revoked"],
                    },
                    answers=201,
                ),
            ),
            answers=(
                gives(
                    201,
                    "The webhook with its secret.",
                    ref("WebhookWithSecret"),
                    _WITH_SECRET,
                    headers={"Location": "Where the webhook is found again."},
                ),
            ),
            codes=(Code.ADDRESS_NOT_ALLOWED, IssuerCode.NAME_TAKEN),
        ),
        Operation(
            method="get",
            path="/webhooks",
            id="listWebhooks",
            summary="List your webhooks",
            access=_ADMIN,
            answers=(
                gives(
                    200,
                    "All of them, oldest first.",
                    thing({"webhooks": list_of(ref("Webhook"))}),
                    {"webhooks": [_WEBHOOK]},
                ),
            ),
        ),
        Operation(
            method="get",
            path="/webhooks/{webhook}",
            id="showWebhook",
            summary="Show one",
            access=_ADMIN,
            parameters=(_ID,),
            answers=(gives(200, "The webhook.", ref("Webhook"), _WEBHOOK),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
        Operation(
            method="patch",
            path="/webhooks/{webhook}",
            id="changeWebhook",
            summary="Change one, or switch it off or on",
            description="One that is switched on again goes on with what waited meanwhile.",
            access=_ADMIN,
            parameters=(_ID,),
            body=takes(ref("WebhookChange")),
            answers=(gives(200, "The webhook as it is now.", ref("Webhook"), _WEBHOOK),),
            codes=(Code.ADDRESS_NOT_ALLOWED, IssuerCode.NAME_TAKEN, IssuerCode.NOT_FOUND),
        ),
        Operation(
            method="delete",
            path="/webhooks/{webhook}",
            id="removeWebhook",
            summary="Forget one",
            access=_ADMIN,
            parameters=(_ID,),
            answers=(Answer(status=204, description="Nothing is sent there any more."),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
        Operation(
            method="post",
            path="/webhooks/{webhook}/secret",
            id="changeWebhookSecret",
            summary="Make a new secret",
            description="The one before signs too until `overlapUntil`.",
            access=_ADMIN,
            parameters=(_ID,),
            body=takes(
                thing(
                    {},
                    overlapSeconds=_COUNT | {"maximum": limits.WEBHOOK_OVERLAP_SECONDS_MAX},
                )
            ),
            answers=(
                gives(
                    200,
                    "The webhook with its new secret.",
                    ref("WebhookWithSecret"),
                    _WITH_SECRET | {"overlapUntil": "2026-12-02T12:00:00Z"},
                ),
            ),
            codes=(IssuerCode.NOT_FOUND,),
        ),
        Operation(
            method="post",
            path="/webhooks/{webhook}/test",
            id="testWebhook",
            summary="Send it `webhook.test`",
            access=_ADMIN,
            parameters=(_ID,),
            body=takes(thing({})),
            answers=(gives(202, "On its way.", thing({"state": TEXT}), {"state": "pending"}),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
        Operation(
            method="post",
            path="/webhooks/{webhook}/replay",
            id="replayWebhook",
            summary="Send events again",
            description="One event (`eventId`), or those after a cursor (`after`), or all that are "
            f"kept; at most {limits.EVENTS_NUMBERED} at once. The same `webhook-id` comes again.",
            access=_ADMIN,
            parameters=(_ID,),
            body=takes(thing({}, after=TEXT, eventId=TEXT)),
            answers=(
                gives(
                    202,
                    "On their way.",
                    thing({"state": TEXT, "events": _COUNT}),
                    {"state": "pending", "events": 12},
                ),
            ),
            codes=(IssuerCode.NOT_FOUND, IssuerCode.CURSOR_GONE, IssuerCode.NAME_MALFORMED),
        ),
        Operation(
            method="get",
            path="/webhooks/{webhook}/deliveries",
            id="listDeliveries",
            summary="See what became of telling it",
            description="Newest events first. `outcome` is one word about the last attempt, "
            "`status` the HTTP status of its answer. What was sent is not shown.",
            access=_ADMIN,
            parameters=(
                _ID,
                in_query(
                    "state", "Only these.", {"enum": [state.value for state in DeliveryState]}
                ),
                in_query(
                    "before",
                    "Only events below this position.",
                    {"type": "integer", "minimum": 1, "maximum": 999_999_999},
                ),
                in_query(
                    "limit",
                    "How many at most.",
                    {
                        "type": "integer",
                        "minimum": 1,
                        "maximum": limits.DELIVERIES_PAGE,
                        "default": limits.DELIVERIES_PAGE,
                    },
                ),
            ),
            answers=(
                gives(
                    200,
                    "The deliveries.",
                    thing({"deliveries": list_of(ref("Delivery"))}),
                    {"deliveries": [_DELIVERY]},
                ),
            ),
            codes=(IssuerCode.NOT_FOUND,),
        ),
    ),
    schemas={
        "NewWebhook": thing({"url": _ADDRESS}, kinds=_KINDS),
        "WebhookChange": thing({}, url=_ADDRESS, kinds=_KINDS, active={"type": "boolean"}),
        "Webhook": thing(_MEMBERS, note=TEXT, failingSince=INSTANT, overlapUntil=INSTANT),
        "WebhookWithSecret": thing(
            {**_MEMBERS, "secret": TEXT},
            note=TEXT,
            failingSince=INSTANT,
            overlapUntil=INSTANT,
        ),
        "Delivery": thing(
            {
                "eventId": NAME,
                "position": _COUNT,
                "state": {"enum": [state.value for state in DeliveryState]},
                "attempts": _COUNT,
                "outcome": {"anyOf": [TEXT, {"type": "null"}]},
                "status": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                "changed": INSTANT,
            },
            next=INSTANT,
        ),
    },
)
