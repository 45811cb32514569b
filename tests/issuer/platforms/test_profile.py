"""A profile is checked before it maps anything, and what it must not read it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from issuer.platforms import ProfileError, load_profile, parse_profile, read_profile
from issuer.platforms.mapping import map_rows, survey
from issuer.platforms.paths import Row
from issuer.platforms.rows import payload_rows
from tests.example_records import read_data
from tests.issuer.platforms.payloads import CAREER_CENTRE, GIGBRIDGE, IMPORTED_AT, TEAMLEARN
from tests.issuer.platforms.test_mapping import JSON, members
from verifier.strict_json import JsonObject

Change = Callable[[JsonObject], Any]


def place_of_refusal(*changes: Change, of: str = "gigbridge-1") -> str:
    document = deepcopy(schemas.load_profile(of))
    for change in changes:
        change(document)
    with pytest.raises(ProfileError) as refused:
        parse_profile(document)
    assert refused.value.detail.endswith(".")
    return refused.value.place


def add_field(**field: Any) -> Change:
    return lambda profile: profile["fields"].append(field)


def test_the_profile_is_found_under_both_of_its_names() -> None:
    """``gigbridge-1`` in addresses, ``gigbridge/1`` in records: one profile."""
    assert load_profile("gigbridge-1").name == load_profile("gigbridge/1").name == "gigbridge/1"


@pytest.mark.parametrize("name", ["nobody-1", "../tables/skills-table-1", "gigbridge/../1", ""])
def test_an_unknown_profile_is_unknown(name: str) -> None:
    """A name that is no profile of the package is never joined to a path."""
    with pytest.raises(schemas.UnknownNameError):
        load_profile(name)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda p: p.update(script="1+1"), "/script"),
        (lambda p: p.update(format="xml"), "/format"),
        (lambda p: p.update(profile="Gig Bridge"), "/profile"),
        (lambda p: p.update(records="projects"), "/records"),
        (lambda p: p.update(fields=[]), "/fields"),
        (lambda p: p.pop("acceptWhen"), "/acceptWhen"),
        (lambda p: p["acceptWhen"].update(otherwise="E999"), "/acceptWhen/otherwise"),
        (lambda p: p.update(skillTable="nobody.json"), "/skillTable"),
        (lambda p: p["payFloor"]["perHour"].update(USD="twenty"), "/payFloor/perHour/USD"),
        (lambda p: p["fields"][0].update(ops=["eval"]), "/fields/0/ops/0"),
        (lambda p: p["fields"][0].update(ops=["trim:x"]), "/fields/0/ops/0"),
        (lambda p: p["fields"][0].update(ops=["table:nowhere"]), "/fields/0"),
        (lambda p: p["fields"][0].update(ops=["payFromFee"]), "/fields/0/ops/0"),
        (lambda p: p["fields"][0].update(regex=".*"), "/fields/0/regex"),
        (lambda p: p["fields"][0].update(to="__proto__"), "/fields/0/to"),
        (lambda p: p["fields"][0].update({"from": "a..b"}), "/fields/0/from"),
        (lambda p: p["fields"][0].update(const=1), "/fields/0"),
        (lambda p: p["fields"][0].update(onFail="E999"), "/fields/0/onFail"),
        (lambda p: p["fields"][0].update(required="yes"), "/fields/0/required"),
        (lambda p: p["fields"][1].update(to="source.platformRecordId.x"), "/fields/1/to"),
        (lambda p: p["fields"][1].update(to="platform.name"), "/fields/1/to"),
        (lambda p: p.pop("skillTable"), "/fields/22"),
        (lambda p: p.update(encoding="utf-8-sig"), "/encoding"),
        (lambda p: p.update(skillTable=7), "/skillTable"),
        (lambda p: p["payFloor"]["perHour"].update(USD="NaN"), "/payFloor/perHour/USD"),
        (lambda p: p["payFloor"]["perHour"].update(USD="-1"), "/payFloor/perHour/USD"),
        (lambda p: p["payFloor"].update(rate="1"), "/payFloor/rate"),
        (lambda p: p["acceptWhen"].update(absent=True), "/acceptWhen"),
        (lambda p: p["acceptWhen"].update({"and": {"from": "x"}}), "/acceptWhen/and"),
        (lambda p: p["acceptWhen"].update(otherwise="W214"), "/acceptWhen/otherwise"),
        (lambda p: p["warnUnless"][0].update(otherwise="E106"), "/warnUnless/0/otherwise"),
        (lambda p: p.update(warnUnless=[]), "/warnUnless"),
        (lambda p: p.update(uniqueBy={"from": "x", "otherwise": "E106"}), "/uniqueBy/otherwise"),
        (lambda p: p["defaults"].update(skills=[]), "/defaults/skills"),
        (lambda p: p["defaults"].update(inLanguageFrom="x"), "/defaults/inLanguageFrom"),
        (lambda p: p.update(unpaidBasisByCourse={"A/1": 7}), "/unpaidBasisByCourse/A~11"),
        (lambda p: p["fields"][0].update(ops=["civilDate:MM/DD"]), "/fields/0/ops/0"),
        (lambda p: p["fields"][0].update(ops=["effort:guessed"]), "/fields/0/ops/0"),
        (lambda p: p["fields"][0].update(ops=["split:"]), "/fields/0/ops/0"),
        (lambda p: p["fields"][0].update(ops=["trim"] * 21), "/fields/0/ops"),
        (lambda p: p["fields"][0].update(ops=["payFromFlags"]), "/fields/0/ops/0"),
        (lambda p: p["fields"][0].update(ops=["split:;", "endorsedSkillsFor:x"]),
         "/fields/0/ops/1"),
        (lambda p: p["fields"][0].update(to="disclosure.hours"), "/fields/0/to"),
        (lambda p: p["fields"][0].update(to="source"), "/fields/0/to"),
        (lambda p: p["fields"][0].update(to="attestations[]"), "/fields/0/to"),
        (lambda p: p["fields"][10].update(prefix="x"), "/fields/10/each"),
        (lambda p: p["fields"][6].update(fromDefault="timeZone"), "/fields/6"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_profile_has_a_place(change: Change, place: str) -> None:
    """Every fault of a profile is told on load, in a sentence, with its place in the file."""
    assert place_of_refusal(change) == place


@pytest.mark.parametrize(
    "path",
    [
        "feedback.private_comment",
        "feedback.overall_stars",
        "feedback",
        "supervisor",
        "supervisor.name.first",
        "fixed_fee.amount_cents",
    ],
)
def test_a_guarded_path_cannot_be_read(path: str) -> None:
    """Neither the path, nor what holds it, nor a part of it, by any field."""
    field = {"to": "engagement.role", "from": path}

    assert place_of_refusal(add_field(**field)) == "/fields/24"


@pytest.mark.parametrize(
    "field",
    [
        {"from": "feedback", "each1": {"name": {"from": "private_comment"}}},
        {"from": "title", "ops": ["instantToCivilDate:supervisor.name"]},
        {"from": ["title", "supervisor.email"], "ops": ["joinNonEmpty: "]},
    ],
)
def test_a_guarded_path_cannot_be_read_on_a_detour(field: JsonObject) -> None:
    """Parts of objects, arguments of operations and second sources are looked at too."""
    assert place_of_refusal(add_field(to="engagement.role", **field)).startswith("/fields/24")


def test_only_the_pay_operation_reads_the_fee() -> None:
    """With a second operation behind it the amount could go on: refused."""
    place = place_of_refusal(lambda p: p["fields"][17].update(ops=["payFromFee", "trim"]))

    assert place == "/fields/17"


def test_finishing_and_attesting_read_nothing_guarded() -> None:
    """``acceptWhen`` and ``attestation`` are reads like any other."""
    accept = place_of_refusal(lambda p: p["acceptWhen"].update({"from": "feedback.overall_stars"}))
    attest = place_of_refusal(lambda p: p["attestation"].update(role="supervisor.name"))

    assert (accept, attest) == ("/acceptWhen/from", "/attestation")


@pytest.mark.parametrize(
    "path",
    [
        "/feedback_to_team.private_comment",
        "/feedback_to_team",
        "/feedback_to_team.endorsements",
        "/feedback_to_team.endorsements.comment",
        "/feedback_from_team.overall.x",
    ],
)
def test_a_list_is_read_in_part_only_by_who_takes_a_part(path: str) -> None:
    """Endorsements hold comments for the learner alone: the words are taken, the list is not."""
    field = {"to": "engagement.role", "from": path}

    assert place_of_refusal(add_field(**field), of="teamlearn-1") == "/fields/26"
    assert parse_profile(schemas.load_profile("teamlearn-1")).field_of("skills")


def guard(name: str, path: str) -> Change:
    return lambda profile: profile[name].append(path)


def test_a_list_for_the_learner_may_hold_skills_for_the_record() -> None:
    """As a whole it is the learner's; a member that is taken of it is not, under neither name."""
    document = deepcopy(schemas.load_profile("teamlearn-1"))
    guard("offeredToLearnerOnly", "/feedback_to_team.endorsements")(document)
    refused = [
        place_of_refusal(guard(name, f"/feedback_to_team.{path}"), of="teamlearn-1")
        for name, path in [
            ("offeredToLearnerOnly", "endorsements.skills"),
            ("never", "endorsements.skills"),
            ("never", "endorsements"),
        ]
    ]

    assert parse_profile(document).name == "teamlearn/1"
    assert refused == ["/fields/22"] * 3


@pytest.mark.parametrize("column", ["notes, private", "feedback.private"])
def test_a_column_is_guarded_under_its_whole_name(column: str) -> None:
    """With the dots and commas in it."""
    place = place_of_refusal(
        lambda p: p.update(never=[column]),
        add_field(to="engagement.role", **{"from": column}),
        of="career-centre-csv-1",
    )

    assert place == "/fields/22"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"\xff", b'{"profile": 1, "profile": 2}', b" " * 300_000]
)
def test_a_file_that_is_no_json_is_a_profile_error(data: bytes) -> None:
    """Read as strictly as everything else."""
    with pytest.raises(ProfileError):
        read_profile(data)


EXAMPLES = {one.profile: one for one in (GIGBRIDGE, TEAMLEARN, CAREER_CENTRE)}


@given(st.dictionaries(st.sampled_from([*schemas.load_profile("gigbridge-1"), "x"]), JSON))
def test_no_json_makes_the_parser_raise_anything_else(document: JsonObject) -> None:
    """Whatever an operator writes: a profile, or a profile error with a place in the file."""
    with pytest.raises(ProfileError) as refused:
        parse_profile(document)

    assert refused.value.place == "" or refused.value.place.startswith("/")


@cache
def rows_of_example(name: str) -> tuple[Row, ...]:
    """The rows of the example payload of a profile."""
    if name == CAREER_CENTRE.profile:
        return (Row(members={"record_no": "1", "status": "Completed", "hours": "1"}, payload={}),)
    return tuple(payload_rows(load_profile(name), read_data("platforms", EXAMPLES[name].file)))


@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_a_profile_with_any_member_replaced_is_refused_or_maps(name: str, data: Any) -> None:
    """Nothing but a profile error on load; and what was loaded maps rows without breaking."""
    document = deepcopy(schemas.load_profile(name))
    *parents, last = data.draw(st.sampled_from(members(document)))
    node: Any = document
    for member in parents:
        node = node[member]
    node[last] = data.draw(JSON)
    try:
        profile = parse_profile(document)
    except ProfileError:
        return

    rows = rows_of_example(name)
    outcomes = list(map_rows(profile, rows, received_at=IMPORTED_AT, twins=survey(profile, rows)))

    assert len(outcomes) == len(rows)
