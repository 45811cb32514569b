"""No document makes the linked-data room raise anything but its own errors."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.jsonld.credentials import OB, V2, credential
from verifier.errors import CheckError
from verifier.jsonld import canonicalize

_TERMS = ("id", "type", "name", "proof", "evidence", "issuer", "identifier", "allowedValue")
_TYPES = ("VerifiableCredential", "ResultDescription", "JsonSchema", "jsonSchema", "_:b", "urn:x:1")
_KEYWORDS = ("@id", "@type", "@value", "@language", "@list", "@set", "@graph", "@json", "@reverse")
_OTHERS = ("@included", "@nest", "@index", "@direction", "@none", "@context", "@vocab", "@x", "")
_WORDS = st.sampled_from([*_TERMS, *_TYPES, *_KEYWORDS, *_OTHERS, "en", "1.0"])
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        _WORDS,
        st.text(max_size=6),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=3)
    ),
    max_leaves=8,
)
_CONTEXTS = st.lists(
    st.one_of(st.just(V2), st.just(OB), _WORDS, st.dictionaries(_WORDS, _VALUES, max_size=3)),
    max_size=3,
)


@settings(max_examples=400, deadline=None)
@given(members=st.dictionaries(_WORDS.filter(lambda it: it != "@context"), _VALUES, max_size=3))
def test_any_members(members: dict[str, Any]) -> None:
    """Arbitrary members give a canonical form or one of our errors."""
    try:
        result = canonicalize({**credential(), **members})
    except CheckError:
        return

    assert result.endswith(b" .\n")


@settings(max_examples=400, deadline=None)
@given(context=_CONTEXTS, members=st.dictionaries(_WORDS, _VALUES, max_size=2))
def test_any_context(context: list[Any], members: dict[str, Any]) -> None:
    """Arbitrary contexts give a canonical form or one of our errors."""
    try:
        result = canonicalize({**credential(), **members, "@context": [V2, *context]})
    except CheckError:
        return

    assert result.endswith(b" .\n")
