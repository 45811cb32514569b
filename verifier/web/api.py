"""For programs: VC-API's verify endpoint, health, the pages behind problem types, our files.

``POST /credentials/verify`` follows the VC-API of the W3C Credentials Community Group: 200
when the credential is verified and 400 in every other case, because clients look at the
status alone; the body is the whole report. Options are read and change nothing: every
check always runs.

Leaves to others: the judgement (``verifier.judgement``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import NotFound

from verifier import limits
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.intake.received import Received
from verifier.judgement import Judgement, unreceived
from verifier.policy import VC_API
from verifier.presentation.assets import read_asset
from verifier.presentation.words import words
from verifier.problems import TITLES, problem_type
from verifier.report import Outcome
from verifier.strict_json import JsonObject, parse_json_object
from verifier.web.headers import keep_for_ever
from verifier.web.pages import services
from verifier.web.problems import wants_html

blueprint: Final = Blueprint("api", __name__)


@blueprint.post("/credentials/verify")
def verify_credential() -> Response:
    """VC-API: judge ``verifiableCredential`` of the request."""
    request.max_content_length = limits.REQUEST_BYTES
    web = services()
    now = web.clock()
    try:
        document = _read_request(request.get_data())
    except CheckError as error:
        return _answer(unreceived(error, now=now, policy=VC_API))
    with web.open_sources() as sources:
        received = Received(data=document)
        return _answer(web.judge(received, now=now, policy=VC_API, sources=sources))


def _read_request(body: bytes) -> JsonObject:
    """The credential of a request. Raises ``RefusedError`` and ``UncheckedError``."""
    envelope = parse_json_object(body, max_bytes=limits.REQUEST_BYTES)
    if not isinstance(envelope.get("options", {}), dict):
        raise RefusedError(Code.PARSING_ERROR, "options is not an object.", pointer="/options")
    document = envelope.get("verifiableCredential")
    if isinstance(document, str):
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT,
            "A credential as text (JWT) is not supported yet.",
            pointer="/verifiableCredential",
        )
    if not isinstance(document, dict):
        raise RefusedError(
            Code.PARSING_ERROR,
            "verifiableCredential is missing or not an object.",
            pointer="/verifiableCredential",
        )
    return document


def _answer(judgement: Judgement) -> Response:
    body = judgement.report.to_json(services().settings.base_url)
    status = 200 if judgement.report.outcome is Outcome.VERIFIED else 400
    return make_response(jsonify(body), status)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; it holds no state that could be unwell."""
    return jsonify({"status": "ok"})


@blueprint.get("/problems/<code>")
def explain_problem(code: str) -> Response:
    """What a problem type means, at the address that the type is."""
    if code not in Code.__members__:
        raise NotFound
    known = Code(code)
    type_url = problem_type(known, services().settings.base_url)
    if not wants_html():
        return jsonify({"type": type_url, "code": known.value, "title": TITLES[known]})
    page = render_template(
        "problem.html",
        words=words("en"),
        title=TITLES[known],
        detail=known.value,
        type_url=type_url,
    )
    return make_response(page)


@blueprint.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """A sheet or icon, under a name that changes with its content."""
    asset = read_asset(name)
    if asset is None:
        raise NotFound
    response = make_response(asset.body)
    response.content_type = asset.content_type
    return keep_for_ever(response)
