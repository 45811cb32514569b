"""The statements of a document and of its parts, about the same nodes."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize
from verifier.jsonld.oracle import canonical_labels, write_statements
from verifier.jsonld.statements import Literal
from verifier.proofs.ecdsa_sd_select import select
from verifier.proofs.ecdsa_sd_statements import name_document, relabel, signed_labels
from verifier.strict_json import JsonObject

WORDS: dict[str, Any] = {
    "list": {"@id": "https://words.example/list", "@container": "@list"},
    "other": {"@id": "https://words.example/other", "@container": "@list"},
    "part": "https://words.example/part",
    "link": {"@id": "https://words.example/link", "@type": "@id"},
    "text": "https://words.example/text",
    "texts": {"@id": "https://words.example/texts", "@container": "@language"},
    "record": {"@id": "https://words.example/record", "@type": "@json"},
}


def _document(**members: Any) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", WORDS],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:learner", **members},
    }


@pytest.mark.parametrize(
    "members",
    [
        {"part": [{"text": "a"}, {"text": "b"}, {"part": {"text": "a"}}]},
        {"list": ["a", "b", "a"]},
        {"list": []},
        {"list": ["a"], "other": ["a"]},
        {"part": [{"id": "urn:uuid:1", "list": ["a"]}, {"id": "urn:uuid:2", "list": ["a"]}]},
        {"list": [{"text": "a"}, {"text": "b"}]},
        {"texts": {"de": "a", "id": "b", "type": "c"}},
        {"record": {"id": "x", "type": [], "": {"@list": [None]}}},
        {"text": [True, 1.5, "_:c14n0", "<urn:bnid:0>"]},
        {"part": {"id": "urn:bnid:_0"}},
    ],
    ids=str,
)
def test_names_change_nothing(members: JsonObject) -> None:
    """The labels of the canonical form on the statements of the named document give the canonical
    form: so every unnamed node was found, and nothing else was taken for one."""
    document = _document(**members)
    found = name_document(document).statements

    canonical = relabel(found, canonical_labels(found))
    assert canonicalize(document).decode() == "".join(sorted(write_statements(canonical)))


@pytest.mark.parametrize(
    "members",
    [
        {"list": ["a", "b"]},
        {"list": [{"text": "a"}, {"text": "b"}], "other": ["a"]},
        {"texts": {"de": "a", "en": "b"}},
        {"record": {"a": 1, "b": [2, 3]}},
    ],
    ids=str,
)
def test_a_part_makes_statements_of_the_whole(members: JsonObject) -> None:
    """A whole member is a part of the document; its statements are among the document's."""
    named = name_document(_document(**members))

    for name in members:
        part = named.statements_of(select(named.document, [f"/credentialSubject/{name}"]))
        assert part
        assert set(part) <= set(named.statements)


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"list": ["a", "b"]}, "/credentialSubject/list/0"),
        ({"list": ["a", "a"]}, "/credentialSubject/list/1"),
        ({"record": {"a": 1, "b": 2}}, "/credentialSubject/record/a"),
        ({"record": [1, 2]}, "/credentialSubject/record/0"),
    ],
)
def test_what_is_cut_is_not_a_part(members: JsonObject, pointer: str) -> None:
    """Half a list, half a JSON literal: the whole never said that."""
    named = name_document(_document(**members))

    with pytest.raises(RefusedError) as refused:
        named.statements_of(select(named.document, [pointer]))

    assert Code.PROOF_GENERATION_ERROR is refused.value.code


def test_one_language_of_several_is_a_part() -> None:
    """A text in one language is a statement of its own."""
    named = name_document(_document(texts={"de": "a", "en": "b"}))

    part = named.statements_of(select(named.document, ["/credentialSubject/texts/de"]))

    values = {it.object for it in part if it.predicate.value == WORDS["texts"]["@id"]}
    assert {Literal("a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "de")} == values


@pytest.mark.parametrize(
    "members",
    [
        {"list": [["a"], ["b"]]},
        {"list": ["a"], "part": {"id": "did:example:learner", "list": ["a"]}},
        {"link": "_:x"},
    ],
    ids=["lists in a list", "equal lists in one place", "a blank label as a value"],
)
def test_what_cannot_be_told_apart_is_refused(members: JsonObject) -> None:
    """Rather than shown with the wrong neighbours."""
    with pytest.raises(RefusedError) as refused:
        name_document(_document(**members))

    assert Code.PROOF_TRANSFORMATION_ERROR is refused.value.code


def test_labels_are_those_of_the_key() -> None:
    """HMAC-SHA-256 of the canonical label without ``_:``: another key, other labels."""
    canonical = {"n0": "c14n0", "n1": "c14n1"}

    one, other = (signed_labels(canonical, bytes([key] * 32)) for key in (1, 2))

    assert 4 == len({*one.values(), *other.values()})
    assert {32} == {len(label) for label in one.values()}
