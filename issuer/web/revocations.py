"""``/revocations``: withdraw many credentials, with time to undo it. Scope ``revoke``.

Leaves to others: every decision (``issuer.revocations``), carrying it out
(``issuer.bulk_revocation``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import Blueprint, Response, jsonify, make_response

from issuer import limits
from issuer.callers import Scope
from issuer.revocations import Order, Selection, find_order, order_revocation, undo
from issuer.store.revocations import RevocationState
from issuer.web.gate import admitted
from issuer.web.members import malformed, member, only, texts, whole_number
from issuer.web.requests import idempotency_of, read_body
from issuer.web.services import services
from verifier import limits as verifier_limits
from verifier.date_time_stamp import format_instant, parse_instant
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("revocations", __name__)


@blueprint.post("/revocations")
def order() -> Response:
    """Withdraw those that are named, or that have something in common, after a while."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.REVOKE, now=now)
    body, members = read_body(limits.REVOCATION_BYTES)
    only(members, {"credentials", "filter", "reason", "undoWindow", "dryRun"})
    made = order_revocation(
        web.office,
        caller,
        _selection(members),
        reason=member(members, "reason", str),
        window=whole_number(
            members, "undoWindow", limits.UNDO_SECONDS, most=limits.UNDO_SECONDS_MAX
        ),
        is_dry_run=member(members, "dryRun", bool) or False,
        idempotency=idempotency_of(body),
        now=now,
    )
    if made.row is None:
        return jsonify(_order_json(made))
    response = make_response(jsonify(_order_json(made)), 202)
    response.headers["Location"] = f"{web.settings.base_url}/revocations/{made.row.id}"
    return response


@blueprint.get("/revocations/<name:order_id>")
def show(order_id: str) -> Response:
    """Where an order stands, and what became of each credential."""
    web = services()
    caller = admitted(Scope.REVOKE, now=web.clock())
    return jsonify(_order_json(find_order(web.office, caller, order_id)))


@blueprint.post("/revocations/<name:order_id>/undo")
def take_back(order_id: str) -> Response:
    """Undo an order that was not carried out."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.REVOKE, now=now)
    only(read_body(limits.STATUS_REQUEST_BYTES)[1], ())
    return jsonify(_order_json(undo(web.office, caller, order_id, now=now)))


def _selection(body: JsonObject) -> Selection:
    named = texts(
        body,
        "credentials",
        most=limits.REVOCATION_NAMED,
        characters=verifier_limits.URL_CHARACTERS,
    )
    common = member(body, "filter", dict)
    if bool(named) == bool(common):
        raise malformed("Name either credentials or a filter.", "")
    if common is None:
        return Selection(credentials=named or ())
    only(common, {"issuer", "key", "issuedFrom", "issuedBefore"}, "/filter")
    return Selection(
        issuer=member(common, "issuer", str),
        key=member(common, "key", str),
        issued_from=_instant(common, "issuedFrom"),
        issued_before=_instant(common, "issuedBefore"),
    )


def _instant(body: JsonObject, name: str) -> datetime | None:
    if name not in body:
        return None
    return parse_instant(body[name], pointer=f"/filter/{name}").at


def _order_json(order: Order) -> JsonObject:
    items = [
        {"issuanceId": item.issuance_id} | ({"outcome": item.outcome} if item.outcome else {})
        for item in order.items
    ]
    if order.row is None:
        return {"state": "dryRun", "count": len(items), "credentials": items}
    row = order.row
    waits = row.state is RevocationState.PENDING
    return {
        "id": row.id,
        "state": row.state.value,
        "count": len(items),
        **({"undoUntil": format_instant(row.due_at)} if waits else {}),
        "credentials": items,
    }
