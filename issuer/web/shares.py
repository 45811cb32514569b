"""Share links: the page for people, its JSON form for the verifier, its square code.

A link that is off, ended, unknown or mistyped has one answer, so that nobody learns which.
No request here changes anything, and nothing is kept: not by caches, not by us.

Leaves to others: the look-up (``issuer.shares``), what the page says (``share_page``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from issuer.documents.qr import qr_png, qr_svg
from issuer.errors import NotFoundError
from issuer.shares import SharedCredential, look_up
from issuer.web.gate import count_share
from issuer.web.problems import problem
from issuer.web.services import services
from issuer.web.share_page import build_share_page
from verifier.errors import RefusedError
from verifier.presentation.words import LANGUAGES, Words, choose_language, words
from verifier.qr import check_address, parse_token

blueprint: Final = Blueprint("shares", __name__)
blueprint.before_request(count_share)


@blueprint.get("/s/<token>")
def show(token: str) -> Response:
    """The issuer's copy, with the way to the check."""
    catalogue = _catalogue()
    try:
        shared = _find(token)
    except NotFoundError:
        return make_response(render_template("gone.html", words=catalogue), 404)
    web = services()
    page = build_share_page(
        shared, catalogue, now=web.clock(), verifier_url=web.settings.verifier_url
    )
    return make_response(render_template("share.html", words=catalogue, page=page))


@blueprint.get("/s/<token>.json")
def as_json(token: str) -> Response:
    """The signed credential and the issuer's own record of it, for every holder of the link."""
    try:
        shared = _find(token)
    except NotFoundError as error:
        return problem(error.code, error.detail)
    return jsonify(shared.to_json())


@blueprint.get("/s/<token>/qr.svg")
def code_as_svg(token: str) -> Response:
    """The square code of the check's address, for print."""
    response = make_response(qr_svg(_check_url(_find(token))))
    response.content_type = "image/svg+xml; charset=utf-8"
    return response


@blueprint.get("/s/<token>/qr.png")
def code_as_png(token: str) -> Response:
    """The same for screens."""
    response = make_response(qr_png(_check_url(_find(token))))
    response.content_type = "image/png"
    return response


def _find(token: str) -> SharedCredential:
    """The credential behind a link that works now. Raises ``NotFoundError``."""
    web = services()
    try:
        spelled = parse_token(token)
    except RefusedError as error:
        raise NotFoundError("This link does not work.") from error
    return look_up(web.office, spelled, now=web.clock())


def _check_url(shared: SharedCredential) -> str:
    return check_address(services().settings.verifier_url, shared.url)


def _catalogue() -> Words:
    """The words of the language that was asked for by link, or by the browser."""
    asked = request.args.get("lang", "")
    language = asked if asked in LANGUAGES else None
    return words(language or choose_language(request.headers.get("Accept-Language")))
