"""Opening a database: one engine for each kind, with the durability that issuing needs.

SQLite: write-ahead log, ``synchronous=FULL`` (a commit that returned survives a power cut),
foreign keys on, and ``BEGIN IMMEDIATE`` for units that write, so that two writers queue
instead of failing half way. PostgreSQL: psycopg, READ COMMITTED with row locks,
``synchronous_commit`` on whatever the server's default is, and no wait for a lock without end.

Leaves to others: tables, migrations, queries.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from issuer import limits
from issuer.errors import IssuerCode, RefusedStartError

WRITES: Final = "writes"
"""Execution option of a connection: whether its transaction may write."""


def open_engine(database_url: str) -> Engine:
    """The engine for ``sqlite:///PATH`` or ``postgresql://…``. ``sqlite://`` keeps nothing: it
    is for tests, and the settings do not admit it.

    Raises ``RefusedStartError`` (``SETTINGS_REFUSED``) for another kind, for an address that
    cannot be read, and for a file that cannot be made.
    """
    url = _parse(database_url)
    match url.get_backend_name():
        case "sqlite":
            return _open_sqlite(url)
        case "postgresql":
            return _open_postgresql(url)
        case other:
            raise _refused(f"Databases of the kind {other!r} are not supported.")


def _parse(database_url: str) -> URL:
    """The address is not repeated in a fault: it may hold a password."""
    try:
        return make_url(database_url)
    except (ArgumentError, ValueError):
        raise _refused("The address of the database cannot be read.") from None


def _refused(fault: str) -> RefusedStartError:
    return RefusedStartError(IssuerCode.SETTINGS_REFUSED, (fault,))


def _open_sqlite(url: URL) -> Engine:
    if url.database is None:
        return _with_sqlite_events(create_engine(url, hide_parameters=True))
    if url.database in ("", ":memory:"):
        raise _refused("A database in memory would forget what was issued: name a file.")
    _make_private(Path(url.database))
    engine = create_engine(
        url,
        pool_size=limits.CONNECTIONS,
        max_overflow=0,
        pool_timeout=limits.BUSY_SECONDS,
        hide_parameters=True,  # or a fault in the log would hold the row, which is a person's
        connect_args={"timeout": limits.BUSY_SECONDS},
    )
    return _with_sqlite_events(engine)


def _with_sqlite_events(engine: Engine) -> Engine:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """The file, before SQLite makes it with the mode of everybody's files."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise _refused(f"The database {path} cannot be opened: {error.strerror}.") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=limits.CONNECTIONS,
            max_overflow=0,
            pool_timeout=limits.BUSY_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            connect_args={"connect_timeout": int(limits.BUSY_SECONDS)},
        )
    except ModuleNotFoundError as error:
        raise _refused(
            "PostgreSQL needs the extra [postgres]: psycopg is not installed."
        ) from error
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "handle_error", _forget_row)
    return engine


def _forget_row(context: Any) -> None:
    """PostgreSQL adds the whole row to the fault when a rule is broken; the log would keep it."""
    original = context.original_exception
    row = getattr(getattr(original, "diag", None), "message_detail", None)
    for error in (original, context.sqlalchemy_exception):
        if row and error is not None:
            error.args = tuple(str(part).replace(row, "(not shown)") for part in error.args)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = {int(limits.BUSY_SECONDS * 1000)}")
    connection.commit()
