"""Access tokens: given for an hour, then forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.access import AccessTokenRow


def read_access_token(found: Any) -> AccessTokenRow:
    values = found._asdict()
    return AccessTokenRow(**values | {"scopes": frozenset(values["scopes"].split())})


class AccessTokens(Room):
    table = tables.ACCESS_TOKENS

    def add(self, row: AccessTokenRow) -> None:
        self.insert(row, "A token with this prefix")

    def revoke(self, token_id: str, at: datetime) -> bool:
        found = self.row(self.table.c.id == token_id)
        if found and found.revoked_at is None:
            self.change({"revoked_at": at}, self.table.c.id == token_id)
        return found is not None

    def forget_before(self, at: datetime) -> int:
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.expires_at < at))
        )
        return done.rowcount
