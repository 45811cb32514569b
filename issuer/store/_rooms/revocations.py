"""Orders to withdraw many credentials, and their items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.revocations import RevocationItemRow, RevocationRow, RevocationState


def read_revocation(found: Any) -> RevocationRow:
    values = found._asdict()
    return RevocationRow(**values | {"state": RevocationState(values["state"])})


class Revocations(Room):
    table = tables.REVOCATIONS

    def add(self, row: RevocationRow) -> None:
        self.insert(row, "This order")

    def get(self, revocation_id: str) -> RevocationRow | None:
        found = self.row(self.table.c.id == revocation_id)
        return read_revocation(found) if found else None

    def lock(self, revocation_id: str) -> RevocationRow | None:
        found = self.row(self.table.c.id == revocation_id, lock=True)
        return read_revocation(found) if found else None

    def replace(self, row: RevocationRow) -> None:
        self.change(self.values_of(row), self.table.c.id == row.id)


class RevocationItems(Room):
    table = tables.REVOCATION_ITEMS

    def add(self, row: RevocationItemRow) -> None:
        self.insert(row, "This item")

    def of(self, revocation_id: str) -> tuple[RevocationItemRow, ...]:
        order = [self.table.c.issuance_id]
        found = self.rows(self.table.c.revocation_id == revocation_id, order=order)
        return tuple(RevocationItemRow(**row._asdict()) for row in found)

    def open(self, revocation_id: str, limit: int) -> tuple[RevocationItemRow, ...]:
        query = (
            select(self.table)
            .where(
                self.mine(
                    self.table.c.revocation_id == revocation_id, self.table.c.outcome.is_(None)
                )
            )
            .order_by(self.table.c.issuance_id)
            .limit(limit)
        )
        return tuple(RevocationItemRow(**row._asdict()) for row in self._connection.execute(query))

    def settle(self, item_id: str, outcome: str) -> None:
        self.change({"outcome": outcome}, self.table.c.id == item_id)


def due_revocations(connection: Connection, now: datetime) -> tuple[tuple[str, str], ...]:
    """Tenant and id of the orders whose time has come: for the worker."""
    orders = tables.REVOCATIONS
    query = (
        select(orders.c.tenant_id, orders.c.id)
        .where(orders.c.state == RevocationState.PENDING.value, orders.c.due_at <= now)
        .order_by(orders.c.due_at, orders.c.id)
    )
    return tuple((tenant, order) for tenant, order in connection.execute(query))
