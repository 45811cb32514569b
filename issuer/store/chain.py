"""The audit trail as a chain: each line's hash covers the line and the hash before it.

SHA-256 over the RFC 8785 form of the line, its place and the hash before it, so that whoever
changes, removes, inserts or moves a line has to write every later hash anew; a hash that was
kept elsewhere shows that too. Each tenant has a chain, and the deployment has one of its own
for what belongs to no tenant. What a line says, once released, is never said otherwise: a new
member comes with a new ``v``.

Leaves to others: keeping the lines (``issuer.store``), going through a whole trail
(``issuer.audit``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import rfc8785

from issuer.store.rows import EventRow
from verifier.strict_json import JsonObject

DEPLOYMENT: Final = "deployment"
"""The chain of what belongs to no tenant; tenants' ids have 32 signs."""
_VERSION: Final = 1
_NOTHING_BEFORE: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain: how many lines it has, and the last one's hash (hex)."""

    position: int = 0
    hash: str = _NOTHING_BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line at its place, counted from 1, and its hash (hex)."""

    position: int
    hash: str
    event: EventRow


def link_to(head: Head, event: EventRow) -> Link:
    """``event`` as the line that follows ``head``."""
    position = head.position + 1
    said = build_line(event, position=position, previous=head.hash)
    digest = hashlib.sha256(rfc8785.dumps(said)).hexdigest()
    return Link(position=position, hash=digest, event=event)


def build_line(event: EventRow, *, position: int, previous: str) -> JsonObject:
    """What is hashed, and what an export shows."""
    return {
        "v": _VERSION,
        "chain": event.tenant_id,
        "position": position,
        "previous": previous,
        "id": event.id,
        "at": _microseconds(event.at),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "reason": event.reason,
    }


def _microseconds(at: datetime) -> str:
    """Always six digits: the text must not depend on what the database hands back."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def end_of(link: Link) -> Head:
    """The chain's end when ``link`` is its last line."""
    return Head(position=link.position, hash=link.hash)
