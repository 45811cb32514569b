"""Errors over HTTP: one table of statuses and sentences, as HTML or JSON by ``Accept``.

A problem document (RFC 9457) says what happened and what to do; it never shows internals.
503 is kept for our own faults; hostile or broken input is a 4xx.

Leaves to others: verdicts, which are answers and not errors (``pages``, ``api``).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Final

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from verifier.presentation.answer import ResultPage
from verifier.presentation.verdict import our_fault
from verifier.presentation.words import words

_LOG = logging.getLogger(__name__)
_RETRY_SECONDS: Final = 60

SENTENCES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("The request cannot be read", "Send it again as the documentation describes it."),
    404: ("There is no such page", "Check the address, or start from the first page."),
    405: ("This address does not take that kind of request", "See the documentation."),
    406: ("There is no answer in the form you ask for", "Ask for HTML or JSON."),
    413: ("Too large", "A file may have 5 MB, a credential 1 MB."),
    414: ("The address is too long", "Check the address."),
    415: ("This kind of content is not taken here", "Send a form, or JSON, as documented."),
    431: ("Too many headers", "Send fewer or shorter ones."),
}


def wants_html() -> bool:
    """Whether the client prefers a page. A program that names nothing gets JSON."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html"


def problem(status: int, title: str, detail: str, type_url: str = "about:blank") -> Response:
    """A problem document as ``application/problem+json``."""
    body = {"type": type_url, "title": title, "status": status, "detail": detail}
    response = make_response(jsonify(body), status)
    response.content_type = "application/problem+json"
    return response


def register(app: Flask) -> None:
    """Answer every HTTP error, and every fault of ours, in our own words."""

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if status >= 500:
            return _fault(error)
        title, detail = SENTENCES.get(status, SENTENCES[400])
        response = _page(status, title, detail) if wants_html() else problem(status, title, detail)
        allow = error.get_response().headers.get("Allow")
        if allow:
            response.headers["Allow"] = allow
        return response

    @app.errorhandler(InternalServerError)
    def on_fault(error: InternalServerError) -> Response:
        return _fault(error.original_exception or error)


def _page(status: int, title: str, detail: str) -> Response:
    catalogue = words("en")
    return make_response(
        render_template("problem.html", words=catalogue, title=title, detail=detail), status
    )


def _fault(error: BaseException) -> Response:
    """Something of ours broke: nothing was decided, and the log holds the reference."""
    name = secrets.token_hex(4).upper()
    _LOG.error("fault %s", name, exc_info=error)
    if wants_html():
        catalogue = words("en")
        page = ResultPage(verdict=our_fault(catalogue, name))
        response = make_response(render_template("result.html", words=catalogue, page=page), 503)
    else:
        detail = f"Reference {name}. Nothing was decided. Try again in a few minutes."
        response = problem(503, "Something failed on our side", detail)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response
