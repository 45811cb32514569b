"""What the store holds of reviews: requests that wait for a second person, suspensions that end
by themselves, and the rules that a tenant chose.

Leaves to others: what a request does (``issuer.approvals``), the queries (``_rooms``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ApprovalState(StrEnum):
    """Where a request stands. One whose time is over is not carried out any more."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """A request and what became of it. ``arguments`` is JSON, shown exactly as it is carried out;
    ``note`` stays inside; ``result`` is JSON."""

    tenant_id: str
    id: str
    action: str
    arguments: str
    note: str = field(repr=False)
    state: ApprovalState
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionRow:
    """When the suspension of an issuance ends by itself. ``id`` is that of the issuance."""

    tenant_id: str
    id: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule that the tenant chose. ``id`` is its name."""

    tenant_id: str
    id: str
    value: str


class Approvals(Protocol):
    """Requests that wait for a second person, and those that were decided."""

    def add(self, row: ApprovalRow) -> None:
        """Write a new request."""

    def get(self, approval_id: str) -> ApprovalRow | None:
        """The request with this id."""

    def lock(self, approval_id: str) -> ApprovalRow | None:
        """The same, and nobody else decides it until the unit ends."""

    def pending(self) -> tuple[ApprovalRow, ...]:
        """What was not decided, oldest first, also what is over by now."""

    def decided(self, count: int) -> tuple[ApprovalRow, ...]:
        """The newest ``count`` that were decided, newest first."""

    def decide(self, row: ApprovalRow) -> bool:
        """Write what became of a request that is pending; whether it was."""


class Suspensions(Protocol):
    """Suspensions and their ends."""

    def add(self, row: SuspensionRow) -> None:
        """Write an end. One that is there stays."""

    def get(self, issuance_id: str) -> SuspensionRow | None:
        """The end of a suspension."""

    def due(self, now: datetime) -> tuple[SuspensionRow, ...]:
        """Those whose end has come, oldest first."""

    def end(self, issuance_id: str) -> None:
        """It is over."""


class Rules(Protocol):
    """The tenant's own rules."""

    def add(self, row: RuleRow) -> None:
        """Write a rule, or another value of it."""

    def get(self, name: str) -> RuleRow | None:
        """The rule with this name."""
