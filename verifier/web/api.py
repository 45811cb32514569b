"""For programs: health, the pages behind problem types, our files.

Leaves to others: verification over HTTP (``verifier.web.vc_api``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template
from werkzeug.exceptions import NotFound

from verifier.errors import Code
from verifier.presentation.assets import read_asset
from verifier.presentation.words import words
from verifier.problems import TITLES, problem_type
from verifier.web.headers import keep_for_ever
from verifier.web.pages import services
from verifier.web.problems import wants_html

blueprint: Final = Blueprint("api", __name__)


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
