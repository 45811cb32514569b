"""What a holder may leave out, for every worked example and for documents nobody thought of."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.projection.disclosure import MANDATORY_OF_RECORDS, as_claims, disclosable
from issuer.projection.vct import build_type_metadata, vct_of
from tests.example_records import PROJECTED, example_projected
from tests.signers import EcTestKey
from verifier.credential_type import check_credential_type
from verifier.date_time_stamp import parse_instant
from verifier.proofs.ecdsa_sd_select import select
from verifier.proofs.sd_jwt import open_payload, parse_sd_jwt
from verifier.proofs.sd_jwt_issue import build_sd_jwt
from verifier.proofs.sd_jwt_present import present
from verifier.strict_json import JsonObject
from verifier.type_metadata import parse_type_metadata

BASE_URL = "https://issuer.example"
KEY = EcTestKey.number(1)
TYPE = parse_type_metadata(
    json.dumps(build_type_metadata(BASE_URL)).encode(), vct=vct_of(BASE_URL), integrity=None
)


def claims_of(name: str) -> JsonObject:
    return as_claims(example_projected(name), vct_of(BASE_URL))


def token_of(claims: JsonObject) -> str:
    salts = count()
    return build_sd_jwt(
        claims,
        disclosable(claims),
        header={"alg": "ES256", "typ": "dc+sd-jwt", "kid": KEY.verification_method},
        sign=KEY.sign,
        salts=lambda: f"{next(salts):022}",
    )


@pytest.mark.parametrize("name", PROJECTED)
def test_every_example_keeps_to_our_type(name: str) -> None:
    """Whole, and with all kept back: what must be there is, what is hidden may be."""
    claims = claims_of(name)
    whole = token_of(claims)

    for text in (whole, present(whole, [])):
        token = parse_sd_jwt(text)
        check_credential_type(open_payload(token.unverified_payload, token.disclosures), TYPE)

    opened = parse_sd_jwt(whole)
    assert claims == open_payload(opened.unverified_payload, opened.disclosures).claims


@pytest.mark.parametrize("name", PROJECTED)
def test_claims_say_what_the_document_says(name: str) -> None:
    """Each registered claim is the member it stands for, and no member is lost or said twice."""
    document, claims = example_projected(name), claims_of(name)

    assert document["issuer"]["id"] == claims["iss"]
    assert document["id"] == claims["jti"]
    assert int(parse_instant(document["validFrom"]).at.timestamp()) == claims["nbf"]
    assert document["issuer"] == claims["issuer"] | {"id": claims["iss"]}
    place = claims["status"]["status_list"]
    entry = document["credentialStatus"]
    assert (entry["statusListIndex"], entry["statusListCredential"]) == (
        str(place["idx"]),
        place["uri"],
    )
    said = {"@context", "type", "id", "validFrom", "credentialStatus", "credentialSchema", "issuer"}
    for member in set(document) - said:
        assert document[member] == claims[member]
    assert said.isdisjoint(set(claims) - {"issuer"})


@pytest.mark.parametrize("name", PROJECTED)
def test_names_and_days_can_be_kept_back_and_the_work_cannot(name: str) -> None:
    """The supervisor, who confirmed it and the learner's identifiers are among what is hidden."""
    document = example_projected(name)
    hidden = disclosable(document)

    always = ("/issuer", "/type", "/validFrom", "/credentialSubject/achievement", "/name")
    assert not [it for it in hidden if it.startswith(always)]
    work = document["evidence"][0]["microInternship"]
    for member in {"supervisorName", "attestation", "startDate", "learnerName"} & set(work):
        assert f"/evidence/0/microInternship/{member}" in hidden
    for place, _ in enumerate(document["credentialSubject"].get("identifier", [])):
        assert f"/credentialSubject/identifier/{place}" in hidden
    assert select(document, MANDATORY_OF_RECORDS)


@pytest.mark.parametrize("place", ["/credentialSubject", "/credentialSubject/0"])
def test_the_id_of_a_bound_token_stays_and_every_name_can_go(place: str) -> None:
    """It is the key in ``cnf``; without such a key it can go, and one of the names stays."""
    subject: Any = {"id": "did:key:z", "role": "r", "identifier": [{}, {}]}
    free: JsonObject = {"credentialSubject": [subject] if place.endswith("0") else subject}

    found, bound = disclosable(free), disclosable(free | {"cnf": {"jwk": {}}})

    names = {f"{place}/identifier/0", f"{place}/identifier/1"}
    assert {f"{place}/id", f"{place}/role", *names} == set(found)
    assert {f"{place}/identifier", f"{place}/role", *names} == set(bound)


def at(value: Any, pointer: str) -> Any:
    """What ``pointer`` leads to. Raises ``LookupError`` for nothing."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


_NAMES = [
    "credentialSubject",
    "cnf",
    "id",
    "evidence",
    "microInternship",
    "identifier",
    "startDate",
    "a/b",
    "~",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(_NAMES), JSON, max_size=5))
def test_every_pointer_leads_somewhere_in_any_document(document: JsonObject) -> None:
    """Documents are the callers': whatever their shape, nothing breaks and nothing is made up."""
    for pointer in disclosable(document):
        at(document, pointer)
