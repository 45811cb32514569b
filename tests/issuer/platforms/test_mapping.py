"""Platform payloads become drafts by a profile alone, and one bad row never stops the others."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.platforms import PayloadError, RowOutcome, load_profile, map_payload
from issuer.record import Disposition, complete_submission, parse_record
from tests.example_records import example_record, read_data
from verifier.strict_json import JsonObject

IMPORTED_AT = datetime(2026, 5, 15, 14, tzinfo=UTC)
GIGBRIDGE = load_profile("gigbridge-1")
RECORD_ID = "urn:uuid:5c1ab0a2-6f4c-4e0b-9d6e-1f2a3b4c5d6e"
MARKER = "MARKERWORD"
AMOUNT = 7654321


def payload() -> JsonObject:
    return read_data("platforms", "gigbridge-completions.json")


def map_row(**changes: Any) -> RowOutcome:
    """The outcome of project GB-48213 with some members replaced."""
    row = payload()["projects"][0] | changes
    return map_payload(GIGBRIDGE, {"projects": [row]}, received_at=IMPORTED_AT)[0]


def codes(outcome: RowOutcome) -> list[str]:
    return sorted({finding.code for finding in outcome.findings})


def draft_of(outcome: RowOutcome) -> JsonObject:
    assert outcome.draft is not None
    return outcome.draft


def test_the_payload_gives_the_expected_dispositions_and_codes() -> None:
    """All four rows end as the hand-read list says, refused ones without stopping the rest."""
    expected = read_data("platforms", "expected.json")["results"]["gigbridge-completions.json"]

    outcomes = map_payload(GIGBRIDGE, payload(), received_at=IMPORTED_AT)

    told = [
        {"record": one.record, "disposition": one.disposition.value, "codes": codes(one)}
        for one in outcomes
    ]
    assert told == expected


def test_every_code_has_a_sentence_like_the_expected_one() -> None:
    """Findings carry sentences for people, not only codes."""
    outcomes = map_payload(GIGBRIDGE, payload(), received_at=IMPORTED_AT)

    assert all(finding.sentence for one in outcomes for finding in one.findings)


def test_accepted_drafts_are_records_once_the_issuer_adds_its_members() -> None:
    """What a profile accepts is issued without anybody touching the draft."""
    outcomes = map_payload(GIGBRIDGE, payload(), received_at=IMPORTED_AT)

    records = [
        parse_record(
            complete_submission(one.draft, {}, record_id=RECORD_ID, received_at=IMPORTED_AT),
            received_at=IMPORTED_AT,
        )
        for one in outcomes
        if one.draft is not None and one.disposition is not Disposition.HELD
    ]
    assert [record.platform_record_id for record in records] == ["GB-48213", "GB-48377"]


def test_the_draft_agrees_with_the_example_record_made_from_it() -> None:
    """Where the source is the same, GB-48213 says what example record 01 says."""
    draft, record = draft_of(map_row()), example_record("01")

    same = ("form", "title", "objectives", "startDate", "endDate", "timeZone", "effort",
            "modality", "compensation")  # fmt: skip
    assert {m: draft["engagement"][m] for m in same} == {m: record["engagement"][m] for m in same}
    assert draft["platform"] == record["platform"]
    assert draft["host"] == {k: v for k, v in record["host"].items() if k != "kind"}
    assert draft["learner"]["name"]["full"] == record["learner"]["name"]["full"]
    states = [
        [
            (one["name"], one["kind"], one["acceptance"])
            for one in each["engagement"]["deliverables"]
        ]
        for each in (draft, record)
    ]
    assert states[0] == states[1]
    told = ("by", "role", "method", "at")
    assert {m: draft["attestations"][0][m] for m in told} == {
        m: record["attestations"][0][m] for m in told
    }
    assert (
        draft["skills"][0]["alignments"][0]["targetUrl"]
        == (record["skills"][0]["alignments"][0]["targetUrl"])
    )


def test_the_last_day_is_the_hosts_last_day() -> None:
    """03:30 UTC on 21 March is 20 March in Chicago."""
    assert draft_of(map_row())["engagement"]["endDate"] == "2026-03-20"


def test_one_name_stays_one_name() -> None:
    """An empty first name is left out, not joined."""
    outcome = map_payload(GIGBRIDGE, payload(), received_at=IMPORTED_AT)[1]

    assert draft_of(outcome)["learner"]["name"] == {"family": "Suryani", "full": "Suryani"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"project_id": ""}, "E101"),
        ({"project_id": None}, "E101"),
        ({"title": "x"}, "E116"),
        ({"title": 7}, "E116"),
        ({"kickoff_at": "02/03/2026"}, "E102"),
        ({"kickoff_at": "2026-03-02T15:00:00"}, "E102"),
        ({"completed_at": None}, "E101"),
        ({"completed_at": "2026-02-01T00:00:00Z"}, "E103"),
        ({"completed_at": "2026-05-16T18:00:00Z"}, "E113"),
        ({"company_time_zone": "Mars/Olympus"}, "E102"),
        ({"location_type": "virtual"}, "E109"),
        ({"deliverables": []}, "E101"),
        ({"deliverables": "all of them"}, "E116"),
        ({"deliverables": [{"label": "List", "accepted": False, "revision_rounds": 0}]}, "E105"),
        ({"company": {"name": "Nameless"}}, "E101"),
        ({"company": {"name": "Bad", "website": "javascript:alert(1)"}}, "E116"),
        ({"micro_intern": {"last_name": "A", "email": "a(at)b.example", "is_adult": True}}, "E104"),
        ({"micro_intern": {"last_name": "A", "email": "a@b.example", "is_adult": False}}, "E110"),
        ({"micro_intern": {"last_name": "A", "email": "a@b.example", "is_adult": "yes"}}, "E109"),
        ({"micro_intern": {"last_name": "MuÃ±oz", "email": "a@b.example", "is_adult": True}},
         "E114"),
        ({"fixed_fee": {"amount_cents": -1, "currency": "USD"}}, "E116"),
        ({"fixed_fee": {"amount_cents": "480", "currency": "USD"}}, "E116"),
        ({"success_criteria": "\n - \n"}, "H302"),
        ({"fixed_fee": {"amount_cents": 0, "currency": "USD"}}, "H301"),
        ({"estimated_hours": 0}, "W201"),
        ({"estimated_hours": None}, "W201"),
        ({"estimated_hours": "1,5"}, "W201"),
        ({"estimated_hours": 401}, "W201"),
        ({"skills_used": None}, "W213"),
        ({"skills_used": ["SQL", "sql "]}, "W209"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_has_its_code(changes: JsonObject, expected: str) -> None:
    """One spoiled member of a good row is told by its code, and refused rows have no draft."""
    outcome = map_row(**changes)

    assert expected in codes(outcome)
    assert (outcome.draft is None) == (expected[0] == "E")


def test_the_answer_names_the_senders_own_column() -> None:
    """The sender reads the name that is in the sender's file, and the value as written."""
    told = [
        finding for finding in map_row(location_type="virtual").findings if finding.code == "E109"
    ]

    assert [(one.column, one.value) for one in told] == [("location_type", "virtual")]


@pytest.mark.parametrize(
    ("fee", "hours", "expected"),
    [
        ({"amount_cents": 44000, "currency": "USD"}, 22, True),
        ({"amount_cents": 43999, "currency": "USD"}, 22, False),
        ({"amount_cents": 48000, "currency": "EUR"}, 22, None),
        ({"amount_cents": 48000, "currency": "USD"}, None, None),
    ],
)
def test_the_floor_is_met_missed_or_unknown(
    fee: JsonObject, hours: int | None, expected: bool | None
) -> None:
    """Exactly the floor is enough; without a rate or hours nothing is said."""
    compensation = draft_of(map_row(fixed_fee=fee, estimated_hours=hours))["engagement"][
        "compensation"
    ]

    assert compensation.get("payFloor", {}).get("met") is expected


@pytest.mark.parametrize(
    ("written", "duration"),
    [(22, "PT22H"), (20.5, "PT20H30M"), ("12h30", "PT12H30M"), ("45", "PT45H"), (0.25, "PT15M"),
     (400, "PT400H"), ("7.333", "PT7H20M")],
)  # fmt: skip
def test_hours_are_read_to_the_minute(written: object, duration: str) -> None:
    """Whole numbers, decimals and ``12h30`` are readable; minutes are kept, no decimals."""
    effort = draft_of(map_row(estimated_hours=written))["engagement"]["effort"]

    assert effort == {"duration": duration, "basis": "estimated"}


def test_a_number_that_comes_twice_is_kept_once() -> None:
    """The first row with a number is kept, the second refused with E107 alone."""
    row = payload()["projects"][0]

    first, second = map_payload(GIGBRIDGE, {"projects": [row, row]}, received_at=IMPORTED_AT)

    assert (codes(first), codes(second)) == (["W202"], ["E107"])


def test_two_people_of_one_name_are_pointed_out() -> None:
    """One name with two addresses is a warning on both rows; one person twice is not."""
    first, second, third = (deepcopy(payload()["projects"][0]) for _ in range(3))
    second["project_id"], third["project_id"] = "GB-2", "GB-3"
    second["micro_intern"]["email"] = "another.maya@student.example"

    twins = map_payload(GIGBRIDGE, {"projects": [first, second]}, received_at=IMPORTED_AT)
    same = map_payload(GIGBRIDGE, {"projects": [first, third]}, received_at=IMPORTED_AT)

    assert [codes(one) for one in twins] == [["W202", "W215"], ["W202", "W215"]]
    assert [codes(one) for one in same] == [["W202"], ["W202"]]


def test_marker_words_in_guarded_members_come_out_nowhere() -> None:
    """Private comments, stars, names and amounts leave no trace in any output or log text."""
    row = payload()["projects"][0]
    row["feedback"] |= {
        name: f"{MARKER} {name}"
        for name in ("private_comment", "would_hire_again", "public_comment", "overall_stars")
    }
    row["supervisor"] |= {"email": f"{MARKER}@x.example", "name": MARKER}
    row["fixed_fee"] = {"amount_cents": AMOUNT, "currency": "USD"}
    spoiled = row | {"project_id": "GB-1", "fixed_fee": {"amount_cents": str(AMOUNT),
                                                         "currency": MARKER}}  # fmt: skip

    outcomes = map_payload(GIGBRIDGE, {"projects": [row, spoiled]}, received_at=IMPORTED_AT)

    told = json.dumps([[one.to_json(), one.draft] for one in outcomes]) + repr(outcomes)
    assert [word for word in (MARKER, str(AMOUNT)) if word in told] == []


def test_an_answer_names_no_person() -> None:
    """Neither the answer nor the text of an outcome for logs holds the learner's name."""
    outcome = map_row(location_type="virtual")
    accepted = map_row()

    told = json.dumps([outcome.to_json(), accepted.to_json()]) + repr([outcome, accepted])
    assert [word for word in ("Okafor", "student.example") if word in told] == []


def test_the_profile_is_not_changed_by_what_it_maps() -> None:
    """Drafts share nothing with the profile: changing one leaves the next as it was."""
    first = draft_of(map_row())
    first["platform"]["name"] = "Changed"
    first["skills"][0]["alignments"][0]["targetName"] = "Changed"

    assert "Changed" not in json.dumps(draft_of(map_row()))


@pytest.mark.parametrize("wrong", [{}, {"projects": {}}, {"projects": None}, {"Projects": []}])
def test_a_payload_without_rows_is_refused(wrong: JsonObject) -> None:
    """A payload of another shape is told as such instead of giving an empty success."""
    with pytest.raises(PayloadError):
        map_payload(GIGBRIDGE, wrong, received_at=IMPORTED_AT)


def test_too_many_rows_are_refused_unread() -> None:
    """More rows than are answered at once belong into a job."""
    with pytest.raises(PayloadError):
        map_payload(GIGBRIDGE, {"projects": [{}] * 10_001}, received_at=IMPORTED_AT)


def test_a_hostile_row_is_refused_alone() -> None:
    """A row that is no object, or far too large, is one refused row among others."""
    rows = ["text", {"skills_used": ["x"] * 500}, payload()["projects"][0]]

    outcomes = map_payload(GIGBRIDGE, {"projects": rows}, received_at=IMPORTED_AT)

    assert [one.disposition.value for one in outcomes] == [
        "refused",
        "refused",
        "accepted-with-warnings",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
    | st.sampled_from(["2026-03-02T15:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                       "12h30", "complete", "1e5"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def members(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        items = list(node.items())
    elif isinstance(node, list):
        items = list(enumerate(node))
    return [
        place for name, value in items for place in ((*path, name), *members(value, (*path, name)))
    ]


@given(st.dictionaries(st.sampled_from(["projects", "x"]), JSON, max_size=2))
def test_any_payload_gives_outcomes_or_a_payload_error(document: JsonObject) -> None:
    """Whatever arrives, nothing but ``PayloadError`` is raised."""
    try:
        outcomes = map_payload(GIGBRIDGE, document, received_at=IMPORTED_AT)
    except PayloadError:
        return

    assert len(outcomes) == len(document["projects"])


@given(st.data())
def test_any_member_replaced_by_anything_gives_an_outcome(data: Any) -> None:
    """A good row with any member replaced by any JSON still gives one outcome of its own."""
    row = payload()["projects"][0]
    *parents, last = data.draw(st.sampled_from(members(row)))
    node: Any = row
    for name in parents:
        node = node[name]
    node[last] = data.draw(JSON)

    outcomes = map_payload(GIGBRIDGE, {"projects": [row]}, received_at=IMPORTED_AT)

    assert [one.row for one in outcomes] == [1]
