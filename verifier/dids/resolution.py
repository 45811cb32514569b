"""What a DID resolver answers: the document of a DID, or the key that a DID URL names.

Follows DID Resolution 0.3 (the result and the names of errors) and the did:key method (formats
of keys). What a verification would refuse is an error here too: nobody shall build on a document
that this verifier does not accept.

Leaves to others: HTTP (``verifier.web.resolver``), every rule of a method (``verifier.dids``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from verifier import limits
from verifier.dids import check_did_url, resolve
from verifier.dids.document import DeactivatedError, DidDocument
from verifier.errors import CheckError, Code, MissingError, RefusedError, UncheckedError
from verifier.proofs.jwk import build_jwk
from verifier.proofs.multikey import KeyLengthError, KeyType, PublicKey, parse_multikey
from verifier.sources import Fetch
from verifier.strict_json import JsonObject

CONTEXT: Final = "https://w3id.org/did-resolution/v1"
DEFAULT_FORMAT: Final = "Multikey"
DOCUMENT_TYPE: Final = "application/did+ld+json"

_DID_CONTEXT: Final = "https://www.w3.org/ns/did/v1"
_WEBVH: Final = "did:webvh:"
_KEY: Final = "did:key:"
_URL = re.compile(
    r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
"""DID Core 1.0, section 3.2."""


class ErrorName(StrEnum):
    """Why there is no document (DID Resolution 0.3; did:key, section 3)."""

    INVALID_DID = "invalidDid"
    INVALID_DID_URL = "invalidDidUrl"
    NOT_FOUND = "notFound"
    METHOD_NOT_SUPPORTED = "methodNotSupported"
    FEATURE_NOT_SUPPORTED = "featureNotSupported"
    REPRESENTATION_NOT_SUPPORTED = "representationNotSupported"
    INVALID_DID_DOCUMENT = "invalidDidDocument"
    INVALID_PUBLIC_KEY = "invalidPublicKey"
    INVALID_PUBLIC_KEY_LENGTH = "invalidPublicKeyLength"
    INVALID_PUBLIC_KEY_TYPE = "invalidPublicKeyType"
    UNSUPPORTED_PUBLIC_KEY_TYPE = "unsupportedPublicKeyType"
    INTERNAL_ERROR = "internalError"
    """The document could not be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the keys of a did:key are written."""

    public_key_format: str = DEFAULT_FORMAT
    enable_experimental: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What was asked for (a document, or a verification method), or why not. ``document`` is
    empty where there is none."""

    is_url: bool
    document: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)
    error: ErrorName | None = None
    detail: str = ""

    @property
    def is_deactivated(self) -> bool:
        """The identifier is given up."""
        return self.metadata.get("deactivated") is True

    def to_json(self) -> JsonObject:
        """The result object. A DID URL has metadata of another name."""
        told: JsonObject = {"contentType": DOCUMENT_TYPE}
        if self.error is not None:
            told = {"error": self.error.value, "message": self.detail}
        return {
            "@context": CONTEXT,
            "didDocument": self.document,
            "didDocumentMetadata": self.metadata,
            "didDereferencingMetadata" if self.is_url else "didResolutionMetadata": told,
        }


class _OptionError(Exception):
    """The options ask for what is not to be had."""

    def __init__(self, name: ErrorName, detail: str) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail


def answer(identifier: str, options: Options, *, fetch: Fetch, now: datetime) -> Resolution:
    """Resolve the DID or dereference the DID URL ``identifier``. Never raises for what is asked."""
    is_url = any(mark in identifier for mark in "#?/")
    try:
        return _answer(identifier, is_url, options, fetch, now)
    except _OptionError as error:
        return Resolution(is_url=is_url, error=error.name, detail=error.detail)
    except DeactivatedError as error:
        return Resolution(is_url=is_url, metadata=error.metadata)
    except (RefusedError, UncheckedError) as error:
        name = _name(error, identifier, is_url)
        return Resolution(is_url=is_url, error=name, detail=error.detail)


def _answer(
    identifier: str, is_url: bool, options: Options, fetch: Fetch, now: datetime
) -> Resolution:
    if not identifier.startswith("did:") or len(identifier) > limits.DID_CHARACTERS:
        name = ErrorName.INVALID_DID_URL if is_url else ErrorName.INVALID_DID
        raise _OptionError(name, "The identifier is not a DID.")
    if is_url:
        _check_url(identifier)
    _check_format(options, is_url)
    did, _, fragment = identifier.partition("#")
    if is_url:
        check_did_url(did, fragment)
    document = resolve(did, fetch=fetch, now=now)
    raw = _formatted(document, options.public_key_format)
    if not is_url:
        return Resolution(is_url=False, document=raw, metadata=document.metadata)
    return Resolution(is_url=True, document=_method(raw, document, identifier))


def _check_url(url: str) -> None:
    if _URL.fullmatch(url) is None:
        raise _OptionError(ErrorName.INVALID_DID_URL, "The identifier is not a DID URL.")
    if "#" not in url or "?" in url or "/" in url.partition("#")[0]:
        raise _OptionError(
            ErrorName.FEATURE_NOT_SUPPORTED, "Only keys are looked up, by their fragment."
        )


def _check_format(options: Options, is_url: bool) -> None:
    """A format that is not known is experimental at best."""
    if options.public_key_format in _FORMATS:
        return
    if is_url and not options.enable_experimental:
        raise _OptionError(
            ErrorName.INVALID_PUBLIC_KEY_TYPE, "Experimental formats of keys are not enabled."
        )
    raise _OptionError(
        ErrorName.UNSUPPORTED_PUBLIC_KEY_TYPE, "This format of keys is not supported."
    )


def _method(raw: JsonObject, document: DidDocument, url: str) -> JsonObject:
    """The verification method as it stands in the document, or the one that was formatted."""
    if document.id.startswith(_KEY):
        (method,) = raw["verificationMethod"]
        return {"@context": raw["@context"], **method}
    if url not in document.methods:
        raise _OptionError(ErrorName.NOT_FOUND, "The document has no key of that name.")
    return {"@context": raw.get("@context", _DID_CONTEXT), **document.methods[url]}


def _formatted(document: DidDocument, public_key_format: str) -> JsonObject:
    """The document of a did:key with its key in another format. Other documents are as their
    controllers publish them."""
    if public_key_format == DEFAULT_FORMAT or not document.id.startswith(_KEY):
        return document.raw
    context, write = _FORMATS[public_key_format]
    (method,) = document.raw["verificationMethod"]
    key = parse_multikey(method["publicKeyMultibase"])
    same = {name: method[name] for name in ("id", "controller")}
    return document.raw | {
        "@context": [_DID_CONTEXT, context],
        "verificationMethod": [same | {"type": public_key_format} | write(key, method)],
    }


def _as_multibase(_key: PublicKey, method: JsonObject) -> JsonObject:
    return {"publicKeyMultibase": method["publicKeyMultibase"]}


def _as_ed25519(key: PublicKey, method: JsonObject) -> JsonObject:
    if key.key_type is not KeyType.ED25519:
        raise _OptionError(
            ErrorName.INVALID_PUBLIC_KEY_TYPE, "The key cannot be written in this format."
        )
    return _as_multibase(key, method)


def _as_jwk(key: PublicKey, _method: JsonObject) -> JsonObject:
    return {"publicKeyJwk": build_jwk(key)}


_FORMATS: Final[Mapping[str, tuple[str, Callable[[PublicKey, JsonObject], JsonObject]]]] = {
    DEFAULT_FORMAT: ("https://w3id.org/security/multikey/v1", _as_multibase),
    "JsonWebKey": ("https://w3id.org/security/jwk/v1", _as_jwk),
    "JsonWebKey2020": ("https://w3id.org/security/suites/jws-2020/v1", _as_jwk),
    "Ed25519VerificationKey2020": (
        "https://w3id.org/security/suites/ed25519-2020/v1",
        _as_ed25519,
    ),
}
"""By ``publicKeyFormat``: the context that defines it, and how a key is written."""

_NAMES: Final[Mapping[Code, ErrorName]] = {
    Code.INVALID_VERIFICATION_METHOD: ErrorName.INVALID_PUBLIC_KEY,
    Code.WEAK_KEY: ErrorName.INVALID_PUBLIC_KEY,
    Code.UNSUPPORTED_CRYPTOSUITE: ErrorName.UNSUPPORTED_PUBLIC_KEY_TYPE,
    Code.UNSUPPORTED_DID_METHOD: ErrorName.METHOD_NOT_SUPPORTED,
    Code.ADDRESS_NOT_ALLOWED: ErrorName.NOT_FOUND,
    Code.KEY_UNAVAILABLE: ErrorName.INTERNAL_ERROR,
}


def _name(error: CheckError, identifier: str, is_url: bool) -> ErrorName:
    if isinstance(error, KeyLengthError):
        return ErrorName.INVALID_PUBLIC_KEY_LENGTH
    if isinstance(error, MissingError):
        return ErrorName.NOT_FOUND
    if error.code is Code.INVALID_VERIFICATION_METHOD_URL:
        return ErrorName.INVALID_DID_URL if is_url else ErrorName.INVALID_DID
    # did:webvh 1.0, section 3.6.2: a log that does not verify makes the identifier invalid.
    rest = ErrorName.INVALID_DID_DOCUMENT
    if identifier.startswith(_WEBVH):
        rest = ErrorName.INVALID_DID
    return _NAMES.get(error.code, rest)
