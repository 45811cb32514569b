"""Lists that are kept for a while, and asked for again with their ETag.

A kept list may answer while its source does not, and then it says as of when, until it is too
old to say anything: past its own end, past the time for which it says that it may be kept, or
past ``limits.STATUS_MAX_AGE_SECONDS``. An older list than one already seen, replayed, hides a
revocation; the newer one counts, and goes on ageing.

Leaves to others: reading and verifying a list that arrives (``verifier.status.lists``).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from cachetools import LRUCache

from verifier import limits
from verifier.errors import Code, UncheckedError
from verifier.policy import Policy

Content = TypeVar("Content")

_REVALIDATE: Final = timedelta(seconds=limits.STATUS_REVALIDATE_SECONDS)
_OLDEST: Final = timedelta(seconds=limits.STATUS_MAX_AGE_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedList(Generic[Content]):
    """A list that just arrived and passed. ``issuer`` is who says it; the times are its own;
    ``lifetime`` is for how long it says that it may be kept without asking again."""

    issuer: str
    content: Content
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    lifetime: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList(Generic[Content]):
    """A verified list and when its source last said that it is the current one."""

    verified: VerifiedList[Content]
    etag: str | None
    confirmed_at: datetime
    saw_older: bool = False
    """What its source gave out last is an older list: a replay."""

    def is_fresh(self, now: datetime) -> bool:
        """Whether it need not be asked for again. A list from the future is not fresh: the
        clock was set back."""
        return abs(now - self.confirmed_at) <= min(_REVALIDATE, self._lifetime)

    def is_too_old(self, now: datetime, skew: timedelta) -> bool:
        """Whether it says nothing any more. The allowance is put on ``now``: a list may be valid
        to the last second of the calendar."""
        until = self.verified.valid_until
        has_ended = until is not None and now - skew > until
        return has_ended or now - self.confirmed_at > self._lifetime

    @property
    def _lifetime(self) -> timedelta:
        told = self.verified.lifetime
        return _OLDEST if told is None else min(_OLDEST, told)

    def confirmed(self, now: datetime) -> KeptList[Content]:
        """The same list, which its source says is current."""
        return replace(self, confirmed_at=now, saw_older=False)

    def or_newer(self, arrived: KeptList[Content]) -> KeptList[Content]:
        """The one that was signed last. An older one that arrives confirms nothing."""
        mine, its = self.verified.valid_from, arrived.verified.valid_from
        if mine is not None and its is not None and its < mine:
            return replace(self, saw_older=True)
        return arrived

    def in_time(self, now: datetime, skew: timedelta) -> KeptList[Content]:
        """Itself. Raises ``UncheckedError`` (``STATUS_RETRIEVAL_ERROR``) when too old."""
        if self.is_too_old(now, skew):
            raise UncheckedError(
                Code.STATUS_RETRIEVAL_ERROR, "The last known status list is too old to rely on."
            )
        return self


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Which list: of which kind, where, for whose credentials, and under which rules it was
    verified. Softer rules let more pass, and one address may hold lists of several kinds. A token
    that names no key counts for whoever lists its key: a stranger who lists somebody's key must
    not keep the list for that one's own credentials."""

    kind: str
    url: str
    issuer: str
    policy: Policy


@dataclass(slots=True)
class StatusCache:
    """Verified lists, bounded, shared by threads. Holds no credentials."""

    _lists: LRUCache[CacheKey, KeptList[Any]] = field(
        default_factory=lambda: LRUCache(limits.STATUS_CACHE_ENTRIES)
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: CacheKey) -> KeptList[Any] | None:
        """The list under ``key``; its content is what the kind in the key reads."""
        with self._lock:
            return self._lists.get(key)

    def put(self, key: CacheKey, kept: KeptList[Any]) -> None:
        """Keep a list; the least recently used one makes room."""
        with self._lock:
            self._lists[key] = kept
