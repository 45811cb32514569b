"""The cryptosuite ``eddsa-rdfc-2022`` (Data Integrity EdDSA Cryptosuites 1.0, section 3.2).

Signs the SHA-256 of the canonical proof options, followed by the SHA-256 of the canonical
document: the proof comes first.

Leaves to others: canonical form (``verifier.jsonld``), keys, everything about time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize
from verifier.proofs.multikey import KeyType, decode_base58btc, encode_base58btc
from verifier.proofs.suite import Suite
from verifier.strict_json import JsonObject

_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class EddsaRdfc2022:
    """Ed25519 over canonical RDF."""

    cryptosuite: str = "eddsa-rdfc-2022"
    key_types: frozenset[KeyType] = frozenset({KeyType.ED25519})

    def hash_data(self, document: JsonObject, proof: JsonObject) -> bytes:
        """64 bytes, by sections 3.2.3 to 3.2.5. Raises as ``canonicalize``."""
        return _digest_of_proof(document, proof) + hashlib.sha256(canonicalize(document)).digest()

    def encode_signature(self, signature: bytes) -> str:
        """Multibase base58-btc."""
        return encode_base58btc(signature)

    def decode_signature(self, text: str) -> bytes:
        """Multibase base58-btc of exactly 64 bytes, and no other spelling."""
        signature = decode_base58btc(
            text,
            max_characters=limits.MULTIBASE_SIGNATURE_CHARACTERS,
            code=Code.PROOF_VERIFICATION_ERROR,
        )
        if len(signature) != _SIGNATURE_BYTES:
            raise RefusedError(
                Code.PROOF_VERIFICATION_ERROR, "The signature does not have 64 bytes."
            )
        return signature


def _digest_of_proof(document: JsonObject, proof: JsonObject) -> bytes:
    """The options are read with the document's context, whatever the proof says."""
    options = {**proof, "@context": document.get("@context")}
    try:
        return hashlib.sha256(canonicalize(options)).digest()
    except RefusedError as error:
        raise RefusedError(error.code, error.detail, pointer=f"/proof{error.pointer}") from error


EDDSA_RDFC_2022: Final[Suite] = EddsaRdfc2022()
