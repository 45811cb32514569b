"""The outside world of a verification of our own output: our own store, and nothing else.

A DID document or status list of this deployment is answered as its web side would answer it,
without a network. Any other address is refused, so that a caller's document cannot make the
issuer fetch anything.

Leaves to others: the documents themselves; the lists come from the caller, because a list is
verified by this very road before there is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from issuer import did_document
from issuer.errors import NotFoundError
from issuer.office import Office
from issuer.store.rows import PublishedRow
from verifier.errors import Code, MissingError, UncheckedError
from verifier.sources import Fetch, Fetched, Sources
from verifier.status.token_status_list import MEDIA_TYPE

STATUS_PATH: Final = "status"
"""Where this deployment serves its status lists, below the public address."""

FindList = Callable[[str], PublishedRow]
"""The signed list with an id. Raises ``NotFoundError``."""
FindToken = Callable[[str], str]
"""The same list as a status token. Raises ``NotFoundError``."""


def no_lists(_list_id: str) -> PublishedRow:
    """For documents that have no status."""
    raise NotFoundError("There is no such status list.")


def no_tokens(_list_id: str) -> str:
    """For documents whose status is in no token."""
    raise NotFoundError("There is no such status token.")


def own_sources(
    office: Office, *, find_list: FindList, find_token: FindToken = no_tokens
) -> Sources:
    """Sources that answer from the store of ``office``."""
    return Sources(fetch=_own_fetch(office, find_list, find_token))


def _own_fetch(office: Office, find_list: FindList, find_token: FindToken) -> Fetch:
    def fetch(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
        try:
            if accept == MEDIA_TYPE:
                body, tag = find_token(_list_id(office, url)).encode(), None
            else:
                body, tag = _answer(office, url, find_list)
        except NotFoundError as error:
            raise MissingError(Code.FETCH_FAILED, "There is nothing at that address.") from error
        if len(body) > max_bytes:
            raise UncheckedError(Code.LIMIT_EXCEEDED, f"It is more than {max_bytes} bytes.")
        unchanged = etag is not None and etag == tag
        return Fetched(
            url=url,
            content_type="application/json",
            body=b"" if unchanged else body,
            etag=tag,
            is_unchanged=unchanged,
        )

    return fetch


def _answer(office: Office, url: str, find_list: FindList) -> tuple[bytes, str | None]:
    """The body at ``url`` and its ETag. Raises ``NotFoundError``, ``UncheckedError``."""
    path = url.removeprefix(f"{office.base_url}/")
    match path.split("/") if path != url else []:
        case [did_document.PATH, name, "did.json"]:
            return json.dumps(did_document.find_did_document(office.store, name)).encode(), None
        case [found, list_id] if found == STATUS_PATH:
            published = find_list(list_id)
            return published.body.encode(), published.etag
        case _:
            raise UncheckedError(Code.ADDRESS_NOT_ALLOWED, "It is not an address of this issuer.")


def _list_id(office: Office, url: str) -> str:
    """The id of the list at ``url``. Raises ``UncheckedError`` for another address."""
    place, _, list_id = url.rpartition("/")
    if place != f"{office.base_url}/{STATUS_PATH}":
        raise UncheckedError(Code.ADDRESS_NOT_ALLOWED, "It is not an address of this issuer.")
    return list_id
