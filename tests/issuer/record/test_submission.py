"""A platform sends facts; the issuer adds what only it knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer import limits
from issuer.record import RecordError, complete_submission, name_holder, parse_record
from issuer.record.identity import shown_did
from tests.example_records import EXAMPLES, example_record
from tests.signers import EcTestKey
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, JsonValue

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECORD_ID = "urn:uuid:5c1ab0a2-6f4c-4e0b-9d6e-1f2a3b4c5d6e"


def submission(name: str) -> JsonObject:
    """What a platform would send: the example without the issuer's own members."""
    record = example_record(name)
    for member in ("recordId", "quality", "disclosure", "lifecycle"):
        record.pop(member, None)
    del record["source"]["receivedAt"]
    return record


def complete(part: JsonObject, facets: JsonObject) -> JsonObject:
    return complete_submission(part, facets, record_id=RECORD_ID, received_at=NOW)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_completed_submission_is_a_record(name: str) -> None:
    """What a platform may leave out is filled in, and the result is read without complaint."""
    record = parse_record(complete(submission(name), {}), received_at=NOW)

    assert record.record_id == RECORD_ID
    assert record.document["source"]["receivedAt"] == "2026-11-20T12:00:00Z"
    assert {"unknown"} == {gate["result"] for gate in record.document["quality"]["gates"]}


def test_the_learners_choices_win_over_the_defaults() -> None:
    """A facet that the learner chose is the facet of the record; the rest keep defaults."""
    disclosure = complete(submission("01"), {"hours": False, "dates": "year"})["disclosure"]

    assert (
        disclosure["hours"],
        disclosure["dates"],
        disclosure["location"],
    ) == (False, "year", "country")


def test_a_trial_hides_hours_and_days_until_the_learner_shows_them() -> None:
    """With both shown a reader could guess how long the trial ran (domain §1.9)."""
    disclosure = complete(submission("02"), {})["disclosure"]

    assert (
        disclosure["hours"],
        disclosure["dates"],
        disclosure["trialOutcome"],
    ) == (False, "month", False)


def test_an_unknown_facet_is_refused() -> None:
    """A choice that does not exist is told, not ignored (E115)."""
    with pytest.raises(RecordError) as refused:
        parse_record(complete(submission("01"), {"shoeSize": True}), received_at=NOW)

    assert ("E115", "/disclosure/shoeSize") in {
        (found.code, found.pointer) for found in refused.value.findings
    }


def test_without_attestation_only_the_host_is_asked() -> None:
    """A record that nobody vouched for yet is told apart from one that is wrong."""
    part = submission("01")
    del part["attestations"]

    with pytest.raises(RecordError) as held:
        parse_record(complete(part, {}), received_at=NOW)

    assert held.value.needs_only_attestation


def test_an_ai_policy_alone_states_nothing() -> None:
    """What was allowed without what was done is not written down (domain §3.2)."""
    part = submission("01")
    part["engagement"]["aiAssistance"] = {"policy": "allowed"}

    assert "aiAssistance" not in complete(part, {})["engagement"]


LEARNER, OTHER = EcTestKey.number(62).did, EcTestKey.number(63).did


def identifiers(part: JsonObject) -> list[JsonObject]:
    found: list[JsonObject] = part["learner"]["identifiers"]
    return found


def test_the_holder_is_an_identifier_that_the_learner_shows() -> None:
    """Added to those of the record, which stay; and the record is good."""
    part = submission("01")

    named = name_holder(part, LEARNER)

    added = {"type": "did", "value": LEARNER, "use": "credential"}
    assert [*identifiers(part), added] == identifiers(named)
    assert submission("01") == part == name_holder(part, None)
    record = parse_record(complete(named, {}), received_at=NOW)
    assert LEARNER == shown_did(record.document["learner"])


@pytest.mark.parametrize(
    ("use", "shown"),
    [("claim", "both"), ("credential", "credential"), ("both", "both"), (None, "both")],
)
def test_a_holder_that_the_record_names_is_not_named_twice(use: str | None, shown: str) -> None:
    """It stays in its place with what is known of it, and is shown."""
    part, known = submission("01"), {"type": "did", "value": LEARNER, "verified": True}
    identifiers(part).insert(0, known | ({} if use is None else {"use": use}))

    named = name_holder(part, LEARNER)

    assert known | {"use": shown} == identifiers(named)[0]
    assert identifiers(part)[1:] == identifiers(named)[1:]
    assert named == name_holder(named, LEARNER)


def test_the_holder_is_not_another_than_the_record_shows() -> None:
    """A DID that is for claiming only is not shown, and contradicts nothing."""
    part, other = submission("01"), {"type": "did", "value": OTHER}
    identifiers(part).append(other | {"use": "claim"})
    shown = submission("01")
    identifiers(shown).append(other | {"use": "both"})

    with pytest.raises(RefusedError) as caught:
        name_holder(shown, LEARNER)

    assert "/holder/id" == caught.value.pointer
    assert LEARNER == shown_did(name_holder(part, LEARNER)["learner"])


@pytest.mark.parametrize("learner", [None, [], "x", {"identifiers": None}, {"identifiers": {}}])
def test_parts_of_another_kind_are_left_to_the_rules(learner: JsonValue) -> None:
    """They say what is wrong with its form."""
    assert {"learner": learner} == name_holder({"learner": learner}, LEARNER)
    assert {} == name_holder({}, LEARNER)


def test_the_holder_may_be_the_only_identifier() -> None:
    """Strange items beside it are for the rules as well."""
    added = {"type": "did", "value": LEARNER, "use": "credential"}

    assert [added] == identifiers(name_holder({"learner": {}}, LEARNER))
    odd: list[JsonValue] = [7, None, {"type": []}]
    assert [*odd, added] == identifiers(name_holder({"learner": {"identifiers": odd}}, LEARNER))


def test_a_holder_that_is_admitted_fits_the_record() -> None:
    """The bound of the request is that of the schema: the longest identifier makes a record."""
    longest = "did:example:".ljust(limits.HOLDER_ID_CHARACTERS, "a")

    fitting = complete(name_holder(submission("01"), longest), {})

    assert longest == shown_did(parse_record(fitting, received_at=NOW).document["learner"])
    with pytest.raises(RecordError):
        parse_record(complete(name_holder(submission("01"), longest + "a"), {}), received_at=NOW)


_NAMES = ["learner", "identifiers", "type", "value", "use"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["did", "both", LEARNER, "x"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=3))
def test_any_part_is_named_or_refused(part: JsonObject) -> None:
    """What a platform sends is of any form; naming the holder twice is naming it once."""
    try:
        named = name_holder(part, LEARNER)
    except RefusedError as error:
        assert "/holder/id" == error.pointer  # noqa: PT017  either is an answer
    else:
        assert named == name_holder(named, LEARNER)


def test_the_submission_is_not_changed() -> None:
    """Completing makes a copy: the caller's object stays as it was."""
    part = submission("01")
    complete(part, {"hours": False})

    assert submission("01") == part
