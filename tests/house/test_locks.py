"""The locks pin everything by hash and hold no address; the repository names no machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked_files
from verifier.strict_json import JsonObject, parse_json_object

PYTHON_LOCKS = ("requirements.lock", "deploy/node.lock")
_PIN = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==\S+( ; .*)? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
_MACHINE = re.compile(
    rb"(?<![A-Za-z0-9.])/(?:root|home|work|Users)/[A-Za-z0-9_]"
    rb"|registry\.npmjs\.org|files\.pythonhosted\.org|pypi\.org/simple"
)


def _package_lock() -> JsonObject:
    return parse_json_object((ROOT / "package-lock.json").read_bytes())


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_line_of_a_lock_is_a_pin_or_a_hash(name: str) -> None:
    """A lock holds exact versions and SHA-256 hashes, and no option, address or comment."""
    lines = (ROOT / name).read_text("utf-8").splitlines()

    odd = [line for line in lines if not _PIN.match(line) and not _HASH.match(line)]

    assert lines
    assert [] == odd


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    """After each pinned version comes at least one hash."""
    lines = (ROOT / name).read_text("utf-8").splitlines()

    bare = [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if _PIN.match(line) and not _HASH.match(following)
    ]

    assert [] == bare


def test_the_lock_holds_every_declared_dependency() -> None:
    """What ``pyproject.toml`` asks for, extras included, is in ``requirements.lock``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = [requirement for group in groups for requirement in group]
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = {re.split(r"[\[=]", line)[0] for line in lock.splitlines() if line[:1] != " "}

    names = {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in wanted}

    assert set() == names - pinned


def test_the_npm_lock_has_integrity_and_no_address() -> None:
    """Every npm package is pinned by its digest; where it comes from is the machine's affair."""
    packages = {name: entry for name, entry in _package_lock()["packages"].items() if name}

    assert packages
    assert [] == [name for name, entry in packages.items() if "integrity" not in entry]
    assert [] == [name for name, entry in packages.items() if "resolved" in entry]


def test_npm_packages_are_for_tests_only() -> None:
    """Nothing from npm is needed to run the services."""
    package = parse_json_object((ROOT / "package.json").read_bytes())

    assert "dependencies" not in package


def test_there_is_no_uv_lock() -> None:
    """``uv.lock`` records registry addresses, so it is not under version control."""
    assert "uv.lock" not in {path.name for path in tracked_files()}


def _names_a_machine(path: Path) -> bool:
    return path != Path(__file__).resolve() and _MACHINE.search(path.read_bytes()) is not None


def test_no_file_names_a_machine_or_a_registry() -> None:
    """No path of somebody's home and no registry address is under version control."""
    files = tracked_files()

    assert [] == [str(path.relative_to(ROOT)) for path in files if _names_a_machine(path)]
