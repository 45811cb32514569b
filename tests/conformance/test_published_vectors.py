"""The credentials that the standards publish, as a client posts them: without options.

Their issuers and keys do not belong together, so only ``/profiles/unsafe-vectors`` accepts
them, and only as they were signed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.credentials import changed
from tests.conformance.pair import Pair
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.vectors

_SIGNED = (
    "vc-di-ecdsa/ecdsa-jcs-2019-p256/signedJCSECDSAP256.json",
    "vc-di-ecdsa/ecdsa-jcs-2019-p384/signedJCSECDSAP384.json",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p256/signedECDSAP256.json",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p384/signedECDSAP384.json",
    "vc-di-eddsa/Ed25519Signature2020/signedEdSig.json",
    "vc-di-eddsa/eddsa-jcs-2022/signedJCS.json",
    "vc-di-eddsa/eddsa-rdfc-2022/signedDataInt.json",
    "vc-di-eddsa/proof-set-chain/signedProofSet1.json",
    "vc-di-eddsa/proof-set-chain/signedProofSet2.json",
)

UNSAFE = "unsafe-vectors"


@pytest.mark.parametrize("name", _SIGNED)
def test_a_published_credential_verifies_as_it_was_signed(
    pair: Pair, vectors_dir: Path, name: str
) -> None:
    """200 without options; 400 once any one signature has lost its last character, and at the
    endpoint that keeps keys and issuers together."""
    document = parse_json_object((vectors_dir / name).read_bytes())

    accepted = pair.verify({"verifiableCredential": document}, profile=UNSAFE)
    cut = [
        pair.verify({"verifiableCredential": it}, profile=UNSAFE).status for it in _cut(document)
    ]

    assert (200, UNSAFE) == (accepted.status, accepted.body["policy"])
    assert cut
    assert {400} == set(cut)
    assert 400 == pair.verify({"verifiableCredential": document}).status


def _cut(document: JsonObject) -> list[JsonObject]:
    proof = document["proof"]
    if isinstance(proof, dict):
        return [changed(document, "proof", "proofValue", to=proof["proofValue"][:-1])]
    return [
        changed(document, "proof", place, "proofValue", to=it["proofValue"][:-1])
        for place, it in enumerate(proof)
    ]
