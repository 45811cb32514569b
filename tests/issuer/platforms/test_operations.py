"""Each operation of the closed list: what it gives, what it refuses, and that it breaks on
nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.platforms.operations import OPERATIONS, Argument, OperationError, Setting
from issuer.platforms.operations.times import is_date_pattern
from issuer.platforms.paths import Row, parse_path
from issuer.skills import load_skill_table
from tests.issuer.platforms.test_mapping import JSON
from verifier.strict_json import JsonValue

TABLES = {
    "word": {"on-site": "onsite", "no": False, "pay": {"paid": True, "kind": "stipend"}},
    "any": {"pdf": "report", "*": "other"},
    "yesNo": {"Y": True, "N": False},
    "payType": {"hourly": "hourlyWage", "none": "none", "credit": "academicCreditOnly"},
}
BASIS = {"LIS 191": {"kind": "primaryBeneficiary", "signedOffBy": "school", "checklist": {}}}
MEMBERS = {"zone": "America/Chicago", "id": "m2", "state": "Accepted_with-changes", "who": "x"}


def run(step: str, value: JsonValue, members: JsonValue = MEMBERS) -> tuple[JsonValue, list[str]]:
    """What the operation gives, and what it has to tell."""
    name, _, argument = step.partition(":")
    operation = OPERATIONS[name]
    notes: list[str] = []
    setting = Setting(
        row=Row(members=members, payload={}),
        tables=TABLES,
        note=notes.append,
        path=parse_path(argument) if operation.argument is Argument.PATH else None,
        skill_table=load_skill_table("skills-table-1"),
        unpaid_basis=BASIS,
    )
    return operation.run(value, argument, setting), notes


@pytest.mark.parametrize(
    ("step", "value", "expected"),
    [
        ("trim", [" a ", None], ["a", None]),
        ("nfc", "e\u0301", "é"),
        ("nfcList", [" e\u0301 ", ""], ["é"]),
        ("nfcList", None, []),
        ("lower", "ÉÀ", "éà"),
        ("split:;", " a;; b ;", ["a", "b"]),
        ("split:;", None, []),
        ("bulletLines", "- a\n\n• b\n\u2013 c", ["a", "b", "c"]),
        ("dedupe", ["a", "b", "A"], ["a", "b"]),
        ("joinNonEmpty:-", ["T-1", None, " ", "m1"], "T-1-m1"),
        ("joinNonEmpty:-", ["", None], None),
        ("flipComma", "García Márquez, José Luis", "José Luis García Márquez"),
        ("flipComma", "Suharti", "Suharti"),
        ("flipComma", "King, Martin Luther, Jr.", "King, Martin Luther, Jr."),
        ("flipComma", "Lima,", "Lima,"),
        ("rejectMojibake", "Muñoz", "Muñoz"),
        ("bool", False, False),
        ("int", " 06 ", 6),
        ("int", 6, 6),
        ("int", None, None),
        ("table:word", "on-site", "onsite"),
        ("table:word", "no", False),
        ("table:any", "xyz", "other"),
        ("table:word", None, None),
        ("mustBeTrue", True, True),
        ("civilDate:MM/DD/YYYY", "02/09/2026", "2026-02-09"),
        ("civilDate:DD.MM.YYYY", " 29.02.2024 ", "2024-02-29"),
        ("civilDate:YYYY-MM-DD", None, None),
        ("minutesToDuration", 61, "PT1H1M"),
        ("minutesToDuration", 24_000, "PT400H"),
        ("sum:minutes", [{"minutes": 5}, {"minutes": 0, "on": "x"}], 5),
        ("sum:minutes", None, None),
        ("effort:logged", "PT1H", {"duration": "PT1H", "basis": "logged"}),
        ("emailDomainLower", "Maya.O@School.EXAMPLE", "Maya.O@school.example"),
        ("identifier:sisSourcedId", "7", {"type": "sisSourcedId", "value": "7", "use": "claim"}),
        ("identifier:emailAddress", "", None),
        ("orgFromPair", [" A ", "https://a.example/"],
         {"name": "A", "id": "https://a.example/", "url": "https://a.example/"}),
        ("orgFromPair", [None, None], None),
        ("teamFacts", [[{}, {"left_on": "2026-01-01"}], "x", True], None),
        ("teamFacts", [[{}, {}], None, None], {"size": 2, "assessedAs": "team"}),
        ("teamFacts", [[{}, {}], "Maps", "yes"],
         {"size": 2, "assessedAs": "team", "contribution": "Maps",
          "contributionConfirmedBy": "learnerOnly"}),
        ("acceptance", [True, 2], "acceptedWithChanges"),
        ("acceptance", ["true", 0], "notDelivered"),
        ("deliverablesSplit:|", ["a| b |", "Delivered"],
         [{"name": "a", "acceptance": "delivered"}, {"name": "b", "acceptance": "delivered"}]),
        ("deliverablesSplit:|", [None, "what?"], []),
        ("deliverablesWithState:state", ["a"],
         [{"name": "a", "acceptance": "acceptedWithChanges"}]),
        ("creditIfPosted", [{"value": 2, "unit": "ECTS", "posted": False}, "A1 B", "T"], None),
        ("creditIfPosted", [{"value": 3.0, "unit": "semesterhour", "posted": True}, "Art", None],
         {"value": "3", "unit": "semesterHour", "courseCode": "Art", "status": "pending"}),
        ("creditFromCsv:semesterHour", [None, "Y", "A", "T"], None),
        ("creditFromCsv:cats", ["1.50", None, "A", "T"],
         {"value": "1.5", "unit": "cats", "courseCode": "A", "term": "T", "status": "pending"}),
        ("payFromFlags", ["Y", "hourly", None], {"paid": True, "kind": "hourlyWage"}),
        ("payFromFlags", ["N", None, None], {"paid": False, "kind": "none"}),
        ("payFromFlags", ["N", "credit", "LIS 191"],
         {"paid": False, "kind": "academicCreditOnly", "unpaidBasis": BASIS["LIS 191"]}),
        ("payFromFlags", [None, None, None], None),
        ("endorsedSkillsFor:id", [{"member": "m2", "skills": ["SQL"], "comment": 1},
                                  {"member": "m1", "skills": ["Python"]}], ["SQL"]),
        ("endorsedSkillsFor:nobody", [{"skills": ["SQL"]}, {"member": None, "skills": ["x"]}], []),
        ("assessedBy:school", [{"label": "SQL"}], [{"label": "SQL", "assessedBy": ["school"]}]),
    ],
)  # fmt: skip
def test_what_an_operation_gives(step: str, value: JsonValue, expected: JsonValue) -> None:
    """By example."""
    assert expected == run(step, value)[0]


@pytest.mark.parametrize(
    ("step", "value", "code"),
    [
        ("trim", 7, "E116"),
        ("rejectMojibake", "MuÃ±oz", "E114"),
        ("rejectMojibake", "a\ufffd", "E114"),
        ("bool", "true", "E109"),
        ("int", "1,000", "E116"),
        ("int", "-1", "E116"),
        ("int", "٣", "E116"),
        ("int", True, "E116"),
        ("table:word", "virtual", "E109"),
        ("mustBeTrue", None, "E110"),
        ("mustBeTrue", 1, "E110"),
        ("civilDate:MM/DD/YYYY", "31/04/2026", "E102"),
        ("civilDate:MM/DD/YYYY", "4/6/2026", "E102"),
        ("civilDate:MM/DD/YYYY", "04-06-2026", "E102"),
        ("civilDate:DD.MM.YYYY", "31.04.2026", "E102"),
        ("civilDate:YYYY-MM-DD", "0000-01-01", "E102"),
        ("civilDate:YYYY-MM-DD", "\uff12026-01-01", "E102"),
        ("minutesToDuration", 0, "E108"),
        ("minutesToDuration", 24_001, "E108"),
        ("minutesToDuration", True, "E108"),
        ("sum:minutes", [{"minutes": 5}, {}], "E108"),
        ("sum:minutes", [{"minutes": -5}], "E108"),
        ("sum:minutes", [{"minutes": "5"}], "E108"),
        ("deliverablesSplit:|", ["a", "fine"], "E109"),
        ("creditIfPosted", [{"value": 2, "unit": "points", "posted": True}, "A", "T"], "E109"),
        ("creditFromCsv:ects", ["1,5", "Y", "A", "T"], "E116"),
        ("creditFromCsv:ects", ["-1", "Y", "A", "T"], "E116"),
        ("payFromFlags", ["yes", "hourly", None], "E109"),
        ("payFromFlags", ["Y", "gold", None], "E109"),
        ("teamFacts", [["m1", "m2"], None, None], "E116"),
        ("endorsedSkillsFor:id", ["m2"], "E116"),
    ],
)
def test_what_an_operation_refuses(step: str, value: JsonValue, code: str) -> None:
    """By its code, whatever the field makes of it."""
    with pytest.raises(OperationError) as refused:
        run(step, value)

    assert code == refused.value.code


@pytest.mark.parametrize(
    "written",
    ["1,5", "1.234,5", "", " ", "0", "0.0", "400.1", "12h60", "h30", "12:30", "-3", "1e3", "٤٥",
     "12h30m", "NaN", True, None, []],
)  # fmt: skip
def test_hours_that_can_be_read_two_ways_are_refused(written: Any) -> None:
    """And those that are none, or too many."""
    with pytest.raises(OperationError) as refused:
        run("hoursToDuration", written)

    assert "E108" == refused.value.code


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        ("2026-03-21T03:30:00Z", "America/Chicago", "2026-03-20"),
        ("2026-03-08T05:59:59Z", "America/Chicago", "2026-03-07"),
        ("2026-03-08T06:00:00Z", "America/Chicago", "2026-03-08"),
        ("2026-03-09T04:59:59Z", "America/Chicago", "2026-03-08"),
        ("2026-03-09T05:00:00Z", "America/Chicago", "2026-03-09"),
        ("2026-11-01T04:59:59Z", "America/Chicago", "2026-10-31"),
        ("2026-11-02T05:59:59Z", "America/Chicago", "2026-11-01"),
        ("2026-11-02T06:00:00Z", "America/Chicago", "2026-11-02"),
        ("2026-03-20T10:00:00Z", "Pacific/Auckland", "2026-03-20"),
        ("2026-03-20T11:00:00Z", "Pacific/Auckland", "2026-03-21"),
        ("2026-03-20T09:59:59Z", "Pacific/Kiritimati", "2026-03-20"),
        ("2026-03-20T23:30:00+05:30", "Asia/Kolkata", "2026-03-20"),
    ],
)
def test_an_instant_is_the_day_that_people_there_called_it(at: str, zone: str, day: str) -> None:
    """On both sides of midnight, of the change of clocks and of the date line."""
    assert day == run("instantToCivilDate:zone", at, {"zone": zone})[0]


def test_repeats_are_told() -> None:
    """Words that are one skill, in any case, are merged with W209; others are not."""
    told = [
        run("dedupe", ["a", "A"])[1],
        run("dedupe", ["a", "b"])[1],
        run("skillTable", ["competitor research", "Competitive Analysis / Market Research"])[1],
        run("skillTable", ["sql", "python"])[1],
    ]

    assert [["W209"], [], ["W209"], []] == told


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("MM/DD/YYYY", True), ("DD.MM.YYYY", True), ("YYYYMMDD", True), ("DD MM YYYY", True),
     ("MM/DD/YY", False), ("DD/DD/YYYY", False), ("MM/DD.YYYY", False), ("", False),
     ("MM/DD/YYYY.*", False), ("(a+)+DDMMYYYY", False)],
)  # fmt: skip
def test_a_date_pattern_is_a_closed_form(pattern: str, expected: bool) -> None:
    """Day, month and year once each, with one separator: nothing that a user could write into
    an expression."""
    assert expected is is_date_pattern(pattern)


STEPS = {
    Argument.NONE: [""],
    Argument.TEXT: [":|"],
    Argument.PATH: [":id", ":nobody"],
    Argument.TABLE: [":word", ":any"],
    Argument.PATTERN: [":MM/DD/YYYY"],
}
EVERY = [
    name + argument
    for name, one in OPERATIONS.items()
    for argument in STEPS.get(one.argument, [f":{word}" for word in one.words])
]


def code_of(step: str, value: JsonValue, members: JsonValue) -> str | None:
    try:
        run(step, value, members)
    except OperationError as error:
        return error.code
    return None


@given(st.sampled_from(EVERY), st.data())
def test_no_value_makes_an_operation_raise_anything_else(step: str, data: Any) -> None:
    """Whatever a platform sends: a value, or a code."""
    many = OPERATIONS[step.partition(":")[0]].sources
    value = data.draw(JSON if many is None else st.lists(JSON, min_size=many, max_size=many))
    members = data.draw(st.dictionaries(st.sampled_from(["id", "zone"]), JSON))

    code = code_of(step, value, members)

    assert code in (None, "E102", "E108", "E109", "E110", "E114", "E116")
