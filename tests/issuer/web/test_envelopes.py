"""The bodies of requests: what is read, what is malformed, what nobody asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.record import RecordError
from issuer.web.envelopes import (
    Consent,
    Purpose,
    parse_completion,
    parse_import,
    parse_issue,
    parse_status_change,
)
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

NOW = datetime(2026, 3, 23, 20, 0, tzinfo=UTC)
AGREED: JsonObject = {"given": True, "at": "2026-03-23T19:00:00Z", "facets": {"hours": False}}
REVOKE: JsonObject = {
    "credentialId": "urn:uuid:1",
    "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
    "status": True,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
MEMBERS = (
    *("record", "payload", "learnerConsent", "share", "credential", "options"),
    *("credentialId", "credentialStatus", "status", "reason", "other"),
)
BODIES = st.dictionaries(
    st.sampled_from(MEMBERS), JSON | st.fixed_dictionaries({"given": JSON, "at": JSON})
)


def refusal(body: JsonObject, *, of: str = "completion") -> tuple[Code, str]:
    """Code and place of the refusal that ``body`` gets."""
    with pytest.raises(RefusedError) as caught:
        {
            "completion": lambda: parse_completion(body, now=NOW),
            "import": lambda: parse_import(body, now=NOW),
            "issue": lambda: parse_issue(body),
            "status": lambda: parse_status_change(body),
        }[of]()
    return caught.value.code, caught.value.pointer


def test_a_completion_with_consent() -> None:
    """Record, consent with its time and facets, and the wish for a link."""
    found = parse_completion({"record": {"a": 1}, "learnerConsent": AGREED, "share": True}, now=NOW)

    assert {"a": 1} == found.record
    assert Consent(at=NOW - timedelta(hours=1), facets={"hours": False}) == found.consent
    assert found.share


@pytest.mark.parametrize(
    "consent", [{"given": False}, {"given": False, "at": "2026-03-23T19:00:00Z"}]
)
def test_consent_that_was_not_given_is_no_consent(consent: JsonObject) -> None:
    """Saying that the learner was not asked is the same as saying nothing."""
    assert parse_completion({"record": {}, "learnerConsent": consent}, now=NOW).consent is None
    assert parse_completion({"record": {}}, now=NOW).consent is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"record": None}, "/record"),
        ({"record": []}, "/record"),
        ({"share": "yes"}, "/share"),
        ({"share": 1}, "/share"),
        ({"share": None}, "/share"),
        ({"learnerConsent": True}, "/learnerConsent"),
        ({"learnerConsent": {}}, "/learnerConsent/given"),
        ({"learnerConsent": {"given": "true"}}, "/learnerConsent/given"),
        ({"learnerConsent": {"given": True}}, "/learnerConsent/at"),
        ({"learnerConsent": AGREED | {"at": "23 March"}}, "/learnerConsent/at"),
        ({"learnerConsent": AGREED | {"at": "2026-02-30T10:00:00Z"}}, "/learnerConsent/at"),
        ({"learnerConsent": AGREED | {"at": "2026-03-24T10:00:00Z"}}, "/learnerConsent/at"),
        ({"learnerConsent": AGREED | {"facets": []}}, "/learnerConsent/facets"),
    ],
)
def test_a_malformed_completion_is_refused_with_its_place(change: JsonObject, pointer: str) -> None:
    """A member of the wrong kind is told by its pointer."""
    _, found = refusal({"record": {}, "learnerConsent": AGREED} | change)

    assert pointer == found


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"record": {}, "records": []}, ["/records"]),
        ({"record": {}, "tenant": 1, "a/b~c": 2}, ["/tenant", "/a~1b~0c"]),
        ({"record": {}, "learnerConsent": AGREED | {"ip": "::1"}}, ["/learnerConsent/ip"]),
    ],
)
def test_unknown_members_are_e115(body: JsonObject, pointers: list[str]) -> None:
    """Nothing is stored that nobody asked for, and every such member is named."""
    with pytest.raises(RecordError) as caught:
        parse_completion(body, now=NOW)

    assert {"E115"} == {finding.code for finding in caught.value.findings}
    assert pointers == [finding.pointer for finding in caught.value.findings]


@pytest.mark.parametrize("body", [{}, {"payload": []}, {"payload": "x"}, {"payload": None}])
def test_an_import_needs_a_payload(body: JsonObject) -> None:
    """An object, since every profile says where in it the rows are."""
    assert (Code.MALFORMED_VALUE_ERROR, "/payload") == refusal(body, of="import")


def test_options_of_an_issue_change_nothing() -> None:
    """VC-API clients send options of their own; the credential comes out as it went in."""
    credential = {"issuer": "did:example:1"}

    assert credential == parse_issue({"credential": credential})
    assert credential == parse_issue({"credential": credential, "options": {"verifier": "x"}})


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/credential"),
        ({"credential": None}, "/credential"),
        ({"credential": "text"}, "/credential"),
        ({"credential": [{}]}, "/credential"),
        ({"verifiableCredential": {}}, ""),
        ({"credential": {}, "options": None}, "/options"),
        ({"credential": {}, "options": []}, "/options"),
        ({"credential": {}, "keyId": "mine"}, ""),
    ],
)
def test_a_malformed_issue_request(body: JsonObject, pointer: str) -> None:
    """Missing, of another kind, under another name: refused, with its place."""
    assert (Code.MALFORMED_VALUE_ERROR, pointer) == refusal(body, of="issue")


def test_a_status_change() -> None:
    """VC-API's body, and a reason of ours."""
    found = parse_status_change(REVOKE | {"reason": "wrongPerson"})

    assert "urn:uuid:1" == found.credential_id
    assert Purpose.REVOCATION is found.purpose
    assert found.value
    assert "wrongPerson" == found.reason


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"credentialId": ""}, "/credentialId"),
        ({"credentialId": 7}, "/credentialId"),
        ({"credentialId": "x" * 3000}, "/credentialId"),
        ({"status": "true"}, "/status"),
        ({"status": 1}, "/status"),
        ({"credentialStatus": []}, "/credentialStatus"),
        ({"credentialStatus": {"type": "Other"}}, "/credentialStatus/type"),
        (
            {"credentialStatus": REVOKE["credentialStatus"] | {"statusPurpose": "message"}},
            "/credentialStatus/statusPurpose",
        ),
        (
            {"credentialStatus": REVOKE["credentialStatus"] | {"statusPurpose": ["revocation"]}},
            "/credentialStatus/statusPurpose",
        ),
        (
            {"credentialStatus": REVOKE["credentialStatus"] | {"statusListIndex": "7"}},
            "/credentialStatus",
        ),
        ({"reason": None}, "/reason"),
        ({"tenant": "other"}, ""),
    ],
)
def test_a_malformed_status_change(change: JsonObject, pointer: str) -> None:
    """The place in a list is the issuer's to know: a caller who names one is refused."""
    assert (Code.MALFORMED_VALUE_ERROR, pointer) == refusal(REVOKE | change, of="status")


@pytest.mark.parametrize("missing", ["credentialId", "credentialStatus", "status"])
def test_a_status_change_needs_all_three(missing: str) -> None:
    """No default decides whether a credential is revoked."""
    body = {name: value for name, value in REVOKE.items() if name != missing}

    assert (Code.MALFORMED_VALUE_ERROR, f"/{missing}") == refusal(body, of="status")


@given(BODIES)
def test_no_body_raises_anything_but_a_refusal(body: dict[str, JsonValue]) -> None:
    """Whatever JSON object comes, reading ends in a value or in an error of ours."""
    for read in (
        lambda: parse_completion(body, now=NOW),
        lambda: parse_import(body, now=NOW),
        lambda: parse_issue(body),
        lambda: parse_status_change(body),
    ):
        try:
            read()
        except (RefusedError, RecordError) as error:
            assert str(error)  # noqa: PT017  either is an answer; anything else fails the test
