"""Requests, read strictly: key, media type, size, JSON, idempotency key."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from issuer import limits
from issuer.errors import UnauthorisedError
from issuer.web.requests import flag, idempotency_of, presented_key, read_body
from verifier.errors import Code, RefusedError

APP = Flask(__name__)
MOST = 100


@pytest.mark.parametrize(
    "header", ["Bearer mic_abc_DEF", "bearer  mic_abc_DEF", "BEARER mic_abc_DEF "]
)
def test_the_key_stands_in_the_authorization_header(header: str) -> None:
    """The scheme is read in any case (RFC 9110, section 11.1), the key exactly."""
    with APP.test_request_context(headers={"Authorization": header}):
        found = presented_key()

    assert "mic_abc_DEF" == found


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "mic_abc")],
        [("Authorization", "Basic bWljOmFiYw==")],
        [("Authorization", "Bearer a b")],
        [("Authorization", "Bearer ä")],
        [("Authorization", "Bearer a,b")],
        [("Authorization", "Bearer " + "a" * (limits.API_KEY_CHARACTERS + 1))],
        [("Authorization", "Bearer a"), ("Authorization", "Bearer a")],
        [("X-Api-Key", "a")],
    ],
)
def test_anything_else_is_no_key(headers: list[tuple[str, str]]) -> None:
    """Missing, double, malformed and endless headers get one and the same answer."""
    with (
        APP.test_request_context("/?api_key=a", headers=headers),
        pytest.raises(UnauthorisedError),
    ):
        presented_key()


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/JSON; charset=UTF-8",
        "application/ld+json",
        "application/vnd.api+json;profile=x",
    ],
)
def test_json_by_any_of_its_names(content_type: str) -> None:
    """The bytes come back beside the object that the strict loader made."""
    with APP.test_request_context(method="POST", data=b' {"a":1}', content_type=content_type):
        found = read_body(MOST)

    assert (b' {"a":1}', {"a": 1}) == found


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "text/json"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/jsonx"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_other_content_is_not_taken(headers: dict[str, str]) -> None:
    """A form from a web page, a compressed body and other encodings are 415."""
    with (
        APP.test_request_context(method="POST", data=b"{}", headers=headers),
        pytest.raises(UnsupportedMediaType),
    ):
        read_body(MOST)


def test_a_body_has_a_bound() -> None:
    """One byte more is 413, whether or not the length is told."""
    body = b'"' + b"a" * (MOST - 1) + b'"'
    with (
        APP.test_request_context(method="POST", data=body, content_type="application/json"),
        pytest.raises(RequestEntityTooLarge),
    ):
        read_body(MOST)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b'{"a":1,"a":1}',
        b'{"a":NaN}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"a":1e999}',
    ],
)
def test_what_is_not_one_json_object_is_a_parsing_error(body: bytes) -> None:
    """The strict loader reads every body."""
    with (
        APP.test_request_context(method="POST", data=body, content_type="application/json"),
        pytest.raises(RefusedError) as caught,
    ):
        read_body(MOST)

    assert Code.PARSING_ERROR is caught.value.code


@pytest.mark.parametrize("key", ["a", "5b0b7c1e-9d2c-4a1f", '"quoted"', "a b", "x" * 200])
def test_an_idempotency_key_is_taken_as_it_is(key: str) -> None:
    """No reading between the signs: it is the caller's."""
    with APP.test_request_context(headers={"Idempotency-Key": key}):
        found = idempotency_of(b"")

    assert found is not None
    assert key == found.key


def test_no_idempotency_key_is_none() -> None:
    """The header is not required."""
    with APP.test_request_context():
        assert idempotency_of(b"") is None


def test_the_hash_covers_all_that_is_asked() -> None:
    """Another body, address, query or method is another request."""
    asked = [("/a", "POST", b"1"), ("/a", "POST", b"2"), ("/b", "POST", b"1")]
    asked += [("/a?x=1", "POST", b"1"), ("/a", "PUT", b"1"), ("/a", "POST", b"1")]
    hashes = []
    for path, method, body in asked:
        with APP.test_request_context(path, method=method, headers={"Idempotency-Key": "k"}):
            found = idempotency_of(body)
            hashes.append(found.request_hash if found else "")

    assert 5 == len(set(hashes))
    assert hashes[0] == hashes[-1]


@pytest.mark.parametrize("key", ["", "x" * 201, "ä", "a\tb"])
def test_a_malformed_idempotency_key_is_refused(key: str) -> None:
    """Empty, too long, not printable."""
    with (
        APP.test_request_context(headers={"Idempotency-Key": key}),
        pytest.raises(RefusedError) as caught,
    ):
        idempotency_of(b"")

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize(
    ("query", "value"), [("", False), ("?dryRun=0", False), ("?dryRun=1", True)]
)
def test_a_switch_in_the_query(query: str, value: bool) -> None:
    """Off unless it is switched on."""
    with APP.test_request_context(f"/{query}"):
        assert value is flag("dryRun")


@pytest.mark.parametrize("value", ["true", "", "2"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(value: str) -> None:
    """A guess would import for real what was meant to be tried."""
    with APP.test_request_context(f"/?dryRun={value}"), pytest.raises(RefusedError):
        flag("dryRun")
