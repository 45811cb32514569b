"""What the store holds of access tokens (OAuth 2.0): rows, and what may be asked of them.

Leaves to others: what a token opens (``issuer.api_keys``), the queries
(``issuer.store._rooms``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenRow:
    """A token that was given for an API key: its visible prefix and the SHA-256 of the whole."""

    tenant_id: str
    id: str
    key_id: str
    prefix: str
    secret_hash: str = field(repr=False)
    scopes: frozenset[str]
    created: datetime
    expires_at: datetime
    revoked_at: datetime | None


class AccessTokens(Protocol):
    """The tenant's access tokens."""

    def add(self, row: AccessTokenRow) -> None:
        """Raises ``TakenError`` for a prefix that exists."""

    def revoke(self, token_id: str, at: datetime) -> bool:
        """Whether there was such a token. Revoking twice keeps the first instant."""

    def forget_before(self, at: datetime) -> int:
        """Delete what ended before; how many."""
