"""A text, and whatever else can be read in it: nothing hides behind an encoding.

JSON and HTML escapes, percent-encoding, quoted-printable's soft breaks, and base64 of both
alphabets (tokens, their disclosures, proofs), each also within the others.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import Final
from urllib.parse import unquote

from tests.issuer.leaks.planted import markers_within

_DEPTH: Final = 3
_BASE64: Final = re.compile(r"[A-Za-z0-9_+/-]{10,}={0,2}")
"""Ten signs hold a marker of seven."""
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


def read_markers(text: str) -> set[str]:
    """Every marker that somebody who tries can read in ``text``."""
    return set().union(*(markers_within(found) for found in _readings(text, _DEPTH)))


def _readings(text: str, depth: int) -> set[str]:
    found = {text, html.unescape(text), unquote(text), _unescaped(text)}
    if depth:
        inner = "\n".join(_decoded(it) for it in found)
        if inner.strip():
            found |= _readings(inner, depth - 1)
    return found


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _decoded(text: str) -> str:
    """All that stands in base64 in ``text``, whichever sign of the run it starts at."""
    runs = _BASE64.findall(text.replace("+", "-").replace("/", "_"))
    return "\n".join(_decode(run.rstrip("=")[start:]) for run in runs for start in range(4))


def _decode(run: str) -> str:
    usable = run[: len(run) - (len(run) % 4 == 1)]
    try:
        raw = base64.urlsafe_b64decode(usable + "=" * (-len(usable) % 4))
    except (binascii.Error, ValueError):
        return ""
    return raw.decode("utf-8", errors="ignore")
