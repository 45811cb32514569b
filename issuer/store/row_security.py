"""The second line between tenants: PostgreSQL itself shows each unit its own tenant's rows.

The first line is the tenant's condition in every query (``_rooms.room``). Should one be
forgotten, a row-level policy on every table of tenants' things still hides the rest. It
compares rows with a setting of the transaction, which ends with it, so that a pooled connection
carries nobody's name to the next unit. Without the setting no row is there. Policies bind the
owner of the tables too (``FORCE``); they bind no superuser and no role with ``BYPASSRLS``, which
the log says at every start.

``secure_rows`` runs after every migration and reads the database's own list of columns: a new
table gets its policy without anybody thinking of it.

SQLite knows no such thing; there the first line stands alone, and a test reads every statement.
Source: PostgreSQL 15, chapter 5.8 and ``CREATE POLICY``.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Connection, text

_LOG: Final = logging.getLogger(__name__)
_TENANT: Final = "issuer.tenant"
_DEPLOYMENT: Final = "issuer.deployment"
_POLICY: Final = "own_tenant"

_TABLES: Final = text(
    "SELECT c.table_name, min(c.column_name) FROM information_schema.columns AS c"
    " JOIN information_schema.tables AS t USING (table_schema, table_name)"
    " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
    " AND (c.column_name = 'tenant_id' OR (c.table_name, c.column_name) = ('tenants', 'id'))"
    " GROUP BY c.table_name ORDER BY c.table_name"
)
_SECURED: Final = text(
    "SELECT c.relname FROM pg_class AS c JOIN pg_policy AS p ON p.polrelid = c.oid"
    " WHERE c.relnamespace = current_schema()::regnamespace"
    " AND c.relrowsecurity AND c.relforcerowsecurity AND p.polname = :policy"
)
_IS_BOUND: Final = text(
    "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user"
)
_SET: Final = text("SELECT set_config(:name, :value, true)")


def show_tenant(connection: Connection, tenant_id: str) -> None:
    """Let this transaction see the rows of one tenant."""
    _set(connection, _TENANT, tenant_id)


def show_deployment(connection: Connection) -> None:
    """Let this transaction see every tenant's rows: for the look-ups that come before a tenant
    is known, and for migrations."""
    _set(connection, _DEPLOYMENT, "on")


def _set(connection: Connection, name: str, value: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_SET, {"name": name, "value": value})


def secure_rows(connection: Connection) -> None:
    """Put the policy on every table that has tenants' rows and lacks it."""
    if connection.dialect.name != "postgresql":
        return
    secured = secured_tables(connection)
    for table, column in tenant_tables(connection).items():
        if table not in secured:
            _secure(connection, table, column)
    if not is_bound(connection):
        _LOG.warning("The database role passes row-level security. Use one that is no superuser.")


def tenant_tables(connection: Connection) -> dict[str, str]:
    """The tables with tenants' rows, and the column that names the tenant in each."""
    return {row[0]: row[1] for row in connection.execute(_TABLES)}


def secured_tables(connection: Connection) -> frozenset[str]:
    """The tables whose policy binds everybody, their owner too."""
    return frozenset(connection.execute(_SECURED, {"policy": _POLICY}).scalars())


def is_bound(connection: Connection) -> bool:
    """Whether policies bind the role that is connected: a superuser passes them all."""
    return bool(connection.execute(_IS_BOUND).scalar_one())


def _secure(connection: Connection, table: str, column: str) -> None:
    """Names come from the database's own catalogue and are quoted by the dialect."""
    quote = connection.dialect.identifier_preparer.quote
    mine = f"{quote(column)} = current_setting('{_TENANT}', true)"
    rule = f"{mine} OR current_setting('{_DEPLOYMENT}', true) = 'on'"
    for statement in (
        f"DROP POLICY IF EXISTS {_POLICY} ON {quote(table)}",
        f"CREATE POLICY {_POLICY} ON {quote(table)} USING ({rule}) WITH CHECK ({rule})",
        f"ALTER TABLE {quote(table)} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {quote(table)} FORCE ROW LEVEL SECURITY",
    ):
        connection.execute(text(statement))
