"""The corpus of credentials that must be refused, and of some that must not: the same answer
from the library, the command line and the API.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.vectors import generate
from tests.vectors.cases import SITE
from verifier.__main__ import main
from verifier.judgement import judge, judge_presentation
from verifier.outside import Outside
from verifier.report import OutcomeError, Report
from verifier.settings import Settings
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify
from verifier.web.application import create_app
from verifier.web.services import Services

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "vectors"
FOLDERS = sorted(path for half in ("refused", "accepted") for path in (CORPUS / half).iterdir())
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
EXIT_CODES = {"verified": 0, "not_verified": 1, "could_not_check": 2}

CASES = {half: generate.cases(half) for half in generate.HALVES}

every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


@dataclass(slots=True)
class Site:
    """A server on loopback that stands for the issuer's public address."""

    origin: str
    answers: dict[str, bytes] = field(default_factory=dict)

    def serve(self, folder: Path) -> Settings:
        """Answer as recorded in ``folder``; the settings of a verifier that is led here."""
        self.answers.clear()
        index = folder / "network" / "index.json"
        if index.exists():
            for url, name in parse_json_object(index.read_bytes()).items():
                self.answers[urlsplit(url).path] = (index.parent / name).read_bytes()
        return Settings(origin_map={SITE: self.origin})


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    found = Site(origin="")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = found.answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found.origin = f"http://127.0.0.1:{server.server_address[1]}"
        yield found
        server.shutdown()
        thread.join()


def expected_of(folder: Path) -> JsonObject:
    return parse_json_object((folder / "expected.json").read_bytes())


def input_of(folder: Path) -> Path:
    (path,) = folder.glob("input.*")
    return path


def answer_of(report: Mapping[str, Any]) -> JsonObject:
    """Outcome, what has to be told beside it, and code and step of the check that decided."""
    answer: JsonObject = {"outcome": report["outcome"]}
    if "notices" in report:
        answer["notices"] = report["notices"]
    results = ("failed", "not_checked")
    for check in sorted(report["checks"], key=lambda check: check["result"] != results[0]):
        if check["result"] in results:
            code = check["problem"]["type"].rpartition("/")[2].rpartition("#")[2]
            return answer | {"code": code, "step": check["step"]}
    return answer


@every_folder
def test_the_directory_is_complete_and_is_what_the_cases_make(folder: Path) -> None:
    """README, one input, an expectation; made by the script, not by hand."""
    case = CASES[folder.parent.name][folder.name]
    built = case.build()

    data = input_of(folder).read_bytes()

    assert (folder / "README.md").read_text(encoding="utf-8") == f"# {case.title}\n\n{case.why}\n"
    assert expected_of(folder) == case.expected
    match built:
        case bytes():
            assert built == data
        case str():
            assert built == data.decode()
        case _:
            assert parse_json_object(generate.text(built).encode()) == parse_json_object(data)


@every_folder
def test_the_library(folder: Path, site: Site) -> None:
    """``verify`` returns, or raises with the expected report."""
    with Outside(site.serve(folder)) as outside, outside.open_sources() as sources:
        report = _verify(input_of(folder).read_bytes(), sources)

    expected = {k: v for k, v in expected_of(folder).items() if k != "api"}
    assert answer_of(report.to_json("x")) == expected


def _verify(data: bytes, sources: Any) -> Report:
    try:
        return verify(data, now=NOW, sources=sources).report
    except OutcomeError as error:
        return error.report


@every_folder
def test_the_command_line(folder: Path, site: Site) -> None:
    """The exit code tells the outcome, the JSON the rest."""
    settings = site.serve(folder)
    stdout, stderr = io.StringIO(), io.StringIO()

    code = main(
        [str(input_of(folder)), "--json"],
        environ={"VERIFIER_ORIGIN_MAP": f"{SITE}={settings.origin_map[SITE]}"},
        stdin=io.BytesIO(),
        stdout=stdout,
        stderr=stderr,
        clock=lambda: NOW,
    )

    expected = {k: v for k, v in expected_of(folder).items() if k != "api"}
    answer = answer_of(parse_json_object(stdout.getvalue().encode()))
    assert stderr.getvalue() == ""
    assert (code, answer) == (EXIT_CODES[expected["outcome"]], expected)


@every_folder
def test_the_api(folder: Path, site: Site) -> None:
    """200 for verified alone, 400 for everything else, with the reason."""
    settings = site.serve(folder)
    with Outside(settings) as outside:
        app = create_app(
            Services(
                settings=settings,
                clock=lambda: NOW,
                open_sources=outside.open_sources,
                judge=partial(judge),
                judge_presentation=judge_presentation,
                read_codes=lambda data: (),
            )
        )
        body = b'{"verifiableCredential": ' + _as_json(input_of(folder)) + b"}"
        response = app.test_client().post(
            "/credentials/verify", data=body, content_type="application/json"
        )

    written = expected_of(folder)
    expected = written.get("api", written)
    answer = parse_json_object(response.data)
    assert response.status_code == (200 if expected["outcome"] == "verified" else 400)
    assert answer["verified"] is (expected["outcome"] == "verified")
    if "checks" in answer:
        assert answer_of(answer) == expected
    else:
        assert json.dumps(answer).find(expected["code"]) > 0


def _as_json(path: Path) -> bytes:
    """A document as it is; a token as text, which VC-API clients send too."""
    return json.dumps(path.read_text()).encode() if path.suffix == ".txt" else path.read_bytes()


@pytest.mark.parametrize(
    "name", ["accepted/badge", "refused/changed-name", "refused/status-list-not-there"]
)
def test_the_command_line_as_a_process(name: str, site: Site) -> None:
    """One of each outcome through a real process: exit code and words."""
    folder = CORPUS / name
    settings = site.serve(folder)
    environ = {k: v for k, v in os.environ.items() if not k.startswith("VERIFIER_")}
    environ["VERIFIER_ORIGIN_MAP"] = f"{SITE}={settings.origin_map[SITE]}"

    done = subprocess.run(
        [sys.executable, "-m", "verifier", str(input_of(folder))],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == EXIT_CODES[expected_of(folder)["outcome"]]
    assert done.stderr == ""
    assert done.stdout.strip()
