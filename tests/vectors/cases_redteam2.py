"""Documents in which what decides was moved, or taken away where it stood twice, under a
signature that still fits.

Leaves to others: the first ones of the kind (``cases_redteam.py``), every other room.
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
    Answers,
    Case,
    badge,
    bits,
    entry,
    refused,
    signed,
    status_list,
)
from tests.vectors.cases_documents import ENDORSER, record
from verifier.strict_json import JsonObject

_ENDED: Final = "2026-04-01T00:00:00Z"
_MOVED: Final = (
    "A signature over statements does not say in which of two objects with one id a member "
    "stands, nor how often. A reader looks for it in one place. VC Data Integrity 1.0, "
    "section 2.4.3."
)
_FAILED: Final = {"type": ["Result"], "value": "failed"}


def _evidence(about: str) -> JsonObject:
    return {"id": about, "type": ["Evidence"], "name": "The work itself"}


def _subject(**members: Any) -> JsonObject:
    return {**copy.deepcopy(badge()["credentialSubject"]), **members}


def _endorsement(*, ends: str = "2030-01-01T00:00:00Z", **said: Any) -> JsonObject:
    """A good endorsement of the badge, which says more about it than that it is good."""
    types = ["EndorsementSubject", "VerifiableCredential", "AchievementSubject"]
    document: JsonObject = {
        "@context": [V2, OB],
        "id": "urn:uuid:1c5a0ce7-3b0d-4a0c-9b53-0a4d2a8f7e11",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER.did, "type": ["Profile"], "name": "Test agency"},
        "validFrom": "2026-03-20T00:00:00Z",
        "validUntil": ends,
        "name": "Endorsement",
        "credentialSubject": {"id": badge()["id"], "type": types, "endorsementComment": "Good."}
        | said,
    }
    return secure_document(document, ENDORSER)


def _type_in_the_evidence() -> JsonObject:
    moved = signed(badge(evidence=[_evidence(badge()["id"])]))
    moved["type"] = ["VerifiableCredential"]
    moved["evidence"][0]["type"] = ["Evidence", "OpenBadgeCredential"]
    return moved


def _end_in_a_good_endorsement() -> JsonObject:
    good = signed(badge(endorsement=[_endorsement(validUntil=_ENDED)], validUntil=_ENDED))
    return {name: value for name, value in good.items() if name != "validUntil"}


def _end_in_an_ended_endorsement() -> JsonObject:
    told = _endorsement(ends=_ENDED, validUntil=_ENDED)
    good = signed(badge(endorsement=[told], validUntil=_ENDED))
    return {name: value for name, value in good.items() if name != "validUntil"}


def _status_in_a_good_endorsement() -> JsonObject:
    told = _endorsement(credentialStatus=entry())
    good = signed(badge(endorsement=[told], credentialStatus=entry()))
    return {name: value for name, value in good.items() if name != "credentialStatus"}


def _result_in_a_good_endorsement() -> JsonObject:
    result = {"id": "urn:uuid:6f6f0d3a-38a7-4c7e-8d7f-5b7b2a3e1c90", **_FAILED}
    learner = badge()["credentialSubject"]["id"]
    told = _endorsement(id=learner, result=[result])
    good = signed(badge(endorsement=[told], credentialSubject=_subject(result=[result])))
    del good["credentialSubject"]["result"]
    return good


def _result_of_an_endorser() -> JsonObject:
    """The issuer gave no mark, and signed an endorsement that holds one."""
    mark = {"id": "urn:uuid:6f6f0d3a-38a7-4c7e-8d7f-5b7b2a3e1c90", "type": ["Result"], "value": "A"}
    learner = badge()["credentialSubject"]["id"]
    types = ["EndorsementSubject", "AchievementSubject"]
    good = signed(badge(endorsement=[_endorsement(id=learner, type=types, result=[mark])]))
    good["credentialSubject"]["result"] = [mark]
    return good


def _field_of_an_endorser() -> JsonObject:
    name = badge()["credentialSubject"]["achievement"]["id"]
    types = ["EndorsementSubject", "Achievement"]
    told = _endorsement(id=name, type=types, fieldOfStudy="Medicine")
    good = signed(badge(endorsement=[told]))
    good["credentialSubject"]["achievement"]["fieldOfStudy"] = "Medicine"
    return good


def _value_in_the_evidence() -> JsonObject:
    name = "urn:uuid:6f6f0d3a-38a7-4c7e-8d7f-5b7b2a3e1c90"
    subject = _subject(result=[{"id": name, **_FAILED}])
    moved = signed(badge(credentialSubject=subject, evidence=[_evidence(name)]))
    moved["evidence"][0] |= {
        "type": ["Evidence", "Result"],
        "value": moved["credentialSubject"]["result"][0].pop("value"),
    }
    return moved


def _index_in_the_evidence() -> JsonObject:
    """The evidence names the status entry, and with it another index."""
    own = entry("7", id=f"{LIST_URL}#mine")
    other = {
        "id": own["id"],
        "type": ["Evidence", "BitstringStatusListEntry"],
        "statusListIndex": "8",
    }
    moved = signed(badge(credentialStatus=own, evidence=[other]))
    moved["credentialStatus"]["statusListIndex"] = "8"
    moved["evidence"][0]["statusListIndex"] = "7"
    return moved


def _badge_out_of_a_record() -> JsonObject:
    """A record of two badges, of which one has ended, and is moved out of sight."""
    return _moved_out(record(signed(), signed(badge(validUntil=_ENDED))))


def _moved_out(good: JsonObject) -> JsonObject:
    unsigned = {name: value for name, value in good.items() if name != "proof"}
    learner = good["credentialSubject"]["id"]
    moved = signed(unsigned | {"evidence": [_evidence(learner)]})
    held = moved["credentialSubject"]["verifiableCredential"]
    moved["evidence"][0]["type"] = ["Evidence", "ClrSubject"]
    hidden = held.pop()
    del hidden["@context"]  # what is around it says the same
    moved["evidence"][0]["verifiableCredential"] = [hidden]
    return moved


def _revoked() -> Answers:
    return {LIST_URL: signed(status_list(bits(7, 94_567)))}


def _moves() -> Iterator[tuple[str, Case]]:
    yield (
        "moved-type-into-the-evidence",
        Case(
            title="A badge whose type was moved to where the badge refers to itself",
            why=f"Without the type it would not be held to the rules of badges. {_MOVED}",
            build=_type_in_the_evidence,
            expected=refused("MALFORMED_VALUE_ERROR", 3),
        ),
    )
    yield (
        "end-taken-from-the-top",
        Case(
            title="A badge that has ended, with its end left in a good endorsement of it alone",
            why=f"The endorsement verifies on its own, so it passes for what it is. {_MOVED}",
            build=_end_in_a_good_endorsement,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "end-taken-into-an-ended-endorsement",
        Case(
            title="A badge that has ended, with its end left in an endorsement that has ended too",
            why=f"Whether the endorsement counts or not, its endorser signed it. {_MOVED}",
            build=_end_in_an_ended_endorsement,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "status-taken-from-the-top",
        Case(
            title="A revoked badge, with its status left in a good endorsement of it alone",
            why=_MOVED,
            build=_status_in_a_good_endorsement,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
            network=_revoked,
        ),
    )
    yield (
        "result-taken-from-the-learner",
        Case(
            title="A bad result that was left in a good endorsement of the learner alone",
            why=_MOVED,
            build=_result_in_a_good_endorsement,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "mark-of-an-endorser",
        Case(
            title="A good mark that an endorser gave, copied to where the issuer's marks stand",
            why=f"The issuer signed an endorsement with a mark in it, and gave none. {_MOVED}",
            build=_result_of_an_endorser,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "field-of-an-endorser",
        Case(
            title="A field of study that an endorser named, copied into the achievement",
            why=f"The issuer named none. {_MOVED}",
            build=_field_of_an_endorser,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "moved-value-into-the-evidence",
        Case(
            title="A bad mark that was moved from the result to where the result is named again",
            why=_MOVED,
            build=_value_in_the_evidence,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "moved-index-into-the-evidence",
        Case(
            title="A revoked badge whose status index was exchanged with one in its evidence",
            why=_MOVED,
            build=_index_in_the_evidence,
            expected=refused("MALFORMED_VALUE_ERROR", 3),
            network=_revoked,
        ),
    )
    yield (
        "moved-badge-out-of-a-record",
        Case(
            title="A record of learning from whose subject a badge that has ended was moved away",
            why=f"Where nobody looks for credentials, none is verified. {_MOVED}",
            build=_badge_out_of_a_record,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )


REFUSED: Final[Mapping[str, Case]] = dict(_moves())
ACCEPTED: Final[Mapping[str, Case]] = {}
