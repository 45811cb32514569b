"""Identifiers: from a DID URL, or an https URL with a fragment, to the key that it names.

Follows DID Core 1.0, section 3 (syntax), and Controlled Identifiers 1.0, section 3.3. Methods
are looked up in one table; one that is not in it makes the document *could not check*.

Leaves to others: the network, which comes in as a ``Fetch``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from verifier import limits
from verifier.dids.document import DidDocument, VerificationMethod
from verifier.dids.https import is_https, resolve_https
from verifier.dids.jwk import check_fragment as check_jwk_fragment
from verifier.dids.jwk import resolve_did_jwk
from verifier.dids.key import check_fragment, resolve_did_key
from verifier.dids.web import resolve_did_web
from verifier.dids.webvh import resolve_did_webvh
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.sources import Fetch

__all__ = [
    "METHODS",
    "DidDocument",
    "VerificationMethod",
    "check_did_url",
    "resolve",
    "retrieve_verification_method",
]

_DID = re.compile(
    r"did:([a-z0-9]+):(?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+"
)
_FRAGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]+")


def _any_fragment(_did: str, _fragment: str) -> None:
    """The document decides which fragments there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One DID method: how a document is found, and what it says about fragments."""

    resolve: Callable[[str, Fetch, datetime], DidDocument]
    check_fragment: Callable[[str, str], None] = _any_fragment


METHODS: Final[Mapping[str, Method]] = {
    "key": Method(resolve=resolve_did_key, check_fragment=check_fragment),
    "jwk": Method(resolve=resolve_did_jwk, check_fragment=check_jwk_fragment),
    "web": Method(resolve=resolve_did_web),
    "webvh": Method(resolve=resolve_did_webvh),
}
"""By the name between the first two colons."""

_HTTPS: Final = Method(resolve=resolve_https)


def resolve(did: str, *, fetch: Fetch, now: datetime) -> DidDocument:
    """The document of ``did``, a DID or an https URL, as of ``now``.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL`` for what is no DID, or as the
    method does), ``UncheckedError`` (``UNSUPPORTED_DID_METHOD``, ``KEY_UNAVAILABLE``).
    """
    return _method_of(did).resolve(did, fetch, now)


def retrieve_verification_method(
    url: str, *, relationship: str, fetch: Fetch, now: datetime
) -> VerificationMethod:
    """The key that ``url`` names, a DID URL or an https URL with a fragment,
    usable for ``relationship`` at ``now``.

    Raises as ``resolve`` and ``DidDocument.method`` do.
    """
    did, _, fragment = url.partition("#")
    method = check_did_url(did, fragment)
    return method.resolve(did, fetch, now).method(url, relationship, now)


def check_did_url(did: str, fragment: str) -> Method:
    """The method of ``did``, whose document may have a key with this ``fragment``.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL``), and as ``resolve`` does.
    """
    method = _method_of(did)
    if _FRAGMENT.fullmatch(fragment) is None:
        raise _invalid("The verification method does not name one key of its document.")
    method.check_fragment(did, fragment)
    return method


def _method_of(did: str) -> Method:
    if len(did) > limits.DID_CHARACTERS:
        raise _invalid(f"An identifier has more than {limits.DID_CHARACTERS} characters.")
    if is_https(did):
        return _HTTPS
    match = _DID.fullmatch(did)
    if match is None:
        raise _invalid("The verification method is not a DID URL.")
    if match[1] not in METHODS:
        raise UncheckedError(
            Code.UNSUPPORTED_DID_METHOD, f"Identifiers of did:{match[1][:40]} are not supported."
        )
    return METHODS[match[1]]


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD_URL, detail)
