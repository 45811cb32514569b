"""Background work: what is done again and again, and by whom.

A worker asks two places in turn for something to do, so that neither can keep it from the
other: the queue, on which tasks of ``PERIODIC`` stand that are due, and ``TURNS``, work of which
there may be much and which is taken in small portions. Any number of workers may run, each with
any number of threads, on any machine that reaches the database.

**What a task promises.** It may be started by several workers at once and may be ended between
any two of its steps (SIGKILL): whatever it does is claimed and written in transactions that hold
under both. It takes the office and the time, gives the number of things it did, and leaves what
it could not do for the next time. An error ends that run alone: it is logged by its kind and
place, without its words, which could hold personal data, and the task is due again as ever.

Leaves to others: what each task does (the room it belongs to), sending names to and fro
(``issuer.work_queue``), signals and the environment (``issuer.__main__``).
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer import (
    approvals,
    bulk_revocation,
    decisions,
    events,
    idempotency,
    jobs,
    lifecycle,
    limits,
    oauth,
    offer_clock,
    operators,
    settlement,
    status_list,
)
from issuer.delivery import mail, webhooks
from issuer.errors import OwnFaultError
from issuer.office import Office
from issuer.work_queue import WorkQueue

_LOG: Final = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Turn = Callable[[Office, Clock], int]
"""One small portion of a large work; how much of it was done, 0 when there is none left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A task that is due every ``every`` seconds. ``run`` gives the number of things it did."""

    name: str
    every: int
    run: Callable[[Office, datetime], int]


PERIODIC: Final = (
    Periodic(name="settle intents", every=30, run=settlement.settle_all),
    Periodic(name="republish status lists", every=600, run=status_list.republish_old),
    Periodic(name="reinstate suspensions", every=600, run=lifecycle.reinstate_due),
    Periodic(name="expire approvals", every=3_600, run=approvals.expire_old),
    Periodic(name="forget sessions", every=3_600, run=operators.forget_sessions),
    Periodic(name="send mails", every=30, run=mail.deliver),
    Periodic(name="remind hosts", every=600, run=offer_clock.remind_due),
    Periodic(name="close offers", every=3_600, run=offer_clock.close_due),
    Periodic(name="issue agreed offers", every=60, run=decisions.finish_agreed),
    Periodic(name="forget idempotency keys", every=3_600, run=idempotency.forget_old),
    Periodic(name="withdraw what was ordered", every=10, run=bulk_revocation.revoke_due),
    Periodic(name="send webhooks", every=2, run=webhooks.deliver_due),
    Periodic(name="forget events", every=86_400, run=events.forget_events),
    Periodic(name="forget access tokens", every=3_600, run=oauth.forget_tokens),
    Periodic(name="forget inputs of jobs", every=3_600, run=jobs.forget_inputs),
)
"""Every room adds its own line here."""

TURNS: Final[tuple[Turn, ...]] = (jobs.take_turn,)
"""What is taken in portions whenever a worker has a hand free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who does the work: safe to share between threads."""

    office: Office
    clock: Clock
    periodic: tuple[Periodic, ...] = PERIODIC
    turns: tuple[Turn, ...] = TURNS

    def work(self, queue: WorkQueue, *, threads: int, stop: threading.Event) -> bool:
        """Work until ``stop`` is set, then finish what is under way; whether that was finished
        within ``limits.STOP_SECONDS``."""
        hands = [
            threading.Thread(target=self._work_alone, args=(queue, stop), daemon=True)
            for _ in range(threads)
        ]
        for hand in hands:
            hand.start()
        slots: dict[str, int] = {}
        while not stop.wait(limits.WORKER_TICK_SECONDS):
            self._send_due(queue, slots)
        end = time.monotonic() + limits.STOP_SECONDS
        for hand in hands:
            hand.join(max(0.0, end - time.monotonic()))
        return not any(hand.is_alive() for hand in hands)

    def work_once(self) -> dict[str, int | None]:
        """Run every task once and every turn until nothing is left: what each task did, or
        ``None`` for one that failed."""
        done = {task.name: self.run_named(task.name) for task in self.periodic}
        while self._take_turns():
            pass
        return done

    def run_named(self, name: str) -> int | None:
        """Run the task ``name``: what it did, or ``None`` when it failed (the log says where)."""
        task = next((task for task in self.periodic if task.name == name), None)
        if task is None:
            _LOG.warning("a task was asked for that this release does not know")
            return 0
        try:
            return task.run(self.office, self.clock())
        except Exception as error:  # noqa: BLE001  whatever it is, it ends this run alone
            _log_fault(name, error)
            return None

    def _send_due(self, queue: WorkQueue, slots: dict[str, int]) -> None:
        """Send each task whose time slot is new. ``slots`` is what this worker has looked at."""
        now = int(self.clock().timestamp())
        for task in self.periodic:
            slot = now // task.every
            if slots.get(task.name) == slot:
                continue
            try:
                queue.send_for_slot(task.name, slot)
            except OwnFaultError as error:
                _log_fault(task.name, error)
                return
            slots[task.name] = slot

    def _work_alone(self, queue: WorkQueue, stop: threading.Event) -> None:
        """One thread: a task from the queue, a portion of each large work, again and again."""
        while not stop.is_set():
            found = self._run_next(queue)
            if not self._take_turns() and not found:
                stop.wait(limits.WORKER_IDLE_SECONDS)

    def _run_next(self, queue: WorkQueue) -> bool:
        try:
            name = queue.take()
        except OwnFaultError as error:
            _log_fault("take from the queue", error)
            return False
        if name is None:
            return False
        self.run_named(name)
        return True

    def _take_turns(self) -> int:
        return sum(self._take_turn(turn) for turn in self.turns)

    def _take_turn(self, turn: Turn) -> int:
        try:
            return turn(self.office, self.clock)
        except Exception as error:  # noqa: BLE001  as for a task; what it claimed is free again soon
            _log_fault("a portion of a large work", error)
            return 0


def _log_fault(name: str, error: Exception) -> None:
    """The kind and the place, never the words: a driver's error repeats what it was to write."""
    place = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("the task %r failed with %s\n%s", name, type(error).__name__, place)
