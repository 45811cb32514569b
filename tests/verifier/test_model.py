"""Step 3: the shape of a credential."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import Code, RefusedError
from verifier.model import CONTEXT_V1, CONTEXT_V2, DataModel, parse_credential, parse_presentation

GOOD: dict[str, Any] = {
    "@context": [CONTEXT_V2],
    "id": "urn:uuid:9a4f7f88-d1b0-54ca-88e5-f1ad9726008f",
    "type": ["VerifiableCredential"],
    "issuer": {"id": "did:web:issuer.example", "name": "An issuer"},
    "validFrom": "2026-03-23T20:31:06Z",
    "credentialSubject": {"id": "did:key:z6Mk"},
}
OLD: dict[str, Any] = {
    "@context": [CONTEXT_V1],
    "type": ["VerifiableCredential"],
    "issuer": "did:web:issuer.example",
    "issuanceDate": "2020-03-23T20:31:06Z",
    "credentialSubject": {"id": "did:key:z6Mk"},
}


def changed(base: dict[str, Any], **members: Any) -> dict[str, Any]:
    """``base`` with members set, or left out where the value is ``...``."""
    document = {**copy.deepcopy(base), **members}
    return {name: value for name, value in document.items() if value is not ...}


def test_a_credential_of_2_0_is_read() -> None:
    """The members of a plain credential arrive as values."""
    credential = parse_credential({**GOOD, "proof": {"any": "thing"}})

    assert credential.data_model is DataModel.V2_0
    assert credential.issuer == "did:web:issuer.example"
    assert credential.types == ("VerifiableCredential",)
    assert credential.document == GOOD
    assert credential.warnings == ()


def test_a_credential_of_1_1_is_read() -> None:
    """Data model 1.1 has its own names for the validity period."""
    credential = parse_credential(changed(OLD, expirationDate="2030-01-01T00:00:00"))

    assert credential.data_model is DataModel.V1_1
    assert credential.valid_from is not None
    assert credential.valid_until is not None
    assert len(credential.warnings) == 1


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"@context": ...}, "/@context"),
        ({"@context": []}, "/@context"),
        ({"@context": {"a": "b"}}, "/@context"),
        ({"@context": ["https://example.org/", CONTEXT_V2]}, "/@context"),
        ({"@context": [CONTEXT_V2, CONTEXT_V1]}, "/@context"),
        ({"type": ...}, "/type"),
        ({"type": []}, "/type"),
        ({"type": ["OpenBadgeCredential"]}, "/type"),
        ({"type": ["VerifiableCredential", 4]}, "/type"),
        ({"issuer": ...}, "/issuer"),
        ({"issuer": None}, "/issuer"),
        ({"issuer": []}, "/issuer"),
        ({"issuer": "fake-issuer"}, "/issuer"),
        ({"issuer": {"id": None}}, "/issuer/id"),
        ({"id": None}, "/id"),
        ({"id": ["urn:a:b"]}, "/id"),
        ({"id": "not a url"}, "/id"),
        ({"id": "urn:" + "é" * 1_023}, "/id"),
        ({"id": "data:application/vc+jwt,e30.e30.e30"}, "/id"),
        ({"id": "DATA:text/plain,x"}, "/id"),
        ({"issuer": True}, "/issuer"),
        ({"issuer": 4}, "/issuer"),
        ({"issuer": ["did:web:issuer.example"]}, "/issuer"),
        ({"issuer": {"id": "fake-issuer"}}, "/issuer/id"),
        ({"@context": 4}, "/@context"),
        ({"@context": None}, "/@context"),
        ({"@context": False}, "/@context"),
        ({"type": None}, "/type"),
        ({"type": True}, "/type"),
        ({"validFrom": "2026-02-30T00:00:00Z"}, "/validFrom"),
        ({"validFrom": 4}, "/validFrom"),
        ({"validUntil": "2026-01-01T00:00:00Z"}, "/validUntil"),
        ({"issuanceDate": "2026-01-01T00:00:00Z"}, "/issuanceDate"),
        ({"credentialSubject": ...}, "/credentialSubject"),
        ({"credentialSubject": []}, "/credentialSubject"),
        ({"credentialSubject": {}}, "/credentialSubject"),
        ({"credentialSubject": [{"id": "did:a:b"}, {}]}, "/credentialSubject"),
        ({"credentialSubject": "did:a:b"}, "/credentialSubject"),
        ({"credentialSubject": {"id": "a b"}}, "/credentialSubject/id"),
        ({"credentialStatus": {"id": "urn:a:b"}}, "/credentialStatus/type"),
        ({"credentialStatus": {"type": 4}}, "/credentialStatus/type"),
        ({"credentialStatus": "x"}, "/credentialStatus"),
        ({"credentialStatus": []}, "/credentialStatus"),
        ({"credentialSchema": {"type": "JsonSchema"}}, "/credentialSchema"),
        ({"credentialSchema": {"id": "a b", "type": "JsonSchema"}}, "/credentialSchema/id"),
        ({"termsOfUse": {"id": "urn:a:b"}}, "/termsOfUse/type"),
        ({"evidence": [{"name": "x"}]}, "/evidence/type"),
        ({"refreshService": {"id": "urn:a:b"}}, "/refreshService/type"),
        ({"termsOfUse": []}, "/termsOfUse"),
        ({"termsOfUse": "https://terms.example/"}, "/termsOfUse"),
        ({"termsOfUse": {"type": "Terms", "id": "a b"}}, "/termsOfUse/id"),
        ({"evidence": {"type": 4}}, "/evidence/type"),
        ({"refreshService": [{"type": []}]}, "/refreshService/type"),
        ({"renderMethod": {"id": "urn:a:b"}}, "/renderMethod/type"),
        ({"confidenceMethod": [{"type": None}]}, "/confidenceMethod/type"),
        ({"credentialStatus": {"type": "X", "id": "a b"}}, "/credentialStatus/id"),
        ({"credentialSubject": [None]}, "/credentialSubject"),
        ({"credentialSubject": True}, "/credentialSubject"),
        ({"credentialSubject": {"id": None}}, "/credentialSubject/id"),
        ({"credentialSubject": {"id": ["did:a:b"]}}, "/credentialSubject/id"),
        ({"credentialSchema": {"id": "urn:a:b"}}, "/credentialSchema/type"),
        ({"name": {"@value": "x", "@direction": "up"}}, "/name"),
        ({"name": [{"@value": "x"}, {"@language": "en"}]}, "/name"),
        ({"relatedResource": "https://resource.example/"}, "/relatedResource"),
        ({"relatedResource": {"digestSRI": "sha256-x"}}, "/relatedResource"),
        ({"relatedResource": {"id": "a b", "digestSRI": "x"}}, "/relatedResource/id"),
        ({"name": {"@value": "x", "extra": "y"}}, "/name"),
        ({"description": 4}, "/description"),
        ({"issuer": {"id": "did:a:b", "name": [{"value": "x"}]}}, "/issuer/name"),
        ({"relatedResource": {"id": "urn:a:b"}}, "/relatedResource"),
        ({"relatedResource": [{"id": "urn:a:b", "digestSRI": "x"}] * 2}, "/relatedResource"),
        ({"credentialSubject": {"@id": "did:a:b"}}, "/credentialSubject/@id"),
        ({"credentialSubject": {"a/b": {"@type": "x"}}}, "/credentialSubject/a~1b/@type"),
    ],
)
def test_a_malformed_member_is_named(members: dict[str, Any], pointer: str) -> None:
    """What is malformed is refused, with the place."""
    with pytest.raises(RefusedError) as caught:
        parse_credential(changed(GOOD, **members))

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    "members",
    [
        {"id": ...},
        {"id": "did:web:issuer.example"},
        {"issuer": "did:web:issuer.example"},
        {"validFrom": ...},
        {"validFrom": "2026-03-23T20:31:06.123Z", "validUntil": "2026-03-24T03:31:06+05:00"},
        {"validUntil": "2023-03-23T20:31:06Z", "validFrom": ...},
        {"type": ["https://types.example/Own", "VerifiableCredential"]},
        {"type": "VerifiableCredential"},
        {"credentialSubject": {"name": "no id"}},
        {"credentialSubject": [{"id": "did:a:b"}, {"name": "second"}]},
        {"name": {"@value": "x", "@language": "ar", "@direction": "rtl"}},
        {"description": [{"@value": "x", "@language": "en"}, {"@value": "y"}]},
        {"issuer": {"id": "did:a:b", "name": [{"@value": "x", "@language": "en"}]}},
        {"credentialStatus": {"type": "SomethingNobodyKnows"}},
        {"credentialStatus": [{"type": "X", "id": "urn:a:b"}, {"type": "X"}]},
        {"credentialSchema": {"type": "X", "id": "did:a:b"}},
        {"credentialSchema": [{"type": "X", "id": "urn:a:b"}, {"type": "X", "id": "urn:a:c"}]},
        {"refreshService": [{"type": "X"}, {"type": "X", "id": "urn:a:b"}]},
        {"termsOfUse": {"type": "X"}},
        {"evidence": [{"type": ["X", "Y"]}, {"type": "X", "id": "data:text/plain,x"}]},
        {"renderMethod": {"type": "X"}, "confidenceMethod": [{"type": "X"}]},
        {"relatedResource": {"id": "urn:a:b", "digestMultibase": "uAAAA"}},
    ],
)
def test_what_the_data_model_admits_is_read(members: dict[str, Any]) -> None:
    """No rule of ours is in the way of a credential that the standard calls good."""
    document = changed(GOOD, **members)

    credential = parse_credential(document)

    assert credential.document == document


@pytest.mark.parametrize(
    "members",
    [
        {"holder": "nobody"},
        {"termsOfUse": {"id": "urn:a:b"}},
        {"id": "data:application/vp+jwt,e30.e30.e30"},
        {"type": ["VerifiableCredential"]},
        {"verifiableCredential": ["e30.e30.e30"]},
        {"verifiableCredential": [{}]},
    ],
)
def test_a_malformed_presentation_is_refused(members: dict[str, Any]) -> None:
    """The members of a presentation are held to the data model like a credential's."""
    good = {"@context": [CONTEXT_V2], "type": ["VerifiablePresentation"]}
    assert parse_presentation(good).credentials == ()

    with pytest.raises(RefusedError) as caught:
        parse_presentation(good | members)

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR


def test_a_credential_of_1_1_needs_its_date_and_status_id() -> None:
    """1.1 asks for more than 2.0 in two places."""
    for members in (
        {"issuanceDate": ...},
        {"credentialStatus": {"type": "X"}},
        {"refreshService": {"type": "X"}},
    ):
        with pytest.raises(RefusedError):
            parse_credential(changed(OLD, **members))


def test_too_many_status_entries_are_refused() -> None:
    """Every entry costs a fetch, so their number is bounded."""
    entries = [{"type": "BitstringStatusListEntry"}] * 9

    with pytest.raises(RefusedError) as caught:
        parse_credential(changed(GOOD, credentialStatus=entries))

    assert caught.value.code is Code.LIMIT_EXCEEDED


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(name=st.sampled_from([*GOOD, "credentialStatus", "evidence", "name", "@id"]), value=JSON)
def test_no_member_value_raises_anything_else(name: str, value: Any) -> None:
    """Whatever a member holds, the answer is a credential or a refusal."""
    with contextlib.suppress(RefusedError):
        credential = parse_credential({**GOOD, name: value})

        assert credential.issuer.count(":") > 0
