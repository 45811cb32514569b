"""Bring a database to this release's schema, or refuse it.

Runs at every start, in one transaction that other processes wait for, so that two that start
together on a new database do not both make it. A database of a newer release is refused:
nothing here knows what its rows mean.

Leaves to others: the changes themselves (``issuer.store.migrations``), who sees which rows
(``issuer.store.row_security``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from issuer.errors import IssuerCode, RefusedStartError
from issuer.store import row_security
from issuer.store.ports import StoreUnavailableError

_LOCATION: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 7_291_384_001
"""The key of PostgreSQL's advisory lock; any number that nobody else uses."""


def migrate(engine: Engine, *, to: str = "head") -> None:
    """To this release's schema, or to that of an earlier one (for tests).

    Raises ``RefusedStartError`` (``SCHEMA_UNKNOWN``), ``StoreUnavailableError``.
    """
    try:
        with engine.begin() as connection:
            _migrate(connection, to)
    except DBAPIError as error:
        raise StoreUnavailableError from error


def _migrate(connection: Connection, to: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    row_security.show_deployment(connection)
    config = Config()
    config.set_main_option("script_location", str(_LOCATION).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise RefusedStartError(
            IssuerCode.SCHEMA_UNKNOWN,
            (f"The database has the schema {current!r}, which this release does not know.",),
        )
    command.upgrade(config, to)
    if to == "head":  # an earlier schema is left as its release left it
        row_security.secure_rows(connection)
