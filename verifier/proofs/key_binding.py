"""The key binding token at the end of an SD-JWT (RFC 9901, section 4.3): the holder's signature
over exactly what is shown, for one verifier and one occasion.

The holder's key is the one that the issuer signed into ``cnf`` (RFC 7800), never one that the
token brings along. A binding that is there is verified whether or not somebody asked for one;
whether one is needed is the caller's rule, settled before the token is looked at (section 9.5).

Leaves to others: the issuer's signature (``verifier.proofs.sd_jwt_vc``), using each nonce once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn

from verifier import limits
from verifier.date_time_stamp import Instant
from verifier.dids import retrieve_verification_method
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.numeric_date import parse_numeric_date
from verifier.proofs.jwk import parse_jwk, thumbprint
from verifier.proofs.jws import Jws
from verifier.proofs.multikey import PublicKey
from verifier.proofs.sd_jwt import KEY_BINDING_TYP, SdJwt, parse_sd_jwt, sd_hash
from verifier.secured import KeyFinder
from verifier.strict_json import JsonObject, parse_json_object

_THUMBPRINT: Final = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"
_HOLDER_RELATIONSHIP: Final = "authentication"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBinding:
    """The holder's signature, as one more ``verifier.secured.Signature`` over the document.

    ``key`` is ``cnf.jwk``; ``kid`` is ``cnf.kid``, a DID URL. One of the two is there.
    """

    jws: Jws
    key: PublicKey | None
    kid: str | None
    issued_at: Instant
    named_audience: str
    nonce: str
    named_hash: str
    hash: str

    @property
    def by(self) -> str:
        """The key's DID URL, or its thumbprint (RFC 9278)."""
        return str(self.kid) if self.key is None else f"{_THUMBPRINT}{thumbprint(self.key)}"

    @property
    def controller(self) -> str:
        """The holder. Never the form of an identifier: who holds a credential does not issue
        it, and this must not be taken for the issuer's signature."""
        return f"holder of {self.by}"

    @property
    def start(self) -> Instant | None:
        """``iat``."""
        return self.issued_at

    @property
    def end(self) -> Instant | None:
        """A binding names no end; how old it may be is the asker's rule."""
        return None

    @property
    def audience(self) -> tuple[str, ...]:
        """``aud``: one verifier."""
        return (self.named_audience,)

    def find_key(self, finder: KeyFinder) -> PublicKey:
        """The key in ``cnf``, or the one that it names among the holder's own for
        authentication. Raises as ``retrieve_verification_method``."""
        if self.key is not None:
            return self.key
        return retrieve_verification_method(
            str(self.kid), relationship=_HOLDER_RELATIONSHIP, fetch=finder.fetch, now=finder.now
        ).key

    def verify(self, key: PublicKey) -> None:
        """Section 7.3. Raises ``RefusedError`` (``INVALID_KEY_BINDING``)."""
        if self.named_hash != self.hash:
            _refuse("The holder's key was bound to another selection of claims.")
        try:
            self.jws.verify(key)
        except RefusedError as error:
            raise RefusedError(
                Code.INVALID_KEY_BINDING, "The signature is not by the key of the holder."
            ) from error


def read_key_binding(token: SdJwt) -> KeyBinding | None:
    """The binding of ``token``, or ``None`` where there is none.

    Raises ``RefusedError``: ``INVALID_KEY_BINDING`` for another form, or when the issuer named no
    key of the holder; as ``parse_jwk`` does. Raises ``UncheckedError`` (``KEY_UNAVAILABLE``) when
    the holder's key is named in a way that is not supported.
    """
    jws = token.key_binding
    if jws is None:
        return None
    if jws.unverified_header.get("typ") != KEY_BINDING_TYP:
        _refuse("The last part of the token is no key binding.")
    claims = parse_json_object(jws.unverified_payload)
    key, kid = _holder_key(token.unverified_payload)
    return KeyBinding(
        jws=jws,
        key=key,
        kid=kid,
        issued_at=_issued_at(claims),
        named_audience=_text(claims, "aud"),
        nonce=_text(claims, "nonce"),
        named_hash=_text(claims, "sd_hash"),
        hash=sd_hash(token),
    )


def check_key_binding(
    text: str,
    *,
    nonce: str | None,
    audience: str | None,
    now: datetime,
    required: bool,
) -> KeyBinding | None:
    """Compare the binding of the SD-JWT ``text`` with what a verifier asked for.

    ``required`` is decided before ``text`` is looked at. It says nothing about signatures:
    ``verifier.verify.verify`` verifies both. ``None`` only where there is no binding and none is
    required.

    Raises ``RefusedError``: ``KEY_BINDING_REQUIRED``; ``INVALID_CHALLENGE_ERROR`` for another
    nonce; ``INVALID_DOMAIN_ERROR`` for another audience; ``INVALID_KEY_BINDING`` for one that
    was not made now. Raises ``UncheckedError`` when a binding is required and there is no nonce
    or audience to compare it with.
    """
    if required and (nonce is None or audience is None):
        raise UncheckedError(
            Code.INVALID_CHALLENGE_ERROR,
            "Without a nonce and an audience this may be a copy of an earlier presentation.",
        )
    binding = read_key_binding(parse_sd_jwt(text))
    if binding is None:
        if required:
            raise RefusedError(
                Code.KEY_BINDING_REQUIRED, "The holder did not show the key it is bound to."
            )
        return None
    if nonce is not None and binding.nonce != nonce:
        raise RefusedError(Code.INVALID_CHALLENGE_ERROR, "It answers another nonce.")
    if audience is not None and binding.named_audience != audience:
        raise RefusedError(Code.INVALID_DOMAIN_ERROR, "It was made for somebody else.")
    if abs(now - binding.issued_at.at) > timedelta(seconds=limits.KEY_BINDING_AGE_SECONDS):
        _refuse("It was not made for this occasion.")
    return binding


def _holder_key(payload: JsonObject) -> tuple[PublicKey | None, str | None]:
    confirmation = payload.get("cnf")
    if not isinstance(confirmation, dict) or not confirmation:
        _refuse("The issuer named no key of the holder.")
    jwk, kid = confirmation.get("jwk"), confirmation.get("kid")
    if jwk is not None:
        if not isinstance(jwk, dict):
            _refuse("The holder's key is malformed.")
        return parse_jwk(jwk), None
    if not isinstance(kid, str) or not kid.startswith("did:"):
        raise UncheckedError(
            Code.KEY_UNAVAILABLE, "The holder's key is named in a way that is not supported."
        )
    return None, kid


def _issued_at(claims: JsonObject) -> Instant:
    try:
        return parse_numeric_date(claims.get("iat"), pointer="/iat")
    except RefusedError as error:
        raise RefusedError(Code.INVALID_KEY_BINDING, error.detail) from error


def _text(claims: JsonObject, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        _refuse(f"The key binding has no {name}, or one that is not text.")
    return value


def _refuse(detail: str) -> NoReturn:
    raise RefusedError(Code.INVALID_KEY_BINDING, detail)
