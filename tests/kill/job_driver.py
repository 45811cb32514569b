"""Works on jobs in processes of their own, each of which may be killed at any moment.

Reads lines ``SECONDS PLACE …`` from standard input: for each PLACE one worker, all at once, works
at SECONDS after the start until nothing is left, and ends with SIGKILL at PLACE (``-`` for none;
``~MILLISECONDS`` kills it from outside after that time). Each is forked before any thread or
connection exists, so that nothing but the files outlives it. Prints how each ended.

Called with the folder of keys, and the URL of the database.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from issuer.failpoint import no_failpoint, unsafe_failpoint
from issuer.jobs import take_turn
from issuer.store import open_store
from tests.issuer.offices import later, open_desk


def work(folder: Path, database_url: str, seconds: float, place: str) -> None:
    """The life of one worker."""
    store = open_store(database_url)
    failpoint = no_failpoint if place == "-" or place[0] == "~" else unsafe_failpoint(place)
    desk = open_desk(store, folder / "keys", failpoint=failpoint)
    begun = time.monotonic()

    def clock() -> datetime:
        return later(seconds + time.monotonic() - begun)

    while take_turn(desk.office, clock):
        pass


def start(folder: Path, database_url: str, seconds: float, place: str) -> int:
    """Fork a worker: its process id."""
    child = os.fork()
    if child == 0:
        try:
            work(folder, database_url, seconds, place)
        finally:
            os._exit(1 if sys.exc_info()[0] else 0)
    return child


def end(child: int, place: str, begun: float) -> int:
    """Let it live as long as it may; how it ended: an exit code, or minus a signal."""
    if place[0] == "~":
        time.sleep(max(0.0, begun + float(place[1:]) / 1000 - time.monotonic()))
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    folder, database_url = Path(sys.argv[1]), sys.argv[2]
    for line in sys.stdin:
        seconds, *places = line.split()
        begun = time.monotonic()
        children = [start(folder, database_url, float(seconds), place) for place in places]
        ends = [end(child, place, begun) for child, place in zip(children, places, strict=True)]
        sys.stdout.write(" ".join(map(str, ends)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
