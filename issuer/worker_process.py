"""The worker as a process: signals, the end of its parent, and the one that ``serve`` keeps.

``python -m issuer serve`` alone is a whole small deployment: it starts one worker beside the web
processes, so that a large import takes no time from their threads, starts it again should it
end, and lets it finish when the service ends. ``ISSUER_WORKER=external`` leaves that to you.

The kept worker notices the end of its parent, however that came about, because the pipe between
them closes; it is in a process group of its own, so that a signal to the service reaches it in
this way alone. Leaves to others: what a worker does (``issuer.worker``).
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final

from issuer import limits

_LOG: Final = logging.getLogger(__name__)
WITH_PARENT: Final = "--with-parent"
"""The option of ``worker`` that ends it when its standard input closes."""


def stop_on_signal(stop: threading.Event) -> None:
    """Set ``stop`` on SIGTERM and on Ctrl-C. For the main thread of a process."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())


def stop_with_parent(stop: threading.Event, stdin: BinaryIO) -> None:
    """Set ``stop`` when the other end of ``stdin`` is closed."""

    def wait() -> None:
        stdin.read()
        stop.set()

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def kept_worker(environ: Mapping[str, str]) -> Iterator[None]:
    """Keep one worker with these settings running while the block lasts."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(dict(environ), stop))
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(environ: dict[str, str], stop: threading.Event) -> None:
    while not stop.is_set():
        with _start(environ) as child:
            while child.poll() is None and not stop.wait(limits.WORKER_IDLE_SECONDS):
                pass
            if stop.is_set():
                _end(child)
                return
        _LOG.error("the worker ended by itself (%s) and is started again", child.returncode)
        stop.wait(limits.WORKER_RESTART_SECONDS)


def _start(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "issuer", "worker", WITH_PARENT],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        process_group=0,
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let it finish; after ``limits.STOP_SECONDS`` it has given up by itself."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(2 * limits.STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
