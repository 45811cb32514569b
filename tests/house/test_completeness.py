"""In CI a run in which something was left out is red; on a machine at home it is green."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.completeness import SUITES
from tests.house.sources import ROOT

MARKERS = "".join(f"    {suite}\n" for suite in SUITES)
SETTINGS = f"[pytest]\ntestpaths = tests\nmarkers =\n{MARKERS}"
ALL_SUITES = "".join(f"@pytest.mark.{suite}\n" for suite in SUITES)
RUNS = f"import pytest\n\n{ALL_SUITES}def test_it():\n    pass\n"
SKIPS = 'import pytest\n\ndef test_it():\n    pytest.skip("no browser")\n'
EMPTY = "LIMIT = 3\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small project in which one module runs a test of every suite."""
    (tmp_path / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_runs.py").write_text(RUNS, encoding="utf-8")
    return tmp_path


def _exit_code(house: Path, *, ci: str, words: tuple[str, ...] = ()) -> int:
    line = [sys.executable, "-m", "pytest", "-p", "tests.completeness", "-q", *words]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, cwd=house, env=environment, capture_output=True, check=False)
    return done.returncode


def test_a_complete_run_is_green(house: Path) -> None:
    """When every module and every suite ran a test, CI passes."""
    assert _exit_code(house, ci="true") == 0


@pytest.mark.parametrize("module", [SKIPS, EMPTY])
def test_an_incomplete_run_is_red_in_ci_only(house: Path, module: str) -> None:
    """A skipped test or an empty module fails the run in CI and nowhere else."""
    (house / "tests" / "test_other.py").write_text(module, encoding="utf-8")

    assert _exit_code(house, ci="true") == 1
    assert _exit_code(house, ci="") == 0


def test_a_suite_that_ran_nothing_is_red_in_ci(house: Path) -> None:
    """When no test with some marker ran, CI fails although every test passed."""
    only_vectors = "import pytest\n\n@pytest.mark.vectors\ndef test_it():\n    pass\n"
    (house / "tests" / "test_runs.py").write_text(only_vectors, encoding="utf-8")

    assert _exit_code(house, ci="true") == 1


def test_a_chosen_part_need_not_be_whole(house: Path) -> None:
    """A run of one named file is not asked for the rest, but must find a test."""
    (house / "tests" / "test_empty.py").write_text(EMPTY, encoding="utf-8")

    assert _exit_code(house, ci="true", words=("tests/test_runs.py",)) == 0
    assert _exit_code(house, ci="true", words=("tests/test_empty.py",)) == 5
