"""One table as one tenant sees it: the one place where a tenant is put into a query.

Leaves to others: which queries there are (the modules beside this one).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from issuer.store.ports import TakenError
from issuer.store.rows import ApiKeyRow

Values = dict[str, Any]


def plain(row: Any) -> Values:
    """A row as the values of its table; sets of words are kept as one text."""
    values = asdict(row)
    if isinstance(row, ApiKeyRow):
        values["scopes"] = " ".join(sorted(row.scopes))
    return values


class Room:
    """One table, seen by one tenant."""

    table: Table

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    def mine(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """``conditions`` among the tenant's own rows."""
        return and_(self.table.c.tenant_id == self._tenant_id, *conditions)

    def insert(self, row: Any, what: str) -> None:
        """Write a row of this tenant. Raises ``TakenError``."""
        if row.tenant_id != self._tenant_id:
            raise ValueError("a row of another tenant")
        try:
            self._connection.execute(insert(self.table).values(plain(row)))
        except IntegrityError as error:
            raise TakenError(what) from error

    def rows(self, *conditions: ColumnElement[bool], order: Any = None, lock: bool = False) -> Any:
        """The tenant's rows that meet ``conditions``."""
        query = select(self.table).where(self.mine(*conditions))
        if order is not None:
            query = query.order_by(*order)
        return self._connection.execute(query.with_for_update() if lock else query).all()

    def row(self, *conditions: ColumnElement[bool], lock: bool = False) -> Any:
        """The one row that meets ``conditions``, or ``None``."""
        found = self.rows(*conditions, lock=lock)
        return found[0] if found else None

    def change(self, values: Values, *conditions: ColumnElement[bool]) -> bool:
        """Write ``values`` into the rows that meet ``conditions``; whether there was one."""
        done = self._connection.execute(
            update(self.table).where(self.mine(*conditions)).values(values)
        )
        return done.rowcount > 0
