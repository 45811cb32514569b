"""W3C Data Integrity ECDSA Cryptosuites 1.0: every published file of ecdsa-sd-2023, and the
derived credential among the samples of Open Badges 3.0."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import base58
import pytest
import rfc8785

from tests.fake_network import FakeNetwork
from tests.signers import EcTestKey
from tests.vectors_suites.reading import read
from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize, contexts
from verifier.jsonld.contexts import Pin
from verifier.policy import UNSAFE_VECTORS
from verifier.proofs.data_integrity import parse_proofs, verify_proof
from verifier.proofs.ecdsa_sd import ECDSA_SD_2023, create_base, derive
from verifier.proofs.ecdsa_sd_cbor import parse_base_proof, parse_derived_proof
from verifier.proofs.ecdsa_sd_keys import ProofSecrets
from verifier.proofs.ecdsa_sd_lines import Sheet, lay_out, shown_lines
from verifier.proofs.ecdsa_sd_select import select
from verifier.proofs.jws import encode_base64url
from verifier.proofs.multikey import KeyType, PublicKey, format_multikey
from verifier.proofs.rdfc import digest_of_options
from verifier.report import VerificationError
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import VerifiedCredential, verify

pytestmark = pytest.mark.vectors

CITIZENSHIP: Final = "https://w3id.org/citizenship/v4rc1"
_SCHEMA: Final = "https://schema.org/"
_DATE: Final = "http://www.w3.org/2001/XMLSchema#dateTime"
_OWN: Final = "https://w3id.org/citizenship#"


def _citizenship() -> JsonObject:
    """The words that the vectors use, with the meaning that their canonical forms show. The
    context itself is not among the vectors."""
    plain = ("familyName", "gender", "givenName", "identifier")
    own = ("birthCountry", "commuterClassification", "lprCategory", "lprNumber")
    types = ("PermanentResident", "PermanentResidentCard", "PermanentResidentCardCredential")
    return {
        "@context": {
            **{name: f"{_SCHEMA}{name}" for name in (*plain, "Person")},
            **{name: f"{_OWN}{name}" for name in (*own, *types, "permanentResidentCard")},
            "image": {"@id": f"{_SCHEMA}image", "@type": "@id"},
            "birthDate": {"@id": f"{_SCHEMA}birthDate", "@type": _DATE},
            "residentSince": {"@id": f"{_OWN}residentSince", "@type": _DATE},
        }
    }


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    context = _citizenship()
    pin = Pin(
        read=lambda: json.dumps(context).encode(),
        sha256=hashlib.sha256(rfc8785.dumps(context)).hexdigest(),
    )
    monkeypatch.setitem(contexts.KNOWN, CITIZENSHIP, pin)
    yield
    contexts.load.cache_clear()


class Steps:
    """The published files, and what is made of them here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> Any:
        return read(self.folder / "ecdsa-sd-2023" / "prc" / f"{name}.json")

    @property
    def unsigned(self) -> JsonObject:
        """What was signed. ``prCredUnsigned.json`` differs from it in its description."""
        return _without_proof(self["addSignedSDBase"])

    @property
    def options(self) -> JsonObject:
        config = self["addProofConfig"]
        return {name: value for name, value in config.items() if name != "@context"}

    @property
    def mandatory(self) -> list[str]:
        return list(read(self.folder / "prCredMandatory.json"))

    @property
    def selective(self) -> list[str]:
        return list(read(self.folder / "prCredSelective.json"))

    @property
    def material(self) -> JsonObject:
        return dict(read(self.folder / "ecdsa-sd-2023" / "SDKeyMaterial.json"))

    @property
    def secrets(self) -> ProofSecrets:
        return ProofSecrets(
            hmac_key=bytes.fromhex(self.material["hmacKeyString"]),
            scalar=_key(self.material["proofKeyPair"]).secret,
        )

    @property
    def sheet(self) -> Sheet:
        return lay_out(self.unsigned, self.secrets.hmac_key)

    def indexes(self, pointers: list[str]) -> list[int]:
        """Where the lines that ``pointers`` choose stand among all lines."""
        chosen = self.sheet.lines_of(pointers)
        return [n for n, line in enumerate(self.sheet.lines) if line in chosen]


@pytest.fixture(name="steps")
def _steps(vectors_dir: Path) -> Steps:
    return Steps(vectors_dir / "vc-di-ecdsa")


def _key(pair: JsonObject) -> EcTestKey:
    """``secretKeyMultibase`` is two bytes of multicodec before the number."""
    key = EcTestKey(int.from_bytes(base58.b58decode(pair["secretKeyMultibase"][1:])[2:], "big"))
    assert key.multibase == pair["publicKeyMultibase"]
    return key


def _without_proof(document: JsonObject) -> JsonObject:
    return {name: value for name, value in document.items() if name != "proof"}


def _map(value: JsonObject) -> dict[Any, Any]:
    """The JSON of a JavaScript map."""
    return dict(value["value"])


def _hex(items: tuple[bytes, ...]) -> list[str]:
    return [item.hex() for item in items]


def _verify(document: JsonObject, key: PublicKey) -> None:
    proofs = parse_proofs(document)
    for proof in proofs:
        verify_proof(proof, _without_proof(document), proofs, key)


# --- the base proof ---------------------------------------------------------------------


def test_canonical_document_and_its_relabelling(steps: Steps) -> None:
    """The canonical form and the lines under their HMAC labels are the published ones."""
    assert "".join(steps["addBaseDocCanon"]).encode() == canonicalize(steps.unsigned)
    assert tuple(steps["addBaseDocHMACCanon"]) == steps.sheet.lines


def test_lines_are_grouped_by_the_mandatory_pointers(steps: Steps) -> None:
    """Which lines are mandatory, and where each stands."""
    published = steps["addBaseTransform"]
    chosen = steps.indexes(steps.mandatory)
    lines = steps.sheet.lines

    assert steps.mandatory == published["mandatoryPointers"]
    assert _map(published["mandatory"]) == {n: lines[n] for n in chosen}
    assert _map(published["nonMandatory"]) == {
        n: line for n, line in enumerate(lines) if n not in chosen
    }


def test_pointers_lead_to_the_published_values(steps: Steps) -> None:
    """A pointer chooses the value that is published beside it."""
    for row in steps["addPointerValues"]:
        name = row["pointer"].removeprefix("/")

        assert row["value"] == select(steps.unsigned, [row["pointer"]])[name]


def test_hashes(steps: Steps) -> None:
    """The canonical options, and both hashes that the issuer's key signs."""
    canonical = steps.folder / "ecdsa-sd-2023" / "prc" / "addProofConfigCanon.txt"
    mandatory = "".join(steps.sheet.lines[n] for n in steps.indexes(steps.mandatory))

    assert canonical.read_bytes().strip() == canonicalize(steps["addProofConfig"]).strip()
    assert steps["addHashData"] == {
        "proofHash": digest_of_options(steps.unsigned, steps.options, "sha256").hex(),
        "mandatoryHash": hashlib.sha256(mandatory.encode()).hexdigest(),
    }


def test_base_proof_is_the_published_one(steps: Steps) -> None:
    """With the published keys, the base proof comes out byte for byte."""
    signer = _key(steps.material["baseKeyPair"])
    proof = create_base(
        steps.unsigned,
        steps.options,
        KeyType.P256,
        signer.sign,
        mandatory_pointers=steps.mandatory,
        proof_secrets=steps.secrets,
    )

    base = parse_base_proof(proof["proofValue"])
    assert steps["addSignedSDBase"] == {**steps.unsigned, "proof": proof}
    assert steps["addRawBaseSignatureInfo"] == {
        "baseSignature": base.base_signature.hex(),
        "publicKey": format_multikey(base.public_key),
        "signatures": _hex(base.signatures),
        "mandatoryPointers": list(base.mandatory_pointers),
    }


# --- the derived proof ------------------------------------------------------------------


def test_what_the_holder_reads_in_the_base_proof(steps: Steps) -> None:
    """The parts of the published base proof."""
    base = parse_base_proof(steps["addSignedSDBase"]["proof"]["proofValue"])

    assert steps["derivedRecoveredBaseData"] == {
        "baseSignature": base.base_signature.hex(),
        "proofPublicKey": format_multikey(base.public_key),
        "hmacKey": base.hmac_key.hex(),
        "signatures": _hex(base.signatures),
        "mandatoryPointers": list(base.mandatory_pointers),
    }


def test_lines_are_grouped_by_both_kinds_of_pointers(steps: Steps) -> None:
    """Where the lines of each group stand, and what they are."""
    both = [*steps.mandatory, *steps.selective]
    groups = {"mandatory": steps.mandatory, "selective": steps.selective, "combined": both}
    mandatory = steps.indexes(steps.mandatory)
    published = steps["derivedAllGroupData"]
    lines = steps.sheet.lines

    assert steps["derivedGroupIndexes"] == {
        **{f"{name}Indexes": steps.indexes(pointers) for name, pointers in groups.items()},
        "nonMandatoryIndexes": [n for n in range(len(lines)) if n not in mandatory],
    }
    for name, pointers in groups.items():
        group = published["groups"][name]
        chosen = steps.indexes(pointers)
        assert _map(group["matching"]) == {n: lines[n] for n in chosen}
        assert _map(group["nonMatching"]) == {
            n: line for n, line in enumerate(lines) if n not in chosen
        }


def test_labels_of_the_whole_document(steps: Steps) -> None:
    """Every unnamed node of the whole has one of the published labels."""
    labels = {f"u{encode_base64url(label)}" for label in steps.sheet.labels.values()}

    assert set(_map(steps["derivedAllGroupData"]["labelMap"]).values()) == labels


def test_derived_document_is_the_published_one(steps: Steps) -> None:
    """Deriving with the published pointers gives the published document, proof and all."""
    derived = derive(steps["addSignedSDBase"], steps.selective)
    proof = parse_derived_proof(derived["proof"]["proofValue"])

    assert steps["derivedUnsignedReveal"] == _without_proof(derived)
    assert steps["derivedRevealDocument"] == derived
    assert steps["derivedAdjMandatoryIndexes"]["adjMandatoryIndexes"] == list(
        proof.mandatory_indexes
    )
    assert steps["derivedAdjSignatures"]["filteredSignatures"] == _hex(proof.signatures)
    _assert_is_disclosure(steps["derivedDisclosureData"], proof)


def _assert_is_disclosure(published: JsonObject, proof: Any) -> None:
    """Both files of this shape, of which one has its labels as a JavaScript map."""
    labels = published["labelMap"]
    pairs = labels["value"] if isinstance(labels, dict) else labels
    assert published | {"labelMap": dict(pairs)} == {
        "baseSignature": proof.base_signature.hex(),
        "publicKey": format_multikey(proof.public_key),
        "signatures": _hex(proof.signatures),
        "labelMap": {
            f"c14n{n}": f"u{encode_base64url(label)}" for n, label in proof.labels.items()
        },
        "mandatoryIndexes": list(proof.mandatory_indexes),
    }


# --- verification -----------------------------------------------------------------------


def test_what_the_verifier_computes(steps: Steps) -> None:
    """The parts of the derived proof, the lines and the hashes."""
    derived = steps["derivedRevealDocument"]
    proof = parse_derived_proof(derived["proof"]["proofValue"])
    mandatory, others = shown_lines(_without_proof(derived), proof)
    hashed = hashlib.sha256("".join(mandatory).encode()).hexdigest()

    _assert_is_disclosure(steps["verifyDerivedProofValue"], proof)
    assert steps["verifyNQuads"] == sorted([*mandatory, *others])
    assert steps["verifyCreateVerifyData"] == {
        "baseSignature": proof.base_signature.hex(),
        "proofHash": digest_of_options(derived, steps.options, "sha256").hex(),
        "publicKey": format_multikey(proof.public_key),
        "signatures": _hex(proof.signatures),
        "nonMandatory": others,
        "mandatoryHash": hashed,
    }


def test_published_document_verifies_with_the_base_key_alone(steps: Steps) -> None:
    """The issuer's key verifies it; the key that signed the statements does not."""
    derived = steps["derivedRevealDocument"]
    _verify(derived, _key(steps.material["baseKeyPair"]).public)

    with pytest.raises(RefusedError) as refused:
        _verify(derived, _key(steps.material["proofKeyPair"]).public)
    assert Code.PROOF_VERIFICATION_ERROR is refused.value.code


def test_published_document_passes_all_ten_steps(steps: Steps) -> None:
    """Under the profile for vectors, whose key is not the issuer's, while it was valid."""
    derived = steps["derivedRevealDocument"]
    verified = verify(
        derived,
        now=datetime(2025, 6, 1, tzinfo=UTC),
        sources=Sources(fetch=FakeNetwork()),
        policy=UNSAFE_VECTORS,
    )

    assert _without_proof(derived) == verified.document


def test_published_base_proof_is_not_to_be_shown(steps: Steps) -> None:
    """A verifier refuses the base proof, although every signature in it fits."""
    with pytest.raises(RefusedError) as refused:
        _verify(steps["addSignedSDBase"], _key(steps.material["baseKeyPair"]).public)

    assert Code.PROOF_VERIFICATION_ERROR is refused.value.code


def test_a_shortened_proof_value_is_refused(steps: Steps) -> None:
    """Every proof value that lost characters at its end is refused."""
    key = _key(steps.material["baseKeyPair"]).public
    for lost in (1, 2, 3, 4, 100, 1000):
        derived = copy.deepcopy(steps["derivedRevealDocument"])
        derived["proof"]["proofValue"] = derived["proof"]["proofValue"][:-lost]

        with pytest.raises(RefusedError):
            _verify(derived, key)


def test_new_proofs_over_the_published_credential(steps: Steps) -> None:
    """``prCredUnsigned.json``, which nobody published a proof for, with random keys of ours."""
    signer = _key(steps.material["baseKeyPair"])
    unsigned = dict(read(steps.folder / "prCredUnsigned.json"))
    suite = replace(ECDSA_SD_2023, mandatory_pointers=tuple(steps.mandatory))
    base = suite.create(unsigned, steps.options, KeyType.P256, signer.sign)

    derived = derive({**unsigned, "proof": base}, steps.selective)

    _verify(derived, signer.public)
    assert steps["derivedUnsignedReveal"] == _without_proof(derived)


@pytest.fixture(name="badge")
def _badge(vectors_dir: Path) -> JsonObject:
    """The validator's derived badge."""
    folder = vectors_dir / "open-badges-3.0" / "validator-samples" / "valid"
    return dict(read(folder / "sd-derivedcredential.json"))


def _verify_badge(badge: JsonObject) -> VerifiedCredential:
    """All ten steps, with the issuer's document at the issuer's address: the key is the one
    that the fragment of the method names."""
    method = badge["proof"][0]["verificationMethod"]
    issuer, _, multibase = method.partition("#")
    key = {
        "id": method,
        "type": "Multikey",
        "controller": issuer,
        "publicKeyMultibase": multibase,
    }
    document = {
        "@context": ["https://www.w3.org/ns/cid/v1"],
        "id": issuer,
        "verificationMethod": [key],
        "assertionMethod": [method],
    }
    network = FakeNetwork({issuer: document})
    return verify(badge, now=datetime(2026, 11, 24, tzinfo=UTC), sources=Sources(fetch=network))


def test_the_sample_of_open_badges_verifies(badge: JsonObject) -> None:
    """The library says *verified*, and that the holder chose what to show."""
    verified = _verify_badge(badge)

    assert "https://1edtech.edu/issuers/565049" == verified.issuer
    assert _without_proof(badge) == verified.document
    assert ("The holder chose which claims to show; there may be others.",) == (
        verified.report.warnings
    )


def test_a_change_to_the_sample_of_open_badges_is_refused(badge: JsonObject) -> None:
    """One character of a claim more."""
    badge["credentialSubject"]["achievement"]["name"] += "!"

    with pytest.raises(VerificationError) as refused:
        _verify_badge(badge)

    (failed,) = (it.problem for it in refused.value.report.checks if it.problem)
    assert Code.PROOF_VERIFICATION_ERROR is failed.code
