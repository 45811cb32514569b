"""What a tenant is told: written by whoever changes something, numbered by whoever reads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update

from issuer.store import tables
from issuer.store._rooms.room import Room, Values
from issuer.store.telling import ToldRow


def read_told(found: Any) -> ToldRow:
    values = found._asdict()
    del values["drawn"]
    return ToldRow(**values)


class Outbox(Room):
    table = tables.OUTBOX

    def add(self, row: ToldRow) -> None:
        self.insert(row, "This event")

    def values_of(self, row: ToldRow) -> Values:
        """Without a position: that is never the writer's to give."""
        return super().values_of(row) | {"position": None}

    def has_unnumbered(self) -> bool:
        query = select(self.table.c.id).where(self.mine(self.table.c.position.is_(None))).limit(1)
        return self._connection.execute(query).first() is not None

    def number(self, limit: int) -> int:
        """The tenant's row is the queue of those who number. ``NO KEY UPDATE`` lets everybody
        else go on: a row that refers to a tenant takes a weaker lock than that."""
        tenants = tables.TENANTS
        self._connection.execute(
            select(tenants.c.id)
            .where(tenants.c.id == self._tenant_id)
            .with_for_update(key_share=True)
        )
        waiting = self._unnumbered(limit)  # a new statement: it sees what the one before us did
        first = self._highest() + 1
        if waiting:
            self._connection.execute(
                update(self.table)
                .where(self.mine(self.table.c.id == bindparam("event")))
                .values(position=bindparam("place")),
                [{"event": event, "place": first + n} for n, event in enumerate(waiting)],
            )
        return len(waiting)

    def _unnumbered(self, limit: int) -> list[str]:
        query = (
            select(self.table.c.id)
            .where(self.mine(self.table.c.position.is_(None)))
            .order_by(self.table.c.drawn)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def _highest(self) -> int:
        query = select(func.max(self.table.c.position)).where(self.mine())
        return self._connection.execute(query).scalar_one() or 0

    def get(self, event_id: str) -> ToldRow | None:
        return self._one(self.table.c.id == event_id)

    def at(self, position: int) -> ToldRow | None:
        return self._one(self.table.c.position == position)

    def first(self) -> ToldRow | None:
        return self._end(self.table.c.position)

    def last(self) -> ToldRow | None:
        return self._end(self.table.c.position.desc())

    def between(
        self, after: int, until: int, *, kinds: Collection[str], limit: int
    ) -> tuple[ToldRow, ...]:
        conditions = [self.table.c.position > after, self.table.c.position <= until]
        if kinds:
            conditions.append(self.table.c.kind.in_(sorted(kinds)))
        query = (
            select(self.table)
            .where(self.mine(*conditions))
            .order_by(self.table.c.position)
            .limit(limit)
        )
        return tuple(read_told(found) for found in self._connection.execute(query))

    def forget_before(self, at: datetime) -> int:
        old = self.mine(self.table.c.created < at, self.table.c.position < self._highest())
        sent = tables.DELIVERIES
        self._connection.execute(
            delete(sent).where(
                sent.c.tenant_id == self._tenant_id,
                sent.c.event_id.in_(select(self.table.c.id).where(old)),
            )
        )
        return self._connection.execute(delete(self.table).where(old)).rowcount

    def _one(self, condition: ColumnElement[bool]) -> ToldRow | None:
        found = self.row(condition)
        return read_told(found) if found else None

    def _end(self, order: ColumnElement[Any]) -> ToldRow | None:
        query = (
            select(self.table)
            .where(self.mine(self.table.c.position.is_not(None)))
            .order_by(order)
            .limit(1)
        )
        found = self._connection.execute(query).first()
        return read_told(found) if found else None
