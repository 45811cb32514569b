"""In continuous integration, a test that did not run counts as a failure.

On somebody's machine a missing browser or database skips the tests that need it, with a
reason. Where ``CI`` is set the same run fails: a suite that silently ran nothing is how a
promise is lost. A run of everything must also find a test in every module and for every
marker.

Leaves to others: putting the parts in place (``deploy/setup_test_machine.py``).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SUITES = ("browser", "postgres", "interop", "vectors", "kill")
"""The markers of which each must have run a test."""


class Completeness:
    """Counts what ran and notes what was skipped, in one session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._skipped: list[str] = []
        self._ran: set[str] = set()
        """Module paths and keywords (markers among them) of tests that ran."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one test that ran, or was skipped other than by an expected failure."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self._skipped.append(f"{report.nodeid}: {_reason(report)}")
        elif report.when == "call":
            self._ran |= {report.fspath, *report.keywords}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that was skipped as a whole."""
        if report.skipped:
            self._skipped.append(f"{report.nodeid}: {_reason(report)}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a success into a failure when something is missing."""
        if session.exitstatus == pytest.ExitCode.OK and self._faults():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what is missing."""
        for fault in self._faults():
            terminalreporter.write_line(f"NOT COMPLETE {fault}", red=True)

    def _faults(self) -> list[str]:
        return [*self._skipped, *(self._silent() if self._is_whole() else [])]

    def _is_whole(self) -> bool:
        option = self._config.option
        whole = self._config.args_source is pytest.Config.ArgsSource.TESTPATHS
        return whole and not (option.keyword or option.markexpr or option.collectonly)

    def _silent(self) -> list[str]:
        expected = [*self._modules(), *SUITES]
        return [f"no test ran in {name}" for name in expected if name not in self._ran]

    def _modules(self) -> list[str]:
        root = self._config.rootpath
        folders = [root / folder for folder in self._config.getini("testpaths")]
        return [path.relative_to(root).as_posix() for it in folders for path in _test_modules(it)]


def _test_modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("test_*.py"))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else "skipped"


def pytest_configure(config: pytest.Config) -> None:
    """Stand guard where ``CI`` says so."""
    if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        config.pluginmanager.register(Completeness(config), "completeness-guard")
