"""What a verified document and a report say, in words, for people; and how our pages look.

Both webs use this room: the verifier's pages and the issuer's share page speak with one
voice. It holds view models (frozen values made of text), the catalogue of interface words,
and the shared templates, sheets and icons. It knows no web framework: the edges load the
templates from ``TEMPLATE_FOLDER`` and serve the files that ``assets`` names.

Everything in a credential is untrusted text even when its signature is good: it becomes a
``text.Text``, never markup. Leaves to others: whether a document is genuine (``verifier.verify``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from verifier.presentation.assets import asset_url, icon_body

TEMPLATE_FOLDER: Final = Path(__file__).parent / "templates"
"""Holds ``presentation/*.html``; put it into the search path of the web's Jinja loader."""

TEMPLATE_GLOBALS: Final[Mapping[str, Callable[[str], str]]] = {
    "asset": asset_url,
    "icon_body": icon_body,
}
"""What the templates call; add them to the globals of the web's Jinja environment."""
