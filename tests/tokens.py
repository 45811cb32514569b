"""Tokens for tests, secured with the numbered test keys.

Headers and payloads are written as they are given, wrong ones too: what refuses them is under
test. Leaves to others: the keys (``tests.signers``).
"""

from __future__ import annotations

import json
from typing import Any

from tests.signers import Signing
from verifier.proofs.jws import build_jws
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject

ALGORITHM_OF = {
    KeyType.ED25519: "EdDSA",
    KeyType.P256: "ES256",
    KeyType.P384: "ES384",
    KeyType.P521: "ES512",
    KeyType.RSA: "RS256",
}


def header_of(key: Signing, **parameters: Any) -> JsonObject:
    """``alg`` and ``kid`` of ``key``, with ``parameters``; ``...`` leaves one out."""
    header = {"alg": ALGORITHM_OF[key.public.key_type], "kid": key.verification_method}
    return {name: value for name, value in (header | parameters).items() if value is not ...}


def jwt(payload: JsonObject | bytes, key: Signing, **header: Any) -> str:
    """A compact token by ``key`` with exactly this payload."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return build_jws(header_of(key, **header), data, key.sign)


def vc_jwt(document: JsonObject, key: Signing, **header: Any) -> str:
    """A ``vc+jwt`` (VC-JOSE-COSE)."""
    return jwt(document, key, **{"typ": "vc+jwt", "cty": "vc"} | header)


def vp_jwt(document: JsonObject, key: Signing, **header: Any) -> str:
    """A ``vp+jwt`` (VC-JOSE-COSE)."""
    return jwt(document, key, **{"typ": "vp+jwt", "cty": "vp"} | header)


def enveloped(token: str, kind: str = "Credential", media_type: str = "application/vc+jwt") -> Any:
    """A token in its envelope (VC Data Model 2.0, sections 4.13.1 and 4.13.2)."""
    return {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": f"EnvelopedVerifiable{kind}",
        "id": f"data:{media_type},{token}",
    }
