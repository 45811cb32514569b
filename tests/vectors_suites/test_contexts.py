"""The contexts that are pinned here are the published ones."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import rfc8785

from tests.vectors_suites.reading import read
from verifier.jsonld import contexts

pytestmark = pytest.mark.vectors

_LINE = re.compile(
    r"- `([^`]+)` \u2013 (?:\([^)]*\) )?(https?://\S+)(?: \([^)]*\))? \u2013 ([0-9a-f]{64})"
)
NOT_THE_SAME = {
    "https://www.w3.org/ns/did/v1": "the package holds the text of 2021, the vectors that of 2026",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "two texts under one address",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "two texts under one address",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "two texts under one address",
}
"""Contexts of which more than one text is in circulation. We pin what peers' packages ship."""


def published(vectors_dir: Path) -> dict[str, Path]:
    folder = vectors_dir / "contexts"
    lines = _LINE.findall((folder / "README.md").read_text(encoding="utf-8"))
    return {url: folder / name for name, url, _ in lines}


def form(document: object) -> str:
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()  # type: ignore[arg-type]


def test_every_pinned_context_is_the_published_one(vectors_dir: Path) -> None:
    """The same JSON, but for the four addresses that have had two texts."""
    files = published(vectors_dir)
    shared = contexts.KNOWN.keys() & files.keys()

    different = {url for url in shared if form(contexts.load(url)) != form(read(files[url]))}

    assert len(shared) >= 8
    assert different <= NOT_THE_SAME.keys()


@pytest.mark.parametrize(
    ("url", "digest"),
    [
        (
            "https://www.w3.org/ns/credentials/v2",
            "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        ),
        (
            "https://w3id.org/security/data-integrity/v2",
            "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
        ),
    ],
)
def test_the_bytes_have_the_digest_that_the_specification_publishes(url: str, digest: str) -> None:
    """VC Data Model 2.0, appendix B.1, and VC Data Integrity 1.0, section 2.4."""
    pin = contexts.KNOWN[url]

    assert pin.published_sha256 == digest
    assert hashlib.sha256(pin.read()).hexdigest() == digest
