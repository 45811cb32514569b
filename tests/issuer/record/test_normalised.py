"""The same project told by two platforms says the same."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from issuer.platforms import RowOutcome, load_profile, map_payload
from issuer.record import complete_submission, normalised, parse_record
from tests.example_records import EXAMPLES, arrival, example_record
from tests.issuer.platforms.payloads import IMPORTED_AT, map_table, table
from verifier.strict_json import JsonObject

TITLE = "Translate the new patient form"
ON_GIGBRIDGE: JsonObject = {
    "project_id": "GB-50001",
    "status": "complete",
    "title": TITLE,
    "description": TITLE,
    "success_criteria": "- Translate the form\n- Test it with five patients",
    "deliverables": [{"label": "Bilingual form", "accepted": True, "revision_rounds": 0}],
    "kickoff_at": "2026-03-02T15:00:00Z",
    "completed_at": "2026-03-21T03:30:00Z",
    "company_time_zone": "America/Chicago",
    "estimated_hours": 20.5,
    "fixed_fee": {"amount_cents": 60000, "currency": "USD"},
    "location_type": "Remote",
    "company": {"name": "Bluestem Dental", "website": "https://bluestem-dental.example/"},
    "supervisor": {"title": "Manager"},
    "micro_intern": {"first_name": "Linh", "last_name": "Nguyen",
                     "email": "linh@School.Example", "is_adult": True},
    "skills_used": ["SQL", "plain language"],
    "feedback": {"submitted_at": "2026-03-22T12:00:00Z"},
}  # fmt: skip
IN_A_TABLE: dict[str, str] = {
    "record_no": "CC-2026SP-0002",
    "student_name": '"Nguyen, Linh"',
    "email": "linh@school.example",
    "project_title": TITLE,
    "objectives": "Translate the form; Test it with five patients",
    "deliverables": "Bilingual form",
    "start": "03/02/2026",
    "end": "03/20/2026",
    "hours": "20h30",
    "pay_type": "fixed",
    "skills": "plain language; sql",
}


def record_of(outcome: RowOutcome) -> JsonObject:
    """The clean record of a row, with somebody's word for the work."""
    assert outcome.draft is not None, outcome.findings
    word = {"by": "host", "role": "Lead", "method": "platformAction",
            "at": "2026-05-01T12:00:00Z", "statement": "It was done."}  # fmt: skip
    whole = complete_submission(
        outcome.draft | {"attestations": [word]},
        {},
        record_id="urn:uuid:5c1ab0a2-6f4c-4e0b-9d6e-1f2a3b4c5d6e",
        received_at=IMPORTED_AT,
    )
    return parse_record(whole, received_at=IMPORTED_AT).document


def on_gigbridge(**changes: Any) -> JsonObject:
    payload = {"projects": [ON_GIGBRIDGE | changes]}
    (outcome,) = map_payload(load_profile("gigbridge-1"), payload, received_at=IMPORTED_AT)
    return record_of(outcome)


def in_a_table(**changes: str) -> JsonObject:
    data = table(IN_A_TABLE | changes).replace(b",skills,", b",skills,supervisor_title,")
    data = data.replace(b",plain language; sql,", b",plain language; sql,Manager,")
    (outcome,) = map_table(data)
    return record_of(outcome)


def test_one_project_told_twice_says_the_same() -> None:
    """A marketplace with instants and cents, a spreadsheet with US dates: one project."""
    one, other = on_gigbridge(), in_a_table()

    assert one["source"] != other["source"]
    assert one["engagement"]["effort"] != other["engagement"]["effort"]
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another title"},
        {"estimated_hours": 21},
        {"completed_at": "2026-03-21T06:30:00Z"},
        {"skills_used": ["SQL"]},
        {"location_type": "hybrid"},
        {"micro_intern": ON_GIGBRIDGE["micro_intern"] | {"first_name": "Lin"}},
        {"micro_intern": ON_GIGBRIDGE["micro_intern"] | {"email": "Linh@school.example"}},
        {"success_criteria": "- Test it with five patients\n- Translate the form"},
        {"deliverables": [{"label": "Bilingual form", "accepted": True, "revision_rounds": 2}]},
        {"company": {"name": "Bluestem", "website": "https://bluestem-dental.example/"}},
    ],
)
def test_another_project_says_something_else(changes: JsonObject) -> None:
    """Whatever is different about the work, the person, or the host."""
    assert normalised(on_gigbridge(**changes)) != normalised(in_a_table())


def told_otherwise(document: JsonObject) -> None:
    document["source"]["platformRecordId"] = "another"
    document["platform"]["name"] = "Another"
    document["recordId"] = "urn:uuid:00000000-0000-0000-0000-000000000000"
    document["disclosure"]["hours"] = not document["disclosure"]["hours"]
    document["attestations"] = []
    document["quality"]["gates"] = []
    for name in ("evaluations", "endorsements", "lifecycle", "supersedes"):
        document.pop(name, None)


def rated_otherwise(document: JsonObject) -> None:
    for skill in document["skills"]:
        skill["assessedBy"] = ["platform"]
        skill.pop("sourceText", None)
    document["skills"].reverse()


@pytest.mark.parametrize("change", [told_otherwise, rated_otherwise])
@pytest.mark.parametrize("name", EXAMPLES)
def test_who_told_it_makes_no_difference(name: str, change: Callable[[JsonObject], None]) -> None:
    """For every example: other numbers, other witnesses, other choices, the same work."""
    record = example_record(name)
    document = parse_record(record, received_at=arrival(record)).document
    other = deepcopy(document)
    change(other)

    assert other != document
    assert normalised(other) == normalised(document)


def test_no_two_examples_say_the_same() -> None:
    """Each is of other work."""
    told = [normalised(example_record(name)) for name in EXAMPLES]

    assert [told.index(one) for one in told] == list(range(len(EXAMPLES)))
