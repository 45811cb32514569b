"""The interface, told by the service itself: as OpenAPI for programs.

Leaves to others: what is told (``issuer.web.openapi``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify

from issuer import limits
from issuer.web.headers import keep
from issuer.web.openapi import describe
from issuer.web.services import services
from verifier.openapi import build_openapi

blueprint: Final = Blueprint("documentation", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The interface for programs, of every origin."""
    document = build_openapi(describe(services().settings.base_url))
    return keep(jsonify(document), max_age=limits.OPENAPI_MAX_AGE_SECONDS)
