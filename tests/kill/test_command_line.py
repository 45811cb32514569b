"""The setting that names a failpoint ends the real command, and the next call repairs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.example_records import example_record
from verifier.date_time_stamp import format_instant
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[2]
REFUSED = 1


def issuer(folder: Path, *words: str, failpoint: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``python -m issuer`` in a process of its own on the deployment in ``folder``."""
    inherited = {name: text for name, text in os.environ.items() if name[:7] != "ISSUER_"}
    settings = {
        "ISSUER_DATABASE_URL": f"sqlite:///{folder / 'issuer.db'}",
        "ISSUER_KEYS": f"file:{folder / 'keys'}",
        "ISSUER_UNSAFE_FAILPOINT": failpoint,
    }
    return subprocess.run(
        [sys.executable, "-m", "issuer", *words],
        cwd=ROOT,
        env=inherited | settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def completion(tmp_path: Path) -> str:
    """A deployment with one issuer, and a completion to issue there."""
    issuer(tmp_path, "tenant", "add", "Northwind").check_returncode()
    words = ("issuer", "add", "nw", "--tenant", "Northwind", "--profile-name", "Northwind")
    issuer(tmp_path, *words).check_returncode()
    record = example_record("01")
    for name in ("recordId", "quality", "disclosure", "lifecycle"):
        record.pop(name)
    record["source"].pop("receivedAt")
    agreed = format_instant(datetime.now(UTC).replace(microsecond=0))  # the command's own clock
    body = {"record": record, "learnerConsent": {"given": True, "at": agreed}}
    path = tmp_path / "completion.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return str(path)


def answer(done: subprocess.CompletedProcess[str]) -> JsonObject:
    """What a command that was carried out printed."""
    assert done.returncode == 0, done.stderr
    return parse_json_object(done.stdout.encode())


def test_an_answer_that_was_lost_is_given_again(tmp_path: Path, completion: str) -> None:
    """Killed after the credential was stored and before it was told: the next call tells it."""
    issue = ("issue", completion, "--tenant", "Northwind")

    killed = issuer(tmp_path, *issue, failpoint="after-store")
    first, second = (answer(issuer(tmp_path, *issue)) for _ in range(2))

    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "")
    assert first == second
    assert answer(issuer(tmp_path, "self-check"))["intents"] == []


def test_an_intent_that_was_left_is_listed_and_kept(tmp_path: Path, completion: str) -> None:
    """Killed after signing: nothing is released, and until the lease is over nobody signs."""
    issue = ("issue", completion, "--tenant", "Northwind")

    killed = issuer(tmp_path, *issue, failpoint="after-sign")
    soon = issuer(tmp_path, *issue)

    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "")
    assert (soon.returncode, soon.stdout) == (REFUSED, "")
    assert len(answer(issuer(tmp_path, "self-check"))["intents"]) == 1
