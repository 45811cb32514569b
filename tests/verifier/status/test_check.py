"""Step 7: every entry is read, and not to know is never *not revoked*."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.verifier.status.readings import (
    INDEX,
    LIST_URL,
    NOW,
    STRANGER,
    Reader,
    Source,
    entry,
    key,
    reader,
    status_list,
    told,
    verify_list,
)
from verifier import limits
from verifier.errors import Code, MissingError, UncheckedError
from verifier.policy import SOFT, STANDARD, Policy
from verifier.report import Result, Step
from verifier.status.check import check_status
from verifier.strict_json import JsonObject, parse_json_object

# --- what a bit means -------------------------------------------------------------------


def test_a_clear_bit_passes() -> None:
    """The check names its list and the time of the answer; both neighbours are set."""
    (check,) = reader(status_list(INDEX - 1, INDEX + 1)).read()

    assert (Result.PASSED, None) == told(check)
    assert (Step.STATUS, LIST_URL, NOW) == (check.step, check.by, check.as_of)


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        ("revocation", (Result.FAILED, Code.REVOKED)),
        ("suspension", (Result.FAILED, Code.SUSPENDED)),
        ("refresh", (Result.PASSED, None)),
        ("message", (Result.PASSED, None)),
        ("https://example.org/recalled", (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE)),
    ],
)
def test_a_set_bit_means_what_its_purpose_says(
    purpose: str, expected: tuple[Result, Code | None]
) -> None:
    """A bit whose meaning is not known leaves the question open."""
    (check,) = reader(status_list(INDEX, purpose=purpose)).read(entry(purpose))

    assert expected == told(check)


def test_a_purpose_that_tells_something_is_a_warning() -> None:
    """It takes nothing away, and it is not silent."""
    found = reader(status_list(INDEX, purpose="refresh"))
    found.read(entry("refresh"))

    assert 1 == len(found.warnings)


def test_every_entry_is_read() -> None:
    """The second entry is revoked: the first one's good answer does not hide it."""
    both = reader(status_list(INDEX + 1, purpose=["suspension", "revocation"]))

    checks = both.read(entry("suspension"), entry("revocation", INDEX + 1))

    assert [(Result.PASSED, None), (Result.FAILED, Code.REVOKED)] == [told(it) for it in checks]


@pytest.mark.parametrize(
    "kind", ["RevocationList2020Status", "bitstringstatuslistentry", ["X"], [["X"]], None]
)
def test_an_unknown_type_is_never_skipped(kind: object) -> None:
    """Beside a good entry it leaves the question open."""
    good, unknown = reader(status_list()).read(entry(), entry(type=kind))

    assert Result.PASSED is good.result
    assert (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE) == told(unknown)


def test_a_malformed_entry_fails() -> None:
    """It is the credential that is wrong, not the list."""
    (check,) = reader(status_list()).read(entry(statusListIndex=5))

    assert (Result.FAILED, Code.MALFORMED_VALUE_ERROR) == told(check)


def test_an_index_past_the_end_is_no_answer() -> None:
    """A list that does not reach so far says nothing."""
    (check,) = reader(status_list()).read(entry(index=limits.STATUS_LIST_MINIMUM_ENTRIES))

    assert (Result.NOT_CHECKED, Code.RANGE_ERROR) == told(check)


# --- lists that do not count ------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        MissingError(Code.FETCH_FAILED, "There is nothing."),
        UncheckedError(Code.FETCH_FAILED, "HTTP 500."),
        UncheckedError(Code.FETCH_TIMEOUT, "Too late."),
    ],
)
def test_a_list_that_does_not_arrive_is_no_answer(answer: UncheckedError) -> None:
    """Neither *not revoked* nor *revoked*."""
    (check,) = reader(answer).read()

    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(check)


@pytest.mark.parametrize("code", [Code.ADDRESS_NOT_ALLOWED, Code.LIMIT_EXCEEDED])
def test_a_list_that_must_not_arrive_says_why(code: Code) -> None:
    """The reason is the door's own, and no policy excuses it."""
    answer = UncheckedError(code, "No.")

    checks = [*reader(answer).read(), *reader(answer, SOFT).read()]

    assert [(Result.NOT_CHECKED, code)] * 2 == [told(check) for check in checks]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<!doctype html>",
        b"[]",
        b'{"id": 1, "id": 2}',
        status_list(changed=True),
        status_list(issuer=STRANGER),
        status_list(id="https://issuer.example/status/2"),
        status_list(purpose="suspension"),
        status_list(type=["VerifiableCredential"]),
        status_list() | {"credentialSubject": {"type": "BitstringStatusList"}},
    ],
)
@pytest.mark.parametrize("policy", [STANDARD, SOFT], ids=lambda policy: policy.name)
def test_a_list_that_is_not_the_issuers_own_is_no_answer(
    answer: JsonObject | bytes, policy: Policy
) -> None:
    """Unreadable, changed, somebody else's, for another address or purpose: under any policy."""
    (check,) = reader(answer, policy).read()

    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == told(check)


def test_a_delegate_counts_where_the_policy_names_it() -> None:
    """Bitstring Status List lets others keep the list; whom, is the operator's decision."""
    policy = replace(STANDARD, trusted_status_issuers=frozenset({STRANGER}))

    (check,) = reader(status_list(INDEX, issuer=STRANGER), policy).read()

    assert (Result.FAILED, Code.REVOKED) == told(check)


def test_the_soft_policy_says_that_it_did_not_check() -> None:
    """A list that does not answer is then a warning: neither a pass nor a failure."""
    found = reader(UncheckedError(Code.FETCH_TIMEOUT, "Too late."), SOFT)

    (check,) = found.read()

    assert (Result.NOT_APPLICABLE, Code.STATUS_RETRIEVAL_ERROR) == told(check)
    assert 1 == len(found.warnings)


@pytest.mark.parametrize("code", [Code.ADDRESS_NOT_ALLOWED, Code.LIMIT_EXCEEDED])
def test_the_soft_policy_excuses_nothing_else(code: Code) -> None:
    """Whoever wrote the entry chose an address that cannot be asked."""
    (check,) = reader(UncheckedError(code, "No."), SOFT).read()

    assert (Result.NOT_CHECKED, code) == told(check)


# --- lists that are kept ----------------------------------------------------------------

FRESH = timedelta(seconds=limits.STATUS_REVALIDATE_SECONDS)
LATER = FRESH + timedelta(seconds=1)
OLD = timedelta(seconds=limits.STATUS_MAX_AGE_SECONDS)
GONE = UncheckedError(Code.FETCH_FAILED, "Down.")


def test_a_fresh_list_is_not_asked_for_again() -> None:
    """Two credentials checked within seconds cost one request."""
    found = reader(status_list())
    found.read()
    (check,) = found.read(after=FRESH)

    assert 1 == len(found.source.asked)
    assert NOW == check.as_of


def test_an_older_list_is_asked_for_again_by_its_tag() -> None:
    """What has not changed is confirmed without being sent, as of now."""
    found = reader(status_list())
    found.source.etag = '"1"'
    found.read()
    (check,) = found.read(after=LATER)

    assert [(LIST_URL, None), (LIST_URL, '"1"')] == found.source.asked
    assert (Result.PASSED, NOW + LATER) == (check.result, check.as_of)


def test_a_revocation_is_seen_as_soon_as_the_list_is_asked_for() -> None:
    """A kept list never outlives a newer one."""
    found = reader(status_list())
    found.source.etag = '"1"'
    found.read()
    found.source.answers[LIST_URL] = status_list(INDEX, validFrom=(NOW + LATER).isoformat())
    found.source.etag = '"2"'
    (check,) = found.read(after=LATER)

    assert (Result.FAILED, Code.REVOKED) == told(check)


def test_a_silent_source_ages_the_answer_and_then_ends_it() -> None:
    """Verified as of now, as of before, could not check: and never back to now by itself."""
    found = reader(status_list())
    found.read()
    found.source.answers[LIST_URL] = GONE

    aged, at_last, ended = (
        found.read(after=after)[0] for after in (LATER, OLD, OLD + timedelta(seconds=1))
    )

    assert (Result.PASSED, NOW) == (aged.result, aged.as_of)
    assert (Result.PASSED, NOW) == (at_last.result, at_last.as_of)
    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(ended)


def test_a_kept_list_ends_with_its_own_time() -> None:
    """Its ``validUntil``, with the allowance for clocks, comes before our own limit."""
    until = NOW + timedelta(minutes=10)
    found = reader(status_list(validUntil=until.isoformat()))
    found.read()
    found.source.answers[LIST_URL] = GONE
    skew = STANDARD.clock_skew

    in_time, too_late = (
        found.read(after=timedelta(minutes=10) + skew + more)[0]
        for more in (timedelta(), timedelta(seconds=1))
    )

    assert Result.PASSED is in_time.result
    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(too_late)


@pytest.mark.parametrize("policy", [STANDARD, SOFT], ids=lambda policy: policy.name)
def test_a_kept_revocation_holds_while_the_source_is_silent(policy: Policy) -> None:
    """Going off line does not bring a revoked credential back."""
    found = reader(status_list(INDEX), policy)
    found.read()
    found.source.answers[LIST_URL] = GONE
    (check,) = found.read(after=LATER)

    assert (Result.FAILED, Code.REVOKED) == told(check)
    assert (LIST_URL, NOW) == (check.by, check.as_of)


@pytest.mark.parametrize("index", [INDEX, limits.STATUS_LIST_MINIMUM_ENTRIES])
def test_an_answer_other_than_yes_has_its_moment_too(index: int) -> None:
    """Revoked, or out of range, as of when the list was confirmed."""
    found = reader(status_list(INDEX))
    found.read()
    found.source.answers[LIST_URL] = GONE
    (check,) = found.read(entry(index=index), after=LATER)

    assert (False, LIST_URL, NOW) == (check.result is Result.PASSED, check.by, check.as_of)


def with_ttl(milliseconds: int, *set_indexes: int) -> JsonObject:
    document = status_list(*set_indexes)
    document["credentialSubject"]["ttl"] = milliseconds
    return document


def test_a_list_may_shorten_its_own_life() -> None:
    """Unconfirmed for longer than its ``ttl``, it says nothing any more."""
    found = reader(with_ttl(600_000))
    found.read()
    found.source.answers[LIST_URL] = GONE

    in_time, too_late = (
        found.read(after=timedelta(minutes=10, seconds=more))[0] for more in (0, 1)
    )

    assert Result.PASSED is in_time.result
    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(too_late)


def test_a_list_of_no_life_is_asked_for_at_every_moment() -> None:
    """A ``ttl`` of 0 is kept for no later reading, and answers the one it was fetched for."""
    found = reader(with_ttl(0))
    first, second = (found.read(after=timedelta(seconds=more))[0] for more in (0, 1))

    assert [Result.PASSED, Result.PASSED] == [first.result, second.result]
    assert 2 == len(found.source.asked)


def test_an_older_list_replayed_keeps_the_newer_one() -> None:
    """The newer one counts, as of when it was confirmed, and the report says why."""
    found = reader(status_list(INDEX))
    found.read()
    earlier = (NOW - timedelta(days=1)).isoformat()
    found.source.answers[LIST_URL] = status_list(validFrom=earlier)
    (check,) = found.read(after=LATER)

    assert (Result.FAILED, Code.REVOKED) == told(check)
    assert 1 == len(found.warnings)


def test_an_older_list_replayed_confirms_nothing() -> None:
    """The newer one goes on ageing, and ends as if its source were silent."""
    found = reader(status_list())
    found.read()
    earlier = (NOW - timedelta(days=1)).isoformat()
    found.source.answers[LIST_URL] = status_list(validFrom=earlier)
    aged, ended = (found.read(after=after)[0] for after in (LATER, OLD + timedelta(seconds=1)))

    assert (Result.PASSED, NOW) == (aged.result, aged.as_of)
    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(ended)


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_the_warning_ends_with_the_replay(is_confirmed: bool) -> None:
    """A source that confirms the newer list, or sends one newer still, is in order again."""
    found = reader(status_list())
    found.source.etag = '"kept"'
    found.read()
    found.source.etag = '"older"'
    earlier = (NOW - timedelta(days=1)).isoformat()
    found.source.answers[LIST_URL] = status_list(validFrom=earlier)
    found.read(after=LATER)
    during = found.warnings
    found.source.etag = '"kept"' if is_confirmed else '"newer"'
    found.source.answers[LIST_URL] = status_list(validFrom=(NOW + LATER).isoformat())
    found.read(after=2 * LATER)

    assert (1, []) == (len(during), found.warnings)


def test_a_list_may_be_valid_to_the_end_of_time() -> None:
    """The allowance for clocks does not fall off the calendar."""
    (check,) = reader(status_list(validUntil="9999-12-31T23:59:59+00:00")).read()

    assert Result.PASSED is check.result


def test_a_clock_that_was_set_back_asks_again() -> None:
    """A list from the future is not a fresh one."""
    found = reader(status_list())
    found.read()
    found.read(after=-timedelta(hours=1))

    assert 2 == len(found.source.asked)


def test_a_list_that_became_bad_does_not_fall_back_to_the_kept_one() -> None:
    """An answer that does not verify is an attack or a fault: the question is open."""
    found = reader(status_list())
    found.read()
    found.source.answers[LIST_URL] = status_list(changed=True)
    (check,) = found.read(after=LATER)

    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == told(check)


def test_a_bad_list_is_not_kept() -> None:
    """The next reading asks again and finds the good one."""
    found = reader(status_list(changed=True))
    found.read()
    found.source.answers[LIST_URL] = status_list()
    (check,) = found.read()

    assert Result.PASSED is check.result


def test_a_stranger_cannot_use_the_list_of_another_issuer() -> None:
    """Kept lists are shared by all credentials, so whose list it is, is asked every time."""
    found = reader(status_list())
    found.read()
    checks, _ = check_status(
        (entry(),),
        issuer=STRANGER,
        now=NOW,
        policy=STANDARD,
        fetch=found.source,
        verify_list=verify_list,
        cache=found.cache,
    )

    assert [(Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR)] == [told(it) for it in checks]


def test_kept_lists_are_bounded() -> None:
    """However many lists strangers make us fetch, the oldest make room."""
    urls = [f"https://issuer.example/status/{n}" for n in range(limits.STATUS_CACHE_ENTRIES + 1)]
    source = Source(answers={url: status_list(id=url) for url in urls})
    found = Reader(source=source)
    for url in urls:
        found.read(entry(statusListCredential=url))

    assert found.cache.get(key(urls[0])) is None
    assert found.cache.get(key(urls[1])) is not None


def test_a_list_that_verified_under_softer_rules_answers_for_no_others() -> None:
    """What one policy let pass is fetched and verified anew under another one."""
    found = reader(status_list(), SOFT)
    found.read()

    assert found.cache.get(key(LIST_URL, SOFT)) is not None
    assert found.cache.get(key(LIST_URL)) is None


def test_a_cache_is_shared_by_threads() -> None:
    """Readings at once all get the one right answer."""
    found = reader(status_list(INDEX))
    results: list[tuple[Result, Code | None]] = []
    threads = [
        threading.Thread(target=lambda: results.extend(told(it) for it in found.read()))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(Result.FAILED, Code.REVOKED)] * 16 == results


def test_the_lists_of_these_tests_are_json() -> None:
    """What the fake source serves is what the strict reader reads."""
    assert status_list() == parse_json_object(json.dumps(status_list()).encode())
