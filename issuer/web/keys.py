"""Who am I, and which keys are there: what a tenant looks after by itself.

``GET /tenant`` answers every key that is good. Whoever has the scope ``admin`` lists, makes and
revokes keys; a key gives no more than it has itself, and its secret is shown once. To rotate a
key, make another, use it, and revoke the first: both are good meanwhile.

Leaves to others: what a key is (``issuer.api_keys``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import Blueprint, Response, jsonify, make_response

from issuer import limits
from issuer.api_keys import create_api_key, revoke_api_key
from issuer.callers import Scope
from issuer.errors import ForbiddenError, IssuerCode
from issuer.store.rows import ApiKeyRow, IssuerRow
from issuer.web.gate import admitted, recognised
from issuer.web.members import malformed, only, required, texts, whole_number
from issuer.web.requests import check_query, read_body
from issuer.web.services import services
from verifier.date_time_stamp import format_instant
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("keys", __name__)


@blueprint.get("/tenant")
def who_am_i() -> Response:
    """The tenant behind the key, what the key may do, and when it ends."""
    web = services()
    found = recognised(now=web.clock())
    check_query()
    caller = found.caller
    with web.store.deployment() as lookup:
        tenant = lookup.tenant(caller.tenant_id)
    with web.store.read(caller.tenant_id) as unit:
        issuers = unit.issuers.all()
    return jsonify(
        {
            "tenant": tenant.name if tenant else None,
            "key": caller.actor.partition(":")[2],
            "scopes": sorted(scope.value for scope in caller.scopes),
            "ends": format_instant(found.ends),
            "issuers": [_issuer_json(row) for row in issuers],
        }
    )


def _issuer_json(row: IssuerRow) -> JsonObject:
    return {
        "name": row.name,
        "id": row.did,
        "profileName": row.profile_name,
        "format": row.proof_format,
        "status": row.status_policy.value,
        "sandbox": row.is_sandbox,
    }


@blueprint.get("/apikeys")
def list_keys() -> Response:
    """Every key of the tenant, oldest first, without secrets."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ADMIN, now=now)
    check_query()
    with web.store.read(caller.tenant_id) as unit:
        rows = unit.api_keys.all()
    return jsonify({"apiKeys": [key_json(row, now) for row in rows]})


@blueprint.post("/apikeys")
def make_key() -> Response:
    """A new key. Its secret is in this answer and nowhere else."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ADMIN, now=now)
    check_query()
    _body, members = read_body(limits.STATUS_REQUEST_BYTES)
    only(members, {"label", "scopes", "days"})
    scopes = _scopes(members)
    if not scopes <= caller.scopes:
        raise ForbiddenError(IssuerCode.FORBIDDEN, "A key gives no more than it has itself.")
    made = create_api_key(
        web.store,
        caller.tenant_id,
        label=required(members, "label", str),
        scopes=scopes,
        days=whole_number(members, "days", limits.API_KEY_DAYS, most=limits.API_KEY_DAYS),
        now=now,
        actor=caller.actor,
    )
    return make_response(jsonify({"apiKey": made.secret} | key_json(made.row, now)), 201)


def _scopes(members: JsonObject) -> frozenset[Scope]:
    names = texts(members, "scopes", most=len(Scope), characters=limits.SCOPE_CHARACTERS)
    known = {scope.value for scope in Scope}
    if not names or not set(names) <= known:
        raise malformed(f"scopes are one or more of {', '.join(sorted(known))}.", "/scopes")
    return frozenset(Scope(name) for name in names)


@blueprint.delete("/apikeys/<name:prefix>")
def end_key(prefix: str) -> Response:
    """Revoke a key, with every access token that was given for it. Its own as well."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ADMIN, now=now)
    check_query()
    revoke_api_key(web.store, caller.tenant_id, prefix, now=now, actor=caller.actor)
    return make_response("", 204)


def key_json(row: ApiKeyRow, now: datetime) -> JsonObject:
    """A key without its secret. ``lastUsed`` is a day: when exactly is nobody's business."""
    return {
        "prefix": row.prefix,
        "label": row.label,
        "scopes": sorted(row.scopes),
        "state": _state(row, now),
        "created": format_instant(row.created),
        "ends": format_instant(row.revoked_at or row.expires_at),
        "lastUsed": row.last_used_on.isoformat() if row.last_used_on else None,
    }


def _state(row: ApiKeyRow, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "active" if now < row.expires_at else "ended"
