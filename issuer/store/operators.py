"""What the store holds of operators: accounts, sessions, tries to sign in.

Nothing here belongs to a tenant's unit: who signs in is found before a tenant is known. A
session is kept by the SHA-256 of its token, and a try by the SHA-256 of what it is counted for.

Leaves to others: what an operator may do (``issuer.operators``), the queries (``_rooms``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorRow:
    """An account. ``tenant_id`` is ``None`` for an operator of the whole deployment;
    ``password_hash`` (Argon2id, PHC form) or ``subject`` (that of an identity provider, with the
    provider before it) is ``None`` where that way in does not exist."""

    id: str
    name: str
    tenant_id: str | None
    password_hash: str | None = field(repr=False)
    subject: str | None
    created: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A browser that is signed in, until ``ends_at`` at most."""

    token_hash: str = field(repr=False)
    operator_id: str
    created: datetime
    seen_at: datetime
    ends_at: datetime


class Operators(Protocol):
    """Accounts of operators and their sessions."""

    def add(self, row: OperatorRow) -> None:
        """Raises ``TakenError``: names and subjects are unique."""

    def get(self, operator_id: str) -> OperatorRow | None:
        """The account with this id."""

    def by_name(self, name: str) -> OperatorRow | None:
        """The account with this name."""

    def by_subject(self, subject: str) -> OperatorRow | None:
        """The account of an identity provider's subject."""

    def all(self) -> tuple[OperatorRow, ...]:
        """All, by name."""

    def set_password(self, operator_id: str, password_hash: str) -> None:
        """Another way to the same account."""

    def disable(self, operator_id: str, at: datetime) -> None:
        """Nobody signs in to it any more. The first instant stays."""

    def add_session(self, row: SessionRow) -> None:
        """Write a new session."""

    def session(self, token_hash: str) -> SessionRow | None:
        """The session with this token."""

    def see_session(self, token_hash: str, at: datetime) -> None:
        """It was used."""

    def end_session(self, token_hash: str) -> None:
        """It is gone."""

    def end_sessions_of(self, operator_id: str) -> None:
        """All of an account are gone."""

    def forget_ended(self, now: datetime, idle_since: datetime) -> int:
        """Remove sessions and tries that mean nothing any more; how many."""

    def count_try(self, key_hash: str, now: datetime, since: datetime) -> int:
        """Count one more try; the tries since ``since``, this one too. Tries of one key that are
        made at the same time wait for each other."""

    def forget_tries(self, key_hash: str) -> None:
        """Begin to count anew."""
