"""The pages for people, and ``/check``, which answers people and programs alike.

``GET /`` asks what to check; ``POST /check`` takes one link, text or file; ``GET
/c/{issuer-host}/{token}`` is the address in QR codes. A page answers 200 once it has judged,
whatever the verdict, and 404 for a link that is off, ended or unknown. JSON answers 200 for
*verified* alone.

Leaves to others: the judgement (``verifier.judgement``), errors (``problems``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
)
from werkzeug.exceptions import UnsupportedMediaType

from verifier import limits
from verifier.errors import CheckError, Code, MissingError, RefusedError
from verifier.intake.links import complete_link, receive_link, receive_share
from verifier.intake.received import NothingToCheckError, Received
from verifier.intake.uploads import receive_file, receive_text
from verifier.judgement import Judgement, unreceived
from verifier.policy import STANDARD
from verifier.presentation.answer import Again, ResultPage, again_with, build_json, build_page
from verifier.presentation.verdict import no_link
from verifier.presentation.words import words
from verifier.qr import CheckAddress, parse_issuer_host, parse_token
from verifier.report import Outcome
from verifier.sources import Fetch
from verifier.web.problems import problem, wants_html
from verifier.web.services import Services

blueprint: Final = Blueprint("pages", __name__)
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_WORDS: Final = words("en")


def services() -> Services:
    """What ``create_app`` was given."""
    found = current_app.extensions["verifier"]
    assert isinstance(found, Services)  # noqa: S101  for the type checker
    return found


@blueprint.get("/")
def home() -> Response:
    """Ask what to check."""
    return make_response(render_template("home.html", words=_WORDS))


@blueprint.post("/check")
def check() -> Response:
    """Judge one link, text or file from a form."""
    if request.mimetype not in _FORMS:
        raise UnsupportedMediaType
    link = request.form.get("link", "").strip()
    again = Again(link=link) if link else None
    return _judge_and_answer(_receive_form, again, given=request.form.get("given", ""))


@blueprint.get("/c/<issuer_host>/<token>")
def check_share(issuer_host: str, token: str) -> Response:
    """Judge the share that a QR code names."""
    try:
        address = CheckAddress(issuer_host=parse_issuer_host(issuer_host), token=parse_token(token))
    except RefusedError:
        return _missing()
    again = Again(link=services().settings.base_url + address.path)
    return _judge_and_answer(lambda fetch: receive_share(address, fetch=fetch), again)


def _receive_form(fetch: Fetch) -> Received:
    """The one thing that the form holds."""
    web = services()
    base_url = web.settings.base_url
    link, text = (request.form.get(name, "").strip() for name in ("link", "text"))
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    if sum(bool(value) for value in (link, text, data)) != 1:
        raise NothingToCheckError(Code.PARSING_ERROR, "Give one link, one text or one file.")
    if data:
        return receive_file(data, base_url=base_url, fetch=fetch, read_codes=web.read_codes)
    if text or link.startswith("{"):
        return receive_text(text or link, base_url=base_url, fetch=fetch)
    return receive_link(complete_link(link, base_url), base_url=base_url, fetch=fetch)


def _judge_and_answer(
    receive: Callable[[Fetch], Received], again: Again | None, *, given: str = ""
) -> Response:
    web = services()
    now = web.clock()
    with web.open_sources() as sources:
        try:
            received = receive(sources.fetch)
        except MissingError:
            return _missing()
        except NothingToCheckError as error:
            judgement = unreceived(error, now=now, policy=STANDARD)
            return _ask_again(error) if wants_html() else _as_json(judgement)
        except CheckError as error:
            return _answer(unreceived(error, now=now, policy=STANDARD), again, given)
        judgement = web.judge(received, now=now, policy=STANDARD, sources=sources)
    return _answer(judgement, again or again_with(received), given)


def _answer(judgement: Judgement, again: Again | None, given: str) -> Response:
    if not wants_html():
        return _as_json(judgement)
    page = build_page(judgement, _WORDS, again=again, given=given)
    return make_response(render_template("result.html", words=_WORDS, page=page))


def _as_json(judgement: Judgement) -> Response:
    body = build_json(judgement, _WORDS, services().settings.base_url)
    status = 200 if judgement.report.outcome is Outcome.VERIFIED else 400
    return make_response(jsonify(body), status)


def _ask_again(error: NothingToCheckError) -> Response:
    page = render_template(
        "home.html",
        words=_WORDS,
        error=error.detail,
        field=_field_at_fault(),
        typed=request.form.get("link", "")[: limits.URL_CHARACTERS],
    )
    return make_response(page, 400)


def _field_at_fault() -> str:
    if request.form.get("text", "").strip():
        return "text"
    upload = request.files.get("file")
    return "file" if upload and upload.filename else "link"


def _missing() -> Response:
    """The same answer for a link that is off, ended, unknown or mistyped."""
    verdict = no_link(_WORDS)
    if not wants_html():
        return problem(404, verdict.word, "It was switched off, ended, or never existed.")
    page = ResultPage(verdict=verdict)
    return make_response(render_template("result.html", words=_WORDS, page=page), 404)
