"""Skills and results as Open Badges results, each with the description it points to.

Domain §1.5, point 6: ``achievedLevel`` is the id of a level inside the linked description,
and that is inside this achievement. A skill that was only seen becomes the status
``Completed``; a rated one a level of our scale. Results are shown one by one, and only
where the learner switched both the facet and the result on.

Leaves to others: who assessed what, which the work record tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from issuer.projection.nodes import RecordIds, node
from issuer.skills import is_confirmed
from verifier.strict_json import JsonObject

LEVELS: Final = ("developing", "competent", "advanced")
"""The rated levels of the scale mi-4, in order. ``observed`` is not a rating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One ``Result`` and the ``ResultDescription`` that it points to."""

    description: JsonObject
    result: JsonObject


def confirmed_skills(document: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    """The skills that a credential may tell, each with its place in the record."""
    for index, skill in enumerate(document["skills"]):
        if is_confirmed(skill["assessedBy"]):
            yield index, skill


def outcomes(document: JsonObject) -> list[Outcome]:
    """The outcomes of the confirmed skills, then of the shared results."""
    ids = RecordIds(record_id=document["recordId"])
    skills = [_skill_outcome(ids, index, skill) for index, skill in confirmed_skills(document)]
    return skills + [_result_outcome(ids, index, one) for index, one in _shared(document)]


def _shared(document: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    if document["disclosure"]["results"]:
        for index, result in enumerate(document.get("results", [])):
            if result.get("share") is True:
                yield index, result


def _skill_outcome(ids: RecordIds, index: int, skill: JsonObject) -> Outcome:
    described = ids.of("skill", index)
    alignment = [alignment_node(found) for found in skill.get("alignments", [])]
    level = skill.get("level", {}).get("value")
    if level not in LEVELS:
        return Outcome(
            description=description_node(described, skill["label"], "Status"),
            result=result_node(described, status="Completed", alignment=alignment),
        )
    levels = scale_nodes(lambda word: ids.of("skill", index, "level", word))
    achieved = ids.of("skill", index, "level", level)
    return Outcome(
        description=description_node(described, skill["label"], "RubricCriterionLevel", levels),
        result=result_node(described, achievedLevel=achieved, alignment=alignment),
    )


def alignment_node(alignment: JsonObject) -> JsonObject:
    """An alignment of the record as Open Badges writes it; its provenance is ours to tell."""
    return node(
        "Alignment",
        targetName=alignment["targetName"],
        targetUrl=alignment["targetUrl"],
        targetFramework=alignment["framework"],
        targetCode=alignment.get("targetCode"),
        targetType=alignment.get("targetType"),
    )


def _result_outcome(ids: RecordIds, index: int, result: JsonObject) -> Outcome:
    described = ids.of("result", index)
    kind, value = result["kind"], result["value"]
    match kind:
        case "RubricCriterionLevel":
            levels = [_result_level(ids, index, at) for at in enumerate(result["levels"])]
            place = [level["name"] for level in result["levels"]].index(value)
            achieved = ids.of("result", index, "level", place)
            description = description_node(described, result["name"], kind, levels)
            return Outcome(
                description=description, result=result_node(described, achievedLevel=achieved)
            )
        case "Status":
            told = result_node(described, status=value)
        case _:
            told = result_node(described, value=value)
    return Outcome(
        description=description_node(described, result["name"], kind)
        | _range(result.get("min"), result.get("max")),
        result=told,
    )


def _range(minimum: str | None, maximum: str | None) -> JsonObject:
    bounds = {"valueMin": minimum, "valueMax": maximum}
    return {name: bound for name, bound in bounds.items() if bound}


def _result_level(ids: RecordIds, index: int, placed: tuple[int, JsonObject]) -> JsonObject:
    place, level = placed
    return level_node(
        ids.of("result", index, "level", place),
        level["name"],
        description=level.get("description"),
        points=level.get("points"),
    )


def scale_nodes(level_id: Callable[[str], str]) -> list[JsonObject]:
    """The rated levels of our scale; ``level_id`` gives the id of the level with a word."""
    return [level_node(level_id(word), word.capitalize(), level=word) for word in LEVELS]


def level_node(identifier: str, name: str, **members: str | None) -> JsonObject:
    """One level of a scale."""
    return node("RubricCriterionLevel", id=identifier, name=name, **members)


def description_node(
    identifier: str, name: str, kind: str, levels: list[JsonObject] | None = None
) -> JsonObject:
    """What a result is a result of."""
    return node(
        "ResultDescription",
        id=identifier,
        name=name,
        resultType=kind,
        rubricCriterionLevel=levels,
    )


def result_node(described: str, **members: object) -> JsonObject:
    """A result of what ``described`` names."""
    return node("Result", resultDescription=described, **members)
