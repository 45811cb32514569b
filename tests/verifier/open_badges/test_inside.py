"""Credentials inside a credential: each verified on its own, each with its consequence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import Ed25519TestKey, secure_document
from tests.tokens import enveloped, vc_jwt
from tests.verifier.judging import KEY, STRANGER, badge, codes, judge, without
from verifier import limits
from verifier.errors import Code
from verifier.policy import UNSAFE_VECTORS
from verifier.report import Outcome, Report, Result
from verifier.strict_json import JsonObject

V2 = "https://www.w3.org/ns/credentials/v2"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
ENDORSER = Ed25519TestKey.number(5)
LEARNER = "did:web:learner.example"
PLACE = "/credentialSubject/verifiableCredential/0"
LATE = datetime(2031, 1, 1, tzinfo=UTC)


def inner_badge(subject: JsonObject | None = None, **members: Any) -> JsonObject:
    """An unsigned badge about the learner."""
    document = badge(**members)
    achievement = document["credentialSubject"]["achievement"]
    document["credentialSubject"] = {
        "type": ["AchievementSubject"],
        "achievement": achievement,
        **({"id": LEARNER} if subject is None else subject),
    }
    return document


def record(*inner: Any, subject: JsonObject | None = None, **members: Any) -> JsonObject:
    """A signed record of learning with ``inner`` in it."""
    document = {
        "@context": [V2, CLR, OB],
        "id": "urn:uuid:0b6a3b6e-6c1a-4f0e-8a54-7f4c9d1b2a3c",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": KEY.did, "type": ["Profile"], "name": "A school"},
        "validFrom": "2026-03-23T20:31:06Z",
        "name": "Record",
        "credentialSubject": {
            "type": ["ClrSubject"],
            "verifiableCredential": list(inner),
            **({"id": LEARNER} if subject is None else subject),
        },
    }
    return secure_document(document | members, KEY)


def endorsement(about: str = KEY.did, **members: Any) -> JsonObject:
    """An unsigned endorsement by the endorser."""
    return {
        "@context": [V2, OB],
        "id": "urn:uuid:4d1c9a0e-58f7-4c47-a6a3-0c7c1f0b9d52",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER.did, "type": ["Profile"]},
        "validFrom": "2026-03-20T00:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {
            "id": about,
            "type": ["EndorsementSubject"],
            "endorsementComment": "A good school.",
        },
    } | members


def report_of(document: JsonObject, **options: Any) -> Report:
    return judge(document, **options).report


def embedded_checks(report: Report) -> list[tuple[str, Result, str | None]]:
    return [
        (check.name, check.result, check.by)
        for check in report.checks
        if check.name in ("embedded", "endorsement")
    ]


# --- records of learning ----------------------------------------------------------------


def test_each_credential_of_a_record_is_verified() -> None:
    """By the same ten steps, as a check of its own."""
    first = secure_document(inner_badge(), KEY)
    second = secure_document(inner_badge(id="urn:uuid:5d0b5b1c-8b1c-4a57-8a3c-1f1f0d1b2c3d"), KEY)

    report = report_of(record(first, second))

    assert Outcome.VERIFIED is report.outcome
    assert [
        ("embedded", Result.PASSED, PLACE),
        ("embedded", Result.PASSED, f"{PLACE[:-1]}1"),
    ] == embedded_checks(report)


def test_a_bad_credential_makes_the_record_bad() -> None:
    """Whatever is wrong with it: the school that signed the record does not make it good."""
    changed = secure_document(inner_badge(), KEY) | {"name": "Doctorate"}
    ended = secure_document(inner_badge(validUntil="2026-04-01T00:00:00Z"), KEY)
    stranger = secure_document(inner_badge(), STRANGER)
    expected = {
        Code.PROOF_VERIFICATION_ERROR: changed,
        Code.EXPIRED: ended,
        Code.ISSUER_KEY_MISMATCH: stranger,
        Code.PARSING_ERROR: inner_badge(),
    }

    for code, inner in expected.items():
        report = report_of(record(inner))

        assert (Outcome.NOT_VERIFIED, [code]) == (report.outcome, codes(report))
        assert report.problems[0].pointer.startswith(PLACE)


def test_a_credential_that_could_not_be_checked_leaves_the_record_open() -> None:
    """An open question inside is one of the whole."""
    entry = {"type": "urn:x:status", "id": "https://status.example/1"}
    inner = secure_document(inner_badge(credentialStatus=entry), KEY)

    report = report_of(record(inner))

    assert (Outcome.COULD_NOT_CHECK, [Code.UNSUPPORTED_STATUS_TYPE]) == (
        report.outcome,
        codes(report),
    )


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ({"id": LEARNER}, {"id": "did:web:other.example"}, Outcome.NOT_VERIFIED),
        ({"identifier": "a@b.example"}, {"identifier": "a@b.example"}, Outcome.VERIFIED),
        ({"identifier": "a@b.example"}, {"identifier": "c@b.example"}, Outcome.NOT_VERIFIED),
        ({"identifier": "a@b.example"}, {"id": LEARNER}, Outcome.NOT_VERIFIED),
    ],
)
def test_a_credential_of_a_record_is_about_its_learner(
    inner: JsonObject, outer: JsonObject, expected: Outcome
) -> None:
    """By id or by a matching identifier: nobody collects what others achieved."""
    subjects = [_with_identity(part) for part in (inner, outer)]
    document = record(secure_document(inner_badge(subjects[0]), KEY), subject=subjects[1])

    assert expected is report_of(document).outcome


def _with_identity(part: JsonObject) -> JsonObject:
    if "identifier" not in part:
        return part
    identity = {"type": "IdentityObject", "hashed": False, "identityType": "emailAddress"}
    return {"identifier": [identity | {"identityHash": part["identifier"]}]}


def test_a_warning_inside_is_told_with_its_place() -> None:
    """What is softened by the rules is said of each credential: here, of whose key it is."""
    inner = secure_document(inner_badge(), STRANGER)

    report = report_of(record(inner), policy=UNSAFE_VECTORS)

    assert Outcome.VERIFIED is report.outcome
    assert [f"At {PLACE}: The key"] == [it[: len(PLACE) + 12] for it in report.warnings]


def test_records_in_records_are_followed_so_far() -> None:
    """Beyond the bound the question stays open: it is never a yes."""
    innermost = secure_document(inner_badge(), KEY)
    two = record(record(innermost))
    three = record(two)

    assert Outcome.VERIFIED is report_of(two).outcome
    assert (Outcome.COULD_NOT_CHECK, [Code.LIMIT_EXCEEDED]) == (
        report_of(three).outcome,
        codes(report_of(three)),
    )


def test_the_number_of_credentials_inside_is_bounded() -> None:
    """Each costs a signature and perhaps a request."""
    one = secure_document(inner_badge(), KEY)
    many = record(*[one] * (limits.EMBEDDED_CREDENTIALS_IN_ALL + 1))

    assert {Code.LIMIT_EXCEEDED} == set(codes(report_of(many)))


# --- endorsements -----------------------------------------------------------------------


def endorsed(*endorsements: Any, **members: Any) -> JsonObject:
    return secure_document(badge(endorsement=list(endorsements), **members), KEY)


def test_an_endorsement_that_verifies_is_told() -> None:
    """About the issuer, the badge or the achievement, as it stands in the badge."""
    for about in (KEY.did, badge()["id"], badge()["credentialSubject"]["achievement"]["id"]):
        report = report_of(endorsed(secure_document(endorsement(about), ENDORSER)))

        assert (Outcome.VERIFIED, ()) == (report.outcome, report.warnings)
        assert [("endorsement", Result.PASSED, "/endorsement/0")] == embedded_checks(report)


@pytest.mark.parametrize(
    "inner",
    [
        secure_document(endorsement(), STRANGER),
        secure_document(endorsement("did:web:somebody.else"), ENDORSER),
        secure_document(endorsement(validUntil="2026-04-01T00:00:00Z"), ENDORSER),
        secure_document(inner_badge(id="urn:uuid:5d0b5b1c-8b1c-4a57-8a3c-1f1f0d1b2c3d"), KEY),
    ],
)
def test_an_endorsement_that_does_not_count_is_a_warning(inner: JsonObject) -> None:
    """By somebody else, about something else, ended, or none at all: the badge is as good as
    without it."""
    report = report_of(endorsed(inner))

    assert Outcome.VERIFIED is report.outcome
    assert [] == embedded_checks(report)
    assert 1 == len([it for it in report.warnings if "/endorsement/0" in it])


@pytest.mark.parametrize(
    "inner",
    [
        endorsement(),
        secure_document(endorsement(), ENDORSER) | {"name": "Another"},
        without(secure_document(endorsement(), ENDORSER), "issuer"),
        {"@context": [V2], "type": "VerifiableCredential", "name": "nothing"},
    ],
)
def test_one_that_is_not_as_it_was_signed_spoils_the_badge(inner: JsonObject) -> None:
    """A signature over statements does not say where a thing stands. What is missing from the
    endorsement, a mark that its author gave, may stand in the badge as the issuer's now."""
    report = report_of(endorsed(inner))

    assert Outcome.NOT_VERIFIED is report.outcome
    assert [("embedded", Result.FAILED, "/endorsement/0")] == embedded_checks(report)


def test_another_badge_of_the_same_id_is_no_endorsement() -> None:
    """To a signature over statements the two are one, and could exchange their subjects."""
    report = report_of(endorsed(secure_document(inner_badge(), KEY)))

    assert Outcome.NOT_VERIFIED is report.outcome
    assert [("embedded", Result.FAILED, "/endorsement/0")] == embedded_checks(report)


def test_an_endorsement_does_not_vouch_for_what_only_it_names() -> None:
    """Its own ids are not in the badge."""
    own = endorsement("urn:uuid:4d1c9a0e-58f7-4c47-a6a3-0c7c1f0b9d52")

    report = report_of(endorsed(secure_document(own, ENDORSER)))

    assert 1 == len(report.warnings)


def test_the_time_of_the_whole_is_the_time_inside() -> None:
    """An endorsement that ends later than today and earlier than then."""
    inner = secure_document(endorsement(validUntil="2030-01-01T00:00:00Z"), ENDORSER)

    assert () == report_of(endorsed(inner)).warnings
    assert 1 == len(report_of(endorsed(inner), now=LATE).warnings)


# --- tokens inside ----------------------------------------------------------------------


def test_an_endorsement_may_be_a_token() -> None:
    """``endorsementJwt`` holds tokens as text; each is verified like one that came alone."""
    good = vc_jwt(endorsement(), ENDORSER)
    changed = good[:-8] + "AAAAAAAA"
    document = secure_document(badge(endorsementJwt=[good, changed, "no token"]), KEY)

    report = report_of(document)

    assert Outcome.VERIFIED is report.outcome
    assert [("endorsement", Result.PASSED, "/endorsementJwt/0")] == embedded_checks(report)
    assert 2 == len([it for it in report.warnings if "/endorsementJwt/" in it])


def test_a_record_may_hold_a_token_in_an_envelope() -> None:
    """VC Data Model 2.0, section 4.13.1: in a record as in a presentation."""
    token = vc_jwt(inner_badge(), KEY)

    good = report_of(record(enveloped(token)))
    bad = report_of(record(enveloped(token[:-8] + "AAAAAAAA")))

    assert Outcome.VERIFIED is good.outcome
    assert [("embedded", Result.PASSED, PLACE)] == embedded_checks(good)
    assert Outcome.NOT_VERIFIED is bad.outcome


def test_what_stands_in_a_token_is_verified_too() -> None:
    """Whatever secures the badge: its endorsements are looked at in the same way."""
    good = secure_document(endorsement(), ENDORSER)
    token = vc_jwt(badge(endorsement=[good, endorsement()]), KEY)

    report = judge(token.encode()).report

    assert Outcome.VERIFIED is report.outcome
    assert [("endorsement", Result.PASSED, "/endorsement/0")] == embedded_checks(report)
    assert 1 == len([it for it in report.warnings if "/endorsement/1" in it])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@context", "id", "type", "proof", "issuer", "credentialSubject"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(name=st.sampled_from(["endorsement", "endorsementJwt"]), value=JSON)
@settings(max_examples=100)
def test_nothing_inside_raises_anything_else(name: str, value: Any) -> None:
    """Whatever stands where an endorsement is looked for, in a token, which keeps any JSON."""
    report = judge(vc_jwt(badge(**{name: value}), KEY).encode()).report

    assert report.outcome in Outcome
    assert [] == embedded_checks(report)


@given(value=JSON)
@settings(max_examples=100)
def test_nothing_in_a_record_raises_anything_else(value: Any) -> None:
    """Whatever stands where the credentials of a record are looked for is never a good one."""
    document = record(secure_document(inner_badge(), KEY))
    document["credentialSubject"]["verifiableCredential"] = value

    report = judge(vc_jwt(without(document, "proof"), KEY).encode()).report

    assert Outcome.VERIFIED is not report.outcome
