"""Only pinned contexts, letter by letter; inline ones only where admitted, and only new words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.verifier.jsonld.credentials import OB, V2, credential
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.jsonld import canonicalize, check_contexts, contexts
from verifier.policy import InlineContexts
from verifier.strict_json import JsonObject, JsonValue


def _with_context(context: JsonValue) -> JsonObject:
    return {**credential(), "@context": context}


def test_every_pin_holds() -> None:
    """Each pinned context is installed with the digest it is pinned by."""
    contexts.load_all()

    assert len(contexts.KNOWN) >= 12


def test_another_file_is_a_start_up_error() -> None:
    """A context file with another digest is an error that names its URL, and no verdict."""
    pin = replace(contexts.KNOWN[V2], read=lambda: b'{"@context": {}}')

    with pytest.raises(contexts.PinMismatchError, match=V2):
        contexts.read_pinned(V2, pin)
    assert not issubclass(contexts.PinMismatchError, CheckError)


def test_reformatted_bytes_do_not_count_as_published() -> None:
    """Where a digest is published, the bytes must have it, not only the content."""
    data = contexts.KNOWN[V2].read()
    pin = replace(contexts.KNOWN[V2], read=lambda: data + b"\n")

    with pytest.raises(contexts.PinMismatchError):
        contexts.read_pinned(V2, pin)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/v2/",
        "https://www.w3.org/ns/credentials/v2#",
        "https://www.w3.org/ns/credentials/V2",
        "https://WWW.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/v2?",
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "https://other.example/context",
        "",
    ],
)
def test_unknown_contexts_are_undecided(url: str) -> None:
    """A context with any other spelling is not known: could not check."""
    for act in (
        lambda: check_contexts(_with_context([V2, url]), inline=InlineContexts.WARN),
        lambda: canonicalize(_with_context([V2, url])),
    ):
        with pytest.raises(UncheckedError) as caught:
            act()

        assert caught.value.code is Code.UNKNOWN_CONTEXT
        assert caught.value.pointer == "/@context/1"


def test_known_contexts_pass_without_warning() -> None:
    """Pinned contexts are accepted and nothing is said about them."""
    warnings = check_contexts(credential(), inline=InlineContexts.UNDECIDED)

    assert warnings == ()


@pytest.mark.parametrize("context", [None, 7, [V2, None], [V2, [OB]], [V2, True]])
def test_malformed_contexts_are_refused(context: JsonValue) -> None:
    """A context is a URL or an object, alone or in a flat list."""
    with pytest.raises(RefusedError) as caught:
        check_contexts(_with_context(context), inline=InlineContexts.WARN)

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR


def test_missing_context_is_refused() -> None:
    """A document without a context means nothing."""
    document = credential()
    del document["@context"]

    with pytest.raises(RefusedError) as caught:
        check_contexts(document, inline=InlineContexts.WARN)

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR


def test_too_many_contexts_are_refused() -> None:
    """The list of contexts is bounded."""
    with pytest.raises(RefusedError) as caught:
        check_contexts(_with_context([V2] + [OB] * 16), inline=InlineContexts.WARN)

    assert caught.value.code is Code.LIMIT_EXCEEDED


@pytest.mark.parametrize("inner", [V2, {}, None, {"name": "urn:x"}])
def test_contexts_inside_are_undecided(inner: JsonValue) -> None:
    """A part of the document with a context of its own is not judged."""
    document = credential()
    document["credentialSubject"]["achievement"]["@context"] = inner

    with pytest.raises(UncheckedError) as caught:
        check_contexts(document, inline=InlineContexts.WARN)

    assert caught.value.pointer == "/credentialSubject/achievement/@context"


@pytest.mark.parametrize("proof", [{"@context": "id"}, [{"@context": V2}]])
def test_contexts_in_proofs_are_not_expanded(proof: JsonValue) -> None:
    """A proof may repeat the context, but what is canonicalised holds no second one."""
    document = credential(proof=proof)

    assert check_contexts(document, inline=InlineContexts.WARN) == ()
    with pytest.raises(UncheckedError) as caught:
        canonicalize(document)
    assert caught.value.code is Code.UNKNOWN_CONTEXT


def test_inline_contexts_are_undecided_unless_admitted() -> None:
    """An inline context is could not check, or a warning where the policy admits it."""
    document = _with_context([V2, OB, {"gpa": "https://uni.example/terms#gpa"}]) | {"gpa": "4.0"}

    with pytest.raises(UncheckedError) as caught:
        check_contexts(document, inline=InlineContexts.UNDECIDED)

    assert caught.value.pointer == "/@context/2"
    assert len(check_contexts(document, inline=InlineContexts.WARN)) == 1
    assert b"<https://uni.example/terms#gpa> " in canonicalize(document)


TERMS = "https://uni.example/terms#"
UNTIL = "https://www.w3.org/2018/credentials#validUntil"


@pytest.mark.parametrize(
    "inline",
    [
        {"until": UNTIL},
        {"until": {"@id": UNTIL, "@type": "xsd:dateTime"}},
        {"c": "https://www.w3.org/2018/credentials#", "until": "c:validUntil"},
        {"c": "https://www.w3.org/", "until": {"@id": "c:2018/credentials#validUntil"}},
        {"until": "cred:validUntil"},
        {"a": "https://www.w3.org/", "b": "a:2018/", "until": "b:credentials#validUntil"},
        {"a": "b:x/", "b": "a:y/", "until": "b:credentials#validUntil"},
        {"urn": "https://www.w3.org/2018/"},
        {"did": f"{TERMS}did"},
        {"@context": {"until": UNTIL}},
        {"@context": {"@context": {"gpa": f"{TERMS}gpa"}}},
        {"@context": [{"gpa": f"{TERMS}gpa"}]},
        {"@context": V2},
        {"@context": {"gpa": f"{TERMS}gpa"}, "grade": f"{TERMS}grade"},
        {"scope": {"@id": f"{TERMS}scope", "@context": {"until": UNTIL}}},
        {"@vocab": "https://www.w3.org/2018/credentials#"},
        {"@vocab": "https://www.w3.org/"},
        {"@vocab": "h:"} | {"@base": "https://uni.example/"},
        {"@base": "https://uni.example/"},
        {"@import": V2},
        {"@propagate": False},
        {"@vocab": ""},
        {"@language": None},
        {"@direction": "rtl"},
        {"ident": "@id"},
        {"kind": {"@id": "@type"}},
        {"nest": "@nest"},
        {"gpa": None},
        {"gpa": {"@id": None}},
        {"gpa": {"@reverse": f"{TERMS}gpa"}},
        {"gpa": {"@id": f"{TERMS}gpa", "@container": "@index"}},
        {"gpa": {"@id": f"{TERMS}gpa", "@container": {"a": 1}}},
        {"gpa": {"@id": f"{TERMS}gpa", "@type": "relative"}},
        {"gpa": {"@id": f"{TERMS}gpa", "@type": 7}},
        {"gpa": {"@id": f"{TERMS}gpa", "@context": None}},
        {"gpa": "relative"},
        {"gpa": 7},
        {"": f"{TERMS}gpa"},
        {"a:b": f"{TERMS}gpa"},
        {"@gpa": f"{TERMS}gpa"},
        {"name": f"{TERMS}name"},
    ],
)
def test_inline_contexts_may_only_name_new_things(inline: dict[str, Any]) -> None:
    """An inline context that could rename, hide or redefine a signed member is refused."""
    document = _with_context([V2, OB, inline])

    with pytest.raises(RefusedError) as caught:
        canonicalize(document)

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR


@pytest.mark.parametrize(
    ("inline", "member"),
    [
        ([{"gpa": f"{TERMS}gpa"}], "gpa"),
        ([{"@protected": True, "gpa": f"{TERMS}gpa"}], "gpa"),
        ([{"@protected": True, "@version": 1.1, "gpa": {"@id": f"{TERMS}gpa"}}], "gpa"),
        ([{"@vocab": TERMS}], "gpa"),
        ([{"@vocab": "https://www.w3.org/ns/credentials/examples#"}], "gpa"),
        ([{"@vocab": None}, {"gpa": f"{TERMS}gpa"}], "gpa"),
        ([{"@vocab": None, "gpa": f"{TERMS}gpa"}], "gpa"),
        ([{"@vocab": TERMS}, {"@vocab": None}, {"@vocab": TERMS}], "gpa"),
        ([{"@context": {"gpa": f"{TERMS}gpa"}}], "gpa"),
        ([{"@context": {"@vocab": None, "gpa": f"{TERMS}gpa"}}], "gpa"),
        ([{"t": TERMS, "u": "t:more/", "gpa": "u:gpa"}], "gpa"),
    ],
    ids=str,
)
def test_inline_contexts_may_name_new_things(inline: list[JsonObject], member: str) -> None:
    """New words, a vocabulary, none, and the object around a context: the member is covered."""
    document = _with_context([V2, OB, *inline]) | {member: "4.0"}

    assert len(check_contexts(document, inline=InlineContexts.WARN)) == 1
    assert b'"4.0" .' in canonicalize(document)


@pytest.mark.parametrize(
    "inline",
    [
        [{"@vocab": None}],
        [{"@vocab": TERMS}, {"@vocab": None}],
        [{"@vocab": TERMS}, {"@context": {"@vocab": None}}],
        [{"gpa": None}],
    ],
    ids=str,
)
def test_words_that_a_context_takes_away_are_lost(inline: list[JsonObject]) -> None:
    """Whatever takes a meaning away, the member is then not covered, and refused."""
    document = _with_context([V2, OB, *inline]) | {"gpa": "4.0"}

    with pytest.raises(RefusedError) as caught:
        canonicalize(document)

    assert caught.value.code in {Code.DATA_LOSS_DETECTION_ERROR, Code.MALFORMED_VALUE_ERROR}


def test_a_vocabulary_taken_away_and_none_at_all_say_the_same() -> None:
    """``"@vocab": null`` changes nothing where no vocabulary was, at the top or in a scope."""
    license_type = {"@id": f"{TERMS}License", "@context": {"number": f"{TERMS}number"}}
    nulled = {**license_type, "@context": {"@vocab": None, "number": f"{TERMS}number"}}
    document = _with_context([V2, OB, {"License": license_type, "license": f"{TERMS}license"}])
    document |= {"license": {"type": "License", "number": "7"}}
    other = {
        **document,
        "@context": [V2, OB, {"@vocab": None, "License": nulled, "license": f"{TERMS}license"}],
    }

    assert canonicalize(document) == canonicalize(other)
    assert f'<{TERMS}number> "7"'.encode() in canonicalize(document)


def test_scoped_words_mean_something_in_their_scope_only() -> None:
    """Nested contexts of a type, as drivers' licences have them, with old names in new scopes."""
    inline = {
        "@protected": True,
        "License": {
            "@id": f"{TERMS}License",
            "@context": {
                "@protected": True,
                "id": "@id",
                "type": "@type",
                "expirationDate": f"{TERMS}expiration",
                "authority": {
                    "@id": f"{TERMS}authority",
                    "@context": {"city": f"{TERMS}city"},
                },
            },
        },
        "license": {"@id": f"{TERMS}license", "@type": "@id"},
    }
    document = _with_context([V2, OB, inline])
    document["license"] = {
        "type": "License",
        "expirationDate": "2030",
        "authority": {"city": "Oslo"},
    }
    statements = canonicalize(document).decode()

    assert f'<{TERMS}expiration> "2030"' in statements
    assert f'<{TERMS}city> "Oslo"' in statements
    with pytest.raises(RefusedError):
        canonicalize({**document, "city": "Oslo"})


def test_known_words_may_be_named_again_by_their_names() -> None:
    """Data model 1.1 does not define ``name`` and ``description``; documents of it do so inline,
    with the meaning that they have everywhere."""
    inline = {"name": "https://schema.org/name", "description": "https://schema.org/description"}
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1", inline],
        "type": "VerifiableCredential",
        "name": "Audit",
    }

    assert b'<https://schema.org/name> "Audit"' in canonicalize(document)
    with pytest.raises(RefusedError):
        canonicalize({**document, "@context": [document["@context"][0], {"title": inline["name"]}]})


def test_protected_words_stay() -> None:
    """Neither the words of a pinned context nor those of an inline one get a second meaning."""
    first = {"@protected": True, "gpa": f"{TERMS}gpa"}
    for contexts_ in (
        [V2, {"VerifiableCredential": f"{TERMS}Other"}],
        [V2, first, {"gpa": f"{TERMS}other"}],
        [V2, first, {"@context": {"gpa": f"{TERMS}other"}}],
    ):
        with pytest.raises(RefusedError) as caught:
            canonicalize({"@context": contexts_, "type": "VerifiableCredential"})
        assert Code.MALFORMED_VALUE_ERROR is caught.value.code


def test_contexts_of_inner_credentials_are_looked_at() -> None:
    """A credential that stands in another one brings no words that its reader cannot know."""
    for context, error in (
        (["https://unknown.example/"], UncheckedError),
        ([V2, {"until": UNTIL}], RefusedError),
        (None, RefusedError),
    ):
        inner = {**credential(), "@context": context}
        with pytest.raises(error):
            canonicalize(credential(endorsement=[inner]))


def test_a_vocabulary_is_no_compact_address() -> None:
    """A prefix of another inline context could make it one that is known."""
    contexts_ = [V2, {"c": "https://www.w3.org/2018/"}, {"@vocab": "c:cred"}]
    document = _with_context(contexts_) | {"entials#validUntil": "2099-01-01T00:00:00Z"}

    with pytest.raises(RefusedError) as caught:
        canonicalize(document)

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize(
    "inline",
    [
        {"w": "https://work.example/"},
        {"@context": {"w": "https://work.example/"}},
        {"Work": {"@id": f"{TERMS}Work", "@context": {"w": "https://work.example/"}}},
    ],
    ids=str,
)
def test_values_are_no_compact_addresses(inline: JsonObject) -> None:
    """An address written with an inline prefix is the same statement and another text."""
    document = _with_context([V2, OB, inline])
    check_contexts(document, inline=InlineContexts.WARN)
    document["evidence"][0]["id"] = "w:1"

    with pytest.raises(RefusedError) as caught:
        check_contexts(document, inline=InlineContexts.WARN)

    assert "/evidence/0/id" == caught.value.pointer


@pytest.mark.parametrize("height", [5, 1100])
def test_towers_of_prefixes_are_refused(height: int) -> None:
    """A processor follows prefixes by calling itself: how far is bounded."""
    tower = {f"a{n:x}": f"a{n + 1:x}:/" for n in range(height)}
    inline = {**tower, f"a{height:x}": TERMS, "gpa": "a0:gpa"}

    with pytest.raises(RefusedError) as caught:
        canonicalize(_with_context([V2, OB, inline]) | {"gpa": "4.0"})

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


def test_large_inline_contexts_are_refused() -> None:
    """An inline context is bounded in size."""
    inline = {f"t{n}": f"{TERMS}t{n}" for n in range(2000)}

    with pytest.raises(RefusedError) as caught:
        check_contexts(_with_context([V2, inline]), inline=InlineContexts.WARN)

    assert caught.value.code is Code.LIMIT_EXCEEDED


def test_scoped_context_by_unknown_url_is_undecided() -> None:
    """A scoped context that is named by an unknown URL is could not check."""
    inline = {"gpa": {"@id": f"{TERMS}gpa", "@context": "https://other.example/"}}

    with pytest.raises(UncheckedError):
        check_contexts(_with_context([V2, inline]), inline=InlineContexts.WARN)
