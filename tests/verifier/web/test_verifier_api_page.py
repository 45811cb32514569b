"""Every example of ``docs/verifier-api.md`` does what the page says, against a running verifier.

The documents in ``docs/examples`` are made here, by keys that everybody knows:
``python -m tests.verifier.web.test_verifier_api_page`` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.services import ROOT, free_port, running_pair
from tests.signers import Ed25519TestKey, secure_document
from verifier.strict_json import JsonObject, parse_json_object

PAGE = ROOT / "docs" / "verifier-api.md"
EXAMPLES = ROOT / "docs" / "examples"
EXAMPLE = re.compile(r"Answers\s+`(\d{3})`:\n\n```sh\n(.*?)```", re.DOTALL)
BASH = shutil.which("bash")
V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
ISSUER, HOLDER = Ed25519TestKey.number(51), Ed25519TestKey.number(52)
ASKED = {"challenge": "3q7fM0uKzN8", "domain": "recruiter.example"}


def credential() -> JsonObject:
    """A small badge about the holder, by a did:key."""
    document = {
        "@context": [V2, OPEN_BADGES],
        "id": "urn:uuid:2d2f4e0a-6f52-4f0c-9a5e-0d5c1f6e7a10",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER.did, "type": ["Profile"], "name": "Example Issuer"},
        "validFrom": "2026-03-23T20:31:06Z",
        "name": "Competitor brief",
        "credentialSubject": {
            "id": HOLDER.did,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:9b5b4d1c-50f7-4a0e-8f43-77d5a7d6c1a2",
                "type": ["Achievement"],
                "name": "Competitor brief",
                "description": "Find 25 refill shops and compare their prices.",
                "criteria": {"narrative": "The host confirms the work."},
            },
        },
    }
    return secure_document(document, ISSUER)


def presentation() -> JsonObject:
    """The holder shows it for one occasion."""
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": [credential()],
    }
    return secure_document(document, HOLDER, proofPurpose="authentication", **ASKED)


MADE = {"credential.json": credential, "presentation.json": presentation}


@pytest.mark.parametrize("name", MADE)
def test_the_documents_are_those_that_are_made_here(name: str) -> None:
    """Nobody edits them by hand."""
    assert MADE[name]() == parse_json_object((EXAMPLES / name).read_bytes())


def run(example: str, folder: Path, verifier: str) -> tuple[str, JsonObject]:
    """Status and JSON body of one example."""
    body = folder / "body"
    curl = f"curl -sS -o '{body}' -w '%{{http_code}}' "
    done = subprocess.run(
        [str(BASH), "-c", example.replace("curl ", curl, 1)],
        cwd=PAGE.parent,
        env={**os.environ, "VERIFIER": verifier},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, parse_json_object(body.read_bytes())


def test_every_example_answers_what_the_page_says(tmp_path: Path) -> None:
    """In the order of the page."""
    if shutil.which("curl") is None or BASH is None:
        pytest.skip("no curl: install the package curl")
    examples = EXAMPLE.findall(PAGE.read_text("utf-8"))
    with running_pair(tmp_path, issuer_port=free_port(), verifier_port=free_port()) as pair:
        for expected, example in examples:
            status, answer = run(example, tmp_path, pair.verifier_url)

            assert expected == status, (example, answer)
    assert PAGE.read_text("utf-8").count("```sh") == len(examples) == 7


def test_the_page_names_every_route() -> None:
    """No route is left untold, apart from the files of the pages."""
    page = PAGE.read_text("utf-8")
    source = "".join(path.read_text("utf-8") for path in (ROOT / "verifier" / "web").glob("*.py"))
    routes = set(re.findall(r'@blueprint\.(?:get|post)\("(/[a-z_0-9.]+)', source)) - {"/static"}

    assert set() == {route for route in routes if route not in page}
    assert 6 <= len(routes)


def write() -> None:
    """Write the documents anew."""
    for name, make in MADE.items():
        text = json.dumps(make(), ensure_ascii=False, indent=2)
        (EXAMPLES / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
