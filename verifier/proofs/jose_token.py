"""What credentials and presentations in tokens have in common: the signature over the payload,
what the header says about it, and taking the document out.

Leaves to others: which kinds there are (``verifier.proofs.jose``), claims (``jose_claims``), whose
key it is (``verifier.dids.keys``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from verifier import limits
from verifier.date_time_stamp import Instant
from verifier.dids.keys import KeyHint, controller_of, find_key
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.jsonld import check_contexts
from verifier.model import is_absolute_url
from verifier.policy import Policy
from verifier.proofs.jose_claims import Claims, without_claims
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.jws import Jws
from verifier.proofs.multikey import PublicKey
from verifier.secured import KeyFinder
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class JoseSignature:
    """The signature of a token. ``signer`` is the issuer or holder that the document names."""

    jws: Jws
    hint: KeyHint
    signer: str
    start: Instant | None
    end: Instant | None
    audience: tuple[str, ...] = ()
    nonce: str | None = None

    @property
    def by(self) -> str:
        """The key's URL where the token names one, otherwise the signer."""
        kid = self.hint.kid or ""
        if kid.startswith("#"):
            return self.signer + kid
        return kid if is_absolute_url(kid) else self.signer

    @property
    def controller(self) -> str:
        """The identifier whose document must list the key."""
        return controller_of(self.hint, self.signer)

    def find_key(self, finder: KeyFinder) -> PublicKey:
        """VC-JOSE-COSE, section 4. Raises as ``verifier.dids.keys.find_key``."""
        return find_key(self.hint, self.signer, finder=finder)

    def verify(self, key: PublicKey) -> None:
        """RFC 7515, section 5.2, over the whole payload. Raises as ``Jws.verify``."""
        self.jws.verify(key)


def check_content_type(jws: Jws, expected: str) -> None:
    """``cty``, where it is there, names what the payload is (VC-JOSE-COSE, section 3.1): ``vc``
    or ``vp``. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    name = jws.unverified_header.get("cty", expected)
    if not isinstance(name, str) or name.lower().removeprefix("application/") != expected:
        malformed("The token says that it holds something else.")


def read_hint(jws: Jws) -> KeyHint:
    """What the header says about the key, for looking among the signer's own keys.

    Raises ``RefusedError`` for one of another kind, and as ``parse_jwk`` does.
    """
    header = jws.unverified_header
    kid, jwk = header.get("kid"), header.get("jwk")
    if "kid" in header and (not isinstance(kid, str) or not kid):
        malformed("kid of the token is not a text.")
    if kid is not None and len(kid.encode()) > limits.DID_CHARACTERS:
        raise RefusedError(Code.LIMIT_EXCEEDED, "kid of the token is too long.")
    if "jwk" in header and not isinstance(jwk, dict):
        malformed("jwk of the token is not a key.")
    return KeyHint(kid=kid, jwk=None if jwk is None else parse_jwk(jwk))


def check_document(document: JsonObject, policy: Policy) -> tuple[str, ...]:
    """Contexts; and a document that is secured in a second way is not checked by halves."""
    if "proof" in document:
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT,
            "A document with a proof, inside a signed token, is not supported.",
            pointer="/proof",
        )
    return check_contexts(document, inline=policy.inline_contexts, in_proofs=False)


def whole_payload(payload: JsonObject, _claims: Claims) -> JsonObject:
    """The payload without the claims (VC-JOSE-COSE, section 3): it is the document, and must
    not hold another one. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    for name in ("vc", "vp"):
        if name in payload:
            malformed(f"A token of this kind has no claim {name}.", f"/{name}")
    return without_claims(payload)


def wrapped(payload: JsonObject, name: str) -> JsonObject:
    """The document in the claim ``name``. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    if not isinstance(payload[name], dict):
        malformed(f"{name} of the token is not an object.", f"/{name}")
    return dict(payload[name])


def given_members(members: Mapping[str, str | None]) -> JsonObject:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value is not None}


def start_of(claims: Claims) -> Instant | None:
    """A signature counts from when it was made, and not before ``nbf``."""
    given = [it for it in (claims.issued_at, claims.not_before) if it is not None]
    return max(given, key=lambda instant: instant.at, default=None)


def malformed(detail: str, pointer: str = "") -> NoReturn:
    """Refuse with ``MALFORMED_VALUE_ERROR``."""
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
