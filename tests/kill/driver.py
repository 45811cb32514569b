"""Issues records in processes of their own, each of which may be killed at any moment.

Reads lines ``NUMBER SECONDS PLACE`` from standard input: issue the record NUMBER at SECONDS
after the start, and end with SIGKILL at PLACE (``-`` for none). For each line a child is forked
before any thread or connection exists, so that nothing but the files outlives it. What a child
was answered it appends to the ledger and syncs, as a platform would, before it says so.

``NUMBER SECONDS ~MILLISECONDS`` kills the child from outside after that time instead.

Called with the folder of keys and ledger, the URL of the database, and what is issued: the
completion of each record, or something further about it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from issuer.errors import InProgressError
from issuer.failpoint import no_failpoint, unsafe_failpoint
from issuer.issue import Issued
from issuer.store import open_store
from tests.issuer.further_credentials import skill_wish
from tests.issuer.offices import Desk, later, numbered_record, open_desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every child does: ``is_further`` for something further about the record."""

    folder: Path
    database_url: str
    is_further: bool

    def issue(self, desk: Desk, number: int, now: datetime) -> Issued:
        """Issue it; the completion that something further is about is there already."""
        if not self.is_further:
            return desk.issue(numbered_record(number), now=now, share=True)
        steady = replace(desk, office=replace(desk.office, failpoint=no_failpoint))
        about = steady.issue(numbered_record(number), now=now)
        return desk.issue_own(skill_wish(about, share=True), now=now)


def issue(task: Task, number: int, seconds: float, place: str) -> None:
    """The life of one child."""
    store = open_store(task.database_url)
    failpoint = no_failpoint if place == "-" or place[0] == "~" else unsafe_failpoint(place)
    desk = open_desk(store, task.folder / "keys", failpoint=failpoint)
    try:
        issued = task.issue(desk, number, later(seconds))
    except InProgressError:
        return
    line = f"{number}\t{issued.issuance_id}\t{issued.share_url}\t{issued.body}\n"
    descriptor = os.open(task.folder / "ledger", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, line.encode())
    os.fsync(descriptor)


def run_child(task: Task, number: int, seconds: float, place: str) -> int:
    """Fork, let it live, and tell how it ended: an exit code, or minus a signal."""
    child = os.fork()
    if child == 0:
        try:
            issue(task, number, seconds, place)
        finally:
            os._exit(1 if sys.exc_info()[0] else 0)
    if place[0] == "~":
        time.sleep(float(place[1:]) / 1000)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    task = Task(
        folder=Path(sys.argv[1]),
        database_url=sys.argv[2],
        is_further=sys.argv[3] == "further",
    )
    for line in sys.stdin:
        number, seconds, place = line.split()
        end = run_child(task, int(number), float(seconds), place)
        sys.stdout.write(f"{end}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
