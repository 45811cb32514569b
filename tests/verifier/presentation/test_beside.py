"""What pages say of the badges beside a completion."""

# ruff: noqa: RUF001  the words of pages hold other scripts
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.web.states import ENDORSEMENT, NOW, STATES, beside, document
from verifier.presentation.answer import build_page, build_text
from verifier.presentation.credit import read_credit
from verifier.presentation.facts import Facts, read_facts
from verifier.presentation.sorts import Sort
from verifier.presentation.text import plain
from verifier.presentation.words import words
from verifier.strict_json import JsonObject

ENGLISH, ARABIC = words("en"), words("ar")


def facts_of(found: JsonObject, language: str = "en") -> Facts:
    return read_facts(found, words(language))


def test_a_skill_says_its_level_who_rated_and_the_framework_with_its_version() -> None:
    """And that a credential of its own says what the work was."""
    facts = facts_of(beside("04-skill"))

    assert (Sort.SKILL, "Skill", "Subject indexing") == (facts.sort, facts.kind, plain(facts.title))
    assert facts.skill is not None
    assert "Competent" == facts.skill.level
    assert "Rated by the host and the school." == plain(facts.skill.rated)
    assert plain(facts.skill.frameworks).startswith("Open Skills Register (fictional) 2026-01:")
    assert (ENGLISH["beside.work"], ()) == (facts.source, facts.skills)
    assert "El Prado County Museum" == plain(facts.host)


def test_credit_says_how_much_and_who_awarded_it() -> None:
    """With the course, the term, the registrar, and the grade where it is shared."""
    graded, plain_one = facts_of(beside("04-credit")), facts_of(beside("07-credit"))

    assert (Sort.CREDIT, "Academic credit") == (graded.sort, graded.kind)
    assert "1 semester hour, awarded by Prairie River College" == plain(graded.credit)
    assert "2 ECTS credits, awarded by Hochschule Elbtal" == plain(plain_one.credit)
    assert ("LIS 191", "Spring 2026") == (plain(graded.course_code), plain(graded.term))
    assert ["The school, from the registrar’s records"] == [plain(it) for it in graded.vouched]
    assert [("Grade", "A-")] == [(plain(it.name), plain(it.value)) for it in graded.results]
    assert () == plain_one.results


@pytest.mark.parametrize(
    ("value", "unit", "english", "arabic"),
    [
        ("1", "semesterHour", "1 semester hour", "ساعة فصلية واحدة"),
        ("1.0", "ects", "1 ECTS credit", "نقطة ECTS واحدة"),
        ("2", "quarterHour", "2 quarter hours", "ساعتان ربعيتان"),
        ("1.50", "cats", "1.5 CATS points", "١.٥ نقطة CATS"),
        ("030", "other", "30 credits", "٣٠ نقطة"),
    ],
)
def test_an_amount_is_said_in_its_own_unit(
    value: str, unit: str, english: str, arabic: str
) -> None:
    """In the plural of the language; the unit is never converted."""
    work: JsonObject = {"academicCredit": {"creditValue": value, "creditUnit": unit}}

    assert english == plain(read_credit(work, None, ENGLISH))
    assert arabic == plain(read_credit(work, None, ARABIC))


@given(
    credit=st.dictionaries(
        st.sampled_from(["creditValue", "creditUnit", "awardedBySchool"]),
        st.none() | st.booleans() | st.text(max_size=5) | st.integers() | st.lists(st.text()),
    )
)
def test_any_credit_is_said_or_left_out(credit: JsonObject) -> None:
    """A badge of another issuer may hold anything."""
    read_credit({"academicCredit": credit}, "en", ENGLISH)


@pytest.mark.parametrize(
    ("change", "sort"),
    [
        ({}, Sort.WORK),
        ({"achievementType": "Competency"}, Sort.BADGE),
        ({"achievementType": "Course"}, Sort.BADGE),
    ],
)
def test_a_badge_of_another_kind_is_no_record_of_work(change: JsonObject, sort: Sort) -> None:
    """And one that lacks our node is nobody's skill or credit: its own words are shown."""
    found = document()
    found["credentialSubject"]["achievement"] |= change
    if change:
        found["evidence"][0]["microInternship"].pop("skillAssertion")

    assert sort is facts_of(found).sort


def test_an_endorsement_says_what_it_says() -> None:
    """Its name and its words."""
    facts = facts_of(ENDORSEMENT)

    assert (Sort.ENDORSEMENT, "Endorsement") == (facts.sort, facts.kind)
    assert "Maya asked good questions and her brief is in use." == plain(facts.brief)


@pytest.mark.parametrize(
    ("state", "lines"),
    [
        ("skill", ["Skill: Subject indexing", "Level: Competent"]),
        ("credit", ["Credit: 2 ECTS credits, awarded by Hochschule Elbtal", "Term: WiSe 2025/26"]),
        ("skill-withdrawn", ["Skill: Subject indexing"]),
    ],
)
def test_the_command_line_says_the_same(state: str, lines: list[str]) -> None:
    """In the words of the page."""
    said = build_text(STATES[state], ENGLISH).splitlines()

    assert [] == [line for line in lines if line not in said]


@pytest.mark.parametrize("state", ["skill", "credit", "endorsement", "verified"])
def test_the_page_says_who_judged(state: str) -> None:
    """Never we."""
    page = build_page(STATES[state], ENGLISH)
    sort = {"verified": "work"}.get(state, state)

    assert NOW == STATES[state].report.checked_at
    assert ENGLISH[f"unchecked.{sort}"] in page.unchecked
