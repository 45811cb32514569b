"""What people hold or are asked: offers, share links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, literal, select, tuple_

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.rows import OfferRow, OfferState, ShareRow


def read_offer(found: Any) -> OfferRow:
    values = found._asdict()
    return OfferRow(**values | {"state": OfferState(values["state"])})


class Offers(Room):
    table = tables.OFFERS

    def add(self, row: OfferRow) -> None:
        self.insert(row, "An offer of this record")

    def get(self, offer_id: str) -> OfferRow | None:
        found = self.row(self.table.c.id == offer_id)
        return read_offer(found) if found else None

    def of_record(self, record_key: str) -> OfferRow | None:
        found = self.row(self.table.c.record_key == record_key)
        return read_offer(found) if found else None

    def move(self, offer_id: str, state: OfferState, at: datetime) -> None:
        self.change({"state": state.value, "changed_at": at}, self.table.c.id == offer_id)

    def replace(self, row: OfferRow) -> None:
        self.change(self.values_of(row), self.table.c.id == row.id)

    def page(
        self, state: OfferState | None, after: OfferRow | None, limit: int
    ) -> tuple[OfferRow, ...]:
        offers = self.table.c
        conditions = [] if state is None else [offers.state == state.value]
        if after is not None:
            is_later = tuple_(offers.created, offers.id) > tuple_(
                literal(after.created, offers.created.type), literal(after.id)
            )
            conditions.append(is_later)
        query = select(self.table).where(self.mine(*conditions))
        query = query.order_by(offers.created, offers.id).limit(limit)
        return tuple(read_offer(found) for found in self._connection.execute(query))

    def delete(self, offer_id: str) -> bool:
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.id == offer_id))
        )
        return done.rowcount > 0


class Shares(Room):
    table = tables.SHARES

    def add(self, row: ShareRow) -> None:
        self.insert(row, "This link")

    def get(self, share_id: str) -> ShareRow | None:
        found = self.row(self.table.c.id == share_id)
        return ShareRow(**found._asdict()) if found else None

    def of_issuance(self, issuance_id: str) -> tuple[ShareRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        found = self.rows(self.table.c.issuance_id == issuance_id, order=order)
        return tuple(ShareRow(**row._asdict()) for row in found)

    def switch_off(self, share_id: str, at: datetime) -> bool:
        found = self.row(self.table.c.id == share_id)
        if found and found.off_at is None:
            self.change({"off_at": at}, self.table.c.id == share_id)
        return found is not None
