"""One skill as a badge of its own: its level, who rated it, and nothing of the work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from issuer.projection.skill_assertion import build_skill_assertion, rated_skills
from tests.example_records import EXAMPLES, example_record
from tests.issuer.projection.births import BIRTH, COMPLETION, check
from verifier.strict_json import JsonObject

RATED = [(name, index) for name in EXAMPLES for index, _ in rated_skills(example_record(name))]
FACETS: Any = st.fixed_dictionaries(
    {
        **{
            name: st.booleans()
            for name in (
                "hours",
                "results",
                "compensation",
                "supervisorName",
                "aiAssistance",
                "trialOutcome",
            )
        },
        "dates": st.sampled_from(["day", "month", "year"]),
        "location": st.sampled_from(["none", "country", "locality"]),
    }
)
"""Every choice but the form of the name."""
NEEDED = {"inLanguage", "learner", "skills", "disclosure"}
"""Members of a record from which the badge is made, besides those who rated."""


def badge(document: JsonObject, index: int = 0) -> JsonObject:
    return build_skill_assertion(document, index, BIRTH, completion_id=COMPLETION)


def of_skill(document: JsonObject, index: int = 0) -> JsonObject:
    """Our own node about the skill."""
    (found,) = badge(document, index)["evidence"][0]["microInternship"]["skillAssertion"]
    return dict(found)


@pytest.mark.parametrize(("name", "index"), RATED)
def test_every_rated_skill_of_the_examples_passes_the_verifiers_rules(
    name: str, index: int
) -> None:
    """Nothing undefined, nothing relative, our own schema held."""
    check(badge(example_record(name), index))


def test_it_says_one_skill_with_its_level_and_points_to_the_work() -> None:
    """A competency, the rubric with the level in it, the completion by its id."""
    document = example_record("01")

    made = badge(document, 0)

    subject, evidence = made["credentialSubject"], made["evidence"][0]
    achievement = subject["achievement"]
    (description,) = achievement["resultDescription"]
    (result,) = subject["result"]
    levels = {level["id"]: level["level"] for level in description["rubricCriterionLevel"]}
    assert ("Competency", document["skills"][0]["label"]) == (
        achievement["achievementType"],
        achievement["name"],
    )
    assert document["skills"][0]["level"]["value"] == levels[result["achievedLevel"]]
    assert result["resultDescription"] == description["id"]
    assert (COMPLETION, document["host"]["name"]) == (evidence["id"], subject["source"]["name"])
    assert schemas.SKILL_SCHEMA_URL == made["credentialSchema"][0]["id"]


def test_the_version_of_the_framework_is_told_beside_the_target() -> None:
    """Each alignment says who chose it, when, how well it fits and of which version."""
    document = example_record("04")
    skill = document["skills"][0]

    (alignment,) = badge(document)["credentialSubject"]["achievement"]["alignment"]
    (provenance,) = of_skill(document)["alignmentProvenance"]

    (chosen,) = skill["alignments"]
    assert chosen["targetUrl"] == alignment["targetUrl"] == provenance["alignedTo"]
    assert (chosen["frameworkVersion"], chosen["match"], chosen["alignedBy"]) == (
        provenance["frameworkVersion"],
        provenance["matchKind"],
        provenance["alignedBy"],
    )


@given(name=st.sampled_from(EXAMPLES), facets=FACETS)
def test_no_choice_about_the_work_changes_it(name: str, facets: JsonObject) -> None:
    """Hours, dates, pay, place, results and the rest: shown or hidden there, never here."""
    plain, chosen = example_record(name), example_record(name)
    chosen["disclosure"].update(facets)

    for index, _ in rated_skills(plain):
        assert badge(plain, index) == badge(chosen, index)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_made_from_the_skill_the_learner_and_who_rated_alone(name: str) -> None:
    """Without everything else of the record it is the same badge, so nothing else is in it."""
    document = example_record(name)
    for index, skill in rated_skills(document):
        raters = {role for role in ("host", "school") if role in skill["assessedBy"]}
        kept = {it: document[it] for it in NEEDED | raters if it in document}
        kept["skills"] = [skill if at == index else {} for at in range(len(document["skills"]))]

        assert badge(document, index) == badge(kept, index)


@pytest.mark.parametrize(
    ("assessed_by", "level", "is_rated"),
    [
        (["host"], "competent", True),
        (["school"], "developing", True),
        (["automated", "host"], "advanced", True),
        (["host"], "observed", False),
        (["host"], None, False),
        (["platform"], "competent", False),
        (["learner", "automated"], "competent", False),
    ],
)
def test_only_what_the_host_or_the_school_rated_becomes_one(
    assessed_by: list[str], level: str | None, is_rated: bool
) -> None:
    """A tag, a machine or the learner alone do not; nor does a skill that was only observed."""
    document = example_record("04")
    document["skills"] = [{"label": "Indexing", "assessedBy": assessed_by}]
    if level:
        document["skills"][0]["level"] = {"scale": "mi-4", "value": level}

    assert is_rated is (len(list(rated_skills(document))) == 1)


def test_a_school_that_is_not_in_the_record_rated_nothing() -> None:
    """Nobody could be named, so there is nobody on whose word it stands."""
    document = example_record("04")
    document["skills"][1]["assessedBy"] = ["school"]
    del document["school"]

    assert 1 not in [index for index, _ in rated_skills(document)]


@pytest.mark.parametrize(
    ("language", "description"),
    [
        ("de-DE", "Eine in einem Mikropraktikum gezeigte Fähigkeit, bewertet von"),
        ("fr", "Une compétence démontrée en micro-stage et évaluée par"),
        ("ar", "مهارة ظهرت في تدريب مصغّر، والتقييم من"),
    ],
)
def test_the_description_is_in_the_language_of_the_skill(language: str, description: str) -> None:
    """The skill's own language before the record's."""
    document = example_record("01")
    document["skills"][0]["inLanguage"] = language

    assert badge(document)["description"].startswith(description)


def test_a_language_without_words_repeats_the_skill() -> None:
    """Rather the label twice than two languages mixed."""
    document = example_record("11")
    document["inLanguage"] = "ja"

    made = badge(document)

    label = document["skills"][0]["label"]
    assert (label, label) == (
        made["description"],
        made["credentialSubject"]["achievement"]["description"],
    )


def test_the_competency_is_the_same_for_everybody_who_has_it() -> None:
    """Whatever the level, the project and the person; another target makes another one."""
    one, other, aligned = (example_record("04") for _ in range(3))
    other["learner"]["name"]["full"] = "Somebody Else"
    other["recordId"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    other["skills"][0]["level"]["value"] = "advanced"
    aligned["skills"][0]["alignments"][0]["match"] = "close"
    aligned["skills"][0]["alignments"][0]["targetName"] = "Another target"

    first, second, third = (
        badge(it)["credentialSubject"]["achievement"] for it in (one, other, aligned)
    )

    assert first == second
    assert first["id"] != third["id"]


def test_the_words_of_the_platform_stay_with_the_completion() -> None:
    """A tag as it was sent may say more than the label that somebody chose for it."""
    document = example_record("07")

    assert document["skills"][0]["sourceText"] not in json.dumps(badge(document))
