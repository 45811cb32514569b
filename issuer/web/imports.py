"""A platform's own payload, as JSON or as a table, row by row.

``POST /imports/{profile}`` answers 200 with one outcome for each row; one bad row never stops
the others. A JSON profile takes ``{"payload", "learnerConsent"?, "share"?}``; a profile of
tables takes ``text/csv`` alone, or a form with the file and the same two members as fields.
``?dryRun=1`` stores nothing; asked for ``text/csv``, it answers with the rows that somebody
must mend.

All rows are read before the first one is acted on, so a file that cannot be taken apart leaves
nothing behind. The same file sent again issues nothing twice: each row finds what became of it.

Leaves to others: every decision (``issuer.completion``, ``issuer.platforms``), files of more
than ``limits.PAYLOAD_ROWS`` rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotAcceptable

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.completion import Completion, Terms, parse_import, parse_terms, receive_completion
from issuer.errors import IssuerError, OwnFaultError
from issuer.idempotency import Idempotency, key_of_part, take_key
from issuer.platforms import (
    Format,
    Profile,
    Row,
    RowOutcome,
    map_rows,
    open_table,
    payload_rows,
    rows_of,
    survey,
    write_bad_rows,
)
from issuer.record import RecordError
from issuer.store.rows import IssuerRow
from issuer.tenants import choose_issuer
from issuer.web.answers import outcome_json
from issuer.web.gate import admitted
from issuer.web.problems import finding_json, problem_json
from issuer.web.requests import flag, idempotency_of, read_body, read_upload
from issuer.web.services import services
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("imports", __name__)

_JSON: Final = "application/json"
_CSV: Final = "text/csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What was sent: ``rows``, the terms for all of them, the caller's key. ``columns`` are a
    table's."""

    rows: tuple[Row, ...]
    terms: Terms
    idempotency: Idempotency | None
    columns: tuple[str, ...] = ()


@blueprint.post("/imports/<profile_name>")
@blueprint.post("/issuers/<name:issuer_name>/imports/<profile_name>")
def import_payload(profile_name: str, issuer_name: str | None = None) -> Response:
    """Many, as the platform writes them."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ISSUE, now=now)
    profile, is_dry_run = web.office.catalogue.find(profile_name), flag("dryRun")
    wants_rows = _wants_bad_rows(profile, is_dry_run=is_dry_run)
    order = _read_order(profile, now)
    outcomes = _outcomes(profile, order.rows, now)
    if wants_rows:
        return _bad_rows(profile, order, outcomes)
    if is_dry_run:
        return _answer(outcomes, [_row_json(one) for one in outcomes], is_dry_run=True)
    issuer = choose_issuer(web.store, caller.tenant_id, issuer_name)
    take_key(web.store, caller.tenant_id, order.idempotency, now=now)
    batch = _Batch(caller=caller, order=order, issuer=issuer, now=now)
    return _answer(outcomes, [batch.take(one) for one in outcomes], is_dry_run=False)


def _wants_bad_rows(profile: Profile, *, is_dry_run: bool) -> bool:
    """Whether the answer is to be a table. It can be one on a dry run of a table alone.

    Raises ``NotAcceptable`` (406), before anything is done, for who would take nothing else.
    """
    accepted = request.accept_mimetypes
    if accepted.best_match([_JSON, _CSV], default=_JSON) == _JSON:
        return False
    if is_dry_run and profile.format is Format.CSV:
        return True
    if accepted.quality(_JSON) > 0:
        return False
    raise NotAcceptable


def _read_order(profile: Profile, now: datetime) -> _Order:
    """The body of the request, in the form that the profile reads."""
    if profile.format is Format.JSON:
        body, members = read_body(limits.PAYLOAD_BYTES)
        sent = parse_import(members, now=now)
        rows = tuple(payload_rows(profile, sent.payload))
        return _Order(rows=rows, terms=sent.terms, idempotency=idempotency_of(body))
    upload = read_upload(limits.PAYLOAD_BYTES)
    return _Order(
        rows=tuple(rows_of(profile, BytesIO(upload.data))),
        terms=parse_terms(upload.members, now=now),
        idempotency=idempotency_of(upload.fingerprint),
        columns=open_table(profile, BytesIO(upload.data)).columns,
    )


def _outcomes(profile: Profile, rows: tuple[Row, ...], now: datetime) -> tuple[RowOutcome, ...]:
    twins = survey(profile, rows)
    return tuple(map_rows(profile, rows, received_at=now, twins=twins))


def _answer(
    outcomes: Iterable[RowOutcome], rows: list[JsonObject], *, is_dry_run: bool
) -> Response:
    """What became of each row, and how many of each kind there are."""
    summary = Counter(outcome.disposition.value for outcome in outcomes)
    return jsonify({"dryRun": is_dry_run, "summary": dict(summary), "rows": rows})


def _bad_rows(profile: Profile, order: _Order, outcomes: tuple[RowOutcome, ...]) -> Response:
    mapped = zip(order.rows, outcomes, strict=True)
    text = "".join(write_bad_rows(profile, order.columns, mapped))
    response = Response(text, content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="what-to-fix.csv"'
    response.vary.add("Accept")
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What all rows of one import have in common."""

    caller: Caller
    order: _Order
    issuer: IssuerRow
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
                idempotency=key_of_part(self.order.idempotency, "import", row),
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
