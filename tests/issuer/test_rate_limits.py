"""Rate limits: sliding windows by the caller's clock, kept apart, and never the outage itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.errors import StorageError
from limits.storage import MemoryStorage

from issuer import limits
from issuer.errors import IssuerCode, RateLimitedError, RefusedStartError
from issuer.rate_limits import (
    DEFAULT_RULES,
    Counted,
    Limiter,
    RateSettings,
    Rule,
    open_limiter,
    parse_rules,
    read_rates,
    unlimited,
)
from issuer.settings import Settings

START = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
RULES = {Counted.ISSUE: Rule(count=5, seconds=10)}


def admitted(limiter: Limiter, seconds: float, whose: str = "a") -> bool:
    """Whether a call is let through, so many seconds after the start."""
    try:
        limiter.take(Counted.ISSUE, whose, now=START + timedelta(seconds=seconds))
    except RateLimitedError:
        return False
    return True


def test_a_burst_is_admitted_and_then_the_rate() -> None:
    """Five at once, none at once after, and in the long run one every two seconds."""
    limiter = Limiter(rules=RULES)

    burst = [admitted(limiter, 0) for _ in range(7)]
    later = [second for second in range(1, 1_001) if admitted(limiter, second)]

    assert [True] * 5 + [False] * 2 == burst
    assert 350 <= len(later) <= 500


def test_one_tenants_flood_leaves_another_alone() -> None:
    """R19: who calls a thousand times uses up nothing of anybody else's."""
    limiter = Limiter(rules=RULES)

    flood = [admitted(limiter, 0, "a") for _ in range(1_000)]
    other = [admitted(limiter, 0, "b") for _ in range(5)]

    assert 5 == sum(flood)
    assert [True] * 5 == other


def test_who_asks_again_too_early_loses_nothing() -> None:
    """What is refused is not counted, so waiting as long as was said is enough."""
    limiter = Limiter(rules=RULES)
    for _ in range(5):
        limiter.take(Counted.ISSUE, "a", now=START)

    with pytest.raises(RateLimitedError) as caught:
        limiter.take(Counted.ISSUE, "a", now=START)
    refused = [admitted(limiter, 1) for _ in range(50)]

    assert not any(refused)
    assert not admitted(limiter, caught.value.retry_after - 1)
    assert admitted(limiter, caught.value.retry_after)


@given(
    count=st.integers(1, 1_000),
    seconds=st.integers(1, 3_600),
    now=st.floats(0, 4e9),
    current=st.integers(0, 2_000),
    previous=st.integers(0, 2_000),
)
def test_waiting_as_long_as_is_said_is_enough(
    count: int, seconds: int, now: float, current: int, previous: int
) -> None:
    """Whatever was counted, and two windows are always enough."""
    rule = Rule(count=count, seconds=seconds)

    wait = rule.wait(now=now, current=current, previous=previous)

    assert 0 <= wait <= 2 * seconds + 1
    if wait:
        later = now + wait
        moved = int(later // seconds) - int(now // seconds)
        counted = {0: (current, previous), 1: (0, current)}.get(moved, (0, 0))
        again = rule.wait(now=later, current=counted[0], previous=counted[1])
        assert again <= 1  # a float may land on the other side of the last moment


def test_a_store_that_does_not_answer_admits_everything(caplog: pytest.LogCaptureFixture) -> None:
    """And the log says so: a limit must not be the outage."""

    class Gone(MemoryStorage):
        def get(self, key: str) -> int:
            raise StorageError(ConnectionError("secret-host"))

    limiter = Limiter(rules=RULES, storage=Gone())

    assert all(admitted(limiter, 0) for _ in range(20))
    assert 20 == len(caplog.messages)


def test_without_a_rule_nothing_is_limited() -> None:
    """``none`` in the settings, and services that tests make."""
    assert all(admitted(unlimited(), 0) for _ in range(100))


def test_two_processes_share_what_a_shared_store_counts() -> None:
    """The counters are the store's, not the process's."""
    storage = MemoryStorage()
    first, second = (Limiter(rules=RULES, storage=storage) for _ in range(2))

    found = [admitted(limiter, 0) for limiter in (first, second) * 4]

    assert 5 == sum(found)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", {}),
        (" issue=7/30 ", {Counted.ISSUE: Rule(count=7, seconds=30)}),
        ("shares=none,", {Counted.SHARES: None}),
        (
            "issue=1/1, requests=1000000/86400",
            {
                Counted.ISSUE: Rule(count=1, seconds=1),
                Counted.REQUESTS: Rule(count=1_000_000, seconds=86_400),
            },
        ),
    ],
)
def test_rules_are_read(text: str, changed: dict[Counted, Any]) -> None:
    """What is not named keeps its default."""
    expected = {name: rule for name, rule in (DEFAULT_RULES | changed).items() if rule}

    assert expected == parse_rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "issue",
        "issue=",
        "issue=0/1",
        "issue=1/0",
        "issue=-1/1",
        "issue=1",
        "else=1/1",
        "issue=\uff11/1",
        "issue=1000001/1",
        "issue=1/86401",
        "issue=9" + "9" * 400 + "/1",
        "issue=1/1/1",
    ],
)
def test_rules_that_are_none_are_refused(text: str) -> None:
    """One fault, told with all others."""
    faults: list[str] = []

    found = read_rates({"ISSUER_RATE_LIMITS": text}, faults)

    assert 1 == len(faults)
    assert DEFAULT_RULES == found.rules


@given(st.text())
def test_no_text_makes_reading_fail_in_another_way(text: str) -> None:
    """Rules and proxies: a value, or one fault each."""
    faults: list[str] = []

    read_rates({"ISSUER_RATE_LIMITS": text, "ISSUER_TRUSTED_PROXIES": text}, faults)

    assert len(faults) <= 2


@pytest.mark.parametrize("text", ["-1", "11", "1.5", "two", "²", "0x1"])
def test_proxies_are_a_small_number(text: str) -> None:
    """A wrong one would believe what anybody writes."""
    with pytest.raises(RefusedStartError) as caught:
        Settings.from_env({"ISSUER_TRUSTED_PROXIES": text})

    assert 1 == len(caught.value.faults)
    assert 10 == limits.TRUSTED_PROXIES


@pytest.mark.parametrize("storage", ["nothing://user:secret@host", "async+memory://", "x"])
def test_a_store_that_does_not_exist_stops_the_start(storage: str) -> None:
    """Without repeating an address that may hold a password."""
    with pytest.raises(RefusedStartError) as caught:
        open_limiter(RateSettings(storage=storage))

    assert IssuerCode.SETTINGS_REFUSED is caught.value.code
    assert "secret" not in str(caught.value)
