"""W3C Data Integrity EdDSA cryptosuites 1.0: what the public verifier says of the vectors.

Leaves to others: the steps of the suite, byte for byte (``test_eddsa``).
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vectors_suites.reading import no_network, read
from verifier.policy import UNSAFE_VECTORS
from verifier.report import Outcome, OutcomeError
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify

pytestmark = pytest.mark.vectors
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def suite(vectors_dir: Path) -> Path:
    return vectors_dir / "vc-di-eddsa"


def outcome(document: JsonObject) -> Outcome:
    """The outcome under the profile for vectors, whose keys and issuers do not belong together."""
    try:
        return verify(
            document,
            now=NOW,
            sources=Sources(fetch=no_network),  # type: ignore[arg-type]
            policy=UNSAFE_VECTORS,
        ).report.outcome
    except OutcomeError as error:
        return error.report.outcome


@pytest.mark.parametrize(
    "name",
    [
        "eddsa-rdfc-2022/signedDataInt.json",
        "eddsa-jcs-2022/signedJCS.json",
        "Ed25519Signature2020/signedEdSig.json",
        "proof-set-chain/signedProofSet1.json",
        "proof-set-chain/signedProofSet2.json",
    ],
)
def test_the_signed_documents_verify(suite: Path, name: str) -> None:
    """One proof of each suite, a set of one, a set of two keys."""
    assert outcome(read(suite / name)) is Outcome.VERIFIED


@pytest.mark.parametrize("member", ["created", "proofPurpose", "verificationMethod", "proofValue"])
def test_a_changed_proof_does_not_verify(suite: Path, member: str) -> None:
    """One byte of any member of the proof decides."""
    document = read(suite / "eddsa-rdfc-2022" / "signedDataInt.json")
    value = document["proof"][member]
    place = 3 if member == "created" else len(value) - 3
    other = "1" if value[place] != "1" else "2"
    document["proof"][member] = value[:place] + other + value[place + 1 :]

    assert outcome(document) is Outcome.NOT_VERIFIED


def leaves(value: object, *path: object) -> list[tuple[object, ...]]:
    if isinstance(value, dict):
        return [leaf for name, member in value.items() for leaf in leaves(member, *path, name)]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, *path, index)]
    return [path]


def test_a_changed_document_does_not_verify(suite: Path) -> None:
    """One letter of any text decides: a no, or no answer where a context became unknown."""
    signed = read(suite / "eddsa-rdfc-2022" / "signedDataInt.json")
    unsecured = {name: value for name, value in signed.items() if name != "proof"}
    outcomes = {}
    for path in leaves(unsecured):
        changed = copy.deepcopy(signed)
        *way, last = path
        place = changed
        for part in way:
            place = place[part]
        place[last] = place[last][:-1] + ("x" if place[last][-1] != "x" else "y")
        outcomes[path] = outcome(changed)

    contexts = {path for path in outcomes if path[0] == "@context"}
    assert {outcomes[path] for path in contexts} == {Outcome.COULD_NOT_CHECK}
    assert {outcomes[path] for path in outcomes.keys() - contexts} == {Outcome.NOT_VERIFIED}


@pytest.mark.parametrize("broken", [0, 1])
def test_one_bad_proof_spoils_a_set(suite: Path, broken: int) -> None:
    """All proofs of a set must verify, whichever is the bad one."""
    document = read(suite / "proof-set-chain" / "signedProofSet2.json")
    document["proof"][broken]["created"] = "2024-02-24T23:36:38Z"

    assert outcome(document) is Outcome.NOT_VERIFIED
