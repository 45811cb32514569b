"""What waits for a second person, and single credentials: withdraw, put on hold, open.

A credential's content is shown to an operator who says why, from a closed list; that is written
into the audit trail before the page is made (domain §2.3).

Leaves to others: every decision (``issuer.approvals``, ``issuer.lifecycle``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response

from issuer import approvals, lifecycle, limits
from issuer.callers import Caller
from issuer.errors import IssuerCode, NotFoundError, RequestRefusedError
from issuer.lifecycle import Reason
from issuer.operators import Operator
from issuer.shown import read_out, reveal
from issuer.store.ports import Unit
from issuer.store.reviews import ApprovalRow
from issuer.store.rows import IssuanceRow, TenantRow
from issuer.trail import note
from issuer.web.console import frame
from issuer.web.console.frame import WORDS, page
from issuer.web.console.pages import tenant_of, tenants_of
from issuer.web.console.session import HOME, go_to, read_form, signed_in
from issuer.web.services import services
from issuer.withdrawals import early_end_of, proposal
from verifier.presentation.facts import read_facts
from verifier.strict_json import JsonObject, parse_json_object

blueprint: Final = Blueprint("console_reviews", __name__, url_prefix=HOME)
frame.register(blueprint)

REASONS: Final[Mapping[Reason, str]] = {
    Reason.ISSUED_IN_ERROR: "Issued in error",
    Reason.WRONG_PERSON: "Issued to the wrong person",
    Reason.DUPLICATE: "Issued twice",
    Reason.ATTESTATION_WITHDRAWN: "The host takes its word back, with facts",
    Reason.INTEGRITY_FINDING: "Copied or invented work, after a hearing",
    Reason.SUPERSEDED: "Replaced by another one",
    Reason.HOLDER_REQUEST: "The learner asks for it",
    Reason.KEY_COMPROMISED: "The signing key was stolen",
    Reason.HOST_OR_PLATFORM_FRAUD: "Fraud by a host or a platform",
    Reason.ERASURE_REQUEST: "The learner asks for erasure",
}
"""In the words of the form; an on-hold has a form of its own."""

OPENING: Final[Mapping[str, str]] = {
    "learnerAsked": "The learner asked us to look",
    "mistakeReported": "Somebody reported a mistake",
    "review": "A review needs it",
    "legalDuty": "The law asks for it",
}
"""Why an operator looks at a single credential. Nothing else is admitted."""

_TITLES: Final = {
    "revoke": "Withdraw a credential",
    "revokeMany": "Withdraw many credentials",
    "rotateKey": "Sign with a new key",
}
"""A request of another kind is shown by the name of its action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as a page shows it. ``early_end_days`` is set for a withdrawal that a host may
    have asked for after an early end."""

    row: ApprovalRow
    tenant: TenantRow
    title: str
    arguments: Mapping[str, str]
    early_end_days: int | None
    is_own: bool
    is_over: bool


# --- requests -----------------------------------------------------------------------------


@blueprint.get("/reviews")
def reviews() -> Response:
    """Everything that waits, and what was decided last."""
    operator, web = signed_in().operator, services()
    waiting, decided = [], []
    for tenant in tenants_of(operator):
        with web.store.read(tenant.id) as unit:
            waiting += [_request(unit, operator, tenant, row) for row in unit.approvals.pending()]
            done = unit.approvals.decided(limits.REVIEWS_SHOWN)
            decided += [_request(unit, operator, tenant, row) for row in done]
    decided.sort(key=lambda one: one.row.decided_at or one.row.proposed_at, reverse=True)
    return page(
        "reviews.html", here="reviews", waiting=waiting, decided=decided[: limits.REVIEWS_SHOWN]
    )


def _request(unit: Unit, operator: Operator, tenant: TenantRow, row: ApprovalRow) -> Request:
    now = services().clock()
    return Request(
        row=row,
        tenant=tenant,
        title=_TITLES.get(row.action, row.action),
        arguments=approvals.arguments_of(row),
        early_end_days=early_end_of(unit, row, now),
        is_own=row.proposed_by == operator.actor,
        is_over=now >= row.expires_at,
    )


@blueprint.get("/reviews/<name:tenant_id>/<name:approval_id>")
def review(tenant_id: str, approval_id: str) -> Response:
    """One request, exactly as it would be carried out."""
    operator = signed_in().operator
    tenant = tenant_of(operator, tenant_id)
    with services().store.read(tenant.id) as unit:
        row = unit.approvals.get(approval_id)
        if row is None:
            raise NotFoundError("There is no such request.")
        return page("review.html", here="reviews", it=_request(unit, operator, tenant, row))


@blueprint.post("/reviews/<name:tenant_id>/<name:approval_id>")
def decide(tenant_id: str, approval_id: str) -> Response:
    """Approve or reject."""
    web, signed = services(), signed_in()
    decision = read_form(signed.token, "decision")["decision"]
    caller = _caller(signed.operator, tenant_id)
    if decision == "approve":
        approvals.approve(web.office, caller, approval_id, now=web.clock())
    elif decision == "reject":
        approvals.reject(web.office, caller, approval_id, now=web.clock())
    else:
        raise _refused("A request is approved or rejected.")
    return go_to(f"{HOME}/reviews/{tenant_id}/{approval_id}")


def _caller(operator: Operator, tenant_id: str) -> Caller:
    return operator.caller(tenant_of(operator, tenant_id).id)


def _refused(detail: str) -> RequestRefusedError:
    return RequestRefusedError(IssuerCode.FORM_REFUSED, detail)


# --- single credentials -------------------------------------------------------------------


@blueprint.get("/credentials")
def credentials() -> Response:
    """The forms: open one, ask to withdraw one, put one on hold, end a hold."""
    return page(
        "credentials.html",
        here="credentials",
        tenants=tenants_of(signed_in().operator),
        reasons={code.value: text for code, text in REASONS.items()},
        opening=OPENING,
        most_days=limits.SUSPENSION_DAYS,
    )


@blueprint.post("/credentials/withdraw")
def ask_to_withdraw() -> Response:
    """At once for the learner's own request; everything else waits for a second person."""
    web, signed = services(), signed_in()
    given = read_form(signed.token, "tenant", "credential", "reason", "note")
    caller, now = _caller(signed.operator, given["tenant"]), web.clock()
    if given["reason"] not in list(REASONS):
        raise _refused("Choose a reason of the list.")
    credential = _id(given["credential"])
    if given["reason"] == Reason.HOLDER_REQUEST:
        lifecycle.revoke(web.office, caller, credential, reason=given["reason"], now=now)
        return _done("Withdrawn. Verifiers see it within half a minute.")
    row = approvals.propose(
        web.office, caller, proposal(credential, given["reason"]), note=given["note"], now=now
    )
    return go_to(f"{HOME}/reviews/{row.tenant_id}/{row.id}")


@blueprint.post("/credentials/hold")
def hold() -> Response:
    """Suspend, with an end."""
    web, signed = services(), signed_in()
    given = read_form(signed.token, "tenant", "credential", "days")
    caller, now = _caller(signed.operator, given["tenant"]), web.clock()
    ends_at = now + timedelta(days=_days(given["days"]))
    lifecycle.suspend(
        web.office,
        caller,
        _id(given["credential"]),
        reason=Reason.UNDER_REVIEW,
        ends_at=ends_at,
        now=now,
    )
    return _done("On hold. It ends by itself on the day you chose, or when you end it.")


@blueprint.post("/credentials/end-hold")
def end_hold() -> Response:
    """Reinstate."""
    web, signed = services(), signed_in()
    given = read_form(signed.token, "tenant", "credential")
    caller = _caller(signed.operator, given["tenant"])
    lifecycle.reinstate(web.office, caller, _id(given["credential"]), now=web.clock())
    return _done("The hold has ended.")


@blueprint.post("/credentials/open")
def open_credential() -> Response:
    """Show what a credential says, after writing down who looks and why."""
    web, signed = services(), signed_in()
    given = read_form(signed.token, "tenant", "credential", "reason")
    caller, now = _caller(signed.operator, given["tenant"]), web.clock()
    if given["reason"] not in OPENING:
        raise _refused("Say why, from the list.")
    with web.store.begin(caller.tenant_id) as unit:
        found = lifecycle.find(unit, _id(given["credential"]))
        for row in found:
            note(unit, caller.actor, "opened", row.id, now=now, reason=given["reason"])
        shown = [(row, read_facts(_content(unit, row), WORDS)) for row in found]
    return page("credential.html", here="credentials", shown=shown)


def _content(unit: Unit, row: IssuanceRow) -> JsonObject:
    issuer = unit.issuers.get(row.issuer_id)
    if issuer is None or row.signed is None:
        raise NotFoundError("There is no such credential.")
    return read_out(reveal(issuer, parse_json_object(row.signed.encode())))


def _id(text: str) -> str:
    """A credential's id, as somebody pasted it."""
    found = text.strip()
    if not 1 <= len(found) <= limits.CREDENTIAL_ID_CHARACTERS or not found.isprintable():
        raise _refused("Write the id of the credential.")
    return found


def _days(text: str) -> int:
    most = limits.SUSPENSION_DAYS
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= most):
        raise _refused(f"A hold lasts 1 to {most} days.")
    return int(text)


def _done(text: str) -> Response:
    return page("done.html", here="credentials", text=text)
