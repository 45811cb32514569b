"""Operations on skills: looked up, never guessed; rated by whoever rated them.

Leaves to others: the curated table (``issuer.skills``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.platforms.operations.operation import (
    Argument,
    Operation,
    OperationError,
    Setting,
    list_of,
    text_of,
)
from verifier.strict_json import JsonValue


def _skill_table(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """The skills of some words. Two words for one skill are merged, and told."""
    texts = [text_of(text).strip() for text in list_of(value or [])]
    if setting.skill_table is None:
        raise OperationError("E116")
    skills = [setting.skill_table.skill(text) for text in texts if text]
    kept: dict[str, JsonValue] = {}
    for skill in skills:
        kept.setdefault(skill["label"].casefold(), skill)
    if len(kept) < len(skills):
        setting.note("W209")
    return list(kept.values())


def _endorsed_skills_for(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """The words that somebody endorsed for this very person, of a list of endorsements. What a
    whole team is rated with is nobody's skill. Comments are not looked at."""
    member = setting.beside()
    words: list[JsonValue] = []
    for entry in list_of(value or []):
        if not isinstance(entry, dict):
            raise OperationError("E116")
        if member is not None and entry.get("member") == member:
            words += list_of(entry.get("skills") or [])
    return words


def _assessed_by(value: JsonValue, role: str, _: Setting) -> JsonValue:
    skills = list_of(value)
    if not all(isinstance(skill, dict) for skill in skills):
        raise OperationError("E116")
    return [skill | {"assessedBy": [role]} for skill in skills]


SKILLS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "skillTable": Operation(run=_skill_table),
        "endorsedSkillsFor": Operation(
            run=_endorsed_skills_for, argument=Argument.PATH, takes=("member", "skills")
        ),
        "assessedBy": Operation(
            run=_assessed_by,
            argument=Argument.WORD,
            words=("host", "school", "platform", "learner"),
        ),
    }
)
