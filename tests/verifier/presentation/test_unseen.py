"""Signs that nobody sees: what turns the direction of words, and what a terminal obeys."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.tokens import vc_jwt
from tests.vectors.cases import KEY, V2
from tests.verifier.web.states import FIRST, KNOWN, NOW, VALIDITY, document
from verifier.__main__ import main
from verifier.judgement import Judgement
from verifier.presentation.answer import build_page, build_text
from verifier.presentation.words import words
from verifier.report import Report
from verifier.strict_json import parse_json_object

OBEYED = "\x9b31m\u202e\u2066"
"""Red from here on, backwards from here on, and apart from what is around it."""
RESOURCE = f"https://a.example/{OBEYED}x"


def _judgement() -> Judgement:
    report = Report(checks=(*FIRST, VALIDITY), checked_at=NOW, policy="standard", trust=KNOWN)
    warned = replace(report, warnings=(f"The related resource {RESOURCE} was not checked.",))
    return Judgement(report=warned, document=document())


def test_a_page_shows_no_unseen_signs_of_an_address_in_a_warning() -> None:
    """An address is whatever the issuer wrote, and a warning repeats it."""
    (warning,) = build_page(_judgement(), words("en")).warnings

    assert set() == set(warning) & set(OBEYED) - set("31m")


def test_no_line_for_the_terminal_holds_what_it_obeys() -> None:
    """Warnings as well as facts: only our own ends of lines get through."""
    lines = build_text(_judgement(), words("en")).split("\n")

    assert [True] * len(lines) == [line.isprintable() for line in lines]


def test_the_report_for_the_terminal_says_the_same_without_unseen_signs(tmp_path: Path) -> None:
    """They are written as JSON writes what cannot be shown."""
    resource = {"id": RESOURCE, "digestSRI": "sha256-" + "A" * 43 + "="}
    claims = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        "credentialSubject": {"id": "did:example:learner"},
        "relatedResource": resource,
    }
    file = tmp_path / "token"
    file.write_text(vc_jwt(claims, KEY), encoding="utf-8")
    stdout = io.StringIO()

    main(
        ["--json", str(file)],
        environ={},
        stdin=io.BytesIO(),
        stdout=stdout,
        stderr=io.StringIO(),
        clock=lambda: datetime(2026, 6, 1, tzinfo=UTC),
    )

    text = stdout.getvalue()
    assert text.replace("\n", "").isprintable()
    (warning,) = parse_json_object(text.encode())["warnings"]
    assert RESOURCE in warning
    assert json.dumps(RESOURCE)[1:-1] in text
