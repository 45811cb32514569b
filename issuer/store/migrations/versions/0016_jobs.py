"""Files of many rows, and their rows (``issuer.jobs``)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_jobs()
    _create_rows()


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("issuer_id", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_jobs")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_jobs_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuer_id"],
            ["issuers.tenant_id", "issuers.id"],
            name=op.f("fk_jobs_tenant_id_issuer_id"),
        ),
    )
    op.create_index("ix_jobs_served", "jobs", ["tenant_id", "served_at"], unique=False)
    live = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "ix_jobs_live",
        "jobs",
        ["tenant_id", "id"],
        unique=False,
        sqlite_where=live,
        postgresql_where=live,
    )


def _create_rows() -> None:
    op.create_table(
        "job_rows",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "number", name=op.f("pk_job_rows")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_job_rows_tenant_id_job_id"),
        ),
    )
    op.create_index(
        "ix_job_rows_state",
        "job_rows",
        ["tenant_id", "job_id", "state", "tries", "number"],
        unique=False,
    )
