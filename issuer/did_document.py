"""The issuer's DID documents: did:web, Multikey, ``assertionMethod`` (did:web; CID 1.0).

Every key that was ever active stays in the document, because credentials signed with it are
still good. Leaves to others: making keys (``issuer.tenants``), serving (the web).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from issuer.errors import IssuerCode, NotFoundError, RequestRefusedError
from issuer.store.ports import Store
from issuer.store.rows import IssuerRow, KeyRow
from verifier.dids.web import did_web
from verifier.proofs.multikey import PublicKey, format_multikey
from verifier.strict_json import JsonObject

PATH: Final = "issuers"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")


def did_of(base_url: str, name: str) -> str:
    """``did:web:HOST:issuers:NAME``. Raises ``RequestRefusedError`` (``NAME_MALFORMED``)."""
    if not _NAME.fullmatch(name):
        raise RequestRefusedError(
            IssuerCode.NAME_MALFORMED,
            "A name has 1 to 40 small letters, digits and hyphens, and no hyphen at an end.",
        )
    return did_web(base_url, PATH, name)


def verification_method_of(did: str, public_key: PublicKey) -> str:
    """The URL of a key: the DID and, as its fragment, the key itself."""
    return f"{did}#{format_multikey(public_key)}"


def build_did_document(issuer: IssuerRow, keys: Iterable[KeyRow]) -> JsonObject:
    """The document of ``issuer`` with all of its ``keys``, oldest first."""
    methods = [
        {
            "id": key.verification_method,
            "type": "Multikey",
            "controller": issuer.did,
            "publicKeyMultibase": key.multikey,
        }
        for key in keys
    ]
    return {
        "@context": list(_CONTEXTS),
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def find_did_document(store: Store, name: str) -> JsonObject:
    """The document of the issuer called ``name``. Raises ``NotFoundError``."""
    with store.deployment() as unit:
        issuer = unit.issuer_by_name(name)
        if issuer is None:
            raise NotFoundError("There is no such issuer.")
        return build_did_document(issuer, unit.keys_of(issuer))
