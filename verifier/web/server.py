"""Start granian with the application, and say so in one line once it answers.

Access logs stay off: the address of a share is a key to it. Leaves to others: the
application (``wsgi``), settings (``verifier.settings``).
"""

from __future__ import annotations

import http.client
import multiprocessing
import threading
import time
from typing import Final, TextIO

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from verifier.settings import Settings

_THREADS: Final = 16
"""Requests at a time in one process: most of the time of one is waiting for an issuer."""
_START_SECONDS: Final = 60
_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104  compared, not bound


def serve(settings: Settings, *, host: str, port: int, workers: int, stdout: TextIO) -> None:
    """Serve until a signal ends it; open requests are finished first."""
    # A worker that is forked while another thread holds a lock of the interpreter waits for ever.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "verifier.web.wsgi:create",
        factory=True,
        address=host.strip("[]"),
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        process_name=None,
    )
    line = f"The verifier is ready at {settings.base_url} (bound to {host}:{port}).\n"
    threading.Thread(
        target=_announce, args=(_ANY_ADDRESS.get(host, host), port, line, stdout), daemon=True
    ).start()
    server.serve()


def _announce(host: str, port: int, line: str, stdout: TextIO) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if _answers(host.strip("[]"), port):
            stdout.write(line)
            stdout.flush()
            return
        time.sleep(0.05)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
