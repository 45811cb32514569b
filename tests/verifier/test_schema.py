"""Step 8: schemas that are held, in credentials and out of them, and schemas that are hostile."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.judging import KEY, badge, codes, judge, signed
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.json_schema import validate
from verifier.policy import STANDARD, Policy
from verifier.report import Outcome, Report
from verifier.sources import HeldSchema, HeldSchemas
from verifier.strict_json import JsonObject

URL = "https://schemas.example/a.json"
ENTRY = {"id": URL, "type": "JsonSchema"}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA: JsonObject = {"$id": URL, "$schema": DIALECT, "required": ["name"]}


def held(document: JsonObject, url: str = URL) -> HeldSchemas:
    return {url: HeldSchema(body=json.dumps(document).encode(), document=document)}


def report_of(
    schemas: HeldSchemas, entry: Any = ENTRY, policy: Policy = STANDARD, **members: Any
) -> Report:
    """The report on a badge that names ``entry`` where ``schemas`` are held."""
    document = signed(credentialSchema=entry, **members)
    return judge(document, policy=policy, held_schemas=schemas).report


@pytest.mark.parametrize(
    "dialect",
    [
        DIALECT,
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft-07/schema",
    ],
)
def test_a_held_schema_is_met_or_not(dialect: str) -> None:
    """Three dialects, one of them in two spellings."""
    met = SCHEMA | {"$schema": dialect}
    other = met | {"required": ["gpa"]}

    assert Outcome.VERIFIED is report_of(held(met)).outcome
    assert [Code.SCHEMA_VALIDATION_ERROR] == codes(report_of(held(other)))


@pytest.mark.parametrize(
    ("schema", "outcome"),
    [
        ({"$schema": DIALECT}, Outcome.NOT_VERIFIED),
        ({"$schema": DIALECT, "$id": "a.json"}, Outcome.NOT_VERIFIED),
        ({"$schema": DIALECT, "$id": f"{URL}x"}, Outcome.NOT_VERIFIED),
        ({"$id": URL}, Outcome.NOT_VERIFIED),
        (SCHEMA | {"type": 5}, Outcome.NOT_VERIFIED),
        (
            SCHEMA | {"$schema": "https://json-schema.org/draft/2031-01/schema"},
            Outcome.COULD_NOT_CHECK,
        ),
        (SCHEMA | {"$schema": None}, Outcome.COULD_NOT_CHECK),
        (SCHEMA | {"$ref": "https://schemas.example/other.json"}, Outcome.COULD_NOT_CHECK),
        (SCHEMA | {"$ref": "http://127.0.0.1/other.json"}, Outcome.COULD_NOT_CHECK),
        (SCHEMA | {"$ref": "#"}, Outcome.COULD_NOT_CHECK),
        (SCHEMA | {"properties": {"name": {"pattern": "(?=a)a"}}}, Outcome.COULD_NOT_CHECK),
        (SCHEMA | {"properties": {"name": {"pattern": "^(x+x+)+y"}}}, Outcome.NOT_VERIFIED),
    ],
)
def test_a_schema_that_cannot_be_applied_is_never_met(schema: JsonObject, outcome: Outcome) -> None:
    """VC JSON Schema 1.0: failure, or indeterminate; and nobody is asked for another file."""
    assert outcome is report_of(held(schema), name="x" * 60).outcome


def test_a_schema_that_multiplies_itself_ends() -> None:
    """Twenty definitions that each ask for the next one twice are a million checks."""
    doubled = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
        for n in range(24)
    }
    schema = SCHEMA | {"$defs": doubled | {"d24": {"type": "object"}}, "$ref": "#/$defs/d0"}
    start = time.process_time()

    report = report_of(held(schema))

    assert [Code.LIMIT_EXCEEDED] == codes(report)
    assert Outcome.COULD_NOT_CHECK is report.outcome
    assert time.process_time() - start < 2


def test_a_schema_that_is_not_held_is_a_warning_unless_it_is_demanded() -> None:
    """Of no type and at no address is a schema ever fetched."""
    demanding = Policy(name="demanding", require_held_schema=True)
    for entry in (ENTRY, ENTRY | {"type": "JsonSchemaCredential"}, ENTRY | {"type": "urn:x:own"}):
        report = report_of({}, entry)

        assert Outcome.VERIFIED is report.outcome
        assert 1 == len(report.warnings)
        assert [Code.UNKNOWN_SCHEMA] == codes(report_of({}, entry, demanding))


def test_each_of_several_schemas_has_to_be_met() -> None:
    """The second one counts like the first."""
    second = "https://schemas.example/b.json"
    schemas = {**held(SCHEMA), **held({"$id": second, "$schema": DIALECT, "not": {}}, second)}

    report = report_of(schemas, [ENTRY, {"id": second, "type": ["JsonSchema"]}])

    assert [Code.SCHEMA_VALIDATION_ERROR] == codes(report)


def test_a_digest_of_a_schema_is_compared() -> None:
    """The schema that is held has to be the one that the issuer meant."""
    wrong = "sha256-" + "A" * 43 + "="

    assert [Code.RESOURCE_MISMATCH] == codes(report_of(held(SCHEMA), ENTRY | {"digestSRI": wrong}))


def test_a_1edtech_schema_is_of_2019_09() -> None:
    """Another dialect under that type is not applied."""
    entry = {"id": URL, "type": "1EdTechJsonSchemaValidator2019"}
    schema = {"$schema": "https://json-schema.org/draft/2019-09/schema", "required": ["name"]}

    context = [*badge()["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    words = {"@context": context}

    assert Outcome.VERIFIED is report_of(held(schema), entry, **words).outcome
    assert [Code.UNKNOWN_SCHEMA] == codes(report_of(held(SCHEMA), entry, **words))


# --- schemas in credentials -------------------------------------------------------------


def schema_credential(**members: Any) -> JsonObject:
    """A credential with a schema, unsigned, by the test key."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "JsonSchemaCredential"],
        "issuer": KEY.did,
        "credentialSchema": {
            "id": "https://www.w3.org/ns/credentials/json-schema/v2.json",
            "type": "JsonSchema",
        },
        "credentialSubject": {"id": f"{URL}#schema", "type": "JsonSchema", "jsonSchema": SCHEMA},
    } | members


def outcome_with(document: JsonObject, key: Ed25519TestKey = KEY) -> Outcome:
    entry = ENTRY | {"type": "JsonSchemaCredential"}
    return report_of(held(secure_document(document, key)), entry).outcome


def test_a_schema_in_a_credential_is_met() -> None:
    """The credential is verified first."""
    assert Outcome.VERIFIED is outcome_with(schema_credential())


@pytest.mark.parametrize(
    "members",
    [
        {"id": f"{URL}x"},
        {"type": ["VerifiableCredential"]},
        {"credentialSchema": {"id": "https://schemas.example/meta", "type": "JsonSchema"}},
        {"credentialSubject": {"type": "JsonSchema", "id": "urn:x:1"}},
        {"credentialSubject": {"type": "JsonSchema", "jsonSchema": {"$schema": DIALECT}}},
        {"credentialSubject": {"type": "JsonSchema", "jsonSchema": SCHEMA | {"not": {}}}},
    ],
)
def test_a_schema_s_credential_of_another_form_is_refused(members: JsonObject) -> None:
    """VC JSON Schema 1.0, section 3.2.1."""
    assert Outcome.NOT_VERIFIED is outcome_with(schema_credential(**members))


def test_a_schema_s_credential_that_does_not_verify_leaves_the_question_open() -> None:
    """It says nothing about the credential that names it: neither yes nor no."""
    assert Outcome.COULD_NOT_CHECK is outcome_with(schema_credential(), Ed25519TestKey.number(9))
    ended = schema_credential(validUntil="2020-01-01T00:00:00Z")
    assert Outcome.COULD_NOT_CHECK is outcome_with(ended)


def test_a_schema_s_credential_that_names_itself_ends() -> None:
    """A loop is cut off by its depth."""
    looping = schema_credential(credentialSchema=ENTRY | {"type": "JsonSchemaCredential"})

    assert Outcome.COULD_NOT_CHECK is outcome_with(looping)


# --- no other error ---------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
KEYWORDS = st.dictionaries(
    st.sampled_from(
        [
            "type",
            "required",
            "properties",
            "pattern",
            "$ref",
            "allOf",
            "not",
            "items",
            "enum",
            "patternProperties",
            "additionalProperties",
            "unevaluatedProperties",
            "$dynamicRef",
            "format",
            "minLength",
            "dependentRequired",
            "if",
            "then",
            "contains",
            "$defs",
        ]
    ),
    JSON,
    max_size=4,
)


@given(keywords=KEYWORDS)
@settings(max_examples=100)
def test_no_schema_raises_anything_else(keywords: JsonObject) -> None:
    """Whatever stands in a schema: it is met, not met, or undecided."""
    with contextlib.suppress(RefusedError, UncheckedError):
        validate(SCHEMA | keywords, badge())


def test_errors_of_a_schema_are_ours() -> None:
    """They are the two that a check may end with."""
    for schema in (SCHEMA | {"not": {}}, SCHEMA | {"$schema": "x"}):
        with pytest.raises(CheckError):
            validate(schema, badge())
