"""What both command lines share: misuse, an address to bind, and the process's own edge.

Leaves to others: the commands themselves.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable
from typing import Final, NoReturn

MISUSE: Final = 64
"""The command line or the environment cannot be used as it is (EX_USAGE of sysexits)."""
OUR_FAULT: Final = 70
"""Something failed on our side (EX_SOFTWARE)."""
_WORKERS: Final = 64


class MisuseError(Exception):
    """The command line or the environment cannot be used as it is."""


class Parser(argparse.ArgumentParser):
    """Misuse ends with 64: argparse's own 2 means *could not check* for the verifier."""

    def error(self, message: str) -> NoReturn:
        """Raise ``MisuseError`` instead of ending the process."""
        raise MisuseError(f"{message}\n\n{self.format_usage()}")


def add_serve_options(parser: argparse.ArgumentParser, default_bind: str) -> None:
    """``--bind`` and ``--workers``, the same for both services."""
    parser.add_argument("--bind", default=default_bind, metavar="HOST:PORT")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (1)")


def parse_bind(options: argparse.Namespace) -> tuple[str, int]:
    """Host and port of ``--bind``. Raises ``MisuseError``, also for a senseless ``--workers``."""
    host, _, port = options.bind.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise MisuseError(f"--bind {options.bind!r} is not such as 127.0.0.1:8100.")
    if not 0 < options.workers <= _WORKERS:
        raise MisuseError(f"--workers is a number from 1 to {_WORKERS}.")
    return host, int(port)


def run(main: Callable[[], int], apology: str) -> int:
    """Run ``main`` as the whole process. Uncaught, an error would end it with 1, which is an
    answer of both programs."""
    try:
        return main()
    except Exception:  # noqa: BLE001  whatever it was, it was our fault
        traceback.print_exc()
        sys.stderr.write(f"{apology}\n")
        return OUR_FAULT
