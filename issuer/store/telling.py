"""What the store holds of what a tenant is told: rows, and what may be asked of them.

An event gets two numbers. ``drawn`` is the database's own, drawn when the row is written, so of
two events of one thing the earlier has the smaller one; but a transaction that drew early may
commit late, and then a reader who follows ``drawn`` has passed it by. ``position`` is given
afterwards, to events that can be seen, by one unit at a time, without gaps: what has a position
never gets a neighbour below it. Readers follow ``position`` and nothing else.

Leaves to others: what is told (``issuer.events``), the queries (``issuer.store._rooms``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """One event. ``data`` is JSON with ids and states alone; ``position`` counts the tenant's
    events from 1 and is ``None`` until it is given."""

    tenant_id: str
    id: str
    position: int | None
    kind: str
    subject: str
    data: str = field(repr=False)
    created: datetime


class WebhookState(StrEnum):
    """Whether anything is sent to an address."""

    ACTIVE = "active"
    OFF = "off"
    """Switched off by its owner."""
    DISABLED = "disabled"
    """Switched off by us; ``note`` says why."""


class DeliveryState(StrEnum):
    """What became of sending one event to one address."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up after the last attempt; it may be replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """An address that is told. ``kinds`` is empty for all. Its secret is derived from its id and
    ``generation`` and stands nowhere; until ``overlap_until`` the one before signs too.
    ``position`` is how far events were turned into deliveries. ``failures`` counts attempts in a
    row that failed, since ``failing_since``; nothing is tried before ``resting_until``, and
    nobody else sends before ``leased_until``."""

    tenant_id: str
    id: str
    url: str
    kinds: tuple[str, ...]
    generation: int
    overlap_until: datetime | None
    state: WebhookState
    note: str | None
    position: int
    failures: int
    failing_since: datetime | None
    resting_until: datetime
    leased_until: datetime
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One event for one address. ``position`` and ``subject`` are the event's; ``outcome`` is one
    word about the last attempt, ``status`` the HTTP status of its answer, if there was one."""

    tenant_id: str
    id: str
    webhook_id: str
    event_id: str
    position: int
    subject: str
    state: DeliveryState
    attempts: int
    next_at: datetime
    outcome: str | None
    status: int | None
    changed_at: datetime


class Outbox(Protocol):
    """What the tenant is told, in the order of positions."""

    def add(self, row: ToldRow) -> None:
        """Write an event that has no position yet."""

    def has_unnumbered(self) -> bool:
        """Whether an event that can be seen waits for its position."""

    def number(self, limit: int) -> int:
        """Give positions to at most ``limit`` events; how many got one. Units that number at the
        same time wait for each other; units that add events do not wait."""

    def get(self, event_id: str) -> ToldRow | None:
        """The event with this id."""

    def at(self, position: int) -> ToldRow | None:
        """The event at this position."""

    def first(self) -> ToldRow | None:
        """The oldest event that is kept and has a position."""

    def last(self) -> ToldRow | None:
        """The newest event that has a position."""

    def between(
        self, after: int, until: int, *, kinds: Collection[str], limit: int
    ) -> tuple[ToldRow, ...]:
        """The first ``limit`` events after one position and up to another, in order; without
        ``kinds`` those of every kind."""

    def forget_before(self, at: datetime) -> int:
        """Delete older events and what is left of sending them, though never the newest event
        with a position; how many."""


class Webhooks(Protocol):
    """The tenant's addresses."""

    def add(self, row: WebhookRow) -> None:
        """Raises ``TakenError`` when the tenant has this address already."""

    def get(self, webhook_id: str) -> WebhookRow | None:
        """The webhook with this id."""

    def lock(self, webhook_id: str) -> WebhookRow | None:
        """The same, and nobody else changes it until the unit ends."""

    def all(self) -> tuple[WebhookRow, ...]:
        """All, oldest first."""

    def replace(self, row: WebhookRow) -> None:
        """Write a changed row. Raises ``TakenError`` for another's address."""

    def lease(self, webhook_id: str, now: datetime, until: datetime) -> bool:
        """Be the one who sends until then: if it is active, rested, and nobody else's."""

    def remove(self, webhook_id: str) -> bool:
        """Delete it and its deliveries; whether there was one."""


class Deliveries(Protocol):
    """Events on their way to addresses."""

    def add(self, row: DeliveryRow) -> None:
        """Write a new one. Raises ``TakenError`` when this event goes to this address already."""

    def is_known(self, webhook_id: str, event_id: str) -> bool:
        """Whether this event goes, or went, to this address."""

    def due(self, webhook_id: str, now: datetime, limit: int) -> tuple[DeliveryRow, ...]:
        """The first ``limit`` that may be sent, in order: pending, their time has come, and no
        earlier event of the same subject is pending for this address."""

    def mark(self, row: DeliveryRow, attempts: int) -> bool:
        """Write what became of an attempt, if ``attempts`` were made before it."""

    def of_webhook(
        self, webhook_id: str, *, state: str | None, before: int | None, limit: int
    ) -> tuple[DeliveryRow, ...]:
        """The newest first: of one state, and below a position, where these are named."""

    def repeat(self, webhook_id: str, after: int, until: int, now: datetime) -> int:
        """Let those whose events stand after one position and up to another be sent again, with
        all their attempts; how many."""
