"""What the signature would not cover is refused, wherever it stands and however it hides."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from tests.verifier.jsonld.credentials import OB, V2, credential
from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize
from verifier.jsonld.members import values_within
from verifier.jsonld.oracle import build_statements
from verifier.jsonld.oracle.expansion import _load_context
from verifier.jsonld.statements import Blank, Iri
from verifier.strict_json import JsonObject

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"

LOST: dict[str, dict[str, Any]] = {
    "undefined term": {"gpa": 4.0},
    "undefined term with null": {"gpa": None},
    "undefined term with an empty list": {"gpa": []},
    "keyword-like member": {"@gpa": "4.0"},
    "keyword-like member with digits": {"@gpa4": "4.0"},
    "undefined type": {"type": ["VerifiableCredential", "OpenBadgeCredential", "Diploma"]},
    "type that is a relative reference": {"type": ["VerifiableCredential", "../Diploma"]},
    "type that looks like a keyword": {"type": ["VerifiableCredential", "@Diploma"]},
    "type that is a blank node": {"type": ["VerifiableCredential", "_:Diploma"]},
    "relative id": {"id": "diploma/7"},
    "id that looks like a keyword": {"id": "@diploma"},
    "empty id": {"id": ""},
    "relative issuer": {"issuer": "uni"},
    "issuer with a relative id": {"issuer": {"id": "uni", "type": ["Profile"]}},
    "relative reference in an id-typed member": {
        "credentialSchema": {"id": "schema.json", "type": "JsonSchema"}
    },
    "proof that is text": {"proof": "signed"},
    "proof that is only an id": {"proof": {"id": "urn:proof:1"}},
    "direction without text": {"name": [{"@direction": "rtl"}, "Audit"]},
    "direction of a null": {"name": {"@value": None, "@direction": "rtl"}},
    "direction written as a datatype": {
        "name": {"@value": "Audit", "@type": "https://www.w3.org/ns/i18n#ar_rtl"}
    },
    "index": {"name": {"@value": "Audit", "@index": "first"}},
    "language without text": {"name": [{"@language": "en"}, "Audit"]},
    "language of a null": {"name": {"@value": None, "@language": "en"}},
    "type of a null": {"name": {"@value": None, "@type": "xsd:string"}},
    "extra member of a text": {"name": {"@value": "Audit", "@language": "en", "note": "x"}},
    "number with more digits than a double shows": {"name": 0.10000000000000002},
    "included nodes": {"@included": [{"id": "urn:x:1", "name": "hidden"}]},
    "reversed member": {"@reverse": {"evidence": {"id": "urn:x:1", "name": "hidden"}}},
}

MALFORMED: dict[str, dict[str, Any]] = {
    "id that is null": {"id": None},
    "ids in a list": {"id": []},
    "id that is a number": {"id": 7},
    "id with a space": {"id": "urn:uuid:a b"},
    "id with a line feed": {"id": "urn:uuid:a\n"},
    "id with a quotation mark": {"id": 'urn:uuid:"a"'},
    "id with braces": {"id": "urn:uuid:{a}"},
    "id with a bad percent sign": {"id": "https://work.example/%zz"},
    "id with a no-break space": {"id": "https://work.example/\u00a0"},
    "id with two fragments": {"id": "https://work.example/#a#b"},
    "type that is a number": {"type": ["VerifiableCredential", 7]},
    "type that is null": {"issuer": {"id": "did:web:uni.example", "type": None}},
    "language that is none": {"name": {"@value": "Audit", "@language": "not a language"}},
    "language with a long part": {"name": {"@value": "Audit", "@language": "abcdefghi"}},
    "language that is a number": {"name": {"@value": "Audit", "@language": 7}},
    "number with a language": {"name": {"@value": 7, "@language": "en"}},
    "number with a direction": {"name": {"@value": 7, "@direction": "rtl"}},
    "direction that is none": {"name": {"@value": "Audit", "@direction": "up"}},
    "two spellings of id": {"@id": "urn:uuid:1"},
    "full IRI as a member": {"https://www.w3.org/2018/credentials#validUntil": "2020-01-01"},
    "compact IRI as a member": {"cred:credentialStatus": {"id": "urn:x:1"}},
    "blank node as a member": {"_:grade": "A"},
    "type used as a member": {"Image": {"id": "https://work.example/i.png", "type": "Image"}},
    "value that is an object": {"name": {"@value": {"a": 1}}},
}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"@value": "شهادة", "@language": "AR", "@direction": "rtl"}, "#ar_rtl>"),
        ({"@value": "شهادة", "@direction": "rtl"}, "#_rtl>"),
        ({"@value": "Audit", "@language": "en-GB", "@direction": "ltr"}, "#en-gb_ltr>"),
    ],
)
def test_a_direction_is_signed(value: dict[str, str], written: str) -> None:
    """With its language, in the datatype that other implementations use."""
    statements = canonicalize(credential(name=value)).decode()

    assert f"^^<https://www.w3.org/ns/i18n{written}" in statements
    assert statements != canonicalize(credential(name=value["@value"])).decode()


@pytest.mark.parametrize("members", LOST.values(), ids=LOST)
def test_lost_members_are_refused(members: dict[str, Any]) -> None:
    """Whatever JSON-LD would drop without a word is a data loss error."""
    with pytest.raises(RefusedError) as caught:
        canonicalize(credential(**members))

    assert caught.value.code is Code.DATA_LOSS_DETECTION_ERROR


@pytest.mark.parametrize("members", MALFORMED.values(), ids=MALFORMED)
def test_malformed_members_are_refused(members: dict[str, Any]) -> None:
    """What has no meaning, or a second spelling, is malformed."""
    with pytest.raises(RefusedError) as caught:
        canonicalize(credential(**members))

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR


def _place(root: JsonObject, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        root = root[step]  # type: ignore[index]
    return root


_OBJECTS = [pointer for pointer, value in values_within(credential()) if isinstance(value, dict)]


@pytest.mark.parametrize("pointer", _OBJECTS)
def test_undefined_member_is_found_in_every_object(pointer: str) -> None:
    """An undefined member is refused in every object of a credential, with its pointer."""
    document = credential()
    steps = tuple(int(it) if it.isdigit() else it for it in pointer.split("/")[1:])
    _place(document, steps)["honours"] = "summa cum laude"

    with pytest.raises(RefusedError) as caught:
        canonicalize(document)

    assert caught.value.code is Code.DATA_LOSS_DETECTION_ERROR
    assert caught.value.pointer == f"{pointer}/honours"


@given(
    pointer=st.sampled_from(_OBJECTS),
    name=st.text(min_size=1, max_size=12),
    value=st.one_of(st.text(max_size=8), st.integers(-9, 9), st.booleans(), st.none()),
)
def test_any_new_member_changes_the_result_or_is_refused(
    pointer: str, name: str, value: Any
) -> None:
    """No member can be added that carries something and leaves the canonical form as it was."""
    document = credential()
    steps = tuple(int(it) if it.isdigit() else it for it in pointer.split("/")[1:])
    target = _place(document, steps)
    if name in target or name == "@context":
        return
    target[name] = value

    try:
        result = canonicalize(document)
    except RefusedError:
        return

    assert value is None or result != canonicalize(credential())


def _scalars(root: JsonObject) -> list[str]:
    return [p for p, v in values_within(root) if isinstance(v, str | int | float | bool)]


@pytest.mark.parametrize("pointer", _scalars(credential()))
def test_every_value_is_covered(pointer: str) -> None:
    """Changing any one value changes the canonical form, or the document is refused."""
    document = credential()
    *steps, last = (int(it) if it.isdigit() else it for it in pointer.split("/")[1:])
    holder = _place(document, tuple(steps))
    holder[last] = not holder[last] if isinstance(holder[last], bool) else f"{holder[last]}x"

    try:
        result = canonicalize(document)
    except RefusedError:
        return

    assert result != canonicalize(credential())


def test_null_mapped_term_is_refused() -> None:
    """A context that maps a term to null, and so drops its data, is refused."""
    document = credential(hidden="data")
    document["@context"] = [V2, OB, {"hidden": None}]

    with pytest.raises(RefusedError) as caught:
        canonicalize(document)

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR


def test_free_floating_values_are_found() -> None:
    """A document that is only a name for something, or a list of nothing, is refused."""
    bare: tuple[JsonObject, ...] = ({"@context": V2, "id": "urn:x:1"}, {"@context": V2})
    for document in bare:
        with pytest.raises(RefusedError) as caught:
            canonicalize(document)

        assert caught.value.code is Code.DATA_LOSS_DETECTION_ERROR


def test_vocabulary_does_not_hide_loss() -> None:
    """Under a context with a vocabulary a term is kept; a keyword-like one is still lost."""
    document = credential()
    document["@context"] = [V2, EXAMPLES]
    document = {"@context": [V2, EXAMPLES], "type": "VerifiableCredential", "gpa": "4.0"}
    kept = canonicalize(document)

    assert b"<https://www.w3.org/ns/credentials/examples#gpa>" in kept
    with pytest.raises(RefusedError) as caught:
        canonicalize({**document, "@gpa": "4.0"})
    assert caught.value.code is Code.DATA_LOSS_DETECTION_ERROR


def test_json_literals_are_signed_in_their_canonical_form() -> None:
    """A member of type JSON is covered as its RFC 8785 text, order of members aside."""

    def with_schema(schema: JsonObject) -> bytes:
        return canonicalize(
            credential(
                credentialSchema={
                    "id": "https://uni.example/s.json",
                    "type": "JsonSchema",
                    "jsonSchema": schema,
                }
            )
        )

    first = with_schema({"b": 1.0, "a": [True, None, "é\u0007"]})

    assert first == with_schema({"a": [True, None, "é\u0007"], "b": 1})
    assert first != with_schema({"a": [True, None, "é"], "b": 1})
    assert b'"{\\"a\\":[true,null,\\"\xc3\xa9\\\\u0007\\"],\\"b\\":1}"^^' in first


def test_control_characters_are_written_as_the_standard_says() -> None:
    """RDFC-1.0, section 5: control characters and U+007F as upper-case escapes, others as is."""
    result = canonicalize(credential(name='a\u0007b\u007fc\u000bd\ufffee\u0085f\tg\\u0041"h'))

    assert b'"a\\u0007b\\u007Fc\\u000Bd\\uFFFEe\xc2\x85f\\tg\\\\u0041\\"h"' in result


def test_language_tags_are_compared_without_case() -> None:
    """JSON-LD processors write language tags in lower case; ours agrees with them."""
    upper = canonicalize(credential(name={"@value": "Audit", "@language": "en-GB"}))
    lower = canonicalize(credential(name={"@value": "Audit", "@language": "en-gb"}))

    assert b'"Audit"@en-gb .' in upper
    assert upper == lower


def test_documents_are_not_changed() -> None:
    """The caller's document is what it was."""
    document = credential()
    before = copy.deepcopy(document)

    canonicalize(document)

    assert document == before


def _by_pyld(document: JsonObject) -> set[tuple[Any, ...]]:
    """PyLD's own way to RDF, as a second opinion on the statements; labels left out."""
    options = {"base": None, "documentLoader": _load_context}

    def seen(term: dict[str, Any]) -> Any:
        if term["type"] == "blank node":
            return "blank"
        if term["type"] == "IRI":
            return (term["value"],)
        return (term["value"], term["datatype"], term.get("language"))

    return {
        ("blank" if name.startswith("_:") else name, *(seen(triple[it]) for it in triple))
        for name, triples in jsonld.to_rdf(document, options).items()
        for triple in triples
    }


def _by_us(document: JsonObject) -> set[tuple[Any, ...]]:
    def seen(term: Any) -> Any:
        if isinstance(term, Blank):
            return "blank"
        return (term.value,) if isinstance(term, Iri) else tuple(term)

    return {
        (
            "@default"
            if it.graph is None
            else "blank"
            if isinstance(it.graph, Blank)
            else it.graph,
            seen(it.subject),
            seen(it.predicate),
            seen(it.object),
        )
        for it in build_statements(document)
    }


def test_statements_are_those_that_pyld_makes() -> None:
    """For a document without loss, our way to RDF and PyLD's give the same statements."""
    document = credential(
        name={"@value": "Audit", "@language": "en"},
        proof=[{"type": "DataIntegrityProof", "cryptosuite": "x", "proofValue": "z1"}],
        description=["a", "b"],
    )
    document["credentialSubject"]["achievement"]["resultDescription"] = [
        {
            "id": "urn:x:2",
            "type": "ResultDescription",
            "name": "Score",
            "resultType": "Percent",
            "allowedValue": ["1", "2", "3"],
        }
    ]
    document["credentialSubject"]["creditsEarned"] = 2.5

    assert _by_us(document) == _by_pyld(document)


def test_threads_do_not_disturb_each_other() -> None:
    """Many threads at once get what one gets alone: PyLD's caches are not shared."""
    documents = [credential(name=f"Audit {n}") for n in range(40)]
    alone = [canonicalize(document) for document in documents]
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = list(pool.map(canonicalize, documents * 3))

    assert alone * 3 == together
