"""Presentations: the holder's signature, what it answers, and every credential in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.judging import (
    GOOD_LIST,
    KEY,
    LIST_URL,
    NOW,
    REVOKING_LIST,
    STRANGER,
    codes,
    entry,
    signed,
    to_bytes,
    without,
)
from verifier import limits
from verifier.asked import Asked
from verifier.errors import Code
from verifier.policy import STANDARD, UNSAFE_VECTORS, Policy
from verifier.proofs.jose_build import build_vc_jwt, build_vp_jwt
from verifier.proofs.jwk import build_jwk
from verifier.proofs.sd_jwt_issue import build_sd_jwt
from verifier.proofs.sd_jwt_present import bind, present
from verifier.report import Holder, Outcome, OutcomeError, Step
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify_presentation import VerifiedPresentation, verify_presentation

V2 = "https://www.w3.org/ns/credentials/v2"
HOLDER = Ed25519TestKey.number(7)
CHALLENGE = "8bW3nX0f"
DOMAIN = "https://recruiter.example"
ASKED = Asked(challenge=CHALLENGE, domains=frozenset({DOMAIN}))


def about(did: str, **members: Any) -> JsonObject:
    """A signed credential about ``did``."""
    subject = signed()["credentialSubject"] | {"id": did}
    return signed(credentialSubject=subject, **members)


def presented(
    *credentials: JsonObject, key: Ed25519TestKey = HOLDER, proof: Any = None, **members: Any
) -> JsonObject:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials),
    } | members
    document = {name: value for name, value in document.items() if value is not ...}
    options = {"proofPurpose": "authentication", "challenge": CHALLENGE, "domain": DOMAIN}
    return secure_document(document, key, **options | (proof or {}))


def judge(
    data: bytes | JsonObject,
    *,
    asked: Asked = ASKED,
    policy: Policy = STANDARD,
    status: JsonObject = GOOD_LIST,
) -> VerifiedPresentation | OutcomeError:
    sources = Sources(fetch=FakeNetwork({LIST_URL: status}))
    try:
        return verify_presentation(data, asked=asked, now=NOW, sources=sources, policy=policy)
    except OutcomeError as error:
        return error


def test_a_presentation_and_its_credentials_verify() -> None:
    """Two credentials, one with a status, shown by the one they are about."""
    first, second = about(HOLDER.did, credentialStatus=entry()), about(HOLDER.did)

    found = judge(to_bytes(presented(first, second)))

    assert isinstance(found, VerifiedPresentation)
    assert frozenset({HOLDER.did}) == found.signers
    assert [without(first, "proof"), without(second, "proof")] == [
        credential.document for credential in found.credentials
    ]
    assert Holder.SUBJECT is found.report.holder
    assert [Outcome.VERIFIED] * 2 == [report.outcome for report in found.report.presented]


def test_a_presentation_may_be_empty() -> None:
    """Somebody shows a key and no credential: nothing is shown about a subject."""
    found = judge(presented(verifiableCredential=...))

    assert (Outcome.VERIFIED, Holder.NOT_SHOWN) == (found.report.outcome, found.report.holder)


@pytest.mark.parametrize("holder", [..., HOLDER.did, {"id": HOLDER.did}])
def test_the_holder_may_be_named_or_not(holder: object) -> None:
    """VC Data Model 2.0, section 4.13: left out, a URL, or an object with an id."""
    found = judge(presented(about(HOLDER.did), holder=holder))

    assert (Outcome.VERIFIED, Holder.SUBJECT) == (found.report.outcome, found.report.holder)


def test_somebody_else_may_show_it_and_that_is_said() -> None:
    """The presentation is good; whether it is about the one who shows it is another matter."""
    found = judge(presented(about("did:example:somebody-else")))

    assert (Outcome.VERIFIED, Holder.NOT_SHOWN) == (found.report.outcome, found.report.holder)


@pytest.mark.parametrize(
    ("asked", "outcome", "code"),
    [
        (Asked(challenge="other"), Outcome.NOT_VERIFIED, Code.INVALID_CHALLENGE_ERROR),
        (Asked(), Outcome.COULD_NOT_CHECK, Code.INVALID_CHALLENGE_ERROR),
        (
            Asked(challenge=CHALLENGE, domains=frozenset({"https://other.example"})),
            Outcome.NOT_VERIFIED,
            Code.INVALID_DOMAIN_ERROR,
        ),
        (
            Asked(challenge=CHALLENGE, domains=frozenset({DOMAIN, "https://other.example"})),
            Outcome.NOT_VERIFIED,
            Code.INVALID_DOMAIN_ERROR,
        ),
    ],
)
def test_it_answers_what_was_asked(asked: Asked, outcome: Outcome, code: Code) -> None:
    """A copy of a presentation that was made for another occasion is no presentation."""
    found = judge(presented(about(HOLDER.did)), asked=asked)

    assert (outcome, [code]) == (found.report.outcome, codes(found.report))
    assert {Step.POLICY} == {check.step for check in found.report.checks if check.problem}


def test_a_domain_is_compared_only_where_one_is_asked_for() -> None:
    """The challenge alone can be enough for a caller."""
    assert Outcome.VERIFIED is judge(presented(), asked=Asked(challenge=CHALLENGE)).report.outcome


@pytest.mark.parametrize(
    ("document", "step", "code"),
    [
        (presented(key=STRANGER), Step.KEY, Code.HOLDER_KEY_MISMATCH),
        (presented(proof={"proofPurpose": "assertionMethod"}), Step.SHAPE, "purpose"),
        (presented() | {"holder": KEY.did}, Step.KEY, Code.HOLDER_KEY_MISMATCH),
        (presented() | {"id": "urn:uuid:1"}, Step.PROOF, Code.PROOF_VERIFICATION_ERROR),
        (presented() | {"type": ["Diploma"]}, Step.SHAPE, Code.MALFORMED_VALUE_ERROR),
        (presented() | {"@context": []}, Step.SHAPE, Code.MALFORMED_VALUE_ERROR),
        (without(presented(), "proof"), Step.FORMAT, Code.PARSING_ERROR),
        (presented() | {"verifiableCredential": ["eyJ"]}, Step.SHAPE, Code.MALFORMED_VALUE_ERROR),
        (signed(), Step.SHAPE, Code.MALFORMED_VALUE_ERROR),
    ],
)
def test_what_is_wrong_with_a_presentation(
    document: JsonObject, step: Step, code: Code | str
) -> None:
    """The first failure of steps 1 to 5 decides, and no credential is looked at."""
    found = judge(document)

    expected = Code.PROOF_VERIFICATION_ERROR if code == "purpose" else code
    assert (Outcome.NOT_VERIFIED, [expected]) == (found.report.outcome, codes(found.report))
    assert step is found.report.checks[-1].step
    assert () == found.report.presented


def test_the_vectors_profile_says_that_the_holder_is_not_shown() -> None:
    """The mismatch becomes a warning under the profile that is called unsafe."""
    found = judge(presented(key=STRANGER), policy=UNSAFE_VECTORS)

    assert (Outcome.VERIFIED, 1) == (found.report.outcome, len(found.report.warnings))


def test_a_revoked_credential_spoils_the_presentation() -> None:
    """It is no better than the worst credential, and the pointer leads to that one."""
    document = presented(about(HOLDER.did), about(HOLDER.did, credentialStatus=entry()))

    found = judge(document, status=REVOKING_LIST)

    assert (Outcome.NOT_VERIFIED, [Code.REVOKED]) == (found.report.outcome, codes(found.report))
    assert ["/verifiableCredential/1/credentialStatus"] == [
        problem.pointer for problem in found.report.problems
    ]
    assert Holder.NOT_SHOWN is found.report.holder


def test_an_unsigned_credential_is_no_credential() -> None:
    """What the holder says of themselves is not what an issuer said."""
    found = judge(presented(without(about(HOLDER.did), "proof")))

    assert (Outcome.NOT_VERIFIED, [Code.PARSING_ERROR]) == (
        found.report.outcome,
        codes(found.report),
    )


def test_a_credential_proof_is_no_presentation_proof() -> None:
    """The proof that an issuer made for a credential cannot be moved onto a presentation."""
    document = presented(about(HOLDER.did))
    document["proof"] = document["verifiableCredential"][0]["proof"]

    assert Outcome.NOT_VERIFIED is judge(document).report.outcome


def test_there_is_a_limit_to_what_is_presented() -> None:
    """Every credential costs a verification, so their number is bounded."""
    one = about(HOLDER.did)
    document = presented() | {
        "verifiableCredential": [one] * (limits.EMBEDDED_CREDENTIALS + 1),
    }

    assert [Code.LIMIT_EXCEEDED] == codes(judge(document).report)


# --- tokens -----------------------------------------------------------------------------


def envelope(media_type: str, token: str, kind: str = "Credential") -> JsonObject:
    return {
        "@context": V2,
        "type": f"EnvelopedVerifiable{kind}",
        "id": f"data:{media_type},{token}",
    }


def vp_jwt(*credentials: JsonObject, key: Ed25519TestKey = HOLDER, **members: Any) -> str:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials),
    }
    asked = {"audience": DOMAIN, "nonce": CHALLENGE} | members
    return build_vp_jwt(
        document, algorithm="EdDSA", kid=key.verification_method, sign=key.sign, **asked
    )


def vc_jwt() -> str:
    return build_vc_jwt(
        without(about(HOLDER.did), "proof"),
        algorithm="EdDSA",
        kid=KEY.verification_method,
        sign=KEY.sign,
    )


def test_a_token_presents_tokens_and_documents() -> None:
    """As text, and enveloped; the credentials in it are enveloped or have a proof."""
    token = vp_jwt(envelope("application/vc+jwt", vc_jwt()), about(HOLDER.did))

    found = judge(token.encode())
    enveloped = judge(envelope("application/vp+jwt", token, "Presentation"))

    assert isinstance(found, VerifiedPresentation), found.report.problems
    assert (Holder.SUBJECT, 2) == (found.report.holder, len(found.credentials))
    assert Outcome.VERIFIED is enveloped.report.outcome


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (vp_jwt(nonce="other"), Code.INVALID_CHALLENGE_ERROR),
        (vp_jwt(nonce=None), Code.INVALID_CHALLENGE_ERROR),
        (vp_jwt(audience="https://other.example"), Code.INVALID_DOMAIN_ERROR),
        (vp_jwt(audience=None), Code.INVALID_DOMAIN_ERROR),
        (vp_jwt(key=STRANGER), Code.HOLDER_KEY_MISMATCH),
        (vc_jwt(), Code.MALFORMED_VALUE_ERROR),
    ],
    ids=["nonce", "no nonce", "audience", "no audience", "stranger", "credential"],
)
def test_what_is_wrong_with_a_token(token: str, code: Code) -> None:
    """The nonce is its challenge, the audience its domain."""
    found = judge(token.encode())

    assert (Outcome.NOT_VERIFIED, [code]) == (found.report.outcome, codes(found.report))


# --- SD-JWT -----------------------------------------------------------------------------

AUDIENCE = "https://recruiter.example"


def sd_jwt_vc(**claims: Any) -> str:
    """An SD-JWT VC for the holder's key, with a name that can be left out."""
    salts = iter(f"{number:022d}" for number in range(9))
    payload = {
        "iss": KEY.did,
        "vct": "https://issuer.example/types/internship",
        "cnf": {"jwk": build_jwk(HOLDER.public)},
        "name": "Maya",
        "role": "Intern",
    }
    return build_sd_jwt(
        payload | claims,
        ["/name"],
        header={"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": KEY.verification_method},
        sign=KEY.sign,
        salts=lambda: next(salts),
    )


def shown(
    token: str, *, key: Ed25519TestKey = HOLDER, now: datetime = NOW, **members: str
) -> bytes:
    asked = {"audience": AUDIENCE, "nonce": CHALLENGE} | members
    return bind(token, now=now, algorithm="EdDSA", sign=key.sign, **asked).encode()


@pytest.mark.parametrize("reveal", [[], ["/name"]])
def test_an_sd_jwt_is_presented_by_its_holder(reveal: list[str]) -> None:
    """What the holder left out is not there, and the holder is the one it was issued to."""
    found = judge(shown(present(sd_jwt_vc(), reveal)))

    assert isinstance(found, VerifiedPresentation), found.report.problems
    assert Holder.SUBJECT is found.report.holder
    assert ("name" in found.document) == bool(reveal)
    assert "key binding" in [check.name for check in found.report.checks]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sd_jwt_vc().encode(), Code.KEY_BINDING_REQUIRED),
        (shown(sd_jwt_vc(), nonce="other"), Code.INVALID_CHALLENGE_ERROR),
        (shown(sd_jwt_vc(), audience="https://other.example"), Code.INVALID_DOMAIN_ERROR),
        (shown(sd_jwt_vc(), now=NOW - timedelta(minutes=6)), Code.INVALID_KEY_BINDING),
        (shown(sd_jwt_vc(), key=STRANGER), Code.INVALID_KEY_BINDING),
    ],
    ids=["no binding", "nonce", "audience", "old", "another key"],
)
def test_what_is_wrong_with_a_binding(data: bytes, code: Code) -> None:
    """A binding is needed here, whatever the holder sent."""
    found = judge(data)

    assert (Outcome.NOT_VERIFIED, [code]) == (found.report.outcome, codes(found.report))
    assert Holder.NOT_SHOWN is found.report.holder


def test_a_binding_needs_somebody_who_asks() -> None:
    """Without a nonce or an audience to compare it could be a copy."""
    for asked in (Asked(), Asked(challenge=CHALLENGE), Asked(domains=frozenset({AUDIENCE}))):
        found = judge(shown(sd_jwt_vc()), asked=asked)

        assert Outcome.COULD_NOT_CHECK is found.report.outcome
