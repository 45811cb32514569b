"""Serve an application with granian, and say in one line when it answers.

The same for both services. Access logs stay off: the address of a share is a key to it.
Leaves to others: the application, its settings.
"""

from __future__ import annotations

import http.client
import multiprocessing
import threading
import time
from dataclasses import dataclass
from typing import Final, TextIO

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

_START_SECONDS: Final = 60
_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104  compared, not bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What to serve: ``factory`` is ``module:function`` of the application, ``ready_path``
    answers 200 once it can work, ``threads`` are the requests at a time in one process."""

    name: str
    base_url: str
    factory: str
    ready_path: str
    threads: int


def serve(service: Service, *, host: str, port: int, workers: int, stdout: TextIO) -> None:
    """Serve until a signal ends it; open requests are finished first."""
    # A worker that is forked while another thread holds a lock of the interpreter waits for ever.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        service.factory,
        factory=True,
        address=host.strip("[]"),
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=service.threads,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        process_name=None,
    )
    line = f"The {service.name} is ready at {service.base_url} (bound to {host}:{port}).\n"
    place = (_ANY_ADDRESS.get(host, host).strip("[]"), port)
    threading.Thread(
        target=_announce, args=(place, service.ready_path, line, stdout), daemon=True
    ).start()
    server.serve()


def _announce(place: tuple[str, int], ready_path: str, line: str, stdout: TextIO) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if _answers(place, ready_path):
            stdout.write(line)
            stdout.flush()
            return
        time.sleep(0.05)


def _answers(place: tuple[str, int], ready_path: str) -> bool:
    connection = http.client.HTTPConnection(*place, timeout=5)
    try:
        connection.request("GET", ready_path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
