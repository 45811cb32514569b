"""What only the moment of making knows, the same in every test; and the rules of the verifier."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from jsonschema import Draft202012Validator

import schemas
from issuer.projection import Birth
from issuer.projection.academic_credit import Credit, build_academic_credit
from issuer.projection.skill_assertion import build_skill_assertion
from tests.example_records import DATA, example_record
from tests.issuer.offices import START
from tests.issuer.projection.test_worked_examples import ISSUER, SALT, STATUS
from verifier.policy import STANDARD
from verifier.strict_json import JsonObject
from verifier.verify import lint

COMPLETION: Final = "urn:uuid:0b0c9c6e-9f56-4d2c-8a4a-1f1f3b0a7c55"
_CREDIT: Final = Credit(
    value="1",
    unit="semesterHour",
    course_code="LIS 191",
    course_title="Project Internship",
    term="Spring 2026",
    grade="A-",
)
BIRTH: Final = Birth(
    credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
    created=START,
    issuer=ISSUER,
    salt=lambda: SALT,
)


def check(badge: JsonObject) -> None:
    """Nothing undefined, nothing relative, and it fits the schema that it names."""
    lint(badge, policy=STANDARD)
    Draft202012Validator(schemas.schema_by_id(badge["credentialSchema"][0]["id"])).validate(badge)


WORKED: Final = {
    "04-skill": lambda: build_skill_assertion(
        example_record("04"), 0, BIRTH, completion_id=COMPLETION
    ),
    "04-credit": lambda: build_academic_credit(
        example_record("04"), _CREDIT, BIRTH, completion_id=COMPLETION
    ),
    "05-skill": lambda: build_skill_assertion(
        example_record("05"), 0, BIRTH, completion_id=COMPLETION
    ),
    "07-credit": lambda: build_academic_credit(
        example_record("07"),
        replace(_CREDIT, value="2", unit="ects", grade=None, course_code="GEO-PR2",
                course_title="Praxisprojekt 2", term="WiSe 2025/26"),
        BIRTH,
        completion_id=COMPLETION,
    ),
}  # fmt: skip
"""The badges of ``tests/data/beside``; ``python -m tests.issuer.projection.births`` writes them."""


def write() -> None:
    """Write the worked examples anew."""
    for name, build in WORKED.items():
        text = json.dumps(build() | {"credentialStatus": STATUS}, ensure_ascii=False, indent=2)
        path = DATA / "beside" / f"{name}.unsigned.json"
        path.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
