"""What the rest of the issuer may ask of its keys: Protocols only.

Leaves to others: where keys live (``issuer.signing.keyring`` and the module of each scheme).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from verifier.proofs.multikey import KeyType, PublicKey


class Signer(Protocol):
    """One private key. The only thing that comes out of it is signatures."""

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign ``data``: Ed25519, or ECDSA with the hash of the curve as ``r`` and ``s`` side by
        side. Raises ``OwnFaultError`` (``SIGNER_UNAVAILABLE``)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made: where its signer is, and its public half."""

    uri: str
    public_key: PublicKey


class Keyring(Protocol):
    """All keys of a deployment."""

    def create(self, name: str, key_type: KeyType) -> NewKey:
        """Make a new key of a kind for the issuer ``name``. Raises ``OwnFaultError``."""
        ...

    def signer(self, uri: str) -> Signer:
        """The signer at ``uri``, one that ``create`` gave. Raises ``OwnFaultError``
        (``KEYS_UNUSABLE``)."""
        ...

    def secret(self, purpose: str) -> bytes:
        """32 bytes that only this deployment can derive, always the same for ``purpose``."""
        ...
