"""Every example of ``docs/api.md`` does what the page says, against a running issuer."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.services import ROOT, Pair, free_port, run, running_pair
from verifier.strict_json import JsonObject, parse_json_object

PAGE = ROOT / "docs" / "api.md"
EXAMPLE = re.compile(r"Answers `(\d{3})`:\n\n```sh\n(.*?)```", re.DOTALL)
BASH = shutil.which("bash")


@dataclass(slots=True)
class Shell:
    """Runs the examples one after the other, with what earlier answers gave."""

    folder: Path
    variables: dict[str, str]

    def run(self, example: str) -> tuple[str, JsonObject, str]:
        """Status, JSON body (empty for a page) and ``Location`` of one example."""
        body, heads = self.folder / "body", self.folder / "heads"
        options = f"-sS -o '{body}' -D '{heads}' -w '%{{http_code}}'"
        done = subprocess.run(
            [str(BASH), "-c", example.replace("curl ", f"curl {options} ", 1)],
            cwd=PAGE.parent,
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=True,
        )
        head = heads.read_text()
        location = re.search(r"(?im)^location: (\S+)", head)
        is_json = re.search(r"(?im)^content-type: \S*json", head)
        found = parse_json_object(body.read_bytes()) if is_json else {}
        return done.stdout, found, location[1] if location else ""


def variables_of(pair: Pair) -> dict[str, str]:
    seed = parse_json_object(run(pair.environment, "issuer", "conformance-seed").encode())
    return {
        "ISSUER": pair.issuer_url,
        "KEY": pair.api_key,
        "DID": pair.issuer_did,
        "SD_KEY": seed["apiKey"],
        "SD_DID": seed["issuers"]["ecdsa-sd-2023:P-256"]["id"],
    }


def learn(shell: Shell, answer: JsonObject, location: str) -> None:
    """Keep what later examples name."""
    if answer.get("state") == "issued" and "share" in answer:
        shell.variables |= {
            "CREDENTIAL": answer["credentialId"],
            "SHARE": answer["share"]["url"],
            "LOCATION": location,
        }
    elif set(answer) == {"verifiableCredential"}:
        shell.variables["BASE"] = json.dumps(answer["verifiableCredential"])


def test_every_example_answers_what_the_page_says(tmp_path: Path) -> None:
    """In the order of the page."""
    if shutil.which("curl") is None or BASH is None:
        pytest.skip("no curl: install the package curl")
    examples = EXAMPLE.findall(PAGE.read_text("utf-8"))
    with running_pair(tmp_path, issuer_port=free_port(), verifier_port=free_port()) as pair:
        shell = Shell(folder=tmp_path, variables=variables_of(pair))
        for expected, example in examples:
            status, answer, location = shell.run(example)
            learn(shell, answer, location)

            assert expected == status, (example, answer)
    assert PAGE.read_text("utf-8").count("```sh") == len(examples) >= 13


def test_the_page_names_every_route(tmp_path: Path) -> None:
    """No route is left untold, apart from the files of the pages."""
    page = PAGE.read_text("utf-8")
    source = "".join(path.read_text("utf-8") for path in (ROOT / "issuer" / "web").glob("*.py"))
    routes = set(re.findall(r'@blueprint\.(?:get|post)\("(/[a-z_]+)', source)) - {"/static"}

    assert set() == {route for route in routes if route not in page}
    assert 10 <= len(routes)
