"""``GET /events``: what a tenant is told, for those who ask and do not wait for a webhook.

Leaves to others: what is told, and what a cursor is (``issuer.events``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, request

from issuer import limits
from issuer.callers import Scope
from issuer.events import Feed, Kind, cursor_of, event_json, parse_kind, read_events
from issuer.web.gate import admitted
from issuer.web.paging import asked_page, link_next
from issuer.web.requests import check_query
from issuer.web.services import services
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("events", __name__)


@blueprint.get("/events")
def read() -> Response:
    """The events after a cursor, oldest first."""
    web = services()
    caller = admitted(Scope.READ, now=web.clock())
    check_query("after", "limit", "kind")
    page = asked_page(usual=limits.EVENTS_PAGE, most=limits.EVENTS_PAGE_MAX)
    feed = read_events(
        web.office,
        caller,
        after=page.after,
        kinds=_kinds(request.args.getlist("kind")),
        limit=page.limit,
    )
    return link_next(jsonify(_feed_json(feed)), feed.cursor if feed.has_more else None)


def _kinds(names: list[str]) -> list[Kind]:
    """``kind`` may be named several times. Raises ``RefusedError``."""
    if len(names) > limits.EVENT_KINDS_ASKED:
        raise RefusedError(Code.LIMIT_EXCEEDED, "Too many kinds are named.")
    return [parse_kind(name) for name in names]


def _feed_json(feed: Feed) -> JsonObject:
    events = [{"cursor": cursor_of(row), **event_json(row)} for row in feed.events]
    return {"events": events, "next": feed.cursor, "more": feed.has_more}
