"""The cryptosuite ecdsa-sd-2023: what an issuer signs, a holder shows and a verifier accepts."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example_records import PROJECTED, example_projected
from tests.signers import EcTestKey, Ed25519TestKey, secure_document
from tests.vectors.cases import OB, V2, badge
from verifier import limits
from verifier.errors import CheckError, Code, RefusedError
from verifier.json_pointer import values_within
from verifier.proofs.data_integrity import parse_proofs, verify_proof
from verifier.proofs.ecdsa_sd import (
    ECDSA_SD_2023,
    WHOLE,
    EcdsaSd2023,
    create_base,
    derive,
)
from verifier.proofs.ecdsa_sd_cbor import (
    BaseProof,
    DerivedProof,
    format_base_proof,
    format_derived_proof,
    parse_base_proof,
    parse_derived_proof,
)
from verifier.proofs.ecdsa_sd_keys import ProofSecrets, draw_secrets
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.strict_json import JsonObject

KEY = EcTestKey.number(31)
STRANGER = EcTestKey.number(32)
NAME = "/credentialSubject/achievement/name"
CRITERIA = "/credentialSubject/achievement/criteria"
MANDATORY = ("/issuer", "/validFrom")

Change = Callable[[JsonObject], Any]


def _fixed(length: int) -> bytes:
    """Bytes that everybody can guess, so that a test is the same in every run."""
    return bytes(range(length))


SUITE = replace(ECDSA_SD_2023, random=_fixed)


def _badge(**members: Any) -> JsonObject:
    return badge(issuer={"id": KEY.did, "type": ["Profile"], "name": "Test issuer"}, **members)


def _base(
    document: JsonObject | None = None, mandatory: Sequence[str] | None = MANDATORY
) -> JsonObject:
    return secure_document(document or _badge(), KEY, SUITE.requiring(mandatory))


def _derived(*pointers: str) -> JsonObject:
    return derive(_base(), pointers or (NAME, CRITERIA))


def _verify(document: JsonObject, key: PublicKey = KEY.public) -> None:
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    proofs = parse_proofs(document)
    for proof in proofs:
        verify_proof(proof, unsecured, proofs, key)


def _refusal(document: JsonObject, key: PublicKey = KEY.public) -> Code:
    with pytest.raises(RefusedError) as refused:
        _verify(document, key)
    return refused.value.code


def _with_proof(document: JsonObject, **parts: Any) -> JsonObject:
    """``document`` with parts of its derived proof replaced."""
    changed = copy.deepcopy(document)
    proof = parse_derived_proof(changed["proof"]["proofValue"])
    changed["proof"]["proofValue"] = format_derived_proof(replace(proof, **parts))
    return changed


def _parsed(document: JsonObject) -> DerivedProof:
    return parse_derived_proof(document["proof"]["proofValue"])


def _parsed_base(document: JsonObject) -> BaseProof:
    return parse_base_proof(document["proof"]["proofValue"])


# --- the way of a credential ------------------------------------------------------------


def test_what_is_derived_verifies_and_shows_only_what_was_chosen() -> None:
    """The mandatory part, the chosen part, and nothing of the rest."""
    document = _badge()
    derived = _derived(NAME)

    _verify(derived)
    assert derived == {
        **{name: document[name] for name in ("@context", "id", "type", "issuer", "validFrom")},
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": document["credentialSubject"]["achievement"]["id"],
                "type": ["Achievement"],
                "name": "Competitor brief",
            },
        },
        "proof": derived["proof"],
    }


def test_nothing_chosen_shows_what_is_mandatory() -> None:
    """A holder may add nothing to it."""
    derived = derive(_base(), ())

    _verify(derived)
    assert {"@context", "id", "type", "issuer", "validFrom", "proof"} == set(derived)
    assert () == _parsed(derived).signatures


@pytest.mark.parametrize("example", PROJECTED)
def test_our_own_credentials_can_be_shown_whole_and_in_part(example: str) -> None:
    """Every worked example, with its lists, its languages and its unnamed parts."""
    document = example_projected(example)
    document["issuer"]["id"] = KEY.did
    base = _base(document, None)

    whole = derive(base, WHOLE)
    part = derive(base, ["/credentialSubject/achievement/description", "/evidence"])

    _verify(whole)
    _verify(part)
    assert document == {name: value for name, value in whole.items() if name != "proof"}
    assert document["evidence"] == part["evidence"]


def test_the_order_of_choices_does_not_matter() -> None:
    """The same part is the same document."""
    assert derive(_base(), [NAME, CRITERIA]) == derive(_base(), [CRITERIA, NAME, NAME])


def test_every_member_can_be_chosen_alone() -> None:
    """Each pointer to a value of a badge gives a document that verifies."""
    base = _base(_badge(credentialStatus=[_status("1"), _status("2")]))
    achievement = base["credentialSubject"]["achievement"]
    pointers = [
        *(f"/{name}" for name in base if name not in ("@context", "proof")),
        *(f"/credentialSubject/achievement/{name}" for name in achievement),
        "/credentialStatus/1",
        f"{CRITERIA}/narrative",
    ]

    for pointer in pointers:
        _verify(derive(base, [pointer]))


def _status(index: str) -> JsonObject:
    """An entry without an id: two unnamed nodes."""
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": index,
        "statusListCredential": "https://issuer.example/status/1",
    }


def test_equal_parts_without_a_name_can_be_shown_together_and_apart() -> None:
    """Two nodes that say the same are two nodes, whichever of them is shown."""
    base = _base(_badge(evidence=[{"type": "Evidence", "name": "Report"}] * 2))

    for pointers in (["/evidence"], ["/evidence/0"], ["/evidence/1"], ["/evidence/1/name"]):
        derived = derive(base, pointers)
        _verify(derived)
        assert {"Report"} == {entry["name"] for entry in derived["evidence"]}


def test_other_proofs_are_left_out() -> None:
    """A proof over the whole cannot fit the part."""
    both = secure_document(_base(), KEY)

    derived = derive(both, [NAME])

    assert ["ecdsa-sd-2023", "ecdsa-rdfc-2019"] == [it["cryptosuite"] for it in both["proof"]]
    assert "ecdsa-sd-2023" == derived["proof"]["cryptosuite"]
    _verify(derived)


def test_signing_twice_with_the_same_secrets_is_the_same() -> None:
    """Deterministic signatures (RFC 6979): no nonce tells a key."""
    assert _base() == _base()


def test_new_secrets_for_every_proof() -> None:
    """Two base proofs over one document share no key and no label."""
    one, other = (_parsed_base(secure_document(_badge(), KEY, ECDSA_SD_2023)) for _ in range(2))

    assert one.hmac_key != other.hmac_key
    assert one.public_key != other.public_key


@pytest.mark.parametrize("seed", [bytes(48), bytes([255] * 48), bytes(range(48))])
def test_every_seed_gives_a_key(seed: bytes) -> None:
    """Random bytes of any value become a number between one and the order of the curve."""
    drawn = draw_secrets(lambda length: seed[:length])

    drawn.public_key.verify(drawn.sign(b"line"), b"line")
    assert seed[:32] == drawn.hmac_key


def test_secrets_are_not_shown() -> None:
    """The text of a ``ProofSecrets`` holds neither secret."""
    assert "ProofSecrets()" == repr(ProofSecrets(hmac_key=bytes(32), scalar=7))


# --- what is mandatory ------------------------------------------------------------------


def test_the_usual_pointers_are_those_that_are_there() -> None:
    """Issuer, dates, status, subject, and what makes a badge; not what is not there."""
    document = _badge(validUntil="2027-01-01T00:00:00Z", credentialStatus=_status("2"))
    achievement = "/credentialSubject/achievement"
    expected = (
        *("/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/credentialSubject/id"),
        *(f"{achievement}/name", f"{achievement}/description", f"{achievement}/criteria"),
    )

    assert expected == _parsed_base(_base(document, None)).mandatory_pointers


def test_the_identifier_is_mandatory_where_it_alone_tells_whose_badge_it_is() -> None:
    """It is often an address: with an id beside it, the holder may keep it back."""
    identity = {"type": "IdentityObject", "hashed": False, "identityHash": "x"}
    subject = _badge()["credentialSubject"] | {"identifier": identity}
    nameless = {name: value for name, value in subject.items() if name != "id"}

    with_id, without = (
        _parsed_base(_base(_badge(credentialSubject=it), None)).mandatory_pointers
        for it in (subject, nameless)
    )

    assert "/credentialSubject/identifier" not in with_id
    assert "/credentialSubject/identifier" in without


def test_a_status_entry_is_always_mandatory() -> None:
    """A holder must not be able to hide a revocation, whatever the issuer's caller asked for."""
    base = _base(_badge(credentialStatus=_status("2")), ["/issuer"])

    derived = derive(base, [NAME])

    assert ("/issuer", "/credentialStatus") == _parsed_base(base).mandatory_pointers
    assert _status("2") == derived["credentialStatus"]
    _verify(derived)


def test_a_mandatory_part_cannot_be_taken_out() -> None:
    """Without the status entry, the issuer's signature does not fit."""
    derived = derive(_base(_badge(credentialStatus=_status("2"))), [NAME])
    proof = _parsed(derived)
    for indexes in (proof.mandatory_indexes, proof.mandatory_indexes[:-6]):
        for labels in (proof.labels, {}):
            stripped = _with_proof(derived, mandatory_indexes=indexes, labels=labels)
            del stripped["credentialStatus"]

            assert Code.PROOF_VERIFICATION_ERROR is _refusal(stripped)


def test_a_pointer_that_leads_nowhere_makes_no_proof() -> None:
    """Neither when issuing nor when deriving; nothing is signed."""

    def never(_data: bytes) -> bytes:
        raise AssertionError("asked to sign")

    with pytest.raises(RefusedError) as issuing:
        create_base(
            _badge(),
            {"verificationMethod": KEY.verification_method, "proofPurpose": "assertionMethod"},
            KeyType.P256,
            never,
            mandatory_pointers=["/issuer", "/nowhere"],
            proof_secrets=draw_secrets(_fixed),
        )
    with pytest.raises(RefusedError) as deriving:
        derive(_base(), ["/credentialSubject/nothing"])

    found = [(it.value.code, it.value.pointer) for it in (issuing, deriving)]
    assert [
        (Code.PROOF_GENERATION_ERROR, "/nowhere"),
        (Code.PROOF_GENERATION_ERROR, "/credentialSubject/nothing"),
    ] == found


def test_nothing_mandatory_and_nothing_chosen_is_refused() -> None:
    """There would be a document without a claim, and a proof of nothing."""
    base = _base(_badge(), ())

    with pytest.raises(RefusedError) as refused:
        derive(base, ())

    assert Code.PROOF_GENERATION_ERROR is refused.value.code
    assert () == _parsed(derive(base, [NAME])).mandatory_indexes
    _verify(derive(base, [NAME]))


def test_a_text_with_a_language_is_shown_whole_or_not_at_all() -> None:
    """Without its language it would be another claim, which nobody signed."""
    base = _base(_badge(name={"@value": "Kurzbericht", "@language": "de"}))

    with pytest.raises(RefusedError) as refused:
        derive(base, ["/name/@value"])

    assert Code.PROOF_GENERATION_ERROR is refused.value.code
    _verify(derive(base, ["/name"]))


# --- lists ------------------------------------------------------------------------------


def test_a_list_is_shown_whole_or_not_at_all() -> None:
    """One item of a list alone would be another list."""
    document = example_projected("01")
    document["issuer"]["id"] = KEY.did
    pointer = next(
        pointer
        for pointer, value in values_within(document)
        if pointer.endswith("/deliverable") and len(value) > 1
    )
    base = _base(document, None)

    with pytest.raises(RefusedError) as refused:
        derive(base, [f"{pointer}/0"])

    assert Code.PROOF_GENERATION_ERROR is refused.value.code
    _verify(derive(base, [pointer]))


def _endorsement(number: int) -> JsonObject:
    """A signed credential to stand inside another one: its proof is a graph of its own."""
    document = {
        "@context": [V2, OB],
        "id": f"urn:uuid:{number}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": STRANGER.did, "type": ["Profile"], "name": "Somebody"},
        "validFrom": "2026-03-23T20:31:06Z",
        "name": "Endorsement",
        "credentialSubject": {"id": "did:example:learner", "type": ["EndorsementSubject"]},
    }
    return secure_document(document, STRANGER)


def test_a_credential_inside_is_shown_with_its_proof() -> None:
    """Whole, as it was signed, and without the one beside it; its proof is not cut."""
    endorsements = [_endorsement(1), _endorsement(2)]
    base = _base(_badge(endorsement=endorsements))
    derived = derive(base, [NAME, "/endorsement/1"])

    with pytest.raises(RefusedError) as refused:
        derive(base, ["/endorsement/0/proof/created"])

    _verify(derived)
    assert [endorsements[1]] == derived["endorsement"]
    assert Code.PROOF_GENERATION_ERROR is refused.value.code
    _verify(derive(base, WHOLE))


# --- what a verifier refuses ------------------------------------------------------------


def _set(document: JsonObject, *path: str, to: Any) -> JsonObject:
    changed = copy.deepcopy(document)
    place = changed
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = to
    return changed


CHANGES: dict[str, Change] = {
    "a chosen claim": lambda it: _set(
        it, "credentialSubject", "achievement", "name", to="Competitor brief, with distinction"
    ),
    "a mandatory claim": lambda it: _set(it, "issuer", "name", to="A famous university"),
    "the subject": lambda it: _set(it, "credentialSubject", "id", to="did:example:other"),
    "a claim more": lambda it: {**it, "description": "Very good."},
    "a claim less": lambda it: {k: v for k, v in it.items() if k != "validFrom"},
    "an option of the proof": lambda it: _set(it, "proof", "created", to="2026-03-24T12:00:01Z"),
    "an option more": lambda it: _set(it, "proof", "nonce", to="n"),
    "an option less": lambda it: {
        **it,
        "proof": {k: v for k, v in it["proof"].items() if k != "created"},
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused(change: str) -> None:
    """In what is shown, in what is not, and in the proof."""
    assert Code.PROOF_VERIFICATION_ERROR is _refusal(CHANGES[change](_derived()))


PARTS: dict[str, Callable[[DerivedProof], dict[str, Any]]] = {
    "a signature more": lambda it: {"signatures": (*it.signatures, it.signatures[0])},
    "a signature less": lambda it: {"signatures": it.signatures[1:]},
    "signatures in another order": lambda it: {"signatures": it.signatures[::-1]},
    "another key": lambda it: {"public_key": STRANGER.public},
    "another issuer's signature": lambda it: {"base_signature": STRANGER.sign(b"")},
    "an index less": lambda it: {"mandatory_indexes": it.mandatory_indexes[1:]},
    "an index beyond the end": lambda it: {"mandatory_indexes": (*it.mandatory_indexes, 999)},
    "other indexes": lambda it: {"mandatory_indexes": tuple(n + 1 for n in it.mandatory_indexes)},
    "no labels": lambda it: {"labels": {}},
    "a label more": lambda it: {"labels": {**it.labels, 7: bytes(32)}},
    "labels exchanged": lambda it: {
        "labels": dict(zip(it.labels, reversed([*it.labels.values()]), strict=True))
    },
    "all-zero signatures": lambda it: {"signatures": (bytes(64),) * len(it.signatures)},
    "an all-zero base signature": lambda it: {"base_signature": bytes(64)},
}


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_proof_is_refused(part: str) -> None:
    """Every part of the proof value is bound to the others and to the document."""
    derived = derive(_base(_badge(credentialStatus=_status("2"))), (NAME, CRITERIA))
    changed = _with_proof(derived, **PARTS[part](_parsed(derived)))

    assert derived != changed
    assert Code.PROOF_VERIFICATION_ERROR is _refusal(changed)


def test_indexes_in_another_order_are_the_same_set() -> None:
    """The standard names a set of positions; their order says nothing."""
    derived = _derived()
    proof = _parsed(derived)

    _verify(_with_proof(derived, mandatory_indexes=proof.mandatory_indexes[::-1]))


def test_the_key_of_the_proof_does_not_stand_for_the_issuer() -> None:
    """Whoever makes a key for a proof could otherwise issue in anybody's name."""
    forger = draw_secrets(_fixed)
    forged = copy.deepcopy(_badge())
    options = {"verificationMethod": KEY.verification_method, "proofPurpose": "assertionMethod"}
    proof = create_base(forged, options, KeyType.P256, forger.sign, proof_secrets=forger)

    derived = derive({**forged, "proof": proof}, WHOLE)

    _verify(derived, forger.public_key)
    assert Code.PROOF_VERIFICATION_ERROR is _refusal(derived)


def test_a_base_proof_is_not_accepted() -> None:
    """Its signatures fit, and it is not made to be shown."""
    assert Code.PROOF_VERIFICATION_ERROR is _refusal(_base())


def test_parts_of_two_credentials_do_not_mix() -> None:
    """A claim from one credential and its signature do not fit another by the same issuer."""
    one = derive(_base(), [NAME])
    two = derive(_base(_badge(name="Competitor brief, with distinction")), [NAME, "/name"])
    mixed = _with_proof(one, signatures=_parsed(two).signatures)
    mixed["name"] = two["name"]

    assert Code.PROOF_VERIFICATION_ERROR is _refusal(mixed)


@pytest.mark.parametrize(
    "key", [EcTestKey.number(1, KeyType.P384), Ed25519TestKey.number(1)], ids=["P-384", "Ed25519"]
)
def test_other_kinds_of_key_neither_sign_nor_verify(key: Any) -> None:
    """The suite knows P-256 only."""
    with pytest.raises(RefusedError) as refused:
        secure_document(_badge(), key, SUITE)

    assert Code.PROOF_VERIFICATION_ERROR is refused.value.code
    assert Code.PROOF_VERIFICATION_ERROR is _refusal(_derived(), key.public)


# --- what a holder's software refuses ---------------------------------------------------


def _derive_refusal(document: JsonObject, pointers: Sequence[str] = (NAME,)) -> Code:
    with pytest.raises(RefusedError) as refused:
        derive(document, pointers)
    return refused.value.code


def test_deriving_needs_one_base_proof() -> None:
    """Not none, not two, not a derived one, not one in a chain."""
    unsecured = {name: value for name, value in _base().items() if name != "proof"}
    found = {
        "none": _derive_refusal(unsecured),
        "another suite": _derive_refusal(secure_document(_badge(), KEY)),
        "two": _derive_refusal(_base(_base())),
        "derived": _derive_refusal(_derived()),
        "chain": _derive_refusal(_set(_base(), "proof", "previousProof", to="urn:uuid:1")),
        "odd": _derive_refusal({**unsecured, "proof": [None, 1, "x"]}),
    }

    assert {
        "none": Code.PARSING_ERROR,
        "another suite": Code.PARSING_ERROR,
        "two": Code.PARSING_ERROR,
        "derived": Code.PROOF_VERIFICATION_ERROR,
        "chain": Code.PARSING_ERROR,
        "odd": Code.PARSING_ERROR,
    } == found


def test_a_changed_document_is_not_derived_from() -> None:
    """A changed claim, another number of statements, another signature."""
    base = _base()
    parsed = _parsed_base(base)
    swapped = replace(parsed, signatures=parsed.signatures[::-1])
    rekeyed = replace(parsed, hmac_key=bytes(32))
    achievement = ("credentialSubject", "achievement")

    found = [
        _derive_refusal(_set(base, *achievement, "name", to="x")),
        _derive_refusal({**base, "description": "Very good."}),
        _derive_refusal(_set(base, "proof", "proofValue", to=format_base_proof(swapped))),
        _derive_refusal(_set(base, "proof", "proofValue", to=format_base_proof(rekeyed)), WHOLE),
    ]

    assert [Code.PROOF_VERIFICATION_ERROR] * len(found) == found


def test_a_base_proof_follows_no_other() -> None:
    """What is chosen later could not include the proof that was signed along."""
    first = secure_document(_badge(), KEY, id="urn:uuid:0001")

    with pytest.raises(RefusedError) as refused:
        secure_document(first, KEY, SUITE, previousProof="urn:uuid:0001")

    assert Code.PROOF_GENERATION_ERROR is refused.value.code


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (_badge(gpa="4.0"), Code.DATA_LOSS_DETECTION_ERROR),
        (
            _badge(credentialSubject={"id": "_:x", "type": "AchievementSubject"}),
            Code.MALFORMED_VALUE_ERROR,
        ),
        (_badge(evidence=[{"id": "../x", "type": "Evidence"}]), Code.DATA_LOSS_DETECTION_ERROR),
    ],
    ids=["undefined term", "blank label", "relative id"],
)
def test_what_cannot_be_covered_is_not_signed(document: JsonObject, code: Code) -> None:
    """As with every other suite."""
    with pytest.raises(RefusedError) as refused:
        _base(document)

    assert code is refused.value.code


def test_the_number_of_signatures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """More statements than the limit are not signed one by one."""
    monkeypatch.setattr(limits, "SD_STATEMENTS", 5)

    with pytest.raises(RefusedError) as refused:
        _base()

    assert Code.LIMIT_EXCEEDED is refused.value.code


def test_many_forged_signatures_cost_nothing() -> None:
    """The issuer's signature comes first: who has no key cannot make a verifier work."""
    derived = _derived()
    for n in range(500):
        derived["credentialSubject"]["achievement"].setdefault("tag", []).append(f"tag {n}")
    signatures = _parsed(derived).signatures + (bytes([1] * 64),) * 500
    start = time.process_time()

    assert Code.PROOF_VERIFICATION_ERROR is _refusal(_with_proof(derived, signatures=signatures))
    assert time.process_time() - start < 1


# --- anything at all --------------------------------------------------------------------

_DERIVED = _derived()
_BASE = _base()


@settings(max_examples=100)
@given(data=st.data())
def test_no_changed_proof_value_verifies(data: st.DataObject) -> None:
    """One other byte anywhere in the proof value: refused, with an error of ours."""
    value = _DERIVED["proof"]["proofValue"]
    place = data.draw(st.integers(1, len(value) - 1))
    character = data.draw(st.sampled_from("AQgw-_z09="))
    changed = value[:place] + character + value[place + 1 :]

    if changed != value:
        assert Code.PROOF_VERIFICATION_ERROR is _refusal(
            _set(_DERIVED, "proof", "proofValue", to=changed)
        )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "name", "@value", "@list"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(
    name=st.sampled_from(["id", "type", "issuer", "evidence", "name", "credentialStatus", "proof"]),
    value=_JSON,
    pointers=st.lists(st.sampled_from(["", NAME, "/name", "/evidence/0", "/x", "~"]), max_size=3),
)
def test_no_document_raises_anything_else(name: str, value: Any, pointers: list[str]) -> None:
    """Whatever stands in a document: it is secured, derived from or verified, or refused."""
    odd = {**_badge(), name: value}
    with suppress(CheckError):
        proof = EcdsaSd2023(random=_fixed).create(odd, {}, KeyType.P256, KEY.sign)
        derive({**odd, "proof": proof}, pointers)
    with suppress(CheckError):
        derive({**_BASE, name: value}, pointers)
    with suppress(CheckError):
        _verify({**_DERIVED, name: value})


_RECORD = example_projected("02")
_RECORD["issuer"]["id"] = KEY.did
_RECORD_BASE = _base(_RECORD, None)
_PLACES = [
    pointer
    for pointer, _ in values_within(_RECORD)
    if pointer and not re.search(r"/(objective|deliverable|period)/", pointer)
]


@settings(max_examples=40)
@given(pointers=st.lists(st.sampled_from(_PLACES), max_size=6))
def test_every_choice_verifies_and_says_nothing_new(pointers: list[str]) -> None:
    """Whatever is chosen of a work record: it verifies, and each of its values is the record's."""
    derived = derive(_RECORD_BASE, pointers)

    _verify(derived)
    said = {str(value) for _, value in values_within(_RECORD) if not isinstance(value, dict | list)}
    shown = {name: value for name, value in derived.items() if name != "proof"}
    assert {
        str(value) for _, value in values_within(shown) if not isinstance(value, dict | list)
    } <= said
