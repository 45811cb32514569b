"""Proofs: their shape, what they cover, sets, chains, and how one is added."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.jsonld.credentials import OB, V2, credential
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.proofs import suite_of
from verifier.proofs.data_integrity import parse_proofs, secure, verify_proof
from verifier.proofs.eddsa import EDDSA_RDFC_2022
from verifier.proofs.multikey import KeyType, PublicKey, parse_multikey
from verifier.strict_json import JsonObject, JsonValue

KEY, OTHER = Ed25519TestKey.number(1), Ed25519TestKey.number(2)
V1 = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"


def _verify(document: JsonObject) -> None:
    proofs = parse_proofs(document)
    for proof in proofs:
        key = parse_multikey(proof.verification_method.partition("#")[2])
        verify_proof(proof, document, proofs, key)


def _refused(act: Callable[[], object]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value


def test_a_secured_document_verifies() -> None:
    """What is secured here verifies here, and the unsecured document is left as it was."""
    document = credential()
    secured = secure_document(document, KEY)

    _verify(secured)
    assert credential() == document
    assert "DataIntegrityProof" == secured["proof"]["type"]


@pytest.mark.parametrize("proof", [None, [], {}, [None], [{}], "signed", 7, [[]], [{}, {}]])
def test_no_proof_is_never_a_pass(proof: JsonValue) -> None:
    """Every way to have no proof is refused."""
    error = _refused(lambda: parse_proofs({**credential(), "proof": proof}))

    assert error.code is Code.PARSING_ERROR


def test_absent_proof_is_refused() -> None:
    """A document without the member has no proof."""
    assert _refused(lambda: parse_proofs(credential())).code is Code.PARSING_ERROR


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": None}, Code.PROOF_VERIFICATION_ERROR),
        ({"type": ["DataIntegrityProof"]}, Code.PROOF_VERIFICATION_ERROR),
        ({"cryptosuite": None}, Code.PROOF_VERIFICATION_ERROR),
        ({"cryptosuite": 7}, Code.PROOF_VERIFICATION_ERROR),
        ({"proofPurpose": None}, Code.PROOF_VERIFICATION_ERROR),
        ({"proofPurpose": "authentication"}, Code.PROOF_VERIFICATION_ERROR),
        ({"proofPurpose": ["assertionMethod"]}, Code.PROOF_VERIFICATION_ERROR),
        ({"proofValue": None}, Code.PROOF_VERIFICATION_ERROR),
        ({"proofValue": 7}, Code.PROOF_VERIFICATION_ERROR),
        ({"verificationMethod": None}, Code.PROOF_VERIFICATION_ERROR),
        ({"verificationMethod": "#key-1"}, Code.INVALID_VERIFICATION_METHOD_URL),
        ({"verificationMethod": ""}, Code.INVALID_VERIFICATION_METHOD_URL),
        ({"verificationMethod": {"id": "urn:x"}}, Code.INVALID_VERIFICATION_METHOD_URL),
        ({"verificationMethod": [KEY.did]}, Code.INVALID_VERIFICATION_METHOD_URL),
        ({"created": "yesterday"}, Code.MALFORMED_VALUE_ERROR),
        ({"created": 7}, Code.MALFORMED_VALUE_ERROR),
        ({"expires": "2026-02-30T00:00:00Z"}, Code.MALFORMED_VALUE_ERROR),
        ({"id": "proof-1"}, Code.MALFORMED_VALUE_ERROR),
        ({"id": ["urn:x:1"]}, Code.MALFORMED_VALUE_ERROR),
        ({"domain": [7]}, Code.MALFORMED_VALUE_ERROR),
        ({"challenge": 7}, Code.MALFORMED_VALUE_ERROR),
        ({"nonce": 7}, Code.MALFORMED_VALUE_ERROR),
        ({"previousProof": []}, Code.MALFORMED_VALUE_ERROR),
        ({"previousProof": {"id": "urn:x:1"}}, Code.MALFORMED_VALUE_ERROR),
        ({"previousProof": "urn:x:1"}, Code.PROOF_VERIFICATION_ERROR),
        ({"@context": "https://other.example/"}, Code.MALFORMED_VALUE_ERROR),
        ({"@context": V2}, Code.MALFORMED_VALUE_ERROR),
    ],
)
def test_malformed_proofs_are_refused(changes: dict[str, Any], code: Code) -> None:
    """Each member of a proof has one form; ``None`` here leaves the member out."""
    secured = secure_document(credential(), KEY)
    proof = {**secured["proof"], **changes}
    secured["proof"] = {name: value for name, value in proof.items() if value is not None}

    assert _refused(lambda: parse_proofs(secured)).code is code


def test_too_many_proofs_are_refused() -> None:
    """The number of proofs is bounded before any is checked."""
    secured = secure_document(credential(), KEY)
    secured["proof"] = [secured["proof"]] * 9

    assert _refused(lambda: parse_proofs(secured)).code is Code.LIMIT_EXCEEDED


def test_a_proof_may_repeat_the_context() -> None:
    """A proof that repeats the document's context, letter by letter, verifies."""
    secured = secure_document(credential(), KEY)
    secured["proof"]["@context"] = copy.deepcopy(secured["@context"])

    _verify(secured)


@pytest.mark.parametrize(
    ("kind", "cryptosuite"),
    [
        ("DataIntegrityProof", "bbs-2023"),
        ("DataIntegrityProof", "eddsa-2022"),
        ("DataIntegrityProof", "EdDSA-RDFC-2022"),
        ("DataIntegrityProof", "Ecdsa-jcs-2019"),
        ("DataIntegrityProof", "Ed25519Signature2020"),
        ("DataIntegrityProof", ""),
        ("Ed25519Signature2018", None),
        ("ed25519signature2020", None),
        ("eddsa-rdfc-2022", "eddsa-rdfc-2022"),
        ("dataintegrityproof", "eddsa-rdfc-2022"),
    ],
)
def test_other_suites_are_undecided(kind: str, cryptosuite: str | None) -> None:
    """A kind of proof that is not supported, or spelled otherwise, is could not check."""
    with pytest.raises(UncheckedError) as caught:
        suite_of({"type": kind, "cryptosuite": cryptosuite})

    assert caught.value.code is Code.UNSUPPORTED_CRYPTOSUITE


def _members(value: JsonValue, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: list[tuple[Any, JsonValue]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path] if not items else [it for k, v in items for it in _members(v, (*path, k))]


SECURED = secure_document(credential(), KEY, expires="2036-01-01T00:00:00Z", id="urn:proof:1")
LEAVES = [path for path in _members(SECURED) if path[0] != "@context"]


@settings(deadline=None, max_examples=200)
@given(
    path=st.sampled_from(LEAVES),
    value=st.one_of(st.text(max_size=20), st.booleans(), st.integers(0, 9), st.none()),
)
def test_any_change_is_refused(path: tuple[Any, ...], value: JsonValue) -> None:
    """Changing any one value of the document or of its proof is never verified."""
    changed = copy.deepcopy(SECURED)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if place[path[-1]] == value:
        return
    place[path[-1]] = value

    with pytest.raises(CheckError):
        _verify(changed)


@pytest.mark.parametrize("path", LEAVES, ids=str)
def test_any_removal_is_refused(path: tuple[Any, ...]) -> None:
    """Removing any one value of the document or of its proof is never verified."""
    changed = copy.deepcopy(SECURED)
    place = changed
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]

    with pytest.raises(CheckError):
        _verify(changed)


@pytest.mark.parametrize("name", ["validUntil", "credentialStatus"])
def test_members_cannot_be_hidden_under_another_name(name: str) -> None:
    """A signed member renamed to its full IRI keeps the statement, but is refused."""
    value: dict[str, JsonValue] = {
        "validUntil": "2026-04-01T00:00:00Z",
        "credentialStatus": {"id": "urn:x:9", "type": "BitstringStatusListEntry"},
    }
    secured = secure_document(credential(**{name: value[name]}), KEY)
    member = secured.pop(name)
    typed = {"@value": member, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    hidden = typed if name == "validUntil" else member
    secured[f"https://www.w3.org/2018/credentials#{name}"] = hidden

    assert _refused(lambda: _verify(secured)).code is Code.MALFORMED_VALUE_ERROR


def test_unknown_members_of_a_proof_are_lost_and_refused() -> None:
    """A member of a proof that no context defines is found, with its place."""
    secured = secure_document(credential(), KEY)
    secured["proof"]["note"] = "unsigned"
    error = _refused(lambda: _verify(secured))

    assert error.code is Code.DATA_LOSS_DETECTION_ERROR
    assert error.pointer == "/proof/note"


@pytest.mark.parametrize(
    "value",
    [
        lambda text: text[1:],
        lambda text: "u" + text[1:],
        lambda text: text + "\n",
        lambda text: text + "=",
        lambda text: text[:20] + "\n" + text[20:],
        lambda text: text.replace("z", "z1", 1),
        lambda text: text[:-1],
        lambda text: text * 30_000,
        lambda _: "z",
        lambda _: "z" + "1" * 64,
    ],
)
def test_other_spellings_of_a_signature_are_refused(value: Callable[[str], str]) -> None:
    """A proof value has one alphabet, one length and no decoration."""
    secured = secure_document(credential(), KEY)
    secured["proof"]["proofValue"] = value(secured["proof"]["proofValue"])

    assert _refused(lambda: _verify(secured)).code is Code.PROOF_VERIFICATION_ERROR


def test_keys_of_another_kind_are_refused() -> None:
    """A suite verifies with its own kind of key only."""
    secured = secure_document(credential(), KEY)
    (proof,) = parse_proofs(secured)
    key = PublicKey(key_type=KeyType.X25519, raw=KEY.public.raw)
    error = _refused(lambda: verify_proof(proof, secured, (proof,), key))

    assert error.code is Code.PROOF_VERIFICATION_ERROR


# --- sets and chains --------------------------------------------------------------------


def test_sets_verify_and_one_bad_proof_spoils_them() -> None:
    """Every proof of a set is over the same document; a stranger's change spoils it."""
    both = secure_document(secure_document(credential(), KEY), OTHER)
    _verify(both)
    both["proof"][0]["created"] = "2026-01-01T00:00:00Z"

    assert _refused(lambda: _verify(both)).code is Code.PROOF_VERIFICATION_ERROR


def _chain() -> JsonObject:
    first = secure_document(credential(), KEY, id="urn:proof:1")
    return secure_document(first, OTHER, id="urn:proof:2", previousProof="urn:proof:1")


def test_chains_verify() -> None:
    """A proof that follows another, by text or by list, verifies over it."""
    chain = _chain()
    longer = secure_document(
        chain, KEY, id="urn:proof:3", previousProof=["urn:proof:1", "urn:proof:2"]
    )

    _verify(chain)
    _verify(longer)


def test_a_chain_covers_the_proof_it_follows() -> None:
    """Another good proof under the same id does not fit the chain."""
    chain = _chain()
    replaced = secure_document(credential(), KEY, id="urn:proof:1", created="2026-01-01T00:00:00Z")
    chain["proof"][0] = replaced["proof"]

    assert _refused(lambda: _verify(chain)).code is Code.PROOF_VERIFICATION_ERROR


def test_a_chain_without_its_start_is_refused() -> None:
    """A proof that follows one that is not there is refused."""
    chain = _chain()
    chain["proof"] = chain["proof"][1]

    assert _refused(lambda: parse_proofs(chain)).code is Code.PROOF_VERIFICATION_ERROR


def test_dropping_the_end_of_a_chain_leaves_a_good_proof() -> None:
    """The start of a chain stands on its own: nobody promised a second proof."""
    chain = _chain()
    chain["proof"] = chain["proof"][0]

    _verify(chain)


@pytest.mark.parametrize(
    "links",
    [
        [("a", ["a"])],
        [("a", ["b"]), ("b", ["a"])],
        [("a", ["b"]), ("b", ["c"]), ("c", ["a"])],
        [("a", ["b", "c"]), ("b", ["c"]), ("c", ["b"])],
    ],
)
def test_circles_are_refused(links: list[tuple[str, list[str]]]) -> None:
    """A chain that comes back to itself is refused before anything is computed."""
    secured = secure_document(credential(), KEY)
    secured["proof"] = [
        {**secured["proof"], "id": f"urn:{name}", "previousProof": [f"urn:{it}" for it in before]}
        for name, before in links
    ]

    assert _refused(lambda: parse_proofs(secured)).code is Code.PROOF_VERIFICATION_ERROR


def test_two_proofs_with_one_id_are_refused() -> None:
    """An id names one proof."""
    secured = secure_document(credential(), KEY, id="urn:proof:1")
    secured["proof"] = [secured["proof"], secured["proof"]]

    assert _refused(lambda: parse_proofs(secured)).code is Code.PROOF_VERIFICATION_ERROR


# --- data model 1.1 ---------------------------------------------------------------------


def _old(*contexts: str) -> JsonObject:
    return {
        "@context": [V1, *contexts],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        "issuanceDate": "2026-03-23T20:31:06Z",
        "credentialSubject": {"id": "did:example:learner"},
    }


def test_old_documents_get_the_context_of_proofs() -> None:
    """Data model 1.1 does not define the words of a proof: securing adds their context once."""
    secured = secure_document(_old(), KEY)
    again = secure_document(secured, OTHER)

    _verify(again)
    assert [V1, DATA_INTEGRITY] == secured["@context"] == again["@context"]


def test_old_documents_without_that_context_are_refused() -> None:
    """Without it the words of the proof are not covered."""
    secured = secure_document(_old(), KEY)
    secured["@context"] = [V1]

    assert _refused(lambda: _verify(secured)).code is Code.DATA_LOSS_DETECTION_ERROR


def test_new_documents_keep_their_contexts() -> None:
    """Data model 2.0 defines the words of a proof itself."""
    assert [V2, OB] == secure_document(credential(), KEY)["@context"]


def test_lossy_documents_are_never_signed() -> None:
    """A member that would not be covered is refused before the key is asked to sign."""
    asked: list[bytes] = []
    options = {
        "verificationMethod": KEY.verification_method,
        "proofPurpose": "assertionMethod",
    }

    def sign(data: bytes) -> bytes:
        asked.append(data)
        return KEY.sign(data)

    error = _refused(
        lambda: secure(credential(gpa=4), options, sign, EDDSA_RDFC_2022, KeyType.ED25519)
    )

    assert error.code is Code.DATA_LOSS_DETECTION_ERROR
    assert asked == []
