"""The tasks that are done again and again, and the threads that do them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from issuer.errors import IssuerCode, OwnFaultError
from issuer.office import Office
from issuer.status_list import find_list, publish
from issuer.store import Store
from issuer.work_queue import WorkQueue, open_queue, queue_url
from issuer.worker import PERIODIC, Clock, Periodic, Worker
from tests.issuer.offices import START, Desk, later, numbered_record, open_desk
from tests.issuer.store.rows_of import idempotency


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


@pytest.fixture
def queue(database_url: str) -> Iterator[WorkQueue]:
    opened = open_queue(queue_url(database_url))
    yield opened
    opened.close()


def run(desk: Desk, name: str, now: datetime) -> int | None:
    """Run one task of the table at ``now``."""
    return Worker(office=desk.office, clock=lambda: now).run_named(name)


class CrashError(Exception):
    """Stands for the end of a process."""


def leave_intent(store: Store, desk: Desk, tmp_path: Path, number: int) -> None:
    """An intent as a crash after signing leaves it."""

    def crash(place: str) -> None:
        if place == "after-sign":
            raise CrashError

    crashing = open_desk(store, tmp_path / "keys", failpoint=crash)
    with pytest.raises(CrashError):
        crashing.issue(numbered_record(number))


def test_intents_of_a_crash_are_settled(store: Store, desk: Desk, tmp_path: Path) -> None:
    """Once their lease is over, and not before; whoever repeats the call gets the credential."""
    leave_intent(store, desk, tmp_path, 1)
    leave_intent(store, desk, tmp_path, 2)

    early = run(desk, "settle intents", later(1))
    in_time = run(desk, "settle intents", later(60))

    assert (early, in_time) == (0, 2)
    with store.read(desk.caller.tenant_id) as unit:
        assert unit.issuances.open_intents() == ()
    assert not desk.issue(numbered_record(1), now=later(70)).is_new


def test_one_intent_that_cannot_be_settled_keeps_no_other(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    """The key of the first tenant cannot be used, so its intent ends with nothing; the second
    tenant's is settled all the same."""
    other = open_desk(store, tmp_path / "other keys", name="another")
    leave_intent(store, desk, tmp_path, 1)

    def crash(place: str) -> None:
        if place == "after-sign":
            raise CrashError

    crashing = replace(other, office=replace(other.office, failpoint=crash))
    with pytest.raises(CrashError):
        crashing.issue(numbered_record(2))

    settled = run(desk, "settle intents", later(60))

    assert settled == 1
    assert not desk.issue(numbered_record(1), now=later(70)).is_new
    assert other.issue(numbered_record(2), now=later(70)).is_new


def test_lists_that_are_out_are_signed_again(store: Store, desk: Desk) -> None:
    """Six hours after it went out a list is newer although nobody asked; one that never went
    out stays in."""
    issued = desk.issue(numbered_record(1))
    with store.read(desk.caller.tenant_id) as unit:
        entries = unit.status.entries_of(issued.issuance_id)
    for entry in entries:
        publish(desk.office, entry.list_id, now=START)

    early = run(desk, "republish status lists", later(21_000))
    in_time = run(desk, "republish status lists", later(22_000))

    assert (early, in_time) == (0, len(entries))
    assert {find_list(desk.office, entry.list_id).published_at for entry in entries} == {
        later(22_000)
    }


def test_old_idempotency_keys_are_forgotten(store: Store, desk: Desk) -> None:
    """After two days, and not after one."""
    with store.begin(desk.caller.tenant_id) as unit:
        unit.idempotency.add(idempotency(desk.caller.tenant_id))

    early = run(desk, "forget idempotency keys", START + timedelta(days=1))
    in_time = run(desk, "forget idempotency keys", START + timedelta(days=3))

    assert (early, in_time) == (0, 1)


def fails(_office: Office, _now: datetime) -> int:
    name = numbered_record(1).document["learner"]
    raise OwnFaultError(IssuerCode.STORE_UNAVAILABLE, f"{name} could not be stored")


def test_a_task_that_fails_is_told_without_its_words(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the task, the kind of error and the place; the others run all the same."""
    broken = Periodic(name="break", every=1, run=fails)
    worker = Worker(office=desk.office, clock=lambda: START, periodic=(broken, *PERIODIC))

    with caplog.at_level(logging.DEBUG):
        done = worker.work_once()

    assert done == {"break": None} | dict.fromkeys((task.name for task in PERIODIC), 0)
    assert "'break' failed with OwnFaultError" in caplog.text
    assert "in fails" in caplog.text
    assert "Okafor" in str(numbered_record(1).document)
    assert "Okafor" not in caplog.text


def test_an_unknown_name_does_nothing(desk: Desk) -> None:
    """A message of a newer release is no fault."""
    assert run(desk, "not yet", START) == 0


def test_a_worker_runs_what_is_due_until_it_is_stopped(desk: Desk, queue: WorkQueue) -> None:
    """A task whose slot is new is run, and what is under way when the end comes is finished."""
    stop, finished = threading.Event(), []

    def slow(_office: Office, now: datetime) -> int:
        stop.set()
        finished.append(now)
        return 1

    tasks = (Periodic(name="slow", every=60, run=slow),)
    worker = Worker(office=desk.office, clock=lambda: START, periodic=tasks)
    is_finished = worker.work(queue, threads=2, stop=stop)

    assert is_finished
    assert finished == [START]


def test_a_portion_that_fails_ends_no_worker(desk: Desk, queue: WorkQueue) -> None:
    """The next portion is taken, and the tasks of the queue are run in between."""
    stop, seen = threading.Event(), []

    def portion(_office: Office, _clock: Clock) -> int:
        seen.append("portion")
        if len(seen) < 3:
            raise CrashError
        return 0

    def task(_office: Office, _now: datetime) -> int:
        seen.append("task")
        stop.set()
        return 0

    queue.send("task")
    tasks = (Periodic(name="task", every=3_600, run=task),)
    worker = Worker(office=desk.office, clock=lambda: START, periodic=tasks, turns=(portion,))
    worker.work(queue, threads=1, stop=stop)

    assert seen[:2] == ["task", "portion"]


def test_every_period_is_a_whole_number_of_seconds_under_a_name_of_its_own() -> None:
    """Slots are counted in whole seconds, and marks are kept by name."""
    names = [task.name for task in PERIODIC]

    assert len(set(names)) == len(names)
    assert all(task.every >= 1 for task in PERIODIC)
