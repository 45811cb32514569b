"""Keys for tests, and documents secured with them through the code that is under test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.proofs.data_integrity import secure
from verifier.proofs.eddsa import EDDSA_RDFC_2022
from verifier.proofs.multikey import KeyType, PublicKey, format_multikey
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True)
class Ed25519TestKey:
    """A key from a seed that everybody can read here. Never a key to trust."""

    seed: bytes

    @classmethod
    def number(cls, number: int) -> Ed25519TestKey:
        """The key with this number: the same in every run."""
        return cls(number.to_bytes(32, "big"))

    @property
    def public(self) -> PublicKey:
        raw = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return PublicKey(key_type=KeyType.ED25519, raw=raw)

    @property
    def multibase(self) -> str:
        return format_multikey(self.public)

    @property
    def did(self) -> str:
        """The did:key of the key."""
        return f"did:key:{self.multibase}"

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.multibase}"

    def sign(self, data: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(data)


def secure_document(document: JsonObject, key: Ed25519TestKey, **options: Any) -> JsonObject:
    """A copy of ``document`` with one more eddsa-rdfc-2022 proof by ``key``. ``options``
    replace or add members of the proof; ``None`` leaves one out."""
    proof = {
        "verificationMethod": key.verification_method,
        "proofPurpose": "assertionMethod",
        "created": "2026-03-24T12:00:00Z",
        **options,
    }
    given = {name: value for name, value in proof.items() if value is not None}
    return secure(document, given, key.sign, EDDSA_RDFC_2022)
