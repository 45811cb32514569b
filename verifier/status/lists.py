"""One list at an address: kept, confirmed, or fetched and verified anew.

Each kind of list says what it accepts and how its bytes become a ``VerifiedList``. A list that
cannot be fetched, verified or read leaves the question open: it is never "not revoked", and one
that was kept does not cover up one that arrives and does not verify.

Leaves to others: the ten steps that verify a list credential (handed in as ``verify_list``), the
network (``sources.Fetch``), the readers of each kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.policy import Policy
from verifier.report import OutcomeError
from verifier.sources import Fetch, Fetched
from verifier.status.kept import CacheKey, Content, KeptList, StatusCache, VerifiedList
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EstablishedList:
    """A list credential that passed steps 1 to 6, without its proof."""

    document: JsonObject
    issuer: str
    valid_from: datetime | None
    valid_until: datetime | None


VerifyList = Callable[[bytes], EstablishedList]
"""Verify a list credential as it arrived: JSON with a proof, or a token. Raises ``OutcomeError``,
and ``RefusedError`` for what cannot be read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything that the reading of an entry needs but the entry: whose credential it is, its
    id where it has one, and the outside."""

    issuer: str
    credential_id: str | None
    now: datetime
    policy: Policy
    fetch: Fetch
    verify_list: VerifyList
    cache: StatusCache

    @property
    def list_issuers(self) -> frozenset[str]:
        """Whose lists count: the credential's issuer, and whom the operator names."""
        return frozenset({self.issuer, *self.policy.trusted_status_issuers})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind(Generic[Content]):
    """A kind of list. ``read`` verifies the bytes from a URL; it raises ``CheckError`` and
    ``OutcomeError``, which both leave the question open."""

    name: str
    accept: str
    read: Callable[[bytes, str, Question], VerifiedList[Content]]


class UnreachableError(UncheckedError):
    """The list did not arrive: the one failure that a kept list, or a soft policy, excuses."""


def current_list(kind: ListKind[Content], url: str, question: Question) -> KeptList[Content]:
    """The list at ``url`` that counts now, by one of ``question.list_issuers``.

    Raises ``UncheckedError``, as ``UnreachableError`` when it did not arrive.
    """
    kept = _kept_or_fetched(kind, url, question).in_time(question.now, question.policy.clock_skew)
    if kept.verified.issuer not in question.list_issuers:
        raise unverifiable("The status list is signed by somebody other than the issuer.")
    return kept


def _kept_or_fetched(kind: ListKind[Content], url: str, question: Question) -> KeptList[Content]:
    key = CacheKey(kind.name, url, question.issuer, question.policy)
    kept: KeptList[Content] | None = question.cache.get(key)
    if kept is not None and kept.is_fresh(question.now):
        return kept
    try:
        fetched = _fetch_list(kind, url, kept.etag if kept else None, question.fetch)
    except UnreachableError:
        if kept is None:
            raise
        return kept
    if fetched.is_unchanged and kept is not None:
        current = kept.confirmed(question.now)
    else:
        verified = _read_list(kind, url, fetched.body, question)
        arrived = KeptList(verified=verified, etag=fetched.etag, confirmed_at=question.now)
        current = arrived if kept is None else kept.or_newer(arrived)
    question.cache.put(key, current)
    return current


def _fetch_list(kind: ListKind[Content], url: str, etag: str | None, fetch: Fetch) -> Fetched:
    try:
        return fetch(url, accept=kind.accept, max_bytes=limits.STATUS_LIST_BYTES, etag=etag)
    except UncheckedError as error:
        if error.code in (Code.ADDRESS_NOT_ALLOWED, Code.LIMIT_EXCEEDED):
            raise
        raise UnreachableError(
            Code.STATUS_RETRIEVAL_ERROR, f"The status list did not arrive. {error.detail}"
        ) from error


def _read_list(
    kind: ListKind[Content], url: str, body: bytes, question: Question
) -> VerifiedList[Content]:
    """Verify a list that just arrived. Raises ``UncheckedError``: a bad list is no answer."""
    try:
        return kind.read(body, url, question)
    except RefusedError as error:
        raise unverifiable(f"The status list cannot be relied on. {error.detail}") from error
    except OutcomeError as error:
        reason = error.report.problems[0].detail
        raise unverifiable(f"The status list does not verify. {reason}") from error


def unverifiable(detail: str) -> UncheckedError:
    """A list that arrived and does not count."""
    return UncheckedError(Code.STATUS_VERIFICATION_ERROR, detail)
