"""The interface, told by the service itself: OpenAPI for programs, a page for people, and a page
for each problem.

Leaves to others: what is told (``issuer.web.openapi``, ``issuer.web.explanations``).
"""

from __future__ import annotations

from functools import cache
from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from issuer import limits
from issuer.record import SENTENCES
from issuer.web.explanations import explain
from issuer.web.headers import keep
from issuer.web.openapi import describe
from issuer.web.openapi.reference import build_parts, build_shapes, example_files
from issuer.web.problems import STATUSES, TITLES, title_of, type_url_of, wants_html
from issuer.web.services import services
from verifier.errors import Code
from verifier.explanations import Explanation
from verifier.openapi import Interface, build_openapi
from verifier.presentation.words import words
from verifier.strict_json import JsonObject

blueprint: Final = Blueprint("documentation", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The interface for programs, of every origin."""
    document = build_openapi(_interface(services().settings.base_url))
    return keep(jsonify(document), max_age=limits.OPENAPI_MAX_AGE_SECONDS)


@blueprint.get("/docs")
def reference() -> Response:
    """The interface for people."""
    interface = _interface(services().settings.base_url)
    page = render_template(
        "docs.html",
        words=words("en"),
        interface=interface,
        pages=build_parts(interface),
        shapes=build_shapes(interface),
        codes=_titles(),
    )
    return make_response(page)


@blueprint.get("/docs/examples/<name>.json")
def example(name: str) -> Response:
    """The body of an example, to be sent as it is."""
    body = _example_files(services().settings.base_url).get(f"{name}.json")
    if body is None:
        raise NotFound
    response = make_response(f"{body}\n")
    response.content_type = "application/json"
    return response


@blueprint.get("/problems/<code>")
def explain_problem(code: str) -> Response:
    """What a problem type means and what to do, at the address that the type is."""
    title = title_of(code)
    if title is None:
        raise NotFound
    explanation = explain(code) or Explanation(f"{title}.", "Compare with the documentation.")
    told: JsonObject = {
        "type": type_url_of(code),
        "code": code,
        "title": title,
        "meaning": explanation.meaning,
        "remedy": explanation.remedy,
    }
    if not wants_html():
        return jsonify(told)
    page = render_template("problem_type.html", words=words("en"), status=_status(code), **told)
    return make_response(page)


def in_code(text: str) -> Markup:
    """A sentence of ours with what stands between backticks as code: a filter of the templates."""
    words_of = (
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(text.split("`"))
    )
    return Markup("").join(words_of)


@cache
def _interface(base_url: str) -> Interface:
    return describe(base_url)


@cache
def _example_files(base_url: str) -> dict[str, str]:
    return example_files(_interface(base_url))


def _titles() -> list[tuple[str, str]]:
    """Every code with its title, those of records at the end."""
    return [(str(code), title) for code, title in TITLES.items()] + list(SENTENCES.items())


def _status(code: str) -> int | None:
    """The status that a code is answered with; a finding has none of its own."""
    if code in Code.__members__:
        return 400
    return {str(name): status for name, status in STATUSES.items()}.get(code)
