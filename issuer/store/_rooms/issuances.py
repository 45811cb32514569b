"""From a record to the signed bytes: records, issuances, callers' idempotency keys."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from issuer.store import tables
from issuer.store._rooms.room import Room, Values
from issuer.store.rows import IdempotencyRow, IssuanceRow, IssuanceState, RecordRow


def _digest(credential_id: str) -> str:
    return hashlib.sha256(credential_id.encode()).hexdigest()


def read_issuance(found: Any) -> IssuanceRow:
    values = found._asdict()
    del values["credential_digest"]
    return IssuanceRow(**values | {"state": IssuanceState(values["state"])})


class Records(Room):
    table = tables.RECORDS

    def add(self, row: RecordRow) -> None:
        self.insert(row, "This record")

    def get(self, key: str) -> RecordRow | None:
        found = self.row(self.table.c.id == key)
        return RecordRow(**found._asdict()) if found else None

    def of_platform(self, platform_id: str, platform_record_id: str) -> RecordRow | None:
        found = self.row(
            self.table.c.platform_id == platform_id,
            self.table.c.platform_record_id == platform_record_id,
            lock=True,
        )
        return RecordRow(**found._asdict()) if found else None

    def of_record_id(self, record_id: str) -> tuple[RecordRow, ...]:
        order = [self.table.c.received_at, self.table.c.id]
        found = self.rows(self.table.c.record_id == record_id, order=order, lock=True)
        return tuple(RecordRow(**row._asdict()) for row in found)

    def replace(self, row: RecordRow) -> None:
        self.change(self.values_of(row), self.table.c.id == row.id)

    def delete(self, key: str) -> bool:
        done = self._connection.execute(delete(self.table).where(self.mine(self.table.c.id == key)))
        return done.rowcount > 0

    def superseding(self, record_id: str) -> tuple[RecordRow, ...]:
        order = [self.table.c.received_at, self.table.c.id]
        found = self.rows(self.table.c.supersedes == record_id, order=order)
        return tuple(RecordRow(**row._asdict()) for row in found)


class Issuances(Room):
    table = tables.ISSUANCES

    def values_of(self, row: IssuanceRow) -> Values:
        """With the digest by which the database finds the credential's id."""
        digest = None if row.credential_id is None else _digest(row.credential_id)
        return super().values_of(row) | {"credential_digest": digest}

    def add(self, row: IssuanceRow) -> None:
        self.insert(row, "This issuance")

    def get(self, issuance_id: str) -> IssuanceRow | None:
        found = self.row(self.table.c.id == issuance_id)
        return read_issuance(found) if found else None

    def lock(self, issuance_id: str) -> IssuanceRow | None:
        found = self.row(self.table.c.id == issuance_id, lock=True)
        return read_issuance(found) if found else None

    def of_credential(self, credential_id: str) -> tuple[IssuanceRow, ...]:
        return self._oldest_first(
            self.table.c.credential_digest == _digest(credential_id),
            self.table.c.state == IssuanceState.ISSUED.value,
        )

    def of_record(self, record_key: str) -> tuple[IssuanceRow, ...]:
        return self._oldest_first(self.table.c.record_key == record_key)

    def issued_between(
        self, start: datetime | None, before: datetime | None, *, issuer_id: str | None, limit: int
    ) -> tuple[str, ...]:
        conditions = [self.table.c.state == IssuanceState.ISSUED.value]
        if start is not None:
            conditions.append(self.table.c.settled_at >= start)
        if before is not None:
            conditions.append(self.table.c.settled_at < before)
        if issuer_id is not None:
            conditions.append(self.table.c.issuer_id == issuer_id)
        query = (
            select(self.table.c.id)
            .where(self.mine(*conditions))
            .order_by(self.table.c.settled_at, self.table.c.id)
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def open_intents(self) -> tuple[IssuanceRow, ...]:
        return self._oldest_first(self.table.c.state == IssuanceState.SIGNING.value)

    def take_over(self, issuance_id: str, attempt: int, lease_until: datetime) -> bool:
        return self.change(
            {"attempt": attempt + 1, "lease_until": lease_until},
            *self._still_ours(issuance_id, attempt),
        )

    def finish(self, row: IssuanceRow) -> bool:
        values = {
            "state": IssuanceState.ISSUED.value,
            "signed": row.signed,
            "answer": row.answer,
            "settled_at": row.settled_at,
        }
        return self.change(values, *self._still_ours(row.id, row.attempt))

    def void(self, issuance_id: str, attempt: int, at: datetime) -> bool:
        values = {"state": IssuanceState.VOID.value, "settled_at": at}
        return self.change(values, *self._still_ours(issuance_id, attempt))

    def forget_record(self, record_key: str) -> bool:
        return self.change(
            {"record_key": None},
            self.table.c.record_key == record_key,
            self.table.c.state == IssuanceState.VOID.value,
        )

    def _still_ours(self, issuance_id: str, attempt: int) -> tuple[ColumnElement[bool], ...]:
        return (
            self.table.c.id == issuance_id,
            self.table.c.attempt == attempt,
            self.table.c.state == IssuanceState.SIGNING.value,
        )

    def _oldest_first(self, *conditions: ColumnElement[bool]) -> tuple[IssuanceRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        return tuple(read_issuance(found) for found in self.rows(*conditions, order=order))


class Idempotency(Room):
    table = tables.IDEMPOTENCY

    def get(self, key: str) -> IdempotencyRow | None:
        found = self.row(self.table.c.key == key)
        return IdempotencyRow(**found._asdict()) if found else None

    def add(self, row: IdempotencyRow) -> None:
        self.insert(row, "This idempotency key")

    def finish(self, key: str, response: str) -> None:
        self.change({"response": response}, self.table.c.key == key)

    def point_to(self, key: str, issuance_id: str) -> None:
        self.change({"issuance_id": issuance_id}, self.table.c.key == key)

    def forget_before(self, at: datetime) -> int:
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.created < at))
        )
        return done.rowcount
