"""What the rest of the issuer may ask of its memory: Protocols and the unit of work.

A unit is one transaction of one tenant. It commits when its ``with`` block ends well and
rolls back otherwise. Whatever a unit reads or writes belongs to its tenant; only a
``DeploymentUnit`` looks across tenants, and it can do nothing but the few look-ups that happen
before a tenant is known (an API key's prefix, a DID document, a list, a share token).

Errors: ``TakenError`` when something with that unique name exists, ``StoreUnavailableError``
when the database does not answer. Looking up what is not there gives ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from issuer.errors import IssuerCode, IssuerError, OwnFaultError
from issuer.store.access import AccessTokenRow, AccessTokens
from issuer.store.asking import AttestationRow, Attestations, EndedOffers, OfferPlace
from issuer.store.chain import Head, Link
from issuer.store.figures import Figures
from issuer.store.job_rows import JobLineRow, JobRow, LineState
from issuer.store.mails import DueMail, MailCount, Mails
from issuer.store.operators import Operators
from issuer.store.reviews import Approvals, Rules, Suspensions
from issuer.store.revocations import RevocationItems, Revocations
from issuer.store.rows import (
    ApiKeyRow,
    EventRow,
    FurtherRow,
    IdempotencyRow,
    IssuanceRow,
    IssuerRow,
    KeyRow,
    OfferRow,
    OfferState,
    PublishedRow,
    RecordRow,
    ShareRow,
    StatusEntryRow,
    StatusListRow,
    TenantRow,
)
from issuer.store.telling import Deliveries, Outbox, Webhooks


class TakenError(IssuerError):
    """Something with that unique name is there already; the transaction is lost."""

    def __init__(self, what: str) -> None:
        super().__init__(IssuerCode.NAME_TAKEN, f"{what} exists already.")


class StoreUnavailableError(OwnFaultError):
    """The database does not answer, or not in time."""

    def __init__(self) -> None:
        super().__init__(IssuerCode.STORE_UNAVAILABLE, "The database does not answer just now.")


class Issuers(Protocol):
    """The tenant's issuers."""

    def add(self, row: IssuerRow) -> None:
        """Raises ``TakenError``: names and DIDs are unique in the deployment."""

    def get(self, issuer_id: str) -> IssuerRow | None:
        """The issuer with this id."""

    def by_name(self, name: str) -> IssuerRow | None:
        """The issuer with this name."""

    def all(self) -> tuple[IssuerRow, ...]:
        """All, by name."""


class Keys(Protocol):
    """The public halves of the issuers' keys."""

    def add(self, row: KeyRow) -> None:
        """Raises ``TakenError`` when the issuer has an active key already."""

    def of(self, issuer_id: str) -> tuple[KeyRow, ...]:
        """All keys of one issuer, oldest first."""

    def retire_active(self, issuer_id: str, at: datetime) -> None:
        """The active key, if any, signs no more; it stays in the DID document."""

    def activate(self, key_id: str) -> None:
        """A key that was published to be used later signs from now on. Raises ``TakenError``
        when the issuer has an active key still."""

    def forget_next(self, key_id: str) -> None:
        """A key that was published and never used goes out of the DID document."""


class ApiKeys(Protocol):
    """The tenant's API keys."""

    def add(self, row: ApiKeyRow) -> None:
        """Raises ``TakenError`` for a prefix that exists."""

    def all(self) -> tuple[ApiKeyRow, ...]:
        """All, oldest first, revoked ones too."""

    def get(self, prefix: str) -> ApiKeyRow | None:
        """The key with this prefix."""

    def use(self, prefix: str, day: date) -> None:
        """Write down the day of its last use."""

    def revoke(self, prefix: str, at: datetime) -> bool:
        """Whether there was such a key. Revoking twice keeps the first instant."""


class Records(Protocol):
    """Canonical records."""

    def add(self, row: RecordRow) -> None:
        """Raises ``TakenError`` when the platform's record is there already."""

    def get(self, key: str) -> RecordRow | None:
        """The record with this store key (not the ``recordId``)."""

    def of_platform(self, platform_id: str, platform_record_id: str) -> RecordRow | None:
        """The record as the platform names it. Locks it until the unit ends."""

    def of_record_id(self, record_id: str) -> tuple[RecordRow, ...]:
        """The records with this ``recordId``, oldest first: it should be one. Locks them until the
        unit ends."""

    def replace(self, row: RecordRow) -> None:
        """New content for a record that was not issued, or another number of its platform."""

    def delete(self, key: str) -> bool:
        """Whether there was one. Nothing points at it any more."""

    def superseding(self, record_id: str) -> tuple[RecordRow, ...]:
        """The records that say they replace ``record_id``, newest last."""


class Issuances(Protocol):
    """Credentials, from the intent to the signed bytes."""

    def add(self, row: IssuanceRow) -> None:
        """Write an intent (step 3)."""

    def get(self, issuance_id: str) -> IssuanceRow | None:
        """The issuance with this id."""

    def lock(self, issuance_id: str) -> IssuanceRow | None:
        """The same, and nobody else changes it until the unit ends."""

    def of_credential(self, credential_id: str) -> tuple[IssuanceRow, ...]:
        """Every issued credential with this id, oldest first: ids need not be unique."""

    def of_record(self, record_key: str) -> tuple[IssuanceRow, ...]:
        """The issuances of a record, oldest first, void ones too."""

    def issued_between(
        self, start: datetime | None, before: datetime | None, *, issuer_id: str | None, limit: int
    ) -> tuple[str, ...]:
        """The ids of at most ``limit`` issued credentials that were stored from one instant and
        before another, by one issuer, where these are named; oldest first."""

    def open_intents(self) -> tuple[IssuanceRow, ...]:
        """Everything in state ``signing``, oldest first."""

    def take_over(self, issuance_id: str, attempt: int, lease_until: datetime) -> bool:
        """Own the intent as attempt ``attempt + 1``, if it is still at ``attempt``."""

    def finish(self, row: IssuanceRow) -> bool:
        """State ``issued`` with the signed bytes, if still ours (``row.attempt``)."""

    def void(self, issuance_id: str, attempt: int, at: datetime) -> bool:
        """State ``void``, if still at ``attempt``. Its status indexes stay burnt."""

    def forget_record(self, record_key: str) -> bool:
        """Void issuances of a record that is to be deleted point at none any more. Whether there
        was one."""


class Further(Protocol):
    """What is known of the credentials that we build ourselves beside completions."""

    def add(self, row: FurtherRow) -> None:
        """Raises ``TakenError`` when one with this meaning is there."""

    def get(self, issuance_id: str) -> FurtherRow | None:
        """What is known of this issuance, if it is such a credential."""

    def of_meaning(self, meaning: str) -> FurtherRow | None:
        """The one with this meaning. Locks it until the unit ends."""

    def about(self, issuance_id: str) -> tuple[FurtherRow, ...]:
        """Those that belong to this issuance, by id, also void and withdrawn ones."""

    def give_way(self, issuance_id: str) -> bool:
        """It gives its meaning up; whether there was such a credential."""


class Status(Protocol):
    """Status lists and the places in them."""

    def open_list(self, issuer_id: str, purpose: str) -> StatusListRow | None:
        """The list that takes new entries. Locks it until the unit ends."""

    def add_list(self, row: StatusListRow) -> None:
        """Raises ``TakenError`` when another unit opened a list first: one is open at a time."""

    def get_list(self, list_id: str) -> StatusListRow | None:
        """The list with this id."""

    def close_list(self, list_id: str) -> None:
        """It takes no new entries any more."""

    def last_number(self, issuer_id: str, purpose: str) -> int:
        """The highest list number so far, 0 for none."""

    def try_index(self, entry: StatusEntryRow) -> bool:
        """Take one place; ``False`` when it was taken before. Counts it as allocated."""

    def entries_of(self, issuance_id: str) -> tuple[StatusEntryRow, ...]:
        """The entries of an issuance, by purpose."""

    def set_entry(self, entry: StatusEntryRow) -> None:
        """Write ``is_set`` and raise the list's revision."""

    def set_indexes(self, list_id: str) -> tuple[int, ...]:
        """The places whose bit is set, in order."""

    def publish(self, list_id: str, version: int, published: PublishedRow) -> bool:
        """Replace version ``version`` by the next one; ``False`` if another was faster."""


class Idempotency(Protocol):
    """Callers' idempotency keys."""

    def get(self, key: str) -> IdempotencyRow | None:
        """What is known about a key."""

    def add(self, row: IdempotencyRow) -> None:
        """Raises ``TakenError`` when the key was used before."""

    def finish(self, key: str, response: str) -> None:
        """Keep the first answer (JSON)."""

    def point_to(self, key: str, issuance_id: str) -> None:
        """The intent that this key stands for."""

    def forget_before(self, at: datetime) -> int:
        """Delete older keys; how many."""


class Offers(Protocol):
    """Records that wait for somebody."""

    def add(self, row: OfferRow) -> None:
        """Raises ``TakenError`` when the record has an offer."""

    def get(self, offer_id: str) -> OfferRow | None:
        """The offer with this id."""

    def of_record(self, record_key: str) -> OfferRow | None:
        """The offer of a record."""

    def move(self, offer_id: str, state: OfferState, at: datetime) -> None:
        """Set its state."""

    def replace(self, row: OfferRow) -> None:
        """Write all of its members anew."""

    def page(
        self, state: OfferState | None, after: OfferRow | None, limit: int
    ) -> tuple[OfferRow, ...]:
        """At most ``limit`` offers, oldest first: those after ``after``, of one state or all."""

    def delete(self, offer_id: str) -> bool:
        """Whether there was one. What asks about it is deleted before."""


class Shares(Protocol):
    """Share links."""

    def add(self, row: ShareRow) -> None:
        """Write a new link."""

    def get(self, share_id: str) -> ShareRow | None:
        """The link with this id."""

    def of_issuance(self, issuance_id: str) -> tuple[ShareRow, ...]:
        """All links of a credential, oldest first."""

    def switch_off(self, share_id: str, at: datetime) -> bool:
        """Whether there was such a link. The first instant stays."""


class Events(Protocol):
    """The audit trail: rows are added, never changed, each chained to the one before it."""

    def add(self, row: EventRow) -> None:
        """Append one line. It is written when the unit ends."""

    def of(self, subject: str) -> tuple[EventRow, ...]:
        """What happened to one thing, in order."""

    def links(self, after: int, count: int) -> tuple[Link, ...]:
        """At most ``count`` lines whose place is beyond ``after``, in order."""

    def newest(self, *, subject: str | None, action: str | None, count: int) -> tuple[Link, ...]:
        """At most ``count`` lines about a thing, of a kind, newest first."""

    def unlinked(self) -> tuple[EventRow, ...]:
        """Lines that have no place in the chain: there should be none."""

    def head(self) -> Head | None:
        """The end of the chain; ``None`` before its first line."""


class Jobs(Protocol):
    """Files of many rows."""

    def add(self, row: JobRow) -> None:
        """Write a new job."""

    def get(self, job_id: str) -> JobRow | None:
        """The job with this id."""

    def lock(self, job_id: str) -> JobRow | None:
        """The same, and nobody else changes it until the unit ends."""

    def newest(self, limit: int) -> tuple[JobRow, ...]:
        """The last ones that came, newest first."""

    def replace(self, row: JobRow) -> bool:
        """Write what changed of it; whether it was there."""

    def left_before(self, at: datetime) -> tuple[JobRow, ...]:
        """Those that ended, or stopped being received, before ``at``."""


class JobLines(Protocol):
    """The rows of such files. Each has one owner at a time, for the length of a lease."""

    def add(self, rows: Sequence[JobLineRow]) -> None:
        """Write many new rows at once."""

    def claim(
        self, job_id: str, *, limit: int, lease_until: datetime, now: datetime
    ) -> tuple[JobLineRow, ...]:
        """Own up to ``limit`` open rows that nobody owns at ``now``, as they were before. Rows that
        were never claimed come first; one that was again and again without a result, alone."""

    def settle(self, row: JobLineRow) -> bool:
        """Write what became of an open row; whether it still was one."""

    def has_open(self, job_id: str) -> bool:
        """Whether a row is not done."""

    def counts(self, job_id: str) -> dict[LineState, int]:
        """How many rows are in each state that occurs."""

    def listed(
        self, job_id: str, *, states: Collection[LineState], after: int, limit: int
    ) -> tuple[JobLineRow, ...]:
        """Up to ``limit`` rows in those states with a number above ``after``, in order."""

    def reopen(self, job_id: str, at: datetime) -> int:
        """Open every failed row again that still has its input; how many."""

    def cancel(self, job_id: str, now: datetime) -> int:
        """End every open row that nobody owns at ``now``, and forget its input; how many."""

    def forget(self, job_id: str) -> int:
        """Forget every input that is still there; how many."""


class Unit(Protocol):
    """One transaction of one tenant."""

    @property
    def tenant_id(self) -> str:
        """Whose things these are."""
        ...

    @property
    def issuers(self) -> Issuers: ...  # noqa: D102  the Protocols above say it
    @property
    def keys(self) -> Keys: ...  # noqa: D102
    @property
    def api_keys(self) -> ApiKeys: ...  # noqa: D102
    @property
    def access_tokens(self) -> AccessTokens: ...  # noqa: D102
    @property
    def records(self) -> Records: ...  # noqa: D102
    @property
    def issuances(self) -> Issuances: ...  # noqa: D102
    @property
    def further(self) -> Further: ...  # noqa: D102
    @property
    def status(self) -> Status: ...  # noqa: D102
    @property
    def idempotency(self) -> Idempotency: ...  # noqa: D102
    @property
    def offers(self) -> Offers: ...  # noqa: D102
    @property
    def attestations(self) -> Attestations: ...  # noqa: D102
    @property
    def ended_offers(self) -> EndedOffers: ...  # noqa: D102
    @property
    def shares(self) -> Shares: ...  # noqa: D102
    @property
    def events(self) -> Events: ...  # noqa: D102
    @property
    def figures(self) -> Figures: ...  # noqa: D102
    @property
    def jobs(self) -> Jobs: ...  # noqa: D102
    @property
    def job_lines(self) -> JobLines: ...  # noqa: D102
    @property
    def outbox(self) -> Outbox: ...  # noqa: D102
    @property
    def approvals(self) -> Approvals: ...  # noqa: D102
    @property
    def suspensions(self) -> Suspensions: ...  # noqa: D102
    @property
    def rules(self) -> Rules: ...  # noqa: D102
    @property
    def mails(self) -> Mails: ...  # noqa: D102
    @property
    def webhooks(self) -> Webhooks: ...  # noqa: D102
    @property
    def deliveries(self) -> Deliveries: ...  # noqa: D102
    @property
    def revocations(self) -> Revocations: ...  # noqa: D102
    @property
    def revocation_items(self) -> RevocationItems: ...  # noqa: D102


class DeploymentUnit(Protocol):
    """The look-ups that come before a tenant is known, and tenants themselves."""

    @property
    def events(self) -> Events:
        """The trail of what belongs to no tenant (``issuer.store.chain.DEPLOYMENT``)."""
        ...

    @property
    def operators(self) -> Operators:
        """Who runs the issuer."""
        ...

    def add_tenant(self, row: TenantRow) -> None:
        """Raises ``TakenError``."""

    def tenant_by_name(self, name: str) -> TenantRow | None:
        """The tenant with this name."""

    def tenant(self, tenant_id: str) -> TenantRow | None:
        """The tenant with this id."""

    def tenants(self) -> tuple[TenantRow, ...]:
        """All, by name."""

    def issuer_by_name(self, name: str) -> IssuerRow | None:
        """For DID documents, which are public."""

    def keys_of(self, issuer: IssuerRow) -> tuple[KeyRow, ...]:
        """For DID documents: all keys, oldest first."""

    def all_keys(self) -> tuple[KeyRow, ...]:
        """Every key of the deployment (for checks at start)."""

    def api_key(self, prefix: str) -> ApiKeyRow | None:
        """For authentication: the key with this visible prefix."""

    def access_token(self, prefix: str) -> AccessTokenRow | None:
        """For authentication: the access token with this visible prefix."""

    def api_key_of(self, token: AccessTokenRow) -> ApiKeyRow | None:
        """For authentication: the key that a token was given for."""

    def status_list(self, list_id: str) -> StatusListRow | None:
        """For status lists, which are public."""

    def share(self, token_hash: str) -> ShareRow | None:
        """For share pages: the link with this token's hash."""

    def next_job(self, now: datetime) -> tuple[str, str] | None:
        """For background work: tenant and id of the job whose turn it is."""

    def lists_published_before(self, at: datetime) -> tuple[str, ...]:
        """For background work: the ids of lists that are out since before ``at``."""

    def attestation(self, token_hash: str) -> AttestationRow | None:
        """For a host's page: the question with this token's hash."""

    def attestations_due(self, now: datetime, limit: int) -> tuple[OfferPlace, ...]:
        """Offers about whose question something is to be done at ``now``, the longest first."""

    def offers_since(self, changed_before: datetime, limit: int) -> tuple[OfferPlace, ...]:
        """Offers that wait and have not changed since, the longest first."""

    def offers_agreed(self, limit: int) -> tuple[OfferPlace, ...]:
        """Offers to which nothing is missing but the signature."""

    def due_mails(self, now: datetime, limit: int) -> tuple[DueMail, ...]:
        """For sending: what waits and is due at ``now``, the longest first, at most ``limit``."""

    def mail_counts(self) -> tuple[MailCount, ...]:
        """For the operator: numbers, no addresses."""

    def due_webhooks(self, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        """For the worker: tenant and id of webhooks that have something to send and may."""

    def due_revocations(self, now: datetime) -> tuple[tuple[str, str], ...]:
        """For the worker: tenant and id of orders whose time has come."""


class Store(Protocol):
    """The issuer's memory."""

    def begin(self, tenant_id: str) -> AbstractContextManager[Unit]:
        """One writing transaction of a tenant."""

    def read(self, tenant_id: str) -> AbstractContextManager[Unit]:
        """One reading transaction of a tenant."""

    def deployment(self, *, write: bool = False) -> AbstractContextManager[DeploymentUnit]:
        """One transaction across tenants."""

    def is_ready(self) -> bool:
        """Whether the database answers."""

    def close(self) -> None:
        """Give the connections back."""


OpenStore = Callable[[str], Store]
"""A database URL to a store that is migrated and ready."""
