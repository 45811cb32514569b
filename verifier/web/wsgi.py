"""The composition root: the environment becomes services, services become an application.

The only module of the web side that reads the environment and the clock.
Leaves to others: serving the application (``server``).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial

from flask import Flask

from verifier.intake.pictures import PictureReader
from verifier.judgement import judge
from verifier.outside import Outside
from verifier.settings import Settings
from verifier.status.check import StatusCache
from verifier.web.application import create_app
from verifier.web.services import Services


def create() -> Flask:
    """The application for this process, from ``VERIFIER_*``. Raises ``SettingsError``."""
    settings = Settings.from_env(os.environ)
    outside = Outside(settings)
    return create_app(
        Services(
            settings=settings,
            clock=lambda: datetime.now(UTC),
            open_sources=outside.open_sources,
            judge=partial(judge, status_cache=StatusCache()),
            read_codes=PictureReader().read_codes,
        )
    )
