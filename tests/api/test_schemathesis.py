"""schemathesis against the running issuer, from its own description.

It makes requests of every operation, good and bad, and holds the answers to ``/openapi.json``: no
fault of ours, documented statuses, content types, headers and bodies alone, no answer without a
key where one is needed, nothing accepted that the description forbids. ``API_EXAMPLES`` asks for
more of them than every run makes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.services import Pair, free_port, running_pair
from verifier.strict_json import JsonObject, parse_json_object

EXAMPLES = int(os.environ.get("API_EXAMPLES", "1"))
SECONDS = 600 if EXAMPLES > 1 else 60
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "ignored_auth",
    "negative_data_rejection",
    "unsupported_method",
)
OPTIONS = (
    *("--generation-deterministic", "--no-shrink", "--continue-on-failure", "--no-color"),
    *("--warnings", "off", "--suppress-health-check", "all", "--request-timeout", "60"),
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with running_pair(folder, issuer_port=free_port(), verifier_port=free_port()) as running:
        yield running


def schemathesis(
    folder: Path, location: str, *options: str, checks: tuple[str, ...] = CHECKS
) -> subprocess.CompletedProcess[str]:
    """One run; it ends with 0 when nothing was found."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", location, *OPTIONS, *options]
    command += ["--checks", ",".join(checks), "--max-time", str(SECONDS)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def refusals(tmp_path: Path) -> None:
    """What counts as a refusal of a bad request: too large and gone are some too."""
    told = "[400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429]"
    text = f"[checks.negative_data_rejection]\nexpected-statuses = {told}\n"
    (tmp_path / "schemathesis.toml").write_text(text, encoding="utf-8")


def bearer(pair: Pair) -> tuple[str, str]:
    return "--header", f"Authorization: Bearer {pair.api_key}"


def test_the_issuer_answers_as_it_says(pair: Pair, tmp_path: Path) -> None:
    """With a key that may do everything."""
    done = schemathesis(
        tmp_path,
        f"{pair.issuer_url}/openapi.json",
        *bearer(pair),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES)),
    )

    assert done.returncode == 0, done.stdout[-20_000:]
    assert "No issues found" in done.stdout


def test_the_issuer_answers_as_it_says_to_strangers(pair: Pair, tmp_path: Path) -> None:
    """Without a key."""
    done = schemathesis(
        tmp_path, f"{pair.issuer_url}/openapi.json", "--phases", "examples", "--max-examples", "1"
    )

    assert done.returncode == 0, done.stdout[-20_000:]
    assert "No issues found" in done.stdout


def _planted(document: JsonObject, fault: str) -> JsonObject:
    """The description with one untrue word in it."""
    if fault == "ignored_auth":
        document["paths"]["/healthz"]["get"]["security"] = [{"apiKey": ["read"]}]
    elif fault == "status_code_conformance":
        document["paths"]["/healthz"]["get"]["responses"] = {"204": {"description": "Nothing."}}
    else:
        document["components"]["schemas"]["Explanation"]["required"] += ["colour"]
        parameter = document["paths"]["/problems/{code}"]["get"]["parameters"][0]
        parameter["schema"] = {"enum": ["E102"]}
    return document


@pytest.mark.parametrize(
    "fault", ["ignored_auth", "status_code_conformance", "response_schema_conformance"]
)
def test_the_check_itself_sees_an_untrue_word(pair: Pair, tmp_path: Path, fault: str) -> None:
    """Planted in the description, it is found."""
    told = parse_json_object(httpx.get(f"{pair.issuer_url}/openapi.json", trust_env=False).content)
    (tmp_path / "openapi.json").write_text(json.dumps(_planted(told, fault)), encoding="utf-8")
    done = schemathesis(
        tmp_path,
        "openapi.json",
        *("--url", pair.issuer_url, *bearer(pair)),
        *("--include-path-regex", "^/(healthz|problems/.code.)$"),
        *("--phases", "examples,coverage", "--max-examples", "1"),
        checks=(fault,),
    )

    assert done.returncode == 1, done.stdout[-20_000:]
