"""Credentials and presentations as tokens by test keys, and what is said of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.fake_network import FakeNetwork
from tests.signers import EcTestKey, Ed25519TestKey, Signing
from tests.tokens import enveloped, vc_jwt
from tests.verifier.jsonld.credentials import V2, credential
from verifier.asked import Asked
from verifier.errors import Code
from verifier.policy import STANDARD, Policy
from verifier.proofs.multikey import KeyType
from verifier.report import Outcome, OutcomeError, Report, Step
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify
from verifier.verify_presentation import verify_presentation

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


def presented() -> JsonObject:
    return presentation(enveloped(vc_jwt(badge(), KEY)))
