"""A deployment without a web side: store, keys, a tenant, an issuer, records to issue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from issuer import tenants
from issuer.callers import Caller, Scope
from issuer.failpoint import Failpoint, no_failpoint
from issuer.further import OwnWish, issue_own
from issuer.issue import Issued, issue_completion
from issuer.office import Office
from issuer.record import Record, parse_record
from issuer.signing.keyring import open_keyring
from issuer.store import Store
from issuer.store.rows import IssuerRow, StatusPolicy
from tests.example_records import example_record

BASE_URL: Final = "http://127.0.0.1:8100"
START: Final = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One tenant's desk in an office."""

    office: Office
    caller: Caller
    issuer: IssuerRow

    def issue(self, record: Record, *, now: datetime = START, share: bool = False) -> Issued:
        """Issue ``record`` at ``now``."""
        return issue_completion(
            self.office,
            self.caller,
            record,
            issuer=self.issuer,
            idempotency=None,
            share=share,
            now=now,
        )

    def issue_own(self, wish: OwnWish, *, now: datetime = START) -> Issued:
        """Issue something further at ``now``."""
        return issue_own(self.office, self.caller, wish, issuer=self.issuer, now=now)


def open_desk(
    store: Store,
    keys: Path,
    *,
    name: str = "ours",
    policy: StatusPolicy = StatusPolicy.REVOCATION_AND_SUSPENSION,
    failpoint: Failpoint = no_failpoint,
) -> Desk:
    """The desk of the tenant ``name``, made if there is none."""
    keyring = open_keyring(f"file:{keys}", passphrase_file=None)
    office = Office(store=store, keyring=keyring, base_url=BASE_URL, failpoint=failpoint)
    with store.deployment() as unit:
        issuer = unit.issuer_by_name(name)
    if issuer is None:
        issuer = tenants.add_issuer(
            store,
            tenants.add_tenant(store, name=name, now=START),
            name=name,
            profile_name="An issuer",
            profile_url=None,
            status_policy=policy,
            base_url=BASE_URL,
            keyring=keyring,
            key_uri=None,
            now=START,
        )
    caller = Caller(tenant_id=issuer.tenant_id, actor="cli", scopes=frozenset(Scope))
    return Desk(office=office, caller=caller, issuer=issuer)


def numbered_record(number: int, **engagement: object) -> Record:
    """The everyday record under a number of its own; ``engagement`` changes facts of it."""
    document = example_record("01")
    document["recordId"] = uuid5(NAMESPACE_URL, f"record {number}").urn
    document["source"]["platformRecordId"] = f"GB-{number}"
    document["engagement"] |= engagement
    return parse_record(document, received_at=START)


def later(seconds: float) -> datetime:
    """The start and ``seconds`` more."""
    return START + timedelta(seconds=seconds)


def without_scopes(desk: Desk) -> Desk:
    """The same desk for a caller who may do nothing."""
    return replace(desk, caller=replace(desk.caller, scopes=frozenset()))
