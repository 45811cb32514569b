"""The tables, as this release expects them (``issuer.store.migrate`` brings them about).

Rules that the database itself keeps: every table of a tenant's things carries the tenant's id
in its foreign keys, so that no row can point into another tenant; a status index belongs to
one issuance for ever; one key of an issuer is active; one list of an issuer and purpose is
open; a platform's record exists once.

JSON is kept as text, exactly as it was signed or read. Instants are UTC.
Leaves to others: every query (``issuer.store.sql``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no zone: it would be guessed later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite drops."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID: Final = String(64)
_NAME: Final = String(200)


def _of_tenant(*columns: str, target: str) -> ForeignKeyConstraint:
    """A reference that cannot leave the tenant."""
    return ForeignKeyConstraint(["tenant_id", *columns], [f"{target}.tenant_id", f"{target}.id"])


def _tenant_table(name: str, *parts: Column[object] | object) -> Table:
    """A table of a tenant's things: (tenant_id, id) is its key."""
    return Table(
        name,
        METADATA,
        Column("tenant_id", _ID, nullable=False),
        Column("id", _ID, nullable=False),
        *parts,  # type: ignore[arg-type]  # columns and constraints alike
        PrimaryKeyConstraint("tenant_id", "id"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
    )


TENANTS: Final = Table(
    "tenants",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", _NAME, nullable=False, unique=True),
    Column("created", UtcInstant, nullable=False),
)

ISSUERS: Final = _tenant_table(
    "issuers",
    Column("name", String(40), nullable=False, unique=True),
    Column("did", String(2048), nullable=False, unique=True),
    Column("profile_name", _NAME, nullable=False),
    Column("profile_url", String(2048)),
    Column("proof_format", String(64), nullable=False),
    Column("status_policy", String(32), nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("is_sandbox", Boolean, nullable=False, server_default=false()),
)

KEYS: Final = _tenant_table(
    "keys",
    Column("issuer_id", _ID, nullable=False),
    Column("verification_method", String(2300), nullable=False, unique=True),
    Column("signer_uri", String(2048), nullable=False),
    Column("multikey", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("retired_at", UtcInstant),
    _of_tenant("issuer_id", target="issuers"),
)
Index(
    "uq_keys_one_active",
    KEYS.c.tenant_id,
    KEYS.c.issuer_id,
    unique=True,
    sqlite_where=text("state = 'active'"),
    postgresql_where=text("state = 'active'"),
)

API_KEYS: Final = _tenant_table(
    "api_keys",
    Column("label", _NAME, nullable=False),
    Column("prefix", String(16), nullable=False, unique=True),
    Column("secret_hash", String(64), nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Column("revoked_at", UtcInstant),
    Column("last_used_on", Date),
)

ACCESS_TOKENS: Final = _tenant_table(
    "access_tokens",
    Column("key_id", _ID, nullable=False),
    Column("prefix", String(16), nullable=False, unique=True),
    Column("secret_hash", String(64), nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Column("revoked_at", UtcInstant),
    _of_tenant("key_id", target="api_keys"),
    Index("ix_access_tokens_end", "tenant_id", "expires_at"),
)

RECORDS: Final = _tenant_table(
    "records",
    Column("record_id", _NAME, nullable=False),
    Column("platform_id", String(2048), nullable=False),
    Column("platform_record_id", _NAME, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("supersedes", _NAME),
    Column("received_at", UtcInstant, nullable=False),
    UniqueConstraint("tenant_id", "platform_id", "platform_record_id"),
    Index("ix_records_supersedes", "tenant_id", "supersedes"),
    Index("ix_records_record_id", "tenant_id", "record_id"),
)

ISSUANCES: Final = _tenant_table(
    "issuances",
    Column("issuer_id", _ID, nullable=False),
    Column("record_key", _ID),
    Column("credential_id", String(2048)),
    Column("credential_digest", String(64)),
    Column("state", String(16), nullable=False),
    Column("intent", Text, nullable=False),
    Column("signed", Text),
    Column("answer", Text),
    Column("attempt", Integer, nullable=False),
    Column("lease_until", UtcInstant, nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("settled_at", UtcInstant),
    _of_tenant("issuer_id", target="issuers"),
    _of_tenant("record_key", target="records"),
    CheckConstraint("(state = 'issued') = (signed IS NOT NULL)", name="issued_is_signed"),
    Index("ix_issuances_credential", "tenant_id", "credential_digest"),
    Index("ix_issuances_record", "tenant_id", "record_key"),
    Index(
        "ix_issuances_open",
        "tenant_id",
        "created",
        sqlite_where=text("state = 'signing'"),
        postgresql_where=text("state = 'signing'"),
    ),
)

"""``credential_digest`` is the SHA-256 of ``credential_id``, which can be too long to index."""

FURTHER: Final = _tenant_table(
    "further",
    Column("kind", String(32), nullable=False),
    Column("about", _ID),
    Column("meaning", String(64)),
    Column("said_hash", String(64), nullable=False),
    _of_tenant("id", target="issuances"),
    _of_tenant("about", target="issuances"),
    UniqueConstraint("tenant_id", "meaning"),
    Index("ix_further_about", "tenant_id", "about"),
)
"""What there is to know of an issuance (``id``) that we built ourselves beside a completion. One of
each ``meaning`` at a time: one that was void or withdrawn gives its meaning up."""

STATUS_LISTS: Final = _tenant_table(
    "status_lists",
    Column("issuer_id", _ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("allocated", Integer, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("published_revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("published", Text),
    Column("etag", String(80)),
    Column("published_at", UtcInstant),
    Column("change_published_at", UtcInstant),
    UniqueConstraint("id"),
    UniqueConstraint("tenant_id", "issuer_id", "purpose", "number"),
    Index(
        "uq_status_lists_one_open",
        "tenant_id",
        "issuer_id",
        "purpose",
        unique=True,
        sqlite_where=text("is_open"),
        postgresql_where=text("is_open"),
    ),
    _of_tenant("issuer_id", target="issuers"),
)

STATUS_ENTRIES: Final = Table(
    "status_entries",
    METADATA,
    Column("tenant_id", _ID, nullable=False),
    Column("list_id", _ID, nullable=False),
    Column("index", Integer, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("issuance_id", _ID, nullable=False),
    Column("is_set", Boolean, nullable=False),
    PrimaryKeyConstraint("list_id", "index"),
    UniqueConstraint("tenant_id", "issuance_id", "purpose"),
    _of_tenant("list_id", target="status_lists"),
    _of_tenant("issuance_id", target="issuances"),
    CheckConstraint('"index" >= 0', name="index_from_zero"),
    Index(
        "ix_status_entries_set",
        "list_id",
        sqlite_where=text("is_set"),
        postgresql_where=text("is_set"),
    ),
)

IDEMPOTENCY: Final = Table(
    "idempotency",
    METADATA,
    Column("tenant_id", _ID, nullable=False),
    Column("key", _NAME, nullable=False),
    Column("request_hash", String(64), nullable=False),
    Column("response", Text),
    Column("issuance_id", _ID),
    Column("created", UtcInstant, nullable=False),
    PrimaryKeyConstraint("tenant_id", "key"),
    ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
    _of_tenant("issuance_id", target="issuances"),
)

OFFERS: Final = _tenant_table(
    "offers",
    Column("record_key", _ID, nullable=False),
    Column("issuer_id", _ID, nullable=False),
    Column("state", String(32), nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("changed_at", UtcInstant, nullable=False),
    Column("facts_hash", String(64)),
    Column("wants_share", Boolean, nullable=False, server_default=false()),
    Column("agreed_at", UtcInstant),
    UniqueConstraint("tenant_id", "record_key"),
    Index("ix_offers_state_changed_at", "state", "changed_at"),
    Index("ix_offers_page", "tenant_id", "created", "id"),
    _of_tenant("record_key", target="records"),
    _of_tenant("issuer_id", target="issuers"),
)

ATTESTATIONS: Final = _tenant_table(
    "attestations",
    Column("link_id", _ID, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("email", String(600)),
    Column("language", String(35), nullable=False),
    Column("asked_at", UtcInstant, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("due", UtcInstant),
    Column("stalled_at", UtcInstant),
    Column("answered_at", UtcInstant),
    Column("answers", Text),
    _of_tenant("id", target="offers"),
    Index("ix_attestations_due", "due"),
)
"""One question to a host about each offer, under the offer's id."""

ENDED_OFFERS: Final = _tenant_table(
    "ended_offers",
    Column("fingerprint", String(64), nullable=False),
    Column("ending", String(16), nullable=False),
    Column("ended_at", UtcInstant, nullable=False),
    UniqueConstraint("tenant_id", "fingerprint"),
)
"""What is left of an offer that ended without a credential."""

SHARES: Final = _tenant_table(
    "shares",
    Column("issuance_id", _ID, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("label", _NAME, nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("ends_at", UtcInstant),
    Column("off_at", UtcInstant),
    _of_tenant("issuance_id", target="issuances"),
    Index("ix_shares_issuance", "tenant_id", "issuance_id"),
)

EVENTS: Final = _tenant_table(
    "events",
    Column("at", UtcInstant, nullable=False),
    Column("actor", _NAME, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", _NAME, nullable=False),
    Column("reason", String(64)),
    Column("position", Integer),
    Column("hash", String(64)),
    Index("ix_events_subject", "tenant_id", "subject"),
    Index("uq_events_position", "tenant_id", "position", unique=True),
)
"""Append-only: the migrations put triggers on it that refuse UPDATE and DELETE. ``position``
and ``hash`` chain the rows of a tenant (``issuer.store.chain``)."""

DEPLOYMENT_EVENTS: Final = Table(
    "deployment_events",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("at", UtcInstant, nullable=False),
    Column("actor", _NAME, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", _NAME, nullable=False),
    Column("reason", String(64)),
    Column("position", Integer, unique=True),
    Column("hash", String(64)),
)
"""The same for what belongs to no tenant."""

AUDIT_HEADS: Final = Table(
    "audit_heads",
    METADATA,
    Column("tenant_id", _ID, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""The end of each chain: a tenant's, or the deployment's (``issuer.store.chain.DEPLOYMENT``)."""

# --- who runs the issuer ------------------------------------------------------------------

OPERATORS: Final = Table(
    "operators",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("tenant_id", _ID),
    Column("password_hash", _NAME),
    Column("subject", String(2048), unique=True),
    Column("created", UtcInstant, nullable=False),
    Column("disabled_at", UtcInstant),
    ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
)
"""``tenant_id`` is empty for whoever works for all tenants."""

OPERATOR_SESSIONS: Final = Table(
    "operator_sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("operator_id", _ID, nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("seen_at", UtcInstant, nullable=False),
    Column("ends_at", UtcInstant, nullable=False),
    ForeignKeyConstraint(["operator_id"], ["operators.id"]),
)

APPROVALS: Final = _tenant_table(
    "approvals",
    Column("action", String(64), nullable=False),
    Column("arguments", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("proposed_by", _NAME, nullable=False),
    Column("proposed_at", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Column("decided_by", _NAME),
    Column("decided_at", UtcInstant),
    Column("result", Text),
    CheckConstraint("state != 'approved' OR decided_by != proposed_by", name="second_person"),
    Index("ix_approvals_state", "tenant_id", "state"),
)

SUSPENSIONS: Final = _tenant_table(
    "suspensions",
    Column("ends_at", UtcInstant, nullable=False),
    _of_tenant("id", target="issuances"),
    Index("ix_suspensions_ends_at", "tenant_id", "ends_at"),
)
"""``id`` is that of the issuance."""

TENANT_RULES: Final = _tenant_table("tenant_rules", Column("value", _NAME, nullable=False))
"""``id`` is the name of the rule."""

SIGN_IN_TRIES: Final = Table(
    "sign_in_tries",
    METADATA,
    Column("key_hash", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("since", UtcInstant, nullable=False),
)

# --- what a tenant is told ----------------------------------------------------------------

OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("drawn", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("tenant_id", _ID, nullable=False),
    Column("id", _ID, nullable=False),
    Column("position", BigInteger),
    Column("kind", String(64), nullable=False),
    Column("subject", _ID, nullable=False),
    Column("data", Text, nullable=False),
    Column("created", UtcInstant, nullable=False),
    ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
    UniqueConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "position"),
    Index(
        "ix_outbox_unnumbered",
        "tenant_id",
        "drawn",
        sqlite_where=text("position IS NULL"),
        postgresql_where=text("position IS NULL"),
    ),
    sqlite_autoincrement=True,
)
"""``drawn`` is the key because only a key counts by itself on SQLite; ``issuer.store.telling``
says why readers do not follow it."""
MAILS: Final = _tenant_table(
    "mails",
    Column("kind", String(40), nullable=False),
    Column("subject_id", _ID, nullable=False),
    Column("recipient", String(600)),
    Column("language", String(35), nullable=False),
    Column("subject", String(500)),
    Column("body", Text),
    Column("link", String(100)),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", UtcInstant, nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("settled_at", UtcInstant),
    Index("ix_mails_subject_id", "tenant_id", "subject_id"),
    Index(
        "ix_mails_due",
        "due",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)
"""An outbox: written with what a mail is about, in one transaction (``issuer.delivery``)."""

WEBHOOKS: Final = _tenant_table(
    "webhooks",
    Column("url", String(1024), nullable=False),
    Column("kinds", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("overlap_until", UtcInstant),
    Column("state", String(16), nullable=False),
    Column("note", String(16)),
    Column("position", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcInstant),
    Column("resting_until", UtcInstant, nullable=False),
    Column("leased_until", UtcInstant, nullable=False),
    Column("created", UtcInstant, nullable=False),
    UniqueConstraint("tenant_id", "url"),
)

DELIVERIES: Final = _tenant_table(
    "deliveries",
    Column("webhook_id", _ID, nullable=False),
    Column("event_id", _ID, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject", _ID, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcInstant, nullable=False),
    Column("outcome", String(32)),
    Column("status", Integer),
    Column("changed_at", UtcInstant, nullable=False),
    UniqueConstraint("tenant_id", "webhook_id", "event_id"),
    _of_tenant("webhook_id", target="webhooks"),
    _of_tenant("event_id", target="outbox"),
    Index("ix_deliveries_position", "tenant_id", "webhook_id", "position"),
    Index("ix_deliveries_event", "tenant_id", "event_id"),
    Index(
        "ix_deliveries_pending",
        "tenant_id",
        "webhook_id",
        "subject",
        "position",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

JOBS: Final = _tenant_table(
    "jobs",
    Column("issuer_id", _ID, nullable=False),
    Column("actor", _NAME, nullable=False),
    Column("order", Text, nullable=False),
    Column("is_dry_run", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("started_at", UtcInstant),
    Column("finished_at", UtcInstant),
    Column("served_at", UtcInstant, nullable=False),
    Column("not_before", UtcInstant, nullable=False),
    _of_tenant("issuer_id", target="issuers"),
    Index("ix_jobs_served", "tenant_id", "served_at"),
    Index(
        "ix_jobs_live",
        "tenant_id",
        "id",
        sqlite_where=text("state IN ('queued', 'running')"),
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
)

JOB_ROWS: Final = Table(
    "job_rows",
    METADATA,
    Column("tenant_id", _ID, nullable=False),
    Column("job_id", _ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(32), nullable=False),
    Column("input", Text),
    Column("outcome", Text),
    Column("tries", Integer, nullable=False),
    Column("lease_until", UtcInstant, nullable=False),
    PrimaryKeyConstraint("tenant_id", "job_id", "number"),
    _of_tenant("job_id", target="jobs"),
    Index("ix_job_rows_state", "tenant_id", "job_id", "state", "tries", "number"),
)
"""``input`` is what somebody sent of people: it goes when the row is done."""

REVOCATIONS: Final = _tenant_table(
    "revocations",
    Column("state", String(32), nullable=False),
    Column("reason", String(64)),
    Column("actor", _NAME, nullable=False),
    Column("window", Integer, nullable=False),
    Column("due_at", UtcInstant, nullable=False),
    Column("created", UtcInstant, nullable=False),
    Column("settled_at", UtcInstant),
)

REVOCATION_ITEMS: Final = _tenant_table(
    "revocation_items",
    Column("revocation_id", _ID, nullable=False),
    Column("issuance_id", _ID, nullable=False),
    Column("outcome", String(32)),
    UniqueConstraint("tenant_id", "revocation_id", "issuance_id"),
    _of_tenant("revocation_id", target="revocations"),
    _of_tenant("issuance_id", target="issuances"),
)
