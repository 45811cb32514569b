"""Token Status List: the published lists and the published token, but for the CWT form."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785

from tests.signers import EcTestKey
from tests.vectors_suites.reading import no_network
from verifier.errors import Code, RefusedError
from verifier.proofs.jws import build_jws, decode_base64url, parse_jws
from verifier.secured import KeyFinder
from verifier.status.token_status_list import (
    TYP,
    StatusToken,
    build_claim,
    parse_status_list,
    read_value,
    verify_token,
)
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.vectors

KEY = EcTestKey.number(1)

PLAIN = {"status_list_encoding_json.txt": 1, "status_list_encoding2_json.txt": 2}
"""With the width of a value; the bytes stand in the file."""
LONG = {
    "status_list_encoding1_long_json.txt": "status_list_encoding1_long_cbor.txt",
    "status_list_encoding8_json.txt": "status_list_encoding8_cbor.txt",
}
TOKENS = {"status_list_jwt.txt", "status_list_jwt_raw.txt"}
"""The token in parts, and as it is sent."""


def folder_of(vectors_dir: Path) -> Path:
    return vectors_dir / "token-status-list"


def claim_in(path: Path) -> JsonObject:
    """The JSON object in a file; its long texts are broken into lines."""
    text = path.read_text("utf-8")
    return parse_json_object(re.sub(r"\s+", "", text[text.index("{") :]).encode())


def parts_of(path: Path) -> list[JsonObject]:
    """The header and the claims of the token in parts."""
    texts = path.read_text("utf-8").split("\n.\n")
    return [parse_json_object(text.encode()) for text in texts]


def test_what_is_left_out_is_the_cwt_form(vectors_dir: Path) -> None:
    """Every other file of the folder is read below; the files in CBOR only for comparison."""
    files = {path.name for path in folder_of(vectors_dir).iterdir()} - {"README.md"}

    assert files - {*PLAIN, *LONG, *TOKENS} == {
        name for name in files if "cwt" in name or "cbor" in name
    }


@pytest.mark.parametrize("name", PLAIN)
def test_a_published_list_opens_to_its_bytes(vectors_dir: Path, name: str) -> None:
    """The bytes that stand beside it, and every value in them from the lowest bits on."""
    bits = PLAIN[name]
    path = folder_of(vectors_dir) / name
    printed = [int(it, 16) for it in re.findall(r"0x([0-9a-f]{2})", path.read_text("utf-8"))]

    found = parse_status_list(claim_in(path))

    assert (bits, printed) == (found.bits, list(found.values))
    number = int.from_bytes(bytes(printed), "little")
    values = [number >> at * bits & (1 << bits) - 1 for at in range(len(printed) * 8 // bits)]
    assert values == [read_value(found, at) for at in range(len(values))]


@pytest.mark.parametrize("name", LONG)
def test_a_long_list_is_the_same_in_both_forms(vectors_dir: Path, name: str) -> None:
    """The text in JSON is the compressed file that the CBOR form holds; it opens."""
    cbor = bytes.fromhex(re.sub(r"\s+", "", (folder_of(vectors_dir) / LONG[name]).read_text()))
    found = parse_status_list(claim := claim_in(folder_of(vectors_dir) / name))

    packed = cbor[cbor.index(b"\x78\xda") :]
    assert decode_base64url(claim["lst"]) == packed
    assert {1: 2**20 // 8, 8: 2**20}[found.bits] == len(found.values)
    assert found == parse_status_list(build_claim(found))


def test_the_published_token_says_what_its_parts_say(vectors_dir: Path) -> None:
    """Header and claims; ``iss`` stands in the token only. Its key is not published with it."""
    folder = folder_of(vectors_dir)
    header, claims = parts_of(folder / "status_list_jwt.txt")

    jws = parse_jws("".join((folder / "status_list_jwt_raw.txt").read_text("ascii").split()))

    said = parse_json_object(jws.unverified_payload)
    assert (header, TYP) == (jws.unverified_header, jws.typ)
    assert claims == {name: value for name, value in said.items() if name != "iss"}


def test_the_published_claims_verify_under_a_key_at_hand(vectors_dir: Path) -> None:
    """As they stand, in a token by an issuer whose key is known; for no other address."""
    _, claims = parts_of(folder_of(vectors_dir) / "status_list_jwt.txt")
    text = build_jws(
        {"alg": "ES256", "typ": TYP, "kid": KEY.verification_method},
        rfc8785.dumps(claims),
        KEY.sign,
    )

    token = _verify(text, claims["sub"])

    assert claims["iat"] == token.issued_at.at.timestamp()
    assert timedelta(seconds=claims["ttl"]) == token.lifetime
    assert parse_status_list(claims["status_list"]) == token.content
    with pytest.raises(RefusedError) as caught:
        _verify(text, "https://example.com/statuslists/2")
    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


def _verify(text: str, uri: str) -> StatusToken:
    finder = KeyFinder(
        fetch=no_network, now=datetime(2026, 6, 1, tzinfo=UTC), relationship="assertionMethod"
    )
    return verify_token(text, uri=uri, issuer=KEY.did, signers=frozenset({KEY.did}), finder=finder)
