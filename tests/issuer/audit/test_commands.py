"""The audit trail on the command line: whole or not, exported, kept elsewhere."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from issuer.__main__ import REFUSED, main
from tests.issuer.offices import START
from verifier.strict_json import parse_json

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'issuer.db'}"


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Run one command; a tenant with an issuer and an API key is there."""
    environ = {"ISSUER_DATABASE_URL": database_url, "ISSUER_KEYS": f"file:{tmp_path / 'keys'}"}

    def command(*words: str) -> tuple[int, str, str]:
        stdout, stderr = io.StringIO(), io.StringIO()
        code = main(words, environ=environ, stdout=stdout, stderr=stderr, clock=lambda: START)
        return code, stdout.getvalue(), stderr.getvalue()

    command("tenant", "add", "Northwind")
    for words in (
        ("issuer", "add", "nw", "--profile-name", "Northwind"),
        ("apikey", "create", "--label", "x", "--scope", "issue"),
    ):
        assert command(*words, "--tenant", "Northwind")[0] == 0
    return command


def test_a_whole_trail_is_told_with_its_heads(run: Run) -> None:
    """``verify`` ends with 0 and prints what ``head`` prints; a head of it is accepted."""
    code, told, said = run("audit", "verify")
    heads = parse_json(run("audit", "head")[1].encode())
    by_name = {one["trail"]: one for one in heads}

    assert (code, said) == (0, "")
    assert parse_json(told.encode()) == heads
    assert {name: one["lines"] for name, one in by_name.items()} == {
        "the deployment": 0,
        "Northwind": 2,
    }
    assert run("audit", "verify", "--head", by_name["Northwind"]["head"])[0] == 0
    assert run("audit", "verify", "--head", by_name["the deployment"]["head"])[0] == 0


def test_a_broken_trail_ends_with_a_refusal_that_names_the_line(
    run: Run, database_url: str
) -> None:
    """Tools look at the exit code, people at the sentence."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER events_keep_update"))
        connection.execute(text("UPDATE events SET actor = 'me' WHERE position = 2"))
    engine.dispose()

    code, told, said = run("audit", "verify", "--tenant", "Northwind")

    assert (code, told) == (REFUSED, "")
    assert "Northwind is broken at line 2" in said


def test_a_head_of_another_trail_is_missed(run: Run) -> None:
    """A hash that was kept and is nowhere means that lines are gone."""
    code, _, said = run("audit", "verify", "--head", "f" * 64)

    assert code == REFUSED
    assert "kept elsewhere" in said


def test_an_export_is_one_object_on_each_line(run: Run) -> None:
    """So that it can be read with any tool, however long it is."""
    code, told, _ = run("audit", "export", "--tenant", "Northwind")
    lines = [parse_json(line.encode()) for line in told.splitlines()]

    assert code == 0
    assert [line["action"] for line in lines] == ["issuerAdded", "apiKeyCreated"]
    assert [line["position"] for line in lines] == [1, 2]


def test_a_tenant_that_is_not_there_is_refused(run: Run) -> None:
    """For every verb."""
    for verb in ("verify", "head", "export"):
        assert run("audit", verb, "--tenant", "Nobody")[0] == REFUSED
