"""did:jwk: an identifier that is its own key, as a JSON Web Key (did:jwk method, April 2022).

The text after ``did:jwk:`` is the base64url of the key. There is no canonical form: the exact
text is the identity, and two identifiers may hold one key. Such a key cannot be changed or
withdrawn, which suits holders and tests, not issuers that live for long.

Leaves to others: the key itself (``verifier.proofs.jwk``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from verifier import limits
from verifier.dids.document import RELATIONSHIPS, DidDocument
from verifier.errors import Code, RefusedError
from verifier.proofs.jwk import SECRET_MEMBERS, parse_jwk
from verifier.proofs.jws import decode_base64url
from verifier.proofs.multikey import KeyType
from verifier.sources import Fetch
from verifier.strict_json import JsonObject, parse_json_object

_PREFIX: Final = "did:jwk:"
_CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1")
_FRAGMENT: Final = "0"
_AGREEMENT: Final = "keyAgreement"
_SIGNING: Final = tuple(name for name in RELATIONSHIPS if name != _AGREEMENT)
_PURPOSES: Final = ("use", "key_ops", "alg")


def resolve_did_jwk(did: str, _fetch: Fetch, _now: datetime) -> DidDocument:
    """The document of ``did``, made from the identifier alone.

    Raises ``RefusedError``: ``INVALID_VERIFICATION_METHOD_URL`` for what is no key in base64url,
    ``INVALID_VERIFICATION_METHOD`` for a private, symmetric or malformed key, ``WEAK_KEY``.
    Raises ``UncheckedError`` (``UNSUPPORTED_CRYPTOSUITE``) for another kind of key.
    """
    jwk = _decode(did.removeprefix(_PREFIX))
    listed = _relationships(jwk, _key_type(jwk))
    url = f"{did}#{_FRAGMENT}"
    method = {"id": url, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
    return DidDocument(
        id=did,
        raw={
            "@context": list(_CONTEXTS),
            "id": did,
            "verificationMethod": [method],
            **{name: [url] for name in listed},
        },
        methods={url: method},
        listed={name: frozenset({url}) for name in listed},
    )


def check_fragment(_did: str, fragment: str) -> None:
    """The one key is always ``#0``, whatever its ``kid``. Raises ``RefusedError``
    (``INVALID_VERIFICATION_METHOD_URL``)."""
    if fragment != _FRAGMENT:
        raise _invalid("The key of a did:jwk is named #0.")


def _decode(text: str) -> JsonObject:
    try:
        return parse_json_object(decode_base64url(text), max_bytes=limits.DID_CHARACTERS)
    except RefusedError as error:
        raise _invalid("The did:jwk identifier does not hold a key.") from error


def _key_type(jwk: JsonObject) -> KeyType:
    """Read the key whatever it is for: its purpose decides the relationships, not the form."""
    if jwk.get("kty") == "oct" or SECRET_MEMBERS & set(jwk):
        raise RefusedError(
            Code.INVALID_VERIFICATION_METHOD, "The did:jwk identifier publishes a secret key."
        )
    if jwk.get("use") == "enc":
        jwk = {name: value for name, value in jwk.items() if name not in _PURPOSES}
    return parse_jwk(jwk).key_type


def _relationships(jwk: JsonObject, key_type: KeyType) -> tuple[str, ...]:
    """Without ``use`` a key is for everything, but one for key agreement never signs, and one
    of Ed25519 or RSA never agrees."""
    if key_type is KeyType.X25519 or jwk.get("use") == "enc":
        return (_AGREEMENT,)
    if "use" in jwk or key_type in (KeyType.ED25519, KeyType.RSA):
        return _SIGNING
    return (*_SIGNING, _AGREEMENT)


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD_URL, detail)
