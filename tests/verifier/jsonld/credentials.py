"""Small credentials for the tests of linked data."""

from __future__ import annotations

from typing import Any

from verifier.strict_json import JsonObject

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def credential(**members: Any) -> JsonObject:
    """An Open Badges 3.0 credential; ``members`` replace or add top-level ones."""
    return {
        "@context": [V2, OB],
        "id": "urn:uuid:5e0b5b1c-8b1c-4a57-8a3c-1f1f0d1b2c3d",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:uni.example", "type": ["Profile"], "name": "Uni"},
        "validFrom": "2026-03-23T20:31:06Z",
        "name": "Data audit",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityHash": "a",
                    "identityType": "emailAddress",
                    "hashed": False,
                }
            ],
            "achievement": {
                "id": "urn:uuid:7c7fb5c6-53bd-4bd5-9c36-6c3fbb2a9b1e",
                "type": ["Achievement"],
                "name": "Audit",
                "description": "Cleaned a data set.",
                "criteria": {"narrative": "Delivered."},
            },
        },
        "evidence": [{"id": "https://work.example/1", "type": ["Evidence"], "name": "Report"}],
        **members,
    }
