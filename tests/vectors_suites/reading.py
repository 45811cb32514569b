"""Reading third-party vectors: JSON through the strict loader, texts as they are."""

from __future__ import annotations

from pathlib import Path

from verifier.strict_json import JsonValue, parse_json


def read(path: Path) -> JsonValue:
    """One JSON file."""
    return parse_json(path.read_bytes())


def no_network(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> object:
    """A door that nothing in a vector may need."""
    raise AssertionError(f"a vector reached for {url}")
