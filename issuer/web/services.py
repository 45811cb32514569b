"""What the web needs from the world outside, as one frozen value.

Leaves to others: making the real ones (``wsgi``), using them (the blueprints).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import current_app

from issuer.office import Office
from issuer.oidc import Provider
from issuer.rate_limits import Limiter, unlimited
from issuer.settings import Settings
from issuer.store.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """``office`` holds memory and keys; ``clock`` is aware and is read once for each request;
    ``new_uuid`` gives random ids."""

    settings: Settings
    office: Office
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]
    provider: Provider | None = None
    """Through which operators may sign in."""
    limiter: Limiter = field(default_factory=unlimited)
    """The real service has one from its settings (``wsgi``)."""

    @property
    def store(self) -> Store:
        """The memory."""
        return self.office.store


def services() -> Services:
    """What ``create_app`` was given."""
    found = current_app.extensions["issuer"]
    assert isinstance(found, Services)  # noqa: S101  for the type checker
    return found
