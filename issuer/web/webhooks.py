"""``/webhooks``: addresses that a tenant wants told. Scope ``admin``.

A secret leaves here twice at most: when its webhook is made, and when it is changed. What was
sent is never shown: an event is read with ``GET /events``.

Leaves to others: every decision (``issuer.webhooks``), sending (``issuer.delivery.webhooks``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, Response, jsonify, make_response

from issuer import limits, webhooks
from issuer.callers import Caller, Scope
from issuer.events import Kind, parse_kind
from issuer.store.telling import DeliveryRow, DeliveryState, WebhookRow
from issuer.web.gate import admitted
from issuer.web.members import member, only, required, texts, whole_number
from issuer.web.requests import (
    check_query,
    number_in_query,
    read_body,
    word_in_query,
)
from issuer.web.services import services
from issuer.webhooks import Secret, WebhookChange
from verifier.date_time_stamp import format_instant
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("webhooks", __name__)


def _admit() -> tuple[Caller, datetime]:
    now = services().clock()
    return admitted(Scope.ADMIN, now=now), now


def _body() -> JsonObject:
    return read_body(limits.WEBHOOK_BODY_BYTES)[1]


@blueprint.post("/webhooks")
def add() -> Response:
    """A new address; its secret is in this answer and in no other."""
    caller, now = _admit()
    body = _body()
    only(body, {"url", "kinds"})
    url, kinds = required(body, "url", str), _kinds(body) or ()
    made = webhooks.add_webhook(services().office, caller, url=url, kinds=kinds, now=now)
    response = make_response(jsonify(_secret_json(made, now)), 201)
    base_url = services().settings.base_url
    response.headers["Location"] = f"{base_url}/webhooks/{made.webhook.id}"
    return response


@blueprint.get("/webhooks")
def list_all() -> Response:
    """All of the tenant's, with what is wrong with them."""
    caller, now = _admit()
    rows = webhooks.list_webhooks(services().office, caller)
    return jsonify({"webhooks": [_webhook_json(row, now) for row in rows]})


@blueprint.get("/webhooks/<name:webhook_id>")
def show(webhook_id: str) -> Response:
    """One of them."""
    caller, now = _admit()
    return jsonify(_webhook_json(webhooks.get_webhook(services().office, caller, webhook_id), now))


@blueprint.patch("/webhooks/<name:webhook_id>")
def change(webhook_id: str) -> Response:
    """Another address, other kinds, off or on."""
    caller, now = _admit()
    body = _body()
    only(body, {"url", "kinds", "active"})
    wish = WebhookChange(
        url=member(body, "url", str), kinds=_kinds(body), active=member(body, "active", bool)
    )
    row = webhooks.change_webhook(services().office, caller, webhook_id, wish, now=now)
    return jsonify(_webhook_json(row, now))


@blueprint.delete("/webhooks/<name:webhook_id>")
def remove(webhook_id: str) -> Response:
    """Nothing is sent there any more."""
    caller, now = _admit()
    webhooks.remove_webhook(services().office, caller, webhook_id, now=now)
    return make_response("", 204)


@blueprint.post("/webhooks/<name:webhook_id>/secret")
def rotate(webhook_id: str) -> Response:
    """A new secret; the one before signs for a while too."""
    caller, now = _admit()
    body = _body()
    only(body, {"overlapSeconds"})
    seconds = whole_number(
        body,
        "overlapSeconds",
        limits.WEBHOOK_OVERLAP_SECONDS,
        most=limits.WEBHOOK_OVERLAP_SECONDS_MAX,
    )
    made = webhooks.rotate_secret(
        services().office, caller, webhook_id, overlap=timedelta(seconds=seconds), now=now
    )
    return jsonify(_secret_json(made, now))


@blueprint.post("/webhooks/<name:webhook_id>/test")
def send_test(webhook_id: str) -> Response:
    """Send it ``webhook.test`` soon."""
    caller, now = _admit()
    only(_body(), ())
    webhooks.send_test(services().office, caller, webhook_id, now=now)
    return make_response(jsonify({"state": "pending"}), 202)


@blueprint.post("/webhooks/<name:webhook_id>/replay")
def replay(webhook_id: str) -> Response:
    """Send again one event, or those after a cursor."""
    caller, now = _admit()
    body = _body()
    only(body, {"after", "eventId"})
    count = webhooks.replay(
        services().office,
        caller,
        webhook_id,
        after=member(body, "after", str),
        event_id=member(body, "eventId", str),
        now=now,
    )
    return make_response(jsonify({"state": "pending", "events": count}), 202)


@blueprint.get("/webhooks/<name:webhook_id>/deliveries")
def deliveries(webhook_id: str) -> Response:
    """What became of telling this address, newest first; never what was told."""
    caller, _now = _admit()
    check_query("state", "before", "limit")
    rows = webhooks.list_deliveries(
        services().office,
        caller,
        webhook_id,
        state=_state(word_in_query("state")),
        before=number_in_query("before", 0, most=999_999_999) or None,
        limit=number_in_query("limit", limits.DELIVERIES_PAGE, most=limits.DELIVERIES_PAGE),
    )
    return jsonify({"deliveries": [_delivery_json(row) for row in rows]})


def _kinds(body: JsonObject) -> tuple[Kind, ...] | None:
    names = texts(body, "kinds", most=limits.EVENT_KINDS_ASKED, characters=64)
    if names is None:
        return None
    return tuple(parse_kind(name, pointer="/kinds") for name in names)


def _state(name: str | None) -> DeliveryState | None:
    if name is None:
        return None
    try:
        return DeliveryState(name)
    except ValueError as error:
        detail = f"state is one of {', '.join(DeliveryState)}."
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail) from error


# --- answers ----------------------------------------------------------------------------


def _webhook_json(row: WebhookRow, now: datetime) -> JsonObject:
    overlaps = row.overlap_until is not None and now < row.overlap_until
    ends = {"overlapUntil": format_instant(row.overlap_until)} if overlaps else {}  # type: ignore[arg-type]
    failing = {"failingSince": format_instant(row.failing_since)} if row.failing_since else {}
    note = {"note": row.note} if row.note else {}
    return {
        "id": row.id,
        "url": row.url,
        "kinds": list(row.kinds),
        "state": row.state.value,
        "created": format_instant(row.created),
        **note,
        **failing,
        **ends,
    }


def _secret_json(made: Secret, now: datetime) -> JsonObject:
    return {**_webhook_json(made.webhook, now), "secret": made.text}


def _delivery_json(row: DeliveryRow) -> JsonObject:
    pending = row.state is DeliveryState.PENDING
    return {
        "eventId": row.event_id,
        "position": row.position,
        "state": row.state.value,
        "attempts": row.attempts,
        "outcome": row.outcome,
        "status": row.status,
        "changed": format_instant(row.changed_at),
        **({"next": format_instant(row.next_at)} if pending else {}),
    }
