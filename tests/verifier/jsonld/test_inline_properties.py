"""Whatever inline contexts say: no other name for a known word, and no fault of a processor."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.jsonld.credentials import OB, V2, credential
from verifier.errors import CheckError
from verifier.jsonld import canonicalize
from verifier.strict_json import JsonObject

_NAMES = st.sampled_from(["a", "b", "c", "until", "Kind", "id", "type", "urn", "https", "ends"])
_IRIS = st.sampled_from(
    [
        *("https://www.w3.org/", "https://www.w3.org/2018/", "https://www.w3.org/2018/cred"),
        *("https://x.example/", "https://x.example/until", "a:2018/", "b:credentials#", "c:x/"),
        *("b:credentials#validUntil", "a:validUntil", "urn:credentials#validUntil", "urn:x"),
        *(
            "cred:validUntil",
            "a:/",
            "https://www.w3.org/2018/credentials#validUntil",
            "@id",
            "@type",
        ),
    ]
)
_SIMPLE = st.dictionaries(_NAMES, _IRIS, max_size=4)
_SCOPED = st.fixed_dictionaries(
    {"@id": _IRIS},
    optional={
        "@type": st.sampled_from(["@id", "@vocab", "http://www.w3.org/2001/XMLSchema#dateTime"]),
        "@container": st.sampled_from(["@set", "@list", "@language"]),
        "@context": _SIMPLE,
    },
)
_KEYWORDS = st.fixed_dictionaries(
    {},
    optional={
        "@vocab": st.none() | _IRIS,
        "@protected": st.booleans(),
        "@version": st.just(1.1),
        "@language": st.just("en"),
    },
)
_OBJECTS: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda keywords, words: {**keywords, **words},
    _KEYWORDS,
    st.dictionaries(_NAMES, _IRIS | _SCOPED, max_size=4),
)
_CONTEXTS = st.lists(_OBJECTS | _OBJECTS.map(lambda it: {"@context": it}), min_size=1, max_size=3)
_MEMBERS = st.sampled_from(["until", "a", "ends", "entials#validUntil", "Kind", "credentials"])


@settings(max_examples=200, deadline=None)
@given(
    contexts=_CONTEXTS,
    member=_MEMBERS,
    value=st.sampled_from(["2026-04-01T00:00:00Z", "https://x.example/1", {"until": "now"}]),
    kind=st.sampled_from([[], ["Kind"], ["a:Kind"]]),
)
def test_no_inline_context_renames_the_end_of_a_credential(
    contexts: list[Any], member: str, value: Any, kind: list[str]
) -> None:
    """The statement that a credential ends is made by ``validUntil`` alone."""
    document: JsonObject = {**credential(), "@context": [V2, OB, *contexts], member: value}
    document["type"] = [*document["type"], *kind]
    try:
        statements = canonicalize(document).decode()
    except CheckError:
        return

    assert "<https://www.w3.org/2018/credentials#validUntil>" not in statements
