"""What the store holds of withdrawing many credentials at once: an order, and its items.

Leaves to others: what an order does (``issuer.bulk_revocation``), the queries (``_rooms``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class RevocationState(StrEnum):
    """Where an order stands."""

    AWAITING_APPROVAL = "awaitingApproval"
    """A second person has to agree first."""
    PENDING = "pending"
    """It is carried out when its time comes, and can be undone until then."""
    APPLIED = "applied"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRow:
    """One order. ``reason`` is internal; ``window`` is how many seconds it can be undone."""

    tenant_id: str
    id: str
    state: RevocationState
    reason: str | None
    actor: str
    window: int
    due_at: datetime
    created: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationItemRow:
    """One credential of an order; ``outcome`` is one word once it was looked at."""

    tenant_id: str
    id: str
    revocation_id: str
    issuance_id: str
    outcome: str | None


class Revocations(Protocol):
    """The tenant's orders."""

    def add(self, row: RevocationRow) -> None:
        """Write a new one."""

    def get(self, revocation_id: str) -> RevocationRow | None:
        """The order with this id."""

    def lock(self, revocation_id: str) -> RevocationRow | None:
        """The same, and nobody else changes it until the unit ends."""

    def replace(self, row: RevocationRow) -> None:
        """Write a changed row."""


class RevocationItems(Protocol):
    """The credentials of orders."""

    def add(self, row: RevocationItemRow) -> None:
        """Raises ``TakenError`` when the order has this credential already."""

    def of(self, revocation_id: str) -> tuple[RevocationItemRow, ...]:
        """All of an order, always in the same order."""

    def open(self, revocation_id: str, limit: int) -> tuple[RevocationItemRow, ...]:
        """The first ``limit`` without an outcome."""

    def settle(self, item_id: str, outcome: str) -> None:
        """Write the outcome of one."""
