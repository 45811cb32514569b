"""What a client of the Data Integrity suites may rely on, for each suite and curve as an
implementation of its own: how proofs are made, and what a verifier refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.conformance.credentials import changed, v1, v2
from tests.conformance.pair import V1, V2, Pair
from tests.signers import Ed25519TestKey, secure_document
from verifier.proofs.multikey import decode_base58btc
from verifier.strict_json import JsonObject

INJECTED = "https://w3id.org/security/data-integrity/v2"
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


def issue(pair: Pair, name: str, document: JsonObject) -> JsonObject:
    answer = pair.issue(name, {"credential": document})
    assert 201 == answer.status, answer.body
    secured: JsonObject = answer.body["verifiableCredential"]
    return secured


def verify(pair: Pair, document: Any) -> int:
    return pair.verify({"verifiableCredential": document, "options": {}}).status


@every_suite
@pytest.mark.parametrize("version", [v1, v2])
def test_a_proof_is_made_and_verifies(pair: Pair, name: str, version: Any) -> None:
    """Both data models; every term of the proof is defined by the contexts that come back."""
    start, length = SUITES[name]
    did = pair.did(name)

    secured = issue(pair, name, version(did))
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
    assert 200 == verify(pair, secured)


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
    secured = issue(pair, name, v1(pair.did(name)))

    assert 400 == verify(pair, changed(secured, *path, to=value))


@every_suite
def test_a_value_without_its_prefix_or_last_sign_is_refused(pair: Pair, name: str) -> None:
    """multibase base58-btc of the right length, and nothing else."""
    secured = issue(pair, name, v2(pair.did(name)))
    value = secured["proof"]["proofValue"]
    edits = (value[1:], value[:-1], f"u{value[1:]}", f"{value}=", f" {value}")

    found = [verify(pair, changed(secured, "proof", "proofValue", to=edit)) for edit in edits]

    assert [400] * len(edits) == found


@every_suite
def test_a_credential_as_text_or_missing_is_refused(pair: Pair, name: str) -> None:
    """The request needs an object."""
    secured = issue(pair, name, v1(pair.did(name)))

    assert 400 == verify(pair, json.dumps(secured))
    assert 400 == pair.verify({"options": {}}).status


# --- sets and chains --------------------------------------------------------------------

KEY = Ed25519TestKey.number(21)
OTHER = Ed25519TestKey.number(22)


def test_every_proof_of_a_set_counts(pair: Pair) -> None:
    """Two by one key verify; one that is broken spoils the set."""
    document = {**v1(KEY.did), "@context": [V1, INJECTED]}
    twice = secure_document(secure_document(document, KEY), KEY)

    assert 200 == verify(pair, twice)
    for place in (0, 1):
        broken = changed(twice, "proof", place, "created", to="2020-01-01T00:00:00Z")
        assert 400 == verify(pair, broken)


@pytest.mark.parametrize("as_list", [False, True])
def test_a_chain_signs_what_came_before(pair: Pair, as_list: bool) -> None:
    """The first proof is by another key than the issuer's; the second covers it."""
    wrapped = [V1, INJECTED, {"@context": {"@vocab": None}}]
    document = {**v1(KEY.did), "@context": wrapped}
    first = secure_document(document, OTHER, id="urn:uuid:1")
    previous = ["urn:uuid:1"] if as_list else "urn:uuid:1"
    chained = secure_document(first, KEY, previousProof=previous)

    assert 200 == verify(pair, chained)
    assert 400 == verify(pair, changed(chained, "proof", 1, "previousProof", to="urn:uuid:2"))
    assert 400 == verify(pair, changed(chained, "proof", 0, "created", to="2020-01-01T00:00:00Z"))
    assert 400 == verify(pair, chained | {"proof": chained["proof"][1]})


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

    secured = issue(pair, name, document)

    assert 200 == verify(pair, secured)
    assert 400 == verify(pair, changed(secured, "credentialSubject", "nickname", to="Mia"))


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


# --- legacy and selective disclosure ----------------------------------------------------


def test_the_legacy_suite_is_issued_and_verifies(pair: Pair) -> None:
    """Ed25519Signature2020 with data model 1.1, its context added by the issuer."""
    name = "ed25519signature2020"

    secured = issue(pair, name, v1(pair.did(name)))
    proof = secured["proof"]

    assert "Ed25519Signature2020" == proof["type"]
    assert "cryptosuite" not in proof
    assert "https://w3id.org/security/suites/ed25519-2020/v1" in secured["@context"]
    assert 64 == len(decode_base58btc(proof["proofValue"], max_characters=200))
    assert 200 == verify(pair, secured)
    for member in ("type", "created", "verificationMethod", "proofValue", "proofPurpose"):
        assert 400 == verify(pair, changed(secured, "proof", member, to=...))


@pytest.mark.parametrize("version", [v1, v2])
def test_selective_disclosure(pair: Pair, version: Any) -> None:
    """A base proof is issued, derived from, and only the derived credential verifies."""
    name = "ecdsa-sd-2023:P-256"
    base = issue(pair, name, version(pair.did(name)))
    options = {"selectivePointers": ["/credentialSubject"]}

    derived = pair.post_issuer(
        "/credentials/derive", {"verifiableCredential": base, "options": options}
    )

    assert base["proof"]["proofValue"].startswith("u2V0A")
    assert 201 == derived.status, derived.body
    revealed = derived.body["verifiableCredential"]
    assert revealed["proof"]["proofValue"].startswith("u2V0B")
    assert 200 == verify(pair, revealed)
    assert 400 == verify(pair, base)
    assert 400 == verify(pair, changed(revealed, "issuer", to=KEY.did))


@pytest.mark.parametrize("pointers", [["/nothing/here"], ["credentialSubject"], "x", [7]])
def test_a_pointer_that_matches_nothing_is_refused(pair: Pair, pointers: Any) -> None:
    """At issue and at derivation."""
    name = "ecdsa-sd-2023:P-256"
    document = v2(pair.did(name))
    base = issue(pair, name, document)

    issued = pair.issue(name, {"credential": document, "options": {"mandatoryPointers": pointers}})
    derived = pair.post_issuer(
        "/credentials/derive",
        {"verifiableCredential": base, "options": {"selectivePointers": pointers}},
    )

    assert (400, 400) == (issued.status, derived.status)


# --- what the caller expects ------------------------------------------------------------


@every_suite
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"expectedProofPurpose": "assertionMethod"}, 200),
        ({"expectedProofPurpose": "authentication"}, 400),
        ({"domain": "domain.example"}, 400),
        ({"challenge": "1235abcd6789"}, 400),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_what_a_client_expects_of_the_proofs_is_compared(
    pair: Pair, name: str, options: JsonObject, expected: int
) -> None:
    """A purpose, a domain or a challenge that is named and not signed is a no; none is passed
    over because it stands beside a credential and not a presentation."""
    secured = issue(pair, name, v2(pair.did(name)))

    answer = pair.verify(
        {"verifiableCredential": secured, "options": {"checks": ["proof"], **options}}
    )

    assert expected == answer.status, answer.body


def test_a_domain_and_challenge_of_a_credential_are_the_ones_asked_for(pair: Pair) -> None:
    """Named in the proof, they may be asked for, and nothing else in their place."""
    secured = secure_document(v2(KEY.did), KEY, domain="domain.example", challenge="c-1")
    asked = [
        ({}, 200),
        ({"domain": "domain.example", "challenge": "c-1"}, 200),
        ({"domain": ["domain.example"]}, 200),
        ({"domain": "other.example", "challenge": "c-1"}, 400),
        ({"domain": "domain.example", "challenge": "c-2"}, 400),
        ({"domain": ["domain.example", "other.example"]}, 400),
    ]

    found = [
        pair.verify({"verifiableCredential": secured, "options": options}).status
        for options, _ in asked
    ]

    assert [status for _, status in asked] == found
