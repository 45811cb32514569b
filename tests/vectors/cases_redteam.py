"""Documents that were changed under a signature that still fits, and other ways round a rule.

Leaves to others: building blocks and every other room (``cases.py``, ``cases_*.py``).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.signers import secure_document
from tests.tokens import jwt, vc_jwt
from tests.vectors.cases import (
    KEY,
    LIST_URL,
    OB,
    SITE,
    V2,
    Answers,
    Case,
    badge,
    bits,
    entry,
    refused,
    signed,
    status_list,
    undecided,
)
from tests.vectors.cases_documents import ENDORSER, record
from verifier.strict_json import JsonObject

V1: Final = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
_VOCABULARY: Final = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
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


def _result_in_the_evidence() -> JsonObject:
    subject = copy.deepcopy(badge()["credentialSubject"])
    subject["result"] = [{"type": ["Result"], "value": "failed"}]
    person = {"id": subject["id"], "type": ["Evidence"], "name": "Her portfolio"}
    moved = copy.deepcopy(signed(badge(credentialSubject=subject, evidence=[person])))
    place = moved["evidence"][0]
    place["type"] = ["Evidence", "AchievementSubject"]
    place["result"] = moved["credentialSubject"].pop("result")
    return moved


def _types_in_the_endorsement() -> JsonObject:
    moved = signed(badge(endorsement=[_endorsement(badge()["id"])]))
    moved["type"] = ["VerifiableCredential"]
    subject = moved["endorsement"][0]["credentialSubject"]
    subject["type"] = ["EndorsementSubject", "OpenBadgeCredential"]
    return moved


OTHER_LIST: Final = f"{SITE}/status/2"


def _exchanged_indexes() -> JsonObject:
    same = f"{SITE}/credentials/7#status"
    revocation = entry("5", id=same)
    suspension = entry("7", "suspension", id=same, statusListCredential=OTHER_LIST)
    document = signed(badge(credentialStatus=[revocation, suspension]))
    for item, index in zip(document["credentialStatus"], ("7", "5"), strict=True):
        item["statusListIndex"] = index
    return document


def _exchange_lists() -> Answers:
    other = status_list(bits(), "suspension", id=OTHER_LIST)
    return {LIST_URL: signed(status_list(bits(5))), OTHER_LIST: signed(other)}


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
        "moved-result-into-the-evidence",
        Case(
            title="A bad result that was moved to where the badge names its learner again",
            why=_MOVED,
            build=_result_in_the_evidence,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
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
        "moved-type-into-an-endorsement",
        Case(
            title="A badge whose type was moved into an endorsement of the badge",
            why=_MOVED,
            build=_types_in_the_endorsement,
            expected=refused("PROOF_VERIFICATION_ERROR", 8),
        ),
    )
    yield (
        "status-entries-with-one-id",
        Case(
            title="Two status entries with one id, whose indexes were exchanged after signing",
            why=_MOVED,
            build=_exchanged_indexes,
            expected=refused("MALFORMED_VALUE_ERROR", 3),
            network=_exchange_lists,
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


def _word_as_an_object() -> JsonObject:
    subject = copy.deepcopy(badge()["credentialSubject"])
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": False,
            "identityHash": "maya@school.example",
            "identityType": "emailAddress",
        }
    ]
    good = signed(badge(credentialSubject=subject))
    good["credentialSubject"]["identifier"][0]["identityType"] = {"@value": "emailAddress"}
    return good


# --- another spelling, another place ----------------------------------------------------


def _old(*contexts: str, **members: Any) -> JsonObject:
    """A credential of data model 1.1."""
    return {
        "@context": [V1, *contexts],
        "id": "urn:uuid:53b1c2d4-8c3e-4c5a-9a4e-0f6d7b1c2e3f",
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        "issuanceDate": "2026-03-23T20:31:06Z",
        "credentialSubject": {"id": "did:example:learner"},
    } | members


def _plain(**members: Any) -> JsonObject:
    return {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        "credentialSubject": {"id": "did:example:learner"},
    } | members


def _renamed_below_a_property() -> JsonObject:
    def inside(name: str) -> list[Any]:
        word = {"@id": "https://issuer.example/words#grade"}
        own = {"@id": "https://issuer.example/words#mark", "@context": {name: word}}
        return [V2, OB, {"mark": own}]

    subject = badge()["credentialSubject"]
    good = badge(credentialSubject=subject | {"mark": {"grade": "Doctor"}})
    document = signed(good | {"@context": inside("grade")})
    subject = document["credentialSubject"] | {"mark": {"achievement": "Doctor"}}
    return document | {"@context": inside("achievement"), "credentialSubject": subject}


def _spellings() -> Iterator[tuple[str, Case]]:
    yield (
        "type-as-an-address",
        Case(
            title="A badge whose type was written as its address after signing",
            why="The statements are the same, and a verifier that asks whether this is a badge "
            "would not hold it to the rules of badges.",
            build=lambda: (
                signed() | {"type": ["VerifiableCredential", f"{_VOCABULARY}OpenBadgeCredential"]}
            ),
            expected=refused("MALFORMED_VALUE_ERROR", 5),
        ),
    )
    yield (
        "inline-context-below-a-property",
        Case(
            title="A word of the issuer's own that was given the name of a well-known one",
            why="A context below a property may redefine what is protected (JSON-LD 1.1, section "
            "4.1.11), and no signature over statements covers it.",
            build=_renamed_below_a_property,
            expected=undecided("UNKNOWN_CONTEXT", 3)
            | {"api": {"outcome": "not_verified", "code": "MALFORMED_VALUE_ERROR", "step": 3}},
        ),
    )
    yield (
        "word-as-an-object",
        Case(
            title="A word of a fixed list that is written as an object",
            why="The statements are the same. A program that looks the word up in a list may find "
            "nothing, or fail (JSON-LD 1.1, section 4.2.1).",
            build=_word_as_an_object,
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "record-with-a-badge-as-text",
        Case(
            title="A record of learning with a badge that is written as one long text",
            why="What stands as text is a token (CLR 2.0, ClrSubject). An object in a text goes "
            "past whoever looks for objects.",
            build=lambda: record(json.dumps(signed())),
            expected=refused("MALFORMED_VALUE_ERROR", 8),
        ),
    )
    yield (
        "jwt-of-the-older-data-model",
        Case(
            title="A credential of data model 1.1 in a token for those of 2.0",
            why="VC-JOSE-COSE, section 1, secures data model 2.0 alone. In the older edition nbf "
            "and exp stand for the credential's own dates, so two readers would see two.",
            build=lambda: vc_jwt(_old(), KEY),
            expected=refused("MALFORMED_VALUE_ERROR", 3),
        ),
    )
    yield (
        "older-data-model-with-a-newer-end",
        Case(
            title="A credential of data model 1.1 that has ended by the newer name for an end",
            why="The context of 1.1 defines validUntil as well, so it is signed, and it says when "
            "the credential ends.",
            build=lambda: secure_document(
                _old(DATA_INTEGRITY, validUntil="2026-04-01T00:00:00Z"), KEY
            ),
            expected=refused("EXPIRED", 6),
        ),
    )
    yield (
        "jwt-status-beside-the-credential",
        Case(
            title="A token with a status beside the credential in it",
            why="An issuer who writes it there believes that it counts, and no verifier reads it.",
            build=lambda: jwt({"iss": KEY.did, "vc": _plain(), "credentialStatus": entry()}, KEY),
            expected=refused("MALFORMED_VALUE_ERROR", 3),
        ),
    )


REFUSED: Final[Mapping[str, Case]] = dict((*_moves(), *_spellings()))
ACCEPTED: Final[Mapping[str, Case]] = {}
