"""In every proof format: what is signed, and what is shown of it, tells what it may and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from issuer import tenants
from issuer.issue import Issued
from issuer.record import Record, parse_draft
from issuer.shares import look_up
from issuer.signing.formats import PROOF_FORMATS
from issuer.skill_assertions import issue_skills, parse_skills_wish
from issuer.store import Store, open_store
from issuer.store.rows import StatusPolicy
from tests.example_records import example_record
from tests.issuer.leaks.planted import Planted, plant
from tests.issuer.leaks.reading import read_markers
from tests.issuer.offices import START, Desk, open_desk
from verifier.strict_json import JsonObject

WITH_SKILLS = [name for name, found in PROOF_FORMATS.items() if not found.is_for_records]
"""The formats in which there are further credentials."""


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'issuer.db'}")
    yield store
    store.close()


@pytest.fixture(params=PROOF_FORMATS)
def desk(request: pytest.FixtureRequest, sqlite_store: Store, tmp_path: Path) -> Desk:
    """A desk whose issuer signs in each format in turn."""
    base = open_desk(sqlite_store, tmp_path / "keys")
    issuer = tenants.add_issuer(
        sqlite_store,
        tenants.find_tenant(sqlite_store, "ours"),
        name="other",
        profile_name="Another issuer",
        profile_url=None,
        status_policy=StatusPolicy.REVOCATION,
        base_url=base.office.base_url,
        keyring=base.office.keyring,
        key_uri=None,
        now=START,
        proof_format=request.param,
    )
    return replace(base, issuer=issuer)


def record_of(found: Planted) -> Record:
    return parse_draft(found.document, received_at=START)


def shown(desk: Desk, issued: Issued) -> JsonObject:
    """What a holder of the link gets: all of it, in the form that verifiers take."""
    return look_up(desk.office, str(issued.share_url).rpartition("/")[2], now=START).document


@pytest.mark.parametrize("name", ["02", "03", "12"])
def test_a_completion(desk: Desk, name: str) -> None:
    """The signed bytes, and what can be decoded in them: exactly what may be shown."""
    found = plant(example_record(name))

    issued = desk.issue(record_of(found), share=True)

    for text in (issued.body, json.dumps(shown(desk, issued))):
        assert {} == {word: found.hidden[word] for word in read_markers(text) & set(found.hidden)}
        assert set(found.shown) <= read_markers(text)


@pytest.mark.parametrize("desk", WITH_SKILLS, indirect=True)
def test_a_skill_beside_it(desk: Desk) -> None:
    """Nothing but the skill, the learner and who rated."""
    found = plant(example_record("04"))
    about = desk.issue(record_of(found))
    wish = parse_skills_wish(
        {"skills": [0], "learnerConsent": {"given": True, "at": "2026-12-01T11:00:00Z"},
         "share": True},
        now=START,
    )  # fmt: skip

    (issued,) = issue_skills(
        desk.office, desk.caller, about.issuance_id, wish, idempotency=None, now=START
    )

    document = found.document
    skill = {key: it for key, it in document["skills"][0].items() if key != "sourceText"}
    host = [document["host"][key] for key in ("id", "name", "url")]
    name = document["learner"]["name"]["full"]
    allowed = read_markers(json.dumps([skill, host, name]))
    assert allowed == read_markers(issued.body)
    assert allowed == read_markers(json.dumps(shown(desk, issued)))
