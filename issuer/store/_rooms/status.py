"""Status lists and the places in them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.rows import PublishedRow, StatusEntryRow, StatusListRow


class Status(Room):
    table = tables.STATUS_LISTS
    _entries: Final = tables.STATUS_ENTRIES

    def open_list(self, issuer_id: str, purpose: str) -> StatusListRow | None:
        found = self.row(
            self.table.c.issuer_id == issuer_id,
            self.table.c.purpose == purpose,
            self.table.c.is_open,
            lock=True,
        )
        return StatusListRow(**found._asdict()) if found else None

    def add_list(self, row: StatusListRow) -> None:
        self.insert(row, "This status list")

    def get_list(self, list_id: str) -> StatusListRow | None:
        found = self.row(self.table.c.id == list_id)
        return StatusListRow(**found._asdict()) if found else None

    def close_list(self, list_id: str) -> None:
        self.change({"is_open": False}, self.table.c.id == list_id)

    def last_number(self, issuer_id: str, purpose: str) -> int:
        query = select(func.max(self.table.c.number)).where(
            self.mine(self.table.c.issuer_id == issuer_id, self.table.c.purpose == purpose)
        )
        return self._connection.execute(query).scalar_one() or 0

    def try_index(self, entry: StatusEntryRow) -> bool:
        """A collision is no error of the statement, which would end PostgreSQL's transaction."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = (
            dialect.insert(self._entries)
            .values(self.values_of(entry))
            .on_conflict_do_nothing(index_elements=["list_id", "index"])
            .returning(self._entries.c.index)
        )
        if self._connection.execute(statement).first() is None:
            return False
        self.change({"allocated": self.table.c.allocated + 1}, self.table.c.id == entry.list_id)
        return True

    def entries_of(self, issuance_id: str) -> tuple[StatusEntryRow, ...]:
        query = (
            select(self._entries)
            .where(
                self._entries.c.tenant_id == self._tenant_id,
                self._entries.c.issuance_id == issuance_id,
            )
            .order_by(self._entries.c.purpose)
        )
        return tuple(StatusEntryRow(**row._asdict()) for row in self._connection.execute(query))

    def set_entry(self, entry: StatusEntryRow) -> None:
        done = self._connection.execute(
            update(self._entries)
            .where(
                self._entries.c.tenant_id == self._tenant_id,
                self._entries.c.list_id == entry.list_id,
                self._entries.c.index == entry.index,
            )
            .values(is_set=entry.is_set)
        )
        if done.rowcount:
            self.change({"revision": self.table.c.revision + 1}, self.table.c.id == entry.list_id)

    def set_indexes(self, list_id: str) -> tuple[int, ...]:
        query = (
            select(self._entries.c.index)
            .where(
                self._entries.c.tenant_id == self._tenant_id,
                self._entries.c.list_id == list_id,
                self._entries.c.is_set,
            )
            .order_by(self._entries.c.index)
        )
        return tuple(self._connection.execute(query).scalars())

    def publish(self, list_id: str, version: int, published: PublishedRow) -> bool:
        values = {
            "version": version + 1,
            "published": published.body,
            "etag": published.etag,
            "published_revision": published.revision,
            "published_at": published.published_at,
            "change_published_at": published.change_published_at,
        }
        return self.change(values, self.table.c.id == list_id, self.table.c.version == version)
