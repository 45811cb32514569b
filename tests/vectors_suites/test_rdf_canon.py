"""W3C RDF Dataset Canonicalization 1.0: the test suite, poison graphs included."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vectors_suites.reading import read
from verifier.errors import Code, RefusedError
from verifier.jsonld.oracle import HashName, canonicalize_nquads, issued_identifiers
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors
KINDS = ("RDFC10EvalTest", "RDFC10MapTest", "RDFC10NegativeEvalTest")


def entries(folder: Path, kind: str) -> list[JsonObject]:
    manifest = read(folder / "rdf-canon" / "manifest.jsonld")
    return [entry for entry in manifest["entries"] if entry["type"] == f"rdfc:{kind}"]


def source(folder: Path, entry: JsonObject) -> str:
    return (folder / "rdf-canon" / entry["action"]).read_text(encoding="utf-8")


def hash_of(entry: JsonObject) -> HashName:
    return "sha384" if entry.get("hashAlgorithm") == "SHA384" else "sha256"


def test_every_dataset_has_the_canonical_form_of_the_suite(vectors_dir: Path) -> None:
    """Byte for byte, with SHA-384 where the suite asks for it."""
    cases = entries(vectors_dir, "RDFC10EvalTest")
    expected = {
        entry["id"]: (vectors_dir / "rdf-canon" / entry["result"]).read_bytes() for entry in cases
    }

    found = {
        entry["id"]: canonicalize_nquads(source(vectors_dir, entry), hash_name=hash_of(entry))
        for entry in cases
    }

    assert len(cases) > 30
    assert found == expected


def test_every_label_is_the_one_of_the_suite(vectors_dir: Path) -> None:
    """The map from old labels to canonical ones, for SHA-256."""
    cases = [e for e in entries(vectors_dir, "RDFC10MapTest") if hash_of(e) == "sha256"]
    expected = {e["id"]: read(vectors_dir / "rdf-canon" / e["result"]) for e in cases}

    found = {e["id"]: issued_identifiers(source(vectors_dir, e)) for e in cases}

    assert len(cases) > 10
    assert found == expected


def test_every_poison_graph_is_stopped(vectors_dir: Path) -> None:
    """The suite's negative cases end with a limit, not with a label."""
    cases = entries(vectors_dir, "RDFC10NegativeEvalTest")

    assert len(cases) >= 1
    for entry in cases:
        with pytest.raises(RefusedError) as caught:
            canonicalize_nquads(source(vectors_dir, entry))
        assert caught.value.code is Code.LIMIT_EXCEEDED


def test_no_kind_of_case_is_left_out(vectors_dir: Path) -> None:
    """What the manifest holds is what the tests above read."""
    manifest = read(vectors_dir / "rdf-canon" / "manifest.jsonld")

    kinds = {entry["type"].removeprefix("rdfc:") for entry in manifest["entries"]}

    assert kinds == set(KINDS)
