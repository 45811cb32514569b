"""Answers that several routes give: a signed credential, a completion, a share link.

A signed credential goes out as the very bytes that were signed and stored. JSON answers carry
a content type with ``json`` in it unless ``application/vc`` is asked for: clients look there.
Leaves to others: refusals (``problems``).
"""

from __future__ import annotations

from typing import Final

from flask import Response, jsonify, make_response, request

from issuer.issue import Issued
from issuer.offers import Waiting
from issuer.web.problems import finding_json
from issuer.web.services import services
from verifier.qr import check_address
from verifier.strict_json import JsonObject

VC: Final = "application/vc"
_JSON: Final = "application/json"


def wants_bare_credential() -> bool:
    """Whether ``application/vc`` (VC Data Model 2.0, section 6.2) is asked for by name."""
    return request.accept_mimetypes.best_match([_JSON, VC]) == VC


def signed_bytes(body: str) -> Response:
    """A signed document as it was stored, as JSON or as ``application/vc``."""
    response = make_response(body)
    response.content_type = VC if wants_bare_credential() else _JSON
    response.vary.add("Accept")
    return response


def credential_url(issuance_id: str) -> str:
    """Where the tenant finds the credential again: by issuance, since ids need not be unique."""
    return f"{services().settings.base_url}/credentials/{issuance_id}"


def outcome_json(outcome: Issued | Waiting) -> JsonObject:
    """What became of one completion (design §10.1)."""
    warnings = [finding_json(finding) for finding in outcome.findings]
    if isinstance(outcome, Waiting):
        return {"state": outcome.state.value, "offerId": outcome.offer_id, "warnings": warnings}
    share = {"share": _share_json(outcome.share_url)} if outcome.share_url else {}
    return {
        "state": "issued",
        "credentialId": outcome.credential_id,
        "verifiableCredential": outcome.document,
        **share,
        "warnings": warnings,
    }


def _share_json(url: str) -> JsonObject:
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
