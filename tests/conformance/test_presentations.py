"""What a client that presents credentials of data model 2.0 may rely on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.credentials import changed, v2
from tests.conformance.pair import EXAMPLES, V2, Pair
from tests.signers import Ed25519TestKey, secure_document
from verifier.strict_json import JsonObject

HOLDER = Ed25519TestKey.number(11)


def present(credential: JsonObject, **members: Any) -> JsonObject:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential],
    } | members
    document = {name: value for name, value in document.items() if value is not ...}
    options = {"proofPurpose": "authentication", "challenge": "c-1", "domain": "d.example"}
    return secure_document(document, HOLDER, **options)


def held() -> JsonObject:
    """A credential that the holder signed about themselves, as the suites make it."""
    return secure_document(v2(HOLDER.did), HOLDER)


def verify_presentation(pair: Pair, document: Any) -> int:
    options = {"challenge": "c-1", "domain": "d.example"}
    answer = pair.verify_presentation({"verifiablePresentation": document, "options": options})
    return answer.status


@pytest.mark.parametrize("holder", [..., HOLDER.did, {"id": HOLDER.did}], ids=repr)
def test_a_presentation_verifies(pair: Pair, holder: Any) -> None:
    """With a holder as text, as an object, or without one."""
    assert 200 == verify_presentation(pair, present(held(), holder=holder))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("@context",), ...),
        (("@context",), [EXAMPLES]),
        (("@context",), [EXAMPLES, V2]),
        (("@context",), [V2, "https://example.com"]),
        (("type",), ...),
        (("type",), ["Unmapped"]),
        (("type",), ["VerifiableCredential"]),
        (("proof",), ...),
        (("proof", "proofValue"), "z3MvGX"),
        (("proof", "challenge"), "c-2"),
        (("verifiableCredential", 0, "name"), "added"),
        (("verifiableCredential", 0), "text"),
        (("verifiableCredential", 0, "proof"), ...),
        (("verifiableCredential", 0, "id"), "data:application/vc+jwt,eyJ"),
    ],
)
def test_a_changed_presentation_is_refused(pair: Pair, path: Any, value: Any) -> None:
    """Each change by itself."""
    assert 400 == verify_presentation(pair, changed(present(held()), *path, to=value))


_WORD = {"SpecialPresentation": "https://example.org/#SpecialPresentation"}
_FORMS: dict[str, JsonObject] = {
    "nothing in it": {"verifiableCredential": ...},
    "an empty list": {"verifiableCredential": []},
    "an id": {"verifiableCredential": ..., "id": "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008"},
    "a second context": {"@context": [V2, EXAMPLES]},
    "a type of a second context": {
        "@context": [V2, EXAMPLES],
        "type": ["VerifiablePresentation", "ExamplePresentation"],
    },
    "a type of an inline context": {
        "@context": [V2, _WORD],
        "type": ["VerifiablePresentation", "SpecialPresentation"],
        "verifiableCredential": [],
    },
}


@pytest.mark.parametrize("form", _FORMS)
def test_presentations_of_usual_forms_verify(pair: Pair, form: str) -> None:
    """With credentials or without, with words of its own or without."""
    assert 200 == verify_presentation(pair, present(held(), **_FORMS[form]))


def test_every_credential_of_several_counts(pair: Pair) -> None:
    """Two that are good verify; one that is changed afterwards spoils the presentation."""
    other = secure_document(v2(HOLDER.did, name="other"), HOLDER)
    spoilt = changed(other, "name", to="changed")

    assert 200 == verify_presentation(pair, present(held(), verifiableCredential=[held(), other]))
    assert 400 == verify_presentation(pair, present(held(), verifiableCredential=[held(), spoilt]))


@pytest.mark.parametrize("context", ["https://example.com", "https ://example.com/v1", 123192875])
def test_a_context_put_in_afterwards_is_refused(pair: Pair, context: Any) -> None:
    """Unknown, no address, or no context at all."""
    document = present(held())

    assert 400 == verify_presentation(
        pair, changed(document, "@context", to=[*document["@context"], context])
    )


@pytest.mark.parametrize(
    ("purpose", "expected"), [("authentication", 200), ("assertionMethod", 400)]
)
def test_another_purpose_than_the_expected_one_is_refused(
    pair: Pair, purpose: str, expected: int
) -> None:
    """A presentation is signed for authentication, and a client may say that it expects so."""
    options = {"challenge": "c-1", "domain": "d.example", "expectedProofPurpose": purpose}

    answer = pair.verify_presentation(
        {"verifiablePresentation": present(held()), "options": options}
    )

    assert expected == answer.status, answer.body
