"""Making tokens of credentials and presentations, the counterpart of ``verifier.proofs.jose``.

Two profiles for credentials: ``vc+jwt`` (VC-JOSE-COSE, section 3.1.1), whose payload is the
document and nothing else, and the ``JWT`` of Open Badges 3.0, which repeats five members as
claims. ``kid`` is always the URL of the key, so that a verifier need not guess.

Leaves to others: whether the document is one that should be signed (the issuer's rehearsal), keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

from verifier.date_time_stamp import Instant
from verifier.errors import Code, RefusedError
from verifier.model import Credential, is_absolute_url, parse_credential, parse_presentation
from verifier.proofs.jose_claims import REGISTERED, subject_ids
from verifier.proofs.jws import build_jws
from verifier.strict_json import JsonObject

SIGNING_ALGORITHMS: Final = frozenset({"EdDSA", "Ed25519", "ES256", "ES384"})
"""What is signed with. RS256 and ES512 are verified only."""

Sign = Callable[[bytes], bytes]


def build_vc_jwt(document: JsonObject, *, algorithm: str, kid: str, sign: Sign) -> str:
    """A ``vc+jwt`` of ``document``. ``sign`` returns a signature in JOSE's form.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for what is no credential or has a member
    that a reader would take for a claim, ``ValueError`` for another algorithm or ``kid``.
    """
    parse_credential(unsecured(document))
    header = _header(algorithm, kid) | {"typ": "vc+jwt", "cty": "vc"}
    return build_jws(header, _payload(document), sign)


def build_ob_jwt(document: JsonObject, *, algorithm: str, kid: str, sign: Sign) -> str:
    """The token of Open Badges 3.0 ("Create the JWT payload"). Raises as ``build_vc_jwt``; the
    standard needs ``id`` and ``validFrom``."""
    credential = parse_credential(unsecured(document))
    header = _header(algorithm, kid) | {"typ": "JWT"}
    return build_jws(header, _payload(document | _open_badges_claims(credential)), sign)


def build_vp_jwt(
    document: JsonObject,
    *,
    algorithm: str,
    kid: str,
    sign: Sign,
    audience: str | Sequence[str] | None,
    nonce: str | None,
) -> str:
    """A ``vp+jwt`` of ``document`` for one occasion: ``nonce`` is what a verifier asked with,
    ``audience`` who asked. Raises as ``build_vc_jwt``."""
    parse_presentation(unsecured(document))
    several = audience if audience is None or isinstance(audience, str) else list(audience)
    claims = {"aud": several, "nonce": nonce}
    given = {name: value for name, value in claims.items() if value is not None}
    header = _header(algorithm, kid) | {"typ": "vp+jwt", "cty": "vp"}
    return build_jws(header, _payload(document | given), sign)


def unsecured(document: JsonObject) -> JsonObject:
    """``document``, which may become the payload of a token: ``vc``, ``vp`` and claims have
    another meaning there than in a document.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for one that has such a member, or a proof.
    """
    for name in sorted({"proof", "vc", "vp"} | REGISTERED):
        if name in document:
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR,
                f"A document to be signed as a token has no member {name}.",
                pointer=f"/{name}",
            )
    return document


def _open_badges_claims(credential: Credential) -> JsonObject:
    if credential.id is None or credential.valid_from is None:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, "An Open Badges token needs an id and a validFrom."
        )
    claims: JsonObject = {
        "iss": credential.issuer,
        "jti": credential.id,
        "nbf": _seconds(credential.valid_from),
    }
    ids = subject_ids(credential.document)
    if len(ids) == 1 and ids[0] is not None:
        claims["sub"] = ids[0]
    if credential.valid_until is not None:
        claims["exp"] = _seconds(credential.valid_until)
    return claims


def _seconds(instant: Instant) -> int:
    seconds = int(instant.at.timestamp() // 1)
    if seconds < 0:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, "A token cannot name a time before the year 1970."
        )
    return seconds


def _header(algorithm: str, kid: str) -> JsonObject:
    if algorithm not in SIGNING_ALGORITHMS:
        raise ValueError(f"not an algorithm to sign with: {algorithm!r}")
    if not is_absolute_url(kid):
        raise ValueError(f"not the URL of a key: {kid!r}")
    return {"alg": algorithm, "kid": kid}


def _payload(document: JsonObject) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
