"""``POST /credentials/{number}/corrections``: a fact was wrong, and the link stays.

Leaves to others: every decision (``issuer.corrections``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from issuer import limits
from issuer.callers import Scope
from issuer.completion import parse_completion
from issuer.corrections import correct
from issuer.web.answers import outcome_response
from issuer.web.gate import admitted
from issuer.web.requests import idempotency_of, read_body
from issuer.web.services import services

blueprint: Final = Blueprint("corrections", __name__)


@blueprint.post("/credentials/<name:issuance_id>/corrections")
def add(issuance_id: str) -> Response:
    """Issue the record as it should have been, in the place of the one that was issued."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ISSUE, now=now)
    body, members = read_body(limits.RECORD_BYTES)
    outcome = correct(
        web.office,
        caller,
        issuance_id,
        parse_completion(members, now=now),
        idempotency=idempotency_of(body),
        new_uuid=web.new_uuid,
        now=now,
    )
    return outcome_response(outcome)
