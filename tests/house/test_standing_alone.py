"""The verifier runs where the issuer, a web framework and a database were never installed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.example_records import example_projected
from tests.house.sources import ROOT
from tests.signers import Ed25519TestKey, secure_document

BLOCKER = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
        return None

sys.meta_path.insert(0, Absent())
"""
VERIFY = """
from datetime import datetime
from pathlib import Path
import verifier.__main__
from verifier.sources import Sources
from verifier.verify import verify

def no_network(url, *, accept, max_bytes):
    raise AssertionError(url)

now = datetime.fromisoformat({now!r})
credential = Path({path!r}).read_bytes()
print(verify(credential, now=now, sources=Sources(fetch=no_network)).report.outcome)
"""
WEB = """
from verifier.settings import Settings
import verifier.serving
import verifier.web.wsgi
print("started")
"""
EVERYTHING_ELSE = (
    "issuer",
    "flask",
    "sqlalchemy",
    "alembic",
    "qrcode",
    "PIL",
    "zxingcpp",
    "granian",
)
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def _run(code: str, *, without: tuple[str, ...]) -> str:
    program = BLOCKER.format(blocked=set(without)) + code
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def credential_file(tmp_path: Path) -> Path:
    """A credential of our own profile, signed by a test key, without a status list."""
    key = Ed25519TestKey(seed=bytes([7] * 32))
    document = example_projected("01")
    document["issuer"]["id"] = key.did
    document.pop("credentialStatus", None)
    path = tmp_path / "credential.json"
    path.write_text(json.dumps(secure_document(document, key)), encoding="utf-8")
    return path


def test_the_core_verifies_without_everything_else(credential_file: Path) -> None:
    """Library and command line work with the base dependencies alone."""
    code = VERIFY.format(now=NOW.isoformat(), path=str(credential_file))

    assert _run(code, without=EVERYTHING_ELSE) == "verified"


def test_the_web_side_starts_without_the_issuer() -> None:
    """Pages and API of the verifier need nothing of the issuer's."""
    assert _run(WEB, without=("issuer", "sqlalchemy", "alembic", "qrcode")) == "started"


def test_the_blocker_blocks() -> None:
    """An import of what is blocked does fail, so the tests above prove something."""
    with pytest.raises(AssertionError, match="No module named 'flask'"):
        _run("import flask", without=("flask",))
