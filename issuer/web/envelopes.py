"""VC-API's request bodies as frozen values: read once, before anything is decided.

Every refusal is 400 here, as VC-API clients expect. ``options`` are open, so that clients may
send their own; every other member is known or refused.

Leaves to others: the credential inside, platforms' bodies (``issuer.completion``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from issuer.web.members import malformed, member, only, required
from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject

_ENTRY_TYPE: Final = "BitstringStatusListEntry"


class Purpose(StrEnum):
    """What a status entry is for (Bitstring Status List 1.0, section 2.1)."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """Set or clear the bit of one purpose. ``reason`` is one of our internal words."""

    credential_id: str
    purpose: Purpose
    value: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """A document to sign. ``mandatory`` are JSON Pointers to what its holder can never leave
    out, ``None`` where the caller names none."""

    credential: JsonObject
    mandatory: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveRequest:
    """A signed document, and JSON Pointers to what its holder wants to show of it."""

    credential: JsonObject
    selective: tuple[str, ...]


def parse_issue(body: JsonObject) -> IssueRequest:
    """Read ``{"credential", "options"?}``. Raises ``RefusedError``.

    Of the options ``mandatoryPointers`` counts, for formats that know such a thing. Others
    change nothing: which key signs, and which status is attached, is the issuer's own matter.
    """
    only(body, {"credential", "options"})
    return IssueRequest(
        credential=required(body, "credential", dict),
        mandatory=_pointers(body, "mandatoryPointers"),
    )


def parse_derive(body: JsonObject) -> DeriveRequest:
    """Read ``{"verifiableCredential", "options"?: {"selectivePointers"?}}``. Raises
    ``RefusedError``."""
    only(body, {"verifiableCredential", "options"})
    return DeriveRequest(
        credential=required(body, "verifiableCredential", dict),
        selective=_pointers(body, "selectivePointers") or (),
    )


def _pointers(body: JsonObject, name: str) -> tuple[str, ...] | None:
    """A list of JSON Pointers among the options; what they point at is not looked at here."""
    options = member(body, "options", dict) or {}
    if name not in options:
        return None
    place, value = f"/options/{name}", options[name]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise malformed(f"{name} is a list of JSON Pointers.", place)
    if len(value) > limits.SD_POINTERS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, f"More than {limits.SD_POINTERS} pointers.", pointer=place
        )
    return tuple(value)


def parse_status_change(body: JsonObject) -> StatusChange:
    """Read ``{"credentialId", "credentialStatus", "status"}`` and our own ``reason``.

    No default decides whether a credential is revoked. Raises ``RefusedError``.
    """
    only(body, {"credentialId", "credentialStatus", "status", "reason"})
    credential_id = required(body, "credentialId", str)
    if not 0 < len(credential_id) <= limits.URL_CHARACTERS:
        raise malformed("credentialId is empty or too long.", "/credentialId")
    return StatusChange(
        credential_id=credential_id,
        purpose=_purpose(required(body, "credentialStatus", dict)),
        value=required(body, "status", bool),
        reason=member(body, "reason", str),
    )


def _purpose(entry: JsonObject) -> Purpose:
    """What the entry is for. Its place in a list is ours to know, not the caller's to say."""
    only(entry, {"type", "statusPurpose"}, "/credentialStatus")
    if entry.get("type") != _ENTRY_TYPE:
        raise malformed(f"type is {_ENTRY_TYPE}.", "/credentialStatus/type")
    name = entry.get("statusPurpose")
    if not isinstance(name, str) or name not in [purpose.value for purpose in Purpose]:
        raise malformed(
            "statusPurpose is revocation or suspension.", "/credentialStatus/statusPurpose"
        )
    return Purpose(name)
