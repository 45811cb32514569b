"""From what a token says about its key to one key that its issuer lists.

A token names its key by a URL, by a short name, by the key itself, or not at all. Whatever it
says is only a hint: a key counts when a document that the issuer publishes lists it.

Which document is asked follows from the form of the name, and no failure leads from one to the
other, because an attacker who can keep a document from arriving must not choose the next:

* a URL with a fragment, or a fragment alone: the controlled identifier document at the URL
  (Controlled Identifiers 1.0, section 3.3);
* anything else, for a DID: the document of the DID;
* anything else, for an https issuer: its JWT VC issuer metadata (SD-JWT VC, section 4); and only
  when the address of the metadata says that there is none, its controlled identifier document.

Both documents stand at the issuer's own origin, so both speak for it. An issuer that publishes
both has to withdraw a key in both.

Leaves to others: whose key has to have signed (``verifier.establish``), the documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from verifier.dids import resolve, retrieve_verification_method
from verifier.dids.document import DidDocument
from verifier.dids.https import is_https
from verifier.dids.issuer_metadata import fetch_issuer_keys
from verifier.errors import CheckError, Code, MissingError, RefusedError, UncheckedError
from verifier.proofs.jwk import parse_jwk, thumbprint
from verifier.proofs.multikey import PublicKey
from verifier.secured import KeyFinder
from verifier.strict_json import JsonObject

_ASSERTION: Final = "assertionMethod"
_THUMBPRINT_URI: Final = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"
"""RFC 9278, section 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHint:
    """What a token says about its key: the ``kid`` and the ``jwk`` of its header, if any."""

    kid: str | None
    jwk: PublicKey | None = None


def controller_of(hint: KeyHint, issuer: str) -> str:
    """The identifier whose document must list the key: that of an absolute ``kid``, which may be
    anybody's, otherwise ``issuer``."""
    url = _absolute(hint)
    return issuer if url is None else url.partition("#")[0]


def find_key(hint: KeyHint, issuer: str, *, finder: KeyFinder) -> PublicKey:
    """The key that ``hint`` means among those that ``controller_of(hint, issuer)`` lists.

    Raises ``RefusedError``: ``ISSUER_KEY_MISMATCH`` when no listed key is meant, or more than
    one may be; otherwise as ``retrieve_verification_method`` and ``fetch_issuer_keys``.
    Raises ``UncheckedError`` when a document could not be had or a kind of key is not supported.
    """
    url = _absolute(hint)
    if url is None and hint.kid is not None and hint.kid.startswith("#"):
        url = f"{issuer}{hint.kid}"
    if url is None:
        return _choose(hint, _listed(issuer, finder))
    key = retrieve_verification_method(
        url, relationship=finder.relationship, fetch=finder.fetch, now=finder.now
    ).key
    if hint.jwk is not None and hint.jwk != key:
        raise _mismatch("The token holds another key than the one that it names.")
    return key


def _absolute(hint: KeyHint) -> str | None:
    kid = hint.kid or ""
    is_url = kid.startswith("did:") or is_https(kid)
    return kid if is_url and "#" in kid else None


@dataclass(frozen=True, slots=True)
class _Listed:
    """A key that the issuer lists, with the short names it goes by; or why it is not usable."""

    names: frozenset[str]
    key: PublicKey | CheckError

    def is_meant(self, hint: KeyHint) -> bool:
        is_key = isinstance(self.key, PublicKey)
        if hint.jwk is not None and not (is_key and self.key == hint.jwk):
            return False
        if hint.kid is None:
            return True
        return hint.kid in self.names or (
            isinstance(self.key, PublicKey)
            and hint.kid.removeprefix(_THUMBPRINT_URI) == thumbprint(self.key)
        )


def _choose(hint: KeyHint, listed: Iterable[_Listed]) -> PublicKey:
    """The one key that is meant. One key under two names is one key, and one that is revoked,
    expired or not supported is meant only when there is no other."""
    meant = [it.key for it in listed if it.is_meant(hint)]
    usable = {key for key in meant if isinstance(key, PublicKey)}
    if len(usable) > 1:
        raise _mismatch("The issuer lists several keys, and the token does not say which.")
    for key in usable:
        return key
    for error in meant:
        if isinstance(error, CheckError):
            raise error
    raise _mismatch("The issuer does not list the key that the token was signed with.")


def _listed(issuer: str, finder: KeyFinder) -> Iterator[_Listed]:
    if is_https(issuer) and finder.relationship == _ASSERTION:
        try:
            keys = fetch_issuer_keys(issuer, finder.fetch)
        except MissingError:
            """It publishes no metadata, and says so itself."""
        else:
            return _of_key_set(keys)
    return _of_document(resolve(issuer, fetch=finder.fetch, now=finder.now), finder)


def _of_key_set(keys: tuple[JsonObject, ...]) -> Iterator[_Listed]:
    """Keys that are for something else than signatures are not meant by a signature."""
    for jwk in keys:
        if jwk.get("use", "sig") == "sig":
            yield _Listed(frozenset(filter(None, [jwk.get("kid")])), _parsed(jwk))


def _parsed(jwk: JsonObject) -> PublicKey | CheckError:
    try:
        return parse_jwk(jwk)
    except (RefusedError, UncheckedError) as error:
        return error


def _of_document(document: DidDocument, finder: KeyFinder) -> Iterator[_Listed]:
    for url in sorted(document.listed.get(finder.relationship, ())):
        if url in document.methods:
            yield _Listed(_names(url, document), _usable(url, document, finder))


def _names(url: str, document: DidDocument) -> frozenset[str]:
    controller, _, fragment = url.partition("#")
    jwk = document.methods[url].get("publicKeyJwk")
    kid = jwk.get("kid") if isinstance(jwk, dict) else None
    names = {url, fragment if controller == document.id else "", kid}
    return frozenset(name for name in names if isinstance(name, str) and name)


def _usable(url: str, document: DidDocument, finder: KeyFinder) -> PublicKey | CheckError:
    try:
        return document.method(url, finder.relationship, finder.now).key
    except (RefusedError, UncheckedError) as error:
        return error


def _mismatch(detail: str) -> RefusedError:
    return RefusedError(Code.ISSUER_KEY_MISMATCH, detail)
