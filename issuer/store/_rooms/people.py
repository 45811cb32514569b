"""What people hold or are asked: offers, share links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
