"""What the store promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from issuer.errors import IssuerCode, RefusedStartError
from issuer.store import Store, open_store
from issuer.store.engine import open_engine
from issuer.store.ports import StoreUnavailableError, TakenError
from issuer.store.rows import IssuanceState
from issuer.store.tables import METADATA
from tests.issuer.store.rows_of import (
    NOW,
    add_tenant,
    entry,
    event,
    issuance,
    issuer,
    published,
    status_list,
)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tenant(store: Store) -> str:
    tenant_id = add_tenant(store, "ours")
    with store.begin(tenant_id) as unit:
        unit.status.add_list(status_list(tenant_id))
    return tenant_id


def test_the_migrations_make_the_tables_that_the_queries_expect(database_url: str) -> None:
    """History and present do not drift apart."""
    open_store(database_url).close()
    engine = open_engine(database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)
    engine.dispose()

    assert differences == []


def test_a_database_of_another_release_is_refused(database_url: str) -> None:
    """Nobody writes into rows whose meaning they do not know."""
    open_store(database_url).close()
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(RefusedStartError) as caught:
        open_store(database_url)

    assert caught.value.code is IssuerCode.SCHEMA_UNKNOWN


def test_processes_that_start_together_make_one_schema(database_url: str) -> None:
    """The first start of several workers is safe."""
    code = f"from issuer.store import open_store; open_store({database_url!r}).close()"
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(4)
    ]

    said = [process.communicate()[1].decode() for process in started]

    assert said == [""] * 4


def run_together(work: object, times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_was_committed_is_there_after_a_restart(store: Store, database_url: str) -> None:
    """Rows come back as they went in, instants with their zone."""
    tenant_id = add_tenant(store, "ours")
    store.close()

    again = open_store(database_url)
    with again.read(tenant_id) as unit:
        found = unit.issuers.all()
    again.close()

    assert found == (issuer(tenant_id, "ours"),)


def test_a_unit_that_ends_badly_leaves_nothing(store: Store, tenant: str) -> None:
    """All of a transaction, or none of it."""

    def fail_half_way() -> None:
        with store.begin(tenant) as unit:
            unit.issuances.add(issuance(tenant, 1))
            unit.status.try_index(entry(tenant, 5, "n1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    with store.read(tenant) as unit:
        left = (unit.issuances.get("n1"), unit.status.entries_of("n1"))
    assert left == (None, ())


def test_names_are_unique(store: Store, tenant: str) -> None:
    """The second one is told that the name is taken."""
    with pytest.raises(TakenError):
        add_tenant(store, "ours")
    with pytest.raises(TakenError), store.begin(tenant) as unit:
        unit.issuers.add(replace(issuer(tenant, "ours"), id="i-2"))


def test_a_place_in_a_list_is_taken_once(store: Store, tenant: str) -> None:
    """The second issuance is refused the place, and its transaction goes on."""
    with store.begin(tenant) as unit:
        unit.issuances.add(issuance(tenant, 1))
        unit.issuances.add(issuance(tenant, 2))
        first = unit.status.try_index(entry(tenant, 9, "n1"))
        second = unit.status.try_index(entry(tenant, 9, "n2"))
        elsewhere = unit.status.try_index(entry(tenant, 10, "n2"))

    assert (first, second, elsewhere) == (True, False, True)
    with store.read(tenant) as unit:
        found = unit.status.get_list("l1")
        assert found is not None
        assert found.allocated == 2


def test_writers_that_run_together_never_share_a_place(store: Store, tenant: str) -> None:
    """Eight writers draw from forty places until all are taken: each is taken once."""
    taken: list[int] = []
    lock = threading.Lock()

    def draw() -> None:
        for index in range(40):
            issuance_id = f"n{threading.get_ident()}-{index}"
            with store.begin(tenant) as unit:
                row = replace(issuance(tenant, index), id=issuance_id)
                unit.issuances.add(row)
                won = unit.status.try_index(entry(tenant, index, issuance_id))
            if won:
                with lock:
                    taken.append(index)

    run_together(draw, 8)

    assert sorted(taken) == list(range(40))


def test_an_intent_belongs_to_one_attempt(store: Store, tenant: str) -> None:
    """Who took over finishes; who lost it does not."""
    with store.begin(tenant) as unit:
        unit.issuances.add(issuance(tenant, 1))
    done = replace(
        issuance(tenant, 1), state=IssuanceState.ISSUED, signed="{}", answer="{}", settled_at=NOW
    )

    with store.begin(tenant) as unit:
        answers = [
            unit.issuances.take_over("n1", 1, NOW),
            unit.issuances.take_over("n1", 1, NOW),
            unit.issuances.finish(done),
            unit.issuances.finish(replace(done, attempt=2)),
            unit.issuances.void("n1", 2, NOW),
        ]
        state = unit.issuances.get("n1")

    assert answers == [True, False, False, True, False]
    assert state is not None
    assert state.state is IssuanceState.ISSUED


def test_of_two_publishers_one_wins(store: Store, tenant: str) -> None:
    """A version is written once: the second publisher sees that another was faster."""
    with store.begin(tenant) as unit:
        answers = [unit.status.publish("l1", 0, published()) for _ in range(2)]

    assert answers == [True, False]


def test_setting_a_bit_counts_as_a_change(store: Store, tenant: str) -> None:
    """The list's revision grows, and its set places are told in order."""
    with store.begin(tenant) as unit:
        for number, index in ((1, 30), (2, 4)):
            unit.issuances.add(issuance(tenant, number))
            unit.status.try_index(entry(tenant, index, f"n{number}"))
            unit.status.set_entry(replace(entry(tenant, index, f"n{number}"), is_set=True))
        found, places = unit.status.get_list("l1"), unit.status.set_indexes("l1")

    assert found is not None
    assert (found.revision, places) == (2, (4, 30))


@pytest.mark.parametrize("statement", ["UPDATE events SET actor = 'me'", "DELETE FROM events"])
def test_the_audit_trail_only_grows(
    store: Store, tenant: str, database_url: str, statement: str
) -> None:
    """Not even somebody at the database changes a line unnoticed."""
    with store.begin(tenant) as unit:
        unit.events.add(event(tenant))
    engine = open_engine(database_url)

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.postgres
def test_a_database_that_is_gone_is_our_own_fault(postgres_server: object) -> None:
    """No answer is said as such, not as a fault of the caller."""
    with pytest.raises(StoreUnavailableError):
        open_store("postgresql://postgres@/none?host=/nonexistent")


def test_a_reader_is_not_kept_waiting_by_a_writer(store: Store, tenant: str) -> None:
    """Share pages are served while a credential is being stored."""
    with store.begin(tenant) as writer:
        writer.issuances.add(issuance(tenant, 1))
        with store.read(tenant) as reader:
            seen = reader.issuances.get("n1")

    assert seen is None
