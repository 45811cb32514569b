"""Two lines between tenants: the condition in every statement, and PostgreSQL's own policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Delete, Engine, Select, Table, Update, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList
from sqlalchemy.sql.operators import and_, eq

from issuer.store import Store, open_store, row_security
from issuer.store.engine import open_engine
from issuer.store.ports import Unit
from issuer.store.tables import METADATA
from tests.issuer.store.rows_of import add_tenant, fill
from tests.issuer.store.test_tenants_apart import CHANGES, OURS, READS, THEIRS
from tests.postgres import PostgresServer

TENANT_TABLES: Final = {table.name for table in METADATA.sorted_tables if "tenant_id" in table.c}


@contextmanager
def statements() -> Iterator[list[Any]]:
    """Everything that SQLAlchemy Core runs while the block lasts."""
    seen: list[Any] = []

    def see(_connection: object, statement: Any, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_execute", see)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_execute", see)


def names_tenant(statement: Any, table: Table) -> bool:
    """Whether a condition that always counts says which tenant's rows of ``table`` are meant."""
    where = statement.whereclause
    joined = isinstance(where, BooleanClauseList) and where.operator is and_
    return any(
        isinstance(one, BinaryExpression)
        and one.operator is eq
        and one.left is table.c.tenant_id
        and isinstance(one.right, BindParameter)
        and one.right.value == OURS
        for one in (where.clauses if joined else [where])
    )


def tables_of(statement: Any) -> list[Table]:
    """The tables with tenants' rows that a statement reads or changes."""
    found = statement.get_final_froms() if isinstance(statement, Select) else [statement.table]
    assert all(isinstance(table, Table) for table in found), "a join: say here how it is held"
    return [table for table in found if table.name in TENANT_TABLES]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", [*READS, *CHANGES])
def test_every_statement_of_a_unit_names_its_tenant(store: Store, name: str) -> None:
    """Also where no other tenant's row would be found by chance (``test_tenants_apart`` demands
    that every promise of the ports stands in these two tables)."""
    add_tenant(store, "ours")
    with store.begin(OURS) as unit:
        fill(unit)
    method: Callable[[Unit], object] = (READS | CHANGES)[name]

    with statements() as seen, store.begin(OURS) as unit:
        method(unit)
    asked = [one for one in seen if isinstance(one, (Select, Update, Delete))]

    assert asked
    for statement in asked:
        for table in tables_of(statement):
            assert names_tenant(statement, table), f"{name}: {statement}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """A database with things of two tenants, for the role that the service has."""
    url = postgres_server.new_database()
    store = open_store(url)
    for name in ("ours", "theirs"):
        add_tenant(store, name)
    with store.begin(OURS) as unit:
        fill(unit)
    store.close()
    return url


@contextmanager
def raw(url: str, show: Callable[[Connection], None] | None = None) -> Iterator[Connection]:
    """A connection past the store."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            if show is not None:
                show(connection)
            yield connection
    finally:
        engine.dispose()


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table, of every tenant that is shown."""
    return {
        name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
        for name in sorted(TENANT_TABLES | {"tenants"})
    }


@pytest.mark.postgres
def test_every_table_with_a_tenant_is_secured(postgres_url: str) -> None:
    """Those of later releases too; the owner of the tables is bound as well."""
    with raw(postgres_url) as connection:
        found = row_security.tenant_tables(connection)
        secured = row_security.secured_tables(connection)
        bound = row_security.is_bound(connection)

    assert TENANT_TABLES | {"tenants"} == found.keys() == secured
    assert bound


@pytest.mark.postgres
def test_a_query_without_a_condition_sees_its_own_tenant_alone(postgres_url: str) -> None:
    """Nothing at all where no tenant was named."""
    with raw(postgres_url) as connection:
        nobody = counts(connection)
    with raw(postgres_url, lambda it: row_security.show_tenant(it, THEIRS)) as connection:
        theirs = counts(connection)
    with raw(postgres_url, lambda it: row_security.show_tenant(it, OURS)) as connection:
        ours = counts(connection)
        whose = set(connection.execute(text("SELECT tenant_id FROM issuances")).scalars())
    with raw(postgres_url, row_security.show_deployment) as connection:
        every = counts(connection)

    assert set(nobody.values()) == {0}
    assert {"tenants": 1, "issuers": 1} == {name: n for name, n in theirs.items() if n}
    assert whose == {OURS}
    assert {name: ours[name] + theirs[name] for name in ours} == every


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issuers SET tenant_id = 't-ours' WHERE tenant_id = 't-theirs'",
        "INSERT INTO offers VALUES ('t-ours', 'o9', 'r1', 'i-ours', 'held', now(), now())",
    ],
)
def test_no_row_is_given_to_another_tenant(postgres_url: str, statement: str) -> None:
    """What a unit writes has to be its own."""
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        raw(postgres_url, lambda it: row_security.show_tenant(it, THEIRS)) as connection,
    ):
        connection.execute(text(statement))


@pytest.mark.postgres
def test_a_change_without_a_condition_reaches_no_other_tenant(postgres_url: str) -> None:
    """A forgotten WHERE stays within its unit."""
    with raw(postgres_url, lambda it: row_security.show_tenant(it, THEIRS)) as connection:
        changed = connection.execute(text("UPDATE issuers SET profile_name = 'x'")).rowcount
        removed = connection.execute(text("DELETE FROM shares")).rowcount

    assert (1, 0) == (changed, removed)


@pytest.mark.postgres
def test_a_connection_forgets_whose_it_was(postgres_url: str) -> None:
    """The name of a tenant ends with the transaction, also on a connection that is used again."""
    engine = open_engine(postgres_url)
    with engine.connect() as connection:
        with connection.begin():
            row_security.show_tenant(connection, OURS)
            before = connection.execute(text("SELECT count(*) FROM shares")).scalar_one()
        with connection.begin():
            after = connection.execute(text("SELECT count(*) FROM shares")).scalar_one()
    engine.dispose()

    assert (1, 0) == (before, after)


@pytest.mark.postgres
def test_a_table_of_a_later_release_is_secured_at_its_first_start(postgres_url: str) -> None:
    """Nobody has to think of it."""
    with raw(postgres_url) as connection:
        connection.execute(text("CREATE TABLE later (tenant_id text, id text)"))
        connection.execute(text("INSERT INTO later VALUES ('t-ours', 'x')"))

    open_store(postgres_url).close()
    with raw(postgres_url, lambda it: row_security.show_tenant(it, THEIRS)) as connection:
        seen = connection.execute(text("SELECT count(*) FROM later")).scalar_one()

    assert 0 == seen


@pytest.mark.postgres
def test_a_superuser_is_known_as_one(
    postgres_url: str, postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Policies bind no superuser, so the operator is told at every start."""
    with raw(postgres_server.superuser_url(postgres_url)) as connection:
        assert not row_security.is_bound(connection)
    open_store(postgres_server.superuser_url(postgres_url)).close()
    warned = list(caplog.messages)
    caplog.clear()
    open_store(postgres_url).close()

    assert 1 == len(warned)
    assert [] == caplog.messages


def test_rows_stay_what_they_were(store: Store) -> None:
    """The policies change nothing for the tenant itself: what a unit wrote, the next one reads."""
    add_tenant(store, "ours")
    with store.begin(OURS) as unit:
        fill(unit)
    with store.read(OURS) as unit:
        issuer = unit.issuers.get("i-ours")
        assert issuer is not None
        assert replace(issuer, name="ours") == issuer
        assert unit.shares.of_issuance("n1")
