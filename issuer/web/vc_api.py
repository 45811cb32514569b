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
from issuer.callers import Scope
from issuer.errors import NotFoundError
from issuer.issue import Issued, issue_document
from issuer.lifecycle import set_status
from issuer.store.rows import IssuanceState
from issuer.tenants import admit, choose_issuer
from issuer.web.answers import VC, credential_url, signed_bytes, wants_bare_credential
from issuer.web.envelopes import StatusChange, parse_issue, parse_status_change
from issuer.web.requests import idempotency_of, presented_key, read_body
from issuer.web.services import services
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("vc_api", __name__)


@blueprint.post("/credentials/issue")
def issue() -> Response:
    """Sign a document with the tenant's one issuer."""
    return _issue(None)


@blueprint.post("/issuers/<name:issuer_name>/credentials/issue")
def issue_by(issuer_name: str) -> Response:
    """Sign a document with the issuer that the address names."""
    return _issue(issuer_name)


def _issue(issuer_name: str | None) -> Response:
    web = services()
    now = web.clock()
    caller = admit(web.store, presented_key(), Scope.ISSUE, now=now)
    issuer = choose_issuer(web.store, caller.tenant_id, issuer_name)
    body, members = read_body(limits.DOCUMENT_REQUEST_BYTES)
    issued = issue_document(
        web.office,
        caller,
        parse_issue(members),
        issuer=issuer,
        idempotency=idempotency_of(body),
        now=now,
    )
    return _issued(issued)


def _issued(issued: Issued) -> Response:
    """201 with the signed document as it is stored, bare where ``application/vc`` is asked."""
    if wants_bare_credential():
        response = make_response(issued.body, 201)
        response.content_type = VC
    else:
        response = make_response(f'{{"verifiableCredential":{issued.body}}}', 201)
        response.content_type = "application/json"
    response.vary.add("Accept")
    response.headers["Location"] = credential_url(issued.issuance_id)
    return response


@blueprint.post("/credentials/status")
def change_status() -> Response:
    """Revoke, suspend or reinstate every credential of the tenant with this id."""
    web = services()
    now = web.clock()
    caller = admit(web.store, presented_key(), Scope.REVOKE, now=now)
    body, members = read_body(limits.STATUS_REQUEST_BYTES)
    change = parse_status_change(members)
    issuances = set_status(
        web.office,
        caller,
        change.credential_id,
        purpose=change.purpose.value,
        value=change.value,
        reason=change.reason,
        idempotency=idempotency_of(body),
        now=now,
    )
    return jsonify(_change_json(change) | {"issuances": list(issuances)})


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
    caller = admit(web.store, presented_key(), Scope.READ, now=web.clock())
    with web.store.read(caller.tenant_id) as unit:
        row = unit.issuances.get(issuance_id)
    if row is None or row.state is not IssuanceState.ISSUED or row.signed is None:
        raise NotFoundError("There is no credential with this number.")
    return signed_bytes(row.signed)
