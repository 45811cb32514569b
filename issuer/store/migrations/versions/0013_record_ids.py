"""Find records by their own id, which a correction names."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_records_record_id", "records", ["tenant_id", "record_id"])
