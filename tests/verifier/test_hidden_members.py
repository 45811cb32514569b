"""What a part may not say for the document around it."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.hidden_members import find_said_of
from verifier.strict_json import JsonObject

WORK: JsonObject = {"id": "urn:example:work", "type": ["Achievement"], "name": "Work", "tag": ["a"]}
LEARNER: JsonObject = {
    "id": "did:example:learner",
    "type": ["AchievementSubject"],
    "achievement": WORK,
    "role": "Analyst",
}
BADGE: JsonObject = {
    "id": "urn:example:badge",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "credentialSubject": LEARNER,
    "validFrom": "2026-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"id": "urn:example:badge", "endorsementComment": "Good."}, None),
        ({"id": "urn:example:badge", "validFrom": "2026-01-01T00:00:00Z"}, None),
        ({"id": "urn:example:badge", "validUntil": "2026-02-01T00:00:00Z"}, "/a"),
        ({"id": "urn:example:badge", "type": ["VerifiableCredential"]}, None),
        ({"id": "urn:example:badge", "type": ["ClrCredential"]}, "/a"),
        ({"id": "did:example:learner", "result": []}, "/a"),
        ({"id": "did:example:learner", "role": "Engineer"}, None),
        ({"id": "did:example:learner", "role": "Analyst"}, "/a"),
        ({"id": "did:example:learner", "achievement": {"id": "urn:example:more"}}, None),
        ({"id": "urn:example:work", "name": "Work"}, None),
        ({"id": "urn:example:work", "tag": "a"}, "/a"),
        ({"id": "urn:example:work", "tag": ["b"]}, None),
        ({"id": "urn:example:other", "validUntil": "2026-02-01T00:00:00Z"}, None),
        ({"validUntil": "2026-02-01T00:00:00Z"}, None),
    ],
)
def test_a_part_takes_no_word_from_the_whole_and_lends_it_none(
    said: dict[str, Any], expected: str | None
) -> None:
    """What decides and is said inside alone, and what need not be said and is said in both."""
    assert expected == find_said_of({"a": said}, BADGE)
