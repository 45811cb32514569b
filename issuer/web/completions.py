"""What a platform sends when one micro-internship is finished.

Addresses below ``/issuers/NAME`` do the same for a tenant that has several issuers.

``POST /completions`` answers 201 with the signed credential, 202 when somebody has to say yes
or add something first, 422 with the codes of what the rules refuse, 409 when the record was
issued with other content.

Leaves to others: every decision (``issuer.completion``), payloads of many (``imports``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from issuer import limits
from issuer.callers import Scope
from issuer.completion import parse_completion, receive_completion
from issuer.tenants import choose_issuer
from issuer.web.answers import outcome_response
from issuer.web.gate import admitted
from issuer.web.requests import idempotency_of, read_body
from issuer.web.services import services

blueprint: Final = Blueprint("completions", __name__)


@blueprint.post("/completions")
@blueprint.post("/issuers/<name:issuer_name>/completions")
def complete(issuer_name: str | None = None) -> Response:
    """One finished micro-internship."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ISSUE, now=now)
    body, members = read_body(limits.RECORD_BYTES)
    outcome = receive_completion(
        web.office,
        caller,
        parse_completion(members, now=now),
        issuer=choose_issuer(web.store, caller.tenant_id, issuer_name),
        idempotency=idempotency_of(body),
        new_uuid=web.new_uuid,
        now=now,
    )
    return outcome_response(outcome)
