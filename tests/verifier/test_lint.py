"""What an issuer may sign and what it may not: VC Data Model 2.0 as conformant clients test it.

``lint`` is the rehearsal of the issuer: what passes is signed, what does not is refused.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from typing import Any, Final

import pytest

from verifier.errors import CheckError, Code
from verifier.jsonld.contexts import KNOWN
from verifier.policy import VC_API
from verifier.strict_json import JsonObject
from verifier.verify import lint

V2: Final = "https://www.w3.org/ns/credentials/v2"
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
GOOD: Final[JsonObject] = {
    "@context": [V2, EXAMPLES],
    "type": ["VerifiableCredential"],
    "issuer": "did:web:issuer.example",
    "credentialSubject": {"id": "did:web:learner.example", "name": "Maya"},
}
DIGEST: Final = base64.b64encode(hashlib.sha384(KNOWN[V2].read()).digest()).decode()
RESOURCE: Final = {"id": V2, "digestSRI": f"sha384-{DIGEST}"}
OWN: Final = {"Own": "https://types.example/Own", "word": "https://types.example/word"}


def document(**members: Any) -> JsonObject:
    """A plain credential with members replaced; ``...`` leaves one out."""
    changed = copy.deepcopy(GOOD) | members
    return {name: value for name, value in changed.items() if value is not ...}


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"@context": [V2, EXAMPLES, OWN], "type": ["Own", "VerifiableCredential"]},
        {"type": ["VerifiableCredential", "https://types.example/Own"]},
        {"id": "https://issuer.example/credentials/1"},
        {"id": "did:web:issuer.example"},
        {"credentialSubject": {"id": "did:web:learner.example"}},
        {"credentialSubject": {"name": "Maya"}},
        {"credentialSubject": [{"id": "did:web:a.example"}, {"name": "Maya"}]},
        {"issuer": {"id": "did:web:issuer.example", "name": "Uni"}},
        {"issuer": {"id": "did:web:issuer.example", "name": {"@value": "x", "@language": "en"}}},
        {
            "name": [
                {"@value": "x", "@language": "en"},
                {"@value": "y", "@language": "ar", "@direction": "rtl"},
            ]
        },
        {"validFrom": "2024-01-01T00:00:00.123Z", "validUntil": "2034-01-01T00:00:00+05:30"},
        {"validUntil": "2023-01-01T00:00:00Z"},
        {"credentialStatus": {"type": "NobodyKnowsThisType"}},
        {"credentialStatus": [{"type": "NobodyKnowsThisType", "id": "urn:x:1"}]},
        {"credentialSchema": {"type": "JsonSchema", "id": "did:web:schemas.example"}},
        {"credentialSchema": [{"type": "A", "id": "urn:x:1"}, {"type": "B", "id": "urn:x:2"}]},
        {"refreshService": [{"type": "A", "id": "urn:x:1"}, {"type": "B", "id": "urn:x:2"}]},
        {"termsOfUse": [{"type": "A"}, {"type": "B"}], "evidence": {"type": "A"}},
        {"relatedResource": RESOURCE},
        {"relatedResource": [RESOURCE, {"id": "urn:x:other", "digestSRI": f"sha384-{DIGEST}"}]},
    ],
)
def test_what_conformant_clients_have_issued_is_signed(members: dict[str, Any]) -> None:
    """Kept as it was sent, to the letter."""
    given = document(**members)

    assert given == lint(given, policy=VC_API).document


BROKEN = Code.MALFORMED_VALUE_ERROR
LOST = Code.DATA_LOSS_DETECTION_ERROR


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"@context": ...}, BROKEN),
        ({"@context": [EXAMPLES, V2]}, BROKEN),
        ({"@context": [V2, 4]}, BROKEN),
        ({"@context": [V2, "not a url"]}, Code.UNKNOWN_CONTEXT),
        ({"@context": [V2, "https://example.com"]}, Code.UNKNOWN_CONTEXT),
        ({"@context": [V2, {"id": "urn:x:other"}]}, None),
        ({"@context": [V2, {"VerifiableCredential": "urn:x:other"}]}, None),
        ({"type": ...}, BROKEN),
        ({"type": ["Example"]}, BROKEN),
        ({"@context": [V2], "type": ["VerifiableCredential", "Unmapped"]}, LOST),
        ({"@context": [V2, {"Own": "not-a-url"}], "type": ["VerifiableCredential", "Own"]}, None),
        ({"@context": [V2], "unmapped": "x"}, LOST),
        ({"id": None}, BROKEN),
        ({"id": ["urn:x:1"]}, BROKEN),
        ({"id": "urn:x: 1"}, BROKEN),
        ({"credentialSubject": ...}, BROKEN),
        ({"credentialSubject": {}}, BROKEN),
        ({"credentialSubject": [{"id": "urn:x:1"}, {}]}, BROKEN),
        ({"credentialSubject": {"id": "a b"}}, BROKEN),
        ({"issuer": None}, BROKEN),
        ({"issuer": {"id": None}}, BROKEN),
        ({"issuer": "fake-issuer"}, BROKEN),
        ({"issuer": {"id": "fake-issuer"}}, BROKEN),
        ({"issuer": ...}, BROKEN),
        ({"issuer": 4}, BROKEN),
        ({"issuer": True}, BROKEN),
        ({"issuer": []}, BROKEN),
        ({"validFrom": "01/01/2024"}, BROKEN),
        ({"validUntil": "tomorrow"}, BROKEN),
        ({"validFrom": "2024-01-02T00:00:00Z", "validUntil": "2024-01-01T00:00:00Z"}, BROKEN),
        ({"credentialStatus": {"id": "urn:x:1"}}, BROKEN),
        ({"credentialStatus": {"type": 4}}, BROKEN),
        ({"credentialStatus": {"type": "A", "id": "a b"}}, BROKEN),
        ({"credentialStatus": {"type": "BitstringStatusListEntry", "id": "urn:x:1"}}, BROKEN),
        ({"credentialSchema": {"id": "urn:x:1"}}, BROKEN),
        ({"credentialSchema": {"type": "A"}}, BROKEN),
        ({"credentialSchema": {"type": "A", "id": "a b"}}, BROKEN),
        ({"termsOfUse": {"id": "urn:x:1"}}, BROKEN),
        ({"evidence": {"id": "urn:x:1"}}, BROKEN),
        ({"refreshService": {"id": "urn:x:1"}}, BROKEN),
        ({"name": {"@value": "x", "@language": "en", "url": "urn:x:1"}}, BROKEN),
        ({"relatedResource": [RESOURCE, RESOURCE]}, BROKEN),
        ({"relatedResource": {"id": V2}}, BROKEN),
        ({"relatedResource": "urn:x:1"}, BROKEN),
        (
            {"relatedResource": RESOURCE | {"digestSRI": "sha256-" + "A" * 43 + "="}},
            Code.RESOURCE_MISMATCH,
        ),
        ({"id": "data:application/vc+jwt,e30.e30.e30"}, BROKEN),
    ],
)
def test_what_they_have_refused_is_not(members: dict[str, Any], code: Code | None) -> None:
    """For the reason that the standard names, where it names one."""
    with pytest.raises(CheckError) as caught:
        lint(document(**members), policy=VC_API)

    assert caught.value.code in ([code] if code else Code)
