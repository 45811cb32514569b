"""W3C VC-JOSE-COSE 1.0: its test suite, and the tokens among the samples of 1EdTech.

Every case whose feature is JOSE is run. Those of SD-JWT belong to ``test_sd_jwt_vc``; COSE is out
of scope, and a test holds the division to exactly that.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.signers import EcTestKey, Ed25519TestKey
from tests.vectors_suites.reading import read
from verifier.asked import Asked
from verifier.errors import Code
from verifier.model import parse_credential
from verifier.proofs.jose import CredentialToken, build_vc_jwt, build_vp_jwt, read_jwt
from verifier.proofs.jose_claims import parse_claims
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.jws import decode_base64url, parse_jws
from verifier.proofs.multikey import KeyType
from verifier.report import Outcome, OutcomeError, Report, Step
from verifier.sources import Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify
from verifier.verify_presentation import verify_presentation

pytestmark = pytest.mark.vectors
ISSUER = "https://example.issuer/vc-jose-cose"
BEFORE_THE_END = datetime(2024, 12, 16, 12, 0, tzinfo=UTC)
"""The presentations of the suite end on that day, or on the next."""
KEY_FILES = ("vm-p256.json", "vm-p384.json", "vm-ed25519.json")
ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "Ed25519": "EdDSA"}

# What each failing case must be refused for: an error of another kind would prove nothing.
REASONS = {
    "10. JWT Unsecured Credential Verification": (Code.PARSING_ERROR, Step.FORMAT),
    "11. JWT Unsecured Presentation Verification": (Code.PARSING_ERROR, Step.FORMAT),
    "12. JWT Credential with an Invalid Signature": (Code.PROOF_VERIFICATION_ERROR, Step.PROOF),
    "14. JWT Presentation with an Invalid Media Type": (Code.MALFORMED_VALUE_ERROR, Step.FORMAT),
    "15. JWT Credential with vc and/or vp Claims": (Code.MALFORMED_VALUE_ERROR, Step.SHAPE),
}


@pytest.fixture
def suite(vectors_dir: Path) -> Path:
    return vectors_dir / "vc-jose-cose" / "test-suite"


def cases(suite: Path, function: str, result: str, feature: str = "") -> dict[str, JsonObject]:
    """The JOSE cases of one function and one expected result, by name."""
    return {
        case["test"]: case
        for case in read(suite / "expected.json")
        if case["fn"] == function
        and case["expected_result"] == result
        and case["feature"].endswith("_jose")
        and case["feature"].startswith(feature)
    }


def network(suite: Path) -> FakeNetwork:
    """The issuer's controlled identifier document, with the keys of the suite."""
    methods = [
        {name: value for name, value in read(suite / file).items() if name != "secretKeyJwk"}
        | {"id": f"{ISSUER}#{file.removesuffix('.json')}"}
        for file in KEY_FILES
    ]
    ids = [method["id"] for method in methods]
    document = {
        "id": ISSUER,
        "verificationMethod": methods,
        "assertionMethod": ids,
        "authentication": ids,
    }
    return FakeNetwork({ISSUER: document})


def given(suite: Path, name: str) -> bytes | JsonObject:
    path = suite / name
    return read(path) if path.suffix == ".json" else path.read_bytes()


def judge(suite: Path, data: bytes | JsonObject, *, presented: bool) -> Report:
    sources = Sources(fetch=network(suite))
    try:
        if presented:
            asked = Asked(challenge=None)
            return verify_presentation(
                data, asked=asked, now=BEFORE_THE_END, sources=sources
            ).report
        return verify(data, now=BEFORE_THE_END, sources=sources).report
    except OutcomeError as error:
        return error.report


def own_problems(report: Report) -> list[tuple[Code, Step]]:
    """The problems of the document itself, not of those in it."""
    return [(it.problem.code, it.step) for it in report.checks if it.problem is not None]


def test_the_division_of_the_suite_is_exact(suite: Path) -> None:
    """11 cases of JOSE run here, 5 of SD-JWT elsewhere, 6 of COSE nowhere."""
    features = Counter(case["feature"].partition("_")[2] for case in read(suite / "expected.json"))

    run = [
        cases(suite, function, result)
        for function in ("issue", "verify")
        for result in ("success", "failure")
    ]

    assert {"jose": 11, "sdjwt": 5, "cose": 6} == features
    assert 11 == sum(len(it) for it in run)
    assert set(REASONS) == set(cases(suite, "verify", "failure"))


@pytest.mark.parametrize(
    "name", ["6. JWT Basic Credential Verification", "8. JWT Issuer Match Verification"]
)
def test_the_credentials_verify(suite: Path, name: str) -> None:
    """With the key found among the issuer's by its thumbprint; ``iat`` as text is a warning."""
    case = cases(suite, "verify", "success", "credential")[name]

    report = judge(suite, given(suite, case["input_file"]), presented=False)

    assert (Outcome.VERIFIED, []) == (report.outcome, own_problems(report))


def test_the_presentation_verifies_but_for_what_stays_open(suite: Path) -> None:
    """The holder's signature verifies. Nobody asked for it, so it may be a copy, and of the
    credentials in it the one in COSE cannot be read: two reasons to say *could not check*."""
    (case,) = cases(suite, "verify", "success", "presentation").values()

    report = judge(suite, given(suite, case["input_file"]), presented=True)

    assert [(Code.INVALID_CHALLENGE_ERROR, Step.POLICY)] == own_problems(report)
    assert Outcome.COULD_NOT_CHECK is report.outcome
    assert [Outcome.VERIFIED, Outcome.VERIFIED, Outcome.COULD_NOT_CHECK] == [
        it.outcome for it in report.presented
    ]
    assert [(Code.UNSUPPORTED_FORMAT, Step.FORMAT)] == own_problems(report.presented[2])


@pytest.mark.parametrize("name", REASONS)
def test_the_failures_are_refused_for_their_reason(suite: Path, name: str) -> None:
    """An unsecured document, a wrong signature, another media type, a wrapped document."""
    case = cases(suite, "verify", "failure")[name]
    presented = case["feature"].startswith("presentation")

    report = judge(suite, given(suite, case["input_file"]), presented=presented)

    assert (Outcome.NOT_VERIFIED, REASONS[name]) == (report.outcome, own_problems(report)[0])


def signer(jwk: JsonObject) -> Ed25519TestKey | EcTestKey:
    secret = decode_base64url(jwk["d"])
    if jwk["crv"] == "Ed25519":
        return Ed25519TestKey(secret)
    types = {"P-256": KeyType.P256, "P-384": KeyType.P384}
    return EcTestKey(int.from_bytes(secret, "big"), types[jwk["crv"]])


def how(suite: Path, key_file: str) -> dict[str, Any]:
    jwk = read(suite / key_file)["secretKeyJwk"]
    kid = f"{ISSUER}#{key_file.removesuffix('.json')}"
    return {"algorithm": ALGORITHMS[jwk["crv"]], "kid": kid, "sign": signer(jwk).sign}


@pytest.mark.parametrize(
    "name",
    ["1. JWT Basic Credential Issuance", "2. JWT Credential Issuance with All Optional Fields"],
)
def test_the_credentials_are_issued(suite: Path, name: str) -> None:
    """What we sign with the suite's key is, to our verifier, the document that went in."""
    case = cases(suite, "issue", "success", "credential")[name]
    document = read(suite / case["input_file"])

    token = build_vc_jwt(document, **how(suite, case["key_file"]))

    assert document == verified_document(suite, token)


def verified_document(suite: Path, token: str) -> JsonObject | None:
    """The document, once its signature verified: what its status says is another question."""
    sources = Sources(fetch=network(suite))
    try:
        return verify(token.encode(), now=BEFORE_THE_END, sources=sources).document
    except OutcomeError as error:
        return error.document


def test_the_presentation_is_issued(suite: Path) -> None:
    """With the suite's key, for a nonce; what is in it is an example without a real signature."""
    (case,) = cases(suite, "issue", "success", "presentation").values()
    document = read(suite / case["input_file"])
    options = {"audience": "https://verifier.example", "nonce": "1"}

    token = build_vp_jwt(document, **how(suite, case["key_file"]), **options)

    report = judge(suite, token.encode(), presented=True)
    assert [(Code.INVALID_CHALLENGE_ERROR, Step.POLICY)] == own_problems(report)
    assert [Outcome.NOT_VERIFIED] == [it.outcome for it in report.presented]


# --- 1EdTech's samples ------------------------------------------------------------------

SAMPLES = (
    "open-badges-3.0/validator-samples/valid/simple.jwt",
    "clr-2.0/validator-samples/simple.jwt",
)
RECORD = SAMPLES[1]
SAMPLE_ISSUER = "https://example.edu/issuers/565049"


def text_of(vectors_dir: Path, name: str) -> str:
    return (vectors_dir / name).read_text().strip()


def sample_key(vectors_dir: Path) -> JsonObject:
    """The key that the learner record brings along; that of the badge is not published."""
    return dict(parse_jws(text_of(vectors_dir, RECORD)).unverified_header["jwk"])


def test_the_learner_record_and_the_badge_in_it_carry_good_signatures(vectors_dir: Path) -> None:
    """RS256, over the whole token, and over the token inside it."""
    key = parse_jwk(sample_key(vectors_dir))
    outer = parse_jws(text_of(vectors_dir, RECORD))
    record = parse_json_object(outer.unverified_payload)["vc"]
    (inner,) = record["credentialSubject"]["verifiableCredential"]

    outer.verify(key)
    parse_jws(inner).verify(key)

    assert ("RS256", "RS256") == (outer.algorithm, parse_jws(inner).algorithm)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_agree_with_their_claims(vectors_dir: Path, name: str) -> None:
    """Documents of data model 1.1 whose claims say the same as their members."""
    secured = read_jwt(text_of(vectors_dir, name))

    assert isinstance(secured, CredentialToken)
    claims = parse_claims(secured.jws.unverified_header, secured.payload)
    content = parse_credential(secured.form.unwrap(secured.payload, claims))
    for check in secured.form.checks:
        check(claims, content)
    assert secured.payload["vc"] == content.document


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_name_contexts_that_nobody_publishes_any_more(
    vectors_dir: Path, name: str
) -> None:
    """Drafts without a fixed text: their words cannot be vouched for, so it is no yes."""
    metadata = {"issuer": SAMPLE_ISSUER, "jwks": {"keys": [sample_key(vectors_dir)]}}
    address = "https://example.edu/.well-known/jwt-vc-issuer/issuers/565049"
    sources = Sources(fetch=FakeNetwork({address: metadata}))

    with pytest.raises(OutcomeError) as caught:
        verify((vectors_dir / name).read_bytes(), now=BEFORE_THE_END, sources=sources)

    assert Outcome.COULD_NOT_CHECK is caught.value.report.outcome
    assert (Code.UNKNOWN_CONTEXT, Step.SHAPE) in own_problems(caught.value.report)


def test_the_examples_of_the_specification_are_credentials_that_can_be_issued(
    vectors_dir: Path,
) -> None:
    """Its payloads, which the page signs anew for every reader, become tokens that verify."""
    folder = vectors_dir / "vc-jose-cose" / "spec-examples"
    suite = vectors_dir / "vc-jose-cose" / "test-suite"
    documents = [read(path) for path in sorted(folder.glob("*.json"))]
    credentials = [it for it in documents if "credentialSubject" in it]

    tokens = [
        build_vc_jwt(it | {"issuer": ISSUER}, **how(suite, "vm-p384.json")) for it in credentials
    ]

    assert 4 <= len(tokens)
    assert [it | {"issuer": ISSUER} for it in credentials] == [
        verified_document(suite, token) for token in tokens
    ]
