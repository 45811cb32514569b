"""Square codes in a picture, read by a child process that can do no harm.

The child has a memory limit, a CPU limit, no file to write and a closed environment; a
few run at a time. Leaves to others: decoding (``picture_child``), what a code means
(``links``).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.intake.received import NothingToCheckError
from verifier.strict_json import JsonObject, parse_json_object

_CHILD: Final = Path(__file__).with_name("picture_child.py")
_WAIT_SECONDS: Final = 2 * limits.INTAKE_SECONDS
_ANSWER_BYTES: Final = limits.INTAKE_CODES * 65_536
_PROBLEMS: Final = {
    "pixels": "The picture has more pixels than we read. Make it smaller, or take a new one.",
    "unreadable": "The picture is damaged or of a kind that we do not read. Use PNG or JPEG.",
    "memory": "The picture needs more memory than we give it. Make it smaller.",
}


class PictureReader:
    """Reads square codes, ``limits.INTAKE_PICTURES_AT_ONCE`` pictures at a time."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(limits.INTAKE_PICTURES_AT_ONCE)

    def read_codes(self, picture: bytes) -> tuple[str, ...]:
        """The texts of the QR codes in ``picture`` (PNG, JPEG, GIF or WebP).

        Raises ``NothingToCheckError`` when there is none or the picture cannot be read, and
        ``UncheckedError`` (``LIMIT_EXCEEDED``) when reading takes too long.
        """
        with self._place():
            answer = _ask_child(picture)
        if answer.get("problem") == "no_reader":
            raise UncheckedError(
                Code.UNSUPPORTED_FORMAT, "Pictures are not read here: the extra part is missing."
            )
        if "problem" in answer:
            raise NothingToCheckError(
                Code.PARSING_ERROR, _PROBLEMS.get(str(answer["problem"]), _PROBLEMS["unreadable"])
            )
        codes = answer.get("codes")
        texts = [code for code in codes if code] if isinstance(codes, list) else []
        if not texts:
            raise NothingToCheckError(
                Code.PARSING_ERROR,
                "We found no square code in this picture. Take it from nearer, in good light.",
            )
        return tuple(dict.fromkeys(texts))

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=_WAIT_SECONDS):
            raise UncheckedError(
                Code.LIMIT_EXCEEDED, "Too many pictures are being read. Try again in a minute."
            )
        try:
            yield
        finally:
            self._places.release()


def _ask_child(picture: bytes) -> JsonObject:
    bounds = (
        limits.IMAGE_PIXELS,
        limits.INTAKE_MEMORY_BYTES,
        limits.INTAKE_SECONDS,
        limits.INTAKE_CODES,
    )
    try:
        done = subprocess.run(  # noqa: S603  our own script, no shell, numbers as arguments
            [sys.executable, "-I", "-W", "ignore", str(_CHILD), *map(str, bounds)],
            input=picture,
            capture_output=True,
            timeout=_WAIT_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long() from error
    if done.returncode != 0:
        # Ended by the kernel (CPU, memory) or by a fault in a decoder: the same to us.
        raise _too_long()
    try:
        return parse_json_object(done.stdout, max_bytes=_ANSWER_BYTES)
    except RefusedError as error:  # a code that holds text no JSON reader accepts
        raise NothingToCheckError(Code.PARSING_ERROR, "The square code holds no text.") from error


def _too_long() -> UncheckedError:
    return UncheckedError(
        Code.LIMIT_EXCEEDED, "The picture took too much time or memory to read. Make it smaller."
    )
