"""The sheets and icons of our pages, as package data with names that never go stale.

``asset_name("base.css")`` carries a digest of the content, so that a browser may keep the
file for ever. ``read_asset`` answers from a closed list: no path from outside reaches the disk.

Leaves to others: the URL prefix and the headers (each web).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_OUTER_SVG = re.compile(r"<svg[^>]*>(.*)</svg>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file: its bytes, its content type, its digest (16 hexadecimal signs)."""

    body: bytes
    content_type: str
    digest: str


@cache
def assets() -> Mapping[str, Asset]:
    """Every file of ``static/`` by its name, such as ``base.css`` and ``icons/mark.svg``."""
    return {
        path.relative_to(_FOLDER).as_posix(): _asset(path)
        for path in sorted(_FOLDER.rglob("*"))
        if path.suffix in _TYPES
    }


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(body=body, content_type=_TYPES[path.suffix], digest=digest)


def asset_name(name: str) -> str:
    """``{digest}/{name}``: what follows ``/static/`` in the URL of a file."""
    return f"{assets()[name].digest}/{name}"


def asset_url(name: str) -> str:
    """The path of a file as both webs serve it; a global of the templates."""
    return f"/static/{asset_name(name)}"


def read_asset(name_with_digest: str) -> Asset | None:
    """The file under a name that ``asset_name`` gave, or ``None``."""
    digest, _, name = name_with_digest.partition("/")
    asset = assets().get(name)
    return asset if asset is not None and asset.digest == digest else None


@cache
def icon_body(name: str) -> str:
    """The inside of ``icons/{name}.svg``, to be put into an ``<svg class="icon">`` in a page."""
    match = _OUTER_SVG.fullmatch(assets()[f"icons/{name}.svg"].body.decode("utf-8"))
    if match is None:
        raise ValueError(f"icons/{name}.svg is not one svg element")
    return match[1]
