"""A power cut at any moment loses nothing that was answered and doubles nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from issuer.failpoint import PLACES
from issuer.store import open_store
from issuer.store.engine import open_engine
from issuer.store.row_security import show_deployment
from issuer.store.rows import IssuanceState
from tests.issuer.offices import open_desk
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[2]
KILLED = -signal.SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often each place is tried, how often chance kills, and how many kills there must be.

    The server of PostgreSQL outlives the killed client, so its part is smaller; and what is further
    goes the same way as a completion but for its meaning.
    """

    per_place: int
    by_chance: int
    kills: int

    def places(self) -> list[str]:
        """Where each child ends, in turn."""
        chance = random.Random(1)  # the same delays each time; where they strike is not
        return [place for place in PLACES for _ in range(self.per_place)] + [
            f"~{chance.uniform(5, 180):.0f}" for _ in range(self.by_chance)
        ]


PLANS = {
    ("completions", "sqlite"): Plan(per_place=4, by_chance=24, kills=50),
    ("completions", "postgresql"): Plan(per_place=1, by_chance=8, kills=len(PLACES)),
    ("further", "sqlite"): Plan(per_place=1, by_chance=8, kills=len(PLACES)),
    ("further", "postgresql"): Plan(per_place=1, by_chance=0, kills=len(PLACES)),
}


@dataclass(slots=True)
class Driver:
    """The process that forks the ones that are killed."""

    process: subprocess.Popen[str]

    def issue(self, number: int, seconds: float, place: str) -> int:
        """Issue one record in a process of its own; how that process ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{number} {seconds} {place}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(params=["completions", "further"])
def issued(request: pytest.FixtureRequest) -> str:
    """What the children issue."""
    return str(request.param)


@pytest.fixture
def driver(tmp_path: Path, database_url: str, issued: str) -> Iterator[Driver]:
    store = open_store(database_url)
    open_desk(store, tmp_path / "keys")
    store.close()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kill.driver", str(tmp_path), database_url, issued],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Driver(process)
        assert process.stdin is not None
        process.stdin.close()


def ledger(folder: Path) -> list[tuple[str, str, str, str]]:
    """What was answered: record, issuance, share link, signed bytes."""
    lines = (folder / "ledger").read_text(encoding="utf-8").split("\n")
    return [tuple(line.split("\t")) for line in lines if line]  # type: ignore[misc]


def places_of(document: JsonObject) -> list[tuple[str, str]]:
    return [
        (entry["statusListCredential"], entry["statusListIndex"])
        for entry in document["credentialStatus"]
    ]


def test_kill_between_any_two_steps(
    driver: Driver, tmp_path: Path, database_url: str, issued: str
) -> None:
    """No place in a list is used twice, no answered credential is lost, and the repeated call
    gives one credential for each record, and one of each further meaning."""
    planned = PLANS[issued, database_url.partition(":")[0]]
    plan = planned.places()

    ends = [driver.issue(number, 0, place) for number, place in enumerate(plan)]
    retries = [driver.issue(number, 60, "-") for number in range(len(plan))]
    again = [driver.issue(number, 120, "-") for number in range(len(plan))]

    assert Counter(ends)[KILLED] >= planned.kills
    assert set(retries + again) == {0}
    answered = ledger(tmp_path)
    check_answers(answered, len(plan))
    check_store(tmp_path, database_url, answered, is_further=issued == "further")


def check_answers(answered: list[tuple[str, str, str, str]], records: int) -> None:
    """Every record has one answer, however often it was asked for."""
    by_record: dict[str, set[tuple[str, str, str]]] = {}
    for number, *answer in answered:
        by_record.setdefault(number, set()).add(tuple(answer))  # type: ignore[arg-type]
    assert {number: len(answers) for number, answers in by_record.items()} == {
        str(number): 1 for number in range(records)
    }
    documents = [parse_json_object(body.encode()) for body in {row[3] for row in answered}]
    used = Counter(place for document in documents for place in places_of(document))
    assert set(used.values()) == {1}


def check_store(
    folder: Path,
    database_url: str,
    answered: list[tuple[str, str, str, str]],
    *,
    is_further: bool,
) -> None:
    """The store holds the very bytes that were answered, one issuance a record, no intent."""
    store = open_store(database_url)
    desk = open_desk(store, folder / "keys")
    with store.read(desk.caller.tenant_id) as unit:
        for _, issuance_id, _, body in answered:
            row = unit.issuances.get(issuance_id)
            assert row is not None
            assert (row.state, row.signed) == (IssuanceState.ISSUED, body)
        assert unit.issuances.open_intents() == ()
    store.close()
    engine = open_engine(database_url)
    with engine.connect() as connection:
        show_deployment(connection)
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        per_record = connection.execute(
            text("SELECT count(*) FROM issuances WHERE state = 'issued' GROUP BY record_key")
        ).scalars()
        per_meaning = connection.execute(
            text(
                "SELECT count(*) FROM issuances NATURAL JOIN further WHERE state = 'issued'"
                " GROUP BY about, kind"
            )
        ).scalars()
        if is_further:
            assert set(per_meaning) == {1}
        else:
            assert set(per_record) == {1}
    engine.dispose()
