"""The bodies of requests as frozen values: read once, strictly, before anything is decided.

What is malformed (a member that is missing, of the wrong kind, or not a date and time) is
``RefusedError``; a member that is not known is E115, because nothing is stored that nobody
asked for. VC-API bodies are looser where that interface says so: its ``options`` are open.

Leaves to others: the record, the payload and the credential inside.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from issuer import limits as bounds
from issuer.record import Finding, RecordError
from issuer.record.findings import found, pointer_to
from verifier import limits
from verifier.date_time_stamp import parse_instant
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject

_SKEW: Final = timedelta(seconds=limits.CLOCK_SKEW_SECONDS)
_ENTRY_TYPE: Final = "BitstringStatusListEntry"
_Kind = TypeVar("_Kind", bool, str, dict)  # type: ignore[type-arg]  # JSON objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The platform's statement that the learner agreed: when, and to which facets."""

    at: datetime
    facets: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """``POST /completions``. Without ``consent`` the learner is asked first."""

    record: JsonObject = field(repr=False)
    consent: Consent | None
    share: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """``POST /imports/{profile}``: one payload, one consent for all of its rows."""

    payload: JsonObject = field(repr=False)
    consent: Consent | None
    share: bool


class Purpose(StrEnum):
    """What a status entry is for (Bitstring Status List 1.0, section 2.1)."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """``POST /credentials/status``: set or clear the bit of one purpose."""

    credential_id: str
    purpose: Purpose
    value: bool
    reason: str | None


def parse_completion(body: JsonObject, *, now: datetime) -> Completion:
    """Read ``{"record", "learnerConsent"?, "share"?}``.

    Raises ``RefusedError``, and ``RecordError`` (E115) for a member that is not known.
    """
    _only(body, {"record", "learnerConsent", "share"})
    record = _member(body, "record", dict)
    if record is None:
        raise _malformed("record is missing.", "/record")
    return Completion(
        record=record, consent=_consent(body, now), share=_member(body, "share", bool) or False
    )


def parse_import(body: JsonObject, *, now: datetime) -> Import:
    """Read ``{"payload", "learnerConsent"?, "share"?}``. Raises as ``parse_completion``."""
    _only(body, {"payload", "learnerConsent", "share"})
    payload = _member(body, "payload", dict)
    if payload is None:
        raise _malformed("payload is missing.", "/payload")
    return Import(
        payload=payload, consent=_consent(body, now), share=_member(body, "share", bool) or False
    )


def parse_issue(body: JsonObject) -> JsonObject:
    """Read VC-API's ``{"credential", "options"?}``: the credential. Raises ``RefusedError``.

    Options are read and change nothing: which key signs, and which status is attached, is
    the issuer's own matter.
    """
    _only_here(body, {"credential", "options"})
    credential = _member(body, "credential", dict)
    _member(body, "options", dict)
    if credential is None:
        raise _malformed("credential is missing.", "/credential")
    return credential


def parse_status_change(body: JsonObject) -> StatusChange:
    """Read VC-API's ``{"credentialId", "credentialStatus", "status"}`` and our ``reason``.

    Raises ``RefusedError``.
    """
    _only_here(body, {"credentialId", "credentialStatus", "status", "reason"})
    credential_id = _member(body, "credentialId", str)
    value = _member(body, "status", bool)
    entry = _member(body, "credentialStatus", dict)
    if not credential_id or len(credential_id) > limits.URL_CHARACTERS:
        raise _malformed("credentialId is missing or too long.", "/credentialId")
    if value is None:
        raise _malformed("status is missing: true sets it, false clears it.", "/status")
    if entry is None:
        raise _malformed("credentialStatus is missing.", "/credentialStatus")
    return StatusChange(
        credential_id=credential_id,
        purpose=_purpose(entry),
        value=value,
        reason=_member(body, "reason", str),
    )


def _purpose(entry: JsonObject) -> Purpose:
    """What the entry is for. Its place in a list is ours to know, not the caller's to say."""
    _only_here(entry, {"type", "statusPurpose"}, "/credentialStatus")
    if entry.get("type") != _ENTRY_TYPE:
        raise _malformed(f"type is {_ENTRY_TYPE}.", "/credentialStatus/type")
    name = entry.get("statusPurpose")
    if not isinstance(name, str) or name not in [purpose.value for purpose in Purpose]:
        raise _malformed(
            "statusPurpose is revocation or suspension.", "/credentialStatus/statusPurpose"
        )
    return Purpose(name)


def _consent(body: JsonObject, now: datetime) -> Consent | None:
    """The learner's consent; ``None`` when it is absent or was not given."""
    consent = _member(body, "learnerConsent", dict)
    if consent is None:
        return None
    _only(consent, {"given", "at", "facets"}, "/learnerConsent")
    given = _member(consent, "given", bool, "/learnerConsent")
    if given is None:
        raise _malformed("given is true or false.", "/learnerConsent/given")
    at = _instant_before(consent.get("at"), now) if given or "at" in consent else now
    facets = _member(consent, "facets", dict, "/learnerConsent") or {}
    return Consent(at=at, facets=facets) if given else None


def _instant_before(value: object, now: datetime) -> datetime:
    at = parse_instant(value, pointer="/learnerConsent/at").at
    if at > now + _SKEW:
        raise RefusedError(
            Code.RANGE_ERROR, "The consent was given in the future.", pointer="/learnerConsent/at"
        )
    return at


def _member(body: JsonObject, name: str, kind: type[_Kind], place: str = "") -> _Kind | None:
    """The member ``name`` when it is of ``kind``; ``None`` when it is absent."""
    if name not in body:
        return None
    value = body[name]
    if not isinstance(value, kind):
        wanted = {bool: "true or false", str: "a text", dict: "an object"}[kind]
        raise _malformed(f"{name} is {wanted}.", f"{place}/{name}")
    return value


def _only(body: JsonObject, known: Collection[str], place: str = "") -> None:
    """E115 for every member that is not known, up to a bound."""
    unknown = [name for name in body if name not in known]
    if unknown:
        raise RecordError(tuple(_unknown(name, place) for name in unknown[: bounds.FINDINGS]))


def _unknown(name: str, place: str) -> Finding:
    return found("E115", place + pointer_to(name))


def _only_here(body: JsonObject, known: Collection[str], place: str = "") -> None:
    """The same for bodies that are no records: 400, as VC-API clients expect."""
    for name in body:
        if name not in known:
            raise _malformed(f"{name[:80]!r} is not known here.", place)


def _malformed(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
