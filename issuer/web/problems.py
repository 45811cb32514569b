"""Errors over HTTP: one table from codes to statuses, one form of answer (RFC 9457).

Every problem has a ``type`` that stays: W3C's own URL where a W3C specification defines the
code, ``{base}/problems/{CODE}`` otherwise, where the code is explained. Bad input is a 4xx; a
5xx is our own fault, carries a reference that the log knows, and may be tried again.

Leaves to others: finding things out (the rooms that raise), the pages of ``/problems/``
(``issuer.web.public``).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from issuer.errors import (
    InProgressError,
    IssuerCode,
    IssuerError,
    OwnFaultError,
    RateLimitedError,
    UnauthorisedError,
)
from issuer.platforms import PayloadError
from issuer.record import SENTENCES, Finding, RecordError
from issuer.web.request_ids import request_id
from issuer.web.services import services
from verifier.errors import CheckError, Code
from verifier.presentation.words import words
from verifier.problems import TITLES as DOCUMENT_TITLES
from verifier.problems import problem_type
from verifier.strict_json import JsonObject

_LOG: Final = logging.getLogger(__name__)
_RETRY_SECONDS: Final = 10
"""When to come back after a fault of ours."""


class WebCode(StrEnum):
    """Reasons that only exist over HTTP."""

    BAD_REQUEST = "BAD_REQUEST"
    NO_SUCH_PAGE = "NO_SUCH_PAGE"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    RECORD_REFUSED = "RECORD_REFUSED"
    """The record is well-formed and the rules refuse it: ``findings`` says why, code by code."""
    OUR_FAULT = "OUR_FAULT"


STATUSES: Final[Mapping[StrEnum, int]] = {
    IssuerCode.UNAUTHORISED: 401,
    IssuerCode.FORBIDDEN: 403,
    IssuerCode.TOO_MANY_KEYS: 409,
    IssuerCode.RATE_LIMITED: 429,
    IssuerCode.NOT_FOUND: 404,
    IssuerCode.NAME_TAKEN: 409,
    IssuerCode.ALREADY_ISSUED: 409,
    IssuerCode.IN_PROGRESS: 409,
    IssuerCode.IDEMPOTENCY_CONFLICT: 422,
    IssuerCode.NO_STATUS_ENTRY: 409,
    IssuerCode.ALREADY_SUPERSEDED: 409,
    IssuerCode.OTHER_LEARNER: 409,
    IssuerCode.WINDOW_NEEDED: 400,
    IssuerCode.TOO_LATE: 409,
    IssuerCode.ALREADY_REVOKED: 409,
    IssuerCode.NOT_SUSPENDED: 409,
    IssuerCode.REASON_NOT_ALLOWED: 400,
    IssuerCode.CURSOR_GONE: 410,
    IssuerCode.CONSENT_NEEDED: 422,
    IssuerCode.NOT_A_COMPLETION: 409,
    IssuerCode.ON_HOLD: 409,
    IssuerCode.SKILL_UNKNOWN: 422,
    IssuerCode.SKILL_NOT_RATED: 422,
    IssuerCode.CREDIT_UNKNOWN: 422,
    IssuerCode.CREDIT_PENDING: 409,
    IssuerCode.SCHOOL_UNKNOWN: 422,
    IssuerCode.ISSUER_MISMATCH: 400,
    IssuerCode.CHOOSE_ISSUER: 409,
    IssuerCode.NAME_MALFORMED: 400,
    IssuerCode.ALREADY_SECURED: 400,
    IssuerCode.STATUS_IS_OURS: 400,
    IssuerCode.FORMAT_UNFIT: 400,
    IssuerCode.KEY_IS_IDENTITY: 409,
    IssuerCode.TEST_NOT_SAID: 400,
    IssuerCode.OFFER_ENDED: 409,
    IssuerCode.OFFER_STATE: 409,
    IssuerCode.TOO_EARLY: 409,
    IssuerCode.FACTS_CHANGED: 409,
    IssuerCode.OWN_OUTPUT_REFUSED: 500,
    IssuerCode.SIGNER_UNAVAILABLE: 503,
    IssuerCode.CLOCK_WRONG: 503,
    IssuerCode.EXAMPLE_KEY: 500,
    IssuerCode.SCHEMA_UNKNOWN: 500,
    IssuerCode.STORE_UNAVAILABLE: 503,
    IssuerCode.KEYS_UNUSABLE: 503,
    IssuerCode.JOB_STATE: 409,
    IssuerCode.SETTINGS_REFUSED: 500,
    IssuerCode.AUDIT_BROKEN: 409,
    IssuerCode.FORM_NOT_OURS: 403,
    IssuerCode.FORM_REFUSED: 400,
    IssuerCode.NOTE_REFUSED: 400,
    IssuerCode.SECOND_PERSON_NEEDED: 403,
    IssuerCode.ALREADY_DECIDED: 409,
    IssuerCode.APPROVAL_EXPIRED: 409,
    IssuerCode.KEY_TOO_NEW: 409,
    IssuerCode.PROVIDER_UNAVAILABLE: 503,
    IssuerCode.SIGN_IN_REFUSED: 401,
    IssuerCode.TOO_MANY_TRIES: 429,
    IssuerCode.PASSWORD_REFUSED: 400,
    WebCode.BAD_REQUEST: 400,
    WebCode.NO_SUCH_PAGE: 404,
    WebCode.METHOD_NOT_ALLOWED: 405,
    WebCode.NOT_ACCEPTABLE: 406,
    WebCode.TOO_LARGE: 413,
    WebCode.UNSUPPORTED_MEDIA_TYPE: 415,
    WebCode.RECORD_REFUSED: 422,
    WebCode.OUR_FAULT: 500,
}
"""HTTP status by code. What is wrong with a document or with the form of a request
(``verifier.errors``) is always 400: VC-API clients expect it."""

TITLES: Final[Mapping[StrEnum, str]] = {
    **{code: title for code, title in DOCUMENT_TITLES.items()},  # noqa: C416  other key type
    IssuerCode.UNAUTHORISED: "This needs a key that is known",
    IssuerCode.FORBIDDEN: "The key does not allow this",
    IssuerCode.TOO_MANY_KEYS: "There are as many keys as there may be",
    IssuerCode.RATE_LIMITED: "Too many calls: come back later",
    IssuerCode.NOT_FOUND: "There is no such thing",
    IssuerCode.NAME_TAKEN: "The name is taken",
    IssuerCode.ALREADY_ISSUED: "Issued already, with other content",
    IssuerCode.IN_PROGRESS: "The first call is still running",
    IssuerCode.IDEMPOTENCY_CONFLICT: "The idempotency key was used with another body",
    IssuerCode.NO_STATUS_ENTRY: "The credential has no entry of that kind",
    IssuerCode.ALREADY_SUPERSEDED: "Another record took its place already",
    IssuerCode.WINDOW_NEEDED: "Several credentials are withdrawn with time to undo it",
    IssuerCode.TOO_LATE: "It is carried out and cannot be undone",
    IssuerCode.OTHER_LEARNER: "A correction is about the same person",
    IssuerCode.ALREADY_REVOKED: "Revoked already, and that is final",
    IssuerCode.NOT_SUSPENDED: "It is not suspended",
    IssuerCode.REASON_NOT_ALLOWED: "This reason is not allowed",
    IssuerCode.CURSOR_GONE: "The event you saw last is not kept here any more",
    IssuerCode.CONSENT_NEEDED: "The learner has not agreed to this",
    IssuerCode.NOT_A_COMPLETION: "It is not the credential of a completed micro-internship",
    IssuerCode.ON_HOLD: "It is on hold, and nothing is built on it now",
    IssuerCode.SKILL_UNKNOWN: "The record has no such skill",
    IssuerCode.SKILL_NOT_RATED: "Neither host nor school rated this skill",
    IssuerCode.CREDIT_UNKNOWN: "Nothing is said of credit",
    IssuerCode.CREDIT_PENDING: "The credit is not awarded yet",
    IssuerCode.SCHOOL_UNKNOWN: "No school is named",
    IssuerCode.ISSUER_MISMATCH: "The document names another issuer",
    IssuerCode.CHOOSE_ISSUER: "Say which issuer signs",
    IssuerCode.NAME_MALFORMED: "The name is not of the expected form",
    IssuerCode.ALREADY_SECURED: "The document carries a proof already",
    IssuerCode.STATUS_IS_OURS: "The document chooses a place in our status lists",
    IssuerCode.FORMAT_UNFIT: "The proof format does not fit",
    IssuerCode.KEY_IS_IDENTITY: "The identifier is the key, and cannot get another",
    IssuerCode.TEST_NOT_SAID: "The document does not say that it is a test",
    IssuerCode.OFFER_ENDED: "The offer of this record has ended",
    IssuerCode.OFFER_STATE: "The offer stands where this cannot be done",
    IssuerCode.TOO_EARLY: "The host may still answer",
    IssuerCode.FACTS_CHANGED: "The facts were changed meanwhile",
    IssuerCode.OWN_OUTPUT_REFUSED: "What was signed did not verify, and was not released",
    IssuerCode.SIGNER_UNAVAILABLE: "The signer does not answer",
    IssuerCode.CLOCK_WRONG: "The clock of this service is wrong",
    IssuerCode.EXAMPLE_KEY: "A key that everybody knows",
    IssuerCode.SCHEMA_UNKNOWN: "The database belongs to another release",
    IssuerCode.STORE_UNAVAILABLE: "The database does not answer",
    IssuerCode.KEYS_UNUSABLE: "A signing key cannot be used",
    IssuerCode.JOB_STATE: "The job has ended",
    IssuerCode.SETTINGS_REFUSED: "The settings are refused",
    IssuerCode.AUDIT_BROKEN: "The audit trail is not what was written",
    IssuerCode.FORM_NOT_OURS: "This form is not one of this session",
    IssuerCode.FORM_REFUSED: "The form cannot be taken like this",
    IssuerCode.NOTE_REFUSED: "The note cannot be kept",
    IssuerCode.SECOND_PERSON_NEEDED: "Somebody else has to approve this",
    IssuerCode.ALREADY_DECIDED: "The request was decided already",
    IssuerCode.APPROVAL_EXPIRED: "The request is over",
    IssuerCode.KEY_TOO_NEW: "The next key was published too short a time ago",
    IssuerCode.PROVIDER_UNAVAILABLE: "The identity provider does not answer",
    IssuerCode.SIGN_IN_REFUSED: "Nobody was signed in",
    IssuerCode.TOO_MANY_TRIES: "Too many tries to sign in",
    IssuerCode.PASSWORD_REFUSED: "This password is not taken",
    WebCode.BAD_REQUEST: "The request cannot be read",
    WebCode.NO_SUCH_PAGE: "There is nothing at this address",
    WebCode.METHOD_NOT_ALLOWED: "This address does not take that kind of request",
    WebCode.NOT_ACCEPTABLE: "There is no answer in the form you ask for",
    WebCode.TOO_LARGE: "The request is too large",
    WebCode.UNSUPPORTED_MEDIA_TYPE: "This kind of content is not taken here",
    WebCode.RECORD_REFUSED: "The rules refuse this record",
    WebCode.OUR_FAULT: "Something failed on our side",
}

DETAILS: Final[Mapping[WebCode, str]] = {
    WebCode.BAD_REQUEST: "Send it again as the documentation describes it.",
    WebCode.NO_SUCH_PAGE: "Check the address.",
    WebCode.METHOD_NOT_ALLOWED: "The Allow header names the kinds that it takes.",
    WebCode.NOT_ACCEPTABLE: "Ask for application/json.",
    WebCode.TOO_LARGE: "Send less in one request.",
    WebCode.UNSUPPORTED_MEDIA_TYPE: "Send application/json, in UTF-8, not compressed; "
    "a table as text/csv or as a file in a form.",
}

_BUSY: Final = "Many pages were opened from where you are. Try again in a minute."

_HTTP_CODES: Final[Mapping[int, WebCode]] = {
    404: WebCode.NO_SUCH_PAGE,
    405: WebCode.METHOD_NOT_ALLOWED,
    406: WebCode.NOT_ACCEPTABLE,
    413: WebCode.TOO_LARGE,
    415: WebCode.UNSUPPORTED_MEDIA_TYPE,
}


def title_of(code: str) -> str | None:
    """What a code means in a few words, records' codes too; ``None`` for an unknown one."""
    known: Mapping[str, str] = {str(name): title for name, title in TITLES.items()}
    return known.get(code) or SENTENCES.get(code)


def type_of(code: StrEnum) -> str:
    """The URL that names a code: W3C's own, or one at this service's public address."""
    return type_url_at(services().settings.base_url, code)


def type_url_at(base_url: str, code: StrEnum) -> str:
    """The URL that names a code of the service at ``base_url``."""
    return problem_type(code, base_url) if isinstance(code, Code) else f"{base_url}/problems/{code}"


def type_url_of(name: str) -> str:
    """The same for a code by its name, records' codes too."""
    if name in Code.__members__:
        return type_of(Code(name))
    return f"{services().settings.base_url}/problems/{name}"


def wants_html() -> bool:
    """Whether the client prefers a page. A program that names nothing gets JSON."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html"


def problem_json(code: StrEnum, detail: str, **members: object) -> JsonObject:
    """A problem document, with its status from the table."""
    status = 400 if isinstance(code, Code) else STATUSES[code]
    document = {"type": type_of(code), "title": TITLES[code], "status": status, "detail": detail}
    return document | members


def problem(code: StrEnum, detail: str, **members: object) -> Response:
    """A problem document as ``application/problem+json``."""
    document = problem_json(code, detail, **members)
    response = make_response(jsonify(document), document["status"])
    response.content_type = "application/problem+json"
    if document["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def finding_json(finding: Finding) -> JsonObject:
    """One finding about a record, with the address that explains its code."""
    return {"type": type_url_of(finding.code), **finding.to_json()}


def record_problem(findings: tuple[Finding, ...]) -> Response:
    """422: what the rules have against a record."""
    return problem(WebCode.RECORD_REFUSED, **_of_findings(findings))


def _of_findings(findings: tuple[Finding, ...]) -> JsonObject:
    codes = ", ".join(sorted({finding.code for finding in findings}))
    detail = f"Nothing was stored. See findings: {codes}."
    return {"detail": detail, "findings": [finding_json(finding) for finding in findings]}


def refusal_json(error: Exception) -> JsonObject | None:
    """The problem document of one part of a request; ``None`` for an error that is no refusal."""
    match error:
        case RecordError():
            return problem_json(WebCode.RECORD_REFUSED, **_of_findings(error.findings))
        case IssuerError():
            return problem_json(error.code, error.detail)
        case CheckError():
            return problem_json(error.code, error.detail, **_place_of(error))
    return None


def fault_json(error: Exception) -> JsonObject:
    """The problem document of one part at which something of ours broke; the log has the rest."""
    if isinstance(error, OwnFaultError):
        _LOG.error("own fault %s in request %s", error.code, request_id(), exc_info=error)
        return problem_json(error.code, error.detail)
    return problem_json(WebCode.OUR_FAULT, _refer_to(error))


def register(app: Flask) -> None:
    """Answer every refusal, every HTTP error and every fault of ours in one form."""
    app.register_error_handler(IssuerError, _on_issuer_error)
    app.register_error_handler(CheckError, _on_check_error)
    app.register_error_handler(RecordError, lambda error: record_problem(error.findings))
    app.register_error_handler(
        PayloadError, lambda error: problem(Code.MALFORMED_VALUE_ERROR, str(error))
    )
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(InternalServerError, _on_fault)


def _on_issuer_error(error: IssuerError) -> Response:
    if isinstance(error, OwnFaultError):
        _LOG.error("own fault %s in request %s", error.code, request_id(), exc_info=error)
    is_page = isinstance(error, RateLimitedError) and wants_html()
    response = _busy_page(error) if is_page else problem(error.code, error.detail)
    if isinstance(error, UnauthorisedError):
        response.headers["WWW-Authenticate"] = 'Bearer realm="issuer"'
    if isinstance(error, RateLimitedError):
        _say_when(response, error)
    if isinstance(error, InProgressError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _busy_page(error: IssuerError) -> Response:
    """People open share links; everything else that is limited is for programs."""
    title = TITLES[error.code]
    page = render_template("problem.html", words=words("en"), title=title, detail=_BUSY)
    return make_response(page, STATUSES[error.code])


def _say_when(response: Response, error: RateLimitedError) -> None:
    """``Retry-After`` (RFC 9110), and the fields of draft-ietf-httpapi-ratelimit-headers."""
    response.headers["Retry-After"] = str(error.retry_after)
    response.headers["RateLimit-Policy"] = f'"{error.counted}";q={error.count};w={error.seconds}'
    response.headers["RateLimit"] = f'"{error.counted}";r=0;t={error.retry_after}'


def _on_check_error(error: CheckError) -> Response:
    return problem(error.code, error.detail, **_place_of(error))


def _place_of(error: CheckError) -> JsonObject:
    return {"pointer": error.pointer} if error.pointer else {}


def _on_http_error(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _fault(error)
    code = _HTTP_CODES.get(status, WebCode.BAD_REQUEST)
    response = _page(code) if wants_html() else problem(code, DETAILS[code])
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _page(code: WebCode) -> Response:
    page = render_template(
        "problem.html", words=words("en"), title=TITLES[code], detail=DETAILS[code]
    )
    return make_response(page, STATUSES[code])


def _on_fault(error: InternalServerError) -> Response:
    return _fault(error.original_exception or error)


def _fault(error: BaseException) -> Response:
    """Something of ours broke."""
    detail = _refer_to(error)
    if wants_html():
        page = render_template(
            "problem.html", words=words("en"), title=TITLES[WebCode.OUR_FAULT], detail=detail
        )
        return make_response(page, STATUSES[WebCode.OUR_FAULT])
    return problem(WebCode.OUR_FAULT, detail)


def _refer_to(error: BaseException) -> str:
    """Log the cause under a reference, and tell the reference alone."""
    reference = services().new_uuid().hex[:8]
    _LOG.error("fault %s in request %s", reference, request_id(), exc_info=error)
    return f"Reference {reference}. Try again in a few minutes; a retry does no harm."
