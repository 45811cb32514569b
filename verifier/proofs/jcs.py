"""Suites that sign JSON: the RFC 8785 form of a document and of the proof's options
(Data Integrity EdDSA 1.0, section 3.3; ECDSA 1.0, section 3.3).

The proof says which context it was made with, and that context is signed. The standard lets a
document arrive with further contexts behind those; the signature then covers the document with
the shorter list, and only that document counts (``verifier.proofs.signed_context``).

A signature over JSON covers members that no context defines. They are refused all the same:
other software reads these documents as linked data and would drop them, so one credential would
say more to one reader than to another. What has no ``@context`` at all is no linked data, and
nothing of the kind is asked of it.

Leaves to others: keys, what a term may be called (``verifier.jsonld``), everything about time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import rfc8785

from verifier.errors import Code, RefusedError
from verifier.jsonld import HashName, build_statements
from verifier.proofs.multikey import KeyType, PublicKey, encode_base58btc
from verifier.proofs.rdfc import without_contexts_in_proofs
from verifier.proofs.suite import DATA_INTEGRITY_PROOF, HASH_NAMES, Sign, decode_proof_value
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class JcsSuite:
    """A signature over canonical JSON."""

    cryptosuite: str
    key_types: frozenset[KeyType]

    def hash_data(self, document: JsonObject, options: JsonObject, key_type: KeyType) -> bytes:
        """The bytes to sign, 64 or 96 of them: the hash of the options, then that of the
        document. Raises ``RefusedError``, and ``UncheckedError`` for an unknown context."""
        if "@context" in document:
            build_statements(without_contexts_in_proofs(document))
        hash_name = HASH_NAMES[key_type]
        return _digest(options, hash_name) + _digest(document, hash_name)

    def verify(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """As ``Suite.verify``; the document is taken with the context in ``options``."""
        signature = decode_proof_value(proof_value)
        signed = _with_context_of_proof(document, options)
        key.verify(signature, self.hash_data(signed, options, key.key_type))

    def create(
        self, document: JsonObject, options: JsonObject, key_type: KeyType, sign: Sign
    ) -> JsonObject:
        """As ``Suite.create``; the proof repeats the document's context."""
        context = {"@context": document["@context"]} if "@context" in document else {}
        names = {"type": DATA_INTEGRITY_PROOF, "cryptosuite": self.cryptosuite}
        config = {**context, **names, **options, **names, **context}
        signature = sign(self.hash_data(document, config, key_type))
        return {**config, "proofValue": encode_base58btc(signature)}


def starts_with(context: object, beginning: object) -> bool:
    """Whether the list ``context`` begins with ``beginning``, in that order (section 3.3.2,
    step 3). One entry may stand without a list."""
    entries = context if isinstance(context, list) else [context]
    first = beginning if isinstance(beginning, list) else [beginning]
    return entries[: len(first)] == first


def _with_context_of_proof(document: JsonObject, options: JsonObject) -> JsonObject:
    if "@context" not in options:
        return document
    if not starts_with(document.get("@context"), options["@context"]):
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR,
            "The document's contexts are not those that were signed.",
            pointer="/@context",
        )
    return {**document, "@context": options["@context"]}


def _digest(value: JsonObject, hash_name: HashName) -> bytes:
    try:
        return hashlib.new(hash_name, rfc8785.dumps(value)).digest()
    except rfc8785.CanonicalizationError as error:
        raise RefusedError(
            Code.PROOF_TRANSFORMATION_ERROR, "The document has no canonical form."
        ) from error
