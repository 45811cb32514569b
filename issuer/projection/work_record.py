"""The work record: the ``MicroInternship`` node on the first evidence entry, and evidence.

Follows the vocabulary of ``domain.md`` §1.4 and the schema
``micro-internship-credential-1.0``. Never written: refused or missing work, amounts, what
only the learner says, credit (a school attests that in a credential of its own), the
attestation of a registrar, anything about how the intern judged the host.

Leaves to others: the disclosure choices (``choices``), the sentences (``wording``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from issuer.projection.choices import Choices
from issuer.projection.nodes import RecordIds, node, profile
from issuer.projection.results import confirmed_skills
from issuer.projection.wording import narrate
from issuer.record.identity import shows_full_name
from issuer.record.rules import civil_date
from verifier.date_time_stamp import parse_instant
from verifier.strict_json import JsonObject

_SCALES: Final = "https://w3id.org/micro-internship/scales"
_QUALITY_PROFILES: Final = "https://w3id.org/micro-internship/quality"
_ACCEPTED: Final = ("accepted", "acceptedWithChanges")


def evidence(document: JsonObject) -> list[JsonObject]:
    """The evidence entries of the credential: the work record, then what may be looked at."""
    return [_work_record_entry(document), *_listed(document)]


def _work_record_entry(document: JsonObject) -> JsonObject:
    record = _micro_internship(document)
    return node(
        "Evidence",
        name="Work record",
        genre="Micro-internship work record",
        narrative=narrate(document, record["project"]["deliverable"]),
        microInternship=record,
    )


def _listed(document: JsonObject) -> Iterator[JsonObject]:
    """Entries that the host cleared: public ones by their address, those on request by name."""
    for entry in document.get("evidence", []):
        if entry["access"] != "confidential" and entry.get("hostCleared") is True:
            yield node(
                "Evidence",
                id=entry.get("url") if entry["access"] == "public" else None,
                name=entry["name"],
                description=entry.get("description"),
                genre=entry.get("genre"),
            )


def _micro_internship(document: JsonObject) -> JsonObject:
    choices = Choices(document=document)
    return node(
        "MicroInternship",
        schemaVersion="1.0",
        form=document["engagement"]["form"],
        project=_project(document),
        host=profile(document["host"]),
        hostUnit=document["host"].get("unit"),
        platform=profile(document["platform"]),
        **_when(choices),
        modality=_modality(document["engagement"]["modality"], choices),
        team=_team(choices.team),
        compensation=_compensation(choices.compensation),
        trial=_trial(document["engagement"].get("trial"), choices),
        aiAssistance=_ai_assistance(choices.ai_assistance),
        skillAssertion=_skill_assertions(document),
        quality=_quality(document["quality"]),
        supervisorName=choices.supervisor_name,
        attestation=[_attestation(one, choices) for one in _work_attestations(document)],
        localized=[_localized(edition) for edition in document.get("localized", [])],
        learnerName=_learner_name(document),
    )


def _project(document: JsonObject) -> JsonObject:
    engagement, ids = document["engagement"], RecordIds(record_id=document["recordId"])
    return node(
        "Project",
        name=engagement["title"],
        description=engagement["brief"],
        objective=engagement["objectives"],
        deliverable=[
            _deliverable(ids.of("deliverable", index), one)
            for index, one in enumerate(engagement["deliverables"])
            if _is_told(one)
        ],
    )


def _is_told(deliverable: JsonObject) -> bool:
    return bool(deliverable["acceptance"] != "notDelivered")


def _deliverable(identifier: str, deliverable: JsonObject) -> JsonObject:
    """With an id: four or more nodes without one in a list look alike to the first round of
    RDFC-1.0, and verifiers with a small work budget then refuse the credential."""
    return node(
        "Deliverable",
        id=identifier,
        name=deliverable["name"],
        acceptance="accepted" if deliverable["acceptance"] in _ACCEPTED else None,
        deliverableKind=deliverable.get("kind"),
    )


def _when(choices: Choices) -> JsonObject:
    start, end = choices.days or (None, None)
    effort = choices.effort or {}
    return {
        "startDate": start,
        "endDate": end,
        "period": choices.period,
        "timeZone": choices.time_zone,
        "effort": effort.get("duration"),
        "effortBasis": effort.get("basis"),
    }


def _modality(modality: JsonObject, choices: Choices) -> JsonObject:
    return node(
        "Modality",
        mode=modality["mode"],
        countryCode=choices.country,
        locality=choices.locality,
    )


def _team(team: JsonObject | None) -> JsonObject | None:
    if team is None:
        return None
    return node(
        "Team",
        teamSize=team["size"],
        assessedAs=team["assessedAs"],
        contribution=team.get("contribution"),
    )


def _compensation(compensation: JsonObject | None) -> JsonObject | None:
    if compensation is None:
        return None
    is_met = compensation.get("payFloor", {}).get("met") is True
    return node(
        "Compensation",
        paid=True,
        compensationKind=compensation["kind"],
        payFloorMet=True if is_met else None,
    )


def _trial(trial: JsonObject | None, choices: Choices) -> JsonObject | None:
    if trial is None:
        return None
    return node(
        "TrialTerms",
        freeToLeave=True,
        paidForTimeWorked=True,
        plannedLength=choices.planned_length,
        offerMade=choices.offer_made,
        convertedToHire=choices.converted_to_hire,
    )


def _ai_assistance(assistance: JsonObject | None) -> JsonObject | None:
    if assistance is None:
        return None
    policy = assistance["policy"]
    return node(
        "AiAssistance",
        aiUse=assistance["use"],
        disclosedBy=assistance["disclosedBy"],
        aiPolicy=None if policy == "notStated" else policy,
        aiStatement=assistance.get("statement") or None,
    )


def _skill_assertions(document: JsonObject) -> list[JsonObject]:
    ids = RecordIds(record_id=document["recordId"])
    return [
        skill_node(ids.of("skill", index), skill, sourceText=skill.get("sourceText") or None)
        for index, skill in confirmed_skills(document)
    ]


def skill_node(described: str, skill: JsonObject, **told: str | None) -> JsonObject:
    """Who rated ``skill``, on which scale, and where its alignments come from. ``described`` is the
    id of its result description."""
    level = skill.get("level")
    return node(
        "SkillAssertion",
        label=skill["label"],
        forResult=described,
        assessedBy=skill["assessedBy"],
        levelScale=f"{_SCALES}/{level['scale']}" if level else None,
        levelValue=level["value"] if level else None,
        alignmentProvenance=[_provenance(found) for found in skill.get("alignments", [])],
        **told,
    )


def _provenance(alignment: JsonObject) -> JsonObject:
    return node(
        "AlignmentProvenance",
        alignedTo=alignment["targetUrl"],
        matchKind=alignment["match"],
        alignedBy=alignment["alignedBy"],
        alignedOn=alignment["alignedOn"],
        frameworkVersion=alignment["frameworkVersion"],
    )


def _quality(quality: JsonObject) -> JsonObject | None:
    """The gates that were met. Unknown and not met look the same: a gap is the host's."""
    met = [gate["code"] for gate in quality["gates"] if gate["result"] == "met"]
    if not met:
        return None
    return node(
        "QualityStatement",
        qualityProfile=f"{_QUALITY_PROFILES}/{quality['profile']}",
        gateMet=list(dict.fromkeys(met)),
    )


def _work_attestations(document: JsonObject) -> Iterator[JsonObject]:
    """Who vouches for the work. A registrar vouches for credit, which is told elsewhere."""
    for attestation in document["attestations"]:
        if attestation["method"] != "registrarRecord":
            yield attestation


def _attestation(attestation: JsonObject, choices: Choices) -> JsonObject:
    zone = ZoneInfo(choices.document["engagement"]["timeZone"])
    day = _civil_day(parse_instant(attestation["at"]).at, zone)
    return node(
        "Attestation",
        attestedBy=attestation["by"],
        attestedRole=attestation["role"] or None,
        attestMethod=attestation["method"],
        attestedOn=day if choices.days else None,
    )


def _civil_day(at: datetime, zone: ZoneInfo) -> str:
    return civil_date(at, zone).isoformat()


def _localized(edition: JsonObject) -> JsonObject:
    return node(
        "LocalizedText",
        inLanguage=edition["inLanguage"],
        name=edition["title"],
        description=edition["brief"],
    )


def _learner_name(document: JsonObject) -> JsonObject | None:
    """How to set the name, where it is shown in full and needs saying."""
    name = document["learner"]["name"]
    needs_saying = bool(name.get("latin")) or name.get("direction") == "rtl"
    if not needs_saying or not shows_full_name(document):
        return None
    return node(
        "PersonNameHint",
        direction=name.get("direction"),
        latinForm=name.get("latin") or None,
        inLanguage=name.get("inLanguage"),
    )
