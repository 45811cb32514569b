"""W3C Data Integrity ECDSA Cryptosuites 1.0: every published file of ecdsa-rdfc-2019 and
ecdsa-jcs-2019, on P-256 and P-384. The published signatures were made after RFC 6979."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import base58
import pytest

from tests.signers import EcTestKey
from tests.vectors_suites.published_steps import TAMPERS, Hashing, Steps, tampered, verify_proofs
from tests.vectors_suites.reading import read
from verifier.errors import CheckError
from verifier.proofs.ecdsa import ECDSA_JCS_2019, ECDSA_RDFC_2019
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors

FAMILIES: dict[str, tuple[str, Hashing, KeyType]] = {
    "ecdsa-rdfc-2019-p256": ("ECDSAP256", ECDSA_RDFC_2019, KeyType.P256),
    "ecdsa-rdfc-2019-p384": ("ECDSAP384", ECDSA_RDFC_2019, KeyType.P384),
    "ecdsa-jcs-2019-p256": ("JCSECDSAP256", ECDSA_JCS_2019, KeyType.P256),
    "ecdsa-jcs-2019-p384": ("JCSECDSAP384", ECDSA_JCS_2019, KeyType.P384),
}


@pytest.fixture(name="folder")
def _folder(vectors_dir: Path) -> Path:
    return vectors_dir / "vc-di-ecdsa"


@pytest.fixture(name="steps", params=FAMILIES)
def _steps(request: pytest.FixtureRequest, folder: Path) -> Steps:
    suffix, suite, key_type = FAMILIES[request.param]
    pair = dict(read(folder / f"{key_type.name.lower()}KeyPair.json"))
    return Steps(
        folder=folder / request.param, suffix=suffix, suite=suite, key=_key(pair, key_type)
    )


def _key(pair: JsonObject, key_type: KeyType) -> EcTestKey:
    """``secretKeyMultibase`` is two bytes of multicodec before the secret number."""
    secret = base58.b58decode(pair["secretKeyMultibase"][1:])[2:]
    key = EcTestKey(int.from_bytes(secret, "big"), key_type)
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


def test_the_unsigned_document_is_the_one_that_is_signed(folder: Path, steps: Steps) -> None:
    """Nothing is added to the credential but the proof."""
    assert read(folder / "unsigned.json") == steps.unsigned


def test_published_document_verifies(steps: Steps) -> None:
    """The published secured credential verifies with the key its did:key names."""
    verify_proofs(steps.signed)


@pytest.mark.parametrize(("path", "to"), TAMPERS.items(), ids=lambda it: str(it)[:40])
def test_every_tamper_is_refused(steps: Steps, path: tuple[str, ...], to: Any) -> None:
    """One change anywhere in the document or in the proof, and nothing verifies."""
    changed = tampered(steps.signed, path, to)

    with pytest.raises(CheckError):
        verify_proofs(changed)


@pytest.mark.parametrize("key_type", [KeyType.P256, KeyType.P384])
def test_a_strangers_key_is_refused(steps: Steps, key_type: KeyType) -> None:
    """A proof that names another key, on this curve or the other, does not verify with it."""
    stranger = EcTestKey.number(1, key_type).verification_method
    changed = tampered(steps.signed, ("proof", "verificationMethod"), stranger)

    with pytest.raises(CheckError):
        verify_proofs(changed)
