"""Who issues and who may ask for it: issuers, the public halves of keys, API keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.rows import ApiKeyRow, IssuerRow, KeyRow, KeyState, StatusPolicy


def read_issuer(found: Any) -> IssuerRow:
    values = found._asdict()
    return IssuerRow(**values | {"status_policy": StatusPolicy(values["status_policy"])})


def read_key(found: Any) -> KeyRow:
    values = found._asdict()
    return KeyRow(**values | {"state": KeyState(values["state"])})


def read_api_key(found: Any) -> ApiKeyRow:
    values = found._asdict()
    return ApiKeyRow(**values | {"scopes": frozenset(values["scopes"].split())})


class Issuers(Room):
    table = tables.ISSUERS

    def add(self, row: IssuerRow) -> None:
        self.insert(row, f"The issuer {row.name!r}")

    def get(self, issuer_id: str) -> IssuerRow | None:
        found = self.row(self.table.c.id == issuer_id)
        return read_issuer(found) if found else None

    def by_name(self, name: str) -> IssuerRow | None:
        found = self.row(self.table.c.name == name)
        return read_issuer(found) if found else None

    def all(self) -> tuple[IssuerRow, ...]:
        return tuple(read_issuer(found) for found in self.rows(order=[self.table.c.name]))


class Keys(Room):
    table = tables.KEYS

    def add(self, row: KeyRow) -> None:
        self.insert(row, "An active key of this issuer")

    def of(self, issuer_id: str) -> tuple[KeyRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        found = self.rows(self.table.c.issuer_id == issuer_id, order=order)
        return tuple(read_key(row) for row in found)

    def retire_active(self, issuer_id: str, at: datetime) -> None:
        self.change(
            {"state": KeyState.RETIRED.value, "retired_at": at},
            self.table.c.issuer_id == issuer_id,
            self.table.c.state == KeyState.ACTIVE.value,
        )

    def activate(self, key_id: str) -> None:
        self.change({"state": KeyState.ACTIVE.value}, *self._next(key_id))

    def forget_next(self, key_id: str) -> None:
        self._connection.execute(delete(self.table).where(self.mine(*self._next(key_id))))

    def _next(self, key_id: str) -> tuple[ColumnElement[bool], ...]:
        return (
            self.table.c.id == key_id,
            self.table.c.state == KeyState.RETIRED.value,
            self.table.c.retired_at.is_(None),
        )


class ApiKeys(Room):
    table = tables.API_KEYS

    def add(self, row: ApiKeyRow) -> None:
        self.insert(row, "A key with this prefix")

    def all(self) -> tuple[ApiKeyRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        return tuple(read_api_key(found) for found in self.rows(order=order))

    def get(self, prefix: str) -> ApiKeyRow | None:
        found = self.row(self.table.c.prefix == prefix)
        return read_api_key(found) if found else None

    def use(self, prefix: str, day: date) -> None:
        self.change({"last_used_on": day}, self.table.c.prefix == prefix)

    def revoke(self, prefix: str, at: datetime) -> bool:
        found = self.row(self.table.c.prefix == prefix)
        if found and found.revoked_at is None:
            self.change({"revoked_at": at}, self.table.c.prefix == prefix)
        return found is not None
