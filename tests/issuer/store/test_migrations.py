"""From any earlier schema to this release's, or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from issuer.errors import IssuerCode, RefusedStartError
from issuer.store import open_store
from issuer.store.engine import open_engine
from issuer.store.migrate import migrate
from issuer.store.tables import METADATA

ROOT = Path(__file__).resolve().parents[3]


def test_the_migrations_make_the_tables_that_the_queries_expect(database_url: str) -> None:
    """History and present do not drift apart."""
    open_store(database_url).close()
    engine = open_engine(database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)
    engine.dispose()

    assert differences == []


def test_what_an_earlier_release_wrote_is_still_found(database_url: str) -> None:
    """Each step brings the rows along, not the tables alone."""
    engine = open_engine(database_url)
    migrate(engine, to="0001")
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO tenants VALUES ('t', 't', '2026-12-01 12:00:00')",
            "INSERT INTO issuers VALUES ('t', 'i', 'i', 'did:x:i', 'I', NULL, 'eddsa-rdfc-2022',"
            " 'none', '2026-12-01 12:00:00')",
            "INSERT INTO issuances VALUES ('t', 'n', 'i', NULL, 'urn:x:1', 'issued', '{}', '{}',"
            " '{}', 1, '2026-12-01 12:00:00', '2026-12-01 12:00:00', NULL)",
        ):
            connection.execute(text(statement))
    engine.dispose()

    store = open_store(database_url)
    with store.read("t") as unit:
        found = unit.issuances.of_credential("urn:x:1")
        issuer = unit.issuers.get("i")
    store.close()

    assert [row.id for row in found] == ["n"]
    assert issuer is not None
    assert issuer.proof_format == "eddsa-rdfc-2022"


def test_of_two_open_lists_the_newest_stays_open(database_url: str) -> None:
    """What a race left in an earlier schema does not stop the start."""
    engine = open_engine(database_url)
    migrate(engine, to="0002")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO tenants VALUES ('t', 't', '2026-12-01 12:00:00')"))
        connection.execute(
            text(
                "INSERT INTO issuers VALUES ('t', 'i', 'i', 'did:x:i', 'I', NULL, 's', 'none',"
                " '2026-12-01 12:00:00')"
            )
        )
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO status_lists (tenant_id, id, issuer_id, purpose, number, size,"
                    " allocated, is_open, revision, published_revision, version)"
                    " VALUES ('t', :id, 'i', 'revocation', :number, 8, 0, true, 0, 0, 0)"
                ),
                {"id": f"l{number}", "number": number},
            )
    engine.dispose()

    store = open_store(database_url)
    with store.read("t") as unit:
        lists = [unit.status.get_list(name) for name in ("l1", "l2")]
    store.close()

    assert [found.is_open for found in lists if found] == [False, True]


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
