"""The credentials that we build ourselves beside completions: what each is, and what it is about.

Leaves to others: the issuances themselves (``issuances``).
"""

from __future__ import annotations

from typing import Any

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.rows import FurtherKind, FurtherRow


def read_further(found: Any) -> FurtherRow:
    values = found._asdict()
    return FurtherRow(**values | {"kind": FurtherKind(values["kind"])})


class Further(Room):
    table = tables.FURTHER

    def add(self, row: FurtherRow) -> None:
        self.insert(row, "A credential with this meaning")

    def get(self, issuance_id: str) -> FurtherRow | None:
        found = self.row(self.table.c.id == issuance_id)
        return read_further(found) if found else None

    def of_meaning(self, meaning: str) -> FurtherRow | None:
        found = self.row(self.table.c.meaning == meaning, lock=True)
        return read_further(found) if found else None

    def about(self, issuance_id: str) -> tuple[FurtherRow, ...]:
        found = self.rows(self.table.c.about == issuance_id, order=[self.table.c.id])
        return tuple(read_further(row) for row in found)

    def give_way(self, issuance_id: str) -> bool:
        return self.change({"meaning": None}, self.table.c.id == issuance_id)
