"""The first schema.

Events are append-only: triggers refuse to change or delete one, whoever asks.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER events_keep_{verb} BEFORE {VERB} ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
)
_POSTGRESQL_FUNCTION = (
    "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$"
)
_POSTGRESQL = (
    "CREATE TRIGGER events_keep_{verb} BEFORE {VERB} ON events "
    "FOR EACH ROW EXECUTE FUNCTION refuse_event_change()"
)


def upgrade() -> None:
    _create_tables()
    _keep_events()


def _keep_events() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(_POSTGRESQL_FUNCTION)
    trigger = _POSTGRESQL if is_postgresql else _SQLITE
    for verb in ("update", "delete"):
        op.execute(trigger.format(verb=verb, VERB=verb.upper()))


def _create_tables() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("name", name=op.f("uq_tenants_name")),
    )
    op.create_table(
        "api_keys",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "events",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_events_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_subject", "events", ["tenant_id", "subject"], unique=False)
    op.create_table(
        "issuers",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("did", sa.String(length=2048), nullable=False),
        sa.Column("profile_name", sa.String(length=200), nullable=False),
        sa.Column("profile_url", sa.String(length=2048), nullable=True),
        sa.Column("cryptosuite", sa.String(length=64), nullable=False),
        sa.Column("status_policy", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_issuers_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_issuers")),
        sa.UniqueConstraint("did", name=op.f("uq_issuers_did")),
        sa.UniqueConstraint("name", name=op.f("uq_issuers_name")),
    )
    op.create_table(
        "records",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=200), nullable=False),
        sa.Column("platform_id", sa.String(length=2048), nullable=False),
        sa.Column("platform_record_id", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.String(length=200), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_records_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_records")),
        sa.UniqueConstraint(
            "tenant_id",
            "platform_id",
            "platform_record_id",
            name=op.f("uq_records_tenant_id_platform_id_platform_record_id"),
        ),
    )
    op.create_index("ix_records_supersedes", "records", ["tenant_id", "supersedes"], unique=False)
    op.create_table(
        "issuances",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("issuer_id", sa.String(length=64), nullable=False),
        sa.Column("record_key", sa.String(length=64), nullable=True),
        sa.Column("credential_id", sa.String(length=2048), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'issued') = (signed IS NOT NULL)", name=op.f("ck_issuances_issued_is_signed")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuer_id"],
            ["issuers.tenant_id", "issuers.id"],
            name=op.f("fk_issuances_tenant_id_issuer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_key"],
            ["records.tenant_id", "records.id"],
            name=op.f("fk_issuances_tenant_id_record_key"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_issuances_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_issuances")),
    )
    op.create_index(
        "ix_issuances_credential", "issuances", ["tenant_id", "credential_id"], unique=False
    )
    op.create_index(
        "ix_issuances_open",
        "issuances",
        ["tenant_id", "created"],
        unique=False,
        sqlite_where=sa.text("state = 'signing'"),
        postgresql_where=sa.text("state = 'signing'"),
    )
    op.create_index("ix_issuances_record", "issuances", ["tenant_id", "record_key"], unique=False)
    op.create_table(
        "keys",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("issuer_id", sa.String(length=64), nullable=False),
        sa.Column("verification_method", sa.String(length=2300), nullable=False),
        sa.Column("signer_uri", sa.String(length=2048), nullable=False),
        sa.Column("multikey", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuer_id"],
            ["issuers.tenant_id", "issuers.id"],
            name=op.f("fk_keys_tenant_id_issuer_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_keys_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_keys")),
        sa.UniqueConstraint("verification_method", name=op.f("uq_keys_verification_method")),
    )
    op.create_index(
        "uq_keys_one_active",
        "keys",
        ["tenant_id", "issuer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "offers",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("record_key", sa.String(length=64), nullable=False),
        sa.Column("issuer_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuer_id"],
            ["issuers.tenant_id", "issuers.id"],
            name=op.f("fk_offers_tenant_id_issuer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_key"],
            ["records.tenant_id", "records.id"],
            name=op.f("fk_offers_tenant_id_record_key"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_offers_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_offers")),
        sa.UniqueConstraint("tenant_id", "record_key", name=op.f("uq_offers_tenant_id_record_key")),
    )
    op.create_table(
        "status_lists",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("issuer_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuer_id"],
            ["issuers.tenant_id", "issuers.id"],
            name=op.f("fk_status_lists_tenant_id_issuer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_status_lists_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_status_lists")),
        sa.UniqueConstraint("id", name=op.f("uq_status_lists_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "issuer_id",
            "purpose",
            "number",
            name=op.f("uq_status_lists_tenant_id_issuer_id_purpose_number"),
        ),
    )
    op.create_table(
        "idempotency",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("issuance_id", sa.String(length=64), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuance_id"],
            ["issuances.tenant_id", "issuances.id"],
            name=op.f("fk_idempotency_tenant_id_issuance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_idempotency_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "shares",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("issuance_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuance_id"],
            ["issuances.tenant_id", "issuances.id"],
            name=op.f("fk_shares_tenant_id_issuance_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_shares_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shares_token_hash")),
    )
    op.create_index("ix_shares_issuance", "shares", ["tenant_id", "issuance_id"], unique=False)
    op.create_table(
        "status_entries",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("issuance_id", sa.String(length=64), nullable=False),
        sa.Column("is_set", sa.Boolean(), nullable=False),
        sa.CheckConstraint('"index" >= 0', name=op.f("ck_status_entries_index_from_zero")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "issuance_id"],
            ["issuances.tenant_id", "issuances.id"],
            name=op.f("fk_status_entries_tenant_id_issuance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "list_id"],
            ["status_lists.tenant_id", "status_lists.id"],
            name=op.f("fk_status_entries_tenant_id_list_id"),
        ),
        sa.PrimaryKeyConstraint("list_id", "index", name=op.f("pk_status_entries")),
        sa.UniqueConstraint(
            "tenant_id",
            "issuance_id",
            "purpose",
            name=op.f("uq_status_entries_tenant_id_issuance_id_purpose"),
        ),
    )
    op.create_index(
        "ix_status_entries_set",
        "status_entries",
        ["list_id"],
        unique=False,
        sqlite_where=sa.text("is_set"),
        postgresql_where=sa.text("is_set"),
    )
