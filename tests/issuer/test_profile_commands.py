"""``python -m issuer profile``: what it prints, how it ends, and that the page says the same."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuer.__main__ import main
from issuer.platforms.operations import OPERATIONS, Argument
from tests.example_records import DATA
from tests.issuer.platforms.payloads import CAREER_CENTRE, table
from verifier.strict_json import parse_json_object

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "profiles.md"
TABLE = DATA / "platforms" / CAREER_CENTRE.file


def run(*words: str, **environ: str) -> tuple[int, str, str]:
    """The exit code, and what was printed on both streams."""
    stdout, stderr = io.StringIO(), io.StringIO()
    code = main(
        ("profile", *words),
        environ=environ,
        stdout=stdout,
        stderr=stderr,
        clock=lambda: datetime(2026, 5, 15, 14, tzinfo=UTC),
    )
    return code, stdout.getvalue(), stderr.getvalue()


def test_every_row_is_told_in_plain_words_and_counted() -> None:
    """In the order of the file; a refused or held row ends it with 1."""
    code, told, errors = run("test", CAREER_CENTRE.profile, str(TABLE))

    assert (1, "") == (code, errors)
    rows = re.findall(r"^Row (\d+), (\S+): (\w+)", told, re.MULTILINE)
    assert [
        (one["record"].removeprefix("row ").partition(":")[0], one["disposition"].partition("-")[0])
        for one in CAREER_CENTRE.expected()
    ] == [(row, word) for row, _, word in rows]
    assert "  start: The date cannot be read" in told
    assert told.endswith("25 rows: 11 accepted, 2 held, 12 refused.\n")


def test_a_file_without_fault_ends_with_0(tmp_path: Path) -> None:
    """Warnings are no fault."""
    (tmp_path / "rows.csv").write_bytes(table({}))

    code, told, _ = run("test", "career-centre-csv/1", str(tmp_path / "rows.csv"))

    assert 0 == code
    assert told.endswith("1 rows: 1 accepted, 0 held, 0 refused.\n")


def test_the_day_of_arrival_can_be_named(tmp_path: Path) -> None:
    """A file of last month is tried as of then."""
    (tmp_path / "rows.csv").write_bytes(table({}))
    file = str(tmp_path / "rows.csv")

    before, _, _ = run("test", CAREER_CENTRE.profile, file, "--day", "2026-03-19")
    after, _, _ = run("test", CAREER_CENTRE.profile, file, "--day", "2026-03-20")

    assert (1, 0) == (before, after)


def test_it_names_no_person_and_obeys_no_sign(tmp_path: Path) -> None:
    """Values of the learner are not repeated; what a terminal would obey is written out."""
    (tmp_path / "rows.csv").write_bytes(table({"modality": "\x1b[2J", "email": "linh(at)x"}))

    _, told, _ = run("test", CAREER_CENTRE.profile, str(tmp_path / "rows.csv"))

    assert "modality" in told
    assert "\\u001b[2j" in told.lower()
    assert [] == [word for word in ("Nguyen", "linh", "\x1b") if word in told]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("list",), 0),
        ((), 64),
        (("test",), 64),
        (("test", "nobody-1", str(TABLE)), 64),
        (("test", "nobody.json", str(TABLE)), 64),
        (("test", "gigbridge-1", "nothing.json"), 64),
        (("test", "gigbridge-1", str(ROOT)), 64),
        (("test", "gigbridge-1", str(TABLE), "--day", "15.05.2026"), 64),
        (("test", "gigbridge-1", str(TABLE)), 1),
        (("test", str(DATA / "platforms" / "expected.json"), str(TABLE)), 1),
        (("test", "career-centre-csv-1", str(PAGE)), 1),
    ],
)
def test_how_it_ends(words: tuple[str, ...], expected: int) -> None:
    """0 done, 1 the file or the profile is not good, 64 misuse; one sentence says why."""
    code, _, errors = run(*words)

    assert expected == code
    assert bool(errors) is (code != 0)


def test_the_profiles_of_an_operator_are_listed_and_tried(tmp_path: Path) -> None:
    """By their names, beside those of the package."""
    example = ROOT / "docs" / "examples" / "pine-board-1.json"
    (tmp_path / example.name).write_bytes(example.read_bytes())
    payload = str(ROOT / "docs" / "examples" / "pine-board.json")

    code, told, _ = run("list", ISSUER_PROFILES=str(tmp_path))
    tried, _, _ = run("test", "pine-board-1", payload, ISSUER_PROFILES=str(tmp_path))

    assert (0, 1) == (code, tried)
    assert ["career-centre-csv/1 (csv)", "gigbridge/1 (json)", "pine-board/1 (json)",
            "teamlearn/1 (json)"] == told.splitlines()  # fmt: skip


# --- the page -----------------------------------------------------------------------------


def test_the_commands_of_the_page_print_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worked example, word for word, from the root of the repository."""
    monkeypatch.chdir(ROOT)
    commands = re.findall(
        r"^    \$ python -m issuer profile (.*)\n((?:    .*\n)+)", PAGE.read_text("utf-8"), re.M
    )

    told = [run(*words.split())[1] for words, _ in commands]

    assert [re.sub(r"^    ", "", printed, flags=re.M) for _, printed in commands] == told
    assert 1 == len(commands)


def test_the_payload_on_the_page_is_the_one_that_is_tried() -> None:
    """Two copies: one to read, one to run."""
    shown = re.search(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

    assert shown
    assert parse_json_object(shown[1].encode()) == parse_json_object(
        (ROOT / "docs" / "examples" / "pine-board.json").read_bytes()
    )


def test_the_page_lists_every_operation() -> None:
    """Each once, in the order of the code, with what stands after its colon."""
    kinds = {argument: argument.name for argument in Argument} | {Argument.NONE: ""}
    expected = [
        name + (f":{kinds[one.argument]}" if kinds[one.argument] else "")
        for name, one in OPERATIONS.items()
    ]

    _, _, rest = PAGE.read_text("utf-8").partition("<!-- operations -->")

    listed = re.findall(r"^\| `([^`]+)` \|", rest.partition("\n\n")[0], re.MULTILINE)
    assert expected == listed


def test_the_page_names_every_word_after_a_colon() -> None:
    """And every member of a profile."""
    page = PAGE.read_text("utf-8")
    words = {word for one in OPERATIONS.values() for word in one.words}
    members = {
        name
        for path in (ROOT / "schemas" / "profiles").glob("*.json")
        for name in parse_json_object(path.read_bytes())
    }

    units = {"semesterHour", "quarterHour", "ects", "cats", "other"}
    assert set() == {word for word in words - units if f"`{word}`" not in page}
    assert set() == {name for name in members if f"`{name}`" not in page}
