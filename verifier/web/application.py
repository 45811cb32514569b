"""The application factory: blueprints, limits, headers, templates.

Leaves to others: reading the environment (``wsgi``), starting a server (``verifier.__main__``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from verifier import limits, presentation
from verifier.presentation.text import Address
from verifier.web import api, headers, pages, problems, resolver, vc_api
from verifier.web.services import Services

_TEMPLATES: Final = Path(__file__).parent / "templates"
_MULTIPART_OVERHEAD: Final = 65_536


class _Verifier(Flask):
    """Flask without its own log of exceptions, which would hold the path of a share: a key."""

    def log_exception(self, exc_info: object) -> None:
        """Left to ``problems``, which logs the fault under its reference."""


def create_app(services: Services) -> Flask:
    """Build the application for one set of services."""
    app = _Verifier(__name__, static_folder=None, template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=limits.UPLOAD_BYTES + _MULTIPART_OVERHEAD,
        MAX_FORM_MEMORY_SIZE=limits.REQUEST_BYTES,
        MAX_FORM_PARTS=limits.FORM_PARTS,
    )
    app.extensions["verifier"] = services
    _set_up_templates(app, services.settings.base_url)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(vc_api.blueprint)
    app.register_blueprint(resolver.blueprint)
    problems.register(app)

    @app.after_request
    def secure(response: Response) -> Response:
        is_https = services.settings.base_url.startswith("https:")
        return headers.secure(response, is_https=is_https)

    return app


def _set_up_templates(app: Flask, base_url: str) -> None:
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(_TEMPLATES), FileSystemLoader(presentation.TEMPLATE_FOLDER)]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        presentation.TEMPLATE_GLOBALS, site=Address(value=urlsplit(base_url).netloc)
    )
