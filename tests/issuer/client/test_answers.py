"""No answer, whatever is in it, makes the client raise anything but its own exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.client import ClientError, UnreadableAnswerError
from issuer.client.answers import (
    read_batch,
    read_event_page,
    read_issuances,
    read_offer_page,
    read_outcome,
    read_rows,
    read_signed,
)
from issuer.client.problems import findings_of, problem_error

READERS: dict[str, Callable[[Any], object]] = {
    "outcome": lambda body: read_outcome(body, "https://issuer.example/credentials/1"),
    "rows": read_rows,
    "batch": read_batch,
    "signed": lambda body: read_signed(body, ""),
    "issuances": read_issuances,
    "events": read_event_page,
    "offers": read_offer_page,
}
NAMES = (
    *("state", "offerId", "warnings", "credentialId", "verifiableCredential", "share", "url"),
    *("verifyUrl", "qr", "rows", "row", "record", "disposition", "findings", "results", "index"),
    *("status", "issuances", "events", "next", "more", "cursor", "id", "type", "timestamp", "data"),
    *("offers", "created", "changed", "consentGiven"),
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("issued")
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=20,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)


@pytest.mark.parametrize("reader", READERS)
@given(body=BODIES)
def test_any_body_is_read_or_unreadable(reader: str, body: dict[str, Any]) -> None:
    """Whatever stands where something else should."""
    try:
        READERS[reader](body)
    except UnreadableAnswerError:
        return


@given(status=st.integers(300, 599), problem=BODIES)
def test_any_problem_is_an_exception_of_ours(status: int, problem: dict[str, Any]) -> None:
    """With a text and a code, empty or not."""
    error = problem_error(status, problem, "")

    assert isinstance(error, ClientError)
    assert isinstance(error.code, str)
    assert str(status) in str(error)


@given(value=VALUES)
def test_any_value_holds_some_findings(value: Any) -> None:
    """Or none."""
    assert isinstance(findings_of(value), tuple)
