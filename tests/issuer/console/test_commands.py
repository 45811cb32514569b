"""Accounts on the command line: made, listed, switched off; a password is never an argument."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from issuer.__main__ import REFUSED, main
from issuer.operators import SignInRefusedError, sign_in
from issuer.store import open_store
from tests.issuer.console.people import PASSWORD
from tests.issuer.offices import START
from verifier.command_line import MISUSE
from verifier.strict_json import parse_json

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environ = {
        "ISSUER_DATABASE_URL": f"sqlite:///{tmp_path / 'issuer.db'}",
        "ISSUER_KEYS": f"file:{tmp_path / 'keys'}",
    }

    def command(*words: str, password: str = PASSWORD) -> tuple[int, str, str]:
        stdout, stderr = io.StringIO(), io.StringIO()
        code = main(
            words,
            environ=environ,
            stdout=stdout,
            stderr=stderr,
            clock=lambda: START,
            ask_password=lambda: password,
        )
        return code, stdout.getvalue(), stderr.getvalue()

    return command


def may_sign_in(folder: Path, password: str = PASSWORD) -> bool:
    store = open_store(f"sqlite:///{folder / 'issuer.db'}")
    try:
        sign_in(store, "ada", password, address="x", now=START)
    except SignInRefusedError:
        return False
    finally:
        store.close()
    return True


def test_from_an_account_to_none(run: Run, tmp_path: Path) -> None:
    """Add, list, another password, switch off."""
    assert run("tenant", "add", "Northwind")[0] == 0
    assert run("operator", "add", "ada")[0] == 0
    assert run("operator", "add", "bea", "--tenant", "Northwind", "--subject", "b-1")[0] == 0
    first = may_sign_in(tmp_path)
    run("operator", "password", "ada", password="another one entirely")
    second = (may_sign_in(tmp_path), may_sign_in(tmp_path, "another one entirely"))
    run("operator", "disable", "ada")
    last = may_sign_in(tmp_path, "another one entirely")
    listed = parse_json(run("operator", "list")[1].encode())

    assert (first, second, last) == (True, (False, True), False)
    assert [(one["operator"], one["tenant"], one["disabled"]) for one in listed] == [
        ("ada", None, True),
        ("bea", "Northwind", False),
    ]


@pytest.mark.parametrize(
    ("words", "password"),
    [
        (("operator", "add", "ADA"), PASSWORD),
        (("operator", "add", "ada"), "too short"),
        (("operator", "add", "ada", "--tenant", "Nobody"), PASSWORD),
        (("operator", "disable", "nobody"), PASSWORD),
        (("operator", "password", "nobody"), PASSWORD),
    ],
)
def test_what_cannot_be_is_refused(run: Run, words: tuple[str, ...], password: str) -> None:
    """One sentence, and nothing is stored."""
    code, _, said = run(*words, password=password)

    assert code == REFUSED
    assert password not in said
    assert parse_json(run("operator", "list")[1].encode()) == []


def test_a_name_stands_for_one_account(run: Run) -> None:
    """The second is refused."""
    assert run("operator", "add", "ada")[0] == 0

    assert run("operator", "add", "ada")[0] == REFUSED


def test_a_password_is_no_argument(run: Run) -> None:
    """Arguments stand in histories and lists of processes."""
    assert run("operator", "add", "ada", "--password", PASSWORD)[0] == MISUSE
