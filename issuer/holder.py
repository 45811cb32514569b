"""The holder's own identifier, and the key in it to which a token is bound.

A token names the holder's key in ``cnf`` (RFC 7800, section 3.2; RFC 9901, section 4.1.2), so that
whoever presents it can be asked to sign with that key. The key is that of the credential's one
subject, where the identifier is itself the key (did:key, did:jwk) and the key is for
authentication. Identifiers whose key would have to be fetched bind nothing: issuing fetches
nothing, and a key of did:web is not the same tomorrow.

Leaves to others: whether the holder has that key, which shows when the token is presented
(``verifier.proofs.key_binding``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from verifier.dids import resolve
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.embedded_proofs import AUTHENTICATION
from verifier.proofs.jose_claims import subject_ids
from verifier.proofs.jwk import build_jwk
from verifier.proofs.multikey import PublicKey
from verifier.sources import Fetched
from verifier.strict_json import JsonObject

_ARE_THEIR_KEY: Final = ("did:key:", "did:jwk:")
_SUBJECT: Final = "/credentialSubject/id"


def key_of_holder(identifier: str, *, now: datetime) -> PublicKey | None:
    """The key with which the holder ``identifier`` answers for itself, or ``None``: the identifier
    is no key, or one that never signs.

    Raises ``RefusedError``, as ``verifier.dids.resolve``, for a did:key or did:jwk that holds no
    key, a private one or a weak one: anybody could present what is bound to it. Raises
    ``UncheckedError`` (``UNSUPPORTED_CRYPTOSUITE``) for a kind of key that is not known here.
    """
    if not identifier.startswith(_ARE_THEIR_KEY):
        return None
    document = resolve(identifier, fetch=_no_network, now=now)
    usable = document.listed.get(AUTHENTICATION, frozenset())
    found = [document.method(url, AUTHENTICATION, now).key for url in usable]
    return found[0] if found else None


def build_confirmation(document: JsonObject, *, now: datetime) -> JsonObject | None:
    """The value of ``cnf`` for a token of ``document``, or ``None`` where it is bound to nobody.

    Raises ``RefusedError`` as ``key_of_holder``.
    """
    ids = subject_ids(document)
    if len(ids) != 1 or not isinstance(ids[0], str):
        return None
    try:
        key = key_of_holder(ids[0], now=now)
    except UncheckedError:
        return None
    except RefusedError as error:
        raise RefusedError(error.code, error.detail, pointer=_SUBJECT) from error
    return None if key is None else {"jwk": build_jwk(key)}


def _no_network(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
    raise UncheckedError(Code.ADDRESS_NOT_ALLOWED, "Nothing is fetched to issue.")
