"""The three example payloads, the profiles that read them, and what is expected of each row."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

from issuer.platforms import Profile, RowOutcome, load_profile, map_rows, rows_of, survey
from tests.example_records import DATA, read_data
from verifier.strict_json import JsonObject

IMPORTED_AT: Final = datetime(2026, 5, 15, 14, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A file of a platform, and the name of the profile that reads it."""

    file: str
    profile: str

    def data(self) -> bytes:
        """The file as the platform sends it."""
        return (DATA / "platforms" / self.file).read_bytes()

    def expected(self) -> list[JsonObject]:
        """What a person wrote down for each row: record, disposition, codes."""
        rows: list[JsonObject] = read_data("platforms", "expected.json")["results"][self.file]
        return rows


GIGBRIDGE: Final = Payload(file="gigbridge-completions.json", profile="gigbridge-1")
TEAMLEARN: Final = Payload(file="teamlearn-experience.json", profile="teamlearn-1")
CAREER_CENTRE: Final = Payload(file="career-centre.csv", profile="career-centre-csv-1")
PAYLOADS: Final = (GIGBRIDGE, TEAMLEARN, CAREER_CENTRE)


def map_file(profile: Profile, stream: BinaryIO) -> list[RowOutcome]:
    """Both passes over a file, as every importer makes them."""
    twins = survey(profile, rows_of(profile, stream))
    stream.seek(0)
    rows = rows_of(profile, stream)
    return list(map_rows(profile, rows, received_at=IMPORTED_AT, twins=twins))


def outcomes_of(payload: Payload) -> list[RowOutcome]:
    """The outcome of each row of an example."""
    return map_file(load_profile(payload.profile), io.BytesIO(payload.data()))


def codes_of(outcome: RowOutcome) -> list[str]:
    """The codes of an outcome, in order."""
    return sorted({finding.code for finding in outcome.findings})


def told(outcome: RowOutcome, *, is_table: bool) -> JsonObject:
    """An outcome as the list of expected ones writes it."""
    record = f"row {outcome.row}: {outcome.record}" if is_table else outcome.record
    return {
        "record": record,
        "disposition": outcome.disposition.value,
        "codes": codes_of(outcome),
    }


GOOD: Final[dict[str, str]] = {
    "record_no": "CC-1",
    "student_name": '"Nguyen, Linh"',
    "email": "linh@school.example",
    "over_18": "Y",
    "term": "Spring 2026",
    "employer": "Bluestem Dental",
    "employer_url": "https://bluestem-dental.example/",
    "project_title": "New patient form",
    "objectives": "Translate the form",
    "deliverables": "Form",
    "deliverable_status": "Accepted",
    "start": "03/02/2026",
    "end": "03/20/2026",
    "hours": "20.5",
    "paid": "Y",
    "pay_type": "hourly",
    "credit_hours": "",
    "course": "",
    "modality": "remote",
    "skills": "Python",
    "feedback_given": "Y",
    "status": "Completed",
}
"""A row of the career centre's table that is accepted, as it is written in the file."""


COLUMNS: Final = tuple(GOOD)


def table(*rows: dict[str, str]) -> bytes:
    """A career centre's file with these rows: each is ``GOOD`` with some cells replaced."""
    cells = [COLUMNS, *(tuple((GOOD | row).values()) for row in rows)]
    lines = [",".join(row) for row in cells]
    return ("\r\n".join(lines) + "\r\n").encode()


def map_table(data: bytes) -> list[RowOutcome]:
    """The outcomes of a career centre's file."""
    return map_file(load_profile(CAREER_CENTRE.profile), io.BytesIO(data))
