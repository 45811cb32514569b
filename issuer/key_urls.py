"""What the keys of an issuer are called.

A key has the URL that its DID document gives it. Proofs name it by its Multikey; a token names it
by the thumbprint of its JSON Web Key (VC-JOSE-COSE, section 4.2), because readers of tokens look
for ``JsonWebKey`` methods. A did:key names its one key in one way.

Leaves to others: the documents (``issuer.did_document``).
"""

from __future__ import annotations

from typing import Final

from verifier.proofs.jwk import thumbprint
from verifier.proofs.multikey import PublicKey, format_multikey

_DID_KEY: Final = "did:key:"


def did_key_of(public_key: PublicKey) -> str:
    """The did:key of a key."""
    return f"{_DID_KEY}{format_multikey(public_key)}"


def is_its_key(did: str) -> bool:
    """Whether the DID is a key, which cannot change."""
    return did.startswith(_DID_KEY)


def verification_method_of(did: str, public_key: PublicKey) -> str:
    """The URL by which a proof names the key: the DID and, as its fragment, the key itself."""
    return f"{did}#{format_multikey(public_key)}"


def kid_of(did: str, public_key: PublicKey) -> str:
    """The URL by which a token names the key."""
    if is_its_key(did):
        return verification_method_of(did, public_key)
    return f"{did}#{thumbprint(public_key)}"
