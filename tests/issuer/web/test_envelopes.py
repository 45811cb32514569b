"""VC-API's bodies: what is read, what is malformed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.web.envelopes import Purpose, parse_derive, parse_issue, parse_status_change
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

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
    *("credential", "verifiableCredential", "options", "credentialId", "credentialStatus"),
    *("status", "reason", "x"),
)
BODIES = st.dictionaries(st.sampled_from(MEMBERS), JSON)


PARSERS = {"issue": parse_issue, "derive": parse_derive, "status": parse_status_change}


def refusal(body: JsonObject, *, of: str) -> tuple[Code, str]:
    """Code and place of the refusal that ``body`` gets."""
    with pytest.raises(RefusedError) as caught:
        PARSERS[of](body)
    return caught.value.code, caught.value.pointer


def test_options_of_an_issue_change_nothing() -> None:
    """VC-API clients send options of their own; the credential comes out as it went in."""
    credential = {"issuer": "did:example:1"}

    for body in ({}, {"options": {}}, {"options": {"verifier": "x", "credentialId": 4}}):
        wish = parse_issue({"credential": credential, **body})

        assert (credential, None) == (wish.credential, wish.mandatory)


def test_pointers_are_read_as_they_are() -> None:
    """What they choose is found out later; that there are some is known here."""
    issue = {"credential": {}, "options": {"mandatoryPointers": ["/issuer"]}}
    derive = {"verifiableCredential": {}, "options": {"selectivePointers": ["/a", "/b"]}}

    assert ("/issuer",) == parse_issue(issue).mandatory
    assert ("/a", "/b") == parse_derive(derive).selective
    assert () == parse_derive({"verifiableCredential": {}}).selective


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/verifiableCredential"),
        ({"verifiableCredential": "eyJ"}, "/verifiableCredential"),
        ({"verifiableCredential": {}, "options": 4}, "/options"),
        ({"verifiableCredential": {}, "credential": {}}, ""),
        (
            {"verifiableCredential": {}, "options": {"selectivePointers": "/a"}},
            "/options/selectivePointers",
        ),
        (
            {"verifiableCredential": {}, "options": {"selectivePointers": [4]}},
            "/options/selectivePointers",
        ),
    ],
)
def test_a_malformed_derive_request(body: JsonObject, pointer: str) -> None:
    """As strictly as a request to issue."""
    assert (Code.MALFORMED_VALUE_ERROR, pointer) == refusal(body, of="derive")


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
    for read in PARSERS.values():
        try:
            read(body)
        except RefusedError as error:
            assert str(error)  # noqa: PT017  an answer; anything else fails the test
