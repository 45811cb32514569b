"""``POST /presentations/verify``, tokens as text, and the profile for published vectors.

``/credentials/verify`` itself is tested in ``test_api``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.judging import signed
from tests.verifier.web.states import fake_services
from verifier import limits
from verifier.judgement import judge
from verifier.strict_json import JsonObject, parse_json_object
from verifier.web.application import create_app

HOLDER = Ed25519TestKey.number(7)
OPTIONS = {"challenge": "c-1", "domain": "recruiter.example"}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """The real judges, without a network."""
    return create_app(replace(fake_services(), judge=judge)).test_client()


def presentation(**members: Any) -> JsonObject:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [signed(validFrom="2026-01-01T00:00:00Z")],
    } | members
    proof = {"proofPurpose": "authentication", "created": "2026-03-01T00:00:00Z"}
    return secure_document(document, HOLDER, **proof, **OPTIONS)


def post(client: FlaskClient, path: str, body: Any) -> tuple[int, JsonObject]:
    response = client.post(path, json=body)
    return response.status_code, parse_json_object(response.data)


@pytest.mark.parametrize(
    "options",
    [
        OPTIONS,
        {"challenge": "c-1"},
        {"nonce": "c-1", "audience": ["recruiter.example"]},
        OPTIONS | {"checks": ["proof"], "anything": 7},
    ],
)
def test_a_presentation_that_answers_is_200(client: FlaskClient, options: JsonObject) -> None:
    """The holder's statement and one report for each credential come with it."""
    status, answer = post(
        client,
        "/presentations/verify",
        {"verifiablePresentation": presentation(), "options": options},
    )

    assert (200, True) == (status, answer["verified"]), answer
    assert ("not_shown", [True]) == (
        answer["holder"],
        [report["verified"] for report in answer["credentials"]],
    )
    assert "presentation" not in answer


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"challenge": "c-2"}, "INVALID_CHALLENGE_ERROR"),
        ({"challenge": "c-1", "domain": "other.example"}, "INVALID_DOMAIN_ERROR"),
        ({}, "INVALID_CHALLENGE_ERROR"),
        ({"challenge": 7}, "PARSING_ERROR"),
        ({"challenge": "x" * (limits.CHALLENGE_CHARACTERS + 1)}, "PARSING_ERROR"),
        ({"challenge": "c-1", "domain": [7]}, "PARSING_ERROR"),
        ({"challenge": "c-1", "domain": ["a.example"] * 9}, "PARSING_ERROR"),
    ],
)
def test_one_that_does_not_answer_is_400(
    client: FlaskClient, options: JsonObject, code: str
) -> None:
    """A copy, or a question that cannot be read."""
    status, answer = post(
        client,
        "/presentations/verify",
        {"verifiablePresentation": presentation(), "options": options},
    )

    assert (400, False) == (status, answer["verified"])
    assert code == answer["errors"][0]["type"].rpartition("#")[2]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"presentation": {}},
        {"verifiablePresentation": None},
        {"verifiablePresentation": "text"},
        {"verifiablePresentation": '{"@context": []}'},
        {"verifiablePresentation": []},
        {"verifiablePresentation": {}},
        {"verifiablePresentation": {}, "options": []},
        [],
    ],
)
def test_malformed_bodies_are_400(client: FlaskClient, body: Any) -> None:
    """Never 500, and always JSON with a reason."""
    status, answer = post(client, "/presentations/verify", body)

    assert (400, False) == (status, answer["verified"])
    assert answer["problemDetails"]


def test_the_verified_document_comes_back_on_request(client: FlaskClient) -> None:
    """VCALM: ``returnCredential`` and ``returnPresentation``; never what is not verified."""
    credential, presented = signed(validFrom="2026-01-01T00:00:00Z"), presentation()
    asked = {"verifiablePresentation": presented, "options": OPTIONS | {"returnPresentation": True}}

    _, one = post(client, "/presentations/verify", asked)
    _, other = post(
        client,
        "/credentials/verify",
        {"verifiableCredential": credential, "options": {"returnCredential": True}},
    )
    _, refused = post(
        client,
        "/credentials/verify",
        {
            "verifiableCredential": credential | {"name": "B"},
            "options": {"returnCredential": True},
        },
    )

    assert {k: v for k, v in presented.items() if k != "proof"} == one["presentation"]
    assert {k: v for k, v in credential.items() if k != "proof"} == other["credential"]
    assert "credential" not in refused


def test_a_document_written_as_text_is_no_token(client: FlaskClient) -> None:
    """VC-API clients send a credential as text to see it refused."""
    text = json.dumps(signed(validFrom="2026-01-01T00:00:00Z"))

    assert 400 == post(client, "/credentials/verify", {"verifiableCredential": text})[0]


@pytest.mark.parametrize(("path", "status"), [("", 400), ("/profiles/unsafe-vectors", 200)])
def test_the_profile_for_vectors_says_so_in_every_answer(
    client: FlaskClient, path: str, status: int
) -> None:
    """There alone a key that is not the issuer's is a warning, and the answer names the profile."""
    stranger = secure_document(
        {**signed(validFrom="2026-01-01T00:00:00Z"), "issuer": "https://vc.example/issuers/5678"},
        HOLDER,
    )
    stranger["proof"] = stranger["proof"][-1]

    found, answer = post(client, f"{path}/credentials/verify", {"verifiableCredential": stranger})

    assert status == found
    assert ("unsafe-vectors" if path else "vc-api") == answer["policy"]
    assert (1 if path else 0) == len(answer["warnings"])


def test_other_profiles_are_not_there(client: FlaskClient) -> None:
    """A name that is not in the table leads nowhere."""
    for kind in ("credentials", "presentations"):
        response = client.post(f"/profiles/lenient/{kind}/verify", json={})

        assert 404 == response.status_code


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(document=_json, options=_json)
def test_no_json_makes_the_door_fail(client: FlaskClient, document: Any, options: Any) -> None:
    """Whatever is sent, the answer is 400 with a report."""
    body = {"verifiablePresentation": document, "options": options}

    status, answer = post(client, "/presentations/verify", body)

    assert (400, False) == (status, answer["verified"])
