"""Credit that a school awarded for a completion, as a badge of its own (domain §2.1, type 5).

A ``Course`` on the registrar's word: how much, in which unit, in which term, for which course. The
unit is the school's and is never converted: one semester hour is not one ECTS credit. The grade is
told only where the learner shares it, as a result that the holder may leave out again.

Of the work it tells nothing (``further_badge``).

Leaves to others: whether it was awarded and who says so (``issuer.academic_credit``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import schemas
from issuer.projection.birth import Birth
from issuer.projection.further_badge import ALWAYS_SHOWN, build_badge, content_id, point_to_work
from issuer.projection.learner import signs_of
from issuer.projection.nodes import RecordIds, node, profile
from issuer.projection.results import description_node, result_node
from issuer.projection.wording import end_sentence, language_of
from verifier.strict_json import JsonObject

MANDATORY: Final = (*ALWAYS_SHOWN, "/credentialSubject/creditsEarned", "/credentialSubject/term")
"""JSON Pointers to what a holder can never leave out (ecdsa-sd-2023)."""
_AWARDED: Final[Mapping[str, str]] = {
    "en": "Academic credit awarded by {school} for a micro-internship",
    "de": "Von {school} für ein Mikropraktikum vergebene Leistungspunkte",
    "fr": "Crédits universitaires attribués par {school} pour un micro-stage",
    "es": "Créditos académicos otorgados por {school} por una micropasantía",
    "ar": "رصيد أكاديمي منحته {school} مقابل تدريب مصغّر",
    "id": "Kredit akademik yang diberikan oleh {school} untuk magang mikro",
}
_GRADE: Final[Mapping[str, str]] = {
    "en": "Grade",
    "de": "Note",
    "fr": "Note",
    "es": "Calificación",
    "ar": "التقدير",
    "id": "Nilai",
}
_CRITERIA: Final = (
    "To earn this, a person does a micro-internship for credit, and the school posts the credit to "
    "the person's record."
)
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "semesterHour": ("semester hour", "semester hours"),
    "quarterHour": ("quarter hour", "quarter hours"),
    "ects": ("ECTS credit", "ECTS credits"),
    "cats": ("CATS point", "CATS points"),
    "other": ("credit", "credits"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What the registrar says. ``value`` is decimal text (``"1.5"``) in ``unit``; ``grade`` is
    there only where the learner shares it."""

    value: str
    unit: str
    course_code: str
    course_title: str | None
    term: str
    grade: str | None


def build_academic_credit(
    document: JsonObject, credit: Credit, birth: Birth, *, completion_id: str
) -> JsonObject:
    """The unsigned badge of ``credit``, for the learner of ``document`` (a good record with a
    ``school``, whose completion has the id ``completion_id``)."""
    school = document["school"]
    achievement = _achievement(document, credit)
    subject = node(
        "AchievementSubject",
        **signs_of(document, birth.salt),
        source=profile(school),
        creditsEarned=_number(credit.value),
        term=credit.term,
        result=_grade(achievement, credit),
        achievement=achievement,
    )
    return build_badge(
        birth,
        description=_describe(document, achievement["name"]),
        subject=subject,
        evidence=point_to_work(
            completion_id,
            _narrate(credit, school["name"]),
            academicCredit=_credit_node(credit, school),
            attestation=[node("Attestation", attestedBy="school", attestMethod="registrarRecord")],
        ),
        schema=schemas.CREDIT_SCHEMA_URL,
    )


def _achievement(document: JsonObject, credit: Credit) -> JsonObject:
    """The same for everybody who took the course for this credit, whatever their grade."""
    name = credit.course_title or credit.course_code
    content = node(
        "Achievement",
        achievementType="Course",
        name=name,
        description=_describe(document, name),
        criteria={"narrative": _CRITERIA},
        creator=profile(document["school"]),
        humanCode=credit.course_code,
        creditsAvailable=_number(credit.value),
        inLanguage=document["inLanguage"],
        tag=["micro-internship"],
    )
    identifier = content_id("course", content | {"unit": credit.unit})
    if credit.grade is None:
        return content | {"id": identifier}
    label = _GRADE.get(language_of(document["inLanguage"]), name)
    described = RecordIds(record_id=identifier).of("grade")
    graded = description_node(described, label, "LetterGrade")
    return content | {"id": identifier, "resultDescription": [graded]}


def _grade(achievement: JsonObject, credit: Credit) -> list[JsonObject]:
    return [
        result_node(description["id"], value=credit.grade)
        for description in achievement.get("resultDescription", [])
    ]


def _credit_node(credit: Credit, school: JsonObject) -> JsonObject:
    return node(
        "AcademicCredit",
        creditValue=credit.value,
        creditUnit=credit.unit,
        courseCode=credit.course_code,
        courseTitle=credit.course_title,
        awardedBySchool=profile(school),
    )


def _number(value: str) -> int | float:
    """Open Badges wants a number; whole ones stay whole, so that every reader writes them alike
    (domain §1.5, point 8)."""
    number = float(value)
    return int(number) if number.is_integer() else number


def _describe(document: JsonObject, name: str) -> str:
    """In the record's language; where there are no words in it, the name of the course."""
    words = _AWARDED.get(language_of(document["inLanguage"]))
    return name if words is None else end_sentence(words.format(school=document["school"]["name"]))


def _narrate(credit: Credit, school: str) -> str:
    one, more = _UNITS[credit.unit]
    number = _number(credit.value)
    amount = f"{number} {one if number == 1 else more}"
    return (
        f"Credit: {amount} in {credit.course_code}, {credit.term}, posted by {end_sentence(school)}"
    )
