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
        """Delete older events, though never the newest one with a position; how many."""
