"""Skills in words: the level as a word, who rated, the framework match in small print.

Follows the scale ``mi-4`` and the words of alignment provenance of our vocabulary. No bars,
stars or "2 of 4". Leaves to others: where the skills stand on a page (the templates).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from verifier.presentation.members import first_string, node, nodes, read_text, strings
from verifier.presentation.text import Sentence, Text, join, text
from verifier.presentation.words import Words
from verifier.strict_json import JsonObject

SCALE: Final = "https://w3id.org/micro-internship/scales/mi-4"
_LEVELS: Final = ("observed", "developing", "competent", "advanced")
_ASSESSORS: Final = ("host", "school", "platform", "learner", "automated")
_CURATORS: Final = ("host", "school", "platform", "issuerCurator", "mappingTable")
_MATCHES: Final = ("exact", "close", "broad", "narrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """One skill. ``level`` is the word in the tag; ``meaning`` what the level means; ``inline``
    the short form ``Report writing: competent``; ``frameworks`` the small print."""

    name: Text
    level: str | None
    meaning: str | None
    rated: Sentence
    raters: tuple[str, ...]
    inline: Sentence
    frameworks: Sentence


def read_skills(
    work: JsonObject, subject: JsonObject, language: str | None, words: Words
) -> tuple[Skill, ...]:
    """The skill assertions of a work record; alignments are found through ``forResult``."""
    targets = _targets(subject)
    found = (
        _read_skill(item, targets, language, words) for item in nodes(work.get("skillAssertion"))
    )
    return tuple(skill for skill in found if skill is not None)


def rated_by_all(skills: tuple[Skill, ...], words: Words) -> Sentence:
    """``All rated by the host.``, when every skill was rated, and by the same."""
    raters = {skill.raters for skill in skills}
    if len(raters) != 1 or not all(skill.rated for skill in skills):
        return ()
    forms = {1: "one", 2: "two"}
    key = f"skill.all_rated.{forms.get(len(skills), 'other')}"
    return words.say(key, who=name_people(next(iter(raters)), words))


def name_people(roles: Iterable[str], words: Words) -> Sentence:
    """``the host and the school``."""
    return words.enumerate([(words[f"who.{role}"],) for role in roles])


def _read_skill(
    item: JsonObject, targets: dict[str, JsonObject], language: str | None, words: Words
) -> Skill | None:
    name = read_text(item.get("label"), language)
    if name is None:
        return None
    level = _read_level(item)
    raters = tuple(role for role in _ASSESSORS if role in strings(item.get("assessedBy")))
    is_rated = level not in (None, "observed") and bool(raters)
    return Skill(
        name=name,
        level=words[f"level.{level}"] if level else None,
        meaning=words[f"level.{level or 'observed'}.meaning"],
        rated=words.say("skill.rated", who=name_people(raters, words)) if is_rated else (),
        raters=raters,
        inline=_inline(name, level, words),
        frameworks=_frameworks(item, targets, words),
    )


def _read_level(item: JsonObject) -> str | None:
    level = item.get("levelValue")
    return level if item.get("levelScale") == SCALE and level in _LEVELS else None


def _inline(name: Text, level: str | None, words: Words) -> Sentence:
    if level is None:
        return (name,)
    return words.say("skill.inline", skill=name, level=words[f"level.{level}.inline"])


def _targets(subject: JsonObject) -> dict[str, JsonObject]:
    """Alignments of the results and of the achievement, by their target."""
    holders = [*nodes(subject.get("result")), node(subject, "achievement")]
    alignments = (item for holder in holders for item in nodes(holder.get("alignment")))
    return {str(item.get("targetUrl")): item for item in alignments}


def _frameworks(item: JsonObject, targets: dict[str, JsonObject], words: Words) -> Sentence:
    lines = [
        _framework(provenance, targets.get(str(provenance.get("alignedTo")), {}), words)
        for provenance in nodes(item.get("alignmentProvenance"))
    ]
    return join([line for line in lines if line])


def _framework(provenance: JsonObject, target: JsonObject, words: Words) -> Sentence:
    name, framework = (
        first_string(target.get("targetName")),
        _framework_name(provenance, target, words),
    )
    if name is None or framework is None:
        return ()
    match, who = provenance.get("matchKind"), provenance.get("alignedBy")
    if match not in _MATCHES or who not in _CURATORS:
        return words.say("skill.alignment_plain", framework=framework, target=text(name))
    return words.say(
        "skill.alignment",
        framework=framework,
        target=text(name),
        match=words[f"match.{match}"],
        who=words[f"who.{who}"],
    )


def _framework_name(provenance: JsonObject, target: JsonObject, words: Words) -> Sentence | None:
    name = first_string(target.get("targetFramework"))
    version = first_string(provenance.get("frameworkVersion"))
    if name is None or version is None:
        return (text(name),) if name else None
    return words.say("skill.framework_version", framework=text(name), version=text(version))
