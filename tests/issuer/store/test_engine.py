"""Opening a database: what is refused, what is private, and how long anybody waits."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from issuer import limits
from issuer.errors import IssuerCode, RefusedStartError
from issuer.store import Store, open_store
from issuer.store.engine import open_engine
from issuer.store.ports import StoreUnavailableError
from issuer.store.row_security import show_deployment
from issuer.store.rows import TenantRow
from tests.issuer.offices import START


@pytest.mark.parametrize(
    "database_url",
    [
        "mysql://somebody:SECRET@127.0.0.1/x",
        "postgresql://somebody:SECRET@127.0.0.1:port/x",
        "not an address SECRET",
        "sqlite:///:memory:",
        "sqlite:///",
        "sqlite:////proc/SECRET/issuer.db",
    ],
)
def test_a_database_that_cannot_be_used_is_refused(database_url: str) -> None:
    """In words, before anything is made, and without repeating a password."""
    with pytest.raises(RefusedStartError) as caught:
        open_store(database_url)

    assert caught.value.code is IssuerCode.SETTINGS_REFUSED
    assert "somebody" not in str(caught.value)


def test_a_file_that_is_no_database_is_our_own_fault(tmp_path: Path) -> None:
    """Somebody else's file is neither read nor overwritten."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear all, " * 100, encoding="utf-8")

    with pytest.raises(StoreUnavailableError):
        open_store(f"sqlite:///{path}")

    assert path.read_text(encoding="utf-8") == "Dear all, " * 100


def test_the_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    """The log beside the database holds what the database holds."""
    store = open_store(f"sqlite:///{tmp_path / 'new' / 'issuer.db'}")
    with store.deployment(write=True) as unit:
        unit.add_tenant(TenantRow(id="t", name="t", created=START))

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    store.close()

    assert modes == {"issuer.db": 0o600, "issuer.db-wal": 0o600, "issuer.db-shm": 0o600}


def test_a_commit_is_on_disk_before_it_returns(database_url: str) -> None:
    """What was answered survives a power cut."""
    open_store(database_url).close()
    engine = open_engine(database_url)
    is_sqlite = engine.dialect.name == "sqlite"
    questions = (
        ["PRAGMA synchronous", "PRAGMA journal_mode", "PRAGMA foreign_keys"]
        if is_sqlite
        else ["SHOW synchronous_commit", "SHOW lock_timeout"]
    )

    with engine.connect() as connection:
        answers = [connection.execute(text(question)).scalar_one() for question in questions]
    engine.dispose()

    assert answers == ([2, "wal", 1] if is_sqlite else ["on", "10s"])


def test_nobody_waits_for_a_lock_without_end(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that hangs makes the next one say so, not hang too."""
    monkeypatch.setattr(limits, "BUSY_SECONDS", 0.2)
    store = open_store(database_url)
    tenant = TenantRow(id="t", name="t", created=START)

    with store.deployment(write=True) as slow:
        slow.add_tenant(tenant)
        with pytest.raises(StoreUnavailableError), store.deployment(write=True) as unit:
            unit.add_tenant(tenant)
    store.close()


def test_nobody_waits_for_a_connection_without_end(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When all are in use, the caller is told to come back."""
    monkeypatch.setattr(limits, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(limits, "CONNECTIONS", 1)
    store = open_store(database_url)

    with store.read("t"):
        with pytest.raises(StoreUnavailableError), store.read("t"):
            pass
        ready_while_busy = store.is_ready()
    ready_afterwards = store.is_ready()
    store.close()

    assert (ready_while_busy, ready_afterwards) == (False, True)


def test_a_store_that_answers_is_ready(store: Store) -> None:
    """What the load balancer asks for."""
    assert store.is_ready()


def test_a_fault_tells_no_row(database_url: str) -> None:
    """A row that breaks a rule is a person's; the fault in the log says only which rule."""
    open_store(database_url).close()
    engine = open_engine(database_url)
    statement = text("INSERT INTO tenants (id, name, created) VALUES (:id, :name, :created)")

    with engine.begin() as connection:
        show_deployment(connection)
        with pytest.raises(IntegrityError) as caught:
            connection.execute(statement, {"id": None, "name": "Maya", "created": None})
        connection.rollback()
    engine.dispose()

    assert "id" in str(caught.value)
    assert "Maya" not in f"{caught.value} {caught.value.orig} {caught.value!r}"
