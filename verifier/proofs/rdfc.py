"""Suites that sign statements: the canonical RDF of a document and of the proof's options.

They sign the hash of the canonical options, followed by the hash of the canonical document: the
proof comes first (Data Integrity EdDSA 1.0, sections 3.2.3 to 3.2.5; ECDSA 1.0, 3.2.3 to 3.2.5).
The hash of the key's kind is used throughout, inside the canonicalisation as well.

Leaves to others: canonical form (``verifier.jsonld``), keys, everything about time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from verifier.errors import RefusedError
from verifier.jsonld import HashName, canonicalize
from verifier.proofs.multikey import KeyType, PublicKey, encode_base58btc
from verifier.proofs.suite import DATA_INTEGRITY_PROOF, HASH_NAMES, Sign, decode_proof_value
from verifier.strict_json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RdfcSuite:
    """A signature over canonical RDF."""

    cryptosuite: str
    key_types: frozenset[KeyType]
    proof_type: str = DATA_INTEGRITY_PROOF

    def hash_data(self, document: JsonObject, options: JsonObject, key_type: KeyType) -> bytes:
        """The bytes to sign, 64 or 96 of them. Raises as ``canonicalize``."""
        hash_name = HASH_NAMES[key_type]
        plain = without_contexts_in_proofs(document)
        return digest_of_options(document, options, hash_name) + _digest(plain, hash_name)

    def verify(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """As ``Suite.verify``."""
        signature = decode_proof_value(proof_value)
        key.verify(signature, self.hash_data(document, options, key.key_type))

    def create(
        self, document: JsonObject, options: JsonObject, key_type: KeyType, sign: Sign
    ) -> JsonObject:
        """As ``Suite.create``. The options are without ``@context`` (section 3.2.1)."""
        names = {"type": self.proof_type}
        if self.proof_type == DATA_INTEGRITY_PROOF:
            names["cryptosuite"] = self.cryptosuite
        given = {name: value for name, value in options.items() if name != "@context"}
        config = {**names, **given, **names}
        signature = sign(self.hash_data(document, config, key_type))
        return {**config, "proofValue": encode_base58btc(signature)}


def _digest(document: JsonObject, hash_name: HashName) -> bytes:
    canonical = canonicalize(document, hash_name=hash_name)
    return hashlib.new(hash_name, canonical).digest()


def digest_of_options(document: JsonObject, proof: JsonObject, hash_name: HashName) -> bytes:
    """The options are read with the document's context, whatever the proof says."""
    options = {**proof, "@context": document.get("@context")}
    try:
        return _digest(options, hash_name)
    except RefusedError as error:
        raise RefusedError(error.code, error.detail, pointer=f"/proof{error.pointer}") from error


def without_contexts_in_proofs(document: JsonObject) -> JsonObject:
    """A previous proof may repeat the document's context (``data_integrity`` insists that it is
    the same one), which changes no statement; a context inside a document is refused."""
    if "proof" not in document:
        return document
    return {**document, "proof": [_without_context(proof) for proof in document["proof"]]}


def _without_context(proof: JsonValue) -> JsonObject:
    return {name: value for name, value in dict(proof).items() if name != "@context"}
