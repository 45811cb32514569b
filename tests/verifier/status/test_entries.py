"""The form of status entries, before anybody signs them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import CheckError, Code, RefusedError
from verifier.status.check import TYPES
from verifier.status.entries import PARSERS, lint_entries
from verifier.strict_json import JsonObject

ENTRY: JsonObject = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "5",
    "statusListCredential": "https://issuer.example/status/1",
}
MALFORMED: dict[str, JsonObject] = {
    "no index": {key: ENTRY[key] for key in ENTRY if key != "statusListIndex"},
    "an index that is a number": ENTRY | {"statusListIndex": 5},
    "an index below 0": ENTRY | {"statusListIndex": "-5"},
    "a list that is no URL": ENTRY | {"statusListCredential": "list"},
    "no purpose": ENTRY | {"statusPurpose": ""},
    "the older kind": ENTRY | {"type": "StatusList2021Entry", "statusListIndex": True},
    "of two types": ENTRY | {"type": ["SomeOther", ENTRY["type"]], "statusListIndex": "05"},
    "a list of revocations without id": {"type": "1EdTechRevocationList"},
}


def test_every_type_that_is_read_has_a_form() -> None:
    """The two tables name the same types."""
    assert set(TYPES) == set(PARSERS)


def test_good_entries_and_unknown_kinds_pass() -> None:
    """What is not known here may be the issuer's own."""
    lint_entries((ENTRY, {"type": "SomeOther"}, {"type": ["A", "B"], "statusListIndex": 7}))


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_entry_is_refused(case: str) -> None:
    """Wherever it stands among good ones."""
    with pytest.raises(RefusedError) as caught:
        lint_entries((ENTRY, MALFORMED[case]))

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(max_examples=100)
@given(
    kind=st.sampled_from(sorted(PARSERS)),
    members=st.dictionaries(
        st.sampled_from([*sorted(ENTRY), "id", "idx", "uri", "statusSize", "statusMessage"]), _JSON
    ),
)
def test_no_entry_raises_anything_else(kind: str, members: JsonObject) -> None:
    """A verdict about the entry, or none."""
    with suppress(CheckError):
        lint_entries((ENTRY | members | {"type": kind},))
