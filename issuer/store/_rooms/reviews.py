"""Requests that wait for a second person, ends of suspensions, rules of tenants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.reviews import ApprovalRow, ApprovalState, RuleRow, SuspensionRow


def read_approval(found: Any) -> ApprovalRow:
    values = found._asdict()
    return ApprovalRow(**values | {"state": ApprovalState(values["state"])})


class Approvals(Room):
    table = tables.APPROVALS

    def add(self, row: ApprovalRow) -> None:
        self.insert(row, "This request")

    def get(self, approval_id: str) -> ApprovalRow | None:
        found = self.row(self.table.c.id == approval_id)
        return read_approval(found) if found else None

    def lock(self, approval_id: str) -> ApprovalRow | None:
        found = self.row(self.table.c.id == approval_id, lock=True)
        return read_approval(found) if found else None

    def pending(self) -> tuple[ApprovalRow, ...]:
        order = [self.table.c.proposed_at, self.table.c.id]
        found = self.rows(self.table.c.state == ApprovalState.PENDING.value, order=order)
        return tuple(read_approval(row) for row in found)

    def decided(self, count: int) -> tuple[ApprovalRow, ...]:
        query = (
            select(self.table)
            .where(self.mine(self.table.c.state != ApprovalState.PENDING.value))
            .order_by(self.table.c.decided_at.desc(), self.table.c.id)
            .limit(count)
        )
        return tuple(read_approval(row) for row in self._connection.execute(query))

    def decide(self, row: ApprovalRow) -> bool:
        return self.change(
            self.values_of(row),
            self.table.c.id == row.id,
            self.table.c.state == ApprovalState.PENDING.value,
        )


class _Kept(Room):
    """A table in which a row may be there already."""

    def insert_or(self, row: Any, *, replace: tuple[str, ...]) -> None:
        """Write a row; of one that is there, put the columns ``replace`` anew."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        values = self.values_of(row)
        statement = dialect.insert(self.table).values(values)
        key = ["tenant_id", "id"]
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=key, set_={name: values[name] for name in replace}
            )
            if replace
            else statement.on_conflict_do_nothing(index_elements=key)
        )


class Suspensions(_Kept):
    table = tables.SUSPENSIONS

    def add(self, row: SuspensionRow) -> None:
        self.insert_or(row, replace=())

    def get(self, issuance_id: str) -> SuspensionRow | None:
        found = self.row(self.table.c.id == issuance_id)
        return SuspensionRow(**found._asdict()) if found else None

    def due(self, now: datetime) -> tuple[SuspensionRow, ...]:
        order = [self.table.c.ends_at, self.table.c.id]
        found = self.rows(self.table.c.ends_at <= now, order=order)
        return tuple(SuspensionRow(**row._asdict()) for row in found)

    def end(self, issuance_id: str) -> None:
        self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.id == issuance_id))
        )


class Rules(_Kept):
    table = tables.TENANT_RULES

    def add(self, row: RuleRow) -> None:
        self.insert_or(row, replace=("value",))

    def get(self, name: str) -> RuleRow | None:
        found = self.row(self.table.c.id == name)
        return RuleRow(**found._asdict()) if found else None
