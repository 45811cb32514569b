"""Credentials that the issuer builds itself beside a completion: what they are and what about.

A table of its own, so that nothing changes for the rows and the code of earlier releases.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "further",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("meaning", sa.String(length=64), nullable=True),
        sa.Column("said_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_further")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_further_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["issuances.tenant_id", "issuances.id"],
            name=op.f("fk_further_tenant_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "about"],
            ["issuances.tenant_id", "issuances.id"],
            name=op.f("fk_further_tenant_id_about"),
        ),
        sa.UniqueConstraint("tenant_id", "meaning", name=op.f("uq_further_tenant_id_meaning")),
    )
    op.create_index("ix_further_about", "further", ["tenant_id", "about"], unique=False)
