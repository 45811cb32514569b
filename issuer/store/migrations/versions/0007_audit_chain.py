"""The lines of the audit trail are chained by their hashes.

Lines that are there already begin the chain, in the order of their instants. The form of a line
is written out here once more: what was hashed stays as it was, whatever the program does later.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import rfc8785
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_VERBS = ("update", "delete")
_SQLITE = (
    "CREATE TRIGGER {table}_keep_{verb} BEFORE {VERB} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
)
_POSTGRESQL = (
    "CREATE TRIGGER {table}_keep_{verb} BEFORE {VERB} ON {table} "
    "FOR EACH {each} EXECUTE FUNCTION refuse_event_change()"
)


def upgrade() -> None:
    op.add_column("events", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("hash", sa.String(length=64), nullable=True))
    _create_tables()
    _let_change()
    _start_chains()
    _keep("events", _VERBS)
    _keep("deployment_events", (*_VERBS, "truncate") if _is_postgresql() else _VERBS)
    op.create_index("uq_events_position", "events", ["tenant_id", "position"], unique=True)


def _create_tables() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "deployment_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment_events")),
        sa.UniqueConstraint("position", name=op.f("uq_deployment_events_position")),
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _let_change() -> None:
    for verb in _VERBS:
        place = " ON events" if _is_postgresql() else ""
        op.execute(f"DROP TRIGGER events_keep_{verb}{place}")


def _keep(table: str, verbs: tuple[str, ...]) -> None:
    for verb in verbs:
        each = "STATEMENT" if verb == "truncate" else "ROW"
        trigger = _POSTGRESQL if _is_postgresql() else _SQLITE
        op.execute(trigger.format(table=table, verb=verb, VERB=verb.upper(), each=each))


def _start_chains() -> None:
    query = sa.text(
        "SELECT tenant_id, id, at, actor, action, subject, reason FROM events"
        " ORDER BY tenant_id, at, id"
    ).columns(at=sa.DateTime(timezone=True))
    found = op.get_bind().execute(query).all()
    for tenant_id, rows in groupby(found, key=lambda row: row.tenant_id):
        _chain(tenant_id, list(rows))


def _chain(tenant_id: str, rows: list[Any]) -> None:
    head = "0" * 64
    for position, row in enumerate(rows, start=1):
        head = _hash(row, position, head)
        op.get_bind().execute(
            sa.text(
                "UPDATE events SET position = :position, hash = :hash"
                " WHERE tenant_id = :tenant_id AND id = :id"
            ),
            {"position": position, "hash": head, "tenant_id": tenant_id, "id": row.id},
        )
    op.get_bind().execute(
        sa.text("INSERT INTO audit_heads VALUES (:tenant_id, :position, :hash)"),
        {"tenant_id": tenant_id, "position": len(rows), "hash": head},
    )


def _hash(row: Any, position: int, previous: str) -> str:
    line = {
        "v": 1,
        "chain": row.tenant_id,
        "position": position,
        "previous": previous,
        "id": row.id,
        "at": _utc(row.at).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "reason": row.reason,
    }
    return hashlib.sha256(rfc8785.dumps(line)).hexdigest()


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
