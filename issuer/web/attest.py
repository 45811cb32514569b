"""``/attest/TOKEN``: the page on which a host confirms facts, or says what is not so.

No account, no cookie, no script: the link is the key. Nothing rides along by itself, so another
site cannot answer in a host's name without the token, and an answer names the facts that were on
the page, which only the page knows. A GET changes nothing.

The host rates nobody here. Feedback has a section of its own once there is a place for it; facts
are confirmed without it (domain §1.9).

Leaves to others: the answer (``issuer.hosts_word``), the facts (``attest_page``), the form
(``attest_form``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.exceptions import UnsupportedMediaType

from issuer import limits
from issuer.errors import ConflictError, NotFoundError
from issuer.hosts_word import Question, answer_question, find_question
from issuer.web.attest_form import FormError, read_answer, read_form
from issuer.web.attest_page import build_attest_page, fact_lines
from issuer.web.headers import allow_forms
from issuer.web.services import services
from verifier.errors import RefusedError
from verifier.presentation.words import LANGUAGES, Words, choose_language, words
from verifier.qr import parse_token

blueprint: Final = Blueprint("attest", __name__)
_FORM: Final = "application/x-www-form-urlencoded"


@blueprint.get("/attest/<token>")
def show(token: str) -> Response:
    """The facts; or thanks, once they were answered."""
    try:
        question = _find(token)
    except NotFoundError:
        return _gone()
    if question.is_answered:
        return _page("attest_done.html", _catalogue(question), 200)
    return _facts(question, _catalogue(question)) if question.is_open else _gone()


@blueprint.post("/attest/<token>")
def take(token: str) -> Response:
    """The host's answer."""
    try:
        question = _find(token)
    except NotFoundError:
        return _gone()
    catalogue = _catalogue(question)
    if not question.is_open:
        return _done(token, catalogue) if question.is_answered else _gone()
    ids = [line.id for line in fact_lines(question, catalogue)]
    typed = read_form(_fields(), ids)
    try:
        answer = read_answer(typed, ids, statement=catalogue["attest.statement"])
    except FormError as error:
        return _facts(question, catalogue, typed=typed, faults=error.faults, status=422)
    web = services()
    try:
        answer_question(
            web.office, parse_token(token), answer, facts_hash=typed.facts_hash, now=web.clock()
        )
    except NotFoundError:
        return _gone()
    except ConflictError:
        return _facts(_find(token), catalogue, has_changed=True, status=409)
    return _done(token, catalogue)


def _fields() -> list[tuple[str, str]]:
    """Raises ``UnsupportedMediaType`` (415), ``RequestEntityTooLarge`` (413)."""
    if request.mimetype != _FORM:
        raise UnsupportedMediaType
    request.max_content_length = limits.ATTEST_FORM_BYTES
    request.max_form_memory_size = limits.ATTEST_FORM_BYTES
    request.max_form_parts = limits.ATTEST_FORM_FIELDS
    return list(request.form.items(multi=True))


def _find(token: str) -> Question:
    try:
        return find_question(services().office, parse_token(token))
    except RefusedError as error:
        raise NotFoundError("This link does not work.") from error


def _facts(question: Question, catalogue: Words, *, status: int = 200, **said: object) -> Response:
    page = build_attest_page(question, catalogue, **said)  # type: ignore[arg-type]  # its own words
    response = _page("attest.html", catalogue, status, page=page)
    allow_forms(response)
    return response


def _page(template: str, catalogue: Words, status: int, **values: object) -> Response:
    return make_response(render_template(template, words=catalogue, **values), status)


def _done(token: str, catalogue: Words) -> Response:
    """To the page that says thanks, so that loading it again sends nothing again."""
    answer = redirect(f"/attest/{parse_token(token)}?lang={catalogue.language}", 303)
    return make_response(answer)


def _gone() -> Response:
    """A link that was replaced, has ended or never was: one page."""
    return _page("attest_gone.html", _catalogue(None), 404)


def _catalogue(question: Question | None) -> Words:
    """The language that was asked for by link, else that of the mail or of the browser."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return words(asked)
    if question is not None:
        return words(question.language)
    return words(choose_language(request.headers.get("Accept-Language")))
