"""What the schema of a record cannot say: rules of ``domain.md`` §1 and §3.1, one by one.

Every rule looks at a clean record that may not fit the schema, and speaks only when the
members it needs are there and of the right form. ``RULES`` and ``WARNINGS`` are all of them.

Leaves to others: the form (``shape``), text encoding (``letters``), what the sender may do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from issuer import limits
from issuer.holder import key_of_holder
from issuer.record.findings import Finding, found, pointer_to
from issuer.record.identity import has_shown_identity
from issuer.record.members import date_at, objects_at, text_at, texts_at, value_at
from issuer.skills import is_confirmed
from verifier.errors import RefusedError, UncheckedError
from verifier.strict_json import JsonObject

Rule = Callable[[JsonObject, datetime], Iterator[Finding]]
"""A rule reads the record and the instant at which it arrived."""

_EMAIL = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)(?![.])(?!.*[.]{2})[^\s@<>()\[\],;:\"\\]+(?<![.])"
    r"@(?:(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?[.])+[^\W\d_](?:[\w-]{0,61}[^\W_])"
)
"""A usable address: dot-atoms before the sign, at least two labels after it."""
_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._%-]", re.ASCII)
_WEB = re.compile(r"https?://[^\s/@?#]+(?:[/?#][^\s]*)?", re.IGNORECASE)
_DURATION = re.compile(r"PT(?:([0-9]{1,3})H)?(?:([0-5]?[0-9])M)?")
_RESULT_STATES: Final = frozenset(
    {"Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"}
)
"""Open Badges 3.0, ``ResultStatusType``."""


def parse_effort(duration: str) -> int | None:
    """Whole minutes of ``PTnHnM``, or ``None`` for another form."""
    match = _DURATION.fullmatch(duration)
    return int(match[1] or 0) * 60 + int(match[2] or 0) if match else None


def is_did(text: str) -> bool:
    """Whether ``text`` has the form of a DID of any method."""
    return _DID.fullmatch(text) is not None


def is_email_address(text: str) -> bool:
    """Whether ``text`` has the form of a usable e-mail address, in any script."""
    return _EMAIL.fullmatch(text) is not None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_at(document: JsonObject) -> ZoneInfo | None:
    """The IANA time zone of the engagement, or ``None`` when there is no such zone."""
    name = text_at(document, "engagement", "timeZone")
    return ZoneInfo(name) if name is not None and is_time_zone(name) else None


def is_time_zone(name: object) -> bool:
    """Whether ``name`` is the name of an IANA time zone."""
    return isinstance(name, str) and name in _zones()


def civil_date(at: datetime, zone: ZoneInfo) -> date:
    """The day that people in ``zone`` call the instant ``at``."""
    return at.astimezone(zone).date()


def _check_zone(document: JsonObject, _: datetime) -> Iterator[Finding]:
    name = text_at(document, "engagement", "timeZone")
    if name is not None and not is_time_zone(name):
        yield found("E109", "/engagement/timeZone", value=name)


def _check_order(document: JsonObject, _: datetime) -> Iterator[Finding]:
    start = date_at(document, "engagement", "startDate")
    end = date_at(document, "engagement", "endDate")
    if start and end and end < start:
        yield found("E103", "/engagement/endDate", value=end.isoformat())


def _check_future(document: JsonObject, received_at: datetime) -> Iterator[Finding]:
    end, zone = date_at(document, "engagement", "endDate"), zone_at(document)
    if end and zone and end > civil_date(received_at, zone):
        yield found("E113", "/engagement/endDate", value=end.isoformat())


def _check_effort(document: JsonObject, _: datetime) -> Iterator[Finding]:
    duration = text_at(document, "engagement", "effort", "duration")
    minutes = parse_effort(duration) if duration else None
    if minutes is not None and not 0 < minutes <= limits.RECORD_EFFORT_MINUTES:
        yield found("E108", "/engagement/effort/duration", value=duration)


def _check_acceptance(document: JsonObject, _: datetime) -> Iterator[Finding]:
    states = [
        item.get("acceptance") for _, item in objects_at(document, "engagement", "deliverables")
    ]
    if states and not {"accepted", "acceptedWithChanges"}.intersection(map(str, states)):
        yield found("E105", "/engagement/deliverables")


def _check_adult(document: JsonObject, _: datetime) -> Iterator[Finding]:
    if value_at(document, "learner", "adultConfirmed") is False:
        yield found("E110", "/learner/adultConfirmed")


def _check_identifiers(document: JsonObject, _: datetime) -> Iterator[Finding]:
    forms = {"emailAddress": (_EMAIL, "E104"), "did": (_DID, "E116")}
    for index, identifier in objects_at(document, "learner", "identifiers"):
        form, code = forms.get(str(identifier.get("type")), (None, ""))
        value = text_at(identifier, "value")
        if form is not None and value is not None and not form.fullmatch(value):
            yield found(code, pointer_to("learner", "identifiers", index, "value"))


def _check_keys(document: JsonObject, received_at: datetime) -> Iterator[Finding]:
    """A did:key or did:jwk holds a key; tokens are bound to it."""
    for index, identifier in objects_at(document, "learner", "identifiers"):
        value = text_at(identifier, "value")
        is_key = identifier.get("type") == "did" and value is not None and is_did(value)
        if is_key and not _is_sound(str(value), received_at):
            yield found("E116", pointer_to("learner", "identifiers", index, "value"))


def _is_sound(did: str, received_at: datetime) -> bool:
    try:
        key_of_holder(did, now=received_at)
    except RefusedError:
        return False
    except UncheckedError:
        return True  # a kind of key that is not known here: somebody else's verifier may know it
    return True


def _check_identity(document: JsonObject, _: datetime) -> Iterator[Finding]:
    learner, form = document.get("learner"), text_at(document, "disclosure", "nameForm")
    if isinstance(learner, dict) and form and not has_shown_identity(learner, form):
        sentence = "Nothing would tell whose credential it is: show the name, a DID or an e-mail."
        yield found("E116", "/disclosure/nameForm", sentence=sentence)


def _check_addresses(document: JsonObject, _: datetime) -> Iterator[Finding]:
    """Only web addresses without user info, and DIDs for organisations: pages link to them."""
    for pointer, value in _addresses(document):
        is_known = pointer.endswith("/id") and is_did(value)
        if not is_known and not _WEB.fullmatch(value):
            yield found("E116", pointer, value=value)


def _addresses(document: JsonObject) -> Iterator[tuple[str, str]]:
    places = [
        (party, member) for party in ("host", "platform", "school") for member in ("id", "url")
    ]
    found_at = [(pointer_to(*place), text_at(document, *place)) for place in places]
    for index, entry in objects_at(document, "evidence"):
        found_at.append((pointer_to("evidence", index, "url"), text_at(entry, "url")))
    for index, skill in objects_at(document, "skills"):
        for at, alignment in objects_at(skill, "alignments"):
            pointer = pointer_to("skills", index, "alignments", at, "targetUrl")
            found_at.append((pointer, text_at(alignment, "targetUrl")))
    yield from ((pointer, value) for pointer, value in found_at if value is not None)


def _check_results(document: JsonObject, _: datetime) -> Iterator[Finding]:
    """A level is one of the levels; a status is one of Open Badges' words."""
    for index, result in objects_at(document, "results"):
        kind, value = result.get("kind"), text_at(result, "value")
        levels = [text_at(level, "name") for _, level in objects_at(result, "levels")]
        if kind == "RubricCriterionLevel" and (
            value not in levels or len(set(levels)) < len(levels)
        ):
            yield found("E109", pointer_to("results", index, "value"))
        if kind == "Status" and value not in _RESULT_STATES:
            yield found("E109", pointer_to("results", index, "value"))


def _check_evidence_references(document: JsonObject, _: datetime) -> Iterator[Finding]:
    entries = value_at(document, "evidence")
    known = range(len(entries) if isinstance(entries, list) else 0)
    for index, skill in objects_at(document, "skills"):
        referred = skill.get("evidence")
        for at, number in enumerate(referred if isinstance(referred, list) else []):
            if isinstance(number, int) and number not in known:
                yield found("E116", pointer_to("skills", index, "evidence", at), value=number)


def _check_trial_outcome(document: JsonObject, _: datetime) -> Iterator[Finding]:
    ended_early = value_at(document, "outcome", "status") == "trialEndedEarly"
    if ended_early and value_at(document, "engagement", "form") == "standard":
        sentence = "Only a trial (the reverse form) can end early as a trial."
        yield found("E116", "/outcome/status", sentence=sentence)


def _warn_of_hours(document: JsonObject, _: datetime) -> Iterator[Finding]:
    if isinstance(document.get("engagement"), dict) and "effort" not in document["engagement"]:
        yield found("W201", "/engagement/effort")


def _warn_of_alignment(document: JsonObject, _: datetime) -> Iterator[Finding]:
    for index, skill in objects_at(document, "skills"):
        if not skill.get("alignments"):
            yield found("W202", pointer_to("skills", index), value=text_at(skill, "label"))


def _warn_of_repeats(document: JsonObject, _: datetime) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, skill in objects_at(document, "skills"):
        label = (text_at(skill, "label") or "").casefold()
        if label in seen:
            yield found("W209", pointer_to("skills", index), value=text_at(skill, "label"))
        seen.add(label)


def _warn_of_pay(document: JsonObject, _: datetime) -> Iterator[Finding]:
    if value_at(document, "engagement", "compensation", "payFloor", "met") is False:
        yield found("W211", "/engagement/compensation/payFloor")


def _warn_of_brief(document: JsonObject, _: datetime) -> Iterator[Finding]:
    """A brief that only says the title again tells a reader nothing."""
    title, brief = (
        text_at(document, "engagement", "title"),
        text_at(document, "engagement", "brief"),
    )
    if title and title == brief:
        yield found("W212", "/engagement/brief")


def _warn_of_confirmation(document: JsonObject, _: datetime) -> Iterator[Finding]:
    skills = objects_at(document, "skills")
    if not any(is_confirmed(texts_at(skill, "assessedBy")) for _, skill in skills):
        yield found("W213", "/skills")


RULES: Final[tuple[Rule, ...]] = (
    _check_zone,
    _check_order,
    _check_future,
    _check_effort,
    _check_acceptance,
    _check_adult,
    _check_identifiers,
    _check_keys,
    _check_identity,
    _check_addresses,
    _check_results,
    _check_evidence_references,
    _check_trial_outcome,
)
"""Rules that refuse."""

WARNINGS: Final[tuple[Rule, ...]] = (
    _warn_of_hours,
    _warn_of_alignment,
    _warn_of_repeats,
    _warn_of_pay,
    _warn_of_brief,
    _warn_of_confirmation,
)
"""Rules that only tell."""
