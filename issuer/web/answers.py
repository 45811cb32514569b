"""Answers that several routes give: a signed credential, a completion, a share link.

A signed credential goes out as the very bytes that were signed and stored. JSON answers carry
a content type with ``json`` in it unless ``application/vc`` is asked for: clients look there.
A token goes out in its envelope, and bare where its own media type is asked for.

Leaves to others: refusals (``problems``).
"""

from __future__ import annotations

from typing import Final

from flask import Response, jsonify, make_response, request

from issuer.issue import Issued
from issuer.offers import Waiting
from issuer.signing.tokens import ENVELOPE_TYPE, token_within
from issuer.web.problems import finding_json
from issuer.web.services import services
from verifier.qr import check_address
from verifier.strict_json import JsonObject, parse_json_object

VC: Final = "application/vc"
_JSON: Final = "application/json"


def signed_bytes(body: str) -> Response:
    """A signed document as it was stored, as JSON or as ``application/vc`` (VC Data Model 2.0,
    section 6.2), or the token in it."""
    return _negotiated(body, bare_json=body, status=200)


def signed_answer(issued: Issued) -> Response:
    """201, with the signed document as VC-API wraps it."""
    wrapped = f'{{"verifiableCredential":{issued.body}}}'
    response = _negotiated(issued.body, bare_json=wrapped, status=201)
    response.headers["Location"] = credential_url(issued.issuance_id)
    return response


def _negotiated(body: str, *, bare_json: str, status: int) -> Response:
    """``bare_json`` unless another form is asked for by name."""
    offers = {_JSON: bare_json, VC: body, **_token_in(body)}
    chosen = request.accept_mimetypes.best_match(list(offers), default=_JSON)
    response = make_response(offers[chosen], status)
    response.content_type = chosen
    response.vary.add("Accept")
    return response


def _token_in(body: str) -> dict[str, str]:
    if ENVELOPE_TYPE not in body:
        return {}
    found = token_within(parse_json_object(body.encode()))
    return {} if found is None else {found[0]: found[1]}


def credential_url(issuance_id: str) -> str:
    """Where the tenant finds the credential again: by issuance, since ids need not be unique."""
    return f"{services().settings.base_url}/credentials/{issuance_id}"


def outcome_json(outcome: Issued | Waiting) -> JsonObject:
    """What became of one completion (design §10.1)."""
    warnings = [finding_json(finding) for finding in outcome.findings]
    if isinstance(outcome, Waiting):
        return {"state": outcome.state.value, "offerId": outcome.offer_id, "warnings": warnings}
    share = {"share": share_json(outcome.share_url)} if outcome.share_url else {}
    return {
        "state": "issued",
        "credentialId": outcome.credential_id,
        "verifiableCredential": outcome.document,
        **share,
        "warnings": warnings,
    }


def share_json(url: str) -> JsonObject:
    """A share link, the address that checks it, and where its square code is."""
    verify_url = check_address(services().settings.verifier_url, url)
    return {"url": url, "verifyUrl": verify_url, "qr": f"{url}/qr.png"}


def outcome_response(outcome: Issued | Waiting) -> Response:
    """201 for a credential, also when the call is repeated; 202 while somebody is asked."""
    if isinstance(outcome, Waiting):
        return make_response(jsonify(outcome_json(outcome)), 202)
    response = make_response(jsonify(outcome_json(outcome)), 201)
    response.headers["Location"] = credential_url(outcome.issuance_id)
    return response
