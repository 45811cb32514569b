"""What a holder does with an SD-JWT (RFC 9901, sections 5.2, 7.2 and 4.3): take it from the
issuer, choose what to show, bind it to one verifier with the holder's key.

Leaves to others: verifying the issuer's signature (``verifier.verify``), keys (``sign``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import datetime

from verifier.errors import Code, RefusedError
from verifier.proofs.jws import build_jws
from verifier.proofs.sd_jwt import KEY_BINDING_TYP, SdJwt, open_payload, parse_sd_jwt, sd_hash


def receive(text: str) -> SdJwt:
    """What an issuer gave. A key binding in it would be somebody else's (section 7.2).

    Raises ``RefusedError`` (``INVALID_KEY_BINDING``), and as ``parse_sd_jwt`` and
    ``open_payload`` do. The signature is not verified here.
    """
    token = parse_sd_jwt(text)
    if token.key_binding is not None:
        raise RefusedError(Code.INVALID_KEY_BINDING, "The token was bound for somebody already.")
    open_payload(token.unverified_payload, token.disclosures)
    return token


def present(text: str, reveal: Collection[str]) -> str:
    """``text`` with those disclosures alone that show ``reveal``.

    ``reveal`` are JSON Pointers into the claims as they are with every disclosure of ``text``;
    what stands around a claim that is shown is shown with it, what stands hidden inside it is
    not. Raises ``RefusedError``: ``MALFORMED_VALUE_ERROR`` for a pointer to nothing that is
    hidden, otherwise as ``receive``.
    """
    token = receive(text)
    disclosed = open_payload(token.unverified_payload, token.disclosures).disclosed
    for pointer in reveal:
        if pointer not in disclosed:
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR, "There is no such hidden claim.", pointer=pointer
            )
    shown = {
        item.text
        for place, item in disclosed.items()
        if any(pointer == place or pointer.startswith(f"{place}/") for pointer in reveal)
    }
    kept = (item.text for item in token.disclosures if item.text in shown)
    return "~".join([text.partition("~")[0], *kept, ""])


def bind(
    text: str,
    *,
    audience: str,
    nonce: str,
    now: datetime,
    algorithm: str,
    sign: Callable[[bytes], bytes],
) -> str:
    """``text`` with a key binding token for ``audience`` and ``nonce`` (section 4.3).

    ``sign`` uses the key in the token's ``cnf``. Raises as ``receive``.
    """
    token = receive(text)
    payload = {
        "iat": int(now.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": sd_hash(token),
    }
    header = {"alg": algorithm, "typ": KEY_BINDING_TYP}
    return text + build_jws(header, json.dumps(payload).encode(), sign)
