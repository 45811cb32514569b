"""``1EdTechRevocationList``: a plain list of the ids of revoked credentials.

Read only. The list is unsigned JSON, so all that vouches for it is the address, which the
credential's signature covers, and TLS; it must name the credential's issuer as its own. The
text of the standard has ``revokedCredential``, some issuers write ``revokedCredentials``: both
are read (Open Badges 3.0, section 9.4, and the public validator).

Leaves to others: fetching (``verifier.status.lists``), what it means to be listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import as_list, is_absolute_url
from verifier.status.bodies import parse_body
from verifier.strict_json import JsonObject, JsonValue

ENTRY_TYPE: Final = "1EdTechRevocationList"
_MEMBERS: Final = ("revokedCredential", "revokedCredentials")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """Who publishes it, and the reason (or ``None``) for each revoked credential's id."""

    issuer: str
    reasons: Mapping[str, str | None]

    def lists(self, credential_id: str) -> bool:
        """Whether the credential is among the revoked ones."""
        return _normal(credential_id) in self.reasons

    def reason(self, credential_id: str) -> str | None:
        """Why, where the list says so."""
        return self.reasons[_normal(credential_id)]


def parse_entry(entry: JsonObject) -> str:
    """The address of the list. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    url = entry.get("id")
    if not is_absolute_url(url):
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            "id of a status entry is the URL of the list.",
            pointer="/credentialStatus/id",
        )
    return str(url)


def parse_list(body: bytes, url: str) -> RevocationList:
    """Read the list that ``url`` answered.

    Raises ``RefusedError`` for what is not JSON; ``UncheckedError``:
    ``STATUS_VERIFICATION_ERROR`` for another shape, ``LIMIT_EXCEEDED`` for more than
    ``limits.STATUS_REVOKED_IDS``.
    """
    document = parse_body(body, max_values=limits.STATUS_REVOKED_VALUES)
    if document.get("id", url) != url:
        raise _unreadable("The list belongs to another address.")
    if not any(name in document for name in _MEMBERS):
        raise _unreadable("The list does not say what is revoked.")
    return RevocationList(issuer=_issuer(document), reasons=dict(_revoked(document)))


def _issuer(document: JsonObject) -> str:
    named = document.get("issuer")
    issuer = named.get("id") if isinstance(named, dict) else named
    if not isinstance(issuer, str):
        raise _unreadable("The list does not say whose it is.")
    return issuer


def _revoked(document: JsonObject) -> Iterator[tuple[str, str | None]]:
    """The items that revoke; one with ``revoked: false`` does not."""
    items = [item for name in _MEMBERS if name in document for item in as_list(document[name])]
    if len(items) > limits.STATUS_REVOKED_IDS:
        raise UncheckedError(Code.LIMIT_EXCEEDED, "The list has more items than are read here.")
    for item in items:
        identifier, is_revoked, reason = _parse_item(item)
        if is_revoked:
            yield _normal(identifier), reason


def _parse_item(item: JsonValue) -> tuple[str, bool, str | None]:
    """An id alone, or an object; what is listed is revoked unless it says that it is not."""
    found = {"id": item} if isinstance(item, str) else item
    if not isinstance(found, dict) or not isinstance(found.get("id"), str):
        raise _unreadable("An item of the list names no credential.")
    is_revoked, reason = found.get("revoked", True), found.get("revocationReason")
    if not isinstance(is_revoked, bool):
        raise _unreadable("An item of the list does not say whether it is revoked.")
    if reason is not None and not isinstance(reason, str):
        raise _unreadable("A reason in the list is not text.")
    return found["id"], is_revoked, reason and reason[: limits.STATUS_MESSAGE_CHARACTERS]


def _normal(identifier: str) -> str:
    """Two ids that name one credential are one: compared without escapes and white space
    (Open Badges 3.0, on the equality of credentials)."""
    return unquote(identifier.strip())


def _unreadable(detail: str) -> UncheckedError:
    return UncheckedError(Code.STATUS_VERIFICATION_ERROR, detail)
