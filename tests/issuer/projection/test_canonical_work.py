"""What we project is cheap to canonicalize: no two unnamed nodes look alike."""

from __future__ import annotations

import copy
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Final

import pytest

from issuer.projection import IssuerProfile, project
from issuer.record import parse_record
from tests.example_records import EXAMPLES, arrival, example_record
from verifier.jsonld import canonicalize
from verifier.strict_json import JsonObject

AT: Final = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ISSUER: Final = IssuerProfile(id="did:web:issuer.example", name="Example Issuer")
_BLANK: Final = re.compile(r"_:c14n\d+")


def _projected(document: JsonObject) -> JsonObject:
    return project(
        parse_record(document, received_at=arrival(document)),
        credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
        issuer=ISSUER,
        valid_from=AT,
        awarded=AT,
        status=(),
        salt=lambda: "00112233445566778899aabbccddeeff",
    )


def _look_alikes(credential: JsonObject) -> int:
    """How many unnamed nodes share what the first round of RDFC-1.0 (4.6) hashes."""
    statements = defaultdict(list)
    for line in canonicalize(credential).decode().splitlines():
        for node in set(_BLANK.findall(line)):
            seen = _BLANK.sub(lambda found, own=node: "_:a" if found[0] == own else "_:z", line)
            statements[node].append(seen)
    counts = Counter(tuple(sorted(lines)) for lines in statements.values())
    return sum(count for count in counts.values() if count > 1)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_two_unnamed_nodes_look_alike(name: str) -> None:
    """Verifiers with the smallest work budget accept every example."""
    assert _look_alikes(_projected(example_record(name))) == 0


def test_many_deliverables_do_not_look_alike() -> None:
    """Twenty things handed over, some of the same name, are told apart by their ids."""
    document = copy.deepcopy(example_record("09"))
    first = document["engagement"]["deliverables"][0]
    document["engagement"]["deliverables"] = [dict(first) for _ in range(20)]

    assert _look_alikes(_projected(document)) == 0
