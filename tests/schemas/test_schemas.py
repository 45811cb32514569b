"""The package files: they load, they are the right ones, and their words are in step."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import rfc8785
from jsonschema import Draft202012Validator

import schemas
from verifier.strict_json import JsonObject

CONTEXT_SHA256 = "d7ac4429f61d2d39bfa9444819e0f09d9ca833cc383eedd361c7c212e4cbf47f"
RECORD = "micro-internship-completion-1.0"
CREDENTIAL = "micro-internship-credential-1.0"
SKILL = "micro-internship-skill-1.0"
CREDIT = "micro-internship-credit-1.0"

WORDS_NEVER_SHOWN = {
    "acceptance": {"acceptedWithChanges", "delivered", "notDelivered"},
    "compensationKind": {"none"},
    "aiPolicy": {"notStated"},
}
"""Words of the record that the projection leaves out or turns into another word."""

RECORD_PLACES = {
    "form": "engagement.form",
    "acceptance": "engagement.deliverables[].acceptance",
    "effortBasis": "engagement.effort.basis",
    "mode": "engagement.modality.mode",
    "assessedAs": "engagement.team.assessedAs",
    "compensationKind": "engagement.compensation.kind",
    "aiPolicy": "engagement.aiAssistance.policy",
    "aiUse": "engagement.aiAssistance.use[]",
    "disclosedBy": "engagement.aiAssistance.disclosedBy[]",
    "assessedBy": "skills[].assessedBy[]",
    "matchKind": "skills[].alignments[].match",
    "alignedBy": "skills[].alignments[].alignedBy",
    "attestedBy": "attestations[].by",
    "attestMethod": "attestations[].method",
    "creditUnit": "academicCredit.unit",
}


def terms() -> dict[str, Any]:
    context = schemas.load_context(schemas.CONTEXT_URL)["@context"]
    inner: dict[str, Any] = context["microInternship"]["@context"]
    return inner


def word_terms() -> dict[str, set[str]]:
    return {
        name: set(term["@context"])
        for name, term in terms().items()
        if isinstance(term, dict) and term.get("@type") == "@vocab"
    }


def enum_at(schema: JsonObject, place: str) -> set[str]:
    node = schema
    for name in place.split("."):
        node = node["properties"][name.removesuffix("[]")]
        for _ in range(name.count("[]")):
            node = node["items"]
    return set(node["enum"])


def enum_named(schema: JsonObject, name: str) -> set[str]:
    """The words that the credential schema admits for the member ``name`` of our node."""
    found = [
        node[name] for node in properties_within(schema["$defs"]["microInternship"]) if name in node
    ]
    assert found
    node = found[0].get("items", found[0])
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return set(node["enum"]) if "enum" in node else {node["const"]}


def properties_within(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield node["properties"]
        for value in node.values():
            yield from properties_within(value)
    elif isinstance(node, list):
        for value in node:
            yield from properties_within(value)


def test_the_context_is_the_pinned_one() -> None:
    """Our context changes only together with its pin, and never after the first signature."""
    context = schemas.load_context(schemas.CONTEXT_URL)

    assert hashlib.sha256(rfc8785.dumps(context)).hexdigest() == CONTEXT_SHA256


@pytest.mark.parametrize("name", [RECORD, CREDENTIAL, SKILL, CREDIT])
def test_every_schema_is_a_valid_schema(name: str) -> None:
    """Each schema is well-formed JSON Schema 2020-12 and is found under its own ``$id``;
    all that it refers to is in it, and used."""
    schema = schemas.load_schema(name)

    Draft202012Validator.check_schema(schema)
    assert schema is schemas.schema_by_id(schema["$id"])
    assert set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema))) == set(schema["$defs"])


@pytest.mark.parametrize(
    ("name", "url"),
    [
        (CREDENTIAL, schemas.CREDENTIAL_SCHEMA_URL),
        (SKILL, schemas.SKILL_SCHEMA_URL),
        (CREDIT, schemas.CREDIT_SCHEMA_URL),
    ],
)
def test_a_credential_schema_is_held_under_the_url_we_issue_with(name: str, url: str) -> None:
    """``credentialSchema`` of our credentials names a schema that a verifier finds here."""
    assert schemas.load_schema(name) == schemas.schema_by_id(url)


@pytest.mark.parametrize("name", [SKILL, CREDIT])
def test_what_the_schemas_share_is_the_same_in_each(name: str) -> None:
    """Identities, status and addresses have one form, whatever the badge is for."""
    common, own = schemas.load_schema(CREDENTIAL)["$defs"], schemas.load_schema(name)["$defs"]
    shared = ("urnUuid", "webAddress", "identifier", "instant", "status", "identityObject")

    assert {it: common[it] for it in shared} == {it: own[it] for it in shared}


def objects_within(node: object) -> Iterator[JsonObject]:
    """Every schema of an object, with all that is in it."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            yield node
        for value in node.values():
            yield from objects_within(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects_within(value)


@pytest.mark.parametrize("name", [SKILL, CREDIT])
def test_a_badge_beside_a_completion_can_hold_nothing_more(name: str) -> None:
    """Everything in its subject and evidence is closed: what was left out cannot come in."""
    defs = schemas.load_schema(name)["$defs"]
    said = {it: node for it, node in defs.items() if it != "status"}

    open_objects = [
        it for it in objects_within(said) if it.get("additionalProperties") is not False
    ]

    assert [] == open_objects


def test_a_foreign_schema_is_not_held() -> None:
    """Asking for a schema of others finds nothing instead of fetching it."""
    assert schemas.schema_by_id("https://example.org/schema.json") is None


@pytest.mark.parametrize("name", ["../tables/skills-table-1", "", "gigbridge-1.json", "x" * 10_000])
def test_a_name_is_looked_up_and_never_joined_to_a_path(name: str) -> None:
    """A name that is not among the files is an unknown name, whatever it spells."""
    with pytest.raises(schemas.UnknownNameError):
        schemas.load_profile(name)


def test_every_closed_word_list_of_the_context_is_one_of_the_record() -> None:
    """No word list was added to the vocabulary without a place in the record."""
    assert set(RECORD_PLACES) == set(word_terms())


@pytest.mark.parametrize("term", sorted(RECORD_PLACES))
def test_the_words_of_the_context_are_the_words_of_the_record(term: str) -> None:
    """A word that the record may hold has an IRI, so that no signed word is ever dropped."""
    words = enum_at(schemas.load_schema(RECORD), RECORD_PLACES[term])

    assert words - WORDS_NEVER_SHOWN.get(term, set()) == word_terms()[term]


@pytest.mark.parametrize("term", sorted(set(RECORD_PLACES) - {"creditUnit"}))
def test_the_words_of_the_credential_schema_have_an_iri(term: str) -> None:
    """Every word that our credential schema admits is defined by our context."""
    words = enum_named(schemas.load_schema(CREDENTIAL), term)

    assert set() == words - word_terms()[term]


def test_every_member_of_our_node_is_a_term() -> None:
    """The credential schema admits no member that our context would drop."""
    schema = schemas.load_schema(CREDENTIAL)
    members = {
        name
        for properties in properties_within(schema["$defs"]["microInternship"])
        for name in properties
    }
    open_badges_terms = {"id", "type", "name", "description", "inLanguage"}

    assert set() == members - set(terms()) - open_badges_terms


def test_both_pay_floor_tables_name_their_policy_and_rate() -> None:
    """A pay-floor table says where, from when and how much, as text and never as a float."""
    for policy in ("us-2026-platform-floor", "gb-2026-statutory-plus"):
        table = schemas.load_pay_floor(policy)

        assert policy == table["policy"]
        assert {"jurisdiction", "from", "perHour", "source"} < set(table)
        assert all(isinstance(rate, str) for rate in table["perHour"].values())


def test_the_profile_uses_the_rate_of_the_table_that_it_names() -> None:
    """The floor written in the profile is the floor of the policy it names."""
    floor = schemas.load_profile("gigbridge-1")["payFloor"]

    assert schemas.load_pay_floor(floor["policy"])["perHour"] == floor["perHour"]
