"""The operations of ``issuer.web.events``, as values."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.events import Kind
from issuer.web.openapi.vocabulary import (
    INSTANT,
    NEXT_PAGE,
    TEXT,
    gives,
    in_query,
    key,
    list_of,
    page_parameters,
    thing,
)
from verifier.openapi import Chapter, Operation, ref
from verifier.strict_json import JsonObject

_KIND: Final[JsonObject] = {"enum": [kind.value for kind in Kind]}

_FEED: Final[JsonObject] = {
    "events": [
        {
            "cursor": "1-9f3c2a1b77d0",
            "id": "9f3c2a1b77d04c0e8f1d2b3a4c5d6e7f",
            "type": "credential.issued",
            "timestamp": "2026-12-01T12:00:00Z",
            "data": {"issuanceId": "5f0c2d1e8c4b4d539a534a7f1d2c9b10", "state": "issued"},
        }
    ],
    "next": "1-9f3c2a1b77d0",
    "more": False,
}

CHAPTER: Final = Chapter(
    name="Events",
    description="What became of credentials, offers and jobs, for those who ask.",
    operations=(
        Operation(
            method="get",
            path="/events",
            id="readEvents",
            summary="Read what happened, oldest first",
            description="An event holds ids and states, never names, reasons or links. The "
            "cursor never passes an event by, however late it is written.",
            access=key(Scope.READ),
            parameters=(
                *page_parameters(usual=limits.EVENTS_PAGE, most=limits.EVENTS_PAGE_MAX),
                in_query(
                    "kind",
                    "What to tell of; may be named several times.",
                    list_of(_KIND, most=limits.EVENT_KINDS_ASKED),
                ),
            ),
            answers=(
                gives(200, "The events after the cursor.", ref("Feed"), _FEED, headers=NEXT_PAGE),
            ),
            codes=(IssuerCode.CURSOR_GONE,),
        ),
    ),
    schemas={
        "Event": thing(
            {
                "cursor": TEXT,
                "id": TEXT,
                "type": _KIND,
                "timestamp": INSTANT,
                "data": {"type": "object"},
            }
        ),
        "Feed": thing(
            {
                "events": list_of(ref("Event")),
                "next": {"anyOf": [TEXT, {"type": "null"}]},
                "more": {"type": "boolean"},
            }
        ),
    },
)
