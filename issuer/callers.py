"""Who is asking, and what they may do.

Leaves to others: finding out who it is (``issuer.api_keys``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from issuer.errors import ForbiddenError, IssuerCode


class Scope(StrEnum):
    """What an API key allows (design §6)."""

    ISSUE = "issue"
    REVOKE = "revoke"
    READ = "read"
    ADMIN = "admin"
    CREDIT = "credit"
    """The registrar's right: to attest academic credit (domain §2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A tenant's caller. ``actor`` names it in the audit trail: ``apikey:PREFIX`` or ``cli``."""

    tenant_id: str
    actor: str
    scopes: frozenset[Scope]

    def require(self, scope: Scope) -> None:
        """Raises ``ForbiddenError`` when the caller lacks ``scope``."""
        if scope not in self.scopes:
            raise ForbiddenError(IssuerCode.FORBIDDEN, f"This key lacks the scope {scope.value!r}.")
