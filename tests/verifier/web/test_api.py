"""``POST /credentials/verify`` and the properties of every door."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.web.states import STATES, fake_services
from verifier.report import Outcome
from verifier.strict_json import parse_json_object
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


_BOUNDARY = "----x"


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=400))
def test_no_bytes_make_a_door_fail(client: FlaskClient, body: bytes) -> None:
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
        client.post("/credentials/verify", data=body, content_type="application/json"),
        client.post("/check", data=body, content_type=multipart),
        client.post("/check", data=body, content_type="application/x-www-form-urlencoded"),
        client.post("/check", data=framed, content_type=multipart),
    ]

    assert all(400 <= answer.status_code < 500 for answer in answers)


@settings(max_examples=60, deadline=None)
@given(link=st.text(max_size=100), text=st.text(max_size=100), given_name=st.text(max_size=50))
def test_no_words_make_a_door_fail(
    client: FlaskClient, link: str, text: str, given_name: str
) -> None:
    """Whatever is typed into the boxes."""
    for data in ({"link": link, "given": given_name}, {"text": text}, {"link": link, "text": text}):
        encoded = {key: value.encode("utf-8", "replace") for key, value in data.items()}
        files = {key: (BytesIO(value), None) for key, value in encoded.items()}
        assert client.post("/check", data=files).status_code < 500


@settings(max_examples=60, deadline=None)
@given(host=st.text(max_size=60), token=st.text(max_size=40))
def test_no_address_makes_a_door_fail(client: FlaskClient, host: str, token: str) -> None:
    """The path of a code is as hostile as a body."""
    path = f"/c/{host}/{token}".encode("utf-8", "replace").decode()

    assert client.get("/" + path.lstrip("/").replace("\n", "")).status_code < 500
