"""The application factory: blueprints, limits, headers, templates.

Leaves to others: reading the environment (``wsgi``), starting a server (``server``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from issuer import limits
from issuer.web import (
    addresses,
    attest,
    batches,
    completions,
    corrections,
    documentation,
    events,
    further,
    gate,
    headers,
    imports,
    jobs,
    keys,
    oauth,
    offers,
    problems,
    public,
    request_ids,
    revocations,
    shares,
    vc_api,
    webhooks,
)
from issuer.web.console import pages as console
from issuer.web.console import provider as console_provider
from issuer.web.console import reviews as console_reviews
from issuer.web.console import tenants as console_tenants
from issuer.web.services import Services
from verifier import presentation

_TEMPLATES: Final = Path(__file__).parent / "templates"
_ROOMS: Final = (
    attest,
    batches,
    completions,
    corrections,
    console,
    console_provider,
    console_reviews,
    console_tenants,
    documentation,
    events,
    imports,
    keys,
    further,
    offers,
    oauth,
    jobs,
    public,
    revocations,
    shares,
    vc_api,
    webhooks,
)
"""The modules with a ``blueprint``."""


class _Issuer(Flask):
    """Flask without its own log of exceptions, which would hold the path of a share: a key."""

    def log_exception(self, exc_info: object) -> None:
        """Left to ``problems``, which logs the fault under its reference."""


def create_app(services: Services) -> Flask:
    """Build the application for one set of services."""
    app = _Issuer(__name__, static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=limits.PAYLOAD_BYTES)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.json.sort_keys = False  # type: ignore[attr-defined]  # documents go out as they are
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.url_map.converters.update(addresses.CONVERTERS)
    app.extensions["issuer"] = services
    _set_up_templates(app, services.settings.base_url)
    for room in _ROOMS:
        app.register_blueprint(room.blueprint)
    problems.register(app)
    request_ids.register(app)
    is_https = services.settings.base_url.startswith("https:")

    app.after_request(gate.warn_of_end)

    @app.after_request
    def secure(response: Response) -> Response:
        return headers.secure(response, is_https=is_https)

    return app


def _set_up_templates(app: Flask, base_url: str) -> None:
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(_TEMPLATES), FileSystemLoader(presentation.TEMPLATE_FOLDER)]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters["codes"] = documentation.in_code
    app.jinja_env.globals.update(presentation.TEMPLATE_GLOBALS, site=urlsplit(base_url).netloc)
