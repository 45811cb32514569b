"""A profile is checked before it maps anything, and what it must not read it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

import schemas
from issuer.platforms import ProfileError, load_profile, parse_profile
from verifier.strict_json import JsonObject

Change = Callable[[JsonObject], Any]


def place_of_refusal(*changes: Change) -> str:
    document = deepcopy(schemas.load_profile("gigbridge-1"))
    for change in changes:
        change(document)
    with pytest.raises(ProfileError) as refused:
        parse_profile(document)
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
        (lambda p: p["fields"][1].update(to="source"), "/fields/1/to"),
        (lambda p: p["fields"][1].update(to="platform.name"), "/fields/1/to"),
        (lambda p: p.pop("skillTable"), "/fields/22"),
    ],
)
def test_what_is_wrong_with_a_profile_has_a_place(change: Change, place: str) -> None:
    """Every fault of a profile is told on load, with its place in the file."""
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
