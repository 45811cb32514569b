"""The child process that decodes one picture: reads it from stdin, writes JSON to stdout.

Started by ``verifier.intake.pictures`` as a script of its own, with nothing of ours
imported: a fault in an image decoder meets a process that holds no keys, no sockets and no
other person's data, and that the kernel ends when it takes too much memory or time.

Arguments: pixels, memory in bytes, CPU seconds, codes. Answers ``{"codes": […]}`` or
``{"problem": …}`` with ``pixels``, ``unreadable``, ``memory`` or ``no_reader``. Leaves to
others: what the codes mean.
"""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def main(arguments: list[str]) -> int:
    """Decode what is on stdin under the limits in ``arguments``."""
    pixels, memory, seconds, codes = (int(argument) for argument in arguments)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _read(sys.stdin.buffer.read(), pixels=pixels, most=codes)
    except MemoryError:
        answer = {"problem": "memory"}
    except ImportError:
        answer = {"problem": "no_reader"}
    sys.stdout.write(json.dumps(answer))
    return 0


def _read(data: bytes, *, pixels: int, most: int) -> dict[str, object]:
    import zxingcpp
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # ours is checked below, before a pixel is decoded
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > pixels:
                return {"problem": "pixels"}
            grey = _on_white(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        return {"problem": "unreadable"}
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return {"codes": [code.text for code in found[:most]]}


def _on_white(picture: Image.Image) -> Image.Image:
    """The first frame in grey; what is transparent counts as white paper."""
    from PIL import Image

    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("L")
    return picture.convert("L")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
