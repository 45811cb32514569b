"""The composition root: the environment becomes services, services become an application.

The only module of the web side that reads the environment, the clock and randomness.
Leaves to others: serving the application (``verifier.serving``).
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime
from typing import Final

from flask import Flask

from issuer.office import open_office
from issuer.oidc import Provider
from issuer.rate_limits import open_limiter
from issuer.settings import Settings
from issuer.web.application import create_app
from issuer.web.services import Services
from verifier.jsonld.contexts import load_all

FACTORY: Final = "issuer.web.wsgi:create"
THREADS: Final = 8
"""Requests at a time in one process. More only queue for the database's one writer."""


def create() -> Flask:
    """The application for this process, from ``ISSUER_*``. Raises ``RefusedStartError``,
    ``PinMismatchError``."""
    settings = Settings.from_env(os.environ)
    load_all()  # a context that is not the pinned one stops the start, not a request
    return create_app(
        Services(
            settings=settings,
            office=open_office(settings),
            clock=lambda: datetime.now(UTC),
            new_uuid=uuid.uuid4,
            provider=_provider(settings),
            limiter=open_limiter(settings.rates),
        )
    )


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc is None:
        return None
    return Provider(settings.oidc, loopback_origins=settings.loopback_origins)
