"""Sign in and out; the overview; the audit trail.

Leaves to others: reviews and what they carry out (``issuer.web.console.reviews``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from issuer import audit, limits
from issuer.errors import NotFoundError
from issuer.operators import (
    Operator,
    SignInRefusedError,
    TooManyTriesError,
    end_session,
    sign_in,
    sign_out,
)
from issuer.overview import look_over
from issuer.settlement import settle
from issuer.status_list import publish
from issuer.store.chain import DEPLOYMENT
from issuer.store.rows import TenantRow
from issuer.web.console import frame
from issuer.web.console.frame import page, plain_page
from issuer.web.console.session import (
    HOME,
    SIGN_IN,
    brought_token,
    drop_cookie,
    form_token,
    go_to,
    new_token,
    read_form,
    set_cookie,
    signed_in,
)
from issuer.web.problems import STATUSES
from issuer.web.services import services

blueprint: Final = Blueprint("console", __name__, url_prefix=HOME)
frame.register(blueprint)


# --- sign in and out ----------------------------------------------------------------------


@blueprint.get("/sign-in")
def ask_sign_in() -> Response:
    """The form, tied to this browser."""
    token = brought_token() or new_token()
    response = plain_page(
        "sign_in.html",
        form=form_token(token),
        refused=None,
        name="",
        has_provider=services().provider is not None,
    )
    set_cookie(response, token)
    return response


@blueprint.post("/sign-in")
def do_sign_in() -> Response:
    """A new token for the right password; whatever is wrong, the same page."""
    web = services()
    token = brought_token()
    given = read_form(token, "name", "password")
    try:
        session = sign_in(
            web.store,
            given["name"],
            given["password"],
            address=request.remote_addr or "",
            now=web.clock(),
        )
    except (SignInRefusedError, TooManyTriesError) as error:
        return plain_page(
            "sign_in.html",
            status=STATUSES[error.code],
            form=form_token(token or ""),
            refused=error.detail,
            name=given["name"][:64],
            has_provider=web.provider is not None,
        )
    if token is not None:
        end_session(web.store, token)
    response = go_to(HOME)
    set_cookie(response, session.token)
    return response


@blueprint.get("/sign-out")
def ask_sign_out() -> Response:
    """One button."""
    return page("sign_out.html", here="sign-out")


@blueprint.post("/sign-out")
def do_sign_out() -> Response:
    """The session is over, in the store and in the browser."""
    signed, web = signed_in(), services()
    read_form(signed.token)
    sign_out(web.store, signed.operator, signed.token, now=web.clock())
    response = go_to(SIGN_IN)
    drop_cookie(response)
    return response


# --- overview -----------------------------------------------------------------------------


def tenants_of(operator: Operator) -> tuple[TenantRow, ...]:
    """The tenants that are this operator's work, by name."""
    with services().store.deployment() as unit:
        return tuple(row for row in unit.tenants() if operator.may_see(row.id))


def tenant_of(operator: Operator, tenant_id: str) -> TenantRow:
    """One of them. Raises ``NotFoundError``."""
    for row in tenants_of(operator):
        if row.id == tenant_id:
            return row
    raise NotFoundError("There is no such tenant.")


@blueprint.get("")
def overview() -> Response:
    """Counts, not people."""
    web, operator = services(), signed_in().operator
    found = look_over(web.office, tenants_of(operator), now=web.clock())
    return page("overview.html", here="overview", found=found)


@blueprint.post("/publish")
def publish_lists() -> Response:
    """Sign the status lists of a tenant, as far as they are due."""
    web, signed = services(), signed_in()
    tenant = tenant_of(signed.operator, read_form(signed.token, "tenant")["tenant"])
    with web.store.read(tenant.id) as unit:
        lists = unit.figures.lists()
    for row in lists:
        publish(web.office, row.id, now=web.clock())
    return go_to(HOME)


@blueprint.post("/settle")
def settle_intents() -> Response:
    """Finish or void what an attempt left."""
    web, signed = services(), signed_in()
    tenant = tenant_of(signed.operator, read_form(signed.token, "tenant")["tenant"])
    settle(web.office, tenant.id, now=web.clock())
    return go_to(HOME)


# --- audit trail --------------------------------------------------------------------------


@blueprint.get("/audit")
def audit_trail() -> Response:
    """The newest lines of one chain, and whether the chain is whole."""
    web, operator = services(), signed_in().operator
    chains = _chains(operator)
    wanted = request.args.get("trail", chains[0].id if chains else "")
    chain = next((one for one in chains if one.id == wanted), None)
    if chain is None:
        raise NotFoundError("There is no such trail.")
    asked = {name: request.args.get(name, "")[:200].strip() for name in ("subject", "action")}
    return page(
        "audit.html",
        here="audit",
        chains=chains,
        chain=chain,
        asked=asked,
        lines=audit.newest(
            web.store, chain, subject=asked["subject"] or None, action=asked["action"] or None
        ),
        most=limits.AUDIT_LINES_SHOWN,
        verdict=_verdict(chain),
    )


def _chains(operator: Operator) -> tuple[audit.Chain, ...]:
    every = audit.chains(services().store)
    return tuple(one for one in every if _may_read(operator, one))


def _may_read(operator: Operator, chain: audit.Chain) -> bool:
    if chain.id == DEPLOYMENT:
        return operator.tenant_id is None
    return operator.may_see(chain.id)


def _verdict(chain: audit.Chain) -> audit.Verified | audit.AuditBrokenError:
    """For the page, which has to show either."""
    try:
        return audit.verify_trail(services().store, chain)
    except audit.AuditBrokenError as error:
        return error
