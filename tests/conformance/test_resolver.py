"""What a client of a resolver of did:key may rely on: documents, keys, and named errors."""

from __future__ import annotations

import pytest

from tests.conformance.pair import Pair
from verifier.proofs.multikey import encode_base58btc


def test_a_did_key_is_resolved(pair: Pair) -> None:
    """A DID gives its document, a DID URL the key that it names."""
    did = pair.did("default")
    url = f"{did}#{did.removeprefix('did:key:')}"

    document, method = pair.resolve(did), pair.resolve(url)

    assert (200, 200) == (document.status, method.status)
    assert {"didDocument", "didDocumentMetadata", "didResolutionMetadata"} <= set(document.body)
    assert did == document.body["didDocument"]["id"]
    assert "didDereferencingMetadata" in method.body
    assert did in str(method.body)


@pytest.mark.parametrize(
    ("did", "error"),
    [
        ("did:key:@", "invalidDid"),
        ("did:key:-4:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "invalidDid"),
        ("did:key:a6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "invalidDid"),
        ("urn:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "invalidDid"),
        ("did:unknown:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "methodNotSupported"),
        (f"did:key:{encode_base58btc(bytes([0xED, 0x01, *range(31)]))}", "invalidPublicKeyLength"),
    ],
)
def test_what_is_no_did_key_is_named(pair: Pair, did: str, error: str) -> None:
    """Not 2xx, and the reason in the body."""
    answer = pair.resolve(did)

    assert answer.status >= 400
    assert error == answer.body["didResolutionMetadata"]["error"]


_DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
_URL = f"{_DID}#{_DID.removeprefix('did:key:')}"
_OLD = "?publicKeyFormat=Ed25519VerificationKey2018&enableExperimentalPublicKeyTypes=false"


@pytest.mark.parametrize(
    ("url", "query", "metadata", "error"),
    [
        (f"{_DID}/^bar^/?query=`#z6Mk", "", "didDereferencingMetadata", "invalidDidUrl"),
        (_URL, _OLD, "didDereferencingMetadata", "invalidPublicKeyType"),
        (
            _DID,
            "?publicKeyFormat=unknown",
            "didResolutionMetadata",
            "unsupportedPublicKeyType",
        ),
    ],
)
def test_what_cannot_be_answered_is_a_result_of_the_same_shape(
    pair: Pair, url: str, query: str, metadata: str, error: str
) -> None:
    """An error carries the whole result object, with a document that is not null."""
    answer = pair.resolve(url, query)

    assert answer.status >= 400
    assert error == answer.body[metadata]["error"]
    assert {"@context", "didDocument", "didDocumentMetadata", metadata} == set(answer.body)
    assert answer.body["didDocument"] is not None


@pytest.mark.parametrize(
    "kind", ["Multikey", "JsonWebKey2020", "Ed25519VerificationKey2020", "JsonWebKey"]
)
def test_a_key_comes_in_the_form_that_is_asked_for(pair: Pair, kind: str) -> None:
    """With its controller, and of that type."""
    answer = pair.resolve(_URL, f"?publicKeyFormat={kind}")

    assert 200 == answer.status, answer.body
    assert (kind, _DID) == (
        answer.body["didDocument"]["type"],
        answer.body["didDocument"]["controller"],
    )
