"""Rate limits: so that nobody starves others, and nobody guesses for long (security §2.3, R19).

A rule admits so many calls in a window of so many seconds, for each of those whom it counts: a
tenant, an address, the prefix of a key. Windows slide: of the window before, the share counts that
is still within reach, so that 500 in 10 s is a burst of 500 and 50 a second from then on. What is
refused is not counted: who asks again too early loses nothing.

The time is the caller's ``now``; the counters are kept by the library ``limits``, in memory or in
a store that several processes share. Two calls at the same moment may both be the last one that
is admitted. A store that does not answer admits everything and says so in the log: a limit that
stops the service would be the outage that it is to prevent.

Leaves to others: which calls a rule is for, addresses (``issuer.web.gate``).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string

from issuer import limits
from issuer.errors import IssuerCode, RateLimitedError, RefusedStartError

_LOG: Final = logging.getLogger(__name__)
DEFAULT_STORAGE: Final = "memory://"


class Counted(StrEnum):
    """What is limited, by the name in the settings."""

    REQUESTS = "requests"
    """Calls of one tenant, of whatever kind."""
    ISSUE = "issue"
    """Calls of one tenant that sign; each counts among its requests as well."""
    GUESSES_BY_ADDRESS = "guesses-by-address"
    """Keys that were no good, from one address."""
    GUESSES_BY_PREFIX = "guesses-by-prefix"
    """Wrong secrets for one key."""
    SHARES = "shares"
    """Looks at share links, from one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``count`` calls in ``seconds``."""

    count: int
    seconds: int

    def wait(self, *, now: float, current: int, previous: int) -> int:
        """Whole seconds until one more call is admitted, 0 for at once.

        ``now`` is in seconds; ``current`` and ``previous`` are the calls of the window in which
        it lies and of the one before.
        """
        passed = now % self.seconds
        if current + previous * (1 - passed / self.seconds) + 1 <= self.count:
            return 0
        if current + 1 <= self.count:
            return _up(self._share_gone(previous, self.count - 1 - current) - passed)
        return _up(self.seconds - passed + self._share_gone(current, self.count - 1))

    def _share_gone(self, calls: int, room: int) -> float:
        """Seconds into a window after which no more than ``room`` of the ``calls`` before it
        still count."""
        return self.seconds * (1 - room / calls) if calls > room else 0.0


def _up(seconds: float) -> int:
    return max(1, math.ceil(seconds))


DEFAULT_RULES: Final[Mapping[Counted, Rule]] = {
    Counted.REQUESTS: Rule(count=3_000, seconds=10),
    Counted.ISSUE: Rule(count=500, seconds=10),
    Counted.GUESSES_BY_ADDRESS: Rule(count=100, seconds=600),
    Counted.GUESSES_BY_PREFIX: Rule(count=50, seconds=600),
    Counted.SHARES: Rule(count=1_200, seconds=60),
}
"""A platform that ends its term issues 500 at once and 50 a second; a person opens a few links."""

Rules = Mapping[Counted, Rule]


def parse_rules(text: str) -> Rules:
    """``issue=500/10,shares=none``: names with a count and seconds, or ``none`` for no limit.
    What is not named keeps its default. Raises ``ValueError`` with a sentence."""
    rules = dict(DEFAULT_RULES)
    for entry in (entry.strip() for entry in text.split(",")):
        if not entry:
            continue
        name, _, value = entry.partition("=")
        if name not in [counted.value for counted in Counted]:
            raise ValueError(f"{name[:40]!r} is none of {', '.join(Counted)}.")
        if value == "none":
            rules.pop(Counted(name), None)
        else:
            rules[Counted(name)] = _parse_rule(value)
    return rules


def _parse_rule(value: str) -> Rule:
    count, _, seconds = value.partition("/")
    if not (count.isdecimal() and seconds.isdecimal() and count.isascii() and seconds.isascii()):
        raise ValueError(f"{value[:40]!r} is no COUNT/SECONDS.")
    if not 1 <= int(count[:12]) <= limits.RATE_COUNT or not (
        1 <= int(seconds[:12]) <= limits.RATE_SECONDS
    ):
        raise ValueError(
            f"A rule has 1 to {limits.RATE_COUNT} calls in 1 to {limits.RATE_SECONDS} seconds."
        )
    return Rule(count=int(count), seconds=int(seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiter:
    """Holds calls to ``rules``; what has no rule is not limited."""

    rules: Rules
    storage: Storage = field(default_factory=MemoryStorage, repr=False)

    def take(self, counted: Counted, whose: str, *, now: datetime) -> None:
        """Count one call of ``whose``. Raises ``RateLimitedError``, and then nothing is counted."""
        rule = self.rules.get(counted)
        if rule is None:
            return
        try:
            wait = self._take(rule, f"{counted}|{whose}", now.timestamp())
        except StorageError as error:
            _LOG.warning("rate limits are off: their store does not answer", exc_info=error)
            return
        if wait:
            raise RateLimitedError(counted.value, wait, count=rule.count, seconds=rule.seconds)

    def _take(self, rule: Rule, key: str, now: float) -> int:
        window = math.floor(now / rule.seconds)
        current, previous = (
            self.storage.get(f"issuer|{key}|{rule.seconds}|{number}")
            for number in (window, window - 1)
        )
        wait = rule.wait(now=now, current=current, previous=previous)
        if wait == 0:
            self.storage.incr(f"issuer|{key}|{rule.seconds}|{window}", rule.seconds * 2)
        return wait


def unlimited() -> Limiter:
    """For a service that is not on any network."""
    return Limiter(rules={})


# --- settings ---------------------------------------------------------------------------

NAMES: Final = ("ISSUER_RATE_LIMITS", "ISSUER_RATE_LIMIT_STORAGE", "ISSUER_TRUSTED_PROXIES")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSettings:
    """``storage`` is a URI of the library ``limits``, and may hold a password; of
    ``trusted_proxies``, which are the operator's own, each adds to ``X-Forwarded-For``."""

    rules: Rules = field(default_factory=lambda: DEFAULT_RULES)
    storage: str = field(default=DEFAULT_STORAGE, repr=False)
    trusted_proxies: int = 0


def read_rates(environ: Mapping[str, str], faults: list[str]) -> RateSettings:
    """The settings in ``environ``; what is wrong with them is added to ``faults``."""
    rules, storage, proxies = (environ.get(name, "").strip() for name in NAMES)
    return RateSettings(
        rules=_read_rules(rules, faults),
        storage=storage or DEFAULT_STORAGE,
        trusted_proxies=_read_proxies(proxies or "0", faults),
    )


def _read_rules(text: str, faults: list[str]) -> Rules:
    try:
        return parse_rules(text)
    except ValueError as error:
        faults.append(f"ISSUER_RATE_LIMITS: {error}")
        return DEFAULT_RULES


def _read_proxies(text: str, faults: list[str]) -> int:
    is_short = text.isascii() and text.isdecimal() and len(text) < 4
    if is_short and int(text) <= limits.TRUSTED_PROXIES:
        return int(text)
    faults.append(f"ISSUER_TRUSTED_PROXIES is a number from 0 to {limits.TRUSTED_PROXIES}.")
    return 0


def open_limiter(settings: RateSettings) -> Limiter:
    """Count in the store that is named.

    Raises ``RefusedStartError`` (``SETTINGS_REFUSED``); the address is not repeated, because it
    may hold a password.
    """
    try:
        opened = storage_from_string(settings.storage, wrap_exceptions=True)
    except (ConfigurationError, ValueError) as error:
        raise _unusable("is not the address of a store of the library limits") from error
    if not isinstance(opened, Storage):
        raise _unusable("is not one of a synchronous store")
    return Limiter(rules=settings.rules, storage=opened)


def _unusable(what: str) -> RefusedStartError:
    return RefusedStartError(IssuerCode.SETTINGS_REFUSED, (f"ISSUER_RATE_LIMIT_STORAGE {what}.",))
