"""Tenants: their issuers with the signing keys, their API keys, whether revocations wait.

An API key is shown once, on the page that makes it. A signing key is proposed here and used
when a second person agrees (``issuer.rotation``).

Leaves to others: every decision (``issuer.api_keys``, ``issuer.rotation``, ``issuer.approvals``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response

from issuer import api_keys, approvals, limits, rotation
from issuer.approvals import Proposal
from issuer.callers import Scope
from issuer.errors import IssuerCode, NotFoundError, RequestRefusedError
from issuer.key_urls import is_its_key
from issuer.store.ports import Unit
from issuer.store.rows import IssuerRow, KeyRow
from issuer.web.console import frame
from issuer.web.console.frame import page
from issuer.web.console.pages import tenant_of, tenants_of
from issuer.web.console.session import HOME, go_to, read_form, signed_in
from issuer.web.services import services
from issuer.withdrawals import needs_two_people, set_two_people

blueprint: Final = Blueprint("console_tenants", __name__, url_prefix=f"{HOME}/tenants")
frame.register(blueprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """A signing key as the page shows it. ``usable_from`` is set for the next one."""

    row: KeyRow
    state: str
    usable_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIssuer:
    """An issuer and its keys, oldest first. One that is its key cannot get another."""

    row: IssuerRow
    keys: tuple[ShownKey, ...]
    may_rotate: bool


@blueprint.get("")
def tenants() -> Response:
    """All that are this operator's work."""
    return page("tenants.html", here="tenants", tenants=tenants_of(signed_in().operator))


@blueprint.get("/<name:tenant_id>")
def tenant(tenant_id: str) -> Response:
    """One of them."""
    return _tenant_page(tenant_id)


def _tenant_page(tenant_id: str, secret: str | None = None) -> Response:
    web = services()
    row = tenant_of(signed_in().operator, tenant_id)
    with web.store.read(row.id) as unit:
        issuers = tuple(_shown(unit, issuer) for issuer in unit.issuers.all())
        keys, is_two = unit.api_keys.all(), needs_two_people(unit)
    return page(
        "tenant.html",
        here="tenants",
        tenant=row,
        issuers=issuers,
        api_keys=keys,
        is_two=is_two,
        secret=secret,
        scopes=[scope.value for scope in Scope],
        most_days=limits.API_KEY_DAYS,
        now=web.clock(),
    )


def _shown(unit: Unit, issuer: IssuerRow) -> ShownIssuer:
    keys = tuple(_shown_key(key) for key in unit.keys.of(issuer.id))
    is_waiting = any(key.row.is_next for key in keys)
    return ShownIssuer(
        row=issuer, keys=keys, may_rotate=not is_its_key(issuer.did) and not is_waiting
    )


def _shown_key(key: KeyRow) -> ShownKey:
    if key.is_next:
        return ShownKey(
            row=key, state="published, not used yet", usable_from=rotation.usable_from(key)
        )
    state = {"active": "signs", "retired": "signs no more"}[key.state.value]
    return ShownKey(row=key, state=state, usable_from=None)


# --- changes ------------------------------------------------------------------------------


@blueprint.post("/<name:tenant_id>/api-keys")
def create_api_key(tenant_id: str) -> Response:
    """The one page that shows the key."""
    web, signed = services(), signed_in()
    scopes = {f"scope-{scope.value}": scope for scope in Scope}
    given = read_form(signed.token, "label", "days", *scopes)
    caller = signed.operator.caller(tenant_of(signed.operator, tenant_id).id)
    chosen = [scope for name, scope in scopes.items() if given[name] == "on"]
    if not chosen:
        raise _refused("Choose what the key allows.")
    made = api_keys.create_api_key(
        web.store,
        caller.tenant_id,
        label=given["label"],
        scopes=chosen,
        days=_whole_number(given["days"]),
        now=web.clock(),
        actor=caller.actor,
    )
    return _tenant_page(tenant_id, made.secret)


@blueprint.post("/<name:tenant_id>/api-keys/<name:prefix>/revoke")
def revoke_api_key(tenant_id: str, prefix: str) -> Response:
    """It opens nothing any more."""
    web, signed = services(), signed_in()
    read_form(signed.token)
    caller = signed.operator.caller(tenant_of(signed.operator, tenant_id).id)
    api_keys.revoke_api_key(
        web.store, caller.tenant_id, prefix, now=web.clock(), actor=caller.actor
    )
    return go_to(f"{HOME}/tenants/{tenant_id}")


@blueprint.post("/<name:tenant_id>/two-people")
def choose_two_people(tenant_id: str) -> Response:
    """Whether revocations through the API wait for a person."""
    web, signed = services(), signed_in()
    choice = read_form(signed.token, "on")["on"]
    caller = signed.operator.caller(tenant_of(signed.operator, tenant_id).id)
    if choice not in ("yes", "no"):
        raise _refused("Revocations wait, or they do not.")
    set_two_people(web.store, caller, choice == "yes", now=web.clock())
    return go_to(f"{HOME}/tenants/{tenant_id}")


@blueprint.post("/<name:tenant_id>/issuers/<name:issuer_id>/rotate")
def propose_rotation(tenant_id: str, issuer_id: str) -> Response:
    """Publish the next key, and ask a second person to let it sign."""
    web, signed = services(), signed_in()
    urgent = "yes" if read_form(signed.token, "urgent")["urgent"] == "on" else "no"
    caller, now = signed.operator.caller(tenant_of(signed.operator, tenant_id).id), web.clock()
    with web.store.read(caller.tenant_id) as unit:
        issuer = unit.issuers.get(issuer_id)
    if issuer is None:
        raise NotFoundError("There is no such issuer.")
    key = rotation.publish_next_key(web.office, caller, issuer, now=now)
    wish = Proposal(
        action="rotateKey", arguments={"issuer": issuer.id, "key": key.id, "urgent": urgent}
    )
    row = approvals.propose(web.office, caller, wish, note="", now=now)
    return go_to(f"{HOME}/reviews/{row.tenant_id}/{row.id}")


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise _refused("Write the days as a whole number.")
    return int(text)


def _refused(detail: str) -> RequestRefusedError:
    return RequestRefusedError(IssuerCode.FORM_REFUSED, detail)
