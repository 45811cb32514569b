"""What a record says of the work, apart from who told it and how they know.

Two platforms tell one project in their own ways: other numbers, other forms, other people who
looked. ``normalised`` keeps what they agree on, so that two records of the same work can be
recognised. ``docs/profiles.md`` lists what is left out, and why.

Nothing is decided by it: the same work told by two platforms are two records, and which of
them counts is for people to say. Leaves to others: reading records (``parse``).
"""

from __future__ import annotations

from typing import Final

from issuer.record.identity import normal_email
from issuer.record.members import objects_at, value_at
from issuer.record.rules import parse_effort
from verifier.strict_json import JsonObject, JsonValue

_ENGAGEMENT: Final = (
    "form", "title", "brief", "role", "field", "objectives", "startDate", "endDate", "timeZone",
    "modality", "trial", "aiAssistance",
)  # fmt: skip
"""Members of ``engagement`` that are told as they are; the others in a part of their own."""
_ALIGNMENT: Final = ("framework", "frameworkVersion", "targetUrl", "match")
_PARTY: Final = ("id", "name", "unit", "countryCode")


def normalised(document: JsonObject) -> JsonObject:
    """What the clean record ``document`` (``Record.document``) says of the work.

    Equal for two records of the same work, whoever told them. Members without a value are left
    out. Times of work are whole minutes.
    """
    engagement = document["engagement"]
    told: JsonObject = {
        "inLanguage": document["inLanguage"],
        "learner": _learner(document["learner"]),
        "engagement": _part(engagement, _ENGAGEMENT),
        "deliverables": engagement["deliverables"],
        "minutes": parse_effort(value_at(engagement, "effort", "duration") or ""),
        "pay": _part(engagement["compensation"], ("paid", "kind")),
        "team": _part(engagement.get("team") or {}, ("size", "assessedAs", "contribution")),
        "host": _part(document["host"], _PARTY),
        "supervisor": _part(document.get("supervisor") or {}, ("role", "checkIns")),
        "skills": _skills(document),
        "results": document.get("results"),
        "evidence": document.get("evidence"),
        "credit": _credit(document),
        "outcome": _part(document["outcome"], ("status", "offerMade", "convertedToHire")),
        "localized": document.get("localized"),
    }
    return {name: value for name, value in told.items() if value not in (None, [], {})}


def _part(document: JsonObject, names: tuple[str, ...]) -> JsonObject:
    return {name: document[name] for name in names if name in document}


def _learner(learner: JsonObject) -> JsonObject:
    """The name as it is said, and the addresses, of which each stands for itself."""
    identifiers = [_identifier(one) for _, one in objects_at(learner, "identifiers")]
    return {"name": learner["name"]["full"], "identifiers": sorted(identifiers)}


def _identifier(identifier: JsonObject) -> str:
    kind, value = identifier["type"], identifier["value"]
    return f"{kind}:{normal_email(value) if kind == 'emailAddress' else value}"


def _skills(document: JsonObject) -> JsonValue:
    """Each with its level and what it is aligned with, in the order of their labels."""
    skills = [
        _part(skill, ("label", "level"))
        | {"alignments": [_part(one, _ALIGNMENT) for _, one in objects_at(skill, "alignments")]}
        for _, skill in objects_at(document, "skills")
    ]
    return sorted(skills, key=lambda skill: str(skill["label"]))


def _credit(document: JsonObject) -> JsonValue:
    """Credit with the school that gives it; a school without credit is one of those who told."""
    credit = document.get("academicCredit")
    if not isinstance(credit, dict):
        return None
    return credit | {"school": value_at(document, "school", "id")}
