"""Mails that wait to be sent: the row, and what the rest of the issuer may ask of it.

A mail names the thing it is about (``subject_id``, an offer, say). Once it is sent, or its
address does not exist, nothing of the address and the text is left.

Leaves to others: the queries (``issuer.store._rooms.mails``), sending (``issuer.delivery``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class MailState(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    """A mail server took it."""
    UNDELIVERABLE = "undeliverable"
    """A mail server said that there is no such address."""
    DEAD = "dead"
    """No mail server took it in all the tries there are. It is kept for the operator to retry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One mail. ``link`` is a ``SecretLink`` as text: its token stands nowhere in the store.
    Address, subject and body are ``None`` once it is settled."""

    tenant_id: str
    id: str
    kind: str
    subject_id: str
    recipient: str | None = field(repr=False)
    language: str
    subject: str | None = field(repr=False)
    body: str | None = field(repr=False)
    link: str | None
    state: MailState
    attempts: int
    due: datetime
    created: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMail:
    """Where a mail is that is due."""

    tenant_id: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCount:
    """How many mails of a kind are in a state."""

    tenant_id: str
    kind: str
    state: MailState
    number: int


class Mails(Protocol):
    """The tenant's mails."""

    def add(self, row: MailRow) -> None:
        """Write a mail that waits."""

    def get(self, mail_id: str) -> MailRow | None:
        """The mail with this id."""

    def of(self, subject_id: str) -> tuple[MailRow, ...]:
        """The mails about one thing, oldest first."""

    def claim(self, mail_id: str, now: datetime, until: datetime) -> MailRow | None:
        """Own a mail that is due at ``now``: nobody else gets it before ``until``. Counts the
        attempt. ``None`` when another was faster."""

    def settle(self, row: MailRow, state: MailState, at: datetime) -> bool:
        """Its end, if it is still at ``row.attempts``. Address and text are erased unless the
        state is ``dead``."""

    def delay(self, row: MailRow, due: datetime) -> bool:
        """Try again at ``due``, if it is still at ``row.attempts``."""

    def revive(self, at: datetime) -> int:
        """Let every dead mail wait again, due at ``at``; how many."""

    def forget(self, subject_id: str) -> int:
        """Delete all mails about one thing; how many."""
