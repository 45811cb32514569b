"""A credential tells exactly what its learner chose, and of the rest not one word.

Every free text of a record is a marker. What may be shown stands in the credential, what may not
does not: both directions, for all twelve examples under any choice.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from issuer.projection.academic_credit import Credit, build_academic_credit
from issuer.projection.skill_assertion import build_skill_assertion, rated_skills
from issuer.record import parse_draft
from issuer.record.identity import has_shown_identity
from tests.example_records import EXAMPLES, example_record
from tests.issuer.leaks.planted import (
    SHOWN,
    Planted,
    at,
    credit_of,
    free_texts,
    markers_within,
    plant,
)
from tests.issuer.leaks.reading import read_markers
from tests.issuer.offices import START
from tests.issuer.projection.births import BIRTH, COMPLETION
from tests.issuer.projection.test_choices import project_record
from tests.issuer.projection.test_skill_assertion import FACETS
from verifier.strict_json import JsonObject

NAME_FORMS = ["full", "givenAndInitial", "none"]
CHOICES: Any = st.tuples(FACETS, st.sampled_from(NAME_FORMS)).map(
    lambda it: it[0] | {"nameForm": it[1]}
)


def planted(name: str, facets: JsonObject) -> Planted:
    """An example with these choices, full of markers. Skips what no badge can be made of: nobody
    could tell whose it is."""
    document = example_record(name)
    document["disclosure"] |= facets
    found = plant(document)
    form = found.document["disclosure"]["nameForm"]
    assume(has_shown_identity(found.document["learner"], form))
    return found


def clean(found: Planted) -> JsonObject:
    document: JsonObject = parse_draft(found.document, received_at=START).document
    return document


def test_every_free_text_of_a_record_has_its_rule() -> None:
    """A new member of the record is nobody's to see until somebody says so here."""
    assert set(SHOWN) == free_texts()


@given(name=st.sampled_from(EXAMPLES), facets=CHOICES)
def test_a_completion_tells_what_may_be_shown_and_nothing_else(
    name: str, facets: JsonObject
) -> None:
    """Every shown text is in it, and no other: not in clear, nor in any encoding."""
    found = planted(name, facets)
    record = parse_draft(found.document, received_at=START)

    told = json.dumps(project_record(record), ensure_ascii=False)

    hidden = read_markers(told) & set(found.hidden)
    missing = set(found.shown) - markers_within(told)
    assert {} == {word: found.hidden[word] for word in hidden}
    assert {} == {word: found.shown[word] for word in missing}


@given(name=st.sampled_from(EXAMPLES), facets=CHOICES)
def test_a_skill_tells_itself_the_learner_and_who_rated(name: str, facets: JsonObject) -> None:
    """And not one other word of the record, shown in the completion or not."""
    found = planted(name, facets)
    document = clean(found)
    for index, skill in rated_skills(document):
        badge = build_skill_assertion(document, index, BIRTH, completion_id=COMPLETION)
        rater = document["host" if "host" in skill["assessedBy"] else "school"]

        own = {key: value for key, value in skill.items() if key != "sourceText"}
        party = [rater[key] for key in ("id", "name", "url") if key in rater]
        allowed = markers_within(json.dumps([own, party])) | names(document)
        assert allowed == read_markers(json.dumps(badge, ensure_ascii=False))


def names(document: JsonObject) -> set[str]:
    """The markers of the learner's name that the learner shows."""
    shown = {"full": "full", "givenAndInitial": "given"}.get(document["disclosure"]["nameForm"])
    return markers_within(document["learner"]["name"][shown]) if shown else set()


@pytest.mark.parametrize("graded", [True, False])
@settings(max_examples=40)
@given(name=st.sampled_from(["01", "04", "05", "07"]), facets=CHOICES)
def test_credit_tells_itself_the_learner_and_the_school(
    graded: bool, name: str, facets: JsonObject
) -> None:
    """The grade where it is shared, and not one word of the work or its host."""
    document = clean(planted(name, facets))
    told = credit_of(document)
    credit = Credit(
        value=told["value"],
        unit=told["unit"],
        course_code=told["courseCode"],
        course_title=told["courseTitle"],
        term=told["term"],
        grade=told["grade"] if graded else None,
    )

    badge = build_academic_credit(document, credit, BIRTH, completion_id=COMPLETION)

    school = [document["school"][key] for key in ("id", "name", "url")]
    own = {key: value for key, value in told.items() if graded or key != "grade"}
    assert markers_within(json.dumps([own, school])) | names(document) == read_markers(
        json.dumps(badge, ensure_ascii=False)
    )


@pytest.mark.parametrize(
    "hide",
    [
        lambda text: text,
        str.upper,
        lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
        lambda text: "".join(f"&#{ord(sign)};" for sign in text),
        lambda text: quote(f"{text} ", safe="").replace("Z", "%5A"),
        lambda text: base64.b64encode(f"a text with {text} in it".encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"x{text}".encode()).decode().rstrip("="),
        lambda text: "u" + base64.urlsafe_b64encode(f"a proof, {text}".encode()).decode(),
        lambda text: base64.b64encode(base64.b64encode(f"twice {text}".encode())).decode(),
        lambda text: f"eyJ.{base64.urlsafe_b64encode(f'[1,{text}]'.encode()).decode()}~",
    ],
)
def test_a_marker_is_found_however_it_is_written(hide: Any) -> None:
    """The search cannot be fooled by an encoding that a program would use."""
    assert {"Zq123kw"} == read_markers(f'{{"a": "{hide("Zq123kw")}"}}')


def test_what_is_planted_is_everywhere() -> None:
    """The examples together have a marker in nearly every place, so that the rules above are
    really tried; what no example has is listed here."""
    places: set[str] = set()
    for name in EXAMPLES:
        found = plant(example_record(name))
        places |= {*found.shown.values(), *found.hidden.values()}

    assert {"supersedes", "results/[]/min", "results/[]/max"} == set(SHOWN) - places


def test_at_reads_what_a_path_names() -> None:
    """The rules above look where they say."""
    assert 2 == at({"a": [1, {"b": 2}]}, ("a", 1, "b"))
