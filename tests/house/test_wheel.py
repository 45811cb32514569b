"""The wheel holds the three packages with their data, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, tracked_files


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths in a wheel that is built from this working copy, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_packages(wheel_names: set[str]) -> None:
    """Code, schemas, contexts, templates, sheets and migrations are all inside."""
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in tracked_files()
        if path.relative_to(ROOT).parts[0] in PACKAGES
    }

    assert ours
    assert set() == ours - wheel_names


def test_the_wheel_holds_nothing_else(wheel_names: set[str]) -> None:
    """No test, no example key, no context or package of somebody else is inside."""
    tops = {Path(name).parts[0] for name in wheel_names}

    assert set(PACKAGES) == {top for top in tops if not top.endswith(".dist-info")}


def test_the_only_context_in_the_wheel_is_ours(wheel_names: set[str]) -> None:
    """Contexts of others are read from installed packages, never copied."""
    contexts = {name for name in wheel_names if name.endswith(".jsonld")}

    assert {"schemas/contexts/micro-internship-v1.jsonld"} == contexts


def test_the_packages_are_marked_as_typed(wheel_names: set[str]) -> None:
    """Each package has its ``py.typed``, so that users' type checkers see our types."""
    assert {f"{package}/py.typed" for package in PACKAGES} <= wheel_names
