"""``POST /completions/batch``: many in one call, each for itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuer import limits
from issuer.errors import IssuerCode, OwnFaultError
from issuer.signing.signer import Keyring, NewKey, Signer
from tests.issuer.web.site import Site, completion, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from tests.issuer.web.test_faults import with_keyring
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject

PATH = "/completions/batch"


def numbered(number: int, **members: object) -> JsonObject:
    """A completion under a number of its own."""
    body = completion("01", share=False)
    body["record"]["source"]["platformRecordId"] = f"GB-{number}"
    return body | members


def outcomes(answer: JsonObject) -> list[tuple[int, str | None]]:
    return [(result["status"], result.get("state")) for result in answer["results"]]


def test_every_item_has_the_answer_of_a_single_call(any_site: Site) -> None:
    """Issued, offered, refused, malformed, not even an object: one bad item stops no other."""
    items = [
        numbered(1),
        numbered(2, learnerConsent={"given": False}),
        numbered(3, record={"source": {}}),
        numbered(4, share="yes"),
        7,
        numbered(5),
    ]

    response = any_site.post(PATH, {"completions": items})

    answer = json_of(response)
    assert 200 == response.status_code
    assert outcomes(answer) == [
        (201, "issued"),
        (202, "offered"),
        (422, None),
        (400, None),
        (400, None),
        (201, "issued"),
    ]
    assert [result["index"] for result in answer["results"]] == list(range(6))
    assert answer["summary"] == {"issued": 2, "waiting": 1, "refused": 3, "retryable": 0}
    assert answer["results"][2]["problem"]["findings"][0]["code"].startswith("E")
    assert answer["results"][4]["problem"]["pointer"] == "/completions/4"


def test_what_was_issued_is_found_again(site: Site) -> None:
    """By ``location``; or the document is in the result, when that is asked for."""
    body = {"completions": [numbered(1)]}

    (plain,) = json_of(site.post(PATH, body))["results"]
    (full,) = json_of(site.post(f"{PATH}?verifiableCredentials=1", body))["results"]

    found = json_of(site.get(plain["location"], key="all"))
    assert "verifiableCredential" not in plain
    assert found == full["verifiableCredential"]
    assert site.is_verified(found)


def test_a_batch_may_be_sent_again(any_site: Site) -> None:
    """By meaning without a key, by key with one: the same credentials, nothing doubled."""
    body = {"completions": [numbered(1), numbered(2, learnerConsent={"given": False})]}

    first = any_site.post(PATH, body, Idempotency_Key="monday")
    stored = stored_rows(any_site)
    again = [any_site.post(PATH, body, Idempotency_Key="monday"), any_site.post(PATH, body)]

    assert [json_of(response) for response in again] == [json_of(first)] * 2
    assert stored_rows(any_site) == stored


def test_one_record_twice_in_a_batch_is_one_credential(site: Site) -> None:
    """With the same content the same answer; with other content a conflict that says so."""
    changed = numbered(1)
    changed["record"]["engagement"]["title"] = "Another title"

    (one, same, other) = json_of(site.post(PATH, {"completions": [numbered(1)] * 2 + [changed]}))[
        "results"
    ]

    assert one == same | {"index": 0}
    assert (409, False) == (other["status"], other["retryable"])
    assert other["problem"]["type"].endswith("/ALREADY_ISSUED")


def test_a_key_stands_for_the_whole_batch(any_site: Site) -> None:
    """Another batch with it is refused before its first item, also where it is longer."""
    any_site.post(PATH, {"completions": [numbered(1)]}, Idempotency_Key="monday")
    stored = stored_rows(any_site)

    response = any_site.post(
        PATH, {"completions": [numbered(1), numbered(2)]}, Idempotency_Key="monday"
    )

    assert (422, "IDEMPOTENCY_CONFLICT") == (response.status_code, problem_code(response))
    assert stored_rows(any_site) == stored


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MALFORMED_VALUE_ERROR"),
        ({"completions": {}}, "MALFORMED_VALUE_ERROR"),
        ({"completions": [{}], "dryRun": True}, "MALFORMED_VALUE_ERROR"),
        ({"completions": []}, "LIMIT_EXCEEDED"),
        ({"completions": [{}] * (limits.BATCH_ITEMS + 1)}, "LIMIT_EXCEEDED"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(site: Site, body: JsonObject, code: str) -> None:
    """And leaves nothing."""
    stored = stored_rows(site)

    response = site.post(PATH, body)

    assert (400, code) == (response.status_code, problem_code(response))
    assert stored_rows(site) == stored


def test_the_body_has_a_bound(site: Site) -> None:
    """Larger ones are 413 and never parsed."""
    data = b'{"completions": ["' + b"a" * limits.BATCH_BYTES + b'"]}'

    headers = site.bearer("all") | {"Content-Type": "application/json"}
    response = site.client.post(PATH, data=data, headers=headers)

    assert (413, "TOO_LARGE") == (response.status_code, problem_code(response))


class FailingKeyring:
    """A keyring whose signer fails at some of the calls, and counts them."""

    def __init__(self, real: Keyring, fails_at: Callable[[int], bool], error: Exception) -> None:
        self._real, self._fails_at, self._error = real, fails_at, error
        self.calls = 0

    def create(self, name: str, key_type: KeyType) -> NewKey:
        return self._real.create(name, key_type)

    def signer(self, uri: str) -> Signer:
        self.calls += 1
        if self._fails_at(self.calls):
            raise self._error
        return self._real.signer(uri)

    def secret(self, purpose: str) -> bytes:
        return self._real.secret(purpose)


def test_our_fault_at_one_item_is_that_items_alone(site: Site) -> None:
    """It says that another try is worth it, and another try gets the credential."""
    site.complete()  # the list is out, so that each item below asks for the key once
    body = {"completions": [numbered(number) for number in range(3)]}

    class Unforeseen(Exception):
        """Nobody thought of it."""

    broken = with_keyring(site, RuntimeError())
    keyring = FailingKeyring(site.services.office.keyring, lambda call: call == 2, Unforeseen())
    object.__setattr__(broken.services.office, "keyring", keyring)
    first = json_of(broken.post(PATH, body))
    site.clock.move(seconds=60)
    second = json_of(site.post(PATH, body))

    assert outcomes(first) == [(201, "issued"), (500, None), (201, "issued")]
    assert first["summary"]["retryable"] == 1
    assert first["results"][1]["retryable"]
    assert "Unforeseen" not in str(first)
    assert outcomes(second) == [(201, "issued")] * 3
    assert second["results"][0] == first["results"][0]


def test_a_batch_does_not_wait_for_a_signer_that_is_away(site: Site) -> None:
    """After three faults in a row the rest is answered without a try, all worth another one."""
    error = OwnFaultError(IssuerCode.SIGNER_UNAVAILABLE, "The signer does not answer.")
    broken = with_keyring(site, RuntimeError())
    keyring = FailingKeyring(site.services.office.keyring, lambda _call: True, error)
    object.__setattr__(broken.services.office, "keyring", keyring)

    answer = json_of(broken.post(PATH, {"completions": [numbered(n) for n in range(50)]}))

    assert outcomes(answer) == [(503, None)] * 50
    assert answer["summary"] == {"issued": 0, "waiting": 0, "refused": 50, "retryable": 50}
    assert keyring.calls == limits.BATCH_FAULTS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["record", "learnerConsent", "share", "holder", "given", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(items=st.lists(JSON, min_size=1, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_whatever_an_item_is_the_answer_is_a_refusal(site: Site, items: list[object]) -> None:
    """No item makes the service fail."""
    response = site.post(PATH, {"completions": items})

    assert 200 == response.status_code
    assert {400, 422} >= {result["status"] for result in json_of(response)["results"]}
