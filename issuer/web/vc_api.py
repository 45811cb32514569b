"""VC-API (W3C Credentials Community Group): issue, change a status, fetch again.

Clients look at the status: 201 for an issued credential, and 400 for every document or body
that is refused. The caller's document is signed as it is: its ``issuer`` must be the issuer's
own DID and is never written for it, its subject is never touched.

Leaves to others: the nine steps (``issuer.issue``), what a status change means
(``issuer.lifecycle``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, make_response

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import NotFoundError
from issuer.issue import issue_document
from issuer.shown import derive_document
from issuer.store.rows import IssuanceState, IssuerRow
from issuer.tenants import choose_issuer, choose_issuer_of
from issuer.web.answers import signed_answer, signed_bytes
from issuer.web.envelopes import StatusChange, parse_derive, parse_issue, parse_status_change
from issuer.web.gate import admitted
from issuer.web.requests import idempotency_of, read_body
from issuer.web.services import services
from issuer.withdrawals import Requested
from issuer.withdrawals import set_status as change_status_of
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("vc_api", __name__)


@blueprint.post("/credentials/issue")
@blueprint.post("/issuers/<name:issuer_name>/credentials/issue")
@blueprint.post("/issuers/<name:issuer_name>")
def issue(issuer_name: str | None = None) -> Response:
    """Sign a document, with the issuer that the address names, or else the document.

    The last form is for clients that have one address to send everything to.
    """
    web = services()
    now = web.clock()
    caller = admitted(Scope.ISSUE, now=now)
    _check_issuer(caller, issuer_name)
    body, members = read_body(limits.DOCUMENT_REQUEST_BYTES)
    wish = parse_issue(members)
    issuer = _issuer_of(caller, issuer_name, wish.credential)
    issued = issue_document(
        web.office,
        caller,
        wish.credential,
        issuer=issuer,
        idempotency=idempotency_of(body),
        mandatory=wish.mandatory,
        now=now,
    )
    return signed_answer(issued)


@blueprint.post("/credentials/derive")
@blueprint.post("/issuers/<name:issuer_name>/credentials/derive")
def derive_from(issuer_name: str | None = None) -> Response:
    """Show a part of a signed document: its holder's act, for which no key of ours is asked.

    Whose the document is makes no difference; a key with the scope to read is asked for
    because the work is ours.
    """
    web = services()
    caller = admitted(Scope.READ, now=web.clock())
    _check_issuer(caller, issuer_name)
    _body, members = read_body(limits.DOCUMENT_REQUEST_BYTES)
    wish = parse_derive(members)
    derived = derive_document(wish.credential, wish.selective)
    return make_response(jsonify({"verifiableCredential": derived}), 201)


def _issuer_of(caller: Caller, issuer_name: str | None, credential: JsonObject) -> IssuerRow:
    store = services().store
    if issuer_name is None:
        return choose_issuer_of(store, caller.tenant_id, credential)
    return choose_issuer(store, caller.tenant_id, issuer_name)


def _check_issuer(caller: Caller, issuer_name: str | None) -> None:
    """An address below another tenant's issuer is not there."""
    if issuer_name is not None:
        choose_issuer(services().store, caller.tenant_id, issuer_name)


@blueprint.post("/credentials/status")
@blueprint.post("/issuers/<name:issuer_name>/credentials/status")
def change_status(issuer_name: str | None = None) -> Response:
    """Revoke, suspend or reinstate every credential of the tenant with this id; 202 where a
    person has to agree first."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.REVOKE, now=now)
    _check_issuer(caller, issuer_name)
    body, members = read_body(limits.STATUS_REQUEST_BYTES)
    change = parse_status_change(members)
    concerned = change_status_of(
        web.office,
        caller,
        change.credential_id,
        purpose=change.purpose.value,
        value=change.value,
        reason=change.reason,
        idempotency=idempotency_of(body),
        now=now,
    )
    if isinstance(concerned, Requested):
        waits = {"state": "approvalRequested", "approvalId": concerned.approval_id}
        return make_response(jsonify(_change_json(change) | {"status": False} | waits), 202)
    return jsonify(_change_json(change) | {"issuances": list(concerned)})


def _change_json(change: StatusChange) -> JsonObject:
    return {
        "credentialId": change.credential_id,
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": change.purpose.value,
        },
        "status": change.value,
    }


@blueprint.get("/credentials/<name:issuance_id>")
def fetch(issuance_id: str) -> Response:
    """A signed credential again, for the tenant that had it issued."""
    web = services()
    caller = admitted(Scope.READ, now=web.clock())
    with web.store.read(caller.tenant_id) as unit:
        row = unit.issuances.get(issuance_id)
    if row is None or row.state is not IssuanceState.ISSUED or row.signed is None:
        raise NotFoundError("There is no credential with this number.")
    return signed_bytes(row.signed)
