"""The store on SQLAlchemy Core: units, and the few look-ups across tenants.

Leaves to others: opening (``engine``), the schema (``tables``, ``migrations``), the queries of
a tenant's things (``_rooms``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from issuer.store import row_security, tables
from issuer.store._rooms.access_tokens import AccessTokens, read_access_token
from issuer.store._rooms.asking import Attestations, EndedOffers
from issuer.store._rooms.figures import Figures
from issuer.store._rooms.further import Further
from issuer.store._rooms.issuances import Idempotency, Issuances, Records
from issuer.store._rooms.jobs import JobLines, Jobs, next_job
from issuer.store._rooms.mails import Mails
from issuer.store._rooms.operators import Operators
from issuer.store._rooms.outbox import Outbox
from issuer.store._rooms.parties import (
    ApiKeys,
    Issuers,
    Keys,
    read_api_key,
    read_issuer,
    read_key,
)
from issuer.store._rooms.people import Offers, Shares
from issuer.store._rooms.reviews import Approvals, Rules, Suspensions
from issuer.store._rooms.revocations import RevocationItems, Revocations, due_revocations
from issuer.store._rooms.room import is_taken, plain
from issuer.store._rooms.status import Status
from issuer.store._rooms.trail import DeploymentEvents, Events
from issuer.store._rooms.webhooks import Deliveries, Webhooks, due_webhooks
from issuer.store.access import AccessTokenRow
from issuer.store.asking import AttestationRow, OfferPlace
from issuer.store.engine import WRITES
from issuer.store.mails import DueMail, MailCount, MailState
from issuer.store.ports import DeploymentUnit, StoreUnavailableError, TakenError, Unit
from issuer.store.rows import (
    ApiKeyRow,
    IssuerRow,
    KeyRow,
    OfferState,
    ShareRow,
    StatusListRow,
    TenantRow,
)


class _Unit:
    """One transaction of one tenant."""

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        self.issuers = Issuers(connection, tenant_id)
        self.keys = Keys(connection, tenant_id)
        self.api_keys = ApiKeys(connection, tenant_id)
        self.access_tokens = AccessTokens(connection, tenant_id)
        self.records = Records(connection, tenant_id)
        self.issuances = Issuances(connection, tenant_id)
        self.further = Further(connection, tenant_id)
        self.status = Status(connection, tenant_id)
        self.idempotency = Idempotency(connection, tenant_id)
        self.offers = Offers(connection, tenant_id)
        self.attestations = Attestations(connection, tenant_id)
        self.ended_offers = EndedOffers(connection, tenant_id)
        self.shares = Shares(connection, tenant_id)
        self.events = Events(connection, tenant_id)
        self.figures = Figures(connection, tenant_id)
        self.approvals = Approvals(connection, tenant_id)
        self.suspensions = Suspensions(connection, tenant_id)
        self.rules = Rules(connection, tenant_id)

        self.jobs = Jobs(connection, tenant_id)
        self.job_lines = JobLines(connection, tenant_id)
        self.outbox = Outbox(connection, tenant_id)
        self.mails = Mails(connection, tenant_id)
        self.webhooks = Webhooks(connection, tenant_id)
        self.deliveries = Deliveries(connection, tenant_id)
        self.revocations = Revocations(connection, tenant_id)
        self.revocation_items = RevocationItems(connection, tenant_id)

    def end(self) -> None:
        """The last step before the commit."""
        self.events.link_waiting()


class _DeploymentUnit:
    """The look-ups across tenants, which are few."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.events = DeploymentEvents(connection)
        self.operators = Operators(connection)

    def end(self) -> None:
        """The last step before the commit."""
        self.events.link_waiting()

    def add_tenant(self, row: TenantRow) -> None:
        try:
            self._connection.execute(insert(tables.TENANTS).values(plain(row)))
        except IntegrityError as error:
            if is_taken(error):
                raise TakenError(f"The tenant {row.name!r}") from error
            raise

    def tenant_by_name(self, name: str) -> TenantRow | None:
        found = self._one(tables.TENANTS, tables.TENANTS.c.name == name)
        return TenantRow(**found._asdict()) if found else None

    def tenant(self, tenant_id: str) -> TenantRow | None:
        found = self._one(tables.TENANTS, tables.TENANTS.c.id == tenant_id)
        return TenantRow(**found._asdict()) if found else None

    def tenants(self) -> tuple[TenantRow, ...]:
        query = select(tables.TENANTS).order_by(tables.TENANTS.c.name)
        return tuple(TenantRow(**row._asdict()) for row in self._connection.execute(query))

    def issuer_by_name(self, name: str) -> IssuerRow | None:
        found = self._one(tables.ISSUERS, tables.ISSUERS.c.name == name)
        return read_issuer(found) if found else None

    def keys_of(self, issuer: IssuerRow) -> tuple[KeyRow, ...]:
        return Keys(self._connection, issuer.tenant_id).of(issuer.id)

    def all_keys(self) -> tuple[KeyRow, ...]:
        return tuple(read_key(row) for row in self._connection.execute(select(tables.KEYS)))

    def api_key(self, prefix: str) -> ApiKeyRow | None:
        found = self._one(tables.API_KEYS, tables.API_KEYS.c.prefix == prefix)
        return read_api_key(found) if found else None

    def access_token(self, prefix: str) -> AccessTokenRow | None:
        found = self._one(tables.ACCESS_TOKENS, tables.ACCESS_TOKENS.c.prefix == prefix)
        return read_access_token(found) if found else None

    def api_key_of(self, token: AccessTokenRow) -> ApiKeyRow | None:
        keys = tables.API_KEYS
        mine = and_(keys.c.tenant_id == token.tenant_id, keys.c.id == token.key_id)
        found = self._one(keys, mine)
        return read_api_key(found) if found else None

    def status_list(self, list_id: str) -> StatusListRow | None:
        found = self._one(tables.STATUS_LISTS, tables.STATUS_LISTS.c.id == list_id)
        return StatusListRow(**found._asdict()) if found else None

    def share(self, token_hash: str) -> ShareRow | None:
        found = self._one(tables.SHARES, tables.SHARES.c.token_hash == token_hash)
        return ShareRow(**found._asdict()) if found else None

    def next_job(self, now: datetime) -> tuple[str, str] | None:
        return next_job(self._connection, now)

    def lists_published_before(self, at: datetime) -> tuple[str, ...]:
        lists = tables.STATUS_LISTS
        query = select(lists.c.id).where(lists.c.published_at < at).order_by(lists.c.id)
        return tuple(self._connection.execute(query).scalars())

    def attestation(self, token_hash: str) -> AttestationRow | None:
        found = self._one(tables.ATTESTATIONS, tables.ATTESTATIONS.c.token_hash == token_hash)
        return AttestationRow(**found._asdict()) if found else None

    def attestations_due(self, now: datetime, limit: int) -> tuple[OfferPlace, ...]:
        asked = tables.ATTESTATIONS.c
        return self._offers(asked, asked.due <= now, order=asked.due, limit=limit)

    def offers_since(self, changed_before: datetime, limit: int) -> tuple[OfferPlace, ...]:
        offers = tables.OFFERS.c
        waits = offers.state.in_([state.value for state in OfferState if state.waits])
        is_old = offers.changed_at < changed_before
        return self._offers(offers, and_(waits, is_old), order=offers.changed_at, limit=limit)

    def offers_agreed(self, limit: int) -> tuple[OfferPlace, ...]:
        offers = tables.OFFERS.c
        is_ready = and_(offers.state == OfferState.OFFERED.value, offers.agreed_at.is_not(None))
        return self._offers(offers, is_ready, order=offers.changed_at, limit=limit)

    def _offers(
        self, table: Any, condition: ColumnElement[bool], *, order: Any, limit: int
    ) -> tuple[OfferPlace, ...]:
        query = select(table.tenant_id, table.id).where(condition).order_by(order, table.id)
        found = self._connection.execute(query.limit(limit))
        return tuple(OfferPlace(**row._asdict()) for row in found)

    def due_mails(self, now: datetime, limit: int) -> tuple[DueMail, ...]:
        mails = tables.MAILS.c
        query = (
            select(mails.tenant_id, mails.id)
            .where(mails.state == MailState.WAITING.value, mails.due <= now)
            .order_by(mails.due, mails.id)
            .limit(limit)
        )
        return tuple(DueMail(**row._asdict()) for row in self._connection.execute(query))

    def mail_counts(self) -> tuple[MailCount, ...]:
        mails = tables.MAILS.c
        groups = (mails.tenant_id, mails.kind, mails.state)
        query = select(*groups, func.count()).group_by(*groups).order_by(*groups)
        return tuple(
            MailCount(tenant_id=tenant_id, kind=kind, state=MailState(state), number=number)
            for tenant_id, kind, state, number in self._connection.execute(query)
        )

    def due_webhooks(self, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        return due_webhooks(self._connection, now, limit)

    def due_revocations(self, now: datetime) -> tuple[tuple[str, str], ...]:
        return due_revocations(self._connection, now)

    def _one(self, table: Table, condition: ColumnElement[bool]) -> Any:
        return self._connection.execute(select(table).where(condition)).first()


def _unit(connection: Connection, tenant_id: str) -> _Unit:
    row_security.show_tenant(connection, tenant_id)
    return _Unit(connection, tenant_id)


def _deployment_unit(connection: Connection) -> _DeploymentUnit:
    row_security.show_deployment(connection)
    return _DeploymentUnit(connection)


class SqlStore:
    """A migrated database. Safe to share between threads; each unit has its own connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, tenant_id: str) -> AbstractContextManager[Unit]:
        """One writing transaction of a tenant."""
        return self._transaction(lambda connection: _unit(connection, tenant_id), writes=True)

    def read(self, tenant_id: str) -> AbstractContextManager[Unit]:
        """One reading transaction of a tenant."""
        return self._transaction(lambda connection: _unit(connection, tenant_id), writes=False)

    def deployment(self, *, write: bool = False) -> AbstractContextManager[DeploymentUnit]:
        """One transaction across tenants."""
        return self._transaction(_deployment_unit, writes=write)

    def is_ready(self) -> bool:
        """Whether the database answers."""
        try:
            with self._engine.connect() as connection:
                connection.execution_options(**{WRITES: False}).execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeoutError):
            return False
        return True

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, make: Callable[[Connection], Any], *, writes: bool) -> Iterator[Any]:
        """Commits when the block ends well, rolls back otherwise."""
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(**{WRITES: writes})
                with connection.begin():
                    unit = make(connection)
                    yield unit
                    unit.end()
        except IntegrityError:
            raise  # a rule that the database keeps and the program should have: our own fault
        except (DBAPIError, PoolTimeoutError) as error:
            raise StoreUnavailableError from error
