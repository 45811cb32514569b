"""Orders to withdraw many credentials at once, with time to undo them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revocations",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_revocations")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_revocations_tenant_id")
        ),
    )
    op.create_table(
        "revocation_items",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("revocation_id", sa.String(length=64), nullable=False),
        sa.Column("issuance_id", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_revocation_items")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_revocation_items_tenant_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "revocation_id"],
            ["revocations.tenant_id", "revocations.id"],
            name=op.f("fk_revocation_items_tenant_id_revocation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuance_id"],
            ["issuances.tenant_id", "issuances.id"],
            name=op.f("fk_revocation_items_tenant_id_issuance_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "revocation_id",
            "issuance_id",
            name=op.f("uq_revocation_items_tenant_id_revocation_id_issuance_id"),
        ),
    )
