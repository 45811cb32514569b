"""Square codes (QR, ISO/IEC 18004) for addresses: SVG for print, PNG for screens.

Error correction level Q, a quiet zone of 4 modules, black on white, no picture in the
middle: a code on paper is folded, stained and photographed askew. The only importer of
``qrcode``.

Leaves to others: which address (``verifier.qr``), and the letters beside the code.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from html import escape

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.image.pure import PyPNGImage
from qrcode.main import QRCode

from issuer import limits

_QUIET_ZONE = 4


class UnfitTextError(ValueError):
    """The text is empty, too long or not printable ASCII: no address that people could type."""


@lru_cache(maxsize=256)
def qr_svg(text: str) -> str:
    """A square code of ``text`` as an SVG document, one unit for each module.

    Presentation attributes only, so that a strict content security policy lets it pass.
    Raises ``UnfitTextError``.
    """
    rows = _code(text, module_pixels=1).get_matrix()
    side = len(rows)
    path = " ".join(
        f"M{start} {line + 0.5}h{length}"
        for line, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img">'
        f"<title>{escape(text)}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path stroke="#000" shape-rendering="crispEdges" d="{path}"/></svg>\n'
    )


@lru_cache(maxsize=64)
def qr_png(text: str, module_pixels: int = limits.QR_MODULE_PIXELS) -> bytes:
    """A square code of ``text`` as a PNG with ``module_pixels`` pixels for each module.

    Raises ``UnfitTextError``, and ``ValueError`` for a size out of bounds.
    """
    if not 1 <= module_pixels <= limits.QR_MODULE_PIXELS_MAX:
        raise ValueError(f"{module_pixels} pixels for a module is out of bounds")
    picture = _code(text, module_pixels).make_image(image_factory=PyPNGImage)
    stream = io.BytesIO()
    picture.save(stream)
    return stream.getvalue()


def _code(text: str, module_pixels: int) -> QRCode[PyPNGImage]:
    if not text or len(text) > limits.QR_CHARACTERS or not (text.isascii() and text.isprintable()):
        raise UnfitTextError(f"cannot draw {text[:40]!r}")
    code = QRCode(
        error_correction=ERROR_CORRECT_Q,
        box_size=module_pixels,
        border=_QUIET_ZONE,
        image_factory=PyPNGImage,
    )
    code.add_data(text)
    code.make(fit=True)
    return code


def _runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """The dark runs of one row as (start, length)."""
    start: int | None = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
