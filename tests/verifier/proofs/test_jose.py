"""Credentials and presentations as JWT: what is read, what must agree, whose key it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_network import FakeNetwork
from tests.signers import EcTestKey, Ed25519TestKey, RsaTestKey, Signing
from tests.tokens import enveloped, jwt, vc_jwt, vp_jwt
from tests.verifier.jsonld.credentials import OB, V2, credential
from verifier.dids.keys import KeyHint
from verifier.errors import CheckError, Code
from verifier.formats import parse_input, recognise
from verifier.policy import STANDARD, UNSAFE_VECTORS, Policy
from verifier.proofs.jose import build_ob_jwt, build_vc_jwt, build_vp_jwt, read_jwt
from verifier.proofs.jwk import build_jwk, thumbprint
from verifier.proofs.jws import build_jws, encode_base64url, parse_jws
from verifier.proofs.multikey import KeyType
from verifier.report import Holder, Outcome, OutcomeError, Report, Step
from verifier.secured import Format
from verifier.sources import Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify
from verifier.verify_presentation import Asked, verify_presentation

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
KEY = Ed25519TestKey.number(1)
STRANGER = Ed25519TestKey.number(3)
HOLDER = EcTestKey.number(4, KeyType.P256)
V1 = "https://www.w3.org/2018/credentials/v1"
NONCE = "8bW3nX0f"
VERIFIER = "https://recruiter.example"
ASKED = Asked(challenge=NONCE, domains=frozenset({VERIFIER}))
WEB = "did:web:uni.example"
KEYS: list[Signing] = [
    KEY,
    EcTestKey.number(1, KeyType.P256),
    EcTestKey.number(1, KeyType.P384),
]


def badge(**members: Any) -> JsonObject:
    """A credential by the test key about a learner with an id."""
    subject = credential()["credentialSubject"] | {"id": HOLDER.did}
    document = credential(issuer=KEY.did, credentialSubject=subject) | members
    return {name: value for name, value in document.items() if value is not ...}


def old_badge(**members: Any) -> JsonObject:
    """A credential of data model 1.1 with every member that a claim may stand for."""
    document = {
        "@context": [V1],
        "id": "urn:uuid:5e0b5b1c-8b1c-4a57-8a3c-1f1f0d1b2c3d",
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        "issuanceDate": "2026-03-23T20:31:06Z",
        "expirationDate": "2030-01-01T00:00:00Z",
        "credentialSubject": {"id": HOLDER.did},
    } | members
    return {name: value for name, value in document.items() if value is not ...}


OLD_CLAIMS: JsonObject = {
    "iss": KEY.did,
    "jti": "urn:uuid:5e0b5b1c-8b1c-4a57-8a3c-1f1f0d1b2c3d",
    "nbf": 1774297866,
    "exp": 1893456000,
    "sub": HOLDER.did,
}
OB_CLAIMS: JsonObject = {name: OLD_CLAIMS[name] for name in ("iss", "jti", "nbf", "sub")}


def presentation(*credentials: Any, **members: Any) -> JsonObject:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials),
    } | members
    return {name: value for name, value in document.items() if value is not ...}


def asked_for(document: JsonObject, **claims: Any) -> JsonObject:
    """The payload of a presentation that answers what the verifier asked."""
    payload = document | {"nonce": NONCE, "aud": VERIFIER} | claims
    return {name: value for name, value in payload.items() if value is not ...}


def judge(
    data: str | JsonObject,
    *,
    now: datetime = NOW,
    policy: Policy = STANDARD,
    answers: dict[str, Any] | None = None,
) -> Report:
    sources = Sources(fetch=FakeNetwork(answers or {}))
    given_ = data.encode() if isinstance(data, str) else data
    try:
        return verify(given_, now=now, sources=sources, policy=policy).report
    except OutcomeError as error:
        return error.report


def judge_presentation(
    data: str | JsonObject, *, asked: Asked = ASKED, now: datetime = NOW
) -> Report:
    given_ = data.encode() if isinstance(data, str) else data
    try:
        return verify_presentation(
            given_, asked=asked, now=now, sources=Sources(fetch=FakeNetwork())
        ).report
    except OutcomeError as error:
        return error.report


def answer(report: Report) -> tuple[Outcome, Code | None, Step | None]:
    """The outcome, and the code and step of the first problem."""
    for check in report.checks:
        if check.problem is not None:
            return report.outcome, check.problem.code, check.step
    return report.outcome, None, None


VERIFIED = (Outcome.VERIFIED, None, None)


def refused(code: Code, step: Step) -> tuple[Outcome, Code, Step]:
    return Outcome.NOT_VERIFIED, code, step


MALFORMED = refused(Code.MALFORMED_VALUE_ERROR, Step.SHAPE)
OTHER_KIND = refused(Code.MALFORMED_VALUE_ERROR, Step.FORMAT)


# --- vc+jwt -----------------------------------------------------------------------------


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


# --- whose key --------------------------------------------------------------------------


def test_a_signature_by_a_stranger_is_not_the_issuers() -> None:
    """The stranger's own kid, and the victim's kid with the stranger's signature."""
    own = judge(vc_jwt(badge(), STRANGER))
    borrowed = judge(vc_jwt(badge(), STRANGER, kid=KEY.verification_method))

    assert refused(Code.ISSUER_KEY_MISMATCH, Step.KEY) == answer(own)
    assert refused(Code.PROOF_VERIFICATION_ERROR, Step.PROOF) == answer(borrowed)


def test_a_key_that_fits_but_is_another_kind_than_the_algorithm_is_refused() -> None:
    """``alg`` and key belong together."""
    token = vc_jwt(badge(), KEY, alg="ES256")

    assert refused(Code.PROOF_VERIFICATION_ERROR, Step.PROOF) == answer(judge(token))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": build_jwk(STRANGER.public), "kid": ...},
        {"jwk": build_jwk(STRANGER.public), "kid": KEY.verification_method},
        {"kid": thumbprint(STRANGER.public)},
        {"kid": "../../etc/passwd"},
        {"kid": "' OR 1=1 --"},
        {"kid": "{{7*7}}"},
    ],
    ids=["jwk", "jwk and kid", "thumbprint", "path", "SQL", "template"],
)
def test_a_key_in_the_header_is_nobodys_until_the_issuer_lists_it(header: JsonObject) -> None:
    """Whoever sends the key along proves nothing (CVE-2018-0114)."""
    token = vc_jwt(badge(), STRANGER, **header)

    assert refused(Code.ISSUER_KEY_MISMATCH, Step.KEY) == answer(judge(token))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": build_jwk(KEY.public), "kid": ...},
        {"kid": ...},
        {"kid": f"#{KEY.multibase}"},
        {"kid": KEY.multibase},
        {"kid": thumbprint(KEY.public)},
        {"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x", "x5c": ["AA=="]},
    ],
    ids=["jwk", "nothing", "fragment", "name", "thumbprint", "addresses"],
)
def test_the_issuers_key_is_found_however_it_is_named(header: JsonObject) -> None:
    """Among the keys that the issuer lists. Addresses in the header are not even visited."""
    network = FakeNetwork()
    token = vc_jwt(badge(), KEY, **header)

    verify(token.encode(), now=NOW, sources=Sources(fetch=network))

    assert [] == network.urls


@pytest.mark.parametrize("kid", [None, 1, {}, [], "", True])
def test_a_kid_that_is_no_text_is_refused(kid: Any) -> None:
    """A name is a text."""
    assert OTHER_KIND == answer(judge(vc_jwt(badge(), KEY, kid=kid)))


@pytest.mark.parametrize("jwk", [None, 1, "x", []])
def test_a_jwk_that_is_no_object_is_refused(jwk: Any) -> None:
    """A key is an object."""
    assert OTHER_KIND == answer(judge(vc_jwt(badge(), KEY, jwk=jwk)))


def test_a_kid_without_end_is_refused() -> None:
    """An identifier has a bound."""
    report = judge(vc_jwt(badge(), KEY, kid="did:key:" + "z" * 3_000))

    assert refused(Code.LIMIT_EXCEEDED, Step.FORMAT) == answer(report)


def test_a_private_key_in_the_header_is_refused() -> None:
    """Whoever publishes the secret has lost it."""
    jwk = build_jwk(KEY.public) | {"d": "AAAA"}

    report = judge(vc_jwt(badge(), KEY, jwk=jwk))

    assert refused(Code.INVALID_VERIFICATION_METHOD, Step.FORMAT) == answer(report)


def did_document(**members: Any) -> JsonObject:
    rsa, ed = RsaTestKey.number(1), KEY
    methods = [
        {"id": f"{WEB}#rsa", "type": "JsonWebKey", "controller": WEB}
        | {"publicKeyJwk": build_jwk(rsa.public)},
        {"id": f"{WEB}#ed", "type": "Multikey", "controller": WEB}
        | {"publicKeyMultibase": ed.multibase},
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": WEB,
        "verificationMethod": methods,
        "assertionMethod": [f"{WEB}#rsa", f"{WEB}#ed"],
    } | members


DOCUMENT_URL = "https://uni.example/.well-known/did.json"


@pytest.mark.parametrize("kid", ["#rsa", f"{WEB}#rsa", "rsa"])
def test_an_rsa_key_of_a_web_issuer_verifies(kid: str) -> None:
    """RS256 is verified; keys of that kind come as JSON Web Keys."""
    token = vc_jwt(badge(issuer=WEB), RsaTestKey.number(1), kid=kid)

    assert VERIFIED == answer(judge(token, answers={DOCUMENT_URL: did_document()}))


def test_a_key_for_logging_in_does_not_issue() -> None:
    """The relationship of the key counts (Controlled Identifiers 1.0, section 3.3)."""
    only = did_document(assertionMethod=[], authentication=[f"{WEB}#ed"])
    token = vc_jwt(badge(issuer=WEB), KEY, kid=f"{WEB}#ed")

    code = Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
    assert refused(code, Step.KEY) == answer(judge(token, answers={DOCUMENT_URL: only}))


def test_a_weak_rsa_key_is_refused() -> None:
    """1024 bits can be broken."""
    weak = RsaTestKey.number(2, 1024)
    numbers = weak.private.public_key().public_numbers()
    jwk = {"kty": "RSA", "e": "AQAB", "n": _base64url_of(numbers.n)}
    method = {"id": f"{WEB}#w", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": jwk}
    weak_document = did_document(verificationMethod=[method], assertionMethod=[f"{WEB}#w"])
    token = _rs256(badge(issuer=WEB), weak, f"{WEB}#w")

    report = judge(token, answers={DOCUMENT_URL: weak_document})

    assert refused(Code.WEAK_KEY, Step.KEY) == answer(report)


def _base64url_of(number: int) -> str:
    return encode_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _rs256(document: JsonObject, key: RsaTestKey, kid: str) -> str:
    header = {"alg": "RS256", "kid": kid, "typ": "vc+jwt"}
    return build_jws(header, json.dumps(document).encode(), key.sign)


# --- Open Badges 3.0 --------------------------------------------------------------------


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


# --- presentations ----------------------------------------------------------------------


def _presented() -> JsonObject:
    return presentation(enveloped(vc_jwt(badge(), KEY)))


def test_a_presentation_verifies_with_every_credential_in_it() -> None:
    """``vp+jwt`` around ``vc+jwt``: both signatures, the nonce and the audience."""
    report = judge_presentation(vp_jwt(asked_for(_presented()), HOLDER))

    assert VERIFIED == answer(report)
    assert ([Outcome.VERIFIED], Holder.SUBJECT) == (
        [it.outcome for it in report.presented],
        report.holder,
    )


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, Code.INVALID_CHALLENGE_ERROR),
        ({"nonce": ...}, Code.INVALID_CHALLENGE_ERROR),
        ({"aud": "https://other.example"}, Code.INVALID_DOMAIN_ERROR),
        ({"aud": ...}, Code.INVALID_DOMAIN_ERROR),
        ({"aud": [VERIFIER, "https://other.example"]}, Code.INVALID_DOMAIN_ERROR),
    ],
)
def test_a_presentation_for_another_occasion_is_refused(claims: JsonObject, code: Code) -> None:
    """A copy of an earlier one, or one for somebody else, proves nothing now."""
    report = judge_presentation(vp_jwt(asked_for(_presented(), **claims), HOLDER))

    assert refused(code, Step.POLICY) == answer(report)


@pytest.mark.parametrize(
    ("members", "code", "step"),
    [
        ({"exp": SECONDS - 100}, Code.EXPIRED, Step.VALIDITY),
        ({"nbf": SECONDS + 100}, Code.NOT_YET_VALID, Step.VALIDITY),
        ({"iss": STRANGER.did}, Code.MALFORMED_VALUE_ERROR, Step.SHAPE),
        ({"id": "urn:uuid:1", "jti": "urn:uuid:2"}, Code.MALFORMED_VALUE_ERROR, Step.SHAPE),
        ({"vp": {}}, Code.MALFORMED_VALUE_ERROR, Step.SHAPE),
        ({"holder": STRANGER.did}, Code.HOLDER_KEY_MISMATCH, Step.KEY),
        ({"holder": ..., "iss": STRANGER.did}, Code.HOLDER_KEY_MISMATCH, Step.SHAPE),
    ],
)
def test_a_presentation_that_is_not_the_holders_or_not_now_is_refused(
    members: JsonObject, code: Code, step: Step
) -> None:
    """Times of the signature, names that contradict each other, somebody else's name."""
    report = judge_presentation(vp_jwt(asked_for(_presented(), **members), HOLDER))

    assert refused(code, step) == answer(report)


def test_a_presentation_without_a_holder_is_by_the_key_it_names() -> None:
    """The holder is optional; the key must then be named by its URL."""
    named = judge_presentation(vp_jwt(asked_for(_presented(), holder=...), HOLDER))
    unnamed = judge_presentation(vp_jwt(asked_for(_presented(), holder=...), HOLDER, kid="k"))

    assert (VERIFIED, MALFORMED) == (answer(named), answer(unnamed))


def test_a_bad_credential_makes_the_presentation_bad() -> None:
    """No better than the worst that is in it."""
    stranger = enveloped(vc_jwt(badge(), STRANGER))

    report = judge_presentation(vp_jwt(asked_for(presentation(stranger)), HOLDER))

    assert Outcome.NOT_VERIFIED is report.outcome


def test_a_wrapped_presentation_verifies() -> None:
    """``vp`` with the newer edition in it and no holder, as conformance clients send it."""
    payload = {"vp": presentation(enveloped(vc_jwt(badge(), KEY)), holder=...)}
    token = jwt(payload | {"nonce": NONCE, "aud": VERIFIER}, HOLDER)

    report = judge_presentation(enveloped(token, "Presentation", "application/jwt"))

    assert VERIFIED == answer(report)


def test_a_wrapped_presentation_of_data_model_1_may_hold_tokens_as_text() -> None:
    """Data model 1.1, section 6.3.1; ``iss`` is the holder."""
    inner = jwt({"vc": old_badge()} | OLD_CLAIMS, KEY)
    wrapped = presentation(inner, holder=..., **{"@context": [V1]})
    token = jwt({"vp": wrapped, "iss": HOLDER.did, "nonce": NONCE, "aud": VERIFIER}, HOLDER)

    report = judge_presentation(token)

    assert (VERIFIED, Holder.SUBJECT) == (answer(report), report.holder)


def test_a_credential_is_no_presentation_nor_the_other_way_round() -> None:
    """Each entry takes its own kind only."""
    as_presentation = judge_presentation(vc_jwt(badge(), KEY))
    as_credential = judge(vp_jwt(asked_for(_presented()), HOLDER))

    assert (MALFORMED, MALFORMED) == (answer(as_presentation), answer(as_credential))


# --- envelopes --------------------------------------------------------------------------


@pytest.mark.parametrize("media_type", ["application/vc+jwt", "Application/VC+JWT"])
def test_an_envelope_is_opened(media_type: str) -> None:
    """Section 4.13.1; media types know no case."""
    assert VERIFIED == answer(judge(enveloped(vc_jwt(badge(), KEY), media_type=media_type)))


TOKEN = vc_jwt(badge(), KEY)
BARE = {k: v for k, v in enveloped(TOKEN).items() if k != "@context"}


@pytest.mark.parametrize(
    "document",
    [
        BARE,
        enveloped(TOKEN) | {"@context": []},
        enveloped(TOKEN) | {"@context": [V2, OB]},
        enveloped(TOKEN) | {"@context": V1},
        enveloped(TOKEN) | {"@context": None},
        enveloped(TOKEN) | {"id": TOKEN},
        enveloped(TOKEN) | {"id": f"application/vc+jwt,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:application/vc+jwt;base64,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:application/vc+jwt;charset=utf-8,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:application/vc%2Bjwt,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:,{TOKEN}"},
        enveloped(TOKEN) | {"id": "data:application/vc+jwt,"},
        enveloped(TOKEN) | {"id": f"data:application/vc+jwt, {TOKEN}"},
        enveloped(TOKEN) | {"id": None},
        enveloped(TOKEN) | {"id": [enveloped(TOKEN)["id"]]},
        enveloped(TOKEN) | {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
        enveloped(TOKEN) | {"type": ["EnvelopedVerifiableCredential"] * 2},
        enveloped(TOKEN) | {"name": "Nobody signed this"},
        enveloped(TOKEN) | {"proof": {}},
        enveloped(TOKEN, media_type="application/jwt"),
        enveloped(TOKEN, media_type="application/vp+jwt"),
        enveloped(jwt(badge() | OB_CLAIMS, KEY)),
        enveloped(vp_jwt(presentation(), HOLDER)),
        enveloped(vp_jwt(presentation(), HOLDER), media_type="application/vp+jwt"),
    ],
)
def test_an_envelope_says_nothing_of_its_own(document: JsonObject) -> None:
    """Exactly its three members, its context, and a token of the kind that it names."""
    assert OTHER_KIND == answer(judge(document))


@pytest.mark.parametrize("media_type", ["application/vc+cose", "text/plain", "application/json"])
def test_an_envelope_of_an_unknown_kind_leaves_the_question_open(media_type: str) -> None:
    """It may be good; it cannot be read here."""
    outcome = answer(judge(enveloped(TOKEN, media_type=media_type)))

    assert (Outcome.COULD_NOT_CHECK, Code.UNSUPPORTED_FORMAT, Step.FORMAT) == outcome


@pytest.mark.parametrize(
    "change",
    [
        {"type": "VerifiablePresentation"},
        {"type": "EnvelopedVerifiableCredential"},
        {"@context": [V1]},
        {"@context": []},
        {"id": "a,eyJh"},
        {"holder": HOLDER.did},
    ],
    ids=str,
)
@pytest.mark.parametrize("media_type", ["application/jwt", "application/vp+jwt"])
def test_the_envelope_of_a_presentation_is_held_to_the_same(
    change: JsonObject, media_type: str
) -> None:
    """Good as it is; refused when it is retyped, or says anything of its own."""
    plain = asked_for(_presented())
    wrapped = {"vp": _presented(), "nonce": NONCE, "aud": VERIFIER}
    token = vp_jwt(plain, HOLDER) if media_type == "application/vp+jwt" else jwt(wrapped, HOLDER)
    envelope = enveloped(token, "Presentation", media_type)

    good, bad = judge_presentation(envelope), judge_presentation(envelope | change)

    assert (VERIFIED, Outcome.NOT_VERIFIED) == (answer(good), bad.outcome)


@pytest.mark.parametrize("kind", ["Credential", "Presentation"])
def test_an_envelope_of_the_other_type_is_refused(kind: str) -> None:
    """``application/jwt`` does not tell the two apart; the type of the envelope does."""
    credential_token = jwt(badge() | OB_CLAIMS, KEY)
    wrapped = {"vp": presentation(), "nonce": NONCE, "aud": VERIFIER}
    presentation_token = jwt(wrapped, HOLDER)
    given_ = {"Credential": presentation_token, "Presentation": credential_token}[kind]
    envelope = enveloped(given_, kind, "application/jwt")

    assert MALFORMED == answer(judge(envelope))
    assert MALFORMED == answer(judge_presentation(envelope))


def test_an_envelope_has_the_format_of_its_token() -> None:
    """For those who tell people how a credential is secured."""
    secured = recognise(parse_input(enveloped(TOKEN)))

    assert Format.VC_JWT is secured.format


# --- making -----------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.public.key_type.name)
def test_what_is_made_verifies(key: Signing) -> None:
    """Both profiles for credentials, with headers as the standards say."""
    algorithm = {"ED25519": "EdDSA", "P256": "ES256", "P384": "ES384"}[key.public.key_type.name]
    how: Any = {"algorithm": algorithm, "kid": key.verification_method, "sign": key.sign}
    document = badge(issuer=key.did, validUntil="2030-01-01T00:00:00.5Z")

    plain, open_badge = build_vc_jwt(document, **how), build_ob_jwt(document, **how)

    base = {"alg": algorithm, "kid": key.verification_method}
    assert base | {"typ": "vc+jwt", "cty": "vc"} == parse_jws(plain).unverified_header
    assert base | {"typ": "JWT"} == parse_jws(open_badge).unverified_header
    assert (VERIFIED, VERIFIED) == (answer(judge(plain)), answer(judge(open_badge)))


def test_an_open_badge_without_a_subject_id_has_no_sub() -> None:
    """What is not there is not repeated."""
    document = badge(credentialSubject=credential()["credentialSubject"])

    token = build_ob_jwt(document, algorithm="EdDSA", kid=KEY.verification_method, sign=KEY.sign)

    assert "sub" not in parse_json_object(parse_jws(token).unverified_payload)
    assert VERIFIED == answer(judge(token))


def test_a_presentation_that_is_made_verifies() -> None:
    """For one verifier and one nonce."""
    token = build_vp_jwt(
        _presented(),
        algorithm="ES256",
        kid=HOLDER.verification_method,
        sign=HOLDER.sign,
        audience=VERIFIER,
        nonce=NONCE,
    )

    assert VERIFIED == answer(judge_presentation(token))


@pytest.mark.parametrize("name", ["proof", "vc", "vp", "iss", "exp", "status", "nonce"])
def test_a_document_with_a_claim_in_it_is_not_signed(name: str) -> None:
    """A reader would take the member for a claim about the token."""
    make = _maker(build_vc_jwt)

    with pytest.raises(CheckError) as caught:
        make(badge() | {name: "x"})

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize(
    "document", [{}, badge(issuer=...), badge(id=...), badge(validFrom=...)], ids=str
)
def test_what_is_no_open_badge_is_not_signed(document: JsonObject) -> None:
    """The standard needs an id and a date, the data model an issuer."""
    with pytest.raises(CheckError) as caught:
        _maker(build_ob_jwt)(document)

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


def test_a_date_before_1970_is_not_signed() -> None:
    """A NumericDate is not negative here."""
    with pytest.raises(CheckError) as caught:
        _maker(build_ob_jwt)(badge(validFrom="1969-12-31T23:59:59Z"))

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize("wrong", [{"algorithm": "RS256"}, {"algorithm": "none"}, {"kid": "k"}])
def test_nothing_is_signed_in_a_way_that_we_do_not_offer(wrong: JsonObject) -> None:
    """RS256 is verified only, and a key is named by its URL."""
    with pytest.raises(ValueError, match="not "):
        _maker(build_vc_jwt, **wrong)(badge())


def _maker(build: Callable[..., str], **changed: Any) -> Callable[[JsonObject], str]:
    how = {"algorithm": "EdDSA", "kid": KEY.verification_method, "sign": KEY.sign} | changed
    return lambda document: build(document, **how)


# --- properties -------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**40) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
_CLAIM = st.sampled_from(
    [*OLD_CLAIMS, "aud", "nonce", "status", "iat", "vc", "vp", "cnf", *badge(), "holder", "proof"]
)


@given(
    st.dictionaries(_CLAIM, _JSON | st.sampled_from([KEY.did, badge(), [V2], V1]), max_size=8),
    st.dictionaries(st.sampled_from(["kid", "jwk", "typ", "cty", "iss"]), _JSON, max_size=3),
    st.sampled_from(["vc+jwt", "vp+jwt", "JWT"]),
    st.booleans(),
)
@settings(max_examples=150)
def test_no_payload_raises_anything_but_our_own_error(
    payload: JsonObject, header: JsonObject, typ: str, on_top: bool
) -> None:
    """Signed or not, whatever the claims hold."""
    token = jwt((badge() | payload) if on_top else payload, KEY, **{"typ": typ} | header)

    with suppress(CheckError):
        secured = read_jwt(token)
        for read in (secured.read_credential, secured.read_presentation):
            with suppress(CheckError):
                read(UNSAFE_VECTORS)


@given(st.dictionaries(st.sampled_from(["@context", "id", "type", "x"]), _JSON | st.just([V2])))
@settings(max_examples=100)
def test_no_envelope_raises_anything_but_our_own_error(document: JsonObject) -> None:
    """Envelopes of any form."""
    with suppress(CheckError):
        recognise({**document, "type": "EnvelopedVerifiableCredential"})


_SIGNED = [
    vc_jwt(badge(), KEY),
    jwt(badge() | OB_CLAIMS, KEY),
    jwt({"vc": old_badge()} | OLD_CLAIMS, KEY),
]


@given(st.sampled_from(_SIGNED), st.integers(0, 10**6), st.sampled_from("ABab01-_.~= "))
@settings(max_examples=150)
def test_no_change_of_a_token_survives(token: str, place: int, letter: str) -> None:
    """Whichever letter of a token is another one, it does not verify."""
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]

    outcome = judge(changed).outcome

    assert (token == changed) is (outcome is Outcome.VERIFIED)


def test_the_report_names_the_key() -> None:
    """By its URL where the token gives one, otherwise by whose it is."""
    secured = read_jwt(vc_jwt(badge(), KEY))
    (signature,) = secured.read_credential(STANDARD).signatures
    by = [
        replace(signature, hint=KeyHint(kid=kid)).by  # type: ignore[type-var]
        for kid in (KEY.verification_method, f"#{KEY.multibase}", "short", None)
    ]

    assert [KEY.verification_method, KEY.verification_method, KEY.did, KEY.did] == by
