"""One skill of a completion as a badge of its own (domain §2.1, type 3).

A ``Competency`` with the level that the host or the school gave, on our scale, and with the
framework targets that somebody chose, each with the version of the framework. Only a skill that
they rated becomes one: what a platform or a machine says, and what was only observed, does not.

Of the work it tells nothing (``further_badge``). The words as the platform sent them stay with the
completion.

Leaves to others: whether the learner agreed and which skills were asked for
(``issuer.skill_assertions``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import schemas
from issuer.projection.birth import Birth
from issuer.projection.further_badge import ALWAYS_SHOWN, build_badge, content_id, point_to_work
from issuer.projection.learner import signs_of
from issuer.projection.nodes import RecordIds, node, profile
from issuer.projection.results import (
    LEVELS,
    alignment_node,
    description_node,
    result_node,
    scale_nodes,
)
from issuer.projection.wording import end_sentence, language_of
from issuer.projection.work_record import skill_node
from verifier.strict_json import JsonObject

MANDATORY: Final = (*ALWAYS_SHOWN, "/credentialSubject/result")
"""JSON Pointers to what a holder can never leave out (ecdsa-sd-2023)."""
_RATERS: Final = ("host", "school")
_SHOWN: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("A skill shown in a micro-internship", " and rated by {rater}"),
    "de": ("Eine in einem Mikropraktikum gezeigte Fähigkeit", ", bewertet von {rater}"),
    "fr": ("Une compétence démontrée en micro-stage", " et évaluée par {rater}"),
    "es": ("Una competencia demostrada en una micropasantía", " y evaluada por {rater}"),
    "ar": ("مهارة ظهرت في تدريب مصغّر", "، والتقييم من {rater}"),
    "id": ("Keterampilan yang ditunjukkan dalam magang mikro", " dan dinilai oleh {rater}"),
}
_CRITERIA: Final = (
    "To earn this, a person uses the skill in a micro-internship, and the host or the school rates "
    "it: developing (with help), competent (alone, to the standard the host expects of a new hire) "
    "or advanced (above that standard, or helped others)."
)
_NARRATIVE: Final = (
    "Rated in a micro-internship. What the work was, a credential of its own tells, where its "
    "holder shows it."
)


def rated_skills(document: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    """The skills of a record that may become a badge, each with its place in the record."""
    for index, skill in enumerate(document["skills"]):
        if skill.get("level", {}).get("value") in LEVELS and _rater(document, skill) is not None:
            yield index, skill


def build_skill_assertion(
    document: JsonObject, index: int, birth: Birth, *, completion_id: str
) -> JsonObject:
    """The unsigned badge of the skill at ``index``, one of ``rated_skills`` of ``document`` (a good
    record whose completion has the id ``completion_id``)."""
    skill = document["skills"][index]
    language = skill.get("inLanguage") or document["inLanguage"]
    achievement = _achievement(skill, language)
    described = achievement["resultDescription"][0]["id"]
    rater = _rater(document, skill) or document["host"]
    subject = node(
        "AchievementSubject",
        **signs_of(document, birth.salt),
        source=profile(rater),
        result=[result_node(described, achievedLevel=_level_id(described, skill))],
        achievement=achievement,
    )
    return build_badge(
        birth,
        description=_describe(skill, language, rater["name"]),
        subject=subject,
        evidence=point_to_work(
            completion_id, _NARRATIVE, skillAssertion=[skill_node(described, skill)]
        ),
        schema=schemas.SKILL_SCHEMA_URL,
    )


def _rater(document: JsonObject, skill: JsonObject) -> JsonObject | None:
    """Who rated it: the host before the school, because it judged the work."""
    named = (document.get(role) for role in _RATERS if role in skill["assessedBy"])
    return next((party for party in named if party is not None), None)


def _achievement(skill: JsonObject, language: str) -> JsonObject:
    """The same for everybody who has this skill by these targets, whatever their level."""
    content = node(
        "Achievement",
        achievementType="Competency",
        name=skill["label"],
        description=_describe(skill, language, None),
        criteria={"narrative": _CRITERIA},
        inLanguage=language,
        tag=["micro-internship"],
        alignment=[alignment_node(found) for found in skill.get("alignments", [])],
    )
    identifier = content_id("skill", content)
    described = RecordIds(record_id=identifier).of("level")
    scale = scale_nodes(lambda word: RecordIds(record_id=described).of(word))
    description = description_node(described, skill["label"], "RubricCriterionLevel", scale)
    return content | {"id": identifier, "resultDescription": [description]}


def _level_id(described: str, skill: JsonObject) -> str:
    return RecordIds(record_id=described).of(skill["level"]["value"])


def _describe(skill: JsonObject, language: str, rater: str | None) -> str:
    """In the language of the skill; where there are no words in it, the skill's own."""
    words = _SHOWN.get(language_of(language))
    if words is None:
        return str(skill["label"])
    shown, rated = words
    return end_sentence(shown + (rated.format(rater=rater) if rater else ""))
