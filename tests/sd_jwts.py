"""SD-JWTs for tests: made by the code under test, and made wrong by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

from tests.signers import Ed25519TestKey
from verifier.proofs.jws import build_jws, encode_base64url
from verifier.proofs.sd_jwt import DEFAULT_HASH, digest
from verifier.proofs.sd_jwt_issue import build_sd_jwt
from verifier.strict_json import JsonObject

KEY = Ed25519TestKey.number(1)
HEADER: JsonObject = {"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": KEY.verification_method}


def numbered_salts() -> Callable[[], str]:
    """Salts that are the same in every run. Never salts to hide anything."""
    numbers = count()
    return lambda: f"salt-{next(numbers)}"


def issued(
    claims: JsonObject,
    *disclosable: str,
    decoys: int = 0,
    key: Any = KEY,
    header: JsonObject | None = None,
) -> str:
    """A token with all its disclosures."""
    return build_sd_jwt(
        claims,
        disclosable,
        header=HEADER if header is None else header,
        sign=key.sign,
        salts=numbered_salts(),
        decoys=decoys,
    )


def raw(*parts: Any) -> str:
    """A disclosure of any form."""
    return encode_base64url(json.dumps(list(parts)).encode())


def hashed(disclosure: str) -> str:
    """The digest of a disclosure."""
    return digest(disclosure, DEFAULT_HASH)


def token(
    payload: JsonObject,
    *disclosures: str,
    end: str = "",
    key: Any = KEY,
    header: JsonObject | None = None,
) -> str:
    """A token signed over a payload of any form."""
    jwt = build_jws(HEADER if header is None else header, json.dumps(payload).encode(), key.sign)
    return "~".join([jwt, *disclosures, end])
