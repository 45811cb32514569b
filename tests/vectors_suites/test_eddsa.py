"""W3C Data Integrity EdDSA Cryptosuites 1.0: every published file of every suite."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import base58
import pytest

from tests.signers import Ed25519TestKey
from tests.vectors_suites.published_steps import TAMPERS, Hashing, Steps, tampered, verify_proofs
from tests.vectors_suites.reading import read
from verifier.errors import CheckError
from verifier.proofs.data_integrity import secure
from verifier.proofs.ed25519_2020 import ED25519_SIGNATURE_2020
from verifier.proofs.eddsa import EDDSA_JCS_2022, EDDSA_RDFC_2022
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors

SUITES: dict[str, tuple[str, Hashing]] = {
    "eddsa-rdfc-2022": ("DataInt", EDDSA_RDFC_2022),
    "eddsa-jcs-2022": ("JCS", EDDSA_JCS_2022),
    "Ed25519Signature2020": ("EdSig", ED25519_SIGNATURE_2020),
}


@pytest.fixture(name="folder")
def _folder(vectors_dir: Path) -> Path:
    return vectors_dir / "vc-di-eddsa"


@pytest.fixture(name="steps", params=SUITES)
def _steps(request: pytest.FixtureRequest, folder: Path) -> Steps:
    suffix, suite = SUITES[request.param]
    return Steps(
        folder=folder / request.param,
        suffix=suffix,
        suite=suite,
        key=_key(dict(read(folder / "keyPair.json"))),
    )


def _key(pair: JsonObject) -> Ed25519TestKey:
    """``privateKeyMultibase`` is two bytes of multicodec before the seed."""
    key = Ed25519TestKey(base58.b58decode(pair["privateKeyMultibase"][1:])[2:])
    assert key.multibase == pair["publicKeyMultibase"]
    return key


def test_every_intermediate_step(steps: Steps) -> None:
    """Canonical forms, hashes and signature are byte for byte the published ones."""
    published, computed = steps.published(), steps.computed()

    assert {name: value.strip() for name, value in published.items()} == {
        name: value.strip() for name, value in computed.items()
    }


def test_created_document_is_the_published_one(steps: Steps) -> None:
    """Securing the unsigned credential gives exactly the published secured one."""
    assert steps.signed == steps.created()


def test_the_unsigned_document_gets_what_it_lacks(folder: Path, steps: Steps) -> None:
    """The one unsigned credential and the suite's own context make the published document."""
    unsigned = dict(read(folder / "unsigned.json"))
    options = {name: value for name, value in steps.config.items() if name != "@context"}

    assert steps.signed == secure(unsigned, options, steps.key.sign, steps.suite, KeyType.ED25519)


def test_published_document_verifies(steps: Steps) -> None:
    """The published secured credential verifies with the key its did:key names."""
    verify_proofs(steps.signed)


@pytest.mark.parametrize(("path", "to"), TAMPERS.items(), ids=lambda it: str(it)[:40])
def test_every_tamper_is_refused(steps: Steps, path: tuple[str, ...], to: Any) -> None:
    """One change anywhere in the document or in the proof, and nothing verifies."""
    changed = tampered(steps.signed, path, to)

    with pytest.raises(CheckError):
        verify_proofs(changed)


def test_a_strangers_key_is_refused(steps: Steps) -> None:
    """A proof that names another key does not verify with it."""
    stranger = Ed25519TestKey.number(1).verification_method
    changed = tampered(steps.signed, ("proof", "verificationMethod"), stranger)

    with pytest.raises(CheckError):
        verify_proofs(changed)


def test_every_character_of_the_signature_counts(steps: Steps) -> None:
    """Changing any one character of the proof value is refused."""
    document = steps.signed
    value = document["proof"]["proofValue"]
    for n, character in enumerate(value):
        changed = copy.deepcopy(document)
        other = "2" if character != "2" else "3"
        changed["proof"]["proofValue"] = value[:n] + other + value[n + 1 :]

        with pytest.raises(CheckError):
            verify_proofs(changed)


@pytest.mark.parametrize("name", ["signedProofSet1.json", "signedProofSet2.json"])
def test_proof_sets_verify(folder: Path, name: str) -> None:
    """Every proof of the published sets verifies."""
    verify_proofs(dict(read(folder / "proof-set-chain" / name)))


def test_proof_sets_are_created_as_published(folder: Path) -> None:
    """Adding the two proofs of the published set gives the published set, proof by proof."""
    chain = folder / "proof-set-chain"
    pairs = dict(read(chain / "multiKeyPairs.json"))
    keys = {pair["publicKeyMultibase"]: _key(pair) for pair in pairs.values()}
    secured = dict(read(chain / "unsigned.json"))
    made = []
    for name in ("proofSetConfig1.json", "proofSetConfig2.json"):
        options = dict(read(chain / name))
        options.pop("@context", None)
        key = keys[options["verificationMethod"].partition("#")[2]]
        secured = secure(secured, options, key.sign, EDDSA_RDFC_2022, KeyType.ED25519)
        made.append(
            secured["proof"][-1] if isinstance(secured["proof"], list) else secured["proof"]
        )

    assert dict(read(chain / "signedProofSet2.json")) == secured
    assert [
        read(chain / "proofSetConfigSigned1.json"),
        read(chain / "proofSetConfigSigned2.json"),
    ] == made
