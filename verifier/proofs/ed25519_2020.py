"""Proofs of the type ``Ed25519Signature2020``, from before there were cryptosuites (W3C
Credentials Community Group, *Ed25519Signature2020*; Data Integrity EdDSA 1.0, its vectors).

Signed as ``eddsa-rdfc-2022`` is. Three things differ: the proof names no cryptosuite, ``created``
is mandatory, and a context of its own has to be in the document. The context is insisted on by
its address: that another one happens to define the word is no agreement on what was signed.

``Ed25519Signature2018``, a detached JWS, is not read.

Leaves to others: how documents are transformed and hashed (``verifier.proofs.rdfc``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.errors import Code, RefusedError
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.proofs.rdfc import RdfcSuite
from verifier.proofs.suite import Sign
from verifier.strict_json import JsonObject

CONTEXT: Final = "https://w3id.org/security/suites/ed25519-2020/v1"
_NAME: Final = "Ed25519Signature2020"
_RDFC: Final = RdfcSuite(
    cryptosuite=_NAME, key_types=frozenset({KeyType.ED25519}), proof_type=_NAME
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ed25519Signature2020:
    """Ed25519 over canonical RDF, under its old name."""

    cryptosuite: str = _NAME
    key_types: frozenset[KeyType] = _RDFC.key_types

    def hash_data(self, document: JsonObject, options: JsonObject, key_type: KeyType) -> bytes:
        """The 64 bytes to sign. Raises as ``canonicalize``, and for what a proof of this
        kind has to have."""
        _check(document, options)
        return _RDFC.hash_data(document, options, key_type)

    def verify(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """As ``Suite.verify``."""
        _check(document, options)
        _RDFC.verify(document, options, proof_value, key)

    def create(
        self, document: JsonObject, options: JsonObject, key_type: KeyType, sign: Sign
    ) -> JsonObject:
        """As ``Suite.create``; ``created`` has to be among the options."""
        _check(document, options)
        return _RDFC.create(document, options, key_type, sign)


def _check(document: JsonObject, options: JsonObject) -> None:
    context = document.get("@context")
    if "created" not in options:
        raise _refused("A proof of this kind says when it was made.", "/proof/created")
    if "cryptosuite" in options:
        raise _refused("A proof of this kind names no cryptosuite.", "/proof/cryptosuite")
    if CONTEXT not in (context if isinstance(context, list) else [context]):
        raise _refused("The document lacks the context of this kind of proof.", "/@context")


def _refused(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.PROOF_VERIFICATION_ERROR, detail, pointer=pointer)


ED25519_SIGNATURE_2020: Final = Ed25519Signature2020()
