"""Which background task is due, told to whichever worker is free: huey, on SQLite or PostgreSQL.

A message is the name of a task and nothing else, as JSON: never pickle, which runs whatever is
in it, and never data, because a queue is no place to keep any. What there is to do stands in the
database; a message that is lost with its worker is sent again when the task is due next.

Time is cut into slots of a task's period. The first worker that marks a slot sends the message
for it, so that any number of workers send one.

Leaves to others: what the tasks do and when they are due (``issuer.worker``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from huey import Huey, PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from issuer import limits
from issuer.errors import IssuerCode, OwnFaultError, RefusedStartError
from verifier.strict_json import JsonValue, parse_json

_NAME: Final = "issuer"
_SQLITE: Final = "sqlite:///"
_START_ATTEMPTS: Final = 5
"""Two workers that make PostgreSQL's tables at the same moment: one of them has to look again."""


class _JsonSerializer(Serializer):  # type: ignore[misc]  # huey is untyped
    """Messages as ``{"task": NAME, "id": ID, "of": [TEXT, …]}``, marks as ``null``."""

    def _serialize(self, data: object) -> bytes:
        if isinstance(data, Message):
            members = {"task": data.name, "id": data.id, "of": list(data.args)}
            return json.dumps(members).encode()
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        found = parse_json(bytes(data), max_bytes=limits.QUEUE_MESSAGE_BYTES)
        if not isinstance(found, dict):
            return found
        return Message(found["id"], found["task"], args=_texts(found["of"]), kwargs={})


def _texts(value: JsonValue) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError("a message names a task")
    return tuple(value)


def _run(name: str) -> None:
    """The one kind of message. huey sends it; ``issuer.worker`` looks the name up."""


class WorkQueue:
    """Names of tasks on their way to a worker. Safe to share between threads and processes."""

    def __init__(self, huey: Any) -> None:
        self._huey = huey
        self._message = huey.task(name="run")(_run)

    def send(self, name: str) -> None:
        """Ask for the task ``name``. Raises ``OwnFaultError`` when the queue does not answer."""
        with _translated():
            self._message(name)

    def send_for_slot(self, name: str, slot: int) -> bool:
        """Ask for ``name`` once for the time slot ``slot``, whoever calls; whether it was us.

        A task that still waits is not asked for again. Raises as ``send``.
        """
        with _translated():
            if not self._huey.put_if_empty(_mark(name, slot), None):
                return False
            self._forget_marks_before(name, slot - 1)
            if name not in self._waiting():
                self._message(name)
            return True

    def take(self) -> str | None:
        """The next name, which is ours now; ``None`` when nothing waits. Raises as ``send``."""
        with _translated():
            found = self._huey.dequeue()
        return None if found is None else str(found.args[0])

    def close(self) -> None:
        """Give the connection back."""
        self._huey.storage.close()

    def _waiting(self) -> set[str]:
        return {task.args[0] for task in self._huey.pending(limits.QUEUE_MESSAGES)}

    def _forget_marks_before(self, name: str, slot: int) -> None:
        start = _mark(name, 0).removesuffix("0")
        for key in self._huey.storage.result_items():
            if key.startswith(start) and int(key.removeprefix(start)) < slot:
                self._huey.delete(key)


def _mark(name: str, slot: int) -> str:
    return f"slot/{name}/{slot}"


@contextmanager
def _translated() -> Iterator[None]:
    """Which errors a queue raises depends on its driver; for us they are one."""
    try:
        yield
    except Exception as error:
        raise OwnFaultError(
            IssuerCode.STORE_UNAVAILABLE, "The queue of background work does not answer just now."
        ) from error


def queue_url(database_url: str) -> str:
    """Where the queue is unless a setting says otherwise: a file beside SQLite's, or tables in
    the same PostgreSQL."""
    if not database_url.startswith(_SQLITE):
        return database_url
    path = Path(database_url.removeprefix(_SQLITE).partition("?")[0])
    return f"{_SQLITE}{path.with_name(f'{path.stem}-queue{path.suffix}')}"


def open_queue(url: str) -> WorkQueue:
    """The queue at ``sqlite:///PATH`` or ``postgresql://…``, made on first use.

    Raises ``RefusedStartError`` (``SETTINGS_REFUSED``) and ``OwnFaultError``.
    """
    if url.startswith(_SQLITE):
        return WorkQueue(_open_sqlite(Path(url.removeprefix(_SQLITE).partition("?")[0])))
    return WorkQueue(_open_postgresql(url.replace("postgresql+psycopg://", "postgresql://", 1)))


def _open_sqlite(path: Path) -> Huey:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        fault = f"The queue {path} cannot be opened: {error.strerror}."
        raise RefusedStartError(IssuerCode.SETTINGS_REFUSED, (fault,)) from error
    return _make(
        lambda: SqliteHuey(
            _NAME,
            filename=str(path),
            results=False,
            serializer=_JsonSerializer(),
            timeout=limits.BUSY_SECONDS,
        )
    )


def _open_postgresql(dsn: str) -> Huey:
    """Not blocking: a worker has the rows of imports to look after while nothing is due."""
    return _make(
        lambda: PostgresHuey(
            _NAME,
            dsn=dsn,
            results=False,
            serializer=_JsonSerializer(),
            blocking=False,
            connect_timeout=int(limits.BUSY_SECONDS),
        )
    )


def _make(make: Callable[[], Huey]) -> Huey:
    for _ in range(_START_ATTEMPTS - 1):
        try:
            return make()
        except Exception:  # noqa: BLE001, S112  each driver has its own errors; the last one counts
            continue
    with _translated():
        return make()
