"""What only the issuer knows about a record that a platform sends (design §10.1).

The platform sends facts; the issuer adds the record's id, the time of arrival, the quality
gates that it has not settled, and the disclosure choices that the learner agreed to. What the
learner's wallet says of its holder becomes one of the learner's identifiers.

Leaves to others: reading the result strictly (``parse_record``), asking the learner.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from issuer.record.identity import SHOWN_USES, shown_did
from issuer.record.members import text_at, value_at
from verifier.date_time_stamp import format_instant
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

_GATES: Final = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9")
_TRIAL_GATES: Final = ("R1", "R2", "R3")


def complete_submission(
    record_part: JsonObject, facets: JsonObject, *, record_id: str, received_at: datetime
) -> JsonObject:
    """A copy of ``record_part`` with the issuer's own members; the parts are not checked.

    ``facets`` are the learner's choices; those that were not made keep their defaults. A
    quality statement and a record id of the sender stay; the arrival is always ours.
    """
    ours: JsonObject = {"recordId": record_id, "quality": _unsettled(record_part)}
    document = ours | record_part
    document["disclosure"] = default_facets(record_part) | facets
    if isinstance(document.get("source"), dict):
        document["source"] = document["source"] | {"receivedAt": format_instant(received_at)}
    return _without_half_ai_statement(document)


def name_holder(record_part: JsonObject, holder: str | None) -> JsonObject:
    """A copy of ``record_part`` in which the learner shows the DID ``holder``; the parts are not
    checked.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) where the record shows another DID of the
    learner: a credential names one.
    """
    learner = record_part.get("learner")
    if holder is None or not isinstance(learner, dict):
        return record_part
    identifiers = learner.get("identifiers", [])
    if not isinstance(identifiers, list):
        return record_part
    if shown_did(learner) not in (None, holder):
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            "The record shows another DID of the learner than that of the holder.",
            pointer="/holder/id",
        )
    named = {"type": "did", "value": holder}
    return record_part | {"learner": learner | {"identifiers": _showing(identifiers, named)}}


def _showing(identifiers: list[JsonValue], named: JsonObject) -> list[JsonValue]:
    """One that is there already stays where it is, and is also shown if it was for claiming."""
    found = [isinstance(it, dict) and named.items() <= it.items() for it in identifiers]
    if not any(found):
        return [*identifiers, named | {"use": "credential"}]
    return [
        it | {"use": "both"} if is_named and it.get("use") not in SHOWN_USES else it
        for it, is_named in zip(identifiers, found, strict=True)
    ]


def default_facets(record_part: JsonObject) -> JsonObject:
    """The choices before anybody chose (domain §1.1, §1.8, §1.9).

    For a trial the hours and the exact days are off: together they let a reader guess how
    long it ran.
    """
    is_trial = value_at(record_part, "engagement", "form") == "reverse"
    statement = text_at(record_part, "engagement", "aiAssistance", "statement")
    return {
        "hours": not is_trial,
        "dates": "month" if is_trial else "day",
        "results": False,
        "compensation": True,
        "location": "country",
        "supervisorName": False,
        "aiAssistance": bool(statement),
        "trialOutcome": False,
        "nameForm": "full",
    }


def _unsettled(record_part: JsonObject) -> JsonObject:
    is_trial = value_at(record_part, "engagement", "form") == "reverse"
    codes = _GATES + _TRIAL_GATES if is_trial else _GATES
    return {"profile": "MIQ-1", "gates": [{"code": code, "result": "unknown"} for code in codes]}


def _without_half_ai_statement(document: JsonObject) -> JsonObject:
    """Drop an AI policy that stands alone: the platform knows what was allowed, only the
    learner can say what was done, and until then nothing is stated (domain §3.2)."""
    engagement: JsonValue = document.get("engagement")
    assistance = value_at(engagement, "aiAssistance")
    if isinstance(assistance, dict) and set(assistance) == {"policy"}:
        kept = {name: value for name, value in engagement.items() if name != "aiAssistance"}
        document["engagement"] = kept
    return document
