"""What platforms send: one completion, or a payload of many in their own form.

Addresses below ``/issuers/NAME`` do the same for a tenant that has several issuers.

``POST /completions`` answers 201 with the signed credential, 202 when somebody has to say yes
or add something first, 422 with the codes of what the rules refuse, 409 when the record was
issued with other content. ``POST /imports/{profile}`` answers 200 with one outcome for each
row; one bad row never stops the others, and ``?dryRun=1`` stores nothing.

Leaves to others: every decision (``issuer.completion``, ``issuer.platforms``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, jsonify

import schemas
from issuer import limits
from issuer.api_keys import admit
from issuer.callers import Caller, Scope
from issuer.completion import (
    Completion,
    Import,
    parse_completion,
    parse_import,
    receive_completion,
)
from issuer.errors import IssuerError, NotFoundError, OwnFaultError
from issuer.idempotency import Idempotency, key_of_part, take_key
from issuer.platforms import Profile, RowOutcome, load_profile, map_payload
from issuer.record import RecordError
from issuer.store.rows import IssuerRow
from issuer.tenants import choose_issuer
from issuer.web.answers import outcome_json, outcome_response
from issuer.web.problems import finding_json, problem_json
from issuer.web.requests import flag, idempotency_of, presented_key, read_body
from issuer.web.services import services
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("completions", __name__)


@blueprint.post("/completions")
@blueprint.post("/issuers/<name:issuer_name>/completions")
def complete(issuer_name: str | None = None) -> Response:
    """One finished micro-internship."""
    web = services()
    now = web.clock()
    caller = admit(web.store, presented_key(), Scope.ISSUE, now=now)
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


@blueprint.post("/imports/<profile_name>")
@blueprint.post("/issuers/<name:issuer_name>/imports/<profile_name>")
def import_payload(profile_name: str, issuer_name: str | None = None) -> Response:
    """Many, as the platform writes them."""
    web = services()
    now = web.clock()
    caller = admit(web.store, presented_key(), Scope.ISSUE, now=now)
    profile, is_dry_run = _profile(profile_name), flag("dryRun")
    body, members = read_body(limits.PAYLOAD_BYTES)
    order, idempotency = parse_import(members, now=now), idempotency_of(body)
    outcomes = map_payload(profile, order.payload, received_at=now)
    if is_dry_run:
        return jsonify({"dryRun": True, "rows": [_row_json(outcome) for outcome in outcomes]})
    issuer = choose_issuer(web.store, caller.tenant_id, issuer_name)
    take_key(web.store, caller.tenant_id, idempotency, now=now)
    batch = _Batch(caller=caller, order=order, issuer=issuer, idempotency=idempotency, now=now)
    return jsonify({"dryRun": False, "rows": [batch.take(outcome) for outcome in outcomes]})


def _profile(name: str) -> Profile:
    try:
        return load_profile(name)
    except schemas.UnknownNameError as error:
        raise NotFoundError(f"There is no mapping profile {name[:80]!r}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What all rows of one import have in common."""

    caller: Caller
    order: Import
    issuer: IssuerRow
    idempotency: Idempotency | None
    now: datetime

    def take(self, outcome: RowOutcome) -> JsonObject:
        """One row: what the mapping said of it, and what became of it."""
        if outcome.draft is None:
            return _row_json(outcome)
        try:
            return _row_json(outcome) | self._receive(outcome.row, outcome.draft)
        except OwnFaultError:
            raise
        except RecordError as error:
            return _row_json(outcome) | _refused(error)
        except IssuerError as error:
            return _row_json(outcome) | {
                "state": "conflict",
                "problem": problem_json(error.code, error.detail),
            }

    def _receive(self, row: int, draft: JsonObject) -> JsonObject:
        web = services()
        return outcome_json(
            receive_completion(
                web.office,
                self.caller,
                Completion(record=draft, terms=self.order.terms),
                issuer=self.issuer,
                idempotency=key_of_part(self.idempotency, "import", row),
                new_uuid=web.new_uuid,
                now=self.now,
            )
        )


def _row_json(outcome: RowOutcome) -> JsonObject:
    """A row's outcome, with the addresses that explain its codes."""
    findings = [finding_json(finding) for finding in outcome.findings]
    return outcome.to_json() | {"findings": findings}


def _refused(error: RecordError) -> JsonObject:
    """A draft that the mapping accepted and the learner's facets made unfit."""
    return {
        "state": "refused",
        "codes": sorted({finding.code for finding in error.findings}),
        "findings": [finding_json(finding) for finding in error.findings],
    }
