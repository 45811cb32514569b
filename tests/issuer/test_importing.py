"""``python -m issuer import``: a file from this machine, interrupted and repeated."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from issuer.__main__ import REFUSED, main
from issuer.importing import import_file, read_order
from issuer.jobs import Progress
from issuer.store import Store
from issuer.store.job_rows import JobState, LineState
from tests.example_records import DATA
from tests.issuer.offices import START, open_desk
from tests.issuer.web.site import AGREED, completion
from verifier.command_line import MISUSE
from verifier.strict_json import JsonObject, parse_json_object

Run = Callable[..., tuple[int, str, str]]
CSV_FILE = DATA / "platforms" / "career-centre.csv"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run one command on a deployment with one issuer."""

    def command(*words: object) -> tuple[int, str, str]:
        stdout, stderr = io.StringIO(), io.StringIO()
        environ = {
            "ISSUER_DATABASE_URL": f"sqlite:///{tmp_path / 'issuer.db'}",
            "ISSUER_KEYS": f"file:{tmp_path / 'keys'}",
        }
        code = main(
            [str(word) for word in words],
            environ=environ,
            stdout=stdout,
            stderr=stderr,
            clock=lambda: START,
        )
        return code, stdout.getvalue(), stderr.getvalue()

    command("tenant", "add", "ours")
    command("issuer", "add", "ours", "--tenant", "ours", "--profile-name", "Ours")
    return command


def completions(path: Path, count: int, **members: object) -> Path:
    """A file with a completion on each line."""
    body = completion("01", share=False) | members
    lines = []
    for number in range(count):
        body["record"]["source"]["platformRecordId"] = f"GB-{number}"
        lines.append(json.dumps(body))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def answer_of(text: str) -> JsonObject:
    return parse_json_object(text.encode())


def test_a_file_is_imported_while_the_operator_watches(run: Run, tmp_path: Path) -> None:
    """Progress goes to standard error, the end to standard output; given again, the command
    finds the same job and nothing to do."""
    file = completions(tmp_path / "rows", 30)

    first = run("import", "completions", file, "--tenant", "ours")
    second = run("import", "completions", file, "--tenant", "ours")

    assert (0, 0) == (first[0], second[0])
    assert {"issued": 30} == answer_of(first[1])["counts"]
    assert answer_of(first[1]) == answer_of(second[1])
    assert [
        "0 of 30 rows done, 0 failed",
        "25 of 30 rows done, 0 failed",
        "30 of 30 rows done, 0 failed",
    ] == first[2].splitlines()


def test_a_table_is_imported_with_a_profile(run: Run, tmp_path: Path) -> None:
    """With the consent of a file; rows that the rules refuse make the exit code 1, also when
    they are tried again."""
    consent = tmp_path / "consent.json"
    consent.write_text(json.dumps(AGREED), encoding="utf-8")
    words = ("import", "career-centre-csv-1", CSV_FILE, "--tenant", "ours", "--consent", consent)

    tried = run(*words, "--dry-run")
    done = run(*words, "--share")
    again = run(*words, "--share")

    assert [REFUSED] * 3 == [tried[0], done[0], again[0]]
    assert {"accepted", "refused"} <= answer_of(tried[1])["counts"].keys()
    assert {"attestationRequested", "refused"} <= answer_of(done[1])["counts"].keys()
    assert answer_of(done[1]) == answer_of(again[1])
    assert answer_of(tried[1])["job"] != answer_of(done[1])["job"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("completions", "/no/such/file"), REFUSED),
        (("no-such-1", CSV_FILE), REFUSED),
        (("gigbridge-1", CSV_FILE, "--consent", "/no/such/file"), REFUSED),
        (("completions", "/dev/null"), REFUSED),
        (("career-centre-csv-1",), MISUSE),
    ],
)
def test_what_cannot_be_imported_is_told(run: Run, words: tuple[str, ...], code: int) -> None:
    """In one line on standard error."""
    done = run("import", *words, "--tenant", "ours")

    assert (code, "") == done[:2]
    assert done[2].strip()


def test_an_import_is_interrupted_and_goes_on(store: Store, tmp_path: Path) -> None:
    """Between two portions; what was done stays done, and the job is the same."""
    desk = open_desk(store, tmp_path / "keys")
    file = completions(tmp_path / "rows", 60)
    stop, seen = threading.Event(), []

    def show(progress: Progress) -> None:
        seen.append(progress.done)
        if progress.done == 25:
            stop.set()

    def go(stop: threading.Event) -> Progress:
        order = read_order(profile=None, consent=None, share=False, is_dry_run=False)
        return import_file(
            desk.office,
            desk.caller,
            order,
            file,
            issuer=desk.issuer,
            clock=clock,
            show=show,
            stop=stop,
        )

    def clock() -> datetime:
        return START

    interrupted, finished = go(stop), go(threading.Event())

    assert (25, JobState.RUNNING) == (interrupted.done, interrupted.job.state)
    assert ({LineState.ISSUED: 60}, JobState.FINISHED) == (finished.counts, finished.job.state)
    assert interrupted.job.id == finished.job.id
    assert [0, 25, 25, 50, 60] == seen
