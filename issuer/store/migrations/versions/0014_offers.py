"""Offers live on: questions to hosts, consent that came early, and what is left of those that
ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offers", sa.Column("facts_hash", sa.String(length=64), nullable=True))
    op.add_column(
        "offers",
        sa.Column("wants_share", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("offers", sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_offers_state_changed_at", "offers", ["state", "changed_at"])
    op.create_index("ix_offers_page", "offers", ["tenant_id", "created", "id"])
    _attestations()
    _ended_offers()


def _attestations() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "attestations",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=600), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("due", instant, nullable=True),
        sa.Column("stalled_at", instant, nullable=True),
        sa.Column("answered_at", instant, nullable=True),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_attestations_tenant_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["offers.tenant_id", "offers.id"],
            name=op.f("fk_attestations_tenant_id_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attestations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_attestations_token_hash")),
    )
    op.create_index("ix_attestations_due", "attestations", ["due"])


def _ended_offers() -> None:
    op.create_table(
        "ended_offers",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ended_offers_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ended_offers")),
        sa.UniqueConstraint(
            "tenant_id", "fingerprint", name=op.f("uq_ended_offers_tenant_id_fingerprint")
        ),
    )
