"""Names of tasks on their way to a worker, on both databases."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from issuer.errors import OwnFaultError, RefusedStartError
from issuer.work_queue import WorkQueue, open_queue, queue_url


@pytest.fixture
def queue(database_url: str) -> Iterator[WorkQueue]:
    opened = open_queue(queue_url(database_url))
    yield opened
    opened.close()


def put_raw(database_url: str, message: bytes) -> None:
    """Write a message as somebody with a hand on the queue could."""
    if database_url.startswith("sqlite"):
        path = queue_url(database_url).removeprefix("sqlite:///")
        with sqlite3.connect(path) as connection:
            connection.execute("INSERT INTO task (queue, data) VALUES ('issuer', ?)", (message,))
        connection.close()
    else:
        with psycopg.connect(database_url) as server:
            server.execute("INSERT INTO huey_task (queue, data) VALUES ('issuer', %s)", (message,))


def test_names_come_in_the_order_in_which_they_were_sent(queue: WorkQueue) -> None:
    """Each name is taken once, the first one first."""
    queue.send("send mail")
    queue.send("settle intents")

    assert [queue.take() for _ in range(3)] == ["send mail", "settle intents", None]


def test_many_workers_send_one_message_for_a_slot(queue: WorkQueue, database_url: str) -> None:
    """Whoever marks the slot first sends; the next slot is open to all again."""
    other = open_queue(queue_url(database_url))

    sent = [each.send_for_slot("send mail", 41) for each in (queue, other, queue)]
    taken = [queue.take(), other.take()]
    sent_later = other.send_for_slot("send mail", 42)
    other.close()

    assert sent == [True, False, False]
    assert taken == ["send mail", None]
    assert sent_later


def test_a_name_that_waits_is_not_sent_again(queue: WorkQueue) -> None:
    """While no worker has a hand free, messages do not heap up."""
    for slot in range(40, 50):
        queue.send_for_slot("send mail", slot)

    assert [queue.take(), queue.take()] == ["send mail", None]


def test_marks_of_past_slots_are_forgotten(queue: WorkQueue) -> None:
    """The queue does not grow with time; names that begin alike keep theirs apart."""
    queue.send_for_slot("send mail", 7)
    for slot in range(100):
        queue.send_for_slot("send", slot)

    marks = queue._huey.storage.result_items()
    assert sorted(marks) == ["slot/send mail/7", "slot/send/98", "slot/send/99"]


class Bomb:
    """Unpickled, it would leave a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def test_a_message_that_is_not_ours_runs_nothing(
    queue: WorkQueue, database_url: str, tmp_path: Path
) -> None:
    """A pickle is refused unread, and what stands behind it is taken as ever."""
    put_raw(database_url, pickle.dumps(Bomb(tmp_path / "ran")))
    put_raw(database_url, b'{"task": "os.system", "id": "1", "of": ["true"]}')
    put_raw(database_url, b'{"task": "issuer.work_queue.run", "id": "1", "of": [1]}')
    queue.send("send mail")

    for _ in range(3):
        with pytest.raises(OwnFaultError):
            queue.take()

    assert queue.take() == "send mail"
    assert not (tmp_path / "ran").exists()


def test_a_message_is_a_name_and_nothing_else(queue: WorkQueue) -> None:
    """What is kept on the queue is JSON with the name of the task."""
    queue.send("send mail")

    (message,) = queue._huey.storage.enqueued_items()
    assert bytes(message).startswith(b'{"task": "issuer.work_queue.run", "id": "')
    assert bytes(message).endswith(b'", "of": ["send mail"]}')


@pytest.mark.parametrize(
    ("database", "queue"),
    [
        ("sqlite:///var/issuer.db", "sqlite:///var/issuer-queue.db"),
        ("sqlite:////srv/a.b/db?x=1", "sqlite:////srv/a.b/db-queue"),
        ("postgresql://issuer@db/issuer", "postgresql://issuer@db/issuer"),
    ],
)
def test_the_queue_is_beside_the_database(database: str, queue: str) -> None:
    """A file of its own beside SQLite's, the same server otherwise."""
    assert queue_url(database) == queue


def test_a_file_that_cannot_be_made_is_refused() -> None:
    """The fault names the place."""
    with pytest.raises(RefusedStartError, match=r"/proc/none/queue\.db"):
        open_queue("sqlite:////proc/none/queue.db")


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Like the database beside it."""
    open_queue(f"sqlite:///{tmp_path / 'queue.db'}").close()

    assert (tmp_path / "queue.db").stat().st_mode & 0o777 == 0o600
