"""Patterns of schemas: what they match, what is not admitted, and how long they take."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import CheckError, Code, UncheckedError
from verifier.pattern import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("^[A-Z]{2}$", ["US"], ["U", "USA", "us", "US\n"]),
        ("^(https?://|did:)[^\\s]+$", ["http://a", "did:x"], ["ftp://a", "https://", "did:a b"]),
        ("^PT([0-9]{1,3}H)?([0-5]?[0-9]M)?$", ["PT", "PT40H", "PT3H05M"], ["PT4000H", "P40H"]),
        ("(ext:)[a-z|A-Z|0-9|.|-|_]+", ["ext:a", "xxext:B_9"], ["ext:", "ex:a"]),
        ("^a(-3\\.\\d\\.\\d)*\\.json$", ["a.json", "a-3.0.3-3.0.1.json"], ["a-3.0.json", "b.json"]),
        ("b", ["abc"], ["ac", ""]),
        ("^$", [""], ["a"]),
        ("", ["", "anything"], []),
        ("^(a|b|)c{2,}$", ["acc", "bccc", "cc"], ["c", "abcc"]),
        ("^[^\\W\\d]\\u0041\\x42\\t?.$", ["xABy", "_AB\ty"], ["1ABy", "xAB\n"]),
        ("^\\\\u0041$", ["\\u0041"], ["A"]),
        ("^(?:a*)*$", ["", "aaa"], ["b"]),
        ("a$|^b", ["ba", "xa", "bx"], ["ax"]),
    ],
)
def test_a_pattern_matches_as_the_dialect_says(
    pattern: str, matching: list[str], others: list[str]
) -> None:
    """ECMA-262: unanchored, ASCII classes, ``$`` at the very end only."""
    compiled = compile_pattern(pattern)

    assert matching == [text for text in [*matching, *others] if compiled.search(text)]


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)b",
        "(?<=a)b",
        "(a)\\1",
        "(",
        "a)",
        "[a",
        "*a",
        "a**",
        "a" * 1001,
        "(a{999}){999}",
        "[z-a]",
        "\\u00",
        "\\",
    ],
)
def test_what_is_not_admitted_leaves_the_question_open(pattern: str) -> None:
    """A pattern that is not read is never taken for one that matched."""
    with pytest.raises(UncheckedError) as caught:
        compile_pattern(pattern)

    assert caught.value.code is Code.UNKNOWN_SCHEMA


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(.*a){12}$", "^(a?){60}a{60}$"])
def test_no_pattern_takes_long(pattern: str) -> None:
    """What keeps a backtracking matcher busy for years is answered at once."""
    compiled = compile_pattern(pattern)
    start = time.process_time()

    found = compiled.search("a" * 2_000 + "!")

    assert False is found
    assert time.process_time() - start < 1


SIMPLE = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "\\d", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda it: f"(?:{it[0]}|{it[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{0,2}", "{2}"])).map(
            lambda it: f"(?:{it[0]}){it[1]}"
        ),
    ),
    max_leaves=6,
)


@given(pattern=SIMPLE, text=st.text(alphabet="ab1", max_size=8))
@settings(max_examples=300)
def test_it_agrees_with_the_other_matcher(pattern: str, text: str) -> None:
    """Where both read a pattern, both say the same of a text."""
    ours = compile_pattern(pattern).search(text)

    assert (re.search(pattern.replace("$", "\\Z"), text) is not None) is ours


@given(pattern=st.text(max_size=40), text=st.text(max_size=40))
@settings(max_examples=200)
def test_no_pattern_raises_anything_else(pattern: str, text: str) -> None:
    """Whatever somebody calls a pattern, the answer is a match, none, or our own error."""
    with contextlib.suppress(CheckError):
        assert compile_pattern(pattern).search(text) in (True, False)
