"""did:key: an identifier that is its own key (did:key method, draft of November 2025).

Only the plain form ``did:key:z…``. Such a key cannot be changed or withdrawn, which suits
tests and conformance, not issuers that live for long.

Leaves to others: the key itself (``verifier.proofs.multikey``).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from verifier.dids.document import RELATIONSHIPS, DidDocument
from verifier.errors import Code, RefusedError
from verifier.proofs.multikey import KeyType, PublicKey, format_multikey, parse_multikey
from verifier.sources import Fetch

CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")

_PREFIX: Final = "did:key:"
_BODY = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")
_SIGNING: Final = tuple(name for name in RELATIONSHIPS if name != "keyAgreement")


def did_key(key: PublicKey) -> str:
    """The identifier of ``key``."""
    return f"{_PREFIX}{format_multikey(key)}"


def resolve_did_key(did: str, _fetch: Fetch, _now: datetime) -> DidDocument:
    """The document of ``did``, made from the identifier alone.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL``) for another form, the form with
    a version included, and as ``parse_multikey`` does for the key.
    """
    body = did.removeprefix(_PREFIX)
    if _BODY.fullmatch(body) is None:
        raise RefusedError(
            Code.INVALID_VERIFICATION_METHOD_URL, "The did:key identifier does not hold a key."
        )
    key = parse_multikey(body)
    url = f"{did}#{body}"
    method = {"id": url, "type": "Multikey", "controller": did, "publicKeyMultibase": body}
    names = ("keyAgreement",) if key.key_type is KeyType.X25519 else _SIGNING
    return DidDocument(
        id=did,
        raw={
            "@context": list(CONTEXTS),
            "id": did,
            "verificationMethod": [method],
            **{name: [url] for name in names},
        },
        methods={url: method},
        listed={name: frozenset({url}) for name in names},
    )


def check_fragment(did: str, fragment: str) -> None:
    """The fragment repeats the key. A resolver that read the key from the fragment would let
    anybody sign as anybody. Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL``)."""
    if fragment != did.removeprefix(_PREFIX):
        raise RefusedError(
            Code.INVALID_VERIFICATION_METHOD_URL, "The key and the identifier do not match."
        )
