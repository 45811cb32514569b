"""Whether the audit trail is what was written, and what it says.

``verify_trail`` goes through every line of a chain and names the first that was changed, taken
away, put in or moved. Whoever can write to the database can write a chain anew from some line
on, or cut it short; a hash of ``heads`` that was kept elsewhere shows both.

Leaves to others: what is hashed (``issuer.store.chain``), writing lines (whoever does
something), the command line and the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from issuer import limits
from issuer.errors import ConflictError, IssuerCode, NotFoundError
from issuer.store.chain import DEPLOYMENT, Head, Link, build_line, end_of, link_to
from issuer.store.ports import Events, Store
from verifier.strict_json import JsonObject

_NO_LINE: Final = Head().hash


class Fault(StrEnum):
    """How a chain is broken."""

    CHANGED = "it was changed, put in or moved"
    MISSING = "lines were taken away before it"
    UNLINKED = "it was put in without a place in the chain"
    CUT_SHORT = "lines after it were taken away"
    BEYOND = "it stands after the end of the chain"
    OTHER_HEAD = "the head that was kept elsewhere is not in the chain"


class AuditBrokenError(ConflictError):
    """A chain is not what was written. ``position`` is the place of the first line that shows
    it (0 when there is none), ``event_id`` its id."""

    def __init__(self, chain: str, fault: Fault, position: int, event_id: str | None) -> None:
        line = f"line {position} ({event_id})" if event_id else f"line {position}"
        super().__init__(
            IssuerCode.AUDIT_BROKEN, f"The audit trail of {chain} is broken at {line}: {fault}."
        )
        self.chain = chain
        self.fault = fault
        self.position = position
        self.event_id = event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One chain: the tenant's id (or ``DEPLOYMENT``) and the name that people know."""

    id: str
    name: str


def chains(store: Store, tenant_name: str | None = None) -> tuple[Chain, ...]:
    """The chain of the tenant with this name, or of the deployment and all tenants.

    Raises ``NotFoundError``.
    """
    with store.deployment() as unit:
        if tenant_name is None:
            found = unit.tenants()
            first = (Chain(id=DEPLOYMENT, name="the deployment"),)
            return first + tuple(Chain(id=row.id, name=row.name) for row in found)
        tenant = unit.tenant_by_name(tenant_name)
    if tenant is None:
        raise NotFoundError(f"There is no tenant {tenant_name[:60]!r}.")
    return (Chain(id=tenant.id, name=tenant.name),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A chain whose every line is what was written: its end, and which of the heads that were
    kept elsewhere it holds."""

    chain: Chain
    head: Head
    anchors: frozenset[str]


def verify_trails(
    store: Store, tenant_name: str | None = None, *, anchors: frozenset[str] = frozenset()
) -> tuple[Verified, ...]:
    """Check the tenant's chain, or every chain. ``anchors`` are hashes of heads that were kept
    elsewhere: each has to be that of a line.

    Raises ``AuditBrokenError``, ``NotFoundError``.
    """
    found = tuple(verify_trail(store, it, anchors) for it in chains(store, tenant_name))
    if anchors - {_NO_LINE}.union(*(one.anchors for one in found)):
        name = tenant_name or "all tenants"
        raise AuditBrokenError(name, Fault.OTHER_HEAD, 0, None)
    return found


def verify_trail(store: Store, chain: Chain, anchors: frozenset[str] = frozenset()) -> Verified:
    """Check every line of one chain. Raises ``AuditBrokenError``."""
    seen: set[str] = set()
    with _trail(store, chain.id) as events:
        _refuse_unlinked(chain, events)
        head = Head()
        for link in _links(events):
            head = _follow(chain, head, link)
            seen |= anchors & {link.hash}
        head = _reach_end(chain, head, events)
    return Verified(chain=chain, head=head, anchors=frozenset(seen))


def _refuse_unlinked(chain: Chain, events: Events) -> None:
    for event in events.unlinked():
        raise AuditBrokenError(chain.name, Fault.UNLINKED, 0, event.id)


def _follow(chain: Chain, head: Head, link: Link) -> Head:
    if link.position != head.position + 1:
        raise AuditBrokenError(chain.name, Fault.MISSING, link.position, link.event.id)
    if link != link_to(head, link.event):
        raise AuditBrokenError(chain.name, Fault.CHANGED, link.position, link.event.id)
    return end_of(link)


def _reach_end(chain: Chain, head: Head, events: Events) -> Head:
    """The end that is stored is read after the lines: it is that of the last line, or of one
    that was written meanwhile."""
    stored = events.head() or Head()
    if stored == head:
        return head
    if stored.position < head.position:
        raise AuditBrokenError(chain.name, Fault.BEYOND, head.position, None)
    newer = events.links(head.position, limits.AUDIT_PAGE)
    if not newer:
        raise AuditBrokenError(chain.name, Fault.CUT_SHORT, head.position, None)
    for link in newer:
        head = _follow(chain, head, link)
    return head


def heads(store: Store, tenant_name: str | None = None) -> tuple[tuple[Chain, Head], ...]:
    """The ends of the chains, to be kept where nobody who can write the database can write."""
    found = []
    for chain in chains(store, tenant_name):
        with _trail(store, chain.id) as events:
            found.append((chain, events.head() or Head()))
    return tuple(found)


def export_trail(store: Store, tenant_name: str | None = None) -> Iterator[JsonObject]:
    """Every line as it was hashed, with its hash, chain by chain."""
    for chain in chains(store, tenant_name):
        with _trail(store, chain.id) as events:
            previous = Head().hash
            for link in _links(events):
                line = build_line(link.event, position=link.position, previous=previous)
                yield line | {"hash": link.hash}
                previous = link.hash


class _HasEvents(Protocol):
    @property
    def events(self) -> Events: ...


@contextmanager
def _trail(store: Store, chain_id: str) -> Iterator[Events]:
    unit: _HasEvents
    if chain_id == DEPLOYMENT:
        with store.deployment() as unit:
            yield unit.events
    else:
        with store.read(chain_id) as unit:
            yield unit.events


def _links(events: Events) -> Iterator[Link]:
    after = 0
    while page := events.links(after, limits.AUDIT_PAGE):
        yield from page
        after = page[-1].position


def newest(
    store: Store, chain: Chain, *, subject: str | None = None, action: str | None = None
) -> tuple[Link, ...]:
    """The newest lines first, at most ``limits.AUDIT_LINES_SHOWN``, of one thing or kind."""
    with _trail(store, chain.id) as events:
        return events.newest(subject=subject, action=action, count=limits.AUDIT_LINES_SHOWN)
