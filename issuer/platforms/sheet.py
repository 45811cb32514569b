"""A table as CSV (RFC 4180), read a row at a time: the one module that knows the form.

UTF-8 with or without a byte order mark, commas, quoted line breaks. Nothing is guessed: a file
in another encoding, with a NUL, with a header that has a name twice or not at all, or with a
quote that does not end is refused as a whole, because nobody can know what its rows are. A row
with too many or too few cells is refused alone. Rows without any content are passed over, and
columns without a name at the right edge, where no row has anything either; spreadsheets leave
both behind. A cell that starts with an apostrophe before a sign that spreadsheets take for a
formula is read without it: ``write_row`` writes it so.

Memory stays flat: one row is held at a time. Leaves to others: what the columns mean.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from issuer import limits
from issuer.platforms.paths import Row
from issuer.platforms.payload_error import PayloadError

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the start of a formula (domain §3.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An open table: the names of its columns as they stand in the file, and its rows, which
    can be read once. Reading a row raises ``PayloadError``."""

    columns: tuple[str, ...]
    rows: Iterator[Row] = field(repr=False)


def open_sheet(stream: BinaryIO) -> Sheet:
    """Read the header of the CSV file in ``stream``.

    Raises ``PayloadError`` when it is not such a file; so does each step through its rows.
    """
    cells = _Cells(stream)
    header = next(cells, None)
    if header is None:
        raise PayloadError("The file is empty: its first row names the columns.")
    columns = _columns(header)
    return Sheet(columns=columns, rows=_rows(cells, columns))


def _columns(header: list[str]) -> tuple[str, ...]:
    names = [(_value(name) or "").strip() for name in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > limits.TABLE_COLUMNS:
        raise PayloadError(f"The file has more than {limits.TABLE_COLUMNS} columns.")
    if not names or not all(names):
        raise PayloadError("A column in the middle of the first row has no name.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise PayloadError(f"Two columns are called {twice[:80]!r}.")
    return tuple(names)


def _rows(cells: _Cells, columns: tuple[str, ...]) -> Iterator[Row]:
    for written in cells:
        if any(cell.strip() for cell in written):
            yield _row(written, columns, cells.number)


def _row(written: list[str], columns: tuple[str, ...], number: int) -> Row:
    width = len(columns)
    if len(written) < width or any(written[width:]):
        return Row(
            members=None,
            payload={},
            number=number,
            cells=tuple(written[: limits.TABLE_COLUMNS]),
            fault=f"This row has {len(written)} cells and the first row {width}. "
            "A comma in a text needs quotes around the text.",
        )
    values = (_value(cell) for cell in written[:width])
    return Row(
        members=dict(zip(columns, values, strict=True)),
        payload={},
        number=number,
        cells=tuple(written[:width]),
    )


def write_row(cells: Iterable[str]) -> str:
    """A row as it stands in a file. A cell that a spreadsheet would take for a formula is marked
    as text by an apostrophe, which ``open_sheet`` takes away again."""
    line = io.StringIO()
    marked = (f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell for cell in cells)
    csv.writer(line).writerow(marked)
    return line.getvalue()


def _value(cell: str) -> str | None:
    """The text of a cell; an empty one is not there."""
    if cell.startswith(tuple(f"'{sign}" for sign in FORMULA_SIGNS)):
        cell = cell[1:]
    return cell if cell.strip() else None


class _Cells(Iterator[list[str]]):
    """The rows of a file as lists of cells. ``number`` is that of the row given last, as
    spreadsheets count: the header is 1, and a quoted line break begins no row."""

    def __init__(self, stream: BinaryIO) -> None:
        self.number = 0
        self._reader = csv.reader(_lines(stream), strict=True)

    def __next__(self) -> list[str]:
        self.number += 1
        try:
            return next(self._reader)
        except csv.Error as error:
            raise PayloadError(
                f"Row {self.number} cannot be taken apart: a quote is missing, or a cell is "
                "too long."
            ) from error


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The lines with their ends. ``csv`` joins those that a quoted line break divides."""
    text = io.TextIOWrapper(io.BufferedReader(_Borrowed(stream)), "utf-8-sig", newline="")
    at = 1
    try:
        while line := text.readline(limits.TABLE_LINE_CHARACTERS):
            if "\0" in line:
                raise PayloadError(f"Line {at} holds a NUL: this is no text.")
            if len(line) == limits.TABLE_LINE_CHARACTERS:
                raise PayloadError(f"Line {at} is too long to be a row.")
            yield line
            at += 1
    except UnicodeDecodeError as error:
        raise PayloadError(
            f"The file is not UTF-8 text (near line {at}). "
            "In a spreadsheet, save it as “CSV UTF-8”."
        ) from error


class _Borrowed(io.RawIOBase):
    """A stream that is read here and stays the caller's to close."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # of BufferedReader
        """Read up to the length of ``buffer``."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
