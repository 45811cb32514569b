"""Opening a database: one engine for each kind, with the durability that issuing needs.

SQLite: write-ahead log, ``synchronous=FULL`` (a commit that returned survives a power cut),
foreign keys on, and ``BEGIN IMMEDIATE`` for units that write, so that two writers queue
instead of failing half way. PostgreSQL: psycopg, READ COMMITTED with row locks, and
``synchronous_commit`` on whatever the server's default is.

Leaves to others: tables, migrations, queries.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event, make_url

from issuer import limits
from issuer.errors import IssuerCode, RefusedStartError

WRITES: Final = "writes"
"""Execution option of a connection: whether its transaction may write."""


def open_engine(database_url: str) -> Engine:
    """The engine for ``sqlite:///PATH`` or ``postgresql://…``.

    Raises ``RefusedStartError`` (``SETTINGS_REFUSED``) for another kind.
    """
    url = make_url(database_url)
    match url.get_backend_name():
        case "sqlite":
            return _open_sqlite(url)
        case "postgresql":
            return _open_postgresql(url)
        case other:
            raise RefusedStartError(
                IssuerCode.SETTINGS_REFUSED,
                (f"Databases of the kind {other!r} are not supported.",),
            )


def _open_sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        _make_private(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": limits.BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """The file, before SQLite makes it with the mode of everybody's files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": int(limits.BUSY_SECONDS)},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()
