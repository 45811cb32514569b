"""SD-JWT VCs with two foreign implementations, npm ``@sd-jwt/sd-jwt-vc`` and PyPI
``openvc-core``: each side issues, presents with a key binding, and verifies."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openvc import OpenvcError, P256SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.type_metadata import validate_type_metadata

from deploy.setup_test_machine import NODE_MODULES, find_node
from tests.fake_network import FakeNetwork
from tests.sd_jwts import issued
from tests.signers import EcTestKey
from verifier.credential_type import check_credential_type
from verifier.errors import Code, RefusedError
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import encode_base64url
from verifier.proofs.key_binding import check_key_binding
from verifier.proofs.sd_jwt import Opened
from verifier.proofs.sd_jwt_present import bind, present
from verifier.report import OutcomeError
from verifier.sources import Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.type_metadata import resolve_type
from verifier.verify import verify

pytestmark = pytest.mark.interop

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ISSUER, HOLDER, STRANGER = (EcTestKey.number(number) for number in (31, 32, 33))
AUDIENCE, NONCE = "https://verifier.example", "a-nonce-of-our-own"
HEADER: JsonObject = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": ISSUER.verification_method}
CLAIMS: JsonObject = {
    "iss": ISSUER.did,
    "iat": 1774297866,
    "vct": "https://types.example/badge",
    "cnf": {"jwk": build_jwk(HOLDER.public)},
    "name": "Möbius",
    "email": "maya@example.org",
    "address": {"city": "Leipzig", "country": "DE"},
    "skills": ["reading", "writing"],
}
HIDDEN = ("/name", "/email", "/address/city", "/skills/0")
SHOWN = ("/name", "/address/city")
SEEN = {key: value for key, value in CLAIMS.items() if key != "email"} | {"skills": ["writing"]}


def secret(key: EcTestKey) -> JsonObject:
    """The private JWK, for a peer that signs."""
    return build_jwk(key.public) | {"d": encode_base64url(key.secret.to_bytes(32, "big"))}


def verified(text: str, now: datetime = NOW) -> JsonObject:
    return verify(text.encode(), now=now, sources=Sources(fetch=FakeNetwork())).document


def our_presentation(text: str, key: EcTestKey = HOLDER, now: datetime = NOW) -> str:
    shown = present(text, SHOWN)
    return bind(shown, audience=AUDIENCE, nonce=NONCE, now=now, algorithm="ES256", sign=key.sign)


def check_ours(text: str, now: datetime = NOW) -> None:
    """Signatures and binding, as our own verifier does it."""
    assert SEEN == verified(text, now)
    assert check_key_binding(text, nonce=NONCE, audience=AUDIENCE, now=now, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwtJs:
    """npm ``@sd-jwt/sd-jwt-vc``, run by Node."""

    node: Path

    def issue(self) -> str:
        frame = {"_sd": ["name", "email"], "address": {"_sd": ["city"]}, "skills": {"_sd": [0]}}
        kid = {"kid": HEADER["kid"]}
        answer = self.ask(
            action="issue", claims=CLAIMS, frame=frame, header=kid, key=secret(ISSUER)
        )
        return str(answer["token"])

    def present(self, text: str) -> str:
        answer = self.ask(
            action="present",
            token=text,
            frame={"name": True, "address": {"city": True}},
            binding={"iat": int(NOW.timestamp()), "aud": AUDIENCE, "nonce": NONCE},
            key=secret(HOLDER),
        )
        return str(answer["token"])

    def verify(self, text: str, nonce: str = NONCE) -> JsonObject:
        return self.ask(
            action="verify",
            token=text,
            issuerKey=build_jwk(ISSUER.public),
            holderKey=build_jwk(HOLDER.public),
            nonce=nonce,
            required=["name", "address.city"],
            now=int(NOW.timestamp()),
        )

    def ask(self, **request: Any) -> JsonObject:
        """One request, as ``sd_jwt.mjs`` describes it, and the answer."""
        done = subprocess.run(
            [str(self.node), str(Path(__file__).with_name("sd_jwt.mjs"))],
            input=json.dumps(request).encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )
        return parse_json_object(done.stdout)


def find_sd_jwt_js() -> SdJwtJs:
    """The peer, or a skip with the reason."""
    node = find_node()
    if node is None or not (NODE_MODULES / "@sd-jwt" / "sd-jwt-vc").is_dir():
        pytest.skip("no Node with the packages of package-lock.json: run `make test`")
    return SdJwtJs(node=node)


@pytest.fixture(name="peer")
def _peer() -> SdJwtJs:
    return find_sd_jwt_js()


def test_sd_jwt_js_accepts_ours(peer: SdJwtJs) -> None:
    """Issued, presented and bound here: verified there, and the same claims are seen."""
    answer = peer.verify(our_presentation(issued(CLAIMS, *HIDDEN, key=ISSUER, header=HEADER)))

    assert {"verified": True, "claims": SEEN} == answer


def test_ours_accepts_sd_jwt_js(peer: SdJwtJs) -> None:
    """Issued, presented and bound there: verified here, and the same claims are seen."""
    text = peer.issue()

    check_ours(peer.present(text))
    assert CLAIMS == verified(text)


def test_each_presents_what_the_other_issued(peer: SdJwtJs) -> None:
    """A holder here takes what was issued there, and the other way round."""
    check_ours(our_presentation(peer.issue()))
    check_ours(peer.present(issued(CLAIMS, *HIDDEN, key=ISSUER, header=HEADER, decoys=3)))


def test_neither_accepts_another_holder_or_nonce(peer: SdJwtJs) -> None:
    """The same two faults are refused on both sides."""
    good = our_presentation(peer.issue())
    bad = our_presentation(peer.issue(), STRANGER)

    assert peer.verify(good)["verified"] is True
    assert peer.verify(good, nonce="another")["verified"] is False
    assert peer.verify(bad)["verified"] is False
    with pytest.raises(OutcomeError) as caught:
        verified(bad)
    assert Code.INVALID_KEY_BINDING is caught.value.report.problems[0].code


# --- openvc-core --------------------------------------------------------------------------


def openvc_key(key: EcTestKey) -> P256SigningKey:
    return P256SigningKey(key.private, key.verification_method)


def openvc_verified(text: str, **asked: Any) -> JsonObject:
    wanted = {"audience": AUDIENCE, "nonce": NONCE, "require_key_binding": True, "now": NOW}
    found = SdJwtVcProofSuite().verify(
        text, public_key_jwk=build_jwk(ISSUER.public), **(wanted | asked)
    )
    return dict(found.claims)


def test_openvc_core_accepts_ours() -> None:
    """Hidden members, nested ones and elements of lists are read there as here."""
    text = our_presentation(issued(CLAIMS, *HIDDEN, key=ISSUER, header=HEADER, decoys=2))

    assert SEEN == openvc_verified(text)


def test_ours_accepts_openvc_core() -> None:
    """It binds with the time of the day, so that is the time of this test."""
    suite, now = SdJwtVcProofSuite(), datetime.now(UTC)
    text = suite.issue(
        dict(CLAIMS), signing_key=openvc_key(ISSUER), disclosable=["name", "email"], decoys=2
    )
    shown = present(text, ["/name"])

    made = suite.create_presentation(
        shown, holder_key=openvc_key(HOLDER), audience=AUDIENCE, nonce=NONCE
    )

    expected = {key: value for key, value in CLAIMS.items() if key != "email"}
    assert expected == verified(made, now)
    assert check_key_binding(made, nonce=NONCE, audience=AUDIENCE, now=now, required=True)


def test_openvc_core_refuses_what_we_refuse() -> None:
    """Another holder, another nonce, no binding, a disclosure taken away under a binding."""
    text = issued(CLAIMS, *HIDDEN, key=ISSUER, header=HEADER)
    bound = our_presentation(text)
    binding = bound.rpartition("~")[2]

    for wrong, asked in (
        (our_presentation(text, STRANGER), {}),
        (bound, {"nonce": "another"}),
        (text, {}),
        (present(text, ["/name"]) + binding, {}),
    ):
        with pytest.raises(OpenvcError):
            openvc_verified(wrong, **asked)


def test_openvc_core_reads_a_w3c_credential_of_ours() -> None:
    """A ``vc+sd-jwt``: the same document is seen, and the same one is refused."""
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER.did,
        "credentialSubject": {"id": "did:example:learner", "name": "Maya", "description": "x"},
    }
    header = HEADER | {"typ": "vc+sd-jwt", "cty": "vc"}
    text = issued(document, "/credentialSubject/description", key=ISSUER, header=header)
    shown = present(text, [])
    ended = issued(document | {"validUntil": "2026-01-01T00:00:00Z"}, key=ISSUER, header=header)

    assert verified(shown) == openvc_verified(shown, require_key_binding=False)
    with pytest.raises(OpenvcError):
        openvc_verified(ended, require_key_binding=False)
    with pytest.raises(OutcomeError):
        verified(ended)


# --- type metadata ------------------------------------------------------------------------

CHILD, PARENT = "https://types.example/badge", "https://types.example/parent"


def metadata(vct: str, *claims: JsonObject, **members: Any) -> bytes:
    return json.dumps({"vct": vct, "claims": claims} | members).encode()


def sri(data: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}"


TOP = metadata(PARENT, {"path": ["name"], "mandatory": True})
TYPES: dict[str, tuple[bytes, bool]] = {
    "a type alone": (metadata(CHILD, {"path": ["skills", None]}), True),
    "a parent": (metadata(CHILD, **{"extends": PARENT, "extends#integrity": sri(TOP)}), True),
    "another parent": (
        metadata(CHILD, **{"extends": PARENT, "extends#integrity": sri(b"")}),
        False,
    ),
    "itself as a parent": (metadata(CHILD, extends=CHILD), False),
    "another type": (metadata(PARENT), False),
    "a missing claim": (metadata(CHILD, {"path": ["grade"], "mandatory": True}), False),
    "a missing item": (metadata(CHILD, {"path": ["skills", 7], "mandatory": True}), False),
    "a claim of another kind": (metadata(CHILD, {"path": ["skills", "x"]}), False),
    "an empty path": (metadata(CHILD, {"path": []}), False),
    "a path with a truth value": (metadata(CHILD, {"path": ["skills", True]}), False),
}


@pytest.mark.parametrize("case", TYPES)
def test_openvc_core_agrees_about_types(case: str) -> None:
    """Chains, integrity, circles, claims that must be there: the same verdict on both sides."""
    data, is_good = TYPES[case]
    documents = {CHILD: data, PARENT: TOP}
    opened = Opened(claims=CLAIMS, disclosed={}, withheld=frozenset())

    def ours() -> None:
        check_credential_type(opened, resolve_type(CHILD, sri(data), load=documents.__getitem__))

    def theirs() -> None:
        validate_type_metadata(
            CLAIMS, vct=CHILD, vct_integrity=sri(data), resolve=documents.__getitem__
        )

    if is_good:
        ours()
        theirs()
    else:
        with pytest.raises(RefusedError):
            ours()
        with pytest.raises(OpenvcError):
            theirs()
