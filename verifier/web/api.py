"""For programs: health, the interface described, the pages behind problem types, our files.

Leaves to others: verification over HTTP (``verifier.web.vc_api``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template
from werkzeug.exceptions import NotFound

from verifier.errors import Code
from verifier.explanations import EXPLANATIONS
from verifier.openapi import build_openapi
from verifier.presentation.assets import read_asset
from verifier.presentation.words import words
from verifier.problems import TITLES, problem_type
from verifier.strict_json import JsonObject
from verifier.web.headers import keep_for_ever
from verifier.web.openapi import describe
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
    explanation = EXPLANATIONS[known]
    told: JsonObject = {
        "type": problem_type(known, services().settings.base_url),
        "code": known.value,
        "title": TITLES[known],
        "meaning": explanation.meaning,
        "remedy": explanation.remedy,
    }
    if not wants_html():
        return jsonify(told)
    return make_response(render_template("problem_type.html", words=words("en"), **told))


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The interface for programs, of every origin."""
    response = jsonify(build_openapi(describe(services().settings.base_url)))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """A sheet or icon, under a name that changes with its content."""
    asset = read_asset(name)
    if asset is None:
        raise NotFound
    response = make_response(asset.body)
    response.content_type = asset.content_type
    return keep_for_ever(response)
