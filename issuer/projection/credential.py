"""The credential: envelope, subject and achievement (Open Badges 3.0, domain §1.2 and §1.3).

No ``validUntil``: a fact about the past does not end. No ``refreshService``: it would give the
newest file to anybody who has an old one.

Leaves to others: who the learner is (``learner``), the work record (``work_record``), results
(``results``), sentences (``wording``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import schemas
from issuer.projection.birth import IssuerProfile
from issuer.projection.choices import Choices
from issuer.projection.learner import signs_of
from issuer.projection.nodes import CONTEXTS, achievement_id, node, profile
from issuer.projection.results import Outcome, outcomes
from issuer.projection.wording import criteria, describe
from issuer.projection.work_record import evidence
from issuer.record import Record
from verifier.date_time_stamp import format_instant
from verifier.strict_json import JsonObject

_TAG: Final = "micro-internship"
_TRIAL_TAG: Final = "reverse micro-internship"


def project(
    record: Record,
    *,
    credential_id: str,
    issuer: IssuerProfile,
    valid_from: datetime,
    awarded: datetime,
    status: tuple[JsonObject, ...],
    salt: Callable[[], str],
) -> JsonObject:
    """The unsigned credential of ``record``.

    ``credential_id`` is a ``urn:uuid:``; ``valid_from`` is the time of this signature and
    ``awarded`` of the first one; ``status`` are the reserved entries; ``salt`` gives 32 new
    hex digits (128 random bits) each time it is called.
    """
    document = record.document
    return {
        "@context": list(CONTEXTS),
        "id": credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": document["engagement"]["title"],
        "description": describe(document),
        "issuer": profile({"id": issuer.id, "name": issuer.name, "url": issuer.url}),
        "validFrom": format_instant(valid_from),
        "awardedDate": format_instant(awarded),
        "credentialSubject": _subject(record, salt),
        "evidence": evidence(document),
        "credentialSchema": [{"id": schemas.CREDENTIAL_SCHEMA_URL, "type": "JsonSchema"}],
        **_status(status),
    }


def _status(entries: tuple[JsonObject, ...]) -> JsonObject:
    """One object where there is one entry: Open Badges 3.0 admits no list (domain §1.5)."""
    if not entries:
        return {}
    return {"credentialStatus": entries[0] if len(entries) == 1 else list(entries)}


def _subject(record: Record, salt: Callable[[], str]) -> JsonObject:
    document = record.document
    found = outcomes(document)
    return node(
        "AchievementSubject",
        **signs_of(document, salt),
        role=document["engagement"].get("role") or None,
        **_activity_dates(document),
        source=profile(document["host"]),
        result=[outcome.result for outcome in found],
        achievement=_achievement(record, found),
    )


def _activity_dates(document: JsonObject) -> JsonObject:
    """Noon UTC of both days: midnight would be the day before in the Americas (domain §1.6)."""
    days = Choices(document=document).days
    if days is None:
        return {}
    start, end = (f"{day}T12:00:00Z" for day in days)
    return {"activityStartDate": start, "activityEndDate": end}


def _achievement(record: Record, found: list[Outcome]) -> JsonObject:
    document = record.document
    engagement = document["engagement"]
    return node(
        "Achievement",
        id=achievement_id(record.platform_id, record.platform_record_id),
        achievementType="Fieldwork",
        name=engagement["title"],
        description=engagement["brief"],
        criteria={"narrative": criteria(document)},
        creator=profile(document["host"]),
        inLanguage=document["inLanguage"],
        tag=[_TAG, _TRIAL_TAG] if engagement["form"] == "reverse" else [_TAG],
        fieldOfStudy=engagement.get("field") or None,
        resultDescription=[outcome.description for outcome in found],
    )
