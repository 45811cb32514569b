"""Tokens across implementations: npm ``jose`` in both directions, ``openvc-core`` in one.

``jose`` knows JSON Web Tokens and no credentials: it is asked about the signature, the type and
the times, and it signs what we hand to it. ``openvc-core`` wraps credentials in the claim ``vc``,
which we read and do not make, so it is asked to sign only.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc import Ed25519SigningKey
from openvc.keys import P256SigningKey, P384SigningKey
from openvc.proof.vc_jwt import VcJwtProofSuite
from openvc.proof.vp_jwt import VpJwtProofSuite

from deploy.setup_test_machine import NODE_MODULES, find_node
from tests.fake_network import FakeNetwork
from tests.signers import EcTestKey, Ed25519TestKey
from tests.tokens import enveloped
from tests.verifier.jsonld.credentials import V2, credential
from verifier.asked import Asked
from verifier.date_time_stamp import format_instant
from verifier.errors import Code
from verifier.proofs.jose import build_ob_jwt, build_vc_jwt, build_vp_jwt
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import encode_base64url
from verifier.proofs.multikey import KeyType
from verifier.report import Outcome, OutcomeError
from verifier.sources import Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify
from verifier.verify_presentation import verify_presentation

Key = Ed25519TestKey | EcTestKey
Ask = Callable[..., JsonObject]
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
AUDIENCE, NONCE = "https://recruiter.example", "8bW3nX0f"
KEYS: dict[str, Key] = {
    "EdDSA": Ed25519TestKey.number(1),
    "Ed25519": Ed25519TestKey.number(1),
    "ES256": EcTestKey.number(1, KeyType.P256),
    "ES384": EcTestKey.number(1, KeyType.P384),
}
every_algorithm = pytest.mark.parametrize("algorithm", KEYS)


@pytest.fixture
def ask() -> Ask:
    """npm ``jose`` as a function of one request."""
    node = find_node()
    if node is None or not (NODE_MODULES / "jose").is_dir():
        pytest.skip("no Node with the packages of package-lock.json: run `make test`")

    def ask_jose(**request: Any) -> JsonObject:
        done = subprocess.run(
            [str(node), str(Path(__file__).with_name("jose.mjs"))],
            input=json.dumps(request).encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )
        return parse_json_object(done.stdout)

    return ask_jose


def private_jwk(key: Key) -> JsonObject:
    """The secret of a test key, which is none."""
    if isinstance(key, Ed25519TestKey):
        secret = key.seed
    else:
        secret = key.secret.to_bytes((key.private.key_size + 7) // 8, "big")
    return build_jwk(key.public) | {"d": encode_base64url(secret)}


def badge(key: Key) -> JsonObject:
    subject = credential()["credentialSubject"] | {"id": "did:example:learner"}
    return credential(issuer=key.did, credentialSubject=subject, validUntil="2030-01-01T00:00:00Z")


def presentation(key: Key, *credentials: JsonObject) -> JsonObject:
    return {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": key.did,
        "verifiableCredential": list(credentials),
    }


def how(algorithm: str) -> dict[str, Any]:
    key = KEYS[algorithm]
    return {"algorithm": algorithm, "kid": key.verification_method, "sign": key.sign}


def sources() -> Sources:
    return Sources(fetch=FakeNetwork())


def outcome(token: str) -> Outcome:
    try:
        return verify(token.encode(), now=NOW, sources=sources()).report.outcome
    except OutcomeError as error:
        return error.report.outcome


# --- made by us, verified by jose -------------------------------------------------------


@every_algorithm
def test_jose_verifies_our_credentials(ask: Ask, algorithm: str) -> None:
    """Both profiles: signature, type and times, and the document as it went in."""
    document = badge(KEYS[algorithm])
    question = {
        "action": "verify",
        "jwk": build_jwk(KEYS[algorithm].public),
        "now": format_instant(NOW),
        "algorithm": algorithm,
    }

    plain = ask(token=build_vc_jwt(document, **how(algorithm)), typ="vc+jwt", **question)
    open_badge = ask(token=build_ob_jwt(document, **how(algorithm)), typ="JWT", **question)

    claims = {
        "iss": document["issuer"],
        "jti": document["id"],
        "nbf": 1774297866,
        "exp": 1893456000,
        "sub": "did:example:learner",
    }
    assert document == plain["payload"]
    assert document | claims == open_badge["payload"]


@every_algorithm
def test_jose_verifies_our_presentations(ask: Ask, algorithm: str) -> None:
    """For the audience that asked, and for no other."""
    key = KEYS[algorithm]
    token = build_vp_jwt(presentation(key), **how(algorithm), audience=AUDIENCE, nonce=NONCE)
    question = {
        "action": "verify",
        "token": token,
        "jwk": build_jwk(key.public),
        "typ": "vp+jwt",
        "now": format_instant(NOW),
        "algorithm": algorithm,
    }

    good = ask(audience=AUDIENCE, **question)
    other = ask(audience="https://other.example", **question)

    assert NONCE == good["payload"]["nonce"]
    assert {"refused": "ERR_JWT_CLAIM_VALIDATION_FAILED"} == other


def test_jose_refuses_what_we_refuse(ask: Ask) -> None:
    """A changed signature and another type, so that its yes says something."""
    key = KEYS["ES256"]
    token = build_vc_jwt(badge(key), **how("ES256"))
    question = {
        "action": "verify",
        "jwk": build_jwk(key.public),
        "now": format_instant(NOW),
        "algorithm": "ES256",
    }

    changed = ask(token=token[:-8] + "AAAAAAAA", typ="vc+jwt", **question)
    another = ask(token=token, typ="vp+jwt", **question)

    assert {"refused": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"} == changed
    assert {"refused": "ERR_JWT_CLAIM_VALIDATION_FAILED"} == another


# --- made by jose, verified by us -------------------------------------------------------


@every_algorithm
def test_we_verify_credentials_signed_by_jose(ask: Ask, algorithm: str) -> None:
    """A ``vc+jwt`` with claims about the signature, and the same with a word changed."""
    key = KEYS[algorithm]
    header = {"alg": algorithm, "kid": key.verification_method, "typ": "vc+jwt", "cty": "vc"}
    payload = badge(key) | {"iat": 1774297866, "iss": key.did}

    token = ask(action="sign", header=header, payload=payload, jwk=private_jwk(key))["token"]

    head, _, signature = token.split(".")
    other = encode_base64url(json.dumps(payload | {"name": "Another"}).encode())
    assert Outcome.VERIFIED is outcome(token)
    assert Outcome.NOT_VERIFIED is outcome(f"{head}.{other}.{signature}")


@every_algorithm
def test_we_verify_presentations_signed_by_jose(ask: Ask, algorithm: str) -> None:
    """A ``vp+jwt`` by jose, with a credential by jose in it."""
    key = KEYS[algorithm]
    base = {"alg": algorithm, "kid": key.verification_method}
    request = {"action": "sign", "jwk": private_jwk(key)}
    inner = ask(header=base | {"typ": "vc+jwt"}, payload=badge(key), **request)["token"]
    payload = presentation(key, enveloped(inner)) | {"aud": AUDIENCE, "nonce": NONCE}

    token = ask(header=base | {"typ": "vp+jwt"}, payload=payload, **request)["token"]
    asked = Asked(challenge=NONCE, domains=frozenset({AUDIENCE}))
    verified = verify_presentation(token.encode(), asked=asked, now=NOW, sources=sources())

    assert Outcome.VERIFIED is verified.report.outcome
    assert [badge(key)] == [it.document for it in verified.credentials]


def test_a_token_of_jose_for_another_use_is_no_credential(ask: Ask) -> None:
    """The same payload and key under the type of an access token."""
    key = KEYS["EdDSA"]
    header = {"alg": "EdDSA", "kid": key.verification_method, "typ": "at+jwt"}

    token = ask(action="sign", header=header, payload=badge(key), jwk=private_jwk(key))["token"]

    assert Outcome.NOT_VERIFIED is outcome(token)


# --- made by openvc-core, verified by us ------------------------------------------------


def lasting(key: Key) -> JsonObject:
    """A badge that is good whenever this runs: openvc-core reads the clock itself."""
    lasting_ = badge(key) | {"validFrom": "2020-01-01T00:00:00Z"}
    return {name: value for name, value in lasting_.items() if name != "validUntil"}


def openvc_key(key: Key) -> Any:
    if isinstance(key, Ed25519TestKey):
        private = Ed25519PrivateKey.from_private_bytes(key.seed)
        return Ed25519SigningKey(private, kid=key.verification_method)
    kind = {KeyType.P256: P256SigningKey, KeyType.P384: P384SigningKey}[key.key_type]
    return kind(key.private, kid=key.verification_method)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "ES384"])
def test_we_verify_credentials_wrapped_by_openvc_core(algorithm: str) -> None:
    """Data model 2.0 in ``vc``, with ``nbf`` and ``exp`` about the signature."""
    key, now = KEYS[algorithm], datetime.now(tz=UTC)

    token = VcJwtProofSuite().sign(lasting(key), signing_key=openvc_key(key), expires_in_s=600)
    verified = verify(token.encode(), now=now, sources=sources())

    assert lasting(key) == verified.document


def test_we_verify_credentials_of_the_older_edition_wrapped_by_openvc_core() -> None:
    """Data model 1.1, where the claims stand for the members that are left out."""
    key, now = KEYS["ES256"], datetime.now(tz=UTC)
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": "urn:uuid:5e0b5b1c-8b1c-4a57-8a3c-1f1f0d1b2c3d",
        "type": ["VerifiableCredential"],
        "issuer": key.did,
        "credentialSubject": {"id": "did:example:learner"},
    }

    token = VcJwtProofSuite().sign(document, signing_key=openvc_key(key), expires_in_s=600)
    verified = verify(token.encode(), now=now, sources=sources())

    added = {"issuanceDate", "expirationDate"}
    assert document == {k: v for k, v in verified.document.items() if k not in added}
    assert added <= set(verified.document)


def test_we_refuse_an_openvc_core_token_that_has_two_dates_of_issue() -> None:
    """It writes ``nbf`` as now beside another ``issuanceDate``: which one counts is open to the
    reader, and data model 1.1 says that they are the same."""
    key = KEYS["ES256"]
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiableCredential"],
        "issuer": key.did,
        "issuanceDate": "2020-03-23T20:31:06Z",
        "credentialSubject": {"id": "did:example:learner"},
    }

    token = VcJwtProofSuite().sign(document, signing_key=openvc_key(key))
    with pytest.raises(OutcomeError) as caught:
        verify(token.encode(), now=datetime.now(tz=UTC), sources=sources())

    assert [Code.MALFORMED_VALUE_ERROR] == [it.code for it in caught.value.report.problems]


def test_we_verify_presentations_wrapped_by_openvc_core() -> None:
    """A presentation in ``vp`` with an enveloped credential of ours."""
    key = KEYS["EdDSA"]
    inner = enveloped(build_vc_jwt(lasting(key), **how("EdDSA")))

    token = VpJwtProofSuite().sign(
        [inner], holder_key=openvc_key(key), audience=AUDIENCE, nonce=NONCE
    )
    asked = Asked(challenge=NONCE, domains=frozenset({AUDIENCE}))
    verified = verify_presentation(
        token.encode(), asked=asked, now=datetime.now(tz=UTC), sources=sources()
    )

    assert [lasting(key)] == [it.document for it in verified.credentials]
