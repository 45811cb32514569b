"""What sort of credential a page is about: ours beside each other, and everybody else's.

Our badges are told by their achievement, which no holder leaves out, and by our node in their
evidence. The sort decides what a page calls the title and the party that stands behind it.

Leaves to others: reading the facts (``facts``), the words (``words``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from verifier.presentation.members import first_string, strings
from verifier.strict_json import JsonObject


class Sort(StrEnum):
    """One sort of credential. The properties are keys of the catalogue of words."""

    WORK = "work"
    """A completed micro-internship, or a part of one: our work record."""
    SKILL = "skill"
    CREDIT = "credit"
    ENDORSEMENT = "endorsement"
    QUALITY = "quality"
    """A host's quality."""
    BADGE = "badge"
    """Any other."""

    @property
    def title_key(self) -> str:
        """What the title is called."""
        return _TITLES[self]

    @property
    def party_key(self) -> str:
        """What the one is called who stands behind it."""
        return _PARTIES[self]

    @property
    def brief_key(self) -> str:
        """What the longer text is called."""
        return "heading.comment" if self is Sort.ENDORSEMENT else "heading.criteria"

    @property
    def unchecked_key(self) -> str:
        """Who judged, since we did not."""
        return f"unchecked.{self.value}"


_TITLES: Final = {
    Sort.WORK: "fact.project",
    Sort.SKILL: "fact.skill",
    Sort.CREDIT: "fact.course",
    Sort.ENDORSEMENT: "fact.endorsement",
    Sort.QUALITY: "fact.achievement",
    Sort.BADGE: "fact.achievement",
}
_PARTIES: Final = {
    Sort.WORK: "fact.host",
    Sort.SKILL: "fact.rater",
    Sort.CREDIT: "fact.school",
    Sort.ENDORSEMENT: "fact.creator",
    Sort.QUALITY: "fact.creator",
    Sort.BADGE: "fact.creator",
}
_NODES: Final = {
    "Competency": ("skillAssertion", Sort.SKILL),
    "Course": ("academicCredit", Sort.CREDIT),
}


def sort_of(document: JsonObject, achievement: JsonObject, work: JsonObject) -> Sort:
    """``work`` is our node in the evidence, empty where there is none."""
    kind = first_string(achievement.get("achievementType")) or ""
    if kind in _NODES:
        member, sort = _NODES[kind]
        return sort if member in work else Sort.BADGE
    if work:
        return Sort.WORK
    if "EndorsementCredential" in strings(document.get("type")):
        return Sort.ENDORSEMENT
    return Sort.QUALITY if kind == "QualityAssuranceCredential" else Sort.BADGE
