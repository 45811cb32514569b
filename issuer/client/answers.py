"""What the issuer answers, as frozen values: each read once from an answer of the service.

Names of people and credentials are kept out of ``repr``, which ends up in logs. Members that this
client does not know are left alone: a newer service may say more.

Leaves to others: HTTP (``transport``), refusals (``problems``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, TypeVar

from issuer.client.problems import Finding, UnreadableAnswerError, findings_of
from verifier.date_time_stamp import format_instant, parse_instant
from verifier.errors import CheckError
from verifier.strict_json import JsonObject

_Kind = TypeVar("_Kind", str, bool, int, dict, list)  # type: ignore[type-arg]  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The learner agreed: when (aware), and to which facets (the rest keep their defaults)."""

    at: datetime
    facets: Mapping[str, object] = field(default_factory=dict, repr=False)

    def to_json(self) -> JsonObject:
        """As the service takes it."""
        return {"given": True, "at": format_instant(self.at), "facets": dict(self.facets)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share link, the address at which anybody has it checked, and its square code."""

    url: str = field(repr=False)
    verify_url: str = field(repr=False)
    qr: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A signed credential. ``issuance_id`` finds it again (``fetch``); it is empty where the
    answer names no place."""

    credential_id: str
    issuance_id: str
    credential: JsonObject = field(repr=False)
    share: Share | None
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Kept until somebody says yes or adds what is missing: ``state`` says for whom it waits."""

    state: str
    offer_id: str
    warnings: tuple[Finding, ...]


Outcome: TypeAlias = Issued | Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one row of a payload. ``state`` is empty in a dry run and where the row was
    refused by its mapping; ``problem`` is the problem document of a conflict."""

    row: int
    record: str
    disposition: str
    findings: tuple[Finding, ...]
    state: str
    credential_id: str
    problem: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """What became of one completion of a batch, with the status it would have had alone.

    ``is_retryable``: it may be sent again as it is."""

    index: int
    status: int
    state: str
    credential_id: str
    issuance_id: str
    is_retryable: bool
    problem: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A document of the caller's own, signed."""

    issuance_id: str
    credential: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A record that waits, or waited: how it stands."""

    offer_id: str
    state: str
    created: datetime
    changed: datetime
    consent_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage:
    """Offers, oldest first. ``after`` is where to go on."""

    offers: tuple[Offer, ...]
    after: str | None
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. ``cursor`` is where to go on after it; ``data`` holds ids and
    states."""

    cursor: str
    id: str
    kind: str
    at: datetime
    data: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Events in order. ``after`` is where to go on, ``None`` while nothing was ever told."""

    events: tuple[Event, ...]
    after: str | None
    has_more: bool


# --- reading: each raises ``UnreadableAnswerError`` -------------------------------------


def read_outcome(body: JsonObject, location: str) -> Outcome:
    """``POST /completions``."""
    warnings = findings_of(body.get("warnings", []))
    if member(body, "state", str) != "issued":
        return Waiting(
            state=member(body, "state", str),
            offer_id=member(body, "offerId", str),
            warnings=warnings,
        )
    return Issued(
        credential_id=member(body, "credentialId", str),
        issuance_id=last_part(location),
        credential=member(body, "verifiableCredential", dict),
        share=_read_share(body["share"]) if isinstance(body.get("share"), dict) else None,
        warnings=warnings,
    )


def _read_share(body: JsonObject) -> Share:
    return Share(
        url=member(body, "url", str),
        verify_url=member(body, "verifyUrl", str),
        qr=member(body, "qr", str),
    )


def read_rows(body: JsonObject) -> tuple[Row, ...]:
    """``POST /imports/{profile}``."""
    return tuple(_read_row(_object(item)) for item in member(body, "rows", list))


def _read_row(body: JsonObject) -> Row:
    return Row(
        row=member(body, "row", int),
        record=member(body, "record", str),
        disposition=member(body, "disposition", str),
        findings=findings_of(body.get("findings", [])),
        state=_text(body, "state"),
        credential_id=_text(body, "credentialId"),
        problem=_problem(body),
    )


def read_batch(body: JsonObject) -> tuple[BatchItem, ...]:
    """``POST /completions/batch``."""
    return tuple(_read_item(_object(item)) for item in member(body, "results", list))


def _read_item(body: JsonObject) -> BatchItem:
    return BatchItem(
        index=member(body, "index", int),
        status=member(body, "status", int),
        state=_text(body, "state"),
        credential_id=_text(body, "credentialId"),
        issuance_id=last_part(_text(body, "location")),
        is_retryable=body.get("retryable") is True,
        problem=_problem(body),
    )


def read_signed(body: JsonObject, location: str) -> Signed:
    """``POST /credentials/issue``."""
    return Signed(
        issuance_id=last_part(location), credential=member(body, "verifiableCredential", dict)
    )


def read_issuances(body: JsonObject) -> tuple[str, ...]:
    """``POST /credentials/status``: the ids of the issuances concerned."""
    return tuple(str(item) for item in member(body, "issuances", list))


def read_event_page(body: JsonObject) -> EventPage:
    """``GET /events``."""
    after = body.get("next")
    return EventPage(
        events=tuple(_read_event(_object(item)) for item in member(body, "events", list)),
        after=after if isinstance(after, str) else None,
        has_more=member(body, "more", bool),
    )


def read_offer_page(body: JsonObject) -> OfferPage:
    """``GET /offers``."""
    after = body.get("next")
    return OfferPage(
        offers=tuple(read_offer(_object(item)) for item in member(body, "offers", list)),
        after=after if isinstance(after, str) else None,
        has_more=member(body, "more", bool),
    )


def read_offer(body: JsonObject) -> Offer:
    """``GET /offers/{offer}``."""
    return Offer(
        offer_id=member(body, "offerId", str),
        state=member(body, "state", str),
        created=_instant(body, "created"),
        changed=_instant(body, "changed"),
        consent_given=member(body, "consentGiven", bool),
    )


def _instant(body: JsonObject, name: str) -> datetime:
    try:
        return parse_instant(body.get(name), pointer=f"/{name}").at
    except CheckError as error:
        raise UnreadableAnswerError(f"{name} is no instant.") from error


def _read_event(body: JsonObject) -> Event:
    return Event(
        cursor=member(body, "cursor", str),
        id=member(body, "id", str),
        kind=member(body, "type", str),
        at=_instant(body, "timestamp"),
        data=member(body, "data", dict),
    )


def member(body: JsonObject, name: str, kind: type[_Kind]) -> _Kind:
    """The member ``name``. Raises ``UnreadableAnswerError`` unless it is there and of ``kind``."""
    value = body.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UnreadableAnswerError(f"{name} is missing, or not what it should be.")
    return value


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name, "")
    return value if isinstance(value, str) else ""


def _object(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise UnreadableAnswerError("An item is not an object.")
    return value


def _problem(body: JsonObject) -> JsonObject:
    problem = body.get("problem", {})
    return problem if isinstance(problem, dict) else {}


def last_part(location: str) -> str:
    """The id at the end of an address."""
    return location.rpartition("/")[2]
