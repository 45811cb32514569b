"""One judgement as a value, and how far an issuer's own record of a link is heard."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.example_records import example_projected
from tests.signers import Ed25519TestKey, secure_document
from verifier.errors import Code, MissingError, UncheckedError
from verifier.intake.received import Received, Share, ShareState
from verifier.judgement import Judgement, judge, unreceived
from verifier.policy import STANDARD
from verifier.presentation.verdict import Replacement
from verifier.report import Outcome, Step
from verifier.sources import Fetched, Sources
from verifier.strict_json import JsonObject

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
KEY = Ed25519TestKey.number(7)
HOST = "issuer.microintern.example"
DID = f"did:web:{HOST}:issuers:demo"
METHOD = f"{DID}#key-1"
NEWER = "/c/issuer.microintern.example/7k3m9qx2fd8rw5vhn0cyt4bg6z"


def did_document() -> JsonObject:
    method = {
        "id": METHOD,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": KEY.multibase,
    }
    return {"id": DID, "verificationMethod": [method], "assertionMethod": [METHOD]}


def issuers_host(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
    """The network: one issuer, which serves its keys and nothing else."""
    if url != f"https://{HOST}/issuers/demo/did.json":
        raise MissingError(Code.FETCH_FAILED, "There is nothing there.")
    body = json.dumps(did_document()).encode()
    return Fetched(url=url, content_type="application/json", body=body)


@pytest.fixture(scope="module")
def credential() -> JsonObject:
    document = example_projected("01")
    document["issuer"]["id"] = DID
    del document["credentialStatus"]
    return secure_document(document, KEY, verificationMethod=METHOD)


def judged(credential: JsonObject, share: Share | None = None) -> Judgement:
    received = Received(data=credential, share=share)
    return judge(received, now=NOW, policy=STANDARD, sources=Sources(fetch=issuers_host))


def record(state: ShareState, host: str = HOST, newer: str | None = None) -> Share:
    return Share(issuer_host=host, state=state, superseded_by=newer)


def test_a_verified_credential_is_handed_on_without_its_proof(credential: JsonObject) -> None:
    """With or without a record that has nothing to add."""
    unsecured = {name: value for name, value in credential.items() if name != "proof"}

    for share in (None, record(ShareState.ISSUED)):
        found = judged(credential, share)
        assert Outcome.VERIFIED is found.report.outcome
        assert unsecured == found.document


def test_nothing_of_a_changed_credential_is_handed_on(credential: JsonObject) -> None:
    """Whatever the record says."""
    changed = {**credential, "name": "Another name"}
    found = judged(changed, record(ShareState.REPLACED, newer=NEWER))

    assert Outcome.NOT_VERIFIED is found.report.outcome
    assert (None, None) == (found.document, found.replaced)


@pytest.mark.parametrize(
    ("state", "code"),
    [(ShareState.WITHDRAWN, Code.REVOKED), (ShareState.UNDER_REVIEW, Code.SUSPENDED)],
)
def test_the_issuers_own_record_makes_an_answer_worse(
    credential: JsonObject, state: ShareState, code: Code
) -> None:
    """It knows of a withdrawal before any list does."""
    found = judged(credential, record(state))
    last = found.report.checks[-1]

    assert Outcome.NOT_VERIFIED is found.report.outcome
    assert (Step.STATUS, HOST) == (last.step, last.by)
    assert code is found.report.problems[0].code


@pytest.mark.parametrize("state", ShareState)
def test_the_record_of_another_host_is_not_heard(credential: JsonObject, state: ShareState) -> None:
    """Or anybody could show somebody's credential as withdrawn, or lead to a newer one."""
    found = judged(credential, record(state, host="evil.example", newer=NEWER))

    assert Outcome.VERIFIED is found.report.outcome
    assert None is found.replaced


def test_a_newer_version_is_told_and_changes_no_outcome(credential: JsonObject) -> None:
    """A copy refreshed under the same id is still what the issuer signed."""
    found = judged(credential, record(ShareState.REPLACED, newer=NEWER))

    assert Outcome.VERIFIED is found.report.outcome
    assert Replacement(check_path=NEWER) == found.replaced


def test_no_record_makes_an_answer_better(credential: JsonObject) -> None:
    """An ended credential stays ended, an unknown status unknown."""
    document = {name: value for name, value in credential.items() if name != "proof"}
    ended = secure_document(
        {**document, "validUntil": "2026-05-01T00:00:00Z"}, KEY, verificationMethod=METHOD
    )
    status = example_projected("01")["credentialStatus"]
    unknown = secure_document(
        {**document, "credentialStatus": status}, KEY, verificationMethod=METHOD
    )

    assert Outcome.NOT_VERIFIED is judged(ended, record(ShareState.ISSUED)).report.outcome
    assert Outcome.COULD_NOT_CHECK is judged(unknown, record(ShareState.ISSUED)).report.outcome


def test_what_never_came_in_is_a_judgement_too() -> None:
    """With the reason, and nothing to show."""
    error = UncheckedError(Code.FETCH_TIMEOUT, "It did not answer in time.")
    found = unreceived(error, now=NOW, policy=STANDARD)

    assert Outcome.COULD_NOT_CHECK is found.report.outcome
    assert Code.FETCH_TIMEOUT is found.report.problems[0].code
    assert None is found.document
