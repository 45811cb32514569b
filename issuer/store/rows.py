"""What the store holds, as frozen values. Instants are aware and in UTC.

Leaves to others: how they are kept (``issuer.store.tables``, ``issuer.store.sql``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class StatusPolicy(StrEnum):
    """Which status entries an issuer's credentials carry (VCDM 2.0 documents only)."""

    NONE = "none"
    REVOCATION = "revocation"
    REVOCATION_AND_SUSPENSION = "revocation+suspension"

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes of the entries, always in the same order (so that locks are too)."""
        return () if self is StatusPolicy.NONE else tuple(self.value.split("+"))


class KeyState(StrEnum):
    """An active key signs; a retired one still stands in the DID document."""

    ACTIVE = "active"
    RETIRED = "retired"


class IssuanceState(StrEnum):
    """Where an issuance stands between step 3 and step 8."""

    SIGNING = "signing"
    ISSUED = "issued"
    VOID = "void"


class OfferState(StrEnum):
    """Why a record was not issued yet."""

    OFFERED = "offered"
    """The learner has not agreed yet."""
    HELD = "held"
    """A question to the host, school or operator is open (H codes)."""
    ATTESTATION_REQUESTED = "attestationRequested"
    """The host was asked to confirm the work."""
    ISSUED = "issued"
    """Settled: the credential was issued."""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to do something."""
        return self is not OfferState.ISSUED


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRow:
    """A platform or school that uses this issuer."""

    id: str
    name: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerRow:
    """A DID with its profile. ``name`` is unique in the deployment and stands in the DID of
    did:web; ``proof_format`` is one of ``issuer.signing.formats``; whatever a sandbox signs says
    that it is a test (``issuer.sandbox``)."""

    tenant_id: str
    id: str
    name: str
    did: str
    profile_name: str
    profile_url: str | None
    proof_format: str
    status_policy: StatusPolicy
    created: datetime
    is_sandbox: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key of an issuer: where its signer is, and its public half (Multikey)."""

    tenant_id: str
    id: str
    issuer_id: str
    verification_method: str
    signer_uri: str
    multikey: str
    state: KeyState
    created: datetime
    retired_at: datetime | None

    @property
    def is_next(self) -> bool:
        """Whether it was published to be used later: it signs nothing, and never did."""
        return self.state is KeyState.RETIRED and self.retired_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRow:
    """An API key: its visible prefix and the SHA-256 (hex) of the whole. ``last_used_on`` is a
    day in UTC and no more: enough to find keys that nobody uses."""

    tenant_id: str
    id: str
    label: str
    prefix: str
    secret_hash: str = field(repr=False)
    scopes: frozenset[str]
    created: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A canonical record as it was read. ``content_hash`` covers what the platform said."""

    tenant_id: str
    id: str
    record_id: str
    platform_id: str
    platform_record_id: str
    content_hash: str
    document: str = field(repr=False)
    supersedes: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRow:
    """One credential from the intent (step 3) to the signed bytes (step 8).

    ``intent`` is JSON: all that steps 4 to 8 need besides the record, so that a crash can be
    settled. ``answer`` is JSON: what goes out beside the credential. ``lease_until`` and
    ``attempt`` say which attempt owns the intent.
    """

    tenant_id: str
    id: str
    issuer_id: str
    record_key: str | None
    credential_id: str | None
    state: IssuanceState
    intent: str = field(repr=False)
    signed: str | None = field(repr=False)
    answer: str | None = field(repr=False)
    attempt: int
    lease_until: datetime
    created: datetime
    settled_at: datetime | None


class FurtherKind(StrEnum):
    """What a credential is that we build ourselves beside a completion (domain §2.1)."""

    SKILL_ASSERTION = "skillAssertion"
    ACADEMIC_CREDIT = "academicCredit"
    ENDORSEMENT = "endorsement"
    HOST_QUALITY = "hostQuality"


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherRow:
    """A further credential: ``id`` is its issuance, ``about`` the issuance of the credential it
    belongs to. ``meaning`` (SHA-256, hex) exists once; ``None`` after it gave way to another.
    ``said_hash`` (SHA-256, hex) covers what was said under that meaning."""

    tenant_id: str
    id: str
    kind: FurtherKind
    about: str | None
    meaning: str | None
    said_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntryRow:
    """One place in one list. It belongs to one issuance for ever, also to a void one."""

    tenant_id: str
    list_id: str
    index: int
    purpose: str
    issuance_id: str
    is_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListRow:
    """One status list. ``revision`` counts changes, ``published_revision`` what is out."""

    tenant_id: str
    id: str
    issuer_id: str
    purpose: str
    number: int
    size: int
    allocated: int
    is_open: bool
    revision: int
    published_revision: int
    version: int
    published: str | None = field(repr=False)
    etag: str | None
    published_at: datetime | None
    change_published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """What a publication writes."""

    body: str = field(repr=False)
    etag: str
    revision: int
    published_at: datetime
    change_published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRow:
    """A caller's idempotency key: the first body's hash and, once known, the first answer."""

    tenant_id: str
    key: str
    request_hash: str
    response: str | None = field(repr=False)
    issuance_id: str | None
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """A record that waits for somebody. ``facts_hash`` (SHA-256, hex) covers what the platform
    said, ``wants_share`` and ``agreed_at`` are what the learner said already."""

    tenant_id: str
    id: str
    record_key: str
    issuer_id: str
    state: OfferState
    created: datetime
    changed_at: datetime
    facts_hash: str | None = None
    wants_share: bool = False
    agreed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """A share link: only the SHA-256 (hex) of its token is kept here."""

    tenant_id: str
    id: str
    issuance_id: str
    token_hash: str = field(repr=False)
    label: str
    created: datetime
    ends_at: datetime | None
    off_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One line of the audit trail, never changed. ``reason`` is internal (domain reasons)."""

    tenant_id: str
    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str | None
