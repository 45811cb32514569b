"""Square codes: what is drawn is what a phone reads."""

from __future__ import annotations

import io
import re

import png
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from issuer import limits
from issuer.documents.qr import UnfitTextError, qr_png, qr_svg

ADDRESS = (
    "https://verify.microintern.example/c/issuer.microintern.example/7k3m9qx2fd8rw5vhn0cyt4bg6z"
)


def read(picture: Image.Image) -> str:
    """What a reader sees in a picture with one code."""
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)


def modules(svg: str) -> list[list[int]]:
    """The SVG as rows of grey values, by its own drawing rules (one run for each ``M``)."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    rows = [[255] * side for _ in range(side)]
    for start, line, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", svg):
        for place in range(int(start), int(start) + int(length)):
            rows[int(line)][place] = 0
    return rows


def enlarged(rows: list[list[int]], factor: int = 8) -> Image.Image:
    flat = bytes(value for row in rows for value in row)
    small = Image.frombytes("L", (len(rows), len(rows)), flat)
    return small.resize((small.width * factor, small.height * factor), Image.Resampling.NEAREST)


def test_png_says_its_address() -> None:
    """A phone that reads the PNG gets the address, letter for letter."""
    with Image.open(io.BytesIO(qr_png(ADDRESS))) as picture:
        found = read(picture)

    assert ADDRESS == found


def test_svg_says_its_address() -> None:
    """The same for the SVG."""
    found = read(enlarged(modules(qr_svg(ADDRESS))))

    assert ADDRESS == found


def test_png_and_svg_are_one_code() -> None:
    """Both are drawn from the same modules."""
    _, _, rows, _ = png.Reader(bytes=qr_png(ADDRESS, 1)).read()
    from_png = [[255 if value else 0 for value in row] for row in rows]

    assert modules(qr_svg(ADDRESS)) == from_png


def test_quiet_zone_is_four_modules_of_white() -> None:
    """Readers need the border."""
    rows = modules(qr_svg(ADDRESS))
    border = [*rows[:4], *rows[-4:]]

    assert {255} == {value for row in border for value in row}
    assert {255} == {value for row in rows for value in (*row[:4], *row[-4:])}
    assert 0 in rows[4]


def test_level_q_survives_a_stain() -> None:
    """A fifth of the code's width may be covered in the middle."""
    with Image.open(io.BytesIO(qr_png(ADDRESS))) as picture:
        stained = picture.convert("L")
    side = stained.width // 5
    stained.paste(0, (2 * side, 2 * side, 3 * side, 3 * side))

    assert ADDRESS == read(stained)


def test_an_address_of_ours_fits_version_8() -> None:
    """49 modules and the quiet zone: large enough modules at 25 mm."""
    assert 49 + 8 == len(modules(qr_svg(ADDRESS)))


@pytest.mark.parametrize("text", ["", "é", "a\nb", "x" * (limits.QR_CHARACTERS + 1)])
def test_unfit_text_is_refused(text: str) -> None:
    """Nothing that is no address is drawn."""
    with pytest.raises(UnfitTextError):
        qr_svg(text)
    with pytest.raises(UnfitTextError):
        qr_png(text)


@pytest.mark.parametrize("pixels", [0, -1, limits.QR_MODULE_PIXELS_MAX + 1])
def test_unfit_size_is_refused(pixels: int) -> None:
    """A picture has a bound."""
    with pytest.raises(ValueError, match="out of bounds"):
        qr_png(ADDRESS, pixels)


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200))
def test_whatever_is_drawn_is_read_back(text: str) -> None:
    """Every printable text, markup included, comes back as it was."""
    svg = qr_svg(text)

    assert text == read(enlarged(modules(svg)))
    assert 1 == svg.count("</svg>")
