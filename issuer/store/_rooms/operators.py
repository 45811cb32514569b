"""Accounts of operators, their sessions, tries to sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from issuer.store import tables
from issuer.store._rooms.room import is_taken, plain
from issuer.store.operators import OperatorRow, SessionRow
from issuer.store.ports import TakenError


class Operators:
    _accounts = tables.OPERATORS
    _sessions = tables.OPERATOR_SESSIONS
    _tries = tables.SIGN_IN_TRIES

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, row: OperatorRow) -> None:
        try:
            self._connection.execute(insert(self._accounts).values(plain(row)))
        except IntegrityError as error:
            if is_taken(error):
                raise TakenError(f"The operator {row.name!r}") from error
            raise

    def get(self, operator_id: str) -> OperatorRow | None:
        return self._account(self._accounts.c.id == operator_id)

    def by_name(self, name: str) -> OperatorRow | None:
        return self._account(self._accounts.c.name == name)

    def by_subject(self, subject: str) -> OperatorRow | None:
        return self._account(self._accounts.c.subject == subject)

    def all(self) -> tuple[OperatorRow, ...]:
        query = select(self._accounts).order_by(self._accounts.c.name)
        return tuple(OperatorRow(**row._asdict()) for row in self._connection.execute(query))

    def set_password(self, operator_id: str, password_hash: str) -> None:
        self._change(self._accounts.c.id == operator_id, password_hash=password_hash)

    def disable(self, operator_id: str, at: datetime) -> None:
        self._change(
            self._accounts.c.id == operator_id,
            self._accounts.c.disabled_at.is_(None),
            disabled_at=at,
        )

    def add_session(self, row: SessionRow) -> None:
        self._connection.execute(insert(self._sessions).values(plain(row)))

    def session(self, token_hash: str) -> SessionRow | None:
        query = select(self._sessions).where(self._sessions.c.token_hash == token_hash)
        found = self._connection.execute(query).first()
        return SessionRow(**found._asdict()) if found else None

    def see_session(self, token_hash: str, at: datetime) -> None:
        self._connection.execute(
            update(self._sessions)
            .where(self._sessions.c.token_hash == token_hash)
            .values(seen_at=at)
        )

    def end_session(self, token_hash: str) -> None:
        self._connection.execute(
            delete(self._sessions).where(self._sessions.c.token_hash == token_hash)
        )

    def end_sessions_of(self, operator_id: str) -> None:
        self._connection.execute(
            delete(self._sessions).where(self._sessions.c.operator_id == operator_id)
        )

    def forget_ended(self, now: datetime, idle_since: datetime) -> int:
        sessions = delete(self._sessions).where(
            or_(self._sessions.c.ends_at <= now, self._sessions.c.seen_at <= idle_since)
        )
        tries = delete(self._tries).where(self._tries.c.since <= idle_since)
        return sum(self._connection.execute(it).rowcount for it in (sessions, tries))

    def count_try(self, key_hash: str, now: datetime, since: datetime) -> int:
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        is_old = self._tries.c.since <= since
        statement = (
            dialect.insert(self._tries)
            .values(key_hash=key_hash, tries=1, since=now)
            .on_conflict_do_update(
                index_elements=["key_hash"],
                set_={
                    "tries": case((is_old, 1), else_=self._tries.c.tries + 1),
                    "since": case((is_old, now), else_=self._tries.c.since),
                },
            )
            .returning(self._tries.c.tries)
        )
        count: int = self._connection.execute(statement).scalar_one()
        return count

    def forget_tries(self, key_hash: str) -> None:
        self._connection.execute(delete(self._tries).where(self._tries.c.key_hash == key_hash))

    def _account(self, condition: ColumnElement[bool]) -> OperatorRow | None:
        found = self._connection.execute(select(self._accounts).where(condition)).first()
        return OperatorRow(**found._asdict()) if found else None

    def _change(self, *conditions: ColumnElement[bool], **values: Any) -> None:
        self._connection.execute(update(self._accounts).where(*conditions).values(values))
