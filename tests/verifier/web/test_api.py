"""``POST /credentials/verify`` and the properties of every door."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.web.states import STATES, document, fake_services
from verifier.judgement import judge
from verifier.report import Outcome
from verifier.strict_json import JsonObject, parse_json_object
from verifier.web.application import create_app


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(fake_services()).test_client()


@pytest.mark.parametrize("options", [{}, {"options": {}}, {"options": {"checks": ["proof"]}}])
@pytest.mark.parametrize("state", STATES)
def test_only_verified_is_200(client: FlaskClient, state: str, options: dict[str, Any]) -> None:
    """Clients read the status alone; options change nothing, every check always runs."""
    body = {"verifiableCredential": {"state": state}, **options}
    response = client.post("/credentials/verify", json=body)
    outcome = STATES[state].report.outcome
    answer = parse_json_object(response.data)

    assert (200 if outcome is Outcome.VERIFIED else 400) == response.status_code
    assert outcome.value == answer["outcome"]
    assert "application/json" in response.content_type
    assert (outcome is Outcome.VERIFIED) == (answer["errors"] == [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b"[]",
        b"{}",
        b'{"verifiableCredential": null}',
        b'{"verifiableCredential": "text"}',
        b'{"verifiableCredential": 7}',
        b'{"verifiableCredential": [{}]}',
        b'{"verifiableCredential": {}, "verifiableCredential": {}}',
        b'{"verifiableCredential": {"a": NaN}}',
        b'{"verifiableCredential": {}, "options": null}',
        b'{"verifiableCredential": {}, "options": "x"}',
        b"\xff\xfe",
        b'{"verifiableCredential": ' + b"[" * 100_000,
    ],
)
def test_malformed_bodies_are_400(client: FlaskClient, body: bytes) -> None:
    """Never 500, never 415, and always JSON with a reason."""
    response = client.post("/credentials/verify", data=body, content_type="application/json")
    answer = parse_json_object(response.data)

    assert 400 == response.status_code
    assert False is answer["verified"]
    assert answer["problemDetails"]


def test_a_body_that_is_too_large_is_413(client: FlaskClient) -> None:
    """More than one credential can take."""
    body = json.dumps({"verifiableCredential": {"a": "x" * 2_200_000}})

    assert 413 == client.post("/credentials/verify", data=body).status_code


def test_health_is_told(client: FlaskClient) -> None:
    """For whoever restarts the process."""
    assert {"status": "ok"} == parse_json_object(client.get("/healthz").data)


@pytest.fixture(scope="module")
def real() -> FlaskClient:
    """The real judge, without a network."""
    return create_app(replace(fake_services(), judge=judge)).test_client()


_BOUNDARY = "----x"


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=400))
def test_no_bytes_make_a_door_fail(real: FlaskClient, body: bytes) -> None:
    """Neither raw, nor as a form, nor as a file in a form."""
    multipart = f"multipart/form-data; boundary={_BOUNDARY}"
    framed = b"".join(
        (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; '.encode(),
            b'filename="x"\r\n\r\n',
            body,
            f"\r\n--{_BOUNDARY}--\r\n".encode(),
        )
    )
    answers = [
        real.post("/credentials/verify", data=body, content_type="application/json"),
        real.post("/check", data=body, content_type=multipart),
        real.post("/check", data=body, content_type="application/x-www-form-urlencoded"),
        real.post("/check", data=framed, content_type=multipart),
    ]

    assert all(400 <= answer.status_code < 500 for answer in answers)


@settings(max_examples=60, deadline=None)
@given(link=st.text(max_size=100), text=st.text(max_size=100), given_name=st.text(max_size=50))
def test_no_words_make_a_door_fail(
    real: FlaskClient, link: str, text: str, given_name: str
) -> None:
    """Whatever is typed into the boxes."""
    for data in ({"link": link, "given": given_name}, {"text": text}, {"link": link, "text": text}):
        encoded = {key: value.encode("utf-8", "replace") for key, value in data.items()}
        files = {key: (BytesIO(value), None) for key, value in encoded.items()}
        assert real.post("/check", data=files).status_code < 500


@settings(max_examples=60, deadline=None)
@given(host=st.text(max_size=60), token=st.text(max_size=40))
def test_no_address_makes_a_door_fail(real: FlaskClient, host: str, token: str) -> None:
    """The path of a code is as hostile as a body."""
    path = f"/c/{host}/{token}".encode("utf-8", "replace").decode()

    assert real.get("/" + path.lstrip("/").replace("\n", "")).status_code < 500


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@context", "type", "issuer", "proof", "id", "credentialSubject", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(document=_JSON)
def test_no_document_makes_a_door_fail(real: FlaskClient, document: Any) -> None:
    """Anything that JSON can say is judged, or refused in our own words."""
    body = json.dumps({"verifiableCredential": document})
    answers = [
        real.post("/credentials/verify", data=body, content_type="application/json"),
        real.post("/check", data={"text": json.dumps(document)}),
    ]

    assert {400} == {answer.status_code for answer in answers}
    assert all("outcome" in parse_json_object(answer.data) for answer in answers)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), value=_JSON)
def test_no_change_of_a_real_credential_makes_a_door_fail(
    real: FlaskClient, data: st.DataObject, value: Any
) -> None:
    """Any member replaced by anything is judged. (It may still verify where the same statement
    stands a second time: our host is named in three places under one id.)"""
    credential = secured()
    container, key = data.draw(st.sampled_from(places(credential)))
    container[key] = value
    answer = real.post("/credentials/verify", data=json.dumps({"verifiableCredential": credential}))

    assert answer.status_code in (200, 400)


def secured() -> JsonObject:
    """A credential that verifies without a network."""
    return parse_json_object(_SECURED)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) below ``value``."""
    found: list[tuple[Any, Any]] = []
    for key, member in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(member, dict | list):
            found.extend(places(member))
    return found


def _secured() -> bytes:
    key = Ed25519TestKey.number(7)
    credential = document("02-reverse-one-day-ended-early")
    credential["issuer"]["id"] = key.did
    del credential["credentialStatus"]
    credential["validFrom"] = "2026-01-01T00:00:00Z"
    secured_credential = secure_document(credential, key, created="2026-01-01T00:00:00Z")
    return json.dumps(secured_credential).encode()


_SECURED = _secured()
