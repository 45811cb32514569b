"""What every badge has that stands beside a completion: envelope, subject, way back to the work.

It tells who the learner is in the same signs as the completion, and of the work nothing but the
``urn:uuid:`` of the completion: days, hours, pay, place and all else that was left out there is
left out here too (domain §2.1, separate small credentials are the selective disclosure).

Leaves to others: what the badge is for (``skill_assertion``, ``academic_credit``).
"""

from __future__ import annotations

import json
from typing import Final
from uuid import uuid5

from issuer.projection.birth import Birth
from issuer.projection.nodes import CONTEXTS, NAMESPACE, node, profile
from verifier.date_time_stamp import format_instant
from verifier.strict_json import JsonObject

ALWAYS_SHOWN: Final = (
    "/issuer",
    "/validFrom",
    "/name",
    "/credentialSubject/source",
    "/credentialSubject/achievement",
    "/evidence",
)
"""JSON Pointers to what a holder can never leave out of such a badge under ecdsa-sd-2023."""


def build_badge(
    birth: Birth, *, description: str, subject: JsonObject, evidence: JsonObject, schema: str
) -> JsonObject:
    """The unsigned badge, without status. ``schema`` is the address of its JSON Schema."""
    issuer = birth.issuer
    return {
        "@context": list(CONTEXTS),
        "id": birth.credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": subject["achievement"]["name"],
        "description": description,
        "issuer": profile({"id": issuer.id, "name": issuer.name, "url": issuer.url}),
        "validFrom": format_instant(birth.created),
        "awardedDate": format_instant(birth.created),
        "credentialSubject": subject,
        "evidence": [evidence],
        "credentialSchema": [{"id": schema, "type": "JsonSchema"}],
    }


def point_to_work(completion_id: str, narrative: str, **told: object) -> JsonObject:
    """The evidence: the completion by its id, and what of our vocabulary belongs to the badge."""
    return node(
        "Evidence",
        id=completion_id,
        name="Micro-internship",
        genre="Micro-internship credential",
        narrative=narrative,
        microInternship=node("MicroInternship", schemaVersion="1.0", **told),
    )


def content_id(kind: str, content: JsonObject) -> str:
    """``urn:uuid:`` (version 5) of an achievement: the same for the same content, and no other."""
    text = json.dumps([kind, content], ensure_ascii=False, sort_keys=True)
    return uuid5(NAMESPACE, text).urn
