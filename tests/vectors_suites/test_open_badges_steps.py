"""1EdTech's walk-through of signing a badge and a record with eddsa-rdfc-2022, step by step.

Leaves to others: what the verifier says of the results (``test_open_badges``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vectors_suites.reading import read
from verifier.errors import RefusedError
from verifier.jsonld import canonicalize
from verifier.proofs.data_integrity import parse_proofs, verify_proof
from verifier.proofs.multikey import parse_multikey
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors

KEY = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"


@pytest.fixture(name="folder", params=["obv3p0", "clrv2p0"])
def _folder(request: pytest.FixtureRequest, vectors_dir: Path) -> Path:
    return vectors_dir / "open-badges-3.0" / "impl-test-vectors" / str(request.param)


def _signed(folder: Path) -> JsonObject:
    return dict(read(folder / "07-signed-credential.json"))


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().strip().split(b"\n")


def test_canonical_forms(folder: Path) -> None:
    """Document and options, byte for byte."""
    document = _signed(folder)
    del document["proof"]
    proof = dict(read(folder / "06-proof.json"))
    options = {name: value for name, value in proof.items() if name != "proofValue"}

    assert _lines(folder / "document-canon.txt") == canonicalize(document).strip().split(b"\n")
    assert _lines(folder / "proof-canon.txt") == (
        canonicalize({**options, "@context": document["@context"]}).strip().split(b"\n")
    )


def test_the_signature_verifies_and_covers_everything(folder: Path) -> None:
    """With the key of the walk-through; no member can be taken away."""
    document = _signed(folder)
    proofs = parse_proofs(document)
    verify_proof(proofs[0], document, proofs, parse_multikey(KEY))

    for name in set(document) - {"proof", "@context"}:
        without = {it: value for it, value in document.items() if it != name}
        with pytest.raises(RefusedError):
            verify_proof(proofs[0], without, proofs, parse_multikey(KEY))
