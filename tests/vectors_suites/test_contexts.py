"""The contexts read from packages have the content of the published ones."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import rfc8785

import schemas
from verifier.jsonld import contexts
from verifier.strict_json import parse_json

pytestmark = pytest.mark.vectors

_LINE = re.compile(r"- `([^`]+)` \S (?:\([^)]*\) )?(\S+)(?: \([^)]*\))? \S ([0-9a-f]{64})")
_OURS_TO_WRITE = {schemas.CONTEXT_URL}


def test_every_pin_is_of_the_published_content(vectors_dir: Path) -> None:
    """Every pinned context of others has the RFC 8785 digest of the file in the vectors."""
    folder = vectors_dir / "contexts"
    listed = {m[2]: m[1] for m in _LINE.finditer((folder / "README.md").read_text("utf-8"))}
    ours = set(contexts.KNOWN) - _OURS_TO_WRITE
    digests = {
        url: hashlib.sha256(
            rfc8785.dumps(parse_json((folder / listed[url]).read_bytes()))
        ).hexdigest()
        for url in ours
    }

    assert digests == {url: contexts.KNOWN[url].sha256 for url in ours}


def test_published_digests_are_those_of_the_vectors(vectors_dir: Path) -> None:
    """Where we record a published digest, the file in the vectors has it."""
    folder = vectors_dir / "contexts"
    lines = (folder / "README.md").read_text("utf-8")
    listed = {match[2]: match[3] for match in _LINE.finditer(lines)}
    recorded = {
        url: pin.published_sha256 for url, pin in contexts.KNOWN.items() if pin.published_sha256
    }

    assert recorded == {url: listed[url] for url in recorded}
