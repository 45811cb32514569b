"""Controlled Identifiers 1.0: the example documents and keys of the specification."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fake_network import FakeNetwork
from tests.vectors_suites.reading import read
from verifier.dids import retrieve_verification_method
from verifier.dids.document import RELATIONSHIPS, parse_did_document
from verifier.errors import CheckError, Code
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.multikey import KeyType, PublicKey, parse_multikey
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors

NOW = datetime(2024, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 1, tzinfo=UTC)

KEYS: dict[str, KeyType | Code] = {
    "008": KeyType.ED25519,
    "009": KeyType.P384,
    "010": Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,  # a secret key
    "024": KeyType.P256,
    "025": KeyType.P384,
    "026": KeyType.ED25519,
    "027": Code.UNSUPPORTED_CRYPTOSUITE,  # BLS
    "029": Code.UNSUPPORTED_CRYPTOSUITE,  # SM2
    "030": Code.INVALID_VERIFICATION_METHOD,  # x is not base64url of a coordinate
    "031": Code.INVALID_VERIFICATION_METHOD,  # not a point of the curve
    "032": KeyType.ED25519,
    "033": Code.UNSUPPORTED_CRYPTOSUITE,  # BLS
}
"""What each file with a single key is: its kind, or why it is not usable. The two coordinates
in 030 and 031 are mistakes of the examples, which any checking reader refuses."""

USABLE: dict[str, int] = {"000": 1, "001": 1, "002": 1, "004": 1, "005": 1, "019": 1, "021": 1}
"""How many keys each file with a document lists for some purpose, as its own."""
UNUSABLE: dict[str, Code] = {
    "003": Code.INVALID_VERIFICATION_METHOD_URL,  # a host in capitals: one spelling is read
    "006": Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD,  # listed for nothing
    "007": Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD,
    "011": Code.INVALID_VERIFICATION_METHOD_URL,  # hosts in capitals, of others
    "020": Code.KEY_UNAVAILABLE,  # in the document of another, which is not there
}


def _examples(vectors_dir: Path) -> Iterator[tuple[str, JsonObject]]:
    for path in sorted((vectors_dir / "controlled-identifiers" / "spec-examples").glob("*.json")):
        yield path.name[:3], read(path)


def _retrieve(document: JsonObject, url: str, relationship: str, now: datetime) -> PublicKey:
    network = FakeNetwork({document["id"]: document})
    return retrieve_verification_method(url, relationship=relationship, fetch=network, now=now).key


def _key_text(method: JsonObject) -> PublicKey:
    if "publicKeyJwk" in method:
        return parse_jwk(method["publicKeyJwk"])
    return parse_multikey(method["publicKeyMultibase"])


def _listed(document: JsonObject) -> Iterator[tuple[str, str]]:
    """Each key that a document lists, by its absolute URL and the relationship."""
    for relationship in RELATIONSHIPS:
        for item in document.get(relationship, []):
            url = item if isinstance(item, str) else item["id"]
            yield (document["id"] + url if url.startswith("#") else url), relationship


def _own(document: JsonObject) -> dict[str, JsonObject]:
    stated = [*document.get("verificationMethod", [])]
    for relationship in RELATIONSHIPS:
        stated += [item for item in document.get(relationship, []) if isinstance(item, dict)]
    return {method["id"]: method for method in stated}


def test_every_example_is_here(vectors_dir: Path) -> None:
    """No file is left out."""
    assert {*KEYS, *USABLE, *UNUSABLE} == {name for name, _ in _examples(vectors_dir)}


def test_single_keys(vectors_dir: Path) -> None:
    """Each key is read as what it is, or not at all."""
    found: dict[str, KeyType | Code] = {}
    for name, method in _examples(vectors_dir):
        if name not in KEYS:
            continue
        document = {
            "id": method["controller"],
            "verificationMethod": [method],
            "assertionMethod": [method["id"]],
        }
        try:
            found[name] = _retrieve(document, method["id"], "assertionMethod", NOW).key_type
        except CheckError as error:
            found[name] = error.code

    assert KEYS == found


def test_documents(vectors_dir: Path) -> None:
    """Each key that a document lists as its own is found for that purpose and no other."""
    counted: dict[str, int] = {}
    for name, document in _examples(vectors_dir):
        if name not in USABLE:
            continue
        for url, relationship in _listed(document):
            key = _retrieve(document, url, relationship, NOW)
            counted[name] = counted.get(name, 0) + 1

            assert _key_text(_own(document)[url]) == key
            for other in set(RELATIONSHIPS) - {relationship}:
                with pytest.raises(CheckError) as caught:
                    _retrieve(document, url, other, NOW)
                assert Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD is caught.value.code

    assert USABLE == counted


def test_keys_that_do_not_count(vectors_dir: Path) -> None:
    """Keys of others, keys that are listed for nothing, and other spellings of hosts."""
    for name, document in _examples(vectors_dir):
        if name not in UNUSABLE:
            continue
        urls = [url for url, _ in _listed(document)] or [
            url for url in _own(document) if url.startswith(f"{document['id']}#")
        ]
        for url in urls:
            with pytest.raises(CheckError) as caught:
                _retrieve(document, url, "authentication", NOW)
            assert UNUSABLE[name] is caught.value.code
        assert urls


def test_revoked_and_expired_keys(vectors_dir: Path) -> None:
    """The times in example 006 end the use of its two keys."""
    (document,) = [example for name, example in _examples(vectors_dir) if name == "006"]
    for method in document["verificationMethod"]:
        controller = method["controller"]
        own = {"id": controller, "authentication": [method]}
        parsed = parse_did_document(own, controller)

        assert _key_text(method) == parsed.method(method["id"], "authentication", NOW).key
        with pytest.raises(CheckError) as caught:
            parsed.method(method["id"], "authentication", LATER)
        assert Code.INVALID_VERIFICATION_METHOD is caught.value.code
