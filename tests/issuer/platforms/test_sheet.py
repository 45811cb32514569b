"""Tables as they come from spreadsheets: what is read, what is refused, and how it is told."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer import limits
from issuer.platforms import PayloadError, load_profile, map_rows, rows_of, survey
from issuer.platforms.sheet import open_sheet
from tests.issuer.platforms.payloads import (
    CAREER_CENTRE,
    IMPORTED_AT,
    codes_of,
    map_table,
    table,
)

PROFILE = load_profile(CAREER_CENTRE.profile)


def read(data: bytes) -> list[dict[str, str | None] | str | None]:
    """The members of each row, or the sentence that refuses it."""
    return [row.fault or row.members for row in open_sheet(io.BytesIO(data)).rows]


def refusal(data: bytes) -> str:
    with pytest.raises(PayloadError) as refused:
        read(data)
    return str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\r\n1,2\r\n",
        b"\xef\xbb\xbfa,b\r\n1,2\r\n",
        b"a,b\n1,2",
        b"a,b\r1,2\r",
        b" a , b \n1,2\n",
        b'"a","b"\n"1","2"\n',
        b"a,b,,\n1,2,,\n,,,\n\n",
        b"a,b\n1,2,,,\n",
    ],
)
def test_a_table_is_read_however_a_spreadsheet_writes_it(data: bytes) -> None:
    """With and without a mark, with every line end, with what spreadsheets leave at the edges."""
    assert [{"a": "1", "b": "2"}] == read(data)


def test_a_quoted_line_break_stays_in_its_cell() -> None:
    """And begins no row: rows are counted as the spreadsheet counts them."""
    sheet = open_sheet(io.BytesIO(b'a,b\n"1\r\n2, and ""3""",x\n\n4,\n'))

    assert ("a", "b") == sheet.columns
    assert [(2, {"a": '1\r\n2, and "3"', "b": "x"}), (4, {"a": "4", "b": None})] == [
        (row.number, row.members) for row in sheet.rows
    ]


def test_a_cell_that_was_marked_as_text_is_read_without_its_mark() -> None:
    """What ``bad_rows`` writes for spreadsheets comes back as it was."""
    assert [{"a": "=1+1", "b": "'tis"}] == read(b"a,b\n'=1+1,'tis\n")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"a,\xff\n", "UTF-8"),
        ("a,é\n".encode("latin-1"), "UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-8"),
        (b"a,b\n1,\x00\n", "NUL"),
        (b"a,a\n1,2\n", "'a'"),
        (b"a, a \n1,2\n", "'a'"),
        (b"a,,b\n1,2,3\n", "no name"),
        (b",\n1,2\n", "no name"),
        (",".join(f"c{n}" for n in range(201)).encode(), "columns"),
        (b'a,b\n"1,2\n3,4\n', "Row 2"),
        (b'a,b\n"1"x,2\n', "Row 2"),
        (b"a,b\n1," + b"x" * 140_000, "Row 2"),
        (b"a,b\n1," + b"x" * 1_100_000, "Line 2"),
    ],
)  # fmt: skip
def test_a_damaged_table_is_refused_whole(data: bytes, word: str) -> None:
    """Nobody can know what its rows are; the sentence says what to look for."""
    assert word in refusal(data)


def test_a_refusal_repeats_nothing_of_the_rows() -> None:
    """Only the name of a column, which stands in the profile too."""
    assert "Okafor" not in refusal(b'a,b\n"Okafor"Reyes,2\n')


@pytest.mark.parametrize(("row", "many"), [(b"1", 1), (b"1,2,3", 3)])
def test_a_ragged_row_is_refused_alone(row: bytes, many: int) -> None:
    """The rows around it are as before."""
    before, ragged, after = read(b"a,b\n1,2\n" + row + b"\n3,4\n")

    assert ({"a": "1", "b": "2"}, {"a": "3", "b": "4"}) == (before, after)
    assert f"{many} cells" in str(ragged)


def test_a_ragged_row_is_one_refused_row_among_others() -> None:
    """One bad row never stops the others, and is told where it is."""
    data = table({}, {"record_no": "CC-2"}, {"record_no": "CC-3"}).replace(b"CC-2,", b"CC-2,x,")

    first, second, third = map_table(data)

    assert ([], ["E116"], []) == tuple(
        [code for code in codes_of(one) if code != "W212"] for one in (first, second, third)
    )
    assert (3, "refused") == (second.row, second.disposition.value)
    assert "23 cells" in second.findings[0].sentence


def test_a_missing_column_is_told_before_any_row() -> None:
    """A semicolon instead of a comma makes one column of all: say which are not there."""
    with pytest.raises(PayloadError) as refused:
        list(rows_of(PROFILE, io.BytesIO(table({}).replace(b",", b";"))))

    assert "'record_no'" in str(refused.value)


def test_a_column_that_nobody_reads_is_passed_over() -> None:
    """Whatever it is called; an optional one may be missing."""
    data = table({}).replace(b"term,", b"favourite colour,")

    assert [["W212"]] == [codes_of(one) for one in map_table(data)]


def test_more_rows_than_admitted_are_refused() -> None:
    """At the row that is one too many, whoever reads that far."""
    data = table({}, {"record_no": "CC-2"})

    assert 2 == len(list(rows_of(PROFILE, io.BytesIO(data), max_rows=2)))
    with pytest.raises(PayloadError):
        list(rows_of(PROFILE, io.BytesIO(data), max_rows=1))


class Endless(io.RawIOBase):
    """A file that is written while it is read."""

    def __init__(self, rows: int) -> None:
        self._left: Iterator[bytes] = self._lines(rows)
        self._rest = b""

    @staticmethod
    def _lines(rows: int) -> Iterator[bytes]:
        yield table()
        for number in range(rows):
            yield table({"record_no": f"CC-{number}", "status": "No"}).partition(b"\r\n")[2]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # what io hands over
        self._rest = self._rest or next(self._left, b"")
        taken, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(taken)] = taken
        return len(taken)


def test_memory_stays_flat_however_long_the_table_is() -> None:
    """6,000 rows cost what the hashes of their numbers and names cost, less than the file."""
    many = 6_000
    first, second = (io.BufferedReader(Endless(many)) for _ in range(2))

    tracemalloc.start()
    try:
        twins = survey(PROFILE, rows_of(PROFILE, first))
        outcomes = map_rows(PROFILE, rows_of(PROFILE, second), IMPORTED_AT, twins=twins)
        refused = sum(1 for outcome in outcomes if outcome.disposition.value == "refused")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert many == refused
    assert peak < 250 * many


def test_a_cell_is_bounded_and_refused_alone() -> None:
    """As every text of a record is."""
    (outcome,) = map_table(table({"objectives": "x" * (limits.TABLE_CELL_CHARACTERS + 1)}))

    assert ["E116"] == codes_of(outcome)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_payload_error(data: bytes) -> None:
    """Whatever arrives, nothing else is raised."""
    try:
        rows = read(data)
    except PayloadError:
        return

    assert all(row is not None for row in rows)


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(CELLS, min_size=22, max_size=22))
def test_any_cells_give_one_outcome(cells: list[str]) -> None:
    """A row of the right width is mapped, whatever stands in it."""
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    data = table() + quoted.encode() + b"\r\n"

    assert len(map_table(data)) == bool("".join(cells).strip())
