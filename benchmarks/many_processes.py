"""Many processes issue from one database: no place in a status list is given out twice.

    python -m benchmarks.many_processes [--processes 8] [--issues 500] [--retries 50]
        [--database postgresql://…]

First RETRIES processes' threads send one and the same record at once, again and again until
each has an answer: one credential, one place. Then PROCESSES processes issue ISSUES records
each: as many credentials and places as records. Exits with 1 when a number is wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from issuer.errors import InProgressError
from issuer.issue import Issued
from issuer.store import open_store
from issuer.store.rows import StatusPolicy
from tests.issuer.offices import Desk, numbered_record, open_desk


def issue_many(database: str, keys: Path, first: int, count: int) -> list[str]:
    """One process: the ids of the issuances of its records."""
    store = open_store(database)
    desk = open_desk(store, keys, policy=StatusPolicy.REVOCATION)
    found = [desk.issue(numbered_record(first + n)).issuance_id for n in range(count)]
    store.close()
    return found


def issue_at_last(desk: Desk) -> Issued:
    """The record that everybody sends, sent again while the first call still runs."""
    while True:
        try:
            return desk.issue(numbered_record(0))
        except InProgressError:
            time.sleep(0.05)


def places(desk: Desk, issuances: set[str]) -> int:
    """How many places in status lists these issuances have together."""
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        entries = [entry for one in issuances for entry in unit.status.entries_of(one)]
    return len({(entry.list_id, entry.index) for entry in entries})


def main() -> int:
    """Run both, and say whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--issues", type=int, default=500)
    parser.add_argument("--retries", type=int, default=50)
    parser.add_argument("--database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or f"sqlite:///{folder}/issuer.db"
        return measure(database, Path(folder) / "keys", options)


def measure(database: str, keys: Path, options: argparse.Namespace) -> int:
    """Both parts on one database."""
    desk = open_desk(open_store(database), keys, policy=StatusPolicy.REVOCATION)
    with ThreadPoolExecutor(options.retries) as threads:
        answers = list(threads.map(issue_at_last, [desk] * options.retries))
    same = {answer.issuance_id for answer in answers}
    places_of_one = places(desk, same)
    print(f"{options.retries} at once: {len(same)} credential, {places_of_one} place")
    tasks = [
        (database, keys, 1 + n * options.issues, options.issues) for n in range(options.processes)
    ]
    begun = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        found = {one for issued in pool.starmap(issue_many, tasks) for one in issued}
    seconds = time.monotonic() - begun
    taken, wanted = places(desk, found), options.processes * options.issues
    print(f"{options.processes} times {options.issues}: {len(found)} credentials, {taken} places")
    print(f"{wanted / seconds:.1f} a second")
    desk.office.store.close()
    return 0 if (len(same), places_of_one, len(found), taken) == (1, 1, wanted, wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
