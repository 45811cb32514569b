"""Make ``.venv`` hold exactly what ``requirements.lock`` names, each file checked by its hash.

Runs on the plain Python of the machine, with the standard library alone. ``uv`` does the
installing because it is ten times faster; where it cannot reach a package index that pip is
configured for, pip installs the same files by the same hashes.

Leaves to others: whether Python is new enough (``Makefile``), what only the tests need
(``deploy/setup_test_machine.py``).
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / ".complete"
PYTHON = ENVIRONMENT / "bin" / "python"

NO_VENV = """\
This Python cannot make virtual environments: its module ensurepip is missing.
On Debian and Ubuntu: apt-get install -y --no-install-recommends python3-venv
Then run make again."""


def locked_requirement(lock: str, name: str) -> str:
    """The lines of ``lock`` that pin ``name``, with their hashes, as a requirements file."""
    lines = iter(lock.splitlines())
    block: list[str] = []
    for line in lines:
        if block and not line.startswith(" "):
            break
        if block or line.startswith(f"{name}=="):
            block.append(line)
    return "\n".join([*block, ""])


def _run(*words: str | Path) -> bool:
    return subprocess.run([str(word) for word in words], cwd=ROOT, check=False).returncode == 0


def _make_environment() -> bool:
    if importlib.util.find_spec("ensurepip") is None:
        sys.stderr.write(NO_VENV + "\n")
        return False
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    return True


def _install_uv() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(locked_requirement(LOCK.read_text("utf-8"), "uv"), encoding="utf-8")
        return _run(*_pip_install(wanted))


def _pip_install(requirements: Path) -> tuple[str | Path, ...]:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
    return (PYTHON, "-m", "pip", "install", *quiet, "-r", requirements)


def _install_all() -> bool:
    sync = ("uv", "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes")
    if _install_uv() and _run(PYTHON, "-m", *sync, "--python", PYTHON, LOCK):
        return True
    sys.stderr.write("uv could not install everything; trying pip, which is slower.\n")
    return _run(*_pip_install(LOCK))


def main() -> int:
    """Set up; 0 when ``.venv`` is complete, 1 with a plain sentence otherwise."""
    sys.stdout.write("Setting up .venv from requirements.lock (once; well under a minute) …\n")
    sys.stdout.flush()
    if not _make_environment():
        return 1
    if not _install_all():
        sys.stderr.write("The packages could not be installed. Is the network there?\n")
        return 1
    STAMP.touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
