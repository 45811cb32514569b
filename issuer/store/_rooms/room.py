"""One table as one tenant sees it: the one place where a tenant is put into a query.

Leaves to others: which queries there are (the modules beside this one).
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from issuer.store.access import AccessTokenRow
from issuer.store.ports import TakenError
from issuer.store.rows import ApiKeyRow

Values = dict[str, Any]

_SQLITE_TAKEN: Final = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
_POSTGRESQL_TAKEN: Final = "23505"
"""The SQLSTATE of ``unique_violation``."""


def plain(row: Any) -> Values:
    """A row as the values of its table; sets of words are kept as one text."""
    values = asdict(row)
    if isinstance(row, ApiKeyRow | AccessTokenRow):
        values["scopes"] = " ".join(sorted(row.scopes))
    return values


def is_taken(error: IntegrityError) -> bool:
    """Whether a unique name was there already. Any other broken rule is our own fault."""
    if getattr(error.orig, "sqlstate", None) == _POSTGRESQL_TAKEN:
        return True
    return getattr(error.orig, "sqlite_errorcode", None) in _SQLITE_TAKEN


class Room:
    """One table, seen by one tenant."""

    table: Table

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    def mine(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """``conditions`` among the tenant's own rows."""
        return and_(self.table.c.tenant_id == self._tenant_id, *conditions)

    def values_of(self, row: Any) -> Values:
        """A row of this tenant as values. Raises ``ValueError`` for anybody else's."""
        if row.tenant_id != self._tenant_id:
            raise ValueError("a row of another tenant")
        return plain(row)

    def insert(self, row: Any, what: str) -> None:
        """Write a row of this tenant. Raises ``TakenError``."""
        try:
            self._connection.execute(insert(self.table).values(self.values_of(row)))
        except IntegrityError as error:
            if is_taken(error):
                raise TakenError(what) from error
            raise

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
