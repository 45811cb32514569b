"""RFC 8785: the reference files of the canonical form that JCS suites sign."""

from __future__ import annotations

from pathlib import Path

import pytest
import rfc8785

from verifier.proofs.eddsa import EDDSA_JCS_2022
from verifier.proofs.multikey import KeyType
from verifier.strict_json import parse_json

pytestmark = pytest.mark.vectors


def test_every_file_has_its_canonical_form(vectors_dir: Path) -> None:
    """What the strict loader reads is written exactly as published, in text and in hex."""
    folder = vectors_dir / "jcs"
    expected: dict[str, bytes] = {}
    actual: dict[str, bytes] = {}
    for path in sorted((folder / "input").glob("*.json")):
        expected[path.name] = (folder / "output" / path.name).read_bytes()
        actual[path.name] = rfc8785.dumps(parse_json(path.read_bytes()))
        in_hex = (folder / "outhex" / f"{path.stem}.txt").read_text("ascii")
        assert bytes.fromhex(in_hex) == actual[path.name]

    assert len(expected) == 4
    assert expected == actual


def test_members_in_another_order_are_one_document() -> None:
    """The form that is signed does not depend on how somebody wrote the document down."""
    options = {"type": "DataIntegrityProof"}
    one, other = {"a": 1, "\ufb33": [], "\U0001f600": {}}, {"\U0001f600": {}, "\ufb33": [], "a": 1}

    assert EDDSA_JCS_2022.hash_data(one, options, KeyType.ED25519) == (
        EDDSA_JCS_2022.hash_data(other, options, KeyType.ED25519)
    )
