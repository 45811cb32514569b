"""Files of many rows, and the rows, which any number of workers share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, exists, func, insert, select, update

from issuer import limits
from issuer.store import tables
from issuer.store._rooms.room import Room, plain
from issuer.store.job_rows import FAILED, JobLineRow, JobRow, JobState, LineState

_LIVE: Final = (JobState.QUEUED.value, JobState.RUNNING.value)
_ENDED: Final = (JobState.FINISHED.value, JobState.CANCELLED.value)


def read_job(found: Any) -> JobRow:
    values = found._asdict()
    return JobRow(**values | {"state": JobState(values["state"])})


def read_line(found: Any) -> JobLineRow:
    values = found._asdict()
    return JobLineRow(**values | {"state": LineState(values["state"])})


def next_job(connection: Connection, now: datetime) -> tuple[str, str] | None:
    """Tenant and id of the job whose turn it is: of the tenant that was served longest ago, the
    job that was. However much one tenant sends, another waits for one portion of it at most."""
    jobs, lines, others = tables.JOBS, tables.JOB_ROWS, tables.JOBS.alias()
    has_work = exists().where(
        lines.c.tenant_id == jobs.c.tenant_id,
        lines.c.job_id == jobs.c.id,
        lines.c.state == LineState.OPEN.value,
        lines.c.lease_until <= now,
    )
    tenant_served = (
        select(func.max(others.c.served_at))
        .where(others.c.tenant_id == jobs.c.tenant_id)
        .scalar_subquery()
    )
    query = (
        select(jobs.c.tenant_id, jobs.c.id)
        .where(jobs.c.state.in_(_LIVE), jobs.c.not_before <= now, has_work)
        .order_by(tenant_served, jobs.c.served_at, jobs.c.tenant_id, jobs.c.id)
        .limit(1)
    )
    found = connection.execute(query).first()
    return None if found is None else (found[0], found[1])


class Jobs(Room):
    table = tables.JOBS

    def add(self, row: JobRow) -> None:
        self.insert(row, "This job")

    def get(self, job_id: str) -> JobRow | None:
        found = self.row(self.table.c.id == job_id)
        return read_job(found) if found else None

    def lock(self, job_id: str) -> JobRow | None:
        found = self.row(self.table.c.id == job_id, lock=True)
        return read_job(found) if found else None

    def newest(self, limit: int) -> tuple[JobRow, ...]:
        query = (
            select(self.table)
            .where(self.mine())
            .order_by(self.table.c.created.desc(), self.table.c.id)
            .limit(limit)
        )
        return tuple(read_job(found) for found in self._connection.execute(query))

    def replace(self, row: JobRow) -> bool:
        return self.change(self.values_of(row), self.table.c.id == row.id)

    def left_before(self, at: datetime) -> tuple[JobRow, ...]:
        """Jobs that are not moved by workers any more and still may hold what people sent."""
        stuck = and_(self.table.c.state == JobState.RECEIVING.value, self.table.c.created < at)
        ended = and_(self.table.c.state.in_(_ENDED), self.table.c.finished_at < at)
        order = [self.table.c.created, self.table.c.id]
        return tuple(read_job(found) for found in self.rows(stuck | ended, order=order))


def _portion(found: list[JobLineRow]) -> tuple[JobLineRow, ...]:
    """A row that was claimed before without a result may have ended its worker: it is claimed
    alone, so that it takes no other with it."""
    trusted = [line.tries < limits.JOB_ROW_ALONE for line in found]
    first_doubtful = trusted.index(False) if False in trusted else len(found)
    return tuple(found[: max(1, first_doubtful)])


class JobLines(Room):
    table: Table = tables.JOB_ROWS

    def add(self, rows: Sequence[JobLineRow]) -> None:
        self._connection.execute(insert(self.table), [self.values_of(row) for row in rows])

    def values_of(self, row: JobLineRow) -> dict[str, Any]:
        if row.tenant_id != self._tenant_id:
            raise ValueError("a row of another tenant")
        return plain(row)

    def claim(
        self, job_id: str, *, limit: int, lease_until: datetime, now: datetime
    ) -> tuple[JobLineRow, ...]:
        query = (
            select(self.table)
            .where(
                self.mine(
                    self.table.c.job_id == job_id,
                    self.table.c.state == LineState.OPEN.value,
                    self.table.c.lease_until <= now,
                )
            )
            .order_by(self.table.c.tries, self.table.c.number)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = _portion([read_line(row) for row in self._connection.execute(query)])
        values = {"lease_until": lease_until, "tries": self.table.c.tries + 1}
        numbers = [line.number for line in found]
        if numbers:
            self.change(values, self.table.c.job_id == job_id, self.table.c.number.in_(numbers))
        return found

    def settle(self, row: JobLineRow) -> bool:
        values = {
            "state": row.state.value,
            "input": row.input,
            "outcome": row.outcome,
            "lease_until": row.lease_until,
            "tries": row.tries,
        }
        return self.change(
            values,
            self.table.c.job_id == row.job_id,
            self.table.c.number == row.number,
            self.table.c.state == LineState.OPEN.value,
        )

    def has_open(self, job_id: str) -> bool:
        query = select(self.table.c.number).where(
            self.mine(self.table.c.job_id == job_id, self.table.c.state == LineState.OPEN.value)
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def counts(self, job_id: str) -> dict[LineState, int]:
        query = (
            select(self.table.c.state, func.count())
            .where(self.mine(self.table.c.job_id == job_id))
            .group_by(self.table.c.state)
        )
        return {LineState(state): count for state, count in self._connection.execute(query)}

    def listed(
        self, job_id: str, *, states: Collection[LineState], after: int, limit: int
    ) -> tuple[JobLineRow, ...]:
        query = (
            select(self.table)
            .where(
                self.mine(
                    self.table.c.job_id == job_id,
                    self.table.c.state.in_([state.value for state in states]),
                    self.table.c.number > after,
                )
            )
            .order_by(self.table.c.number)
            .limit(limit)
        )
        return tuple(read_line(found) for found in self._connection.execute(query))

    def reopen(self, job_id: str, at: datetime) -> int:
        values = {"state": LineState.OPEN.value, "outcome": None, "tries": 0, "lease_until": at}
        done = self._connection.execute(
            update(self.table)
            .where(
                self.mine(
                    self.table.c.job_id == job_id,
                    self.table.c.state.in_([state.value for state in FAILED]),
                    self.table.c.input.is_not(None),
                )
            )
            .values(values)
        )
        return done.rowcount

    def cancel(self, job_id: str, now: datetime) -> int:
        done = self._connection.execute(
            update(self.table)
            .where(
                self.mine(
                    self.table.c.job_id == job_id,
                    self.table.c.state == LineState.OPEN.value,
                    self.table.c.lease_until <= now,
                )
            )
            .values({"state": LineState.CANCELLED.value, "input": None})
        )
        return done.rowcount

    def forget(self, job_id: str) -> int:
        done = self._connection.execute(
            update(self.table)
            .where(self.mine(self.table.c.job_id == job_id, self.table.c.input.is_not(None)))
            .values({"input": None})
        )
        return done.rowcount
