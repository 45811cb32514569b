"""What the store promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from issuer.store import Store, open_store
from issuer.store.engine import open_engine
from issuer.store.ports import StoreUnavailableError, TakenError
from issuer.store.row_security import show_deployment
from issuer.store.rows import IssuanceRow, IssuanceState
from tests.issuer.store.rows_of import (
    NOW,
    add_tenant,
    entry,
    event,
    idempotency,
    issuance,
    issuer,
    key,
    published,
    record,
    status_list,
)
from tests.postgres import PostgresServer


@pytest.fixture
def tenant(store: Store) -> str:
    tenant_id = add_tenant(store, "ours")
    with store.begin(tenant_id) as unit:
        unit.status.add_list(status_list(tenant_id))
    return tenant_id


def done(tenant_id: str) -> IssuanceRow:
    """The first issuance as step 8 stores it."""
    row = issuance(tenant_id, 1)
    return replace(row, state=IssuanceState.ISSUED, signed="{}", answer="{}", settled_at=NOW)


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


def draw(store: Store, tenant: str, writer: int, indexes: Iterable[int]) -> list[int]:
    """Ask for one place after another, each in a unit of its own; those that were got."""
    got = []
    for turn, index in enumerate(indexes):
        row = replace(issuance(tenant, turn), id=f"n{writer}-{turn}")
        with store.begin(tenant) as unit:
            assert unit.status.open_list(row.issuer_id, "revocation") is not None
            unit.issuances.add(row)
            if unit.status.try_index(entry(tenant, index, row.id)):
                got.append(index)
    return got


def test_writers_that_run_together_never_share_a_place(store: Store, tenant: str) -> None:
    """Eight writers ask for the same forty places in orders of their own: each is got once."""
    orders = [random.Random(writer).sample(range(40), 40) for writer in range(8)]

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(partial(draw, store, tenant), range(8), orders))

    assert sorted(chain.from_iterable(got)) == list(range(40))


def test_places_drawn_at_random_are_all_different(store: Store, tenant: str) -> None:
    """Eight writers draw fifty times each from few places; the count of the list is right."""
    size = 500  # four hundred draws from it collide over a hundred times
    orders = [[random.Random(f"{w}-{i}").randrange(size) for i in range(50)] for w in range(8)]

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(partial(draw, store, tenant), range(8), orders))

    places = list(chain.from_iterable(got))
    with store.read(tenant) as unit:
        found = unit.status.get_list("l1")
    assert found is not None
    assert sorted(places) == sorted(set(chain.from_iterable(orders)))
    assert found.allocated == len(places)


def test_an_intent_belongs_to_one_attempt(store: Store, tenant: str) -> None:
    """Who took over finishes; who lost it does not."""
    with store.begin(tenant) as unit:
        unit.issuances.add(issuance(tenant, 1))

    with store.begin(tenant) as unit:
        answers = [
            unit.issuances.take_over("n1", 1, NOW),
            unit.issuances.take_over("n1", 1, NOW),
            unit.issuances.finish(done(tenant)),
            unit.issuances.finish(replace(done(tenant), attempt=2)),
            unit.issuances.void("n1", 2, NOW),
        ]
        state = unit.issuances.get("n1")

    assert answers == [True, False, False, True, False]
    assert state is not None
    assert state.state is IssuanceState.ISSUED


def test_the_longest_credential_id_is_found_again(store: Store, tenant: str) -> None:
    """Ids are the caller's: as long as the rules admit, in any letters, shared or missing."""
    chance = random.Random(1)  # PostgreSQL compresses what is regular before it measures
    name = "urn:x:" + "".join(chr(chance.randrange(0x20000, 0x2A000)) for _ in range(2042))
    ids = [name, name, name[:-1], None]
    with store.begin(tenant) as unit:
        for number, credential_id in enumerate(ids):
            row = replace(issuance(tenant, number), credential_id=credential_id)
            unit.issuances.add(row)
            unit.issuances.finish(replace(row, signed="{}", answer="{}", settled_at=NOW))

    with store.read(tenant) as unit:
        found = [
            [row.id for row in unit.issuances.of_credential(it)] for it in (name, "urn:x:", "")
        ]

    assert found == [["n0", "n1"], [], []]


def test_of_two_publishers_one_wins(store: Store, tenant: str) -> None:
    """A version is written once: the second publisher sees that another was faster."""
    with store.begin(tenant) as unit:
        answers = [unit.status.publish("l1", 0, published()) for _ in range(2)]

    assert answers == [True, False]


RACES = {
    "an idempotency key": lambda unit: unit.idempotency.add(idempotency(unit.tenant_id)),
    "an intent": lambda unit: unit.issuances.take_over("n1", 1, NOW),
    "the end of an intent": lambda unit: unit.issuances.finish(done(unit.tenant_id)),
    "a record": lambda unit: unit.records.add(record(unit.tenant_id)),
    "a version of a list": lambda unit: unit.status.publish("l1", 0, published()),
    "a number of a list": lambda unit: unit.status.add_list(
        replace(status_list(unit.tenant_id, 2), is_open=False)
    ),
    "the active key": lambda unit: unit.keys.add(key(unit.tenant_id)),
}


@pytest.mark.parametrize("prize", RACES)
def test_of_many_that_run_for_the_same_one_wins(store: Store, tenant: str, prize: str) -> None:
    """Units that overlap see one winner; the others are told, and none waits for ever."""
    with store.begin(tenant) as unit:
        unit.issuances.add(issuance(tenant, 1))
    start = Barrier(6)

    def run(_: int) -> bool:
        start.wait()
        try:
            with store.begin(tenant) as unit:
                return RACES[prize](unit) is not False
        except TakenError:
            return False

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(run, range(6)))

    assert won.count(True) == 1


def test_one_list_is_open_at_a_time(store: Store, tenant: str) -> None:
    """Who opens another one, under whatever number, is told; a closed list makes room."""
    with pytest.raises(TakenError), store.begin(tenant) as unit:
        unit.status.add_list(status_list(tenant, 2))
    with store.begin(tenant) as unit:
        unit.status.close_list("l1")
        unit.status.add_list(status_list(tenant, 2))
    with store.read(tenant) as unit:
        found = unit.status.open_list("i-ours", "revocation")

    assert found == status_list(tenant, 2)


def test_who_locks_an_issuance_is_alone_with_it(store: Store, tenant: str) -> None:
    """Twenty units that read, think and write lose none of each other's changes."""
    with store.begin(tenant) as unit:
        unit.issuances.add(issuance(tenant, 1))

    def count(_: int) -> None:
        with store.begin(tenant) as unit:
            row = unit.issuances.lock("n1")
            assert row is not None
            assert unit.issuances.take_over("n1", row.attempt, NOW)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(count, range(20)))

    with store.read(tenant) as unit:
        after = unit.issuances.get("n1")
    assert after is not None
    assert after.attempt == 21


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

    with engine.begin() as connection:
        show_deployment(connection)
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))
    engine.dispose()


def test_a_database_that_is_gone_is_our_own_fault() -> None:
    """No answer is said as such, not as a fault of the caller."""
    with pytest.raises(StoreUnavailableError):
        open_store("postgresql://postgres@/none?host=/nonexistent")


@pytest.mark.postgres
def test_the_audit_trail_cannot_be_emptied_at_once(postgres_server: PostgresServer) -> None:
    """TRUNCATE passes by what watches single rows."""
    database_url = postgres_server.new_database()
    open_store(database_url).close()
    engine = open_engine(database_url)

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("TRUNCATE events"))
    engine.dispose()


def test_a_reader_is_not_kept_waiting_by_a_writer(store: Store, tenant: str) -> None:
    """Share pages are served while a credential is being stored."""
    with store.begin(tenant) as writer:
        writer.issuances.add(issuance(tenant, 1))
        with store.read(tenant) as reader:
            seen = reader.issuances.get("n1")

    assert seen is None
