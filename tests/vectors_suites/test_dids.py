"""did:key, did:jwk and did:web: the vectors of the method specifications."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import base58
import pytest

from verifier.dids import resolve
from verifier.dids.document import RELATIONSHIPS, DidDocument, parse_did_document
from verifier.dids.web import did_web, did_web_url
from verifier.errors import CheckError, Code, UncheckedError
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.multikey import KeyType
from verifier.sources import Fetched
from verifier.strict_json import JsonObject, parse_json

pytestmark = pytest.mark.vectors

NOW = datetime(2026, 3, 24, tzinfo=UTC)
_SIGNING = ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation")


def _no_network(url: str, *, accept: str, max_bytes: int) -> Fetched:
    raise AssertionError(f"did:key needs no network, asked for {url} {accept} {max_bytes}")


def _load(path: Path) -> Any:
    return parse_json(path.read_bytes())


def _resolve(did: str) -> DidDocument:
    return resolve(did, fetch=_no_network, now=NOW)


def test_ed25519_keys(vectors_dir: Path) -> None:
    """Each Ed25519 did:key gives the listed key, fragment and relationships."""
    entries = _load(vectors_dir / "did-key" / "ed25519-x25519.json")
    for did, entry in entries.items():
        url = f"{did}{entry['verificationKeyPair']['id']}"
        document = _resolve(did)
        key = document.method(url, "assertionMethod", NOW).key

        assert base58.b58decode(entry["verificationKeyPair"]["publicKeyBase58"]) == key.raw
        for relationship in _SIGNING:
            listed = entry["didDocument"][relationship]
            assert set(listed) == document.listed[relationship]
    assert entries


def test_nist_keys(vectors_dir: Path) -> None:
    """Each did:key on a NIST curve gives the listed key."""
    seen: set[KeyType] = set()
    for did, entry in _load(vectors_dir / "did-key" / "nist-curves.json").items():
        (method,) = entry["didDocument"]["verificationMethod"]
        key = _resolve(did).method(method["id"], "assertionMethod", NOW).key
        seen.add(key.key_type)

        assert _listed_key(method) == key.raw
    assert {KeyType.P256, KeyType.P384, KeyType.P521} == seen


def _listed_key(method: JsonObject) -> bytes:
    if "publicKeyJwk" in method:
        return parse_jwk(method["publicKeyJwk"]).raw
    return base58.b58decode(method["publicKeyBase58"])


def test_x25519_keys_agree_and_never_sign(vectors_dir: Path) -> None:
    """An X25519 did:key is listed for key agreement only."""
    entries = _load(vectors_dir / "did-key" / "x25519.json")["didDocument"]
    for did in entries:
        document = _resolve(did)
        url = f"{did}#{did.removeprefix('did:key:')}"

        assert document.method(url, "keyAgreement", NOW).key.key_type is KeyType.X25519
        with pytest.raises(CheckError) as caught:
            document.method(url, "assertionMethod", NOW)
        assert caught.value.code is Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
    assert entries


def test_other_curves_are_undecided(vectors_dir: Path) -> None:
    """A did:key of a curve that is not supported is could not check."""
    entries = _load(vectors_dir / "did-key" / "secp256k1.json")
    for did in entries:
        with pytest.raises(UncheckedError) as caught:
            _resolve(did)

        assert caught.value.code is Code.UNSUPPORTED_CRYPTOSUITE
    assert entries


@pytest.mark.parametrize("name", ["p-256", "x25519"])
def test_did_jwks(vectors_dir: Path, name: str) -> None:
    """Each did:jwk of the specification gives its key, under ``#0``, for its purposes."""
    example = _load(vectors_dir / "did-jwk" / f"{name}.json")
    did, expected = example["did"], example["didDocument"]
    (method,) = expected["verificationMethod"]

    document = _resolve(did)

    assert method["publicKeyJwk"] == document.methods[example["didUrl"]]["publicKeyJwk"]
    assert set(document.listed) == {name for name in RELATIONSHIPS if name in expected}
    for name, listed in document.listed.items():
        # One reference of the example has a stray "$" in it.
        assert {url.replace("$", "") for url in expected[name]} == listed
    raw, kind = document.raw, {"type": "JsonWebKey2020"}
    (found,) = raw["verificationMethod"]
    assert method == found | kind
    assert set(expected) == set(raw)


def test_did_web_addresses(vectors_dir: Path) -> None:
    """Each did:web of the specification stands for its address, and the way back."""
    for pair in _load(vectors_dir / "did-web" / "did-to-url.json"):
        origin, _, rest = pair["url"].removeprefix("https://").partition("/")
        path = [part for part in rest.split("/")[:-1] if part != ".well-known"]

        assert pair["url"] == did_web_url(pair["did"])
        assert pair["did"] == did_web(f"https://{origin}", *path)


@pytest.mark.parametrize("method", ["did-web", "did-key"])
def test_specification_documents_are_read(vectors_dir: Path, method: str) -> None:
    """The example documents are well formed, and their keys for credentials are usable."""
    usable = 0
    for path in sorted((vectors_dir / method / "spec-examples").glob("*.json")):
        body = _load(path)
        document = parse_did_document(body, body["id"])
        for url in document.listed["assertionMethod"]:
            if document.methods[url]["type"] in ("Multikey", "JsonWebKey2020"):
                document.method(url, "assertionMethod", NOW)
                usable += 1

    assert 2 == usable


def test_did_key_documents_are_those_of_the_specification(vectors_dir: Path) -> None:
    """Ours has the members of the example, but no key for agreement that is made from another."""
    folder = vectors_dir / "did-key" / "spec-examples"
    for path in sorted(folder.glob("*.json")):
        expected = _load(path)
        ours = _resolve(expected["id"]).raw

        assert set(expected) - {"keyAgreement"} == set(ours)
        for name in set(ours) - {"@context"}:
            assert expected[name] == ours[name]
