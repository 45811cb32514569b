"""Workers that are killed at any moment lose no row of a job and double none."""

from __future__ import annotations

import io
import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from issuer.failpoint import PLACES
from issuer.job_intake import parse_wanted, take_in
from issuer.jobs import read_lines, read_progress
from issuer.store import open_store
from issuer.store.job_rows import JobState, LineState
from issuer.store.ports import Unit
from tests.issuer.offices import START, Desk, open_desk
from tests.issuer.web.site import completion

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[2]
ROWS = 60
KILLS = {"sqlite": (PLACES, 6), "postgresql": (("after-sign", "in-store", "after-store"), 3)}
"""Where workers end, and how many generations of two chance kills; PostgreSQL's server outlives
them all, so its part is smaller."""
PERIOD = 60
"""Seconds between generations: longer than the lease of a portion."""


def completions() -> bytes:
    """A file with a completion on each line."""
    body = completion("01", share=True)
    found = []
    for number in range(ROWS):
        body["record"]["source"]["platformRecordId"] = f"GB-{number}"
        found.append(json.dumps(body))
    return "\n".join(found).encode()


def begin(desk: Desk) -> str:
    """The id of a job with all rows."""
    return take_in(
        desk.office,
        desk.caller,
        parse_wanted({}, catalogue=desk.office.catalogue, now=START),
        io.BytesIO(completions()),
        issuer=desk.issuer,
        idempotency=None,
        now=START,
    )


@pytest.fixture
def driver(tmp_path: Path, database_url: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kill.job_driver", str(tmp_path), database_url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def generation(driver: subprocess.Popen[str], number: int, *places: str) -> list[int]:
    """Let workers live that end at these places; how they ended."""
    assert driver.stdin is not None
    assert driver.stdout is not None
    driver.stdin.write(f"{(number + 1) * PERIOD} {' '.join(places)}\n")
    driver.stdin.flush()
    return [int(word) for word in driver.stdout.readline().split()]


def plan(database_url: str) -> list[tuple[str, ...]]:
    """Where the workers of each generation end: at each place in the steps, then by chance."""
    chance = random.Random(2)  # the same delays each time; where they strike is not
    places, by_chance = KILLS[database_url.partition(":")[0]]
    delays = [[f"~{chance.uniform(60, 900):.0f}" for _ in range(2)] for _ in range(by_chance)]
    return [*[(place, "~400") for place in places], *map(tuple, delays)]


def test_no_row_is_lost_or_doubled(
    driver: subprocess.Popen[str], tmp_path: Path, database_url: str
) -> None:
    """One credential for each row, one place in each list for each credential, and no intent is
    left when the last worker has ended in peace."""
    store = open_store(database_url)
    desk = open_desk(store, tmp_path / "keys")
    job = begin(desk)
    generations = plan(database_url)

    ends = [end for n, places in enumerate(generations) for end in generation(driver, n, *places)]
    last = generation(driver, len(generations), "-", "-")
    rest = generation(driver, len(generations) + 1, "-")

    assert Counter(ends)[-signal.SIGKILL] >= len(generations)
    assert [0, 0, 0] == last + rest
    check_job(desk, job)
    with store.read(desk.caller.tenant_id) as unit:
        check_places(unit, desk, job)
    store.close()


def check_job(desk: Desk, job: str) -> None:
    progress = read_progress(desk.office, desk.caller, job)
    assert JobState.FINISHED is progress.job.state
    assert {LineState.ISSUED: ROWS} == progress.counts


def issuances(desk: Desk, job: str) -> list[str]:
    lines = read_lines(
        desk.office, desk.caller, job, states=(LineState.ISSUED,), after=0, limit=ROWS + 1
    )
    return [json.loads(line.outcome or "{}")["issuanceId"] for line in lines]  # noqa: TID251


def check_places(unit: Unit, desk: Desk, job: str) -> None:
    """Every row names a credential of its own, every credential has places of its own."""
    found = issuances(desk, job)
    assert ROWS == len(set(found))
    entries = [entry for one in found for entry in unit.status.entries_of(one)]
    assert 2 * ROWS == len({(entry.list_id, entry.index) for entry in entries})
    assert () == unit.issuances.open_intents()
