"""Pictures of square codes, drawn for the tests."""

from __future__ import annotations

from io import BytesIO

import qrcode
from PIL import Image


def code_picture(text: str, *, file_format: str = "PNG", mode: str = "L") -> bytes:
    """A QR code of ``text`` with a quiet zone, in one file format and colour mode."""
    return save(draw(text).convert(mode), file_format)


def draw(text: str) -> Image.Image:
    """The code itself, six pixels to a module."""
    code = qrcode.QRCode(box_size=6, border=4)
    code.add_data(text)
    return code.make_image().get_image()


def save(picture: Image.Image, file_format: str = "PNG") -> bytes:
    """The file of a picture."""
    file = BytesIO()
    picture.save(file, file_format)
    return file.getvalue()
