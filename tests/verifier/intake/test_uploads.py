"""Files, pasted text and links."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.intake.pictures_of_codes import code_picture
from verifier.errors import CheckError, Code, MissingError, UncheckedError
from verifier.intake.links import complete_link, receive_link, receive_share
from verifier.intake.received import NothingToCheckError, Share, ShareState
from verifier.intake.uploads import receive_file, receive_text
from verifier.qr import CheckAddress
from verifier.sources import Fetched

BASE = "https://verify.example"
TOKEN = "7k3m9qx2fd8rw5vhn0cyt4bg6z"
SHARE_URL = f"https://issuer.example/s/{TOKEN}.json"
CHECK_URL = f"{BASE}/c/issuer.example/{TOKEN}"
CREDENTIAL = {"type": ["VerifiableCredential"]}


class FakeDoor:
    """A door to a network of a few documents, which remembers who was asked."""

    def __init__(self, **bodies: object) -> None:
        self.bodies = {url: json.dumps(body).encode() for url, body in bodies.items()}
        self.asked: list[str] = []

    def __call__(
        self, url: str, *, accept: str, max_bytes: int, etag: str | None = None
    ) -> Fetched:
        self.asked.append(url)
        if url not in self.bodies:
            raise MissingError(Code.FETCH_FAILED, "There is nothing there.")
        return Fetched(url=url, content_type="application/json", body=self.bodies[url])


def share(**changes: Any) -> dict[str, Any]:
    answer = {"verifiableCredential": CREDENTIAL, "state": "issued", "supersededBy": None}
    return {**answer, **changes}


def codes(*texts: str) -> Any:
    return lambda picture: texts


@pytest.mark.parametrize(
    "link",
    [
        CHECK_URL,
        f"https://issuer.example/s/{TOKEN}",
        f"https://issuer.example/s/{TOKEN.upper()}",
        SHARE_URL,
    ],
)
def test_every_kind_of_share_link_leads_to_the_issuers_share(link: str) -> None:
    """Ours, the issuer's page, and its JSON form."""
    door = FakeDoor(**{SHARE_URL: share()})
    received = receive_link(link, base_url=BASE, fetch=door)

    assert [SHARE_URL] == door.asked
    assert CREDENTIAL == received.data
    assert link == received.link
    assert Share(issuer_host="issuer.example", state=ShareState.ISSUED) == received.share


def test_another_https_address_is_fetched_as_a_document() -> None:
    """Whoever publishes credentials as files."""
    door = FakeDoor(**{"https://uni.example/badge.json": CREDENTIAL})
    received = receive_link("https://uni.example/badge.json", base_url=BASE, fetch=door)

    assert json.dumps(CREDENTIAL).encode() == received.data
    assert None is received.share


def test_a_page_is_no_credential() -> None:
    """It could not be checked, and that is all that is said."""
    door = FakeDoor(**{"https://uni.example/": CREDENTIAL})
    door.bodies["https://uni.example/"] = b"<!doctype html><title>x</title>"

    with pytest.raises(UncheckedError) as caught:
        receive_link("https://uni.example/", base_url=BASE, fetch=door)

    assert Code.UNSUPPORTED_FORMAT is caught.value.code


def test_a_link_that_is_off_is_missing() -> None:
    """The page for it is the same as for one that never was."""
    with pytest.raises(MissingError):
        receive_link(CHECK_URL, base_url=BASE, fetch=FakeDoor())


@pytest.mark.parametrize(
    "link", ["", "not a link", "ftp://x.example/", f"{BASE}/c/x", "https://a b"]
)
def test_a_mistyped_link_is_nothing_to_check(link: str) -> None:
    """Nothing is fetched for it."""
    door = FakeDoor()

    with pytest.raises(NothingToCheckError):
        receive_link(link, base_url=BASE, fetch=door)
    assert [] == door.asked


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("verify.example/c/a.example/x", "https://verify.example/c/a.example/x"),
        (" https://a.example/s/x ", "https://a.example/s/x"),
        ("issuer.example/s/x", "https://issuer.example/s/x"),
    ],
)
def test_a_link_typed_from_paper_needs_no_scheme(typed: str, expected: str) -> None:
    """People leave it out."""
    assert expected == complete_link(typed, BASE)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        share(state="great"),
        share(state=1),
        share(verifiableCredential="eyJ"),
        {"verifiableCredential": CREDENTIAL},
    ],
)
def test_a_share_of_another_form_could_not_be_read(answer: object) -> None:
    """The issuer's fault is not the credential's."""
    address = CheckAddress(issuer_host="issuer.example", token=TOKEN)

    with pytest.raises(UncheckedError) as caught:
        receive_share(address, fetch=FakeDoor(**{SHARE_URL: answer}))

    assert Code.FETCH_FAILED is caught.value.code


@pytest.mark.parametrize(
    ("superseded_by", "expected"),
    [
        (f"https://issuer.example/s/{TOKEN[::-1]}", f"/c/issuer.example/{TOKEN[::-1]}"),
        (f"https://evil.example/s/{TOKEN}", None),
        ("javascript:alert(1)", None),
        (None, None),
        (7, None),
    ],
)
def test_a_newer_version_is_followed_at_the_same_issuer_only(
    superseded_by: object, expected: str | None
) -> None:
    """A record speaks for its own host."""
    answer = share(state="replaced", supersededBy=superseded_by)
    address = CheckAddress(issuer_host="issuer.example", token=TOKEN)
    received = receive_share(address, fetch=FakeDoor(**{SHARE_URL: answer}))

    assert received.share is not None
    assert (ShareState.REPLACED, expected) == (received.share.state, received.share.superseded_by)


def test_pasted_text_is_judged_as_it_is() -> None:
    """Not one byte is changed before the strict loader reads it."""
    text = '{"a": "é",  "a": 1}'

    assert text.encode() == receive_text(f"\n{text} ", base_url=BASE, fetch=FakeDoor()).data


def test_a_pasted_link_is_followed() -> None:
    """Whichever box it was pasted into."""
    door = FakeDoor(**{SHARE_URL: share()})

    assert CREDENTIAL == receive_text(CHECK_URL, base_url=BASE, fetch=door).data


@pytest.mark.parametrize(
    "start",
    [
        b"%PDF-1.7",
        b"<svg xmlns=",
        b"  <?xml version",
        b"<!DOCTYPE html>",
        b"<HTML>",
        b"PK\x03\x04",
        b"\0\0\0\x18ftypheic",
    ],
)
def test_a_kind_that_is_not_read_yet_could_not_be_checked(start: bytes) -> None:
    """Known by its first bytes, named, and never called false."""
    with pytest.raises(UncheckedError) as caught:
        receive_file(start + b" ...", base_url=BASE, fetch=FakeDoor(), read_codes=codes())

    assert Code.UNSUPPORTED_FORMAT is caught.value.code


def test_the_code_in_a_picture_leads_to_the_share() -> None:
    """A photo of the square code is as good as its address."""
    door = FakeDoor(**{SHARE_URL: share()})
    received = receive_file(
        code_picture(CHECK_URL), base_url=BASE, fetch=door, read_codes=codes(CHECK_URL)
    )

    assert CREDENTIAL == received.data
    assert CHECK_URL == received.link


@pytest.mark.parametrize(
    "text",
    [
        f"https://evil.example/c/issuer.example/{TOKEN}",
        f"https://issuer.example/s/{TOKEN}",
        "https://uni.example/badge.json",
    ],
)
def test_a_code_for_another_site_is_not_opened(text: str) -> None:
    """A link in a picture is not chosen by the person who holds it."""
    door = FakeDoor()

    with pytest.raises(UncheckedError) as caught:
        receive_file(code_picture("x"), base_url=BASE, fetch=door, read_codes=codes(text))

    assert Code.ADDRESS_NOT_ALLOWED is caught.value.code
    assert [] == door.asked


@pytest.mark.parametrize(("texts"), [("WIFI:S:x;;",), (CHECK_URL, CHECK_URL + "#2"), ("tel:1",)])
def test_codes_that_are_no_address_or_not_one_are_nothing_to_check(texts: tuple[str, ...]) -> None:
    """A sentence says what to do instead."""
    with pytest.raises(NothingToCheckError):
        receive_file(code_picture("x"), base_url=BASE, fetch=FakeDoor(), read_codes=codes(*texts))


def test_a_credential_inside_a_code_is_judged() -> None:
    """Small foreign ones fit."""
    text = json.dumps(CREDENTIAL)
    received = receive_file(
        code_picture("x"), base_url=BASE, fetch=FakeDoor(), read_codes=codes(text)
    )

    assert text.encode() == received.data


def test_an_empty_file_is_nothing_to_check() -> None:
    """It is no credential that failed."""
    with pytest.raises(NothingToCheckError):
        receive_file(b" \n", base_url=BASE, fetch=FakeDoor(), read_codes=codes())


@given(st.binary(max_size=300))
def test_no_file_raises_anything_but_our_own_errors(data: bytes) -> None:
    """The codes in a picture are anything as well."""
    reading = codes(data.decode("latin-1"))
    for file in (data, b"GIF89a"):
        with contextlib.suppress(CheckError):
            received = receive_file(file, base_url=BASE, fetch=FakeDoor(), read_codes=reading)

            assert received.data


@given(st.text(max_size=300))
def test_no_text_raises_anything_but_our_own_errors(text: str) -> None:
    """Neither as text nor as a link."""
    for receive in (receive_text, receive_link):
        with contextlib.suppress(CheckError):
            received = receive(text, base_url=BASE, fetch=FakeDoor())

            assert received.data


PNG = b"\x89PNG\r\n\x1a\n"
COMPACT = "eyJhbGciOiJFZERTQSJ9.eyJ0ZXN0IjoxfQ.c2lnbmF0dXJl"


@pytest.mark.parametrize("token", [COMPACT, f"{COMPACT}~", f"{COMPACT}~WyJhIiwiYiIsMV0~"])
def test_a_token_is_taken_wherever_a_document_is(token: str) -> None:
    """Pasted, uploaded, in a square code, and as the credential of a share."""
    door = FakeDoor(**{SHARE_URL: share(verifiableCredential=token)})
    address = CheckAddress(issuer_host="issuer.example", token=TOKEN)
    data = token.encode()

    pasted = receive_text(f" {token}\n", base_url=BASE, fetch=door)
    uploaded = receive_file(data, base_url=BASE, fetch=door, read_codes=codes())
    scanned = receive_file(PNG, base_url=BASE, fetch=door, read_codes=codes(token))
    shared = receive_share(address, fetch=door)

    assert [data] * 4 == [pasted.data, uploaded.data, scanned.data, shared.data]


@pytest.mark.parametrize("state", [None, 7, [], {}, "lost"])
@pytest.mark.parametrize("credential", [None, 7, [], "text", CREDENTIAL])
def test_a_share_of_another_form_is_no_answer(state: object, credential: object) -> None:
    """What the issuer sends is not believed to be well formed."""
    door = FakeDoor(**{SHARE_URL: share(verifiableCredential=credential, state=state)})

    with pytest.raises(UncheckedError) as caught:
        receive_share(CheckAddress(issuer_host="issuer.example", token=TOKEN), fetch=door)

    assert Code.FETCH_FAILED is caught.value.code
