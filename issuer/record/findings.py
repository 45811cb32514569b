"""What can be said about a record: one code, one place, one plain sentence each.

E codes refuse, H codes hold until a person adds something, W codes only tell. The codes are
promises (``docs/record-codes.md``); sentences may be improved. A finding goes to whoever sent
the record and nowhere else: logs get ``str(RecordError)``, which holds no value, and values
of private members are not shown at all.

Leaves to others: HTTP status codes, and finding things out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from issuer import limits
from verifier.strict_json import JsonObject, JsonValue

SENTENCES: Final[Mapping[str, str]] = {
    "E101": "A required field is empty.",
    "E102": "The date cannot be read in the format that is expected. "
    "We never guess the order of day and month.",
    "E103": "The end date is before the start date.",
    "E104": "The e-mail address is not usable.",
    "E105": "No deliverable was accepted.",
    "E106": "The project is not marked as finished, or this person left the team.",
    "E107": "This record number appears twice. The first one is kept.",
    "E108": "The hours are missing, zero, above 400, or written in a way that can be read two "
    "ways.",
    "E109": "This word is not in the list for this field.",
    "E110": "The person is not confirmed as an adult. Minors need the guardian route.",
    "E113": "The end date is after the day on which the record arrived.",
    "E114": "The text has characters that look damaged (wrong text encoding).",
    "E115": "This field is not known here. Nothing is stored that nobody asked for.",
    "E116": "The value is not of the expected form.",
    "H301": "Unpaid, and no one has signed the unpaid-work check. "
    "The school or the operator must sign it.",
    "H302": "No objectives. Ask the host to add at least one.",
    "H303": "Nobody has vouched for the work yet. The host is asked to confirm it.",
    "W201": "Hours are not known. The credential will not state hours.",
    "W202": "At least one skill has no framework match. The words are kept as they are.",
    "W204": "Fewer hours than the school normally asks for this much credit.",
    "W209": "The same skill was written more than once.",
    "W211": "The pay is below the floor. The person still gets the credential; "
    "the host loses the fair-pay gate.",
    "W212": "There is no project brief of its own. The title stands in its place.",
    "W213": "No skill was confirmed for this person.",
    "W214": "No feedback was recorded. The host loses the feedback gate.",
    "W215": "Two people have the same name. Check the e-mail addresses before you offer the "
    "credentials.",
}
"""Every code that this program raises, with its sentence."""

_PRIVATE: Final = (
    "/learner",
    "/supervisor/name",
    "/outcome/internalEndedBy",
    "/evaluations",
    "/endorsements",
    "/results",
    "/academicCredit",
    "/engagement/compensation",
    "/lifecycle",
)
"""Members whose values are never repeated, not even to the sender: answers get logged."""


class Severity(StrEnum):
    """What a finding does to its record: the first letter of its code."""

    ERROR = "E"
    HOLD = "H"
    WARNING = "W"


class Disposition(StrEnum):
    """What becomes of a record."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted-with-warnings"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to say. ``pointer`` is a JSON Pointer (RFC 6901) into the record, ``column``
    the sender's own name of the field where a profile read it, ``value`` at most 40 signs."""

    code: str
    pointer: str
    sentence: str
    value: str | None = field(default=None, repr=False)
    column: str | None = None

    @property
    def severity(self) -> Severity:
        """Whether the finding refuses, holds or only tells."""
        return Severity(self.code[0])

    def to_json(self) -> JsonObject:
        """The finding as the sender gets it; members without a value are left out."""
        members = {
            "code": self.code,
            "pointer": self.pointer,
            "sentence": self.sentence,
            "value": self.value,
            "column": self.column,
        }
        return {name: value for name, value in members.items() if value is not None}


class RecordError(Exception):
    """The record is refused or held. ``findings`` holds everything found, warnings too."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(sorted({finding.code for finding in findings})))
        self.findings = findings

    @property
    def disposition(self) -> Disposition:
        """``refused`` when one finding is an error, ``held`` otherwise."""
        return disposition_of(self.findings)

    @property
    def needs_only_attestation(self) -> bool:
        """Whether all is well but for somebody who vouches for the work (H303)."""
        stops = {found.code for found in self.findings if found.severity is not Severity.WARNING}
        return stops == {"H303"}


def found(code: str, pointer: str, *, value: JsonValue = None, sentence: str = "") -> Finding:
    """A finding with the code's own sentence, or with a more exact one."""
    return Finding(
        code=code,
        pointer=pointer[: limits.FINDING_POINTER_CHARACTERS],
        sentence=sentence or SENTENCES[code],
        value=_shown(pointer, value),
    )


def disposition_of(findings: Iterable[Finding]) -> Disposition:
    """What becomes of a record with these findings: the gravest one decides."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Disposition.REFUSED
    if Severity.HOLD in severities:
        return Disposition.HELD
    return Disposition.ACCEPTED_WITH_WARNINGS if severities else Disposition.ACCEPTED


def without_repeats(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of their codes, one for each code and place, and a bound."""
    unique = {(finding.code, finding.pointer): finding for finding in findings}
    return tuple(unique[key] for key in sorted(unique))[: limits.FINDINGS]


def pointer_to(*parts: str | int) -> str:
    """The JSON Pointer of the member at ``parts``."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _shown(pointer: str, value: JsonValue) -> str | None:
    """At most 40 signs of a plain value; nothing of private members and of structures."""
    if isinstance(value, dict | list) or value is None or _is_private(pointer):
        return None
    text = value if isinstance(value, str) else str(value)
    cut = limits.FINDING_VALUE_CHARACTERS
    return text if len(text) <= cut else text[: cut - 1] + "…"


def _is_private(pointer: str) -> bool:
    return any(pointer == place or pointer.startswith(f"{place}/") for place in _PRIVATE)
