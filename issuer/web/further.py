"""What is issued beside a completion: skills, academic credit; and what belongs together.

``POST /credentials/NUMBER/skill-assertions`` and ``POST /credentials/NUMBER/academic-credit``
answer 201 with the signed credentials, also when the call is repeated. The number is the last part
of the completion's ``Location``.

Leaves to others: every decision (``issuer.skill_assertions``, ``issuer.academic_credit``,
``issuer.related``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, make_response

from issuer import limits
from issuer.academic_credit import issue_credit, parse_credit_wish
from issuer.callers import Scope
from issuer.issue import Issued
from issuer.related import RelatedCredential, find_related
from issuer.skill_assertions import issue_skills, parse_skills_wish
from issuer.store.rows import FurtherKind
from issuer.web.answers import credential_url, share_json
from issuer.web.gate import admitted
from issuer.web.requests import idempotency_of, read_body
from issuer.web.services import services
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("further", __name__)


@blueprint.post("/credentials/<name:issuance_id>/skill-assertions")
def assert_skills(issuance_id: str) -> Response:
    """Skills of a completion, each a badge of its own."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ISSUE, now=now)
    body, members = read_body(limits.FURTHER_REQUEST_BYTES)
    issued = issue_skills(
        web.office,
        caller,
        issuance_id,
        parse_skills_wish(members, now=now),
        idempotency=idempotency_of(body),
        now=now,
    )
    return _answer(issued, FurtherKind.SKILL_ASSERTION)


@blueprint.post("/credentials/<name:issuance_id>/academic-credit")
def award_credit(issuance_id: str) -> Response:
    """Credit for a completion, on the registrar's word."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.CREDIT, now=now)
    body, members = read_body(limits.FURTHER_REQUEST_BYTES)
    issued = issue_credit(
        web.office,
        caller,
        issuance_id,
        parse_credit_wish(members, now=now),
        idempotency=idempotency_of(body),
        now=now,
    )
    return _answer((issued,), FurtherKind.ACADEMIC_CREDIT)


def _answer(issued: tuple[Issued, ...], kind: FurtherKind) -> Response:
    return make_response(jsonify({"credentials": [_issued_json(it, kind) for it in issued]}), 201)


def _issued_json(issued: Issued, kind: FurtherKind) -> JsonObject:
    share = {"share": share_json(issued.share_url)} if issued.share_url else {}
    return {
        "kind": kind.value,
        "issuanceId": issued.issuance_id,
        "credentialId": issued.credential_id,
        "location": credential_url(issued.issuance_id),
        "verifiableCredential": issued.document,
        **share,
    }


@blueprint.get("/credentials/<name:issuance_id>/related")
def related(issuance_id: str) -> Response:
    """What belongs to a credential of the tenant, and what it belongs to."""
    web = services()
    caller = admitted(Scope.READ, now=web.clock())
    found = find_related(web.office, caller, issuance_id)
    return jsonify(
        {
            "about": _related_json(found.about) if found.about else None,
            "further": [_related_json(it) for it in found.further],
        }
    )


def _related_json(found: RelatedCredential) -> JsonObject:
    return {
        **({"kind": found.kind.value} if found.kind else {}),
        "issuanceId": found.issuance_id,
        "credentialId": found.credential_id,
        "state": found.standing.value,
        "location": credential_url(found.issuance_id),
    }
