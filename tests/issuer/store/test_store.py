"""What the store promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from issuer.errors import IssuerCode, RefusedStartError
from issuer.store import Store, open_store
from issuer.store.engine import open_engine
from issuer.store.ports import StoreUnavailableError, TakenError, Unit
from issuer.store.rows import (
    EventRow,
    IdempotencyRow,
    IssuanceRow,
    IssuanceState,
    IssuerRow,
    PublishedRow,
    RecordRow,
    ShareRow,
    StatusEntryRow,
    StatusListRow,
    StatusPolicy,
    TenantRow,
)
from issuer.store.tables import METADATA

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def add_tenant(store: Store, name: str) -> str:
    with store.deployment(write=True) as unit:
        unit.add_tenant(TenantRow(id=f"t-{name}", name=name, created=NOW))
    with store.begin(f"t-{name}") as own:
        own.issuers.add(issuer(f"t-{name}", name))
    return f"t-{name}"


def issuer(tenant_id: str, name: str) -> IssuerRow:
    return IssuerRow(
        tenant_id=tenant_id,
        id=f"i-{name}",
        name=name,
        did=f"did:web:issuer.example:issuers:{name}",
        profile_name=name,
        profile_url=None,
        cryptosuite="eddsa-rdfc-2022",
        status_policy=StatusPolicy.REVOCATION,
        created=NOW,
    )


def issuance(tenant_id: str, number: int) -> IssuanceRow:
    return IssuanceRow(
        tenant_id=tenant_id,
        id=f"n{number}",
        issuer_id=tenant_id.replace("t-", "i-"),
        record_key=None,
        credential_id=f"urn:uuid:{number}",
        state=IssuanceState.SIGNING,
        intent="{}",
        signed=None,
        answer=None,
        attempt=1,
        lease_until=NOW,
        created=NOW + timedelta(seconds=number),
        settled_at=None,
    )


def status_list(tenant_id: str, number: int = 1) -> StatusListRow:
    return StatusListRow(
        tenant_id=tenant_id,
        id=f"l{number}",
        issuer_id=tenant_id.replace("t-", "i-"),
        purpose="revocation",
        number=number,
        size=131_072,
        allocated=0,
        is_open=True,
        revision=0,
        published_revision=0,
        version=0,
        published=None,
        etag=None,
        published_at=None,
        change_published_at=None,
    )


def entry(tenant_id: str, index: int, issuance_id: str) -> StatusEntryRow:
    return StatusEntryRow(
        tenant_id=tenant_id,
        list_id="l1",
        index=index,
        purpose="revocation",
        issuance_id=issuance_id,
        is_set=False,
    )


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


def test_a_tenant_sees_nothing_of_another(store: Store, tenant: str) -> None:
    """Every look-up of somebody else's id finds nothing, and every change changes nothing."""
    other = add_tenant(store, "theirs")
    with store.begin(tenant) as unit:
        fill(unit, tenant)

    with store.begin(other) as unit:
        seen = [
            unit.issuers.get("i-ours"),
            unit.issuers.by_name("ours"),
            unit.keys.of("i-ours"),
            unit.api_keys.all(),
            unit.records.get("r1"),
            unit.records.of_platform("p", "x"),
            unit.records.superseding("old"),
            unit.issuances.get("n1"),
            unit.issuances.lock("n1"),
            unit.issuances.of_credential("urn:uuid:1"),
            unit.issuances.of_record("r1"),
            unit.issuances.open_intents(),
            unit.issuances.take_over("n1", 1, NOW),
            unit.issuances.finish(replace(issuance(other, 1), signed="{}")),
            unit.issuances.void("n1", 1, NOW),
            unit.status.open_list("i-ours", "revocation"),
            unit.status.get_list("l1"),
            unit.status.entries_of("n1"),
            unit.status.set_indexes("l1"),
            unit.status.publish("l1", 0, published()),
            unit.status.last_number("i-ours", "revocation"),
            unit.idempotency.get("k"),
            unit.offers.get("o1"),
            unit.offers.of_record("r1"),
            unit.shares.get("s1"),
            unit.shares.of_issuance("n1"),
            unit.shares.switch_off("s1", NOW),
            unit.events.of("n1"),
        ]
        unit.status.close_list("l1")

    assert [found for found in seen if found] == []
    with store.read(tenant) as unit:
        share, mine = unit.shares.get("s1"), unit.status.get_list("l1")
        assert share is not None
        assert share.off_at is None
        assert mine is not None
        assert mine.is_open


def fill(mine: Unit, tenant_id: str) -> None:
    """One thing of each kind."""
    mine.records.add(
        RecordRow(
            tenant_id=tenant_id,
            id="r1",
            record_id="urn:uuid:r",
            platform_id="p",
            platform_record_id="x",
            content_hash="0" * 64,
            document="{}",
            supersedes="old",
            received_at=NOW,
        )
    )
    mine.issuances.add(replace(issuance(tenant_id, 1), record_key="r1"))
    mine.status.try_index(entry(tenant_id, 7, "n1"))
    mine.status.set_entry(replace(entry(tenant_id, 7, "n1"), is_set=True))
    mine.idempotency.add(
        IdempotencyRow(
            tenant_id=tenant_id,
            key="k",
            request_hash="0" * 64,
            response=None,
            issuance_id="n1",
            created=NOW,
        )
    )
    mine.shares.add(
        ShareRow(
            tenant_id=tenant_id,
            id="s1",
            issuance_id="n1",
            token_hash="0" * 64,
            label="",
            created=NOW,
            ends_at=None,
            off_at=None,
        )
    )
    mine.events.add(event(tenant_id))


def event(tenant_id: str) -> EventRow:
    return EventRow(
        tenant_id=tenant_id,
        id="e1",
        at=NOW,
        actor="cli",
        action="issued",
        subject="n1",
        reason=None,
    )


def published(revision: int = 0) -> PublishedRow:
    return PublishedRow(
        body="{}",
        etag='"x"',
        revision=revision,
        published_at=NOW,
        change_published_at=None,
    )


def test_a_row_of_another_tenant_cannot_be_written(store: Store, tenant: str) -> None:
    """A unit writes its own tenant's rows, and the database refuses to point elsewhere."""
    other = add_tenant(store, "theirs")

    with pytest.raises(ValueError, match="another tenant"), store.begin(other) as unit:
        unit.issuances.add(issuance(tenant, 1))
    with pytest.raises(TakenError), store.begin(other) as unit:
        unit.issuances.add(replace(issuance(other, 1), issuer_id="i-ours"))


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
