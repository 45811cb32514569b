"""Counts for the console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.job_rows import FAILED
from issuer.store.rows import IssuanceState, StatusListRow


class _Offers(Room):
    table = tables.OFFERS


class _Issuances(Room):
    table = tables.ISSUANCES


class _Lists(Room):
    table = tables.STATUS_LISTS


class _JobRows(Room):
    table = tables.JOB_ROWS


class Figures:
    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self._connection = connection
        self._offers = _Offers(connection, tenant_id)
        self._issuances = _Issuances(connection, tenant_id)
        self._lists = _Lists(connection, tenant_id)
        self._job_rows = _JobRows(connection, tenant_id)

    def offers(self, changed_before: datetime) -> Mapping[str, int]:
        table = self._offers.table
        query = (
            select(table.c.state, func.count())
            .where(self._offers.mine(table.c.changed_at <= changed_before))
            .group_by(table.c.state)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def intents(self, lease_over: datetime) -> int:
        table = self._issuances.table
        return self._count(
            self._issuances,
            table.c.state == IssuanceState.SIGNING.value,
            table.c.lease_until <= lease_over,
        )

    def failed_rows(self) -> int:
        table = self._job_rows.table
        is_failed = table.c.state.in_([state.value for state in FAILED])
        return self._count(self._job_rows, is_failed, table.c.input.is_not(None))

    def _count(self, room: Room, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(room.table).where(room.mine(*conditions))
        count: int = self._connection.execute(query).scalar_one()
        return count

    def lists(self) -> tuple[StatusListRow, ...]:
        table = self._lists.table
        order = [table.c.issuer_id, table.c.purpose, table.c.number]
        return tuple(StatusListRow(**row._asdict()) for row in self._lists.rows(order=order))
