"""Real processes of the issuer, for tests that end them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS: Final = 120


def settings_of(folder: Path, database_url: str, **more: str) -> dict[str, str]:
    """The environment of a deployment in ``folder``."""
    inherited = {name: text for name, text in os.environ.items() if name[:7] != "ISSUER_"}
    own = {"ISSUER_DATABASE_URL": database_url, "ISSUER_KEYS": f"file:{folder / 'keys'}"}
    return inherited | own | more


@contextmanager
def started(
    environ: dict[str, str], *words: str, stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[str]]:
    """``python -m issuer WORDS``, ready (it said so); killed at the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "issuer", *words],
        cwd=ROOT,
        env=environ,
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert "ready" in process.stdout.readline()
            yield process
        finally:
            process.kill()


def wait_until(fact: Callable[[], bool]) -> None:
    """Wait for a fact; a fact that does not come is a failure."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


def children_of(pid: int, word: str) -> list[int]:
    """The processes whose parent is ``pid`` and whose command line has ``word``."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            stat = (folder / "stat").read_text("utf-8").rpartition(") ")[2].split()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if int(stat[1]) == pid and stat[0] != "Z" and word.encode() in words:
            found.append(int(folder.name))
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process, and not only its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2][0] != "Z"
    except OSError:
        return False
