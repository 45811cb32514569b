"""Questions to hosts, and offers that ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.asking import AttestationRow, EndedOfferRow, Ending


def read_ended(found: Any) -> EndedOfferRow:
    values = found._asdict()
    return EndedOfferRow(**values | {"ending": Ending(values["ending"])})


class Attestations(Room):
    table = tables.ATTESTATIONS

    def add(self, row: AttestationRow) -> None:
        self.insert(row, "A question about this offer")

    def get(self, offer_id: str) -> AttestationRow | None:
        found = self.row(self.table.c.id == offer_id)
        return AttestationRow(**found._asdict()) if found else None

    def replace(self, row: AttestationRow) -> None:
        self.change(self.values_of(row), self.table.c.id == row.id)

    def finish(self, offer_id: str) -> bool:
        return self.change({"email": None, "due": None}, self.table.c.id == offer_id)

    def delete(self, offer_id: str) -> bool:
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.id == offer_id))
        )
        return done.rowcount > 0


class EndedOffers(Room):
    table = tables.ENDED_OFFERS

    def add(self, row: EndedOfferRow) -> None:
        self.insert(row, "An ended offer of this record")

    def get(self, offer_id: str) -> EndedOfferRow | None:
        found = self.row(self.table.c.id == offer_id)
        return read_ended(found) if found else None

    def of_record(self, fingerprint: str) -> EndedOfferRow | None:
        found = self.row(self.table.c.fingerprint == fingerprint)
        return read_ended(found) if found else None

    def forget(self, fingerprint: str) -> bool:
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.fingerprint == fingerprint))
        )
        return done.rowcount > 0
