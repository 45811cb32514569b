"""Square codes in pictures, read by a child process."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.verifier.intake.pictures_of_codes import code_picture, draw, save
from verifier import limits
from verifier.errors import CheckError, Code
from verifier.intake.pictures import PictureReader
from verifier.intake.received import NothingToCheckError

ADDRESS = "https://verify.microintern.example/c/issuer.example/7k3m9qx2fd8rw5vhn0cyt4bg6z"


@pytest.fixture(scope="module")
def reader() -> PictureReader:
    return PictureReader()


@pytest.mark.parametrize(
    ("file_format", "mode"),
    [
        ("PNG", "L"),
        ("PNG", "1"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("JPEG", "RGB"),
        ("GIF", "P"),
        ("WEBP", "RGB"),
    ],
)
def test_a_code_is_read_from_every_common_kind_of_picture(
    reader: PictureReader, file_format: str, mode: str
) -> None:
    """Whatever a phone or a screen made of it."""
    picture = code_picture(ADDRESS, file_format=file_format, mode=mode)

    assert (ADDRESS,) == reader.read_codes(picture)


def test_a_code_is_read_when_turned_and_set_in_a_page(reader: PictureReader) -> None:
    """A photo is rarely straight."""
    page = Image.new("L", (1600, 1200), 255)
    page.paste(draw(ADDRESS).convert("L"), (700, 500))

    assert (ADDRESS,) == reader.read_codes(save(page.rotate(12, fillcolor=255), "JPEG"))


def test_transparent_paper_counts_as_white(reader: PictureReader) -> None:
    """Black modules on nothing are still a code."""
    code = draw(ADDRESS).convert("L")
    layered = Image.new("RGBA", code.size, (0, 0, 0, 0))
    layered.paste((0, 0, 0, 255), mask=code.point(lambda grey: 255 - grey))

    assert (ADDRESS,) == reader.read_codes(save(layered))


def test_two_codes_are_both_told(reader: PictureReader) -> None:
    """Which one is meant is not for the reader to guess."""
    first, second = (
        draw("https://a.example/1").convert("L"),
        draw("https://a.example/2").convert("L"),
    )
    page = Image.new("L", (first.width + second.width + 60, first.height), 255)
    page.paste(first, (0, 0))
    page.paste(second, (first.width + 60, 0))

    assert {"https://a.example/1", "https://a.example/2"} == set(reader.read_codes(save(page)))


def test_a_picture_without_a_code_is_nothing_to_check(reader: PictureReader) -> None:
    """It says nothing about any credential."""
    with pytest.raises(NothingToCheckError):
        reader.read_codes(save(Image.new("RGB", (300, 300), "white"), "JPEG"))


def test_a_picture_with_too_many_pixels_is_refused_before_any_is_decoded(
    reader: PictureReader,
) -> None:
    """The header alone decides: this one would need 10 GB."""
    width = height = 100_000
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 1) + b"IDAT\x00" + struct.pack(">I", zlib.crc32(b"IDAT\x00"))
    )  # fmt: skip

    with pytest.raises(NothingToCheckError) as caught:
        reader.read_codes(bomb)

    assert "more pixels" in caught.value.detail


def test_the_child_ends_when_it_takes_too_much_memory(
    reader: PictureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's limit holds even where the pixel limit would not."""
    monkeypatch.setattr(limits, "INTAKE_MEMORY_BYTES", 150_000_000)
    picture = save(Image.new("RGBA", (6_500, 6_500), "white"))

    with pytest.raises(CheckError) as caught:
        reader.read_codes(picture)

    assert caught.value.code in (Code.PARSING_ERROR, Code.LIMIT_EXCEEDED)
    assert "memory" in caught.value.detail


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x10\0\0\0WEBP"]
)
@settings(max_examples=10, deadline=None)
@given(rest=st.binary(max_size=400))
def test_no_bytes_raise_anything_but_our_own_error(
    reader: PictureReader, start: bytes, rest: bytes
) -> None:
    """Whatever follows the first bytes of a picture."""
    with pytest.raises(CheckError):
        reader.read_codes(start + rest)
