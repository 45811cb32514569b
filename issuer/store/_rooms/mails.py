"""Mails that wait, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete

from issuer.store import tables
from issuer.store._rooms.room import Room
from issuer.store.mails import MailRow, MailState

_ERASED: Final = {"recipient": None, "subject": None, "body": None}


def read_mail(found: Any) -> MailRow:
    values = found._asdict()
    return MailRow(**values | {"state": MailState(values["state"])})


class Mails(Room):
    table = tables.MAILS

    def add(self, row: MailRow) -> None:
        self.insert(row, "This mail")

    def get(self, mail_id: str) -> MailRow | None:
        found = self.row(self.table.c.id == mail_id)
        return read_mail(found) if found else None

    def of(self, subject_id: str) -> tuple[MailRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        found = self.rows(self.table.c.subject_id == subject_id, order=order)
        return tuple(read_mail(row) for row in found)

    def claim(self, mail_id: str, now: datetime, until: datetime) -> MailRow | None:
        is_ours = self.change(
            {"attempts": self.table.c.attempts + 1, "due": until},
            self.table.c.id == mail_id,
            self.table.c.state == MailState.WAITING.value,
            self.table.c.due <= now,
        )
        return self.get(mail_id) if is_ours else None

    def settle(self, row: MailRow, state: MailState, at: datetime) -> bool:
        erased = {} if state is MailState.DEAD else _ERASED
        values = {"state": state.value, "settled_at": at, **erased}
        return self._change_waiting(row, values)

    def delay(self, row: MailRow, due: datetime) -> bool:
        return self._change_waiting(row, {"due": due})

    def revive(self, at: datetime) -> int:
        dead = self.rows(self.table.c.state == MailState.DEAD.value)
        values = {
            "state": MailState.WAITING.value,
            "attempts": 0,
            "due": at,
            "settled_at": None,
        }
        self.change(values, self.table.c.state == MailState.DEAD.value)
        return len(dead)

    def forget(self, subject_id: str) -> int:
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.subject_id == subject_id))
        )
        return done.rowcount

    def _change_waiting(self, row: MailRow, values: dict[str, Any]) -> bool:
        return self.change(
            values,
            self.table.c.id == row.id,
            self.table.c.attempts == row.attempts,
            self.table.c.state == MailState.WAITING.value,
        )
