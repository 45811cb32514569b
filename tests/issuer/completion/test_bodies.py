"""A completion as it arrives: what is read, what is malformed, what nobody asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.completion import Consent, parse_completion, parse_import
from issuer.record import RecordError
from tests.signers import EcTestKey
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

NOW = datetime(2026, 3, 23, 20, 0, tzinfo=UTC)
AGREED: JsonObject = {"given": True, "at": "2026-03-23T19:00:00Z", "facets": {"hours": False}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
MEMBERS = ("record", "payload", "learnerConsent", "holder", "share", "other")
BODIES = st.dictionaries(
    st.sampled_from(MEMBERS),
    JSON
    | st.fixed_dictionaries({"given": JSON, "at": JSON})
    | st.fixed_dictionaries({"id": JSON | st.text(max_size=20).map("did:key:z".__add__)}),
)


def test_a_completion_with_consent() -> None:
    """Record, consent with its time and facets, and the wish for a link."""
    found = parse_completion({"record": {"a": 1}, "learnerConsent": AGREED, "share": True}, now=NOW)

    assert {"a": 1} == found.record
    assert Consent(at=NOW - timedelta(hours=1), facets={"hours": False}) == found.terms.consent
    assert found.terms.share


@pytest.mark.parametrize(
    "consent", [{"given": False}, {"given": False, "at": "2026-03-23T19:00:00Z"}]
)
def test_consent_that_was_not_given_is_no_consent(consent: JsonObject) -> None:
    """Saying that the learner was not asked is the same as saying nothing."""
    assert (
        parse_completion({"record": {}, "learnerConsent": consent}, now=NOW).terms.consent is None
    )
    assert parse_completion({"record": {}}, now=NOW).terms.consent is None


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
    with pytest.raises(RefusedError) as caught:
        parse_completion({"record": {}, "learnerConsent": AGREED} | change, now=NOW)

    assert pointer == caught.value.pointer


LEARNER = EcTestKey.number(61)


@pytest.mark.parametrize(
    "identifier", [LEARNER.did, "did:web:learner.example", "did:example:" + "a" * 308]
)
def test_a_completion_names_the_learners_own_identifier(identifier: str) -> None:
    """A DID of any method; where none is named there is none."""
    found = parse_completion({"record": {}, "holder": {"id": identifier}}, now=NOW)

    assert identifier == found.holder
    assert parse_completion({"record": {}}, now=NOW).holder is None


@pytest.mark.parametrize(
    ("holder", "code", "pointer"),
    [
        (None, Code.MALFORMED_VALUE_ERROR, "/holder"),
        (LEARNER.did, Code.MALFORMED_VALUE_ERROR, "/holder"),
        ({}, Code.MALFORMED_VALUE_ERROR, "/holder/id"),
        ({"id": None}, Code.MALFORMED_VALUE_ERROR, "/holder/id"),
        ({"id": [LEARNER.did]}, Code.MALFORMED_VALUE_ERROR, "/holder/id"),
        ({"id": "https://learner.example/"}, Code.MALFORMED_VALUE_ERROR, "/holder/id"),
        ({"id": "did:web:"}, Code.MALFORMED_VALUE_ERROR, "/holder/id"),
        ({"id": LEARNER.verification_method}, Code.MALFORMED_VALUE_ERROR, "/holder/id"),
        ({"id": LEARNER.did + "\n"}, Code.MALFORMED_VALUE_ERROR, "/holder/id"),
        ({"id": "did:example:" + "a" * 309}, Code.LIMIT_EXCEEDED, "/holder/id"),
        ({"id": "did:key:learner"}, Code.INVALID_VERIFICATION_METHOD_URL, "/holder/id"),
        ({"id": LEARNER.did[:-1]}, Code.UNSUPPORTED_CRYPTOSUITE, "/holder/id"),
        ({"id": "did:jwk:e30"}, Code.INVALID_VERIFICATION_METHOD, "/holder/id"),
    ],
)
def test_an_identifier_that_names_nobody_is_refused(
    holder: JsonValue, code: Code, pointer: str
) -> None:
    """Nobody could present what is issued to it."""
    with pytest.raises(RefusedError) as caught:
        parse_completion({"record": {}, "holder": holder}, now=NOW)

    assert (code, pointer) == (caught.value.code, caught.value.pointer)


def test_an_import_has_no_holder() -> None:
    """One identifier is not that of all the learners in a payload."""
    with pytest.raises(RecordError) as caught:
        parse_import({"payload": {}, "holder": {"id": LEARNER.did}}, now=NOW)

    assert ["/holder"] == [finding.pointer for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"record": {}, "records": []}, ["/records"]),
        ({"record": {}, "tenant": 1, "a/b~c": 2}, ["/tenant", "/a~1b~0c"]),
        ({"record": {}, "learnerConsent": AGREED | {"ip": "::1"}}, ["/learnerConsent/ip"]),
        ({"record": {}, "holder": {"id": "did:example:a", "jwk": {}}}, ["/holder/jwk"]),
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
    with pytest.raises(RefusedError) as caught:
        parse_import(body, now=NOW)

    assert (Code.MALFORMED_VALUE_ERROR, "/payload") == (caught.value.code, caught.value.pointer)


@given(BODIES)
def test_no_body_raises_anything_but_a_refusal(body: dict[str, JsonValue]) -> None:
    """Whatever JSON object comes, reading ends in a value or in an error of ours."""
    for read in (parse_completion, parse_import):
        try:
            read(body, now=NOW)
        except (RefusedError, RecordError) as error:
            assert str(error)  # noqa: PT017  either is an answer; anything else fails the test
