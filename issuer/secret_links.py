"""Links that are keys: who has the address may do what it is for.

A token is 130 bits that only this deployment can derive from the link's id, so that a mail that
waits need not hold one, a retried call gives the same link, and the store keeps only a hash. Each
kind of link has a key of its own: a token of one kind is nothing among those of another.

Leaves to others: which links there are and when they end (``issuer.shares``, ``issuer.attesting``).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from issuer import limits
from issuer.office import Office

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32, in small letters."""


class LinkKind(StrEnum):
    """What a link is for: the first part of its path."""

    SHARE = "s"
    ATTEST = "attest"


_PURPOSES: Final = {LinkKind.SHARE: "share-links", LinkKind.ATTEST: "attest-links"}
"""What the keys of the kinds are derived for. They never change: links would end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretLink:
    """One link, without its token. ``id`` is ours and no secret."""

    kind: LinkKind
    id: str

    def to_text(self) -> str:
        """The form in which a store keeps it."""
        return f"{self.kind}/{self.id}"

    @classmethod
    def from_text(cls, text: str) -> SecretLink:
        """What ``to_text`` wrote."""
        kind, _, link_id = text.partition("/")
        return cls(kind=LinkKind(kind), id=link_id)


def token_of(office: Office, link: SecretLink) -> str:
    """The token of a link: 26 signs, the same each time."""
    key = office.keyring.secret(_PURPOSES[link.kind])
    number = int.from_bytes(hmac.digest(key, link.id.encode(), "sha256"))
    return "".join(
        _ALPHABET[number >> (5 * place) & 31] for place in range(limits.SHARE_TOKEN_CHARACTERS)
    )


def url_of(office: Office, link: SecretLink) -> str:
    """The address of a link."""
    return f"{office.base_url}/{link.kind}/{token_of(office, link)}"


def hash_of(token: str) -> str:
    """What the store keeps of a token (SHA-256, hex): enough to find it, useless to whoever
    reads it."""
    return hashlib.sha256(token.encode()).hexdigest()
