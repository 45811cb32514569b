"""Step 7: read every status entry of a credential, through lists that are verified first.

A list that cannot be fetched, verified or read leaves the question open: it is never "not
revoked". Lists are kept for a while and asked for again with their ETag; a kept list may
answer while its source does not, and then the check says as of when, until the list is too
old to say anything (``limits.STATUS_MAX_AGE_SECONDS``, or its own ``validUntil``).

Leaves to others: the ten steps that verify the list (handed in as ``verify_list``), the
network (``sources.Fetch``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from cachetools import LRUCache

from verifier import limits
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.model import as_list
from verifier.policy import Policy
from verifier.report import Check, OutcomeError, Problem, Result, Step, check_from_error
from verifier.sources import Fetch, Fetched
from verifier.status import bitstring
from verifier.status.bitstring import BitstringEntry, BitstringList
from verifier.strict_json import JsonObject, parse_json_object

CHECK_NAME: Final = "status"
_ACCEPT: Final = "application/vc, application/ld+json, application/json"
_MEANINGS: Final[Mapping[str, tuple[Code, str]]] = {
    "revocation": (Code.REVOKED, "The issuer revoked it."),
    "suspension": (Code.SUSPENDED, "The issuer has suspended it for now."),
}
_TELLING_PURPOSES: Final = frozenset({"refresh", "message"})
"""Purposes that tell something and take nothing away (section 2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EstablishedList:
    """A list credential that passed steps 1 to 6, without its proof."""

    document: JsonObject
    issuer: str
    valid_from: datetime | None
    valid_until: datetime | None


VerifyList = Callable[[JsonObject], EstablishedList]
"""Verify a list credential; raises ``OutcomeError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptList:
    """A verified list and when its source last said that it is the current one."""

    issuer: str
    content: BitstringList
    valid_from: datetime | None
    valid_until: datetime | None
    etag: str | None
    confirmed_at: datetime
    saw_older: bool = False
    """What its source gave out last is an older list: a replay, which hides a revocation."""


@dataclass(slots=True)
class StatusCache:
    """Verified lists by URL and policy, bounded, shared by threads. Holds no credentials."""

    _lists: LRUCache[tuple[str, Policy], _KeptList] = field(
        default_factory=lambda: LRUCache(limits.STATUS_CACHE_ENTRIES)
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, url: str, policy: Policy) -> _KeptList | None:
        """The list at ``url`` that verified under ``policy``: softer rules let more pass."""
        with self._lock:
            return self._lists.get((url, policy))

    def put(self, url: str, policy: Policy, kept: _KeptList) -> None:
        """Keep a list; the least recently used one makes room."""
        with self._lock:
            self._lists[url, policy] = kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Everything one reading needs but the entry."""

    issuer: str
    now: datetime
    policy: Policy
    fetch: Fetch
    verify_list: VerifyList
    cache: StatusCache


def check_status(
    entries: tuple[JsonObject, ...],
    *,
    issuer: str,
    now: datetime,
    policy: Policy,
    fetch: Fetch,
    verify_list: VerifyList,
    cache: StatusCache,
) -> tuple[list[Check], list[str]]:
    """One check for each of ``entries``, in order, and the warnings.

    ``issuer`` is the credential's; a list by anybody else counts only if the policy names
    them. Raises nothing: what goes wrong with an entry is in its check.
    """
    question = _Question(
        issuer=issuer, now=now, policy=policy, fetch=fetch, verify_list=verify_list, cache=cache
    )
    checks: list[Check] = []
    warnings: list[str] = []
    for entry in entries:
        check, told = _check_entry(entry, question)
        checks.append(check)
        warnings.extend(told)
    return checks, warnings


def _check_entry(entry: JsonObject, question: _Question) -> tuple[Check, list[str]]:
    warnings: list[str] = []
    url = entry.get("statusListCredential")
    by = url if isinstance(url, str) else None
    try:
        return _read_entry(entry, question, warnings), warnings
    except CheckError as error:
        return check_from_error(Step.STATUS, CHECK_NAME, error, by), warnings


def _read_entry(entry: JsonObject, question: _Question, warnings: list[str]) -> Check:
    for kind in as_list(entry.get("type")):
        if kind in TYPES:
            return TYPES[kind](entry, question, warnings)
    raise UncheckedError(
        Code.UNSUPPORTED_STATUS_TYPE,
        f"Status of the type {str(entry.get('type'))[:60]} is not supported.",
        pointer="/credentialStatus/type",
    )


# --- Bitstring Status List 1.0 ----------------------------------------------------------


def _check_bitstring(entry: JsonObject, question: _Question, warnings: list[str]) -> Check:
    """Section 3.2, validate: fetch, verify, purpose, length, range, bit."""
    parsed = bitstring.parse_entry(entry)
    try:
        kept = _current_list(parsed.list_url, question)
    except _UnreachableError as error:
        if not question.policy.accept_unreachable_status:
            raise
        warnings.append("Whether it was withdrawn was not checked: the list did not answer.")
        problem = Problem(code=error.code, detail=error.detail)
        return _result(Result.NOT_APPLICABLE, parsed, problem=problem)
    if kept.saw_older:
        warnings.append("The source gave an older status list than before; the newer one counts.")
    _check_list_fits(kept, parsed, question)
    if bitstring.read_bit(kept.content.bits, parsed.index):
        warnings.extend(_judge_set_bit(parsed))
    return _result(Result.PASSED, parsed, as_of=kept.confirmed_at)


def _result(
    result: Result,
    entry: BitstringEntry,
    *,
    problem: Problem | None = None,
    as_of: datetime | None = None,
) -> Check:
    return Check(
        step=Step.STATUS,
        name=CHECK_NAME,
        result=result,
        by=entry.list_url,
        problem=problem,
        as_of=as_of,
    )


def _check_list_fits(kept: _KeptList, entry: BitstringEntry, question: _Question) -> None:
    allowed = {question.issuer, *question.policy.trusted_status_issuers}
    if kept.issuer not in allowed:
        raise _unverifiable("The status list is signed by somebody other than the issuer.")
    if entry.purpose not in kept.content.purposes:
        raise _unverifiable("The status list is for another purpose.")


def _judge_set_bit(entry: BitstringEntry) -> tuple[str, ...]:
    """What a set bit means. An unknown meaning leaves the question open."""
    if entry.purpose in _MEANINGS:
        code, detail = _MEANINGS[entry.purpose]
        raise RefusedError(code, detail, pointer="/credentialStatus")
    if entry.purpose in _TELLING_PURPOSES:
        return (f"The issuer has something to tell: the status {entry.purpose!r} is set.",)
    raise UncheckedError(
        Code.UNSUPPORTED_STATUS_TYPE,
        f"The status {entry.purpose[:60]!r} is set, and its meaning is not known here.",
        pointer="/credentialStatus/statusPurpose",
    )


# --- one list: kept, confirmed, or fetched anew -----------------------------------------


class _UnreachableError(UncheckedError):
    """The list did not arrive: the one failure that a kept list, or a soft policy, excuses."""


def _current_list(url: str, question: _Question) -> _KeptList:
    kept = question.cache.get(url, question.policy)
    now = question.now
    if kept and abs(now - kept.confirmed_at) <= timedelta(seconds=limits.STATUS_REVALIDATE_SECONDS):
        return _in_time(kept, question)
    try:
        fetched = _fetch_list(url, kept.etag if kept else None, question.fetch)
    except _UnreachableError:
        if kept is None:
            raise
        return _in_time(kept, question)
    if fetched.is_unchanged and kept is not None:
        current = replace(kept, confirmed_at=now, saw_older=False)
    else:
        current = _newer_of(_read_list(url, fetched, question), kept)
    question.cache.put(url, question.policy, current)
    return _in_time(current, question)


def _newer_of(arrived: _KeptList, kept: _KeptList | None) -> _KeptList:
    """The list that was signed last. An older one that arrives confirms nothing."""
    if kept and kept.valid_from and arrived.valid_from and arrived.valid_from < kept.valid_from:
        return replace(kept, saw_older=True)
    return arrived


def _in_time(kept: _KeptList, question: _Question) -> _KeptList:
    """A list past its own end, or unconfirmed for too long, says nothing any more."""
    age = question.now - kept.confirmed_at
    earliest = question.now - question.policy.clock_skew
    has_ended = kept.valid_until is not None and earliest > kept.valid_until
    if has_ended or age > timedelta(seconds=limits.STATUS_MAX_AGE_SECONDS):
        raise UncheckedError(
            Code.STATUS_RETRIEVAL_ERROR, "The last known status list is too old to rely on."
        )
    return kept


def _fetch_list(url: str, etag: str | None, fetch: Fetch) -> Fetched:
    try:
        return fetch(url, accept=_ACCEPT, max_bytes=limits.STATUS_LIST_BYTES, etag=etag)
    except UncheckedError as error:
        if error.code in (Code.ADDRESS_NOT_ALLOWED, Code.LIMIT_EXCEEDED):
            raise
        raise _UnreachableError(
            Code.STATUS_RETRIEVAL_ERROR, f"The status list did not arrive. {error.detail}"
        ) from error


def _read_list(url: str, fetched: Fetched, question: _Question) -> _KeptList:
    """Verify a list that just arrived. Raises ``UncheckedError``: a bad list is no answer."""
    try:
        document = parse_json_object(fetched.body, max_bytes=limits.STATUS_LIST_BYTES)
        established = question.verify_list(document)
    except RefusedError as error:
        raise _unverifiable(f"The status list cannot be read. {error.detail}") from error
    except OutcomeError as error:
        reason = error.report.problems[0].detail
        raise _unverifiable(f"The status list does not verify. {reason}") from error
    if established.document.get("id", url) != url:
        raise _unverifiable("The status list belongs to another address.")
    return _KeptList(
        issuer=established.issuer,
        content=bitstring.parse_list(established.document),
        valid_from=established.valid_from,
        valid_until=established.valid_until,
        etag=fetched.etag,
        confirmed_at=question.now,
    )


def _unverifiable(detail: str) -> UncheckedError:
    return UncheckedError(Code.STATUS_VERIFICATION_ERROR, detail)


ReadEntry = Callable[[JsonObject, _Question, list[str]], Check]

TYPES: Final[Mapping[str, ReadEntry]] = {bitstring.ENTRY_TYPE: _check_bitstring}
"""How the entries of each status type are read. What is not here is never skipped."""
