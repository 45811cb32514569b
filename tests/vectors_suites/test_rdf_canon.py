"""W3C RDF Dataset Canonicalization 1.0: the test suite, poison included."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verifier.errors import Code, RefusedError
from verifier.jsonld.oracle import HashName, canonicalize_nquads, issued_identifiers
from verifier.strict_json import parse_json

pytestmark = pytest.mark.vectors


def _entries(vectors_dir: Path, kind: str) -> Iterator[dict[str, Any]]:
    manifest = parse_json((vectors_dir / "rdf-canon" / "manifest.jsonld").read_bytes())
    return (entry for entry in manifest["entries"] if entry["type"] == f"rdfc:{kind}")


def _read(vectors_dir: Path, name: str) -> str:
    return (vectors_dir / "rdf-canon" / name).read_text("utf-8")


def _hash_name(entry: dict[str, Any]) -> HashName:
    return "sha384" if entry.get("hashAlgorithm") == "SHA384" else "sha256"


def test_canonical_forms(vectors_dir: Path) -> None:
    """Every dataset of the suite gets exactly the canonical form that the suite states."""
    expected: dict[str, str] = {}
    actual: dict[str, str] = {}
    for entry in _entries(vectors_dir, "RDFC10EvalTest"):
        text = _read(vectors_dir, entry["action"])
        expected[entry["id"]] = _read(vectors_dir, entry["result"])
        actual[entry["id"]] = canonicalize_nquads(text, hash_name=_hash_name(entry)).decode()

    assert len(expected) > 40
    assert expected == actual


def test_issued_identifiers(vectors_dir: Path) -> None:
    """Every map of the suite from old to new labels is the one that is issued here."""
    expected: dict[str, Any] = {}
    actual: dict[str, Any] = {}
    for entry in _entries(vectors_dir, "RDFC10MapTest"):
        expected[entry["id"]] = parse_json(_read(vectors_dir, entry["result"]).encode())
        text = _read(vectors_dir, entry["action"])
        actual[entry["id"]] = issued_identifiers(text, hash_name=_hash_name(entry))

    assert len(expected) > 12
    assert expected == actual


def test_poison_is_stopped(vectors_dir: Path) -> None:
    """Every dataset that must not be canonicalised is refused within a second of CPU time."""
    entries = list(_entries(vectors_dir, "RDFC10NegativeEvalTest"))
    for entry in entries:
        start = time.process_time()
        with pytest.raises(RefusedError) as caught:
            canonicalize_nquads(_read(vectors_dir, entry["action"]))

        assert caught.value.code is Code.LIMIT_EXCEEDED
        assert time.process_time() - start < 1.0
    assert entries
