"""Credentials and presentations secured as compact JSON Web Signatures.

Four kinds, told apart by ``typ`` first and by the shape of the payload second, each with one
reader, so that no token is read in two ways:

* ``vc+jwt`` and ``vp+jwt`` (VC-JOSE-COSE, section 3.1): the payload is the document.
* ``JWT`` or no ``typ``, with ``@context`` in the payload (Open Badges 3.0): the payload is the
  credential, and repeats five of its members as claims.
* ``JWT`` or no ``typ``, with ``vc`` or ``vp`` in it (data model 1.1, section 6.3.1): the claims
  stand for members that are left out.

Every other ``typ`` is a token that was signed for something else, and is refused. The signature
covers the JSON as it is, so members that no context defines are covered too. A key, certificate
or address in the header decides nothing: the key is looked for among the signer's own.

Leaves to others: the form of tokens (``verifier.proofs.jws``), claims (``jose_claims``), whose key
it is (``verifier.dids.keys``), making tokens (``jose_build``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from verifier.proofs.jose_build import build_ob_jwt, build_vc_jwt, build_vp_jwt
from verifier.proofs.jose_claims import Claims
from verifier.proofs.jose_credentials import (
    OPEN_BADGES,
    VC_JWT,
    CredentialForm,
    CredentialToken,
    wrapped_form,
)
from verifier.proofs.jose_presentations import PresentationToken, unwrap_vp
from verifier.proofs.jose_token import (
    JoseSignature,
    check_content_type,
    malformed,
    read_hint,
    whole_payload,
)
from verifier.proofs.jws import Jws, parse_jws
from verifier.secured import Format, Secured
from verifier.strict_json import JsonObject, parse_json_object

__all__ = [
    "VC_JWT",
    "CredentialToken",
    "JoseSignature",
    "PresentationToken",
    "build_ob_jwt",
    "build_vc_jwt",
    "build_vp_jwt",
    "check_content_type",
    "read_hint",
    "read_jwt",
    "whole_payload",
]


def read_jwt(text: str) -> Secured:
    """Step 2 for one compact token.

    Raises ``RefusedError``: ``MALFORMED_VALUE_ERROR`` for a token of another kind; as ``parse_jws``
    and ``parse_json_object`` do. Raises ``UncheckedError`` (``UNSUPPORTED_ALGORITHM``).
    """
    jws = parse_jws(text)
    reader = _READERS.get(jws.typ)
    if reader is None:
        malformed(f"Tokens of the type {str(jws.typ)[:40]!r} are no credentials.")
    return reader(jws, parse_json_object(jws.unverified_payload))


def _read_credential_token(form: CredentialForm) -> Callable[[Jws, JsonObject], Secured]:
    def read(jws: Jws, payload: JsonObject) -> Secured:
        check_content_type(jws, "vc")
        return CredentialToken(form=form, jws=jws, hint=read_hint(jws), payload=payload)

    return read


def _read_presentation_token(
    form: Format, unwrap: Callable[[JsonObject, Claims], JsonObject]
) -> Callable[[Jws, JsonObject], Secured]:
    def read(jws: Jws, payload: JsonObject) -> Secured:
        check_content_type(jws, "vp")
        return PresentationToken(
            format=form, unwrap=unwrap, jws=jws, hint=read_hint(jws), payload=payload
        )

    return read


def _read_wrapped(jws: Jws, payload: JsonObject) -> Secured:
    return _read_credential_token(wrapped_form(payload))(jws, payload)


def _read_untyped(jws: Jws, payload: JsonObject) -> Secured:
    """Exactly one of the three shapes: with two of them, readers would disagree."""
    shapes = [name for name in _SHAPES if name in payload]
    if len(shapes) != 1:
        malformed("The token holds neither one credential nor one presentation.")
    return _SHAPES[shapes[0]](jws, payload)


_SHAPES: Final[Mapping[str, Callable[[Jws, JsonObject], Secured]]] = {
    "vc": _read_wrapped,
    "vp": _read_presentation_token(Format.JWT, unwrap_vp),
    "@context": _read_credential_token(OPEN_BADGES),
}
_READERS: Final[Mapping[str | None, Callable[[Jws, JsonObject], Secured]]] = {
    "vc+jwt": _read_credential_token(VC_JWT),
    "vp+jwt": _read_presentation_token(Format.VP_JWT, whole_payload),
    "jwt": _read_untyped,
    None: _read_untyped,
}
"""By ``typ``, in lower case and without ``application/``."""
