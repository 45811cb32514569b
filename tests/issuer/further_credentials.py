"""A further credential for tests: a badge about a completion, as small as the rules admit."""

from __future__ import annotations

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from issuer.further import Birth, OwnWish
from issuer.issue import Issued
from issuer.projection.nodes import node, profile
from issuer.store.rows import FurtherKind
from verifier.date_time_stamp import format_instant
from verifier.strict_json import JsonObject

CONTEXTS: Final = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]


def badge(birth: Birth, **members: object) -> JsonObject:
    """A badge without status, for somebody with a DID."""
    achievement = node(
        "Achievement",
        id=uuid5(NAMESPACE_URL, "a skill").urn,
        achievementType="Competency",
        name="A skill",
        description="A skill that somebody rated.",
        criteria={"narrative": "Show it in a project."},
    )
    return {
        "@context": list(CONTEXTS),
        "id": birth.credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "A skill",
        "issuer": profile({"id": birth.issuer.id, "name": birth.issuer.name}),
        "validFrom": format_instant(birth.created),
        "credentialSubject": node(
            "AchievementSubject", id="did:example:learner", achievement=achievement
        ),
    } | members


def skill_wish(about: Issued | None, **changes: Any) -> OwnWish:
    """A wish for such a badge about a completion."""
    usual: dict[str, Any] = {
        "kind": FurtherKind.SKILL_ASSERTION,
        "about": about.issuance_id if about else None,
        "natural_key": "skill 0",
        "said": {"level": "competent"},
        "build": badge,
    }
    return OwnWish(**usual | changes)
