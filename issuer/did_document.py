"""The issuer's DIDs, did:web or did:key, and the documents of the former (CID 1.0).

In a document stand Multikeys, under ``assertionMethod``; of an issuer whose credentials are tokens
the same keys stand there once more, as JSON Web Keys. Every key that was ever active stays there,
because credentials signed with it are still good. A did:key is its one key: it has no document
to serve and no second key.

Leaves to others: making keys (``issuer.tenants``), serving (the web).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from issuer.errors import IssuerCode, NotFoundError, RequestRefusedError
from issuer.key_urls import did_key_of, is_its_key, kid_of
from issuer.signing.formats import format_named
from issuer.store.ports import Store
from issuer.store.rows import IssuerRow, KeyRow
from verifier.dids.web import did_web
from verifier.proofs.jwk import build_jwk
from verifier.proofs.multikey import PublicKey, parse_multikey
from verifier.strict_json import JsonObject

PATH: Final = "issuers"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
_CONTEXT_OF_JWK: Final = "https://w3id.org/security/jwk/v1"


class DidMethod(StrEnum):
    """What kind of identifier an issuer has."""

    WEB = "web"
    """``did:web:HOST:issuers:NAME``: keys change, the document is fetched from us."""
    KEY = "key"
    """The key itself: nothing is fetched, and it never changes."""


def check_name(name: str) -> None:
    """Raises ``RequestRefusedError`` (``NAME_MALFORMED``) for what cannot stand in a DID."""
    if not _NAME.fullmatch(name):
        raise RequestRefusedError(
            IssuerCode.NAME_MALFORMED,
            "A name has 1 to 40 small letters, digits and hyphens, and no hyphen at an end.",
        )


def did_of(method: DidMethod, base_url: str, name: str, public_key: PublicKey) -> str:
    """The DID of a new issuer, whose first key is ``public_key``."""
    if method is DidMethod.KEY:
        return did_key_of(public_key)
    return did_web(base_url, PATH, name)


def build_did_document(issuer: IssuerRow, keys: Iterable[KeyRow]) -> JsonObject:
    """The document of ``issuer`` with all of its ``keys``, oldest first."""
    known = tuple(keys)
    methods = [_multikey(issuer, key) for key in known]
    contexts = list(_CONTEXTS)
    if format_named(issuer.proof_format).is_token:
        methods += [_json_web_key(issuer, key) for key in known]
        contexts.append(_CONTEXT_OF_JWK)
    return {
        "@context": contexts,
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _multikey(issuer: IssuerRow, key: KeyRow) -> JsonObject:
    return {
        "id": key.verification_method,
        "type": "Multikey",
        "controller": issuer.did,
        "publicKeyMultibase": key.multikey,
    }


def _json_web_key(issuer: IssuerRow, key: KeyRow) -> JsonObject:
    public_key = parse_multikey(key.multikey)
    return {
        "id": kid_of(issuer.did, public_key),
        "type": "JsonWebKey",
        "controller": issuer.did,
        "publicKeyJwk": build_jwk(public_key),
    }


def find_did_document(store: Store, name: str) -> JsonObject:
    """The document of the issuer called ``name``. Raises ``NotFoundError``, also for an issuer
    whose DID is not resolved here."""
    with store.deployment() as unit:
        issuer = unit.issuer_by_name(name)
        if issuer is None or is_its_key(issuer.did):
            raise NotFoundError("There is no such issuer.")
        return build_did_document(issuer, unit.keys_of(issuer))
