"""Selective disclosure with the Digital Bazaar libraries: each side issues, derives and verifies,
and every mixture of the three must end in the same document."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.example_records import example_projected
from tests.fake_network import FakeNetwork
from tests.interop.peers import OUR_CONTEXT, DigitalBazaar
from tests.signers import EcTestKey, secure_document
from tests.vectors.cases import V2, badge
from verifier.date_time_stamp import format_instant
from verifier.errors import Code, RefusedError
from verifier.jsonld import contexts
from verifier.policy import VC_API
from verifier.proofs.data_integrity import parse_proofs, verify_proof
from verifier.proofs.ecdsa_sd import ECDSA_SD_2023, WHOLE, derive
from verifier.proofs.multikey import encode_base58btc
from verifier.sources import Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify

pytestmark = pytest.mark.interop

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KEY = EcTestKey.number(23)
MANDATORY = ("/issuer", "/validFrom")
SELECTIVE = ("/credentialSubject/achievement/name", "/credentialSubject/achievement/criteria")
PROOFS = "https://w3id.org/security/data-integrity/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
DATES = ("validFrom", "issuanceDate")
SHOWN = {"@context", "id", "type", "issuer", "validFrom", "credentialSubject", "proof"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """npm ``@digitalbazaar/ecdsa-sd-2023-cryptosuite``, run by Node."""

    node: Path

    def issue(self, credential: JsonObject, mandatory: Sequence[str] = MANDATORY) -> JsonObject:
        """A base proof by the same key as ours."""
        secret = b"\x86\x26" + KEY.secret.to_bytes(32, "big")
        pair = {
            "secretKeyMultibase": encode_base58btc(secret),
            "publicKeyMultibase": KEY.multibase,
        }
        return self._made(
            action="issue", credential=credential, key=pair, mandatoryPointers=[*mandatory]
        )

    def derive(self, credential: JsonObject, pointers: Sequence[str]) -> JsonObject:
        """A derived proof."""
        return self._made(action="derive", credential=credential, selectivePointers=[*pointers])

    def refusal(self, credential: JsonObject) -> str | None:
        """Why the peer does not accept ``credential``, or ``None`` when it does."""
        answer = self._ask(action="verify", credential=credential)
        return None if answer["verified"] else "; ".join(answer["reasons"])

    def _made(self, **request: object) -> JsonObject:
        return dict(self._ask(**request)["credential"])

    def _ask(self, **request: object) -> JsonObject:
        given = {url: contexts.load(url) for url in (OUR_CONTEXT, PROOFS)}
        body = {**request, "contexts": given, "now": format_instant(NOW)}
        done = subprocess.run(
            [str(self.node), str(Path(__file__).with_name("ecdsa_sd.mjs"))],
            input=json.dumps(body).encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )
        return parse_json_object(done.stdout)


@pytest.fixture
def peer(digitalbazaar: DigitalBazaar) -> Peer:
    """The JavaScript implementation, where Node is installed."""
    return Peer(node=digitalbazaar.node)


def _badge() -> JsonObject:
    return badge(issuer={"id": KEY.did, "type": ["Profile"], "name": "Test issuer"})


def _base(document: JsonObject) -> JsonObject:
    return secure_document(document, KEY, ECDSA_SD_2023.requiring(MANDATORY))


def _verify(document: JsonObject) -> None:
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    (proof,) = parse_proofs(document)
    verify_proof(proof, unsecured, (proof,), KEY.public)


def _achievement(document: JsonObject) -> set[str]:
    return set(document["credentialSubject"]["achievement"])


@pytest.mark.parametrize("issuer", ["ours", "theirs"])
@pytest.mark.parametrize("holder", ["ours", "theirs"])
def test_what_either_issues_and_either_derives_both_verify(
    peer: Peer, issuer: str, holder: str
) -> None:
    """Two issuers, two holders, two verifiers: all agree on the badge and what it shows."""
    base = _base(_badge()) if issuer == "ours" else peer.issue(_badge())

    derived = derive(base, SELECTIVE) if holder == "ours" else peer.derive(base, SELECTIVE)

    assert SHOWN == set(derived)
    assert {"id", "type", "name", "criteria"} == _achievement(derived)
    assert peer.refusal(derived) is None
    _verify(derived)


@pytest.mark.parametrize("issuer", ["ours", "theirs"])
def test_both_holders_derive_the_same(peer: Peer, issuer: str) -> None:
    """From one base proof both make one and the same document, proof value and all."""
    base = _base(_badge()) if issuer == "ours" else peer.issue(_badge())

    assert peer.derive(base, SELECTIVE) == derive(base, SELECTIVE)


@pytest.mark.parametrize("example", ["01", "02", "05"])
def test_the_peer_verifies_our_micro_internships(peer: Peer, example: str) -> None:
    """What we derive of our own credentials, lists and all, is verified by the peer, which could
    not derive it itself: it does not know how to name the parts of a list."""
    document = example_projected(example)
    document["issuer"]["id"] = KEY.did
    del document["credentialStatus"]

    assert peer.refusal(derive(_base(document), WHOLE)) is None
    assert peer.refusal(derive(_base(document), ["/credentialSubject/achievement"])) is None


def _sails(*contexts: Any, **since: str) -> JsonObject:
    """Words of its own by a vocabulary, and unnamed things in lists, which partly look alike."""
    return {
        "@context": [*contexts, {"@vocab": "https://sails.example/words#"}],
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        **since,
        "credentialSubject": {
            "sailNumber": "Earth101",
            "sails": [
                {"size": 5.5, "sailName": "Kihei", "year": 2023},
                {"size": 6.1, "sailName": "Lahaina", "year": 2023},
                {"size": 7, "sailName": "Lahaina", "year": 2020},
            ],
            "boards": [
                {"boardName": "CompFoil170", "year": 2022},
                {"boardName": "Kanaha", "year": 2019},
            ],
        },
    }


@pytest.mark.parametrize("issuer", ["ours", "theirs"])
@pytest.mark.parametrize(
    "document",
    [
        _sails(V2, validFrom="2026-01-01T00:00:00Z"),
        _sails(V1, PROOFS, issuanceDate="2026-01-01T00:00:00Z"),
    ],
    ids=["2.0", "1.1"],
)
def test_both_agree_on_words_of_a_document_of_its_own(
    peer: Peer, issuer: str, document: JsonObject
) -> None:
    """Both data models, an inline vocabulary, single items out of lists of unnamed things."""
    mandatory = ["/issuer", next(f"/{name}" for name in document if name in DATES)]
    chosen = ["/credentialSubject/sails/1", "/credentialSubject/boards/0/year"]
    ours = ECDSA_SD_2023.requiring(mandatory)
    base = (
        secure_document(document, KEY, ours)
        if issuer == "ours"
        else peer.issue(document, mandatory)
    )

    derived = derive(base, chosen)

    assert peer.derive(base, chosen) == derived
    assert peer.refusal(derived) is None
    verified = verify(derived, now=NOW, sources=Sources(fetch=FakeNetwork()), policy=VC_API)
    assert {
        "sails": [{"size": 6.1, "sailName": "Lahaina", "year": 2023}],
        "boards": [{"year": 2022}],
    } == (verified.document["credentialSubject"])


@pytest.mark.vectors
@pytest.mark.parametrize(
    "pointers",
    [
        WHOLE,
        ["/credentialSubject/achievement/resultDescription/0", "/credentialSubject/result/1"],
        ["/credentialSubject/identifier", "/endorsement", "/issuer/endorsement/0", "/evidence/0"],
        ["/credentialSubject/achievement/creator/image/caption", "/issuer/address/geo"],
    ],
    ids=["whole", "results", "endorsements", "details"],
)
def test_the_peer_verifies_parts_of_a_badge_with_everything(
    peer: Peer, vectors_dir: Path, pointers: Sequence[str]
) -> None:
    """A badge with every member there is: lists, credentials inside it with proofs, places."""
    folder = vectors_dir / "open-badges-3.0" / "validator-samples" / "valid"
    document = parse_json_object((folder / "complete.json").read_bytes())
    document["issuer"]["id"] = KEY.did
    for name in ("proof", "credentialStatus"):
        del document[name]

    derived = derive(_base(document), ["/credentialSubject/id", *pointers])

    _verify(derived)
    assert peer.refusal(derived) is None


def test_both_refuse_a_changed_claim(peer: Peer) -> None:
    """One word of a shown claim is another: neither verifier accepts it."""
    derived = derive(peer.issue(_badge()), SELECTIVE)
    derived["credentialSubject"]["achievement"]["name"] += "!"

    with pytest.raises(RefusedError) as refused:
        _verify(derived)

    assert Code.PROOF_VERIFICATION_ERROR is refused.value.code
    assert peer.refusal(derived) is not None


def test_both_refuse_a_base_proof(peer: Peer) -> None:
    """A base proof is not made to be shown."""
    with pytest.raises(RefusedError):
        _verify(peer.issue(_badge()))

    assert peer.refusal(_base(_badge())) is not None
