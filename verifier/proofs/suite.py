"""What a cryptosuite is (VC Data Integrity 1.0, section 3.1), and what all of them share: the
hash that belongs to a kind of key, and how a signature is written as text.

The hash follows the key and never the proof: whoever could choose it in the proof could choose
the weaker one.

Leaves to others: keys (``verifier.proofs.multikey``), the proof as a whole
(``verifier.proofs.data_integrity``), which suites there are (``verifier.proofs``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from verifier import limits
from verifier.errors import Code
from verifier.jsonld import HashName
from verifier.proofs.multikey import KeyType, PublicKey, decode_base58btc
from verifier.strict_json import JsonObject

DATA_INTEGRITY_PROOF: Final = "DataIntegrityProof"

HASH_NAMES: Final[Mapping[KeyType, HashName]] = {
    KeyType.ED25519: "sha256",
    KeyType.P256: "sha256",
    KeyType.P384: "sha384",
}
"""EdDSA 1.0, section 3; ECDSA 1.0, section 3: for P-384 every hash is SHA-384."""

Sign = Callable[[bytes], bytes]
"""From the bytes to sign to the signature: 64 bytes of Ed25519, or ``r`` and ``s`` of ECDSA."""


class Suite(Protocol):
    """One cryptosuite. Implementations hold no state and no keys."""

    @property
    def cryptosuite(self) -> str:
        """The name in ``proof.cryptosuite``, or the type of a proof from before there was one."""
        ...

    @property
    def key_types(self) -> frozenset[KeyType]:
        """The kinds of key that may sign."""
        ...

    def verify(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """Verify ``proof_value`` over ``document`` without its proof (or with the previous
        proofs of a chain put in) and ``options``, the proof without ``proofValue``.

        ``key`` is one of ``key_types``. Raises ``RefusedError`` when the signature does not
        fit or a part of either would not be covered, ``UncheckedError`` for unknown contexts.
        """
        ...

    def create(
        self, document: JsonObject, options: JsonObject, key_type: KeyType, sign: Sign
    ) -> JsonObject:
        """The whole proof over ``document`` (as in ``verify``), with ``proofValue``.

        ``options`` name the verification method, the purpose and more; the names of the suite
        are set here. Raises as ``verify`` does, before ``sign`` is asked.
        """
        ...


def decode_proof_value(text: str) -> bytes:
    """A signature in multibase base58-btc, its one spelling. Whether its length fits is the
    key's to say. Raises ``RefusedError`` (``PROOF_VERIFICATION_ERROR``)."""
    return decode_base58btc(
        text,
        max_characters=limits.MULTIBASE_SIGNATURE_CHARACTERS,
        code=Code.PROOF_VERIFICATION_ERROR,
    )
