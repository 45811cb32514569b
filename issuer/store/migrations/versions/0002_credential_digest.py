"""Find issuances by the digest of their credential's id, and keep events from TRUNCATE.

A credential's id is the caller's and may be longer than what PostgreSQL can put into an index
(2,704 bytes); its SHA-256 never is.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ISSUANCES = sa.table(
    "issuances", sa.column("credential_id", sa.String), sa.column("credential_digest", sa.String)
)


def upgrade() -> None:
    op.add_column("issuances", sa.Column("credential_digest", sa.String(length=64), nullable=True))
    _fill()
    op.drop_index("ix_issuances_credential", table_name="issuances")
    op.create_index(
        "ix_issuances_credential", "issuances", ["tenant_id", "credential_digest"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER events_keep_truncate BEFORE TRUNCATE ON events "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()"
        )


def _fill() -> None:
    """The digest of every id that is there already."""
    connection = op.get_bind()
    ids = sa.select(_ISSUANCES.c.credential_id).distinct()
    for (credential_id,) in connection.execute(ids).all():
        if credential_id is not None:
            connection.execute(
                sa.update(_ISSUANCES)
                .where(_ISSUANCES.c.credential_id == credential_id)
                .values(credential_digest=hashlib.sha256(credential_id.encode()).hexdigest())
            )
