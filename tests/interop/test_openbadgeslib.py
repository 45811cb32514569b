"""PyPI ``openbadgeslib``: another implementation of Open Badges 3.0, as proof and as token.

Only its context files are used by the program itself; here its own signers and verifiers are.
It puts its public key into the header of a token and names no ``kid``, which Open Badges 3.0
allows: we accept that because the issuer's own document lists the same key.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadgeslib.ob3.credential import Achievement, Issuer, OpenBadgeCredential
from openbadgeslib.ob3.ldp import OB3LdpSigner, OB3LdpVerifier
from openbadgeslib.ob3.signer import OB3Signer
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from tests.signers import EcTestKey, Ed25519TestKey, secure_document
from tests.verifier.judging import badge, codes, judge
from verifier.errors import Code
from verifier.proofs.jose import build_ob_jwt
from verifier.proofs.multikey import KeyType
from verifier.report import OutcomeError
from verifier.verify import VerifiedCredential

pytestmark = pytest.mark.interop

ED25519 = Ed25519TestKey.number(31)
P256 = EcTestKey.number(32, KeyType.P256)
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
LEARNER = "did:example:learner"
Key = Ed25519TestKey | EcTestKey
every_key = pytest.mark.parametrize(
    ("key", "algorithm"), [(ED25519, "EdDSA"), (P256, "ES256")], ids=["EdDSA", "ES256"]
)


def pem(key: Key) -> bytes:
    """The private key as their signer wants it."""
    private: Any
    if isinstance(key, Ed25519TestKey):
        private = ed25519.Ed25519PrivateKey.from_private_bytes(key.seed)
    else:
        private = key.private
    return bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def theirs(key: Key) -> OpenBadgeCredential:
    """A badge in their own model, by the did:key of ``key``."""
    return OpenBadgeCredential(
        id="urn:uuid:9a4f7f88-d1b0-54ca-88e5-f1ad9726008f",
        issuer=Issuer(id=key.did, name="Example", url="https://issuer.example"),
        recipient_id=LEARNER,
        issuance_date=BEGUN,
        achievement=Achievement(
            id="urn:uuid:afdb0dd6-5771-5b36-9a7c-92903320e804",
            name="Competitor brief",
            description="Find 25 refill shops and compare their prices.",
            criteria_narrative="The host confirms the work.",
        ),
    )


def ours(key: Key) -> dict[str, Any]:
    issuer = {"id": key.did, "type": ["Profile"], "name": "Example"}
    return badge(issuer=issuer, validFrom="2026-01-01T00:00:00Z")


def test_we_verify_their_embedded_proof() -> None:
    """eddsa-rdfc-2022 in a document of theirs; a changed word is refused."""
    document = OB3LdpSigner(pem(ED25519)).sign(theirs(ED25519), created=BEGUN)
    changed = copy.deepcopy(document) | {"name": "Something else"}

    assert isinstance(judge(document), VerifiedCredential)
    assert [Code.PROOF_VERIFICATION_ERROR] == codes(judge(changed).report)


def test_they_verify_our_embedded_proof() -> None:
    """The other way round."""
    document = secure_document(ours(ED25519), ED25519)
    verifier = OB3LdpVerifier.for_issuer_did(ED25519.did)

    assert document["id"] == verifier.verify(document).id
    with pytest.raises(OB3VerificationError):
        verifier.verify(document | {"name": "Something else"})


@every_key
def test_we_verify_their_token(key: Key, algorithm: str) -> None:
    """A token with its key in the header, which the did:key of the issuer lists too."""
    token = OB3Signer(pem(key), algorithm).sign(theirs(key))

    found = judge(token.encode())

    assert isinstance(found, VerifiedCredential), codes(found.report)
    assert key.did == found.issuer


def test_a_key_in_the_header_that_the_issuer_does_not_list_is_nobody_s() -> None:
    """Their signer puts any key there; the issuer's own document decides."""
    token = OB3Signer(pem(P256), "ES256").sign(theirs(ED25519))

    found = judge(token.encode())

    assert isinstance(found, OutcomeError)
    assert [Code.ISSUER_KEY_MISMATCH] == codes(found.report)


@every_key
def test_they_verify_our_token(key: Key, algorithm: str) -> None:
    """The Open Badges form with ``kid``."""
    token = build_ob_jwt(ours(key), algorithm=algorithm, kid=key.verification_method, sign=key.sign)
    verifier = OB3Verifier.for_issuer_did(key.did)
    head, payload, signature = token.split(".")

    assert ours(key)["id"] == verifier.verify(token).id
    with pytest.raises(OB3VerificationError):
        verifier.verify(f"{head}.{payload[:-4]}AAAA.{signature}")
