"""Identity objects: is this the person?"""

from __future__ import annotations

from typing import Any

import pytest

from verifier.identity import matches, same_person

PUBLISHED = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
"""Of a@example.com and the salt Kosher, from Open Badges 3.0."""


def identity(**members: Any) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "identityType": "emailAddress",
        "hashed": True,
        "identityHash": PUBLISHED,
        "salt": "Kosher",
    } | members


OPEN = identity(hashed=False, identityHash="a@example.com", salt="not used")


@pytest.mark.parametrize(
    ("held", "given", "expected"),
    [
        (identity(), "a@example.com", True),
        (identity(), " a@EXAMPLE.com ", True),
        (identity(), "A@example.com", True),
        (identity(identityHash=PUBLISHED.upper().replace("SHA", "sha")), "a@example.com", True),
        (identity(), "b@example.com", False),
        (identity(salt="kosher"), "a@example.com", False),
        (identity(identityHash="md5$0b2d7a6b2cbf1cf4a5a4b4e1e2cc6c3b"), "a@example.com", False),
        (identity(identityHash=PUBLISHED.removeprefix("sha256$")), "a@example.com", False),
        (identity(identityHash=None), "a@example.com", False),
        (OPEN, "a@example.com", True),
        (OPEN, "a@Example.com", True),
        (OPEN, PUBLISHED, False),
        (identity(hashed="false"), "a@example.com", False),
    ],
)
def test_an_identity_matches_or_not(held: dict[str, Any], given: str, expected: bool) -> None:
    """Hashed with SHA-256 and the salt, or in the open; hexadecimal in either case."""
    assert expected is matches(held, given)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (identity(), identity(), True),
        (identity(), OPEN, True),
        (OPEN, identity(), True),
        (OPEN, OPEN | {"salt": "another"}, True),
        (identity(), identity(salt="another"), False),
        (identity(), OPEN | {"identityHash": "b@example.com"}, False),
        (identity(), identity(identityType="name"), False),
        (identity(identityHash=""), identity(identityHash=""), False),
        (identity(hashed=False, identityHash=""), identity(hashed=False, identityHash=""), False),
    ],
)
def test_two_identities_are_one_person_or_not(
    one: dict[str, Any], other: dict[str, Any], expected: bool
) -> None:
    """Of one kind, and equal or fitting."""
    assert expected is same_person(one, other)
