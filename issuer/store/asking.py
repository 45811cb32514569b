"""Asking a host to confirm, and offers that ended: rows, and what may be asked of them.

Leaves to others: the queries (``issuer.store._rooms.asking``), when a host is asked
(``issuer.attestation``), when an offer ends (``issuer.closing``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationRow:
    """The question to the host about one offer, whose ``id`` it has.

    ``email`` is kept for as long as the host may still be reminded, ``due`` is when something is
    to be done about it. ``answers`` is JSON: the host's own words, for the platform and the
    learner, and for no credential.
    """

    tenant_id: str
    id: str
    link_id: str
    token_hash: str = field(repr=False)
    email: str | None = field(repr=False)
    language: str
    asked_at: datetime
    reminders: int
    due: datetime | None
    stalled_at: datetime | None
    answered_at: datetime | None
    answers: str | None = field(repr=False)


class Ending(StrEnum):
    """How an offer ended without a credential."""

    DECLINED = "declined"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedOfferRow:
    """What is left of an offer that ended: that it did, and a keyed hash (hex) of the platform's
    name for the record, so that the same record is not offered again."""

    tenant_id: str
    id: str
    fingerprint: str
    ending: Ending
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPlace:
    """Where an offer is that something is to be done about."""

    tenant_id: str
    id: str


class Attestations(Protocol):
    """The tenant's questions to hosts."""

    def add(self, row: AttestationRow) -> None:
        """Raises ``TakenError`` when there is one for the offer."""

    def get(self, offer_id: str) -> AttestationRow | None:
        """The question about this offer."""

    def replace(self, row: AttestationRow) -> None:
        """Write all of its members anew."""

    def finish(self, offer_id: str) -> bool:
        """Nobody is to be reminded any more: the address is erased. Whether there was one."""

    def delete(self, offer_id: str) -> bool:
        """Whether there was one."""


class EndedOffers(Protocol):
    """The tenant's offers that ended without a credential."""

    def add(self, row: EndedOfferRow) -> None:
        """Raises ``TakenError`` when the same record ended before."""

    def get(self, offer_id: str) -> EndedOfferRow | None:
        """The offer with this id."""

    def of_record(self, fingerprint: str) -> EndedOfferRow | None:
        """The offer of the record with this fingerprint."""

    def forget(self, fingerprint: str) -> bool:
        """Let the record be offered again. Whether there was one."""
