"""The proof formats that make a token of a document, and the envelope that goes around it.

``vc+jwt`` is VC-JOSE-COSE, ``ob-jwt`` the JWT of Open Badges 3.0, ``vc+sd-jwt`` the selectively
disclosable form of the former, ``dc+sd-jwt`` an SD-JWT VC. ``kid`` is always the URL of the key.

What a holder can show in parts is bound to the holder's key (``cnf``) wherever the subject's
identifier tells it; who shows another's credential is then found out.

Leaves to others: which key that is (``issuer.holder``), making each token (``verifier.proofs``),
what may be left out of one (``issuer.projection.disclosure``), the table of formats
(``issuer.signing.formats``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from issuer.holder import build_confirmation
from issuer.projection.disclosure import as_claims, disclosable
from issuer.signing.proofs import SigningKey
from issuer.signing.unsigned import Unsigned
from verifier.model import CONTEXT_V2
from verifier.proofs.jose_build import build_ob_jwt, build_vc_jwt, unsecured
from verifier.proofs.multikey import KeyType
from verifier.proofs.sd_jwt_issue import build_sd_jwt
from verifier.strict_json import JsonObject

MakeToken = Callable[[Unsigned, SigningKey], str]

ALGORITHMS: Final[Mapping[KeyType, str]] = {
    KeyType.ED25519: "EdDSA",
    KeyType.P256: "ES256",
    KeyType.P384: "ES384",
}
"""The name of each kind of signature in a token (RFC 7518, RFC 8037)."""

ENVELOPE_TYPE: Final = "EnvelopedVerifiableCredential"


def envelope(media_type: str, token: str) -> JsonObject:
    """A token as a credential of the data model (VC Data Model 2.0, section 4.13.1)."""
    return {
        "@context": CONTEXT_V2,
        "id": f"data:{media_type},{token}",
        "type": ENVELOPE_TYPE,
    }


def token_within(signed: JsonObject) -> tuple[str, str] | None:
    """The media type and the token of an envelope that ``envelope`` made; else ``None``."""
    if signed.get("type") != ENVELOPE_TYPE:
        return None
    media_type, _, token = str(signed["id"]).removeprefix("data:").partition(",")
    return media_type, token


def make_vc_jwt(unsigned: Unsigned, key: SigningKey) -> str:
    """Raises ``RefusedError`` as ``build_vc_jwt``."""
    return build_vc_jwt(
        unsigned.document,
        algorithm=ALGORITHMS[key.key_type],
        kid=key.kid,
        sign=key.sign,
    )


def make_ob_jwt(unsigned: Unsigned, key: SigningKey) -> str:
    """Raises ``RefusedError`` as ``build_ob_jwt``."""
    return build_ob_jwt(
        unsigned.document,
        algorithm=ALGORITHMS[key.key_type],
        kid=key.kid,
        sign=key.sign,
    )


def make_vc_sd_jwt(unsigned: Unsigned, key: SigningKey) -> str:
    """The document itself as claims. Raises ``RefusedError`` as ``unsecured``, ``build_sd_jwt``
    and ``build_confirmation``."""
    header = {"alg": ALGORITHMS[key.key_type], "typ": "vc+sd-jwt", "cty": "vc"}
    return _make_sd_jwt(unsecured(unsigned.document), header, unsigned, key)


def make_dc_sd_jwt(unsigned: Unsigned, key: SigningKey) -> str:
    """A work record as plain claims. Raises ``RefusedError`` as ``build_sd_jwt`` and
    ``build_confirmation``."""
    claims = as_claims(unsigned.document, unsigned.vct)
    header = {"alg": ALGORITHMS[key.key_type], "typ": "dc+sd-jwt"}
    return _make_sd_jwt(claims, header, unsigned, key)


def _make_sd_jwt(
    claims: JsonObject, header: JsonObject, unsigned: Unsigned, key: SigningKey
) -> str:
    confirmation = build_confirmation(unsigned.document, now=unsigned.created)
    bound = claims if confirmation is None else claims | {"cnf": confirmation}
    return build_sd_jwt(
        bound,
        disclosable(bound),
        header=header | {"kid": key.kid},
        sign=key.sign,
        salts=unsigned.salts,
    )
