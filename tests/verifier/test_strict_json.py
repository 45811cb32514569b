"""The one JSON loader: what two readers could read differently is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.strict_json import parse_json, parse_json_object


def _code(data: bytes, **options: int) -> Code:
    with pytest.raises(RefusedError) as caught:
        parse_json(data, **options)
    return caught.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"{}{}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"[1 2]",
        b"nul",
        b"// comment\n{}",
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": 1, "a": 1}',
        b'{"x": {"a": 1, "\\u0061": 2}}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e400",
        b"-1e400",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5_000,
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'"\\u0000"',
        b'{"\\u0000": 1}',
        b'"a\nb"',
        b'"\\x41"',
        b"01",
        b"+1",
        b".5",
        b"0x10",
    ],
)
def test_what_readers_disagree_about_is_refused(data: bytes) -> None:
    """Anything but strict I-JSON is a parsing error."""
    assert _code(data) is Code.PARSING_ERROR


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, 2.5, true, null, "\\u00e9"]} ', {"a": [1, 2.5, True, None, "é"]}),
        (b"9007199254740991", 2**53 - 1),
        (b"-9007199254740991", 1 - 2**53),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        ('"\U0001f600"'.encode(), "\U0001f600"),
        (b"1e3", 1000.0),
        (b"-0", 0),
        (b'"\\u0007\\u007f"', "\u0007\u007f"),
    ],
)
def test_plain_json_is_read(data: bytes, value: Any) -> None:
    """I-JSON is read as what it says."""
    assert value == parse_json(data)


def test_size_is_bounded() -> None:
    """One byte over the bound is refused, whatever it holds; the bound itself is read."""
    text = json.dumps("a" * (limits.CREDENTIAL_BYTES - 2)).encode()

    assert limits.CREDENTIAL_BYTES == len(text)
    assert parse_json(text)
    assert _code(text + b" ") is Code.LIMIT_EXCEEDED
    assert _code(b"[1]", max_bytes=2) is Code.LIMIT_EXCEEDED


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_bounded(opening: bytes, closing: bytes) -> None:
    """Nesting is refused beyond the bound, however deep it goes on."""
    deep = limits.JSON_DEPTH

    assert parse_json(opening * deep + b"1" + closing * deep)
    for depth in (deep + 1, 1_000, 100_000):
        data = opening * depth + b"1" + closing * depth
        assert _code(data) is Code.LIMIT_EXCEEDED


def test_unclosed_depth_is_refused() -> None:
    """A hundred thousand opening brackets are an error like any other."""
    assert _code(b"[" * 100_000) in {Code.LIMIT_EXCEEDED, Code.PARSING_ERROR}


@pytest.mark.parametrize("data", [b"[]", b'"a"', b"1", b"null"])
def test_objects_are_insisted_on(data: bytes) -> None:
    """Where an object is needed, another value is a parsing error."""
    with pytest.raises(RefusedError) as caught:
        parse_json_object(data)

    assert caught.value.code is Code.PARSING_ERROR


@given(data=st.binary())
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Arbitrary bytes are a value or a refusal."""
    try:
        parse_json(data)
    except RefusedError:
        return


@given(text=st.text(alphabet='{}[]",:\\u0123456789eE+-.truefalsn \n', max_size=60))
def test_no_json_like_text_raises_anything_else(text: str) -> None:
    """Arbitrary text made of JSON's own characters is a value or a refusal."""
    try:
        parse_json(text.encode())
    except RefusedError:
        return


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-limits.INTEGER_MAX, limits.INTEGER_MAX),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), inner
        ),
    ),
    max_leaves=12,
)


@given(value=_VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    """Every I-JSON value comes back as it was written."""
    assert value == parse_json(json.dumps(value).encode())


def test_a_member_that_appears_twice_among_very_many_is_found_in_one_pass() -> None:
    """Looking for its name must not take a step for every pair of members: a hundred thousand
    of them, which fit a credential, would keep a reader busy for minutes."""
    members = b",".join(b'"%d":0' % number for number in range(90_000))

    assert Code.PARSING_ERROR is _code(b"{" + members + b',"89999":0}')
