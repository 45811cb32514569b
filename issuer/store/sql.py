"""The store on SQLAlchemy Core: every query, and the one place where a tenant is put into it.

Each room takes its rows from ``issuer.store.rows`` and its promises from
``issuer.store.ports``. A query of a tenant's things always goes through ``_Room.mine``.

Leaves to others: opening (``engine``), the schema (``tables``, ``migrations``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from issuer.store import tables
from issuer.store.engine import WRITES
from issuer.store.ports import DeploymentUnit, StoreUnavailableError, TakenError, Unit
from issuer.store.rows import (
    ApiKeyRow,
    EventRow,
    IdempotencyRow,
    IssuanceRow,
    IssuanceState,
    IssuerRow,
    KeyRow,
    KeyState,
    OfferRow,
    OfferState,
    PublishedRow,
    RecordRow,
    ShareRow,
    StatusEntryRow,
    StatusListRow,
    StatusPolicy,
    TenantRow,
)

_Values = dict[str, Any]


# --- rows to values and back ------------------------------------------------------------


def _plain(row: Any) -> _Values:
    """A row as the values of its table; sets of words are kept as one text."""
    values = asdict(row)
    if isinstance(row, ApiKeyRow):
        values["scopes"] = " ".join(sorted(row.scopes))
    return values


def _issuer(found: Any) -> IssuerRow:
    values = found._asdict()
    return IssuerRow(**values | {"status_policy": StatusPolicy(values["status_policy"])})


def _key(found: Any) -> KeyRow:
    values = found._asdict()
    return KeyRow(**values | {"state": KeyState(values["state"])})


def _api_key(found: Any) -> ApiKeyRow:
    values = found._asdict()
    return ApiKeyRow(**values | {"scopes": frozenset(values["scopes"].split())})


def _issuance(found: Any) -> IssuanceRow:
    values = found._asdict()
    return IssuanceRow(**values | {"state": IssuanceState(values["state"])})


def _offer(found: Any) -> OfferRow:
    values = found._asdict()
    return OfferRow(**values | {"state": OfferState(values["state"])})


# --- rooms ------------------------------------------------------------------------------


class _Room:
    """One table, seen by one tenant."""

    table: Table

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    def mine(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """``conditions`` among the tenant's own rows."""
        return and_(self.table.c.tenant_id == self._tenant_id, *conditions)

    def insert(self, row: Any, what: str) -> None:
        """Write a row of this tenant. Raises ``TakenError``."""
        if row.tenant_id != self._tenant_id:
            raise ValueError("a row of another tenant")
        try:
            self._connection.execute(insert(self.table).values(_plain(row)))
        except IntegrityError as error:
            raise TakenError(what) from error

    def rows(self, *conditions: ColumnElement[bool], order: Any = None, lock: bool = False) -> Any:
        """The tenant's rows that meet ``conditions``."""
        query = select(self.table).where(self.mine(*conditions))
        if order is not None:
            query = query.order_by(*order)
        return self._connection.execute(query.with_for_update() if lock else query).all()

    def row(self, *conditions: ColumnElement[bool], lock: bool = False) -> Any:
        """The one row that meets ``conditions``, or ``None``."""
        found = self.rows(*conditions, lock=lock)
        return found[0] if found else None

    def change(self, values: _Values, *conditions: ColumnElement[bool]) -> bool:
        """Write ``values`` into the rows that meet ``conditions``; whether there was one."""
        done = self._connection.execute(
            update(self.table).where(self.mine(*conditions)).values(values)
        )
        return done.rowcount > 0


class _Issuers(_Room):
    table = tables.ISSUERS

    def add(self, row: IssuerRow) -> None:
        self.insert(row, f"The issuer {row.name!r}")

    def get(self, issuer_id: str) -> IssuerRow | None:
        found = self.row(self.table.c.id == issuer_id)
        return _issuer(found) if found else None

    def by_name(self, name: str) -> IssuerRow | None:
        found = self.row(self.table.c.name == name)
        return _issuer(found) if found else None

    def all(self) -> tuple[IssuerRow, ...]:
        return tuple(_issuer(found) for found in self.rows(order=[self.table.c.name]))


class _Keys(_Room):
    table = tables.KEYS

    def add(self, row: KeyRow) -> None:
        self.insert(row, "An active key of this issuer")

    def of(self, issuer_id: str) -> tuple[KeyRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        found = self.rows(self.table.c.issuer_id == issuer_id, order=order)
        return tuple(_key(row) for row in found)

    def retire_active(self, issuer_id: str, at: datetime) -> None:
        self.change(
            {"state": KeyState.RETIRED.value, "retired_at": at},
            self.table.c.issuer_id == issuer_id,
            self.table.c.state == KeyState.ACTIVE.value,
        )


class _ApiKeys(_Room):
    table = tables.API_KEYS

    def add(self, row: ApiKeyRow) -> None:
        self.insert(row, "A key with this prefix")

    def all(self) -> tuple[ApiKeyRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        return tuple(_api_key(found) for found in self.rows(order=order))

    def revoke(self, prefix: str, at: datetime) -> bool:
        found = self.row(self.table.c.prefix == prefix)
        if found and found.revoked_at is None:
            self.change({"revoked_at": at}, self.table.c.prefix == prefix)
        return found is not None


class _Records(_Room):
    table = tables.RECORDS

    def add(self, row: RecordRow) -> None:
        self.insert(row, "This record")

    def get(self, key: str) -> RecordRow | None:
        found = self.row(self.table.c.id == key)
        return RecordRow(**found._asdict()) if found else None

    def of_platform(self, platform_id: str, platform_record_id: str) -> RecordRow | None:
        found = self.row(
            self.table.c.platform_id == platform_id,
            self.table.c.platform_record_id == platform_record_id,
            lock=True,
        )
        return RecordRow(**found._asdict()) if found else None

    def replace(self, row: RecordRow) -> None:
        self.change(_plain(row), self.table.c.id == row.id)

    def superseding(self, record_id: str) -> tuple[RecordRow, ...]:
        order = [self.table.c.received_at, self.table.c.id]
        found = self.rows(self.table.c.supersedes == record_id, order=order)
        return tuple(RecordRow(**row._asdict()) for row in found)


class _Issuances(_Room):
    table = tables.ISSUANCES

    def add(self, row: IssuanceRow) -> None:
        self.insert(row, "This issuance")

    def get(self, issuance_id: str) -> IssuanceRow | None:
        found = self.row(self.table.c.id == issuance_id)
        return _issuance(found) if found else None

    def lock(self, issuance_id: str) -> IssuanceRow | None:
        found = self.row(self.table.c.id == issuance_id, lock=True)
        return _issuance(found) if found else None

    def of_credential(self, credential_id: str) -> tuple[IssuanceRow, ...]:
        return self._oldest_first(
            self.table.c.credential_id == credential_id,
            self.table.c.state == IssuanceState.ISSUED.value,
        )

    def of_record(self, record_key: str) -> tuple[IssuanceRow, ...]:
        return self._oldest_first(self.table.c.record_key == record_key)

    def open_intents(self) -> tuple[IssuanceRow, ...]:
        return self._oldest_first(self.table.c.state == IssuanceState.SIGNING.value)

    def take_over(self, issuance_id: str, attempt: int, lease_until: datetime) -> bool:
        return self.change(
            {"attempt": attempt + 1, "lease_until": lease_until},
            *self._still_ours(issuance_id, attempt),
        )

    def finish(self, row: IssuanceRow) -> bool:
        values = {
            "state": IssuanceState.ISSUED.value,
            "signed": row.signed,
            "answer": row.answer,
            "settled_at": row.settled_at,
        }
        return self.change(values, *self._still_ours(row.id, row.attempt))

    def void(self, issuance_id: str, attempt: int, at: datetime) -> bool:
        values = {"state": IssuanceState.VOID.value, "settled_at": at}
        return self.change(values, *self._still_ours(issuance_id, attempt))

    def _still_ours(self, issuance_id: str, attempt: int) -> tuple[ColumnElement[bool], ...]:
        return (
            self.table.c.id == issuance_id,
            self.table.c.attempt == attempt,
            self.table.c.state == IssuanceState.SIGNING.value,
        )

    def _oldest_first(self, *conditions: ColumnElement[bool]) -> tuple[IssuanceRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        return tuple(_issuance(found) for found in self.rows(*conditions, order=order))


class _Status(_Room):
    table = tables.STATUS_LISTS
    _entries: Final = tables.STATUS_ENTRIES

    def open_list(self, issuer_id: str, purpose: str) -> StatusListRow | None:
        found = self.row(
            self.table.c.issuer_id == issuer_id,
            self.table.c.purpose == purpose,
            self.table.c.is_open,
            lock=True,
        )
        return StatusListRow(**found._asdict()) if found else None

    def add_list(self, row: StatusListRow) -> None:
        self.insert(row, "This status list")

    def get_list(self, list_id: str) -> StatusListRow | None:
        found = self.row(self.table.c.id == list_id)
        return StatusListRow(**found._asdict()) if found else None

    def close_list(self, list_id: str) -> None:
        self.change({"is_open": False}, self.table.c.id == list_id)

    def last_number(self, issuer_id: str, purpose: str) -> int:
        query = select(func.max(self.table.c.number)).where(
            self.mine(self.table.c.issuer_id == issuer_id, self.table.c.purpose == purpose)
        )
        return self._connection.execute(query).scalar_one() or 0

    def try_index(self, entry: StatusEntryRow) -> bool:
        """A collision is no error of the statement, which would end PostgreSQL's transaction."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = (
            dialect.insert(self._entries)
            .values(_plain(entry))
            .on_conflict_do_nothing(index_elements=["list_id", "index"])
            .returning(self._entries.c.index)
        )
        if self._connection.execute(statement).first() is None:
            return False
        self.change({"allocated": self.table.c.allocated + 1}, self.table.c.id == entry.list_id)
        return True

    def entries_of(self, issuance_id: str) -> tuple[StatusEntryRow, ...]:
        query = (
            select(self._entries)
            .where(
                self._entries.c.tenant_id == self._tenant_id,
                self._entries.c.issuance_id == issuance_id,
            )
            .order_by(self._entries.c.purpose)
        )
        return tuple(StatusEntryRow(**row._asdict()) for row in self._connection.execute(query))

    def set_entry(self, entry: StatusEntryRow) -> None:
        self._connection.execute(
            update(self._entries)
            .where(
                self._entries.c.tenant_id == self._tenant_id,
                self._entries.c.list_id == entry.list_id,
                self._entries.c.index == entry.index,
            )
            .values(is_set=entry.is_set)
        )
        self.change({"revision": self.table.c.revision + 1}, self.table.c.id == entry.list_id)

    def set_indexes(self, list_id: str) -> tuple[int, ...]:
        query = (
            select(self._entries.c.index)
            .where(
                self._entries.c.tenant_id == self._tenant_id,
                self._entries.c.list_id == list_id,
                self._entries.c.is_set,
            )
            .order_by(self._entries.c.index)
        )
        return tuple(self._connection.execute(query).scalars())

    def publish(self, list_id: str, version: int, published: PublishedRow) -> bool:
        values = {
            "version": version + 1,
            "published": published.body,
            "etag": published.etag,
            "published_revision": published.revision,
            "published_at": published.published_at,
            "change_published_at": published.change_published_at,
        }
        return self.change(values, self.table.c.id == list_id, self.table.c.version == version)


class _Idempotency(_Room):
    table = tables.IDEMPOTENCY

    def get(self, key: str) -> IdempotencyRow | None:
        found = self.row(self.table.c.key == key)
        return IdempotencyRow(**found._asdict()) if found else None

    def add(self, row: IdempotencyRow) -> None:
        self.insert(row, "This idempotency key")

    def finish(self, key: str, response: str) -> None:
        self.change({"response": response}, self.table.c.key == key)

    def point_to(self, key: str, issuance_id: str) -> None:
        self.change({"issuance_id": issuance_id}, self.table.c.key == key)

    def forget_before(self, at: datetime) -> int:
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.created < at))
        )
        return done.rowcount


class _Offers(_Room):
    table = tables.OFFERS

    def add(self, row: OfferRow) -> None:
        self.insert(row, "An offer of this record")

    def get(self, offer_id: str) -> OfferRow | None:
        found = self.row(self.table.c.id == offer_id)
        return _offer(found) if found else None

    def of_record(self, record_key: str) -> OfferRow | None:
        found = self.row(self.table.c.record_key == record_key)
        return _offer(found) if found else None

    def move(self, offer_id: str, state: OfferState, at: datetime) -> None:
        self.change({"state": state.value, "changed_at": at}, self.table.c.id == offer_id)


class _Shares(_Room):
    table = tables.SHARES

    def add(self, row: ShareRow) -> None:
        self.insert(row, "This link")

    def get(self, share_id: str) -> ShareRow | None:
        found = self.row(self.table.c.id == share_id)
        return ShareRow(**found._asdict()) if found else None

    def of_issuance(self, issuance_id: str) -> tuple[ShareRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        found = self.rows(self.table.c.issuance_id == issuance_id, order=order)
        return tuple(ShareRow(**row._asdict()) for row in found)

    def switch_off(self, share_id: str, at: datetime) -> bool:
        found = self.row(self.table.c.id == share_id)
        if found and found.off_at is None:
            self.change({"off_at": at}, self.table.c.id == share_id)
        return found is not None


class _Events(_Room):
    table = tables.EVENTS

    def add(self, row: EventRow) -> None:
        self.insert(row, "This event")

    def of(self, subject: str) -> tuple[EventRow, ...]:
        order = [self.table.c.at, self.table.c.id]
        found = self.rows(self.table.c.subject == subject, order=order)
        return tuple(EventRow(**row._asdict()) for row in found)


# --- units ------------------------------------------------------------------------------


class _Unit:
    """One transaction of one tenant."""

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        self.issuers = _Issuers(connection, tenant_id)
        self.keys = _Keys(connection, tenant_id)
        self.api_keys = _ApiKeys(connection, tenant_id)
        self.records = _Records(connection, tenant_id)
        self.issuances = _Issuances(connection, tenant_id)
        self.status = _Status(connection, tenant_id)
        self.idempotency = _Idempotency(connection, tenant_id)
        self.offers = _Offers(connection, tenant_id)
        self.shares = _Shares(connection, tenant_id)
        self.events = _Events(connection, tenant_id)


class _DeploymentUnit:
    """The look-ups across tenants, which are few."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_tenant(self, row: TenantRow) -> None:
        try:
            self._connection.execute(insert(tables.TENANTS).values(_plain(row)))
        except IntegrityError as error:
            raise TakenError(f"The tenant {row.name!r}") from error

    def tenant_by_name(self, name: str) -> TenantRow | None:
        found = self._one(tables.TENANTS, tables.TENANTS.c.name == name)
        return TenantRow(**found._asdict()) if found else None

    def tenants(self) -> tuple[TenantRow, ...]:
        query = select(tables.TENANTS).order_by(tables.TENANTS.c.name)
        return tuple(TenantRow(**row._asdict()) for row in self._connection.execute(query))

    def issuer_by_name(self, name: str) -> IssuerRow | None:
        found = self._one(tables.ISSUERS, tables.ISSUERS.c.name == name)
        return _issuer(found) if found else None

    def keys_of(self, issuer: IssuerRow) -> tuple[KeyRow, ...]:
        return _Keys(self._connection, issuer.tenant_id).of(issuer.id)

    def all_keys(self) -> tuple[KeyRow, ...]:
        return tuple(_key(row) for row in self._connection.execute(select(tables.KEYS)))

    def api_key(self, prefix: str) -> ApiKeyRow | None:
        found = self._one(tables.API_KEYS, tables.API_KEYS.c.prefix == prefix)
        return _api_key(found) if found else None

    def status_list(self, list_id: str) -> StatusListRow | None:
        found = self._one(tables.STATUS_LISTS, tables.STATUS_LISTS.c.id == list_id)
        return StatusListRow(**found._asdict()) if found else None

    def share(self, token_hash: str) -> ShareRow | None:
        found = self._one(tables.SHARES, tables.SHARES.c.token_hash == token_hash)
        return ShareRow(**found._asdict()) if found else None

    def _one(self, table: Table, condition: ColumnElement[bool]) -> Any:
        return self._connection.execute(select(table).where(condition)).first()


class SqlStore:
    """A migrated database. Safe to share between threads; each unit has its own connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, tenant_id: str) -> AbstractContextManager[Unit]:
        """One writing transaction of a tenant."""
        return self._transaction(lambda connection: _Unit(connection, tenant_id), writes=True)

    def read(self, tenant_id: str) -> AbstractContextManager[Unit]:
        """One reading transaction of a tenant."""
        return self._transaction(lambda connection: _Unit(connection, tenant_id), writes=False)

    def deployment(self, *, write: bool = False) -> AbstractContextManager[DeploymentUnit]:
        """One transaction across tenants."""
        return self._transaction(_DeploymentUnit, writes=write)

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
                    yield make(connection)
        except IntegrityError:
            raise  # a rule that the database keeps and the program should have: our own fault
        except (DBAPIError, PoolTimeoutError) as error:
            raise StoreUnavailableError from error
