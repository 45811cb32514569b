"""Marker words in every free text of a record, and which of them a credential may show.

Each text gets a word of its own that stands nowhere else. The table says of every free text of the
record's schema when a completion shows it; a text that is not in the table fails a test, so that
a new member of the record has to be thought about here first.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import schemas
from verifier.strict_json import JsonObject

Step = str | int
Path = tuple[Step, ...]
Rule = Callable[[JsonObject, Path], bool]


def _always(_document: JsonObject, _path: Path) -> bool:
    return True


def _never(_document: JsonObject, _path: Path) -> bool:
    return False


def at(document: Any, path: Path) -> Any:
    """The value at ``path``."""
    for step in path:
        document = document[step]
    return document


def _name(form: str) -> Rule:
    return lambda document, _: bool(document["disclosure"]["nameForm"] == form)


def _facet(name: str) -> Rule:
    return lambda document, _: document["disclosure"][name] is True


def _delivered(document: JsonObject, path: Path) -> bool:
    return bool(at(document, path[:3])["acceptance"] != "notDelivered")


def _town(document: JsonObject, _path: Path) -> bool:
    return bool(document["disclosure"]["location"] == "locality")


def _confirmed_part(document: JsonObject, path: Path) -> bool:
    by = at(document, path[:2]).get("contributionConfirmedBy")
    return by in ("host", "school", "teammates")


def _supervisor(document: JsonObject, path: Path) -> bool:
    consent = at(document, path[:1]).get("nameConsent") is True
    return consent and document["disclosure"]["supervisorName"] is True


def _confirmed_skill(document: JsonObject, path: Path) -> bool:
    return not {"host", "school", "platform"}.isdisjoint(at(document, path[:2])["assessedBy"])


def _shared(document: JsonObject, path: Path) -> bool:
    return document["disclosure"]["results"] is True and at(document, path[:2]).get("share") is True


def _bounds(document: JsonObject, path: Path) -> bool:
    kind = at(document, path[:2])["kind"]
    return _shared(document, path) and kind not in ("RubricCriterionLevel", "Status")


def _cleared(document: JsonObject, path: Path) -> bool:
    entry = at(document, path[:2])
    return entry["access"] != "confidential" and entry.get("hostCleared") is True


def _public(document: JsonObject, path: Path) -> bool:
    return _cleared(document, path) and at(document, path[:2])["access"] == "public"


def _of_work(document: JsonObject, path: Path) -> bool:
    return bool(at(document, path[:2])["method"] != "registrarRecord")


SHOWN: Final[Mapping[str, Rule]] = {
    "supersedes": _never,
    "source/platformRecordId": _never,
    "localized/[]/title": _always,
    "localized/[]/brief": _always,
    "learner/name/full": _name("full"),
    "learner/name/given": _name("givenAndInitial"),
    "learner/name/family": _never,
    "learner/name/latin": _name("full"),
    "learner/identifiers/[]/value": _never,
    "engagement/title": _always,
    "engagement/brief": _always,
    "engagement/role": _always,
    "engagement/field": _always,
    "engagement/objectives/[]": _always,
    "engagement/deliverables/[]/name": _delivered,
    "engagement/deliverables/[]/description": _never,
    "engagement/modality/region": _never,
    "engagement/modality/locality": _town,
    "engagement/team/contribution": _confirmed_part,
    "engagement/compensation/payFloor/policy": _never,
    "engagement/aiAssistance/statement": _facet("aiAssistance"),
    "host/id": _always,
    "host/name": _always,
    "host/latinName": _never,
    "host/url": _always,
    "host/unit": _always,
    "platform/id": _always,
    "platform/name": _always,
    "platform/latinName": _never,
    "platform/url": _always,
    "platform/unit": _never,
    **{f"school/{name}": _never for name in ("id", "name", "latinName", "url", "unit")},
    "supervisor/name": _supervisor,
    "supervisor/role": _never,
    "skills/[]/label": _confirmed_skill,
    "skills/[]/sourceText": _confirmed_skill,
    "skills/[]/alignments/[]/framework": _confirmed_skill,
    "skills/[]/alignments/[]/frameworkVersion": _confirmed_skill,
    "skills/[]/alignments/[]/targetCode": _confirmed_skill,
    "skills/[]/alignments/[]/targetName": _confirmed_skill,
    "skills/[]/alignments/[]/targetUrl": _confirmed_skill,
    "results/[]/name": _shared,
    "results/[]/levels/[]/name": _shared,
    "results/[]/levels/[]/description": _shared,
    "results/[]/levels/[]/points": _shared,
    "results/[]/min": _bounds,
    "results/[]/max": _bounds,
    "results/[]/value": _shared,
    "evidence/[]/url": _public,
    "evidence/[]/name": _cleared,
    "evidence/[]/description": _cleared,
    "evidence/[]/genre": _cleared,
    "academicCredit/courseCode": _never,
    "academicCredit/courseTitle": _never,
    "academicCredit/term": _never,
    "academicCredit/grade": _never,
    "endorsements/[]/name": _never,
    "endorsements/[]/role": _never,
    "endorsements/[]/comment": _never,
    "attestations/[]/role": _of_work,
    "attestations/[]/statement": _never,
    "quality/gates/[]/basis": _never,
    "lifecycle/[]/note": _never,
}
"""When a completion shows a text, by its place in the schema of the record."""
_ADDRESSES: Final = ("id", "url", "targetUrl", "supersedes")
_IDENTIFIERS: Final = 4
"""A record has no more."""


def free_texts() -> set[str]:
    """The places of the record's schema where any text may stand."""
    schema = schemas.load_schema("micro-internship-completion-1.0")
    return set(_walk(schema, schema, ""))


def _walk(root: JsonObject, node: JsonObject, place: str) -> Iterator[str]:
    if "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    for name, member in node.get("properties", {}).items():
        yield from _walk(root, member, f"{place}/{name}".lstrip("/"))
    if node.get("type") == "array":
        yield from _walk(root, node["items"], f"{place}/[]")
    is_any = node.get("type") == "string" and not {"enum", "const", "pattern"} & node.keys()
    if is_any and node.get("format") not in ("date", "date-time"):
        yield place


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A record with a marker in each of its free texts: the words that a completion may show,
    and those that nobody outside may ever read, each with its place."""

    document: JsonObject
    shown: Mapping[str, str]
    hidden: Mapping[str, str]


def plant(document: JsonObject) -> Planted:
    """Put markers into a copy of a good record, and more texts than it had."""
    planted = _with_more(copy.deepcopy(document))
    markers: dict[str, Path] = {}
    for number, path in enumerate(list(_texts(planted, ()))):
        if _place(path) in SHOWN and (word := _plant(planted, path, f"Zq{number:03d}kw")):
            markers[word] = path
    _keep_levels(planted)
    told = {word: SHOWN[_place(path)](planted, path) for word, path in markers.items()}
    return Planted(
        document=planted,
        shown={word: _place(markers[word]) for word, shown in told.items() if shown},
        hidden={word: _place(markers[word]) for word, shown in told.items() if not shown},
    )


def _place(path: Path) -> str:
    return "/".join("[]" if isinstance(step, int) else step for step in path)


def _texts(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _texts(member, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, (*path, number))


def _plant(document: JsonObject, path: Path, word: str) -> str | None:
    """The marker that now stands at ``path``; ``None`` where none fits."""
    holder, name = at(document, path[:-1]), path[-1]
    text = word
    match _place(path):
        case "learner/identifiers/[]/value":
            kind = holder["type"]
            if kind == "did" and holder.get("use") != "claim":
                return None
            text = {"emailAddress": f"{word}@mail.example", "did": f"did:example:{word}"}.get(
                kind, word
            )
        case "results/[]/value" | "results/[]/min" | "results/[]/max":
            if at(document, path[:2])["kind"] != "LetterGrade":
                return None
        case "endorsements/[]/comment":
            text = f"{word}, and more than that"
        case _ if name in _ADDRESSES:
            text = f"https://{path[0]}.example/{word}"
    if name == "supersedes":
        return None
    holder[name] = text
    return word


def _keep_levels(document: JsonObject) -> None:
    """A rubric's value is the name of one of its levels, so it is what became of that name."""
    for result in document.get("results", []):
        if result["kind"] == "RubricCriterionLevel":
            result["value"] = result["levels"][0]["name"]


def _with_more(document: JsonObject) -> JsonObject:
    """Every private text there is room for, whatever the example had."""
    document["learner"]["name"] |= {"given": "x", "family": "x", "latin": "xx"}
    claims = (
        {"type": "emailAddress", "value": "x@x.example", "use": "claim"},
        {"type": "sisSourcedId", "value": "x", "use": "claim"},
        {"type": "systemId", "value": "x", "use": "claim"},
    )
    identifiers = document["learner"]["identifiers"]
    document["learner"]["identifiers"] = [*identifiers, *claims][:_IDENTIFIERS]
    engagement = document["engagement"]
    engagement["deliverables"].append(
        {"name": "xx", "kind": "report", "acceptance": "notDelivered", "description": "xxx"}
    )
    engagement["modality"] |= {"region": "x", "locality": "x"}
    for party in {"host", "platform", "school"} & document.keys():
        document[party] |= {"url": "https://x.example/", "latinName": "x", "unit": "x"}
    document["supervisor"] = {"role": "x", "name": "x", "nameConsent": False} | document.get(
        "supervisor", {}
    )
    document["skills"].append({"label": "xx", "sourceText": "x", "assessedBy": ["learner"]})
    document["results"] = [
        *document.get("results", []),
        {"name": "x", "kind": "LetterGrade", "value": "x", "assessedBy": "host", "share": False},
        {
            "name": "x",
            "kind": "RubricCriterionLevel",
            "value": "x",
            "levels": [{"name": "x", "description": "x", "points": "1"}, {"name": "y"}],
            "assessedBy": "host",
            "share": False,
        },
    ]
    document["evidence"] = [
        *document.get("evidence", []),
        {
            "name": "x",
            "description": "x",
            "genre": "x",
            "access": "confidential",
            "hostCleared": True,
            "url": "https://x.example/",
        },
    ]
    document["quality"]["gates"][0]["basis"] = "x"
    return document


_NEVER_SAID: Final = (
    "internalEndedBy", "trialEndedEarly", "partlyCompleted", "ended early", "notDelivered",
    "unpaidBasis", "primaryBeneficiary", "academicCreditOnly", "unpaid", "payFloor\"",
    "adultConfirmed", "hostOfLearner", "learnerOfHost", "evaluations", "nameConsent", "checkIns",
    "contributionConfirmedBy", "hostCleared", "sisSourcedId", "systemId", "lifecycle",
)  # fmt: skip
"""Words of the record's form that stand for what is never told."""


def unspeakable(document: JsonObject) -> set[str]:
    """What no reader may meet beside the markers: numbers, days, words that are not free text."""
    engagement, chosen = document["engagement"], document["disclosure"]
    found = set(_NEVER_SAID)
    if not chosen["hours"] and "effort" in engagement:
        found |= {engagement["effort"]["duration"], "effortBasis", "Effort:", "Time worked"}
    if chosen["dates"] != "day":
        found |= {"activityStartDate", "attestedOn"}
        found |= {f'"{engagement[it]}' for it in ("startDate", "endDate")}
    if chosen["location"] == "none":
        found |= {engagement["timeZone"], "countryCode"}
    if not (chosen["compensation"] and engagement["compensation"]["paid"]):
        found |= {"compensationKind", "Paid: yes", "payFloorMet"}
    if not chosen["trialOutcome"] or document["outcome"]["status"] != "completed":
        found |= {"plannedLength", "offerMade", "convertedToHire", "Planned length"}
    return found


def credit_of(document: JsonObject) -> JsonObject:
    """What a registrar says of a planted record's credit; each text a marker of its own."""
    return {
        "value": "1.5",
        "unit": "ects",
        "courseCode": "Zq900kw",
        "courseTitle": "Zq901kw",
        "term": "Zq902kw",
        "grade": "Zq903kw",
    }


_MARKER: Final = re.compile(r"Zq[0-9]{3}kw", re.IGNORECASE)


def markers_within(text: str) -> set[str]:
    """The markers that stand in ``text`` as they are."""
    return {f"Zq{found[2:5]}kw" for found in _MARKER.findall(text)}
