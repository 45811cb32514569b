"""Step 8: digests of related resources."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.judging import badge, codes, judge, signed
from verifier.errors import CheckError, Code, RefusedError
from verifier.jsonld.contexts import KNOWN
from verifier.proofs.multikey import encode_base58btc
from verifier.related_resource import check_related_resources
from verifier.report import Outcome
from verifier.sources import HeldSchema
from verifier.verify import lint

V2 = "https://www.w3.org/ns/credentials/v2"
HELD = "https://files.example/a.json"
HEADERS = {"sha256": b"\x12\x20", "sha384": b"\x20\x30", "sha512": b"\x13\x40"}


def digest(name: str, body: bytes | None = None) -> bytes:
    return hashlib.new(name, KNOWN[V2].read() if body is None else body).digest()


def sri(name: str, body: bytes | None = None) -> str:
    return f"{name}-{base64.b64encode(digest(name, body)).decode()}"


def base64url(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def warnings_of(**members: Any) -> tuple[str, ...]:
    body = b"{}"
    return check_related_resources(
        [{"id": V2, **members}], {HELD: HeldSchema(body=body, document={})}
    )


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
def test_the_digest_of_a_known_context_fits_in_every_form(name: str) -> None:
    """As SRI, as a multihash in two bases, and as a bare digest."""
    value = digest(name)
    for members in (
        {"digestSRI": sri(name)},
        {"digestMultibase": base64url(HEADERS[name] + value)},
        {"digestMultibase": encode_base58btc(HEADERS[name] + value)},
        {"digestMultibase": base64url(value)},
        {"digestSRI": sri(name), "digestMultibase": base64url(value)},
    ):
        assert () == warnings_of(**members)


def test_another_digest_is_a_mismatch() -> None:
    """Also beside one that fits."""
    for members in (
        {"digestSRI": sri("sha256", b"x")},
        {"digestMultibase": base64url(HEADERS["sha384"] + digest("sha384", b"x"))},
        {"digestSRI": sri("sha256"), "digestMultibase": base64url(digest("sha256", b"x"))},
        {"id": HELD, "digestSRI": sri("sha512", b"x")},
        {"id": "https://www.w3.org/2018/credentials/v1", "digestSRI": sri("sha256", b"x")},
    ):
        with pytest.raises(RefusedError) as caught:
            warnings_of(**members)

        assert Code.RESOURCE_MISMATCH is caught.value.code


def test_what_is_not_held_is_a_warning() -> None:
    """Nothing is known of a file that is not here, nor of a hash that nobody published."""
    for url, name in (
        ("https://files.example/b.json", "sha256"),
        ("https://www.w3.org/2018/credentials/v1", "sha384"),
    ):
        assert 1 == len(warnings_of(id=url, digestSRI=sri(name, b"x")))
    assert () == warnings_of(id=HELD, digestSRI=sri("sha384", b"{}"))


@pytest.mark.parametrize(
    "members",
    [
        {"digestSRI": "sha256-" + base64.urlsafe_b64encode(b"\xff" * 32).decode()},
        {"digestSRI": sri("sha256").rstrip("=")},
        {"digestSRI": sri("sha256").replace("sha256", "sha384")},
        {"digestSRI": sri("sha256").replace("sha256", "md5")},
        {"digestSRI": 4},
        {"digestMultibase": "m" + base64.b64encode(digest("sha256")).decode()},
        {"digestMultibase": base64url(b"\x11\x14" + b"x" * 20)},
        {"digestMultibase": base64url(digest("sha256")) + "="},
        {"digestMultibase": "u" * 300},
        {"digestMultibase": None},
    ],
)
def test_a_digest_of_another_form_is_malformed(members: dict[str, Any]) -> None:
    """Two readers would not see the same digest in it."""
    with pytest.raises(RefusedError) as caught:
        warnings_of(**members)

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code
    assert caught.value.pointer.startswith("/relatedResource/digest")


def test_a_mismatch_is_neither_verified_nor_signed() -> None:
    """The same rule at issue as at verification."""
    resource = {"id": V2, "digestSRI": sri("sha256", b"x")}

    with pytest.raises(RefusedError) as caught:
        lint(badge(relatedResource=resource))
    report = judge(signed(relatedResource=resource)).report

    assert Code.RESOURCE_MISMATCH is caught.value.code
    assert (Outcome.NOT_VERIFIED, [Code.RESOURCE_MISMATCH]) == (report.outcome, codes(report))
    good = signed(relatedResource=[resource | {"digestSRI": sri("sha256")}])
    assert Outcome.VERIFIED is judge(good).report.outcome


@given(name=st.sampled_from(["digestSRI", "digestMultibase"]), value=st.text(max_size=90))
@settings(max_examples=100)
def test_no_digest_raises_anything_else(name: str, value: str) -> None:
    """Whatever text stands there, with or without the start of a good one."""
    for text in (value, f"u{value}", f"z{value}", f"sha256-{value}"):
        with contextlib.suppress(CheckError):
            assert warnings_of(**{name: text}) == ()
