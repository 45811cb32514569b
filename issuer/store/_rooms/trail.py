"""The audit trail: lines wait until the unit ends, then go onto their chain together.

The end of the chain is locked last, when the unit asks for nothing else any more: so that no
two units can wait for each other, and that the lock is held for no longer than a commit.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from issuer.store import tables
from issuer.store._rooms.room import Room, Values
from issuer.store.chain import DEPLOYMENT, Head, Link, end_of, link_to
from issuer.store.rows import EventRow


class Events(Room):
    table: Table = tables.EVENTS
    _heads: Table = tables.AUDIT_HEADS

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        super().__init__(connection, tenant_id)
        self._waiting: list[EventRow] = []

    def add(self, row: EventRow) -> None:
        self.values_of(row)  # somebody else's line is refused here, not at the end
        self._waiting.append(row)

    def of(self, subject: str) -> tuple[EventRow, ...]:
        order = [self.table.c.at, self.table.c.id]
        found = self.rows(self.table.c.subject == subject, order=order)
        waiting = (row for row in self._waiting if row.subject == subject)
        return (*(self._read(row) for row in found), *waiting)

    def links(self, after: int, count: int) -> tuple[Link, ...]:
        query = (
            select(self.table)
            .where(self.mine(self.table.c.position > after))
            .order_by(self.table.c.position)
            .limit(count)
        )
        return self._links(query)

    def newest(self, *, subject: str | None, action: str | None, count: int) -> tuple[Link, ...]:
        conditions: list[ColumnElement[bool]] = [self.table.c.position.is_not(None)]
        if subject is not None:
            conditions.append(self.table.c.subject == subject)
        if action is not None:
            conditions.append(self.table.c.action == action)
        query = (
            select(self.table)
            .where(self.mine(*conditions))
            .order_by(self.table.c.position.desc())
            .limit(count)
        )
        return self._links(query)

    def unlinked(self) -> tuple[EventRow, ...]:
        found = self.rows(self.table.c.position.is_(None), order=[self.table.c.id])
        return tuple(self._read(row) for row in found)

    def head(self) -> Head | None:
        return self._head(lock=False)

    def link_waiting(self) -> None:
        """Put what was added onto the chain: the last thing that a unit does."""
        if not self._waiting:
            return
        head = self._lock_head()
        for event in self._waiting:
            link = link_to(head, event)
            self._connection.execute(insert(self.table).values(self._values_of(link)))
            head = end_of(link)
        self._connection.execute(
            update(self._heads)
            .where(self._heads.c.tenant_id == self._tenant_id)
            .values(position=head.position, hash=head.hash)
        )
        self._waiting.clear()

    def _links(self, query: Select[Any]) -> tuple[Link, ...]:
        return tuple(
            Link(position=row.position, hash=row.hash, event=self._read(row))
            for row in self._connection.execute(query)
        )

    def _values_of(self, link: Link) -> Values:
        return self.values_of(link.event) | {"position": link.position, "hash": link.hash}

    def _lock_head(self) -> Head:
        found = self._head(lock=True)
        if found is None:
            self._begin_chain()
            found = self._head(lock=True)
        return found or Head()

    def _begin_chain(self) -> None:
        """Whoever comes second finds the row of the first."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        self._connection.execute(
            dialect.insert(self._heads)
            .values(tenant_id=self._tenant_id, position=Head().position, hash=Head().hash)
            .on_conflict_do_nothing(index_elements=["tenant_id"])
        )

    def _head(self, *, lock: bool) -> Head | None:
        query = select(self._heads).where(self._heads.c.tenant_id == self._tenant_id)
        found = self._connection.execute(query.with_for_update() if lock else query).first()
        return Head(position=found.position, hash=found.hash) if found else None

    def _read(self, found: Any) -> EventRow:
        return EventRow(**_without_place(found))


class DeploymentEvents(Events):
    """The trail of what belongs to no tenant: a table without tenants in it."""

    table = tables.DEPLOYMENT_EVENTS

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, DEPLOYMENT)

    def mine(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(true(), *conditions)

    def values_of(self, row: EventRow) -> Values:
        values = super().values_of(row)
        del values["tenant_id"]
        return values

    def _read(self, found: Any) -> EventRow:
        return EventRow(tenant_id=DEPLOYMENT, **_without_place(found))


def _without_place(found: Any) -> Values:
    values: Values = found._asdict()
    del values["position"], values["hash"]
    return values
