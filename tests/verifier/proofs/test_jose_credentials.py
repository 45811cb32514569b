"""A credential as ``vc+jwt``: what is read, and what must agree with it (VC-JOSE-COSE)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.signers import Signing
from tests.tokens import jwt, vc_jwt
from tests.verifier.jsonld.credentials import OB, V2, credential
from tests.verifier.proofs.jose_judging import (
    HOLDER,
    KEY,
    KEYS,
    MALFORMED,
    NOW,
    OTHER_KIND,
    SECONDS,
    STRANGER,
    VERIFIED,
    answer,
    badge,
    judge,
    refused,
)
from verifier.errors import Code
from verifier.policy import STANDARD
from verifier.proofs.jose import read_jwt
from verifier.report import Outcome, Step
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.public.key_type.name)
def test_a_credential_by_any_kind_of_key_verifies(key: Signing) -> None:
    """Ed25519, P-256, P-384: the payload is the credential, and nothing of it is lost."""
    document = badge(issuer=key.did)
    token = vc_jwt(document, key)

    verified = verify(token.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))

    assert (document, key.did) == (verified.document, verified.issuer)


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_ed25519_has_two_names(algorithm: str) -> None:
    """RFC 8037 and RFC 9864 name one algorithm."""
    assert VERIFIED == answer(judge(vc_jwt(badge(), KEY, alg=algorithm)))


@pytest.mark.parametrize("typ", ["VC+JWT", "application/vc+jwt"])
@pytest.mark.parametrize("cty", ["vc", "VC", "application/vc", ...])
def test_typ_and_cty_are_media_types(typ: str, cty: Any) -> None:
    """Case and ``application/`` make no difference; ``cty`` may be absent."""
    assert VERIFIED == answer(judge(vc_jwt(badge(), KEY, typ=typ, cty=cty)))


@pytest.mark.parametrize(
    "typ",
    [
        *("bad+typ", "at+jwt", "kb+jwt", "statuslist+jwt", "openid4vci-proof+jwt"),
        *("oauth-authz-req+jwt", "vc+ld+jwt", "vc-ld+jwt", "vc+ld+json+jwt", "dc+sd-jwt"),
        *("vc+sd-jwt", "vc+jwt+x", "vp+sd-jwt", "jose", "", "dpop+jwt", "secevent+jwt"),
    ],
)
def test_a_token_that_was_signed_for_something_else_is_refused(typ: str) -> None:
    """A good signature does not make a credential of an access token (RFC 8725, 3.11)."""
    assert OTHER_KIND == answer(judge(vc_jwt(badge(), KEY, typ=typ)))


@pytest.mark.parametrize("cty", ["bad+cty", "vp", "", None, 1, ["vc"]])
def test_a_credential_that_says_it_is_something_else_is_refused(cty: Any) -> None:
    """``cty`` names what the payload is."""
    assert OTHER_KIND == answer(judge(vc_jwt(badge(), KEY, cty=cty)))


@pytest.mark.parametrize("name", ["vc", "vp"])
@pytest.mark.parametrize("value", [{}, "oops", None])
def test_a_wrapped_document_beside_the_document_is_refused(name: str, value: Any) -> None:
    """Two readers would see two credentials (VC-JOSE-COSE, section 3.1.3)."""
    assert MALFORMED == answer(judge(vc_jwt(badge() | {name: value}, KEY)))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": KEY.did},
        {"jti": badge()["id"]},
        {"sub": HOLDER.did},
        {"iat": SECONDS - 10, "exp": SECONDS + 10, "nbf": 0},
        {"exp": SECONDS + 0.5},
        {"nonce": "c", "cnf": {"kid": "x"}},
        {"unknown": {"deep": [1]}},
    ],
    ids=lambda claims: ",".join(claims),
)
def test_claims_that_agree_are_admitted(claims: JsonObject) -> None:
    """Registered claims may be added, others are members that nobody reads."""
    assert VERIFIED == answer(judge(vc_jwt(badge() | claims, KEY)))


def test_claims_about_the_token_are_no_part_of_the_credential() -> None:
    """What is handed on is the document."""
    token = vc_jwt(badge() | {"iss": KEY.did, "iat": 1, "exp": SECONDS + 9, "nonce": "x"}, KEY)

    verified = verify(token.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))

    assert badge() == verified.document


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": STRANGER.did},
        {"iss": ""},
        {"iss": None},
        {"iss": [KEY.did]},
        {"iss": {"id": KEY.did}},
        {"jti": "urn:uuid:00000000-0000-0000-0000-000000000000"},
        {"jti": 5},
        {"sub": STRANGER.did},
        {"sub": None},
        {"exp": "1893456000"},
        {"exp": True},
        {"exp": -1},
        {"exp": 1e15},
        {"exp": None},
        {"nbf": "2026-03-23T20:31:06Z"},
        {"nbf": False},
        {"iat": "yesterday"},
        {"iat": [1]},
        {"iat": -0.5},
        {"aud": []},
        {"aud": [1]},
        {"aud": {}},
        {"aud": ""},
        {"nonce": 1},
        {"status": []},
        {"status": {}},
        {"status": "good"},
        {"status": {"status_list": None}},
        {"status": {"status_list": {"idx": "1", "uri": "https://uni.example/s"}}},
        {"status": {"status_list": {"idx": True, "uri": "https://uni.example/s"}}},
        {"status": {"status_list": {"idx": -1, "uri": "https://uni.example/s"}}},
        {"status": {"status_list": {"idx": 1, "uri": 5}}},
        {"status": {"status_list": {"idx": 1}}},
    ],
    ids=str,
)
def test_claims_that_contradict_or_cannot_be_read_are_refused(claims: JsonObject) -> None:
    """The claim and the member must not name two issuers, ids, subjects; dates are numbers."""
    assert MALFORMED == answer(judge(vc_jwt(badge() | claims, KEY)))


def test_an_issuer_in_the_header_must_be_the_issuer() -> None:
    """``iss`` may be repeated in the header, and is compared there too."""
    good = judge(vc_jwt(badge(), KEY, iss=KEY.did))
    bad = judge(vc_jwt(badge(), KEY, iss=STRANGER.did))
    two = judge(vc_jwt(badge(iss=KEY.did), KEY, iss=STRANGER.did))

    assert (VERIFIED, MALFORMED, MALFORMED) == (answer(good), answer(bad), answer(two))


def test_sub_is_one_of_several_subjects() -> None:
    """With several subjects the claim names one of them."""
    subjects = [{"id": "did:example:a", "name": "A"}, {"id": "did:example:b", "name": "B"}]
    document = badge(
        **{"@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"]},
        type=["VerifiableCredential"],
        credentialSubject=subjects,
        evidence=...,
    )

    assert VERIFIED == answer(judge(vc_jwt(document | {"sub": "did:example:b"}, KEY)))
    assert MALFORMED == answer(judge(vc_jwt(document | {"sub": "did:example:c"}, KEY)))


def test_a_subject_without_an_id_has_no_name_in_the_token() -> None:
    """A claim must not give an id to a subject that has none."""
    document = badge(credentialSubject=credential()["credentialSubject"])

    assert MALFORMED == answer(judge(vc_jwt(document | {"sub": HOLDER.did}, KEY)))


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": SECONDS - 61}, Code.EXPIRED),
        ({"exp": SECONDS - 60}, Code.EXPIRED),
        ({"exp": SECONDS - 59}, None),
        ({"nbf": SECONDS + 60}, None),
        ({"nbf": SECONDS + 61}, Code.NOT_YET_VALID),
        ({"iat": SECONDS + 61}, Code.NOT_YET_VALID),
        ({"iat": SECONDS + 61, "nbf": 5}, Code.NOT_YET_VALID),
        ({"iat": 5, "nbf": SECONDS + 61}, Code.NOT_YET_VALID),
    ],
)
def test_the_dates_of_the_signature_count(claims: JsonObject, code: Code | None) -> None:
    """A token has ended when ``exp`` is reached; 60 s are allowed for clocks (RFC 7519, 4.1)."""
    report = judge(vc_jwt(badge() | claims, KEY))

    step = None if code is None else Step.VALIDITY
    outcome = Outcome.VERIFIED if code is None else Outcome.NOT_VERIFIED
    assert (outcome, code, step) == answer(report)


def test_a_date_as_text_for_iat_is_read_with_a_warning() -> None:
    """The W3C's test suite writes it so, and it can be read in one way only."""
    past = judge(vc_jwt(badge(iat="2026-03-23T20:31:06Z"), KEY))
    future = judge(vc_jwt(badge(iat="2027-03-23T20:31:06Z"), KEY))

    assert (VERIFIED, 1) == (answer(past), len(past.warnings))
    assert refused(Code.NOT_YET_VALID, Step.VALIDITY) == answer(future)


def test_the_credentials_own_dates_count_too() -> None:
    """``validUntil`` is about the credential, whatever ``exp`` says."""
    token = vc_jwt(badge(validUntil="2026-11-30T00:00:00Z", exp=SECONDS + 100), KEY)

    assert refused(Code.EXPIRED, Step.VALIDITY) == answer(judge(token))


@pytest.mark.parametrize("audience", ["https://recruiter.example", ["a", "b"]])
def test_a_credential_for_certain_readers_leaves_the_question_open(audience: Any) -> None:
    """Whether the reader is one of them, the verifier does not know (RFC 7519, 4.1.3)."""
    outcome = answer(judge(vc_jwt(badge() | {"aud": audience}, KEY)))

    assert (Outcome.COULD_NOT_CHECK, Code.INVALID_DOMAIN_ERROR, Step.SHAPE) == outcome


def test_a_status_list_token_becomes_a_status_entry() -> None:
    """The IETF's claim stands beside the entries of the document, and is read like them."""
    entry = {"type": "TokenStatusList", "idx": 7, "uri": "https://uni.example/statuslists/1"}
    own = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": "https://uni.example/status/1",
    }
    claim = {"status": {"status_list": {"idx": 7, "uri": entry["uri"]}}}

    reading = read_jwt(vc_jwt(badge(credentialStatus=own) | claim, KEY)).read_credential(STANDARD)

    assert (own, entry) == reading.content.statuses
    assert badge(credentialStatus=own) == reading.content.document


def test_a_status_that_is_not_known_leaves_the_question_open() -> None:
    """No mechanism is passed over."""
    report = judge(vc_jwt(badge() | {"status": {"other": {}}}, KEY))

    assert (Outcome.COULD_NOT_CHECK, Code.UNSUPPORTED_STATUS_TYPE, Step.STATUS) == answer(report)


def test_too_many_statuses_are_refused() -> None:
    """Each costs a request."""
    claim = {"status": {f"m{n}": {} for n in range(9)}}

    assert refused(Code.LIMIT_EXCEEDED, Step.SHAPE) == answer(judge(vc_jwt(badge() | claim, KEY)))


def test_a_credential_that_is_secured_twice_leaves_the_question_open() -> None:
    """A proof inside a token would go unread."""
    report = judge(vc_jwt(badge() | {"proof": {"type": "DataIntegrityProof"}}, KEY))

    assert (Outcome.COULD_NOT_CHECK, Code.UNSUPPORTED_FORMAT, Step.SHAPE) == answer(report)


def test_contexts_are_known_ones() -> None:
    """The words must have a meaning here."""
    document = badge(**{"@context": [V2, OB, "https://example.org/unknown"]})

    outcome = answer(judge(vc_jwt(document, KEY)))

    assert (Outcome.COULD_NOT_CHECK, Code.UNKNOWN_CONTEXT, Step.SHAPE) == outcome


@pytest.mark.parametrize("payload", [b"[]", b"1", b'{"a":1,"a":2}', b"\xff", b"{", b'{"a":NaN}'])
def test_a_payload_that_is_no_plain_object_is_refused(payload: bytes) -> None:
    """The strict loader reads the payload too."""
    token = jwt(payload, KEY, typ="vc+jwt")

    assert refused(Code.PARSING_ERROR, Step.FORMAT) == answer(judge(token))


def test_an_unsecured_document_is_refused() -> None:
    """JSON without any signature is no credential."""
    assert refused(Code.PARSING_ERROR, Step.FORMAT) == answer(judge(badge()))
