"""The cryptosuites: each with each of its keys, and what must not be taken for a signature."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import EcTestKey, Ed25519TestKey, Signing, secure_document
from tests.verifier.jsonld.credentials import OB, V2, credential
from verifier.errors import CheckError, Code, RefusedError
from verifier.jsonld import canonicalize
from verifier.policy import STANDARD, VC_API
from verifier.proofs import LEGACY_SUITES, SUITES, suite_named
from verifier.proofs.data_integrity import parse_proofs, secure, verify_proof
from verifier.proofs.ecdsa import ECDSA_JCS_2019, ECDSA_RDFC_2019
from verifier.proofs.ed25519_2020 import ED25519_SIGNATURE_2020
from verifier.proofs.eddsa import EDDSA_JCS_2022, EDDSA_RDFC_2022
from verifier.proofs.embedded_proofs import EmbeddedProofs
from verifier.proofs.multikey import (
    KeyType,
    decode_base58btc,
    encode_base58btc,
    parse_multikey,
)
from verifier.proofs.suite import Suite
from verifier.strict_json import JsonObject

ED, P256, P384 = (
    Ed25519TestKey.number(1),
    EcTestKey.number(1, KeyType.P256),
    EcTestKey.number(1, KeyType.P384),
)
MULTIKEY = "https://w3id.org/security/multikey/v1"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
ORDERS = {
    KeyType.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    KeyType.P384: int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
        "581a0db248b0a77aecec196accc52973",
        16,
    ),
}
"""SEC 2, sections 2.4.2 and 2.5.1."""

PAIRS: list[tuple[Suite, Signing]] = [
    (EDDSA_RDFC_2022, ED),
    (EDDSA_JCS_2022, ED),
    (ED25519_SIGNATURE_2020, ED),
    (ECDSA_RDFC_2019, P256),
    (ECDSA_RDFC_2019, P384),
    (ECDSA_JCS_2019, P256),
    (ECDSA_JCS_2019, P384),
]
JCS: list[tuple[Suite, Signing]] = [pair for pair in PAIRS if "jcs" in pair[0].cryptosuite]
ECDSA: list[tuple[Suite, EcTestKey]] = [
    (suite, key) for suite, key in PAIRS if isinstance(key, EcTestKey)
]


def _named(value: object) -> str:
    if isinstance(value, Ed25519TestKey | EcTestKey):
        return value.public.key_type.name
    return str(getattr(value, "cryptosuite", value))


every_pair = pytest.mark.parametrize(("suite", "key"), PAIRS, ids=_named)
every_jcs = pytest.mark.parametrize(("suite", "key"), JCS, ids=_named)
every_ecdsa = pytest.mark.parametrize(("suite", "key"), ECDSA, ids=_named)


def _badge(**members: Any) -> JsonObject:
    return credential(issuer="did:web:uni.example", **members)


def _old_badge() -> JsonObject:
    document = _badge(issuanceDate="2026-03-23T20:31:06Z", credentialSubject={"id": "did:e:x"})
    document |= {"@context": [V1], "type": ["VerifiableCredential"]}
    for name in ("validFrom", "name", "evidence"):
        del document[name]
    return document


def _verify(document: JsonObject) -> None:
    proofs = parse_proofs(document)
    for proof in proofs:
        key = parse_multikey(proof.verification_method.partition("#")[2])
        verify_proof(proof, document, proofs, key)


def _refused(act: Callable[[], object]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value


def _with(document: JsonObject, **proof: Any) -> JsonObject:
    changed = copy.deepcopy(document)
    changed["proof"] |= proof
    return changed


# --- every suite ------------------------------------------------------------------------


def test_every_suite_is_tried_here() -> None:
    """A suite of one signature that is added to the tables is added to these tests too."""
    tried = {suite.cryptosuite for suite, _ in PAIRS}

    assert {*SUITES, *LEGACY_SUITES} - {"ecdsa-sd-2023"} == tried
    assert all(suite_named(name).cryptosuite == name for name in tried)


@every_pair
@pytest.mark.parametrize("make", [_badge, _old_badge])
def test_what_is_created_verifies(
    suite: Suite, key: Signing, make: Callable[[], JsonObject]
) -> None:
    """In both data models, and the document is left as it was but for contexts that it lacks."""
    secured = secure_document(make(), key, suite)
    _verify(secured)
    added = secured["@context"][len(make()["@context"]) :]

    assert set(added) <= {DATA_INTEGRITY, ED25519_2020}
    assert {**make(), "@context": 0} == {
        **{name: value for name, value in secured.items() if name != "proof"},
        "@context": 0,
    }


@every_pair
def test_any_change_is_refused(suite: Suite, key: Signing) -> None:
    """A claim or an option changed after signing."""
    secured = secure_document(_badge(), key, suite)

    for changed in (
        {**secured, "name": "Other"},
        {**secured, "validUntil": "2099-01-01T00:00:00Z"},
        _with(secured, created="2026-03-24T12:00:01Z"),
        _with(secured, expires="2099-01-01T00:00:00Z"),
        _with(secured, nonce="n"),
    ):
        assert _refused(lambda it=changed: _verify(it)).code is Code.PROOF_VERIFICATION_ERROR  # type: ignore[misc]


@every_pair
def test_undefined_terms_are_refused_before_a_key_is_asked(suite: Suite, key: Signing) -> None:
    """Also by suites whose signature would cover them: other readers would drop them."""
    asked: list[bytes] = []

    def sign(data: bytes) -> bytes:
        asked.append(data)
        return key.sign(data)

    options = {
        "verificationMethod": key.verification_method,
        "proofPurpose": "assertionMethod",
        "created": "2026-03-24T12:00:00Z",
    }
    document = _badge(gpa="4.0")
    error = _refused(lambda: secure(document, options, sign, suite, key.public.key_type))

    assert Code.DATA_LOSS_DETECTION_ERROR is error.code
    assert "/gpa" == error.pointer
    assert [] == asked


@every_pair
def test_keys_of_another_kind_are_refused(suite: Suite, key: Signing) -> None:
    """A suite takes its own kinds of key, to sign and to verify."""
    other: Signing = P256 if key is ED else ED
    secured = secure_document(_badge(), key, suite)
    named = _with(secured, verificationMethod=other.verification_method)

    assert Code.PROOF_VERIFICATION_ERROR is _refused(lambda: _verify(named)).code
    assert Code.PROOF_VERIFICATION_ERROR is (
        _refused(lambda: secure_document(_badge(), other, suite)).code
    )


@every_pair
def test_one_suites_signature_is_not_anothers(suite: Suite, key: Signing) -> None:
    """The name of the suite is among what is signed."""
    secured = secure_document(_badge(), key, suite)
    for name in SUITES:
        if secured["proof"].get("cryptosuite") != name:
            renamed = _with(secured, type="DataIntegrityProof", cryptosuite=name)
            with pytest.raises(CheckError):
                _verify(renamed)


def test_sets_and_chains_may_mix_suites() -> None:
    """Each proof is of its own suite, and each may follow any other."""
    secured = _badge()
    for number, (suite, key) in enumerate(PAIRS):
        if suite is not ED25519_SIGNATURE_2020:  # it would add a context to what others signed
            previous = {"previousProof": f"urn:proof:{number - 1}"} if number else {}
            previous = {} if number == 3 else previous
            secured = secure_document(secured, key, suite, id=f"urn:proof:{number}", **previous)
    _verify(secured)
    first = secured["proof"][0]
    changed = {**secured, "proof": [{**first, "nonce": "n"}, *secured["proof"][1:]]}
    proofs = parse_proofs(changed)

    assert 6 == len(secured["proof"])
    key = parse_multikey(proofs[1].verification_method.partition("#")[2])
    _refused(lambda: verify_proof(proofs[1], changed, proofs, key))


# --- ECDSA ------------------------------------------------------------------------------


def _signature(secured: JsonObject) -> bytes:
    return decode_base58btc(secured["proof"]["proofValue"], max_characters=200)


@every_ecdsa
def test_signatures_are_two_numbers_side_by_side(suite: Suite, key: EcTestKey) -> None:
    """64 bytes on P-256, 96 on P-384."""
    length = {KeyType.P256: 64, KeyType.P384: 96}[key.key_type]

    assert length == len(_signature(secure_document(_badge(), key, suite)))


@every_ecdsa
def test_the_twin_of_a_signature_verifies(suite: Suite, key: EcTestKey) -> None:
    """ECDSA has two good values of s, and the standard admits both."""
    secured = secure_document(_badge(), key, suite)
    raw = _signature(secured)
    half = len(raw) // 2
    s = ORDERS[key.key_type] - int.from_bytes(raw[half:], "big")
    twin = _with(secured, proofValue=encode_base58btc(raw[:half] + s.to_bytes(half, "big")))

    assert secured["proof"]["proofValue"] != twin["proof"]["proofValue"]
    _verify(twin)


@every_ecdsa
def test_other_numbers_and_forms_are_refused(suite: Suite, key: EcTestKey) -> None:
    """Zeros, numbers beyond the order, cut or padded signatures, and DER."""
    secured = secure_document(_badge(), key, suite)
    raw = _signature(secured)
    half, order = len(raw) // 2, ORDERS[key.key_type]
    der: list[bytes] = []

    def sign(data: bytes) -> bytes:
        der.append(key.sign_der(data))
        return key.sign(data)

    options = {name: value for name, value in secured["proof"].items() if name != "proofValue"}
    secure(_badge(), options, sign, suite, key.key_type)
    for value in (
        bytes(len(raw)),
        bytes(half) + raw[half:],
        raw[:half] + bytes(half),
        order.to_bytes(half, "big") + raw[half:],
        raw[:half] + order.to_bytes(half, "big"),
        raw[:-1],
        raw + b"\x00",
        b"",
        *der,
    ):
        changed = _with(secured, proofValue=encode_base58btc(value))
        error = _refused(lambda it=changed: _verify(it))  # type: ignore[misc]
        assert Code.PROOF_VERIFICATION_ERROR is error.code


@pytest.mark.parametrize("suite", [ECDSA_RDFC_2019, ECDSA_JCS_2019], ids=_named)
def test_the_hash_is_that_of_the_keys_curve(suite: Any) -> None:
    """A P-384 signature over SHA-256 digests, or made with SHA-256, does not verify."""
    secured = secure_document(_badge(), P384, suite)
    options = {name: value for name, value in secured["proof"].items() if name != "proofValue"}
    unsecured = {name: value for name, value in secured.items() if name != "proof"}
    weak = suite.hash_data(unsecured, options, KeyType.P256)
    right = suite.hash_data(unsecured, options, KeyType.P384)
    half_weak = EcTestKey(P384.secret, KeyType.P384).sign_der(right, hashes.SHA256())

    assert (64, 96) == (len(weak), len(right))
    for value in (P384.sign(weak), _side_by_side(half_weak, 48)):
        _refused(lambda it=value: _verify(_with(secured, proofValue=encode_base58btc(it))))  # type: ignore[misc]


def _side_by_side(der: bytes, length: int) -> bytes:
    return b"".join(number.to_bytes(length, "big") for number in decode_dss_signature(der))


# --- JCS --------------------------------------------------------------------------------


@every_jcs
def test_the_proof_carries_the_context_that_it_signed(suite: Suite, key: Signing) -> None:
    """Data Integrity EdDSA 1.0, section 3.3.1, step 2."""
    secured = secure_document(_badge(), key, suite)

    assert [V2, OB] == secured["proof"]["@context"]


@every_jcs
def test_order_and_empty_members_count(suite: Suite, key: Signing) -> None:
    """JSON is signed: what says nothing as linked data is covered all the same."""
    secured = secure_document(_badge(), key, suite)

    for changed in ({**secured, "evidence": []}, {**secured, "description": None}):
        _refused(lambda it=changed: _verify(it))  # type: ignore[misc]


def _read(secured: JsonObject, *, inline: bool = False) -> tuple[JsonObject, tuple[str, ...]]:
    """What is handed on, once every signature is verified."""
    reading = EmbeddedProofs(secured).read_credential(VC_API if inline else STANDARD)
    for signature in reading.signatures:
        signature.verify(parse_multikey(signature.by.partition("#")[2]))
    return reading.content.document, reading.warnings


@every_jcs
def test_added_contexts_are_left_out(suite: Suite, key: Signing) -> None:
    """Pinned contexts behind the signed ones: the document counts as it was signed, and the
    report says so."""
    secured = secure_document(_badge(), key, suite)
    plain, _ = _read(secured)
    longer = {**secured, "@context": [V2, OB, MULTIKEY]}
    document, warnings = _read(longer)

    assert plain == document
    assert [V2, OB] == document["@context"]
    assert 1 == len(warnings)


@every_jcs
@pytest.mark.parametrize(
    "contexts",
    [[V2], [V2, MULTIKEY, OB], [OB, V2], [V2, OB, {"extra": "https://x.example/#extra"}]],
    ids=str,
)
def test_other_contexts_are_refused(suite: Suite, key: Signing, contexts: list[Any]) -> None:
    """Contexts taken away, put between or before, or unpinned ones behind."""
    secured = {**secure_document(_badge(), key, suite), "@context": contexts}

    error = _refused(lambda: _read(secured, inline=True))

    assert Code.PROOF_VERIFICATION_ERROR is error.code


@every_jcs
def test_the_context_in_the_proof_is_signed(suite: Suite, key: Signing) -> None:
    """Neither can both be changed together, nor the one in the proof be taken away."""
    secured = secure_document(_badge(), key, suite)
    longer = [V2, OB, MULTIKEY]
    both = {**_with(secured, **{"@context": longer}), "@context": longer}
    without = copy.deepcopy(secured)
    del without["proof"]["@context"]

    _refused(lambda: _verify(both))
    _refused(lambda: _verify(without))


def test_proofs_that_signed_different_contexts_are_refused() -> None:
    """Nobody can say which of two documents such a set signed."""
    one = secure_document(_badge(), ED, EDDSA_JCS_2022)
    two = secure_document({**_badge(), "@context": [V2, OB, MULTIKEY]}, P256, ECDSA_JCS_2019)
    both = {**two, "proof": [one["proof"], two["proof"]]}

    assert Code.PROOF_VERIFICATION_ERROR is _refused(lambda: _read(both)).code


def test_a_statement_proof_does_not_vouch_for_a_longer_context() -> None:
    """A proof of statements was made with the document's own context, and with no other."""
    one = secure_document(_badge(), ED, EDDSA_JCS_2022)
    two = secure_document({**_badge(), "@context": [V2, OB, MULTIKEY]}, P256)
    both = {**two, "proof": [one["proof"], two["proof"]]}

    assert Code.PROOF_VERIFICATION_ERROR is _refused(lambda: _read(both)).code


@every_jcs
def test_a_context_in_an_inner_proof_changes_no_statement(suite: Suite, key: Signing) -> None:
    """A credential with a JCS proof can stand in a signed record or presentation, whose form
    other software makes without the repeated context."""
    inner = secure_document(_badge(), key, suite)
    bare = copy.deepcopy(inner)
    del bare["proof"]["@context"]

    assert canonicalize(credential(endorsement=[bare])) == (
        canonicalize(credential(endorsement=[inner]))
    )


@every_jcs
@pytest.mark.parametrize("outer", [EDDSA_RDFC_2022, EDDSA_JCS_2022], ids=_named)
def test_a_presentation_signs_what_it_holds(suite: Suite, key: Signing, outer: Suite) -> None:
    """Every suite around every JCS suite, and no change inside."""
    presentation = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [secure_document(_badge(), key, suite)],
    }
    secured = secure_document(presentation, ED, outer, proofPurpose="authentication")
    changed = copy.deepcopy(secured)
    changed["verifiableCredential"][0]["name"] = "Other"

    (good,) = EmbeddedProofs(secured).read_presentation(STANDARD).signatures
    (bad,) = EmbeddedProofs(changed).read_presentation(STANDARD).signatures

    good.verify(ED.public)
    assert Code.PROOF_VERIFICATION_ERROR is _refused(lambda: bad.verify(ED.public)).code


def test_plain_json_can_be_signed() -> None:
    """An object without a context is no linked data: no term in it has to be defined."""
    log_entry = {"versionId": "1-abc", "parameters": {"method": "did:webvh:1.0"}}
    secured = secure_document(log_entry, ED, EDDSA_JCS_2022)
    _verify(secured)

    assert "@context" not in secured["proof"]
    _refused(lambda: _verify({**secured, "versionId": "2-abc"}))


# --- Ed25519Signature2020 ---------------------------------------------------------------


def test_an_old_proof_says_when_it_was_made() -> None:
    """``created`` is mandatory for this kind."""
    error = _refused(lambda: secure_document(_badge(), ED, ED25519_SIGNATURE_2020, created=None))

    assert Code.PROOF_VERIFICATION_ERROR is error.code
    assert "/proof/created" == error.pointer


def test_an_old_proof_names_no_cryptosuite() -> None:
    """The name that was left out is not signed under this kind."""
    secured = secure_document(_badge(), ED, ED25519_SIGNATURE_2020)

    assert "cryptosuite" not in secured["proof"]
    _refused(lambda: _verify(_with(secured, cryptosuite="eddsa-rdfc-2022")))


def test_an_old_proof_needs_its_context() -> None:
    """The document names the context; one that lacks it gets it when it is secured."""
    secured = secure_document(_badge(), ED, ED25519_SIGNATURE_2020)
    without = {**secured, "@context": [V2, OB]}

    assert [V2, OB, ED25519_2020] == secured["@context"]
    assert "/@context" == _refused(lambda: _verify(without)).pointer


# --- anything else ----------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_PROOF_MEMBERS = [
    *("type", "cryptosuite", "@context", "created", "expires", "verificationMethod", "extra"),
    *("proofPurpose", "proofValue", "id", "previousProof", "domain", "challenge", "nonce"),
]


@settings(max_examples=100, deadline=None)
@given(
    pair=st.sampled_from(PAIRS),
    proof=st.dictionaries(st.sampled_from(_PROOF_MEMBERS), _JSON, max_size=4),
    members=st.dictionaries(st.sampled_from(["@context", "type", "name", "x"]), _JSON, max_size=2),
)
def test_nothing_raises_anything_but_a_check_error(
    pair: tuple[Suite, Signing], proof: JsonObject, members: JsonObject
) -> None:
    """A secured document with the wrong things in it: a refusal or no answer, never a fault."""
    suite, key = pair
    changed = {**_with(secure_document(_badge(), key, suite), **proof), **members}
    for act in (_read, _verify):
        with contextlib.suppress(CheckError):
            act(changed)
