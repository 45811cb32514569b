"""What a client may say that it expects of the proofs of a credential, and their own times.

VC Data Integrity 1.0: section 4.4 for the purpose, the domain and the challenge, section 2.1 for
``created`` and ``expires``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conformance.credentials import changed, v1, v2
from tests.conformance.pair import INJECTED, NOW, V1, V2, Pair
from tests.signers import Ed25519TestKey, secure_document
from verifier.strict_json import JsonObject

KEY = Ed25519TestKey.number(23)


@pytest.mark.parametrize("name", ["eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019:P-256"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"expectedProofPurpose": "assertionMethod"}, 200),
        ({"expectedProofPurpose": "authentication"}, 400),
        ({"domain": "domain.example"}, 400),
        ({"challenge": "1235abcd6789"}, 400),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_what_a_client_expects_of_the_proofs_is_compared(
    pair: Pair, name: str, options: JsonObject, expected: int
) -> None:
    """A purpose, a domain or a challenge that is named and not signed is a no; none is passed
    over because it stands beside a credential and not a presentation."""
    secured = pair.issued(name, v2(pair.did(name)))

    answer = pair.verify(
        {"verifiableCredential": secured, "options": {"checks": ["proof"], **options}}
    )

    assert expected == answer.status, answer.body


def test_a_domain_and_challenge_of_a_credential_are_the_ones_asked_for(pair: Pair) -> None:
    """Named in the proof, they may be asked for, and nothing else in their place."""
    secured = secure_document(v2(KEY.did), KEY, domain="domain.example", challenge="c-1")
    asked = [
        ({}, 200),
        ({"domain": "domain.example", "challenge": "c-1"}, 200),
        ({"domain": ["domain.example"]}, 200),
        ({"domain": "other.example", "challenge": "c-1"}, 400),
        ({"domain": "domain.example", "challenge": "c-2"}, 400),
        ({"domain": ["domain.example", "other.example"]}, 400),
    ]

    found = [
        pair.verify({"verifiableCredential": secured, "options": options}).status
        for options, _ in asked
    ]

    assert [status for _, status in asked] == found


def at(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


_TIMES: dict[str, tuple[JsonObject, int]] = {
    "none": ({"created": None}, 200),
    "a year ago": ({"created": at(NOW - timedelta(days=365)) + "Z"}, 200),
    "an offset": ({"created": at(NOW - timedelta(days=1)) + "-05:00"}, 200),
    "no offset": ({"created": at(NOW - timedelta(hours=1))}, 200),
    "no offset, later": ({"created": at(NOW + timedelta(hours=1))}, 400),
    "later": ({"created": at(NOW + timedelta(hours=1)) + "Z"}, 400),
    "ends later": ({"expires": at(NOW + timedelta(hours=1)) + "Z"}, 200),
    "ends later, no offset": ({"expires": at(NOW + timedelta(hours=1))}, 200),
    "ended": ({"expires": at(NOW - timedelta(hours=1)) + "Z"}, 400),
    "ended, no offset": ({"expires": at(NOW - timedelta(hours=1))}, 400),
}
"""Members of a proof, and the answer. A time without an offset is UTC."""


@pytest.mark.parametrize("case", _TIMES)
@pytest.mark.parametrize("version", [v1, v2])
def test_the_times_of_a_proof_count(pair: Pair, version: Any, case: str) -> None:
    """A proof names times or not; what is no time, or has not come or is past, is a no."""
    members, expected = _TIMES[case]
    contexts = [V1, INJECTED] if version is v1 else [V2]
    document = version(KEY.did, **{"@context": contexts, "type": ["VerifiableCredential"]})
    subject = {"id": "did:example:learner"}

    secured = secure_document(document | {"credentialSubject": subject}, KEY, **members)

    assert expected == pair.verdict(secured, checks=["proof"])


@pytest.mark.parametrize("member", ["created", "expires"])
@pytest.mark.parametrize(
    "value", ["invalidDate", "2026-11-01", "", 7, None, ["2026-11-01T00:00:00Z"]]
)
def test_what_is_no_time_is_named(pair: Pair, member: str, value: Any) -> None:
    """Before the signature is looked at."""
    secured = pair.issued("default", v2(pair.did("default")))

    answer = pair.verify({"verifiableCredential": changed(secured, "proof", member, to=value)})

    assert 400 == answer.status
    assert answer.body["errors"][0]["type"].endswith("#MALFORMED_VALUE_ERROR")
