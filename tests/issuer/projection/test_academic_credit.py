"""Credit as a badge of its own: how much, in the school's unit, on the registrar's word."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

import schemas
from issuer.projection.academic_credit import Credit, build_academic_credit
from tests.example_records import example_record, read_data
from tests.issuer.projection.births import BIRTH, COMPLETION, WORKED, check
from tests.issuer.projection.test_skill_assertion import FACETS
from tests.issuer.projection.test_worked_examples import STATUS
from verifier.strict_json import JsonObject

CREDIT = Credit(
    value="1",
    unit="semesterHour",
    course_code="LIS 191",
    course_title="Project Internship",
    term="Spring 2026",
    grade=None,
)
UNITS = ["semesterHour", "quarterHour", "ects", "cats", "other"]
NEEDED = {"inLanguage", "learner", "school", "disclosure"}


def badge(document: JsonObject, credit: Credit = CREDIT) -> JsonObject:
    return build_academic_credit(document, credit, BIRTH, completion_id=COMPLETION)


@pytest.mark.parametrize("name", WORKED)
def test_the_worked_examples_are_what_is_made(name: str) -> None:
    """Two skills and two credits, as the pages and their tests read them."""
    assert read_data("beside", f"{name}.unsigned.json") == (
        WORKED[name]() | {"credentialStatus": STATUS}
    )


def test_it_says_the_course_and_the_credit_and_points_to_the_work() -> None:
    """Open Badges' own members, our node for the unit, the school as the one who says so."""
    document = example_record("04")

    made = badge(document)

    subject, evidence = made["credentialSubject"], made["evidence"][0]
    achievement, work = subject["achievement"], evidence["microInternship"]
    assert ("Course", "LIS 191", 1) == (
        achievement["achievementType"],
        achievement["humanCode"],
        achievement["creditsAvailable"],
    )
    assert (1, "Spring 2026") == (subject["creditsEarned"], subject["term"])
    assert ("1", "semesterHour") == (
        work["academicCredit"]["creditValue"],
        work["academicCredit"]["creditUnit"],
    )
    school = document["school"]["id"]
    assert (school, school) == (subject["source"]["id"], achievement["creator"]["id"])
    assert "registrarRecord" == work["attestation"][0]["attestMethod"]
    assert COMPLETION == evidence["id"]
    assert schemas.CREDIT_SCHEMA_URL == made["credentialSchema"][0]["id"]


@pytest.mark.parametrize("name", ["04", "07"])
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("value", ["1", "1.5", "0.25", "30.00"])
def test_every_amount_in_every_unit_passes_the_verifiers_rules(
    name: str, unit: str, value: str
) -> None:
    """The unit is never converted: the number stays what the school said."""
    made = badge(example_record(name), replace(CREDIT, value=value, unit=unit, grade="A-"))

    check(made)
    told = made["evidence"][0]["microInternship"]["academicCredit"]
    assert (value, unit) == (told["creditValue"], told["creditUnit"])
    assert float(value) == made["credentialSubject"]["creditsEarned"]


def test_a_whole_amount_is_a_whole_number() -> None:
    """``1.0`` and ``1`` are one number to JSON-LD and two texts to everybody else."""
    made = badge(example_record("04"), replace(CREDIT, value="3.00"))

    assert '"creditsEarned": 3,' in json.dumps(made)


def test_the_grade_is_told_only_where_it_is_given() -> None:
    """Where the learner does not share it there is no trace of there being one."""
    document = example_record("04")

    without, graded = badge(document), badge(document, replace(CREDIT, grade="A-"))

    assert "A-" not in json.dumps(without)
    assert "result" not in without["credentialSubject"]
    assert "resultDescription" not in without["credentialSubject"]["achievement"]
    (description,) = graded["credentialSubject"]["achievement"]["resultDescription"]
    (result,) = graded["credentialSubject"]["result"]
    assert ("LetterGrade", "A-") == (description["resultType"], result["value"])
    assert description["id"] == result["resultDescription"]


@given(facets=FACETS)
def test_no_choice_about_the_work_changes_it(facets: JsonObject) -> None:
    """Hours, dates, pay, place, results and the rest: shown or hidden there, never here."""
    chosen = example_record("04")
    chosen["disclosure"].update(facets)

    assert badge(example_record("04")) == badge(chosen)


@pytest.mark.parametrize("name", ["04", "07"])
def test_it_is_made_from_the_credit_the_learner_and_the_school_alone(name: str) -> None:
    """Without everything else of the record it is the same badge, so nothing else is in it."""
    document = example_record(name)

    kept = {it: document[it] for it in NEEDED}

    assert badge(document) == badge(kept)


def test_a_course_without_a_title_is_called_by_its_code() -> None:
    """And where the language has no words either, it is described by it."""
    document = example_record("04")
    document["inLanguage"] = "ja"

    made = badge(document, replace(CREDIT, course_title=None))

    assert ("LIS 191", "LIS 191") == (made["name"], made["description"])


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("1", "semesterHour", "Credit: 1 semester hour in"),
        ("2", "ects", "Credit: 2 ECTS credits in"),
        ("1.5", "quarterHour", "Credit: 1.5 quarter hours in"),
    ],
)
def test_the_amount_stands_in_words_too(value: str, unit: str, words: str) -> None:
    """For readers that do not know our vocabulary."""
    made = badge(example_record("04"), replace(CREDIT, value=value, unit=unit))

    assert made["evidence"][0]["narrative"].startswith(words)
