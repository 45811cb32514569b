"""The audit trail shows what was done to it, on both databases, whoever did it."""

from __future__ import annotations

import hashlib
import multiprocessing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import rfc8785
from sqlalchemy import text

from issuer import audit
from issuer.audit import AuditBrokenError, Chain, Fault
from issuer.store import Store, open_store, row_security
from issuer.store.chain import DEPLOYMENT, Head
from issuer.store.engine import open_engine
from issuer.store.migrate import migrate
from tests.issuer.offices import numbered_record, open_desk
from tests.issuer.store.rows_of import NOW, add_tenant, event

OURS: Final = Chain(id="t-ours", name="ours")
LINES: Final = 5


@pytest.fixture
def trail(store: Store) -> Store:
    """A store whose tenant *ours* has five lines, written by three units."""
    add_tenant(store, "ours")
    for units in ((1, 2), (3,), (4, 5)):
        write(store, *units)
    return store


def write(store: Store, *numbers: int, tenant: str = "t-ours") -> None:
    with store.begin(tenant) as unit:
        for number in numbers:
            unit.events.add(
                replace(event(tenant), id=f"e{number}", at=NOW + timedelta(seconds=number))
            )


def tamper(database_url: str, *statements: str) -> None:
    """What somebody does who owns the database: the triggers are no match."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        row_security.show_deployment(connection)
        is_postgresql = connection.dialect.name == "postgresql"
        for verb in ("update", "delete"):
            place = " ON events" if is_postgresql else ""
            connection.execute(text(f"DROP TRIGGER events_keep_{verb}{place}"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_trail_that_nobody_touched_is_whole(trail: Store) -> None:
    """Every line is found, whatever unit wrote it."""
    found = audit.verify_trail(trail, OURS)

    assert found.head.position == LINES
    assert found.head == dict(audit.heads(trail, "ours"))[OURS]


_MOVE: Final = "UPDATE events SET position = {} WHERE tenant_id = 't-ours' AND id = '{}'"

TAMPERED: Final = {
    "changed": (["UPDATE events SET actor = 'me' WHERE id = 'e3'"], Fault.CHANGED, 3, "e3"),
    "changed reason": (["UPDATE events SET reason = 'x' WHERE id = 'e5'"], Fault.CHANGED, 5, "e5"),
    "first removed": (["DELETE FROM events WHERE id = 'e1'"], Fault.MISSING, 2, "e2"),
    "removed": (["DELETE FROM events WHERE id = 'e3'"], Fault.MISSING, 4, "e4"),
    "removed and closed up": (
        ["DELETE FROM events WHERE id = 'e3'", _MOVE.format(3, "e4"), _MOVE.format(4, "e5")],
        Fault.CHANGED, 3, "e4",
    ),
    "cut short": (["DELETE FROM events WHERE id = 'e5'"], Fault.CUT_SHORT, 4, None),
    "emptied": (["DELETE FROM events"], Fault.CUT_SHORT, 0, None),
    "put in": (
        [
            _MOVE.format(6, "e5"), _MOVE.format(5, "e4"),
            "INSERT INTO events SELECT tenant_id, 'new', at, actor, action, subject, reason, 4,"
            " hash FROM events WHERE id = 'e3'",
        ],
        Fault.CHANGED, 4, "new",
    ),
    "put at the end": (
        [
            "INSERT INTO events SELECT tenant_id, 'new', at, actor, action, subject, reason, 6,"
            " hash FROM events WHERE id = 'e3'",
        ],
        Fault.CHANGED, 6, "new",
    ),
    "put beside": (
        [
            "INSERT INTO events SELECT tenant_id, 'new', at, actor, action, subject, reason,"
            " NULL, NULL FROM events WHERE id = 'e3'",
        ],
        Fault.UNLINKED, 0, "new",
    ),
    "reordered": (
        [_MOVE.format(9, "e2"), _MOVE.format(2, "e3"), _MOVE.format(3, "e2")],
        Fault.CHANGED, 2, "e3",
    ),
}  # fmt: skip
"""What is done, and the first line that shows it."""


@pytest.mark.parametrize("name", TAMPERED)
def test_the_first_line_that_is_not_what_was_written_is_named(
    trail: Store, database_url: str, name: str
) -> None:
    """Changed, removed, inserted, reordered, cut short."""
    statements, fault, position, event_id = TAMPERED[name]
    tamper(database_url, *statements)

    with pytest.raises(AuditBrokenError) as caught:
        audit.verify_trail(trail, OURS)

    broken = caught.value
    assert (broken.fault, broken.position, broken.event_id) == (fault, position, event_id)


def test_a_head_kept_elsewhere_shows_a_chain_that_was_cut_with_its_end(
    trail: Store, database_url: str
) -> None:
    """Whoever shortens the chain and its stored end is found by the hash that was kept."""
    kept = frozenset({dict(audit.heads(trail, "ours"))[OURS].hash})
    before = audit.verify_trails(trail, "ours", anchors=kept)
    write(trail, 6)
    grown = audit.verify_trails(trail, "ours", anchors=kept)
    tamper(
        database_url,
        "DELETE FROM events WHERE position > 4",
        "UPDATE audit_heads SET position = 4, hash = (SELECT hash FROM events WHERE position = 4)",
    )

    cut = audit.verify_trails(trail, "ours")
    with pytest.raises(AuditBrokenError) as caught:
        audit.verify_trails(trail, "ours", anchors=kept)

    assert [before[0].head.position, grown[0].head.position, cut[0].head.position] == [5, 6, 4]
    assert caught.value.fault is Fault.OTHER_HEAD


def test_every_tenant_has_a_chain_of_its_own(trail: Store, database_url: str) -> None:
    """What is done to one says nothing about another; the deployment has one as well."""
    add_tenant(trail, "theirs")
    write(trail, 1, 2, tenant="t-theirs")
    with trail.deployment(write=True) as unit:
        unit.events.add(replace(event(DEPLOYMENT), id="d1"))
    tamper(database_url, "UPDATE events SET actor = 'me' WHERE tenant_id = 't-ours'")

    found = {
        chain.name: audit.verify_trail(trail, chain).head.position
        for chain in audit.chains(trail)
        if chain != OURS
    }
    with pytest.raises(AuditBrokenError):
        audit.verify_trails(trail)

    assert found == {"the deployment": 1, "theirs": 2}


def test_an_export_can_be_checked_without_us(trail: Store) -> None:
    """SHA-256 over the RFC 8785 form of each line is the next line's ``previous``."""
    lines = list(audit.export_trail(trail, "ours"))

    hashes = [line.pop("hash") for line in lines]
    assert hashes == [hashlib.sha256(rfc8785.dumps(line)).hexdigest() for line in lines]
    assert [line["previous"] for line in lines] == [Head().hash, *hashes[:-1]]
    assert [line["id"] for line in lines] == [f"e{number}" for number in range(1, LINES + 1)]


def test_a_unit_that_fails_leaves_no_line(trail: Store) -> None:
    """The line and what it tells are one transaction."""
    with pytest.raises(RuntimeError):
        _write_and_fail(trail)

    assert audit.verify_trail(trail, OURS).head.position == LINES


def _write_and_fail(store: Store) -> None:
    with store.begin("t-ours") as unit:
        unit.events.add(replace(event("t-ours"), id="e6"))
        raise RuntimeError


def _write_many(database_url: str, start: int) -> None:
    store = open_store(database_url)
    for number in range(start, start + 8):
        write(store, number, 1000 + number)
    store.close()


def test_processes_that_write_together_make_one_chain(trail: Store, database_url: str) -> None:
    """No line is lost, no place is given twice, and nobody waits for ever."""
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.starmap(_write_many, [(database_url, 100 * number) for number in range(1, 4)])

    assert audit.verify_trail(trail, OURS).head.position == LINES + 3 * 16


def test_lines_of_an_earlier_release_begin_the_chain(database_url: str) -> None:
    """In the order of their instants, on databases that were never chained."""
    engine = open_engine(database_url)
    migrate(engine, to="0004")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO tenants VALUES ('t-ours', 'ours', '2026-12-01')"))
        for name, second in (("b", "01.500000"), ("a", "02"), ("c", "00")):
            connection.execute(
                text(
                    "INSERT INTO events VALUES ('t-ours', :name, :at, 'cli', 'issued', 'n', NULL)"
                ),
                {"name": name, "at": f"2026-12-01 12:00:{second}"},
            )
    engine.dispose()

    store = open_store(database_url)
    write(store, 6)
    found = audit.verify_trail(store, OURS)
    order = [line["id"] for line in audit.export_trail(store, "ours")]
    store.close()

    assert found.head.position == 4
    assert order == ["c", "b", "a", "e6"]


def test_issuing_writes_a_whole_chain(store: Store, tmp_path: Path) -> None:
    """The procedures of the issuer, not the tests' own lines."""
    desk = open_desk(store, tmp_path / "keys")
    for number in range(3):
        desk.issue(numbered_record(number))

    found = audit.verify_trails(store, "ours")

    assert [one.head.position for one in found] == [4]
