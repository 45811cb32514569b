"""``POST /completions/batch``: up to a thousand completions in one call, each for itself.

Every item is what ``POST /completions`` takes, and has the status that it would have had there.
One bad item never stops the others. A fault of ours at one item is that item's, marked as worth
another try; when the database or the signer is away, what is left is answered so without a try
each, because a thousand waits help nobody.

The batch may be sent again without fear: each item is known by its meaning, and under the caller's
``Idempotency-Key`` by its place too.

Leaves to others: every decision (``issuer.completion``), work beyond one call (``issuer.jobs``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.completion import parse_completion, receive_completion
from issuer.errors import InProgressError, OwnFaultError
from issuer.idempotency import Idempotency, key_of_part, take_key
from issuer.issue import Issued
from issuer.offers import Waiting
from issuer.store.rows import IssuerRow
from issuer.tenants import choose_issuer
from issuer.web.answers import credential_url, outcome_json
from issuer.web.gate import admitted
from issuer.web.problems import fault_json, refusal_json
from issuer.web.requests import check_query, flag, idempotency_of, read_body
from issuer.web.services import services
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

blueprint: Final = Blueprint("batches", __name__)


@blueprint.post("/completions/batch")
@blueprint.post("/issuers/<name:issuer_name>/completions/batch")
def complete_many(issuer_name: str | None = None) -> Response:
    """Many finished micro-internships, each with an answer of its own."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ISSUE, now=now)
    check_query("verifiableCredentials")
    with_documents = flag("verifiableCredentials")
    body, members = read_body(limits.BATCH_BYTES)
    items, idempotency = _items(members), idempotency_of(body)
    issuer = choose_issuer(web.store, caller.tenant_id, issuer_name)
    take_key(web.store, caller.tenant_id, idempotency, now=now)
    batch = _Batch(
        caller=caller,
        issuer=issuer,
        idempotency=idempotency,
        with_documents=with_documents,
        now=now,
    )
    results = [batch.take(index, item) for index, item in enumerate(items)]
    return jsonify({"results": results, "summary": _summary(results)})


def _items(members: JsonObject) -> list[JsonValue]:
    """``{"completions": [ … ]}``. Raises ``RefusedError``."""
    items = members.get("completions")
    if not isinstance(items, list) or members.keys() != {"completions"}:
        detail = "A batch is an object with the one member completions, a list."
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer="/completions")
    if not 0 < len(items) <= limits.BATCH_ITEMS:
        detail = f"A batch has 1 to {limits.BATCH_ITEMS} completions."
        raise RefusedError(Code.LIMIT_EXCEEDED, detail, pointer="/completions")
    return items


def _summary(results: list[JsonObject]) -> JsonObject:
    states = [result.get("state") for result in results]
    waiting = sum(state not in (None, "issued") for state in states)
    return {
        "issued": states.count("issued"),
        "waiting": waiting,
        "refused": states.count(None),
        "retryable": sum(bool(result.get("retryable")) for result in results),
    }


@dataclass(slots=True, kw_only=True)
class _Batch:
    """What all items have in common, and whether we are able to work at all."""

    caller: Caller
    issuer: IssuerRow
    idempotency: Idempotency | None
    with_documents: bool
    now: datetime
    faults: int = 0
    last_fault: JsonObject = field(default_factory=dict)

    def take(self, index: int, item: JsonValue) -> JsonObject:
        """One item: its answer, or why there is none."""
        if self.faults >= limits.BATCH_FAULTS:
            return {"index": index, **_refused(self.last_fault, retryable=True)}
        try:
            answer = self._answer(self._receive(index, item))
        except Exception as error:  # noqa: BLE001  one item's fault, whatever it is, is not the others'
            return {"index": index, **self._failed(error)}
        self.faults = 0
        return {"index": index, **answer}

    def _receive(self, index: int, item: JsonValue) -> Issued | Waiting:
        if not isinstance(item, dict):
            detail = "A completion is an object."
            raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=f"/completions/{index}")
        web = services()
        return receive_completion(
            web.office,
            self.caller,
            parse_completion(item, now=self.now),
            issuer=self.issuer,
            idempotency=key_of_part(self.idempotency, "batch", index),
            new_uuid=web.new_uuid,
            now=self.now,
        )

    def _answer(self, outcome: Issued | Waiting) -> JsonObject:
        members = outcome_json(outcome)
        if isinstance(outcome, Waiting):
            return {"status": int(HTTPStatus.ACCEPTED), **members}
        document = members.pop("verifiableCredential")
        shown = {"verifiableCredential": document} if self.with_documents else {}
        place = {"location": credential_url(outcome.issuance_id)}
        return {"status": int(HTTPStatus.CREATED), **members, **place, **shown}

    def _failed(self, error: Exception) -> JsonObject:
        refusal = refusal_json(error)
        if refusal is not None and not isinstance(error, OwnFaultError):
            self.faults = 0
            return _refused(refusal, retryable=isinstance(error, InProgressError))
        self.faults += 1
        self.last_fault = fault_json(error)
        return _refused(self.last_fault, retryable=True)


def _refused(problem: JsonObject, *, retryable: bool) -> JsonObject:
    return {"status": problem["status"], "retryable": retryable, "problem": problem}
