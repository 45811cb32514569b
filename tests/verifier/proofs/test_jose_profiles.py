"""Credentials in tokens that say no more than ``JWT``: Open Badges 3.0 and data model 1.1."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.tokens import jwt
from tests.verifier.proofs.jose_judging import (
    HOLDER,
    KEY,
    MALFORMED,
    NOW,
    OB_CLAIMS,
    OLD_CLAIMS,
    OTHER_KIND,
    SECONDS,
    STRANGER,
    V1,
    VERIFIED,
    answer,
    badge,
    judge,
    old_badge,
    refused,
)
from verifier.errors import Code
from verifier.report import Outcome, Step
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify


@pytest.mark.parametrize("typ", ["JWT", "jwt", ...])
def test_an_open_badges_token_verifies(typ: Any) -> None:
    """The payload is the credential, with the claims that repeat its members."""
    assert VERIFIED == answer(judge(jwt(badge() | OB_CLAIMS, KEY, typ=typ)))


@pytest.mark.parametrize("name", OB_CLAIMS)
def test_an_open_badges_token_repeats_these_members(name: str) -> None:
    """Each is compared, so each must be there."""
    payload = {k: v for k, v in (badge() | OB_CLAIMS).items() if k != name}

    assert MALFORMED == answer(judge(jwt(payload, KEY, typ="JWT")))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": STRANGER.did},
        {"jti": "urn:uuid:0"},
        {"sub": STRANGER.did},
        {"nbf": 1774297867},
        {"nbf": "1774297866"},
        {"exp": 1893456000},
    ],
    ids=str,
)
def test_an_open_badges_token_does_not_contradict_itself(claims: JsonObject) -> None:
    """Claims and members are equal, dates to the second."""
    assert MALFORMED == answer(judge(jwt(badge() | OB_CLAIMS | claims, KEY, typ="JWT")))


def test_the_end_of_an_open_badge_stands_in_its_token_too() -> None:
    """``validUntil`` needs ``exp``, and a fraction of a second is no contradiction."""
    document = badge(validUntil="2030-01-01T00:00:00.250Z") | OB_CLAIMS

    without = judge(jwt(document, KEY, typ="JWT"))
    with_end = judge(jwt(document | {"exp": 1893456000}, KEY, typ="JWT"))

    assert (MALFORMED, VERIFIED) == (answer(without), answer(with_end))


def test_an_open_badge_that_has_ended_has_ended_once() -> None:
    """Its dates are the credential's, and are reported as such."""
    document = badge(validUntil="2026-11-30T00:00:00Z") | OB_CLAIMS | {"exp": 1795996800}

    report = judge(jwt(document, KEY, typ="JWT"))

    assert [Code.EXPIRED] == [problem.code for problem in report.problems]


# --- data model 1.1 ---------------------------------------------------------------------


def test_a_wrapped_credential_verifies() -> None:
    """With all members and claims, which agree."""
    token = jwt({"vc": old_badge()} | OLD_CLAIMS, KEY, typ="JWT")

    verified = verify(token.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))

    assert old_badge() == verified.document


@pytest.mark.parametrize(
    ("claim", "member"),
    [
        ("iss", "issuer"),
        ("jti", "id"),
        ("nbf", "issuanceDate"),
        ("exp", "expirationDate"),
        ("sub", "credentialSubject"),
    ],
)
def test_a_claim_stands_for_a_member_that_is_left_out(claim: str, member: str) -> None:
    """Data model 1.1, section 6.3.1: decoding gives the whole credential."""
    absent: Any = {"name": "Maya"} if claim == "sub" else ...
    wrapped = old_badge(**{member: absent, "@context": [V1, _EXAMPLES]})
    token = jwt({"vc": wrapped} | OLD_CLAIMS, KEY)

    verified = verify(token.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))

    completed = {"credentialSubject": {"id": HOLDER.did, "name": "Maya"}}
    expected = old_badge() | (completed if claim == "sub" else {})
    assert expected[member] == verified.document[member]


def test_sub_stands_for_the_id_of_a_subject_in_a_list_of_one() -> None:
    """JSON-LD's two ways to write one value are one; of several subjects none is meant."""
    contexts = {"@context": [V1, _EXAMPLES]}
    one = {"vc": old_badge(credentialSubject=[{"name": "Maya"}], **contexts)}
    two = {"vc": old_badge(credentialSubject=[{"name": "Maya"}, {"name": "Jo"}], **contexts)}

    verified = verify(
        jwt(one | OLD_CLAIMS, KEY).encode(), now=NOW, sources=Sources(fetch=FakeNetwork())
    )

    assert [{"id": HOLDER.did, "name": "Maya"}] == verified.document["credentialSubject"]
    assert MALFORMED == answer(judge(jwt(two | OLD_CLAIMS, KEY)))


_EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": STRANGER.did},
        {"jti": "urn:uuid:0"},
        {"sub": STRANGER.did},
        {"nbf": 1774297867},
        {"exp": 1893456001},
        {"nbf": "1774297866"},
        {"@context": [V1]},
        {"vp": {}},
    ],
    ids=str,
)
def test_a_wrapped_credential_does_not_contradict_its_claims(claims: JsonObject) -> None:
    """None is silently preferred."""
    report = judge(jwt({"vc": old_badge()} | OLD_CLAIMS | claims, KEY))

    assert Outcome.NOT_VERIFIED is report.outcome
    assert Code.MALFORMED_VALUE_ERROR is answer(report)[1]


@pytest.mark.parametrize("vc", [None, "oops", [], 1, [{}]])
def test_what_is_wrapped_is_an_object(vc: Any) -> None:
    """``vc`` holds one credential."""
    assert MALFORMED == answer(judge(jwt({"vc": vc} | OLD_CLAIMS, KEY)))


def test_a_wrapped_credential_needs_a_date() -> None:
    """Neither ``nbf`` nor ``issuanceDate``: data model 1.1 needs one."""
    claims = {k: v for k, v in OLD_CLAIMS.items() if k != "nbf"}

    assert MALFORMED == answer(judge(jwt({"vc": old_badge(issuanceDate=...)} | claims, KEY)))


def test_a_wrapped_credential_of_data_model_2_keeps_its_own_dates() -> None:
    """Some issuers wrap the newer edition; there ``nbf`` and ``exp`` are the signature's."""
    token = jwt({"vc": badge(issuer=...)} | OLD_CLAIMS | {"nbf": SECONDS, "exp": SECONDS + 9}, KEY)

    verified = verify(token.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))
    ended = judge(token, now=NOW + timedelta(seconds=100))

    assert badge() == verified.document
    assert refused(Code.EXPIRED, Step.VALIDITY) == answer(ended)


def test_a_token_with_neither_shape_is_refused() -> None:
    """An ordinary JWT is no credential."""
    assert OTHER_KIND == answer(judge(jwt({"iss": KEY.did, "sub": "x"}, KEY, typ="JWT")))
