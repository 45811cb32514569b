"""A link: an address of this verifier, an issuer's share link, or the address of a document.

A link that a person types or follows is theirs to choose; a link in a picture is not, so
``read_code`` opens addresses of this verifier only (OpenID security and trust: the
cross-device trap). Share answers are the JSON form of the issuer's ``/s/{token}``.

Leaves to others: which addresses may be visited at all (``verifier.fetch``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.formats import is_token
from verifier.intake.received import NothingToCheckError, Received, Share, ShareState
from verifier.qr import (
    CheckAddress,
    is_same_site,
    parse_check_address,
    parse_share_url,
    split_address,
)
from verifier.sources import Fetch
from verifier.strict_json import JsonObject, parse_json_object

_ACCEPT: Final = (
    "application/json, application/vc, application/ld+json, application/vc+jwt, "
    "application/dc+sd-jwt, application/vc+sd-jwt"
)
_STATES: Final = frozenset(state.value for state in ShareState)


def receive_link(link: str, *, base_url: str, fetch: Fetch) -> Received:
    """Fetch what ``link`` leads to. ``base_url`` is this verifier's own address.

    Raises ``NothingToCheckError`` when it is no link, ``MissingError`` when there is
    nothing behind it, ``UncheckedError`` when it cannot be fetched or read.
    """
    address = _share_address(link, base_url)
    if address is not None:
        return replace(receive_share(address, fetch=fetch), link=link.strip())
    fetched = fetch(link.strip(), accept=_ACCEPT, max_bytes=limits.CREDENTIAL_BYTES)
    if not _looks_like_a_credential(fetched.body):
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT, "That address leads to a page, not to a credential."
        )
    return Received(data=fetched.body, link=link.strip())


def complete_link(link: str, base_url: str) -> str:
    """A link as people type it from paper, without ``https://``, made whole."""
    typed = link.strip()
    if "://" in typed:
        return typed
    base = urlsplit(base_url)
    is_ours = typed.lower().startswith(base.netloc.lower() + "/")
    return f"{base.scheme if is_ours else 'https'}://{typed}"


def receive_share(address: CheckAddress, *, fetch: Fetch) -> Received:
    """Fetch a share in its JSON form. Raises as ``receive_link``."""
    fetched = fetch(address.share_url, accept="application/json", max_bytes=limits.REQUEST_BYTES)
    try:
        answer = parse_json_object(fetched.body, max_bytes=limits.REQUEST_BYTES)
        return _read_share(answer, address)
    except RefusedError as error:
        raise UncheckedError(
            Code.FETCH_FAILED, "The issuer did not answer with a credential."
        ) from error


def read_code(text: str, *, base_url: str) -> CheckAddress | bytes:
    """What a square code says: an address of this verifier, or a credential itself.

    Raises ``UncheckedError`` (``ADDRESS_NOT_ALLOWED``) for a code of another site, which is
    named and not opened, and ``NothingToCheckError`` for a code that is neither.
    """
    if _looks_like_a_credential(data := text.encode("utf-8", "replace")):
        return data
    with _asked_of_a_person():
        return parse_check_address(text, base_url)


def _share_address(link: str, base_url: str) -> CheckAddress | None:
    with _asked_of_a_person():
        if is_same_site(split_address(link), base_url):
            return parse_check_address(link, base_url)
        return parse_share_url(link)


@contextmanager
def _asked_of_a_person() -> Iterator[None]:
    """What is malformed here was typed or scanned: it is no verdict about a credential."""
    try:
        yield
    except RefusedError as error:
        raise NothingToCheckError(error.code, error.detail) from error


def _read_share(answer: JsonObject, address: CheckAddress) -> Received:
    credential, state = answer.get("verifiableCredential"), answer.get("state")
    if isinstance(credential, str) and is_token(token := credential.encode("utf-8", "replace")):
        credential = token
    is_known = isinstance(state, str) and state in _STATES
    if not isinstance(credential, dict | bytes) or not is_known:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, "The share is not of the known form.")
    share = Share(
        issuer_host=address.issuer_host,
        state=ShareState(str(state)),
        superseded_by=_newer_path(answer.get("supersededBy"), address.issuer_host),
    )
    return Received(data=credential, share=share)


def _newer_path(superseded_by: object, issuer_host: str) -> str | None:
    """A record speaks for its own host: a newer version elsewhere is not followed."""
    try:
        newer = parse_share_url(superseded_by) if isinstance(superseded_by, str) else None
    except RefusedError:
        return None
    return newer.path if newer and newer.issuer_host == issuer_host else None


def _looks_like_a_credential(body: bytes) -> bool:
    """JSON, or a compact token."""
    return body.lstrip()[:1] in (b"{", b"[") or is_token(body)
