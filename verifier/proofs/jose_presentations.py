"""A presentation in a token, and who presents it.

In a ``vp+jwt`` (VC-JOSE-COSE, section 3.1.2) the payload is the presentation; in data model 1.1,
section 6.3.1, it stands in ``vp``. ``aud`` and ``nonce`` say for whom and for which occasion it was
signed, and the dates among the claims are those of the signature.

Leaves to others: comparing ``aud`` and ``nonce`` (``verifier.verify_presentation``), the
credentials in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.dids.keys import KeyHint, controller_of
from verifier.errors import Code, RefusedError
from verifier.model import (
    Credential,
    DataModel,
    Presentation,
    is_absolute_url,
    parse_presentation,
)
from verifier.policy import Policy
from verifier.proofs.jose_claims import Claims, parse_claims
from verifier.proofs.jose_token import (
    JoseSignature,
    check_document,
    given_members,
    malformed,
    start_of,
    wrapped,
)
from verifier.proofs.jws import Jws
from verifier.secured import Format, Reading
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationToken:
    """A token that holds a presentation."""

    format: Format
    unwrap: Callable[[JsonObject, Claims], JsonObject]
    jws: Jws
    hint: KeyHint
    payload: JsonObject

    def read_credential(self, policy: Policy) -> Reading[Credential]:
        """A presentation is none."""
        malformed("This is a presentation, and not a credential.")

    def read_presentation(self, policy: Policy) -> Reading[Presentation]:
        """Claims, contexts and members, and that the three do not contradict each other."""
        claims = parse_claims(self.jws.unverified_header, self.payload)
        document = self.unwrap(self.payload, claims)
        warnings = check_document(document, policy)
        content = parse_presentation(document)
        if self.format is not Format.JWT and content.data_model is not DataModel.V2_0:
            malformed("A token of this kind holds presentations of data model 2.0.", "/@context")
        return Reading(
            content=content,
            signatures=(self._signature(claims, content),),
            warnings=(*warnings, *content.warnings, *claims.warnings),
        )

    def _signature(self, claims: Claims, content: Presentation) -> JoseSignature:
        return JoseSignature(
            jws=self.jws,
            hint=self.hint,
            signer=_presenter(self.hint, claims, content),
            start=start_of(claims),
            end=claims.end,
            audience=claims.audience,
            nonce=claims.nonce,
        )


def _presenter(hint: KeyHint, claims: Claims, content: Presentation) -> str:
    """Who presents: the holder, or else ``iss``, or else whoever's key the token names."""
    if claims.id is not None and content.id is not None and claims.id != content.id:
        malformed("The token names another id than the presentation.", "/jti")
    named = content.holder or claims.issuer
    if named is None:
        return _controller_of_kid(hint)
    if claims.issuer is not None and claims.issuer != named:
        malformed("The token names another holder than the presentation.", "/iss")
    if content.holder is None and controller_of(hint, named) != named:
        raise RefusedError(
            Code.HOLDER_KEY_MISMATCH,
            "It names a holder, but was signed with somebody else's key.",
            pointer="/iss",
        )
    return named


def _controller_of_kid(hint: KeyHint) -> str:
    controller, hash_sign, _ = (hint.kid or "").partition("#")
    if not hash_sign or not is_absolute_url(controller):
        malformed("The token does not say whose key signed it.")
    return controller


def unwrap_vp(payload: JsonObject, claims: Claims) -> JsonObject:
    """Data model 1.1, section 6.3.1: ``iss`` is the holder, ``jti`` the id."""
    document = wrapped(payload, "vp")
    return {**given_members({"holder": claims.issuer, "id": claims.id}), **document}
