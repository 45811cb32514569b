"""Documents that were changed under a signature that still fits, and other ways round a rule.

Leaves to others: building blocks and every other room (``cases.py``, ``cases_*.py``).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.signers import secure_document
from tests.vectors.cases import (
    LIST_URL,
    OB,
    V2,
    Case,
    badge,
    bits,
    entry,
    refused,
    signed,
    status_list,
)
from tests.vectors.cases_documents import ENDORSER
from verifier.strict_json import JsonObject

_MOVED: Final = (
    "A signature over statements does not say where in the JSON a member stands: two objects "
    "with one id are one thing (RDF 1.1, section 3). A reader looks for it at one place. "
    "VC Data Integrity 1.0, section 2.4.3."
)


def _endorsement(about: str, **members: Any) -> JsonObject:
    document: JsonObject = {
        "@context": [V2, OB],
        "id": "urn:uuid:4d1c9a0e-58f7-4c47-a6a3-0c7c1f0b9d52",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER.did, "type": ["Profile"], "name": "Test agency"},
        "validFrom": "2026-03-20T00:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {
            "id": about,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Good work.",
        },
    }
    return secure_document(document | members, ENDORSER)


def _moved(document: JsonObject, name: str, *way: str | int, **members: Any) -> JsonObject:
    """A copy of ``document`` with the top's member ``name`` in the object at ``way``."""
    copied = copy.deepcopy(document)
    place: Any = copied
    for part in way:
        place = place[part]
    place |= {name: copied.pop(name)} | members
    return copied


def _status_in_the_endorsement() -> JsonObject:
    good = badge(credentialStatus=entry(), endorsement=[_endorsement(badge()["id"])])
    types = ["EndorsementSubject", "VerifiableCredential"]
    way = ("endorsement", 0, "credentialSubject")
    return _moved(signed(good), "credentialStatus", *way, type=types)


def _end_in_the_evidence() -> JsonObject:
    evidence = {"id": badge()["id"], "type": ["Evidence"], "name": "The work itself"}
    good = signed(badge(evidence=[evidence], validUntil="2026-04-01T00:00:00Z"))
    types = ["Evidence", "VerifiableCredential"]
    return _moved(good, "validUntil", "evidence", 0, type=types)


def _result_in_the_endorsement(*, in_a_list: bool = False) -> JsonObject:
    subject = copy.deepcopy(badge()["credentialSubject"])
    subject["result"] = [{"type": ["Result"], "value": "failed"}]
    good = signed(badge(credentialSubject=subject, endorsement=[_endorsement(subject["id"])]))
    moved = copy.deepcopy(good)
    place = moved["endorsement"][0]["credentialSubject"]
    place["result"] = moved["credentialSubject"].pop("result")
    place["type"] = ["EndorsementSubject", "AchievementSubject"]
    if in_a_list:
        del moved["endorsement"][0]["@context"]
        moved["endorsement"] = [moved["endorsement"]]
    return moved


def _moves() -> Iterator[tuple[str, Case]]:
    yield (
        "moved-status-into-an-endorsement",
        Case(
            title="A revoked badge whose status was moved into an endorsement of the badge",
            why=_MOVED,
            build=_status_in_the_endorsement,
            expected=refused("PROOF_VERIFICATION_ERROR", 8),
            network=lambda: {LIST_URL: signed(status_list(bits(94_567)))},
        ),
    )
    yield (
        "moved-end-into-the-evidence",
        Case(
            title="A badge that has ended, with its end moved to where it refers to itself",
            why=_MOVED,
            build=_end_in_the_evidence,
            expected=refused("MALFORMED_VALUE_ERROR", 3),
        ),
    )
    yield (
        "moved-result-into-an-endorsement",
        Case(
            title="A bad result that was moved from the learner to an endorsement of the learner",
            why=_MOVED,
            build=_result_in_the_endorsement,
            expected=refused("PROOF_VERIFICATION_ERROR", 8),
        ),
    )
    yield (
        "moved-result-into-a-list-in-a-list",
        Case(
            title="The same, with the endorsement in a list inside of the list",
            why="JSON-LD takes lists in a list for one (JSON-LD 1.1 API, section 5.1.2).",
            build=lambda: _result_in_the_endorsement(in_a_list=True),
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "subject-in-a-set",
        Case(
            title="A subject inside of an object with @set",
            why="JSON-LD looks through the object, a reader of JSON finds no subject in it. "
            "JSON-LD 1.1, section 4.3.2.",
            build=lambda: (
                signed() | {"credentialSubject": {"@set": [badge()["credentialSubject"]]}}
            ),
            expected=refused("MALFORMED_VALUE_ERROR", 3),
        ),
    )


REFUSED: Final[Mapping[str, Case]] = dict(_moves())
ACCEPTED: Final[Mapping[str, Case]] = {}
