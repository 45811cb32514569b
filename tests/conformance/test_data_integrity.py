"""What a client of the Data Integrity suites may rely on, for each suite and curve as an
implementation of its own: how proofs are made, and what a verifier refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.conformance.credentials import changed, v1, v2
from tests.conformance.pair import INJECTED, V1, V2, Pair
from tests.signers import Ed25519TestKey, secure_document
from verifier.proofs.multikey import decode_base58btc
from verifier.strict_json import JsonObject

SUITES = {
    "eddsa-rdfc-2022": ("z6Mk", 64),
    "eddsa-jcs-2022": ("z6Mk", 64),
    "ecdsa-rdfc-2019:P-256": ("zDna", 64),
    "ecdsa-rdfc-2019:P-384": ("z82L", 96),
    "ecdsa-jcs-2019:P-256": ("zDna", 64),
    "ecdsa-jcs-2019:P-384": ("z82L", 96),
}
"""The start of a did:key of its kind, and the bytes of a signature."""

every_suite = pytest.mark.parametrize("name", SUITES)


@every_suite
@pytest.mark.parametrize("version", [v1, v2])
def test_a_proof_is_made_and_verifies(pair: Pair, name: str, version: Any) -> None:
    """Both data models; every term of the proof is defined by the contexts that come back."""
    start, length = SUITES[name]
    did = pair.did(name)

    secured = pair.issued(name, version(did))
    proof = secured["proof"]

    assert did.startswith(f"did:key:{start}")
    assert ("DataIntegrityProof", name.partition(":")[0]) == (proof["type"], proof["cryptosuite"])
    assert ("assertionMethod", f"{did}#{did.removeprefix('did:key:')}") == (
        proof["proofPurpose"],
        proof["verificationMethod"],
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", proof["created"])
    assert length == len(decode_base58btc(proof["proofValue"], max_characters=200))
    assert (INJECTED in secured["@context"]) == (version is v1)
    assert ("jcs" in name) == ("@context" in proof)
    assert 200 == pair.verdict(secured)


@every_suite
@pytest.mark.parametrize(
    "document",
    [
        {"type": ["VerifiableCredential", "Unmapped"]},
        {"unmapped": "x"},
        {"credentialSubject": ...},
        {"issuer": ...},
        {"@context": ...},
    ],
    ids=["type", "term", "subject", "issuer", "context"],
)
def test_what_cannot_be_covered_is_not_signed(pair: Pair, name: str, document: JsonObject) -> None:
    """Undefined words and missing members, in both data models."""
    did = pair.did(name)

    assert 400 == pair.issue(name, {"credential": v1(did, **document)}).status
    assert 400 == pair.issue(name, {"credential": v2(did, **{"@context": [V2]} | document)}).status


_EDITS: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "proof null": (("proof",), None),
    "no proof": (("proof",), ...),
    "proof text": (("proof",), "z"),
    "unknown proof type": (("proof", "type"), "UnknownProof"),
    "proof type of odd case": (("proof", "type"), "dataIntegrityProof"),
    "no proof type": (("proof", "type"), ...),
    "unknown cryptosuite": (("proof", "cryptosuite"), "unknown-2022"),
    "no cryptosuite": (("proof", "cryptosuite"), ...),
    "cryptosuite a number": (("proof", "cryptosuite"), 7),
    "no purpose": (("proof", "proofPurpose"), ...),
    "another purpose": (("proof", "proofPurpose"), "authentication"),
    "no method": (("proof", "verificationMethod"), ...),
    "method null": (("proof", "verificationMethod"), None),
    "no value": (("proof", "proofValue"), ...),
    "value null": (("proof", "proofValue"), None),
    "value empty": (("proof", "proofValue"), ""),
    "created changed": (("proof", "created"), "2020-01-01T00:00:00Z"),
    "created no date": (("proof", "created"), "yesterday"),
    "id no url": (("proof", "id"), "not a url"),
    "term added": (("unmapped",), "x"),
    "defined term added": (("name",), "added"),
    "type added": (("type",), ["VerifiableCredential", "Unmapped"]),
    "context changed": (("@context", 0), V2 + "/other"),
    "subject changed": (("credentialSubject", "id"), "did:example:other"),
}


@every_suite
@pytest.mark.parametrize("case", _EDITS)
def test_an_edit_is_refused(pair: Pair, name: str, case: str) -> None:
    """One edit of a good credential of data model 1.1."""
    path, value = _EDITS[case]
    secured = pair.issued(name, v1(pair.did(name)))

    assert 400 == pair.verdict(changed(secured, *path, to=value))


@every_suite
def test_a_value_without_its_prefix_or_last_sign_is_refused(pair: Pair, name: str) -> None:
    """multibase base58-btc of the right length, and nothing else."""
    secured = pair.issued(name, v2(pair.did(name)))
    value = secured["proof"]["proofValue"]
    edits = (value[1:], value[:-1], f"u{value[1:]}", f"{value}=", f" {value}")

    found = [pair.verdict(changed(secured, "proof", "proofValue", to=edit)) for edit in edits]

    assert [400] * len(edits) == found


@every_suite
def test_a_credential_as_text_or_missing_is_refused(pair: Pair, name: str) -> None:
    """The request needs an object."""
    secured = pair.issued(name, v1(pair.did(name)))

    assert 400 == pair.verdict(json.dumps(secured))
    assert 400 == pair.verify({"options": {}}).status


# --- sets and chains --------------------------------------------------------------------

KEY = Ed25519TestKey.number(21)
OTHER = Ed25519TestKey.number(22)


def test_every_proof_of_a_set_counts(pair: Pair) -> None:
    """Two by one key verify; one that is broken spoils the set."""
    document = {**v1(KEY.did), "@context": [V1, INJECTED]}
    twice = secure_document(secure_document(document, KEY), KEY)

    assert 200 == pair.verdict(twice)
    for place in (0, 1):
        broken = changed(twice, "proof", place, "created", to="2020-01-01T00:00:00Z")
        assert 400 == pair.verdict(broken)


@pytest.mark.parametrize("as_list", [False, True])
def test_a_chain_signs_what_came_before(pair: Pair, as_list: bool) -> None:
    """The first proof is by another key than the issuer's; the second covers it."""
    wrapped = [V1, INJECTED, {"@context": {"@vocab": None}}]
    document = {**v1(KEY.did), "@context": wrapped}
    first = secure_document(document, OTHER, id="urn:uuid:1")
    previous = ["urn:uuid:1"] if as_list else "urn:uuid:1"
    chained = secure_document(first, KEY, previousProof=previous)

    assert 200 == pair.verdict(chained)
    assert 400 == pair.verdict(changed(chained, "proof", 1, "previousProof", to="urn:uuid:2"))
    assert 400 == pair.verdict(changed(chained, "proof", 0, "created", to="2020-01-01T00:00:00Z"))
    assert 400 == pair.verdict(chained | {"proof": chained["proof"][1]})


# --- contexts ---------------------------------------------------------------------------

_INLINE: dict[str, Any] = {
    "vocab null": {"@vocab": None},
    "protected": {"@protected": True, "nickname": "https://schema.org/alternateName"},
    "vocab": {"@vocab": "https://vocabulary.example/#"},
    "wrapped": {"@context": {"nickname": "https://schema.org/alternateName"}},
    "type-scoped": {
        "Person": {
            "@id": "https://schema.org/Person",
            "@context": {
                "nickname": "https://schema.org/alternateName",
                "Inner": {
                    "@id": "https://schema.org/Thing",
                    "@context": {"inner": "https://schema.org/identifier"},
                },
            },
        }
    },
}


@every_suite
@pytest.mark.parametrize("case", _INLINE)
def test_inline_contexts_of_usual_forms_are_signed_and_verify(
    pair: Pair, name: str, case: str
) -> None:
    """They redefine nothing that is protected, and every word in the document has a meaning."""
    subject: JsonObject = {"id": "did:example:learner"}
    if case in ("protected", "vocab", "wrapped"):
        subject |= {"nickname": "Maya"}
    if case == "type-scoped":
        subject |= {"type": "Person", "nickname": "Maya"}
    document = v1(pair.did(name), **{"@context": [V1, _INLINE[case]], "credentialSubject": subject})

    secured = pair.issued(name, document)

    assert 200 == pair.verdict(secured)
    assert 400 == pair.verdict(changed(secured, "credentialSubject", "nickname", to="Mia"))


def test_a_base_saves_no_relative_type(pair: Pair) -> None:
    """``@base`` in an inline context must not turn a relative type into a word."""
    document = v1(
        pair.did("eddsa-rdfc-2022"),
        **{
            "@context": [V1, {"@base": "https://example.com/"}],
            "type": ["VerifiableCredential", "UndefinedType"],
        },
    )

    assert 400 == pair.issue("eddsa-rdfc-2022", {"credential": document}).status


# --- the legacy suite -------------------------------------------------------------------


def test_the_legacy_suite_is_issued_and_verifies(pair: Pair) -> None:
    """Ed25519Signature2020 with data model 1.1, its context added by the issuer."""
    name = "ed25519signature2020"

    secured = pair.issued(name, v1(pair.did(name)))
    proof = secured["proof"]

    assert "Ed25519Signature2020" == proof["type"]
    assert "cryptosuite" not in proof
    assert "https://w3id.org/security/suites/ed25519-2020/v1" in secured["@context"]
    assert 64 == len(decode_base58btc(proof["proofValue"], max_characters=200))
    assert 200 == pair.verdict(secured)
    for member in ("type", "created", "verificationMethod", "proofValue", "proofPurpose"):
        assert 400 == pair.verdict(changed(secured, "proof", member, to=...))
