"""Fetching what identifiers point to: every failure here is *could not check*, never a no.

Leaves to others: the network (a ``Fetch``), what a body means.
"""

from __future__ import annotations

from verifier import limits
from verifier.errors import Code, MissingError, UncheckedError
from verifier.sources import Fetch


def fetch_body(
    url: str, fetch: Fetch, *, accept: str, max_bytes: int = limits.DID_DOCUMENT_BYTES
) -> bytes:
    """The body at ``url``.

    Raises ``UncheckedError``: ``ADDRESS_NOT_ALLOWED`` as the door said, ``KEY_UNAVAILABLE`` for
    everything else (as ``MissingError`` when there is nothing at that address).
    """
    try:
        return fetch(url, accept=accept, max_bytes=max_bytes).body
    except MissingError as error:
        raise MissingError(Code.KEY_UNAVAILABLE, _detail(error)) from error
    except UncheckedError as error:
        if error.code is Code.ADDRESS_NOT_ALLOWED:
            raise
        raise UncheckedError(Code.KEY_UNAVAILABLE, _detail(error)) from error


def _detail(error: UncheckedError) -> str:
    return f"The issuer's key could not be fetched: {error.detail}"
