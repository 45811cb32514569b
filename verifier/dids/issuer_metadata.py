"""JWT VC issuer metadata: the JWK set of an https issuer (SD-JWT VC, section 4).

It stands at ``/.well-known/jwt-vc-issuer``, put between the host and the path of the issuer's
address, and says which issuer it is for. The keys are in it, or at one other address that it
names. Nothing in a token has a say in where it is looked for.

Leaves to others: which of the keys is meant (``verifier.dids.keys``).
"""

from __future__ import annotations

from typing import Final

from verifier import limits
from verifier.dids.https import parse_https
from verifier.dids.retrieval import fetch_body
from verifier.errors import Code, MissingError, RefusedError, UncheckedError
from verifier.proofs.jwk import SECRET_MEMBERS
from verifier.sources import Fetch
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

_WELL_KNOWN: Final = "/.well-known/jwt-vc-issuer"
_ACCEPT: Final = "application/json"
_ACCEPT_KEYS: Final = "application/jwk-set+json, application/json"


def issuer_metadata_url(issuer: str) -> str:
    """Where the metadata of ``issuer`` stands.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL``) when ``issuer`` is not an
    https address without query and fragment.
    """
    parts = parse_https(issuer)
    if parts["query"] is not None:
        raise RefusedError(
            Code.INVALID_VERIFICATION_METHOD_URL, "The issuer's address has a query."
        )
    origin = issuer[: len(issuer) - len(parts["path"])]
    return f"{origin}{_WELL_KNOWN}{parts['path'].removesuffix('/')}"


def fetch_issuer_keys(issuer: str, fetch: Fetch) -> tuple[JsonObject, ...]:
    """The public JWKs that ``issuer`` lists, as they were received.

    Raises ``MissingError`` (``KEY_UNAVAILABLE``) when there is no metadata, ``UncheckedError``
    (``KEY_UNAVAILABLE``) when it could not be had or is not JSON, and ``RefusedError``:
    ``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID`` when it is for another issuer,
    ``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT`` when it is malformed, holds a private key or two
    keys under one ``kid``, ``LIMIT_EXCEEDED`` beyond ``limits.VERIFICATION_METHODS``.
    """
    metadata = _fetch_json(issuer_metadata_url(issuer), fetch, _ACCEPT)
    if metadata.get("issuer") != issuer:
        raise RefusedError(
            Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
            "The issuer's metadata is that of another issuer.",
        )
    if ("jwks" in metadata) == ("jwks_uri" in metadata):
        raise _malformed("The issuer's metadata has either jwks or jwks_uri.")
    if "jwks" in metadata:
        return parse_jwk_set(metadata["jwks"])
    return parse_jwk_set(_fetch_key_set(_jwks_uri(metadata), fetch))


def parse_jwk_set(value: JsonValue) -> tuple[JsonObject, ...]:
    """The keys of a JWK set (RFC 7517, section 5), each of them public. What kind of keys they
    are is not looked at. Raises ``RefusedError`` as ``fetch_issuer_keys``."""
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list):
        raise _malformed("The issuer's key set has no list of keys.")
    if len(keys) > limits.VERIFICATION_METHODS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, f"More than {limits.VERIFICATION_METHODS} keys in a key set."
        )
    seen: set[str] = set()
    for key in keys:
        _check_jwk(key, seen)
    return tuple(keys)


def _check_jwk(key: JsonValue, seen: set[str]) -> None:
    if not isinstance(key, dict) or not isinstance(key.get("kty"), str):
        raise _malformed("A key of the issuer's key set does not say its kind.")
    if SECRET_MEMBERS & set(key):
        raise _malformed("The issuer's key set publishes a secret key.")
    kid = key.get("kid", "")
    if not isinstance(kid, str):
        raise _malformed("A kid of the issuer's key set is not text.")
    if kid and kid in seen:
        raise _malformed("Two keys of the issuer's key set have one kid.")
    seen.add(kid)


def _jwks_uri(metadata: JsonObject) -> str:
    url = metadata["jwks_uri"]
    if not isinstance(url, str) or len(url) > limits.URL_CHARACTERS:
        raise _malformed("jwks_uri of the issuer's metadata is not an address.")
    return url


def _fetch_key_set(url: str, fetch: Fetch) -> JsonObject:
    """Metadata without its key set is not the same as no metadata."""
    try:
        return _fetch_json(url, fetch, _ACCEPT_KEYS)
    except MissingError as error:
        raise UncheckedError(
            Code.KEY_UNAVAILABLE, "There is no key set where the issuer's metadata says."
        ) from error


def _fetch_json(url: str, fetch: Fetch, accept: str) -> JsonObject:
    body = fetch_body(url, fetch, accept=accept)
    try:
        return parse_json_object(body, max_bytes=limits.DID_DOCUMENT_BYTES)
    except RefusedError as error:
        raise UncheckedError(
            Code.KEY_UNAVAILABLE, "The issuer's metadata or key set is not JSON."
        ) from error


def _malformed(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT, detail)
