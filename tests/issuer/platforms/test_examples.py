"""The three styles of platforms, each by its profile alone, row by row as a person read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from issuer.platforms import RowOutcome, load_profile, map_payload
from issuer.record import Disposition, complete_submission, parse_record
from issuer.record.findings import SENTENCES
from tests.example_records import read_data
from tests.issuer.platforms.payloads import (
    CAREER_CENTRE,
    GIGBRIDGE,
    IMPORTED_AT,
    PAYLOADS,
    TEAMLEARN,
    Payload,
    codes_of,
    outcomes_of,
    told,
)
from verifier.strict_json import JsonObject


def accepted(payload: Payload) -> list[JsonObject]:
    """The drafts that were accepted, in their order."""
    return [
        one.draft
        for one in outcomes_of(payload)
        if one.draft is not None and one.disposition is not Disposition.HELD
    ]


def drafts(payload: Payload) -> dict[str, JsonObject]:
    return {one["source"]["platformRecordId"]: one for one in accepted(payload)}


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.file)
def test_every_row_ends_as_a_person_read_it(payload: Payload) -> None:
    """The number of the row, the disposition and the codes, for every row of the file."""
    is_table = payload.file.endswith(".csv")

    assert payload.expected() == [told(one, is_table=is_table) for one in outcomes_of(payload)]


def test_every_expected_code_has_a_sentence() -> None:
    """What is expected of an importer can all be said by this one."""
    assert set(read_data("platforms", "expected.json")["codes"]) <= set(SENTENCES)


@pytest.mark.parametrize(("payload", "many"), [(GIGBRIDGE, 2), (TEAMLEARN, 3), (CAREER_CENTRE, 11)])
def test_accepted_drafts_are_records(payload: Payload, many: int) -> None:
    """They fit the schema once the issuer's own members and somebody's word are there."""
    word = {"by": "host", "role": "Lead", "method": "platformAction",
            "at": "2026-05-01T12:00:00Z", "statement": "It was done."}  # fmt: skip
    found = accepted(payload)

    for draft in found:
        draft.setdefault("attestations", [word])
        whole = complete_submission(
            draft,
            {},
            record_id="urn:uuid:5c1ab0a2-6f4c-4e0b-9d6e-1f2a3b4c5d6e",
            received_at=IMPORTED_AT,
        )
        parse_record(whole, received_at=IMPORTED_AT)
    assert many == len(found)


def test_a_member_has_the_teams_work_and_nobody_elses_hours() -> None:
    """m2 worked 60 hours in a team of three: the one who left early is not counted."""
    draft = drafts(TEAMLEARN)["TL-T-71544-m2"]

    engagement = draft["engagement"]
    assert {"duration": "PT60H", "basis": "logged"} == engagement["effort"]
    assert {
        "size": 3,
        "assessedAs": "team",
        "contribution": "Bereinigung der Zähldaten in Python und die Fehlerbeschreibung.",
        "contributionConfirmedBy": "teammates",
    } == engagement["team"]
    assert ["accepted"] * 3 == [one["acceptance"] for one in engagement["deliverables"]]
    assert ("2025-11-03", "2026-01-23") == (engagement["startDate"], engagement["endDate"])
    assert "de-DE" == draft["inLanguage"]
    assert "Jürgen Öztürk-Weiß" == draft["learner"]["name"]["full"]


def test_stars_of_a_team_are_nobodys_skills() -> None:
    """Only what the host endorsed for this very member: two skills for m2, none for m1."""
    skills = {name: draft["skills"] for name, draft in drafts(TEAMLEARN).items()}

    assert [] == skills["TL-T-71544-m1"] == skills["TL-T-71544-m3"]
    assert [("Python", ["host"]), ("Data analysis", ["host"])] == [
        (skill["label"], skill["assessedBy"]) for skill in skills["TL-T-71544-m2"]
    ]


def test_credit_waits_for_the_registrar() -> None:
    """Posted or not, it is pending here; the unit is never converted."""
    credit = drafts(TEAMLEARN)["TL-T-71544-m1"]["academicCredit"]

    assert {
        "value": "2",
        "unit": "ects",
        "courseCode": "GEO-PR2",
        "courseTitle": "Praxisprojekt 2",
        "term": "WiSe 2025/26",
        "status": "pending",
    } == credit
    assert "pending" == drafts(CAREER_CENTRE)["CC-2026SP-0001"]["academicCredit"]["status"]


def test_the_host_of_a_team_vouched_by_its_feedback() -> None:
    """The day of the feedback is read, not a word of it."""
    (word,) = drafts(TEAMLEARN)["TL-T-71544-m1"]["attestations"]

    assert ("host", "Verkehrsplanerin", "2026-01-26T12:00:00Z") == (
        word["by"],
        word["role"],
        word["at"],
    )


def test_nobody_has_vouched_in_a_spreadsheet() -> None:
    """The career centre says what it knows; the host is asked (the example records of these rows
    carry a link that the host signed)."""
    assert all("attestations" not in draft for draft in accepted(CAREER_CENTRE))


@pytest.mark.parametrize(
    ("number", "read", "expected"),
    [
        ("CC-2026SP-0004", lambda one: one["engagement"]["effort"]["duration"], "PT12H30M"),
        ("CC-2026SP-0002", lambda one: one["engagement"]["effort"]["duration"], "PT20H30M"),
        ("CC-2026SP-0004", lambda one: one["learner"]["name"], {"full": "Máire O'Brien-Smythe"}),
        ("CC-2026SP-0003", lambda one: one["learner"]["name"], {"full": "Suharti"}),
        ("CC-2026SP-0006", lambda one: one["learner"]["name"],
         {"full": "آية محمد حسن", "direction": "rtl"}),
        ("CC-2026SP-0001", lambda one: one["engagement"]["compensation"]["unpaidBasis"]["kind"],
         "primaryBeneficiary"),
        ("CC-2026SP-0020", lambda one: [skill["label"] for skill in one["skills"]],
         ["technical writing"]),
        ("CC-2026SP-0021", lambda one: [len(skill["alignments"]) for skill in one["skills"]],
         [1, 1]),
        ("CC-2026SP-0001", lambda one: one["engagement"]["startDate"], "2026-02-09"),
    ],
)  # fmt: skip
def test_a_row_of_the_table_says_what_it_said(
    number: str, read: Callable[[JsonObject], Any], expected: Any
) -> None:
    """Hours, names, checks, skills and days as the career centre wrote them."""
    assert expected == read(drafts(CAREER_CENTRE)[number])


def test_a_table_is_told_by_its_own_names() -> None:
    """The column as the sender wrote it, and the cell as it stands there."""
    found = {one.record: one for one in outcomes_of(CAREER_CENTRE)}

    def first(number: str, code: str) -> tuple[str | None, str | None]:
        return next((one.column, one.value) for one in found[number].findings if one.code == code)

    assert ("start", "31/04/2026") == first("CC-2026SP-0009", "E102")
    assert ("end", "04/13/2026") == first("CC-2026SP-0010", "E103")
    assert ("end", "07/10/2027") == first("CC-2026SP-0025", "E113")
    assert ("modality", "virtual") == first("CC-2026SP-0023", "E109")
    assert ("hours", "1,5") == first("CC-2026SP-0014", "E108")
    assert ("student_name", None) == first("CC-2026SP-0019", "E114")


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        ("project", "main_goals", ["A goal"] * 201),
        ("project", "title", "T" * 8_001),
        ("feedback_to_team", "endorsements", [{}] * 201),
        ("team", "final_submission_state", "x" * 8_001),
    ],
)
def test_what_is_read_for_every_row_is_bounded(place: str, name: str, value: object) -> None:
    """A list at the top of a payload costs as many times as there are rows: a long one is
    refused for each of them, unread."""
    payload = read_data("platforms", TEAMLEARN.file)
    payload[place][name] = value

    outcomes = map_payload(load_profile("teamlearn-1"), payload, received_at=IMPORTED_AT)

    assert all({"E116", "E106"} & set(codes_of(one)) for one in outcomes)


def test_an_outcome_names_no_person() -> None:
    """Not in the answer, and not in what a log would hold of it."""
    outcomes: list[RowOutcome] = outcomes_of(CAREER_CENTRE) + outcomes_of(TEAMLEARN)

    text = "".join(f"{one.to_json()}{one!r}" for one in outcomes)
    assert [
        word for word in ("Prescott", "Lima", "Öztürk", "-river.example", "elbtal") if word in text
    ] == []
