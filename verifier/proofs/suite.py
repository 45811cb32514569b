"""What a cryptosuite is (VC Data Integrity 1.0, section 3.1): how a document and the options
of a proof become the bytes that are signed, and how a signature is written.

Leaves to others: keys (``verifier.proofs.multikey``), the proof as a whole
(``verifier.proofs.data_integrity``).
"""

from __future__ import annotations

from typing import Protocol

from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject


class Suite(Protocol):
    """One cryptosuite. Implementations hold no state and no keys."""

    @property
    def cryptosuite(self) -> str:
        """The name in ``proof.cryptosuite``."""
        ...

    @property
    def key_types(self) -> frozenset[KeyType]:
        """The kinds of key that may sign."""
        ...

    def hash_data(self, document: JsonObject, proof: JsonObject) -> bytes:
        """The bytes to sign: ``document`` without its proof (or with the previous proofs of a
        chain put in), ``proof`` without ``proofValue``.

        Raises ``RefusedError`` when a part of either would not be covered.
        """
        ...

    def encode_signature(self, signature: bytes) -> str:
        """Write a signature as a ``proofValue``."""
        ...

    def decode_signature(self, text: str) -> bytes:
        """Read a ``proofValue``. Raises ``RefusedError`` (``PROOF_VERIFICATION_ERROR``)."""
        ...
