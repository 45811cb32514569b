"""The composition root: the environment becomes services, services become an application.

The only module of the web side that reads the environment and the clock.
Leaves to others: serving the application (``verifier.serving``).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from typing import Final

from flask import Flask

from verifier.intake.pictures import PictureReader
from verifier.jsonld.contexts import load_all
from verifier.judgement import judge, judge_presentation
from verifier.outside import Outside
from verifier.settings import Settings
from verifier.status.check import StatusCache
from verifier.web.application import create_app
from verifier.web.services import Services

FACTORY: Final = "verifier.web.wsgi:create"
THREADS: Final = 16
"""Requests at a time in one process: most of the time of one is waiting for an issuer."""


def create() -> Flask:
    """The application for this process, from ``VERIFIER_*``. Raises ``SettingsError``,
    ``PinMismatchError``."""
    settings = Settings.from_env(os.environ)
    load_all()  # a context that is not the pinned one stops the start, not a request
    outside = Outside(settings)
    cache = StatusCache()
    return create_app(
        Services(
            settings=settings,
            clock=lambda: datetime.now(UTC),
            open_sources=outside.open_sources,
            judge=partial(judge, status_cache=cache),
            judge_presentation=partial(judge_presentation, status_cache=cache),
            read_codes=PictureReader().read_codes,
        )
    )
