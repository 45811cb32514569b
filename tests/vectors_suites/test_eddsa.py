"""W3C Data Integrity EdDSA Cryptosuites 1.0: every published file of eddsa-rdfc-2022."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path

import base58
import pytest

from tests.signers import Ed25519TestKey
from verifier.errors import CheckError
from verifier.jsonld import canonicalize
from verifier.proofs.data_integrity import parse_proofs, secure, verify_proof
from verifier.proofs.eddsa import EDDSA_RDFC_2022
from verifier.proofs.multikey import KeyType, encode_base58btc, parse_multikey
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.vectors


@pytest.fixture(name="folder")
def _folder(vectors_dir: Path) -> Path:
    return vectors_dir / "vc-di-eddsa"


def _json(path: Path) -> JsonObject:
    return parse_json_object(path.read_bytes())


def _key(pair: JsonObject) -> Ed25519TestKey:
    """``privateKeyMultibase`` is two bytes of multicodec before the seed."""
    key = Ed25519TestKey(base58.b58decode(pair["privateKeyMultibase"][1:])[2:])
    assert key.multibase == pair["publicKeyMultibase"]
    return key


def _verify(document: JsonObject) -> None:
    proofs = parse_proofs(document)
    for proof in proofs:
        key = parse_multikey(proof.verification_method.partition("#")[2])
        verify_proof(proof, document, proofs, key)


def test_every_intermediate_step(folder: Path) -> None:
    """Canonical forms, hashes and signature are byte for byte the published ones."""
    steps = folder / "eddsa-rdfc-2022"
    unsigned = _json(folder / "unsigned.json")
    config = _json(steps / "proofConfigDataInt.json")
    canonical_document, canonical_proof = canonicalize(unsigned), canonicalize(config)
    del config["@context"]
    data = EDDSA_RDFC_2022.hash_data(unsigned, config, KeyType.ED25519)
    signature = _key(_json(folder / "keyPair.json")).sign(data)

    assert (steps / "canonDocDataInt.txt").read_bytes() == canonical_document
    assert (steps / "proofCanonDataInt.txt").read_bytes() == canonical_proof
    for name, value in {
        "docHash": hashlib.sha256(canonical_document).hexdigest(),
        "proofHash": hashlib.sha256(canonical_proof).hexdigest(),
        "combinedHash": data.hex(),
        "sigHex": signature.hex(),
        "sigBTC58": encode_base58btc(signature),
    }.items():
        assert (steps / f"{name}DataInt.txt").read_text("ascii").strip() == value


def test_created_document_is_the_published_one(folder: Path) -> None:
    """Securing the unsigned credential gives exactly the published secured one."""
    key = _key(_json(folder / "keyPair.json"))
    options = _json(folder / "eddsa-rdfc-2022" / "proofConfigDataInt.json")
    del options["@context"]
    secured = secure(
        _json(folder / "unsigned.json"), options, key.sign, EDDSA_RDFC_2022, KeyType.ED25519
    )

    assert _json(folder / "eddsa-rdfc-2022" / "signedDataInt.json") == secured


def test_published_document_verifies(folder: Path) -> None:
    """The published secured credential verifies with the key its did:key names."""
    document = _json(folder / "eddsa-rdfc-2022" / "signedDataInt.json")

    _verify(document)


def _set(*path: str, to: object) -> Callable[[JsonObject], None]:
    def change(document: JsonObject) -> None:
        place = document
        for step in path[:-1]:
            place = place[step]
        assert place.get(path[-1]) != to
        place[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("credentialSubject", "alumniOf", to="The School of Other Examples"),
        _set("credentialSubject", "id", to="did:example:other"),
        _set("issuer", to="https://vc.example/issuers/5679"),
        _set("validFrom", to="2024-01-01T00:00:00Z"),
        _set("name", to="Other credential"),
        _set("description", to=None),
        _set("type", to=["VerifiableCredential"]),
        _set("extra", to="member"),
        _set("proof", "created", to="2024-02-24T23:36:38Z"),
        _set("proof", "proofPurpose", to="authentication"),
        _set("proof", "expires", to="2099-01-01T00:00:00Z"),
        _set("proof", "cryptosuite", to="eddsa-jcs-2022"),
        _set("proof", "type", to="Ed25519Signature2020"),
        _set("proof", "nonce", to="n"),
        _set("proof", "extra", to="member"),
        _set("proof", "verificationMethod", to=Ed25519TestKey.number(1).verification_method),
        _set("proof", "proofValue", to="z" + "1" * 64),
    ],
)
def test_every_tamper_is_refused(folder: Path, change: Callable[[JsonObject], None]) -> None:
    """One change anywhere in the document or in the proof, and nothing verifies."""
    document = _json(folder / "eddsa-rdfc-2022" / "signedDataInt.json")
    change(document)

    with pytest.raises(CheckError):
        _verify(document)


def test_every_character_of_the_signature_counts(folder: Path) -> None:
    """Changing any one character of the proof value is refused."""
    document = _json(folder / "eddsa-rdfc-2022" / "signedDataInt.json")
    value = document["proof"]["proofValue"]
    for n, character in enumerate(value):
        changed = copy.deepcopy(document)
        other = "2" if character != "2" else "3"
        changed["proof"]["proofValue"] = value[:n] + other + value[n + 1 :]

        with pytest.raises(CheckError):
            _verify(changed)


@pytest.mark.parametrize("name", ["signedProofSet1.json", "signedProofSet2.json"])
def test_proof_sets_verify(folder: Path, name: str) -> None:
    """Every proof of the published sets verifies."""
    document = _json(folder / "proof-set-chain" / name)

    _verify(document)


def test_proof_sets_are_created_as_published(folder: Path) -> None:
    """Adding the two proofs of the published set gives the published set."""
    chain = folder / "proof-set-chain"
    pairs = _json(chain / "multiKeyPairs.json")
    keys = {pair["publicKeyMultibase"]: _key(pair) for pair in pairs.values()}
    secured = _json(chain / "unsigned.json")
    for name in ("proofSetConfig1.json", "proofSetConfig2.json"):
        options = _json(chain / name)
        options.pop("@context", None)
        key = keys[options["verificationMethod"].partition("#")[2]]
        secured = secure(secured, options, key.sign, EDDSA_RDFC_2022, KeyType.ED25519)

    assert _json(chain / "signedProofSet2.json") == secured
