"""Each cryptosuite both ways with the suites of npm ``@digitalbazaar``: theirs here, ours there.

eddsa-rdfc-2022 has more tests in ``test_peers``; ecdsa-sd-2023 has its own module.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.interop.peers import DigitalBazaar
from tests.signers import EcTestKey, Ed25519TestKey, secure_document
from tests.verifier.judging import badge, codes, judge
from verifier.errors import Code
from verifier.proofs import LEGACY_SUITES, SUITES
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject
from verifier.verify import VerifiedCredential

pytestmark = pytest.mark.interop

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
LEGACY = "Ed25519Signature2020"
LEGACY_CONTEXT = "https://w3id.org/security/suites/ed25519-2020/v1"


@dataclass(frozen=True, slots=True)
class Kind:
    """One suite on one curve."""

    suite: str
    curve: str | None
    key: Ed25519TestKey | EcTestKey

    def __str__(self) -> str:
        return f"{self.suite} {self.curve or ''}".strip()


KINDS = (
    Kind("eddsa-jcs-2022", None, Ed25519TestKey.number(41)),
    Kind("ecdsa-rdfc-2019", "P-256", EcTestKey.number(42)),
    Kind("ecdsa-rdfc-2019", "P-384", EcTestKey.number(43, KeyType.P384)),
    Kind("ecdsa-jcs-2019", "P-256", EcTestKey.number(44)),
    Kind("ecdsa-jcs-2019", "P-384", EcTestKey.number(45, KeyType.P384)),
    Kind(LEGACY, None, Ed25519TestKey.number(46)),
)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def unsigned(kind: Kind) -> JsonObject:
    """A badge by the test key of its kind."""
    issuer = {"id": kind.key.did, "type": ["Profile"], "name": "Example"}
    document = badge(issuer=issuer, validFrom="2026-01-01T00:00:00Z")
    if kind.suite == LEGACY:
        document["@context"] = [*document["@context"], LEGACY_CONTEXT]
    return document


def did_document(key: Ed25519TestKey | EcTestKey) -> JsonObject:
    """Their loader computes Ed25519 keys only; the others are handed over."""
    method = {
        "id": key.verification_method,
        "type": "Multikey",
        "controller": key.did,
        "publicKeyMultibase": key.multibase,
    }
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": key.did,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }


@every_kind
def test_we_verify_theirs(kind: Kind, digitalbazaar: DigitalBazaar) -> None:
    """As issued it is good; one changed word is not."""
    theirs = digitalbazaar.issue_with(unsigned(kind), suite=kind.suite, curve=kind.curve, now=NOW)
    changed = copy.deepcopy(theirs) | {"name": "Something else"}

    found = judge(theirs)

    assert isinstance(found, VerifiedCredential), found.report.problems
    assert [Code.PROOF_VERIFICATION_ERROR] == codes(judge(changed).report)


@every_kind
def test_they_verify_ours(kind: Kind, digitalbazaar: DigitalBazaar) -> None:
    """And refuse it when it is changed."""
    suite = LEGACY_SUITES[LEGACY] if kind.suite == LEGACY else SUITES[kind.suite]
    ours = secure_document(unsigned(kind), kind.key, suite)
    documents: list[Any] = [] if kind.curve is None else [did_document(kind.key)]
    changed = copy.deepcopy(ours) | {"name": "Something else"}

    assert None is digitalbazaar.refusal(ours, now=NOW, documents=documents)
    assert None is not digitalbazaar.refusal(changed, now=NOW, documents=documents)
