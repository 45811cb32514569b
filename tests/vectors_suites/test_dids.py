"""did:key and did:web vectors of their specifications."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vectors_suites.reading import no_network, read
from verifier.dids import resolve
from verifier.dids.web import did_web_url, resolve_did_web
from verifier.errors import CheckError, UncheckedError
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.multikey import KeyType, PublicKey, decode_base58btc, parse_multikey
from verifier.sources import Fetched
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors


def key_of(did: str) -> PublicKey:
    """The key in a did:key, read by the Multikey rules."""
    return parse_multikey(did.removeprefix("did:key:"))


def test_ed25519_identifiers_resolve_to_their_keys(vectors_dir: Path) -> None:
    """Document id, method id, relationship and the very bytes of the key."""
    vectors = read(vectors_dir / "did-key" / "ed25519-x25519.json")
    for did, vector in vectors.items():
        document = resolve(did, fetch=no_network)  # type: ignore[arg-type]
        raw = decode_base58btc(
            "z" + vector["verificationKeyPair"]["publicKeyBase58"], max_characters=99
        )

        assert key_of(did) == PublicKey(key_type=KeyType.ED25519, raw=raw)
        assert document.id == did
    assert len(vectors) == 3


def test_nist_identifiers_hold_the_keys_of_their_jwks(vectors_dir: Path) -> None:
    """P-256 and P-384 by their compressed points; P-521 is not supported and says so."""
    vectors = read(vectors_dir / "did-key" / "nist-curves.json")
    read_keys = 0
    for did, vector in vectors.items():
        method = vector["verificationMethod"]
        jwk = method.get("publicKeyJwk", {})
        if jwk.get("crv") == "P-521":
            with pytest.raises(CheckError):
                key_of(did)
            continue
        read_keys += 1
        if jwk:
            assert key_of(did) == parse_jwk(jwk)
        else:
            raw = decode_base58btc("z" + method["publicKeyBase58"], max_characters=99)
            assert key_of(did) == PublicKey(key_type=KeyType.P256, raw=raw)
    assert read_keys == 3


def test_other_curves_are_no_answer(vectors_dir: Path) -> None:
    """secp256k1 is not supported: neither good nor bad."""
    for did in read(vectors_dir / "did-key" / "secp256k1.json"):
        with pytest.raises(UncheckedError):
            key_of(did)


def test_key_agreement_keys_are_read_but_sign_nothing(vectors_dir: Path) -> None:
    """An X25519 key is no key that a signature verifies with."""
    (vectors,) = read(vectors_dir / "did-key" / "x25519.json").values()
    for did in vectors:
        key = key_of(did)

        assert key.key_type is KeyType.X25519
        with pytest.raises(CheckError):
            key.verify(bytes(64), b"words")


def test_the_fragment_of_a_method_is_the_key(vectors_dir: Path) -> None:
    """Method ids of the current report are the DID and its own body."""
    for path in sorted((vectors_dir / "did-key" / "spec-examples").glob("*.json")):
        document: JsonObject = read(path)
        did = document["id"]
        method = document["verificationMethod"][0]

        assert method["id"] == f"{did}#{did.removeprefix('did:key:')}"
        assert key_of(did) == parse_multikey(method["publicKeyMultibase"])


def test_did_web_identifiers_lead_to_their_addresses(vectors_dir: Path) -> None:
    """Every pair of the specification."""
    pairs = read(vectors_dir / "did-web" / "did-to-url.json")

    found = [did_web_url(pair["did"]) for pair in pairs]

    assert len(pairs) == 4
    assert found == [pair["url"] for pair in pairs]


def test_the_example_documents_are_read_or_refused_by_rule(vectors_dir: Path) -> None:
    """JSON Web Keys of known curves are read; an Ethereum address is no key."""
    for path in sorted((vectors_dir / "did-web" / "spec-examples").glob("*.json")):
        body = path.read_bytes()
        did = read(path)["id"]

        def fetch(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
            return Fetched(url=url, content_type="application/json", body=body)  # noqa: B023

        document = resolve_did_web(did, fetch)

        assert document.id == did
