"""Endorsements that do not verify, and what they say about things outside of them."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.repeated import find_repeated, read_outside
from verifier.strict_json import JsonObject

ISSUER = {"id": "did:example:school", "type": ["Profile"], "name": "A school"}
BADGE: JsonObject = {
    "id": "urn:example:badge",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": ISSUER,
    "credentialSubject": {"id": "did:example:learner", "achievement": {"id": "urn:example:work"}},
    "endorsement": [{"id": "urn:example:endorsement", "validUntil": "2020-01-01T00:00:00Z"}],
    "evidence": "https://example.org/work",
}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"credentialSubject": {"id": "urn:example:badge", "type": ["EndorsementSubject"]}}, None),
        ({"credentialSubject": {"id": "urn:example:work", "endorsementComment": "Good."}}, None),
        ({"issuer": ISSUER}, None),
        ({"issuer": {"id": "did:example:other", "name": "An agency"}}, None),
        ({"id": "urn:example:endorsement", "validUntil": "2020-01-01T00:00:00Z"}, None),
        (
            {"credentialSubject": {"id": "urn:example:badge", "validUntil": "x"}},
            "/credentialSubject",
        ),
        ({"credentialSubject": {"id": "did:example:learner", "result": []}}, "/credentialSubject"),
        ({"issuer": ISSUER | {"name": "Another"}}, "/issuer"),
        ({"issuer": ISSUER | {"url": "https://example.org/"}}, "/issuer"),
        ({"a": [{"id": "https://example.org/work", "name": "Work"}]}, "/a/0"),
        ({"a": {"id": "urn:example:badge", "type": ["OpenBadgeCredential"]}}, None),
        ({"a": {"id": "urn:example:work", "type": "OpenBadgeCredential"}}, "/a"),
        ({"a": {"id": "urn:example:work", "type": [{}]}}, "/a"),
    ],
)
def test_what_is_said_outside_as_well_is_no_hiding_place(
    part: dict[str, Any], expected: str | None
) -> None:
    """A member that stands inside alone may have been moved there."""
    assert expected == find_repeated(part, read_outside(BADGE))


def test_many_objects_with_one_id_are_not_compared_one_by_one() -> None:
    """The work does not grow with the square of the document."""
    node = {"id": "urn:example:one", "type": "T", "name": "n"}
    outside = read_outside({"a": [node] * 4_000})

    found = find_repeated({"b": [node] * 4_000}, outside)

    assert "/b/0" == found
