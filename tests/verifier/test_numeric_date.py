"""Seconds since 1970, and nothing that only looks like them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import Code, RefusedError
from verifier.numeric_date import parse_numeric_date


def test_whole_seconds() -> None:
    """A number is a moment in UTC."""
    assert datetime(2026, 3, 23, 20, 31, 6, tzinfo=UTC) == parse_numeric_date(1774297866).at


def test_parts_of_a_second() -> None:
    """RFC 7519 admits numbers that are not whole."""
    assert 500_000 == parse_numeric_date(0.5).at.microsecond


def test_an_end_is_over_when_it_is_reached() -> None:
    """``exp`` itself is no longer inside the period."""
    assert parse_numeric_date(10, exclusive=True).at < parse_numeric_date(10).at


@pytest.mark.parametrize("value", ["10", True, None, -1, 253_402_300_800, 1e300, [1]])
def test_what_is_no_numeric_date(value: object) -> None:
    """Text, truth values, and moments that no clock shows are refused."""
    with pytest.raises(RefusedError) as caught:
        parse_numeric_date(value)

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans()))
def test_nothing_makes_it_fail_otherwise(value: object) -> None:
    """Every value is a moment or is refused."""
    try:
        found = parse_numeric_date(value, exclusive=True)
    except RefusedError:
        return

    assert found.at.tzinfo is UTC
