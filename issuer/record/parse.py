"""Read a record strictly: bounds, letters, form, rules, in this order.

Leaves to others: who sent it, and whether the learner agreed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import rfc8785

from issuer.record.findings import (
    Disposition,
    Finding,
    RecordError,
    disposition_of,
    without_repeats,
)
from issuer.record.letters import check_bounds, clean_record, find_damage
from issuer.record.rules import RULES, WARNINGS
from issuer.record.shape import check_shape
from verifier.strict_json import JsonObject

_ISSUERS_OWN: Final = ("recordId", "lifecycle")
"""Members that differ from one arrival of the same record to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record that was read and found good. ``document`` is the clean record: nobody needs
    to ask again whether a required member is there. ``content_hash`` is the hex SHA-256 of
    its RFC 8785 form without what the issuer adds on arrival, so that the same record sent
    twice has one hash. ``warnings`` are W codes for the sender."""

    document: JsonObject = field(repr=False)
    record_id: str
    platform_id: str
    platform_record_id: str
    content_hash: str
    warnings: tuple[Finding, ...] = ()


def parse_record(document: JsonObject, *, received_at: datetime) -> Record:
    """Read ``document``, which arrived at ``received_at`` (aware), to be issued.

    Raises ``RecordError`` with every E, H and W finding when it is refused or held.
    """
    record = parse_draft(document, received_at=received_at)
    if disposition_of(record.warnings) is Disposition.HELD:
        raise RecordError(record.warnings)
    return record


def parse_draft(document: JsonObject, *, received_at: datetime) -> Record:
    """The same for a record that may wait for somebody: ``warnings`` may hold H findings.

    Raises ``RecordError`` when it is refused.
    """
    clean, findings = examine(document, received_at=received_at)
    if disposition_of(findings) is Disposition.REFUSED:
        raise RecordError(findings)
    return Record(
        document=clean,
        record_id=clean["recordId"],
        platform_id=clean["platform"]["id"],
        platform_record_id=clean["source"]["platformRecordId"],
        content_hash=_content_hash(clean),
        warnings=findings,
    )


def examine(
    document: JsonObject, *, received_at: datetime
) -> tuple[JsonObject, tuple[Finding, ...]]:
    """The clean record and all that can be said about it. Raises nothing."""
    oversized = tuple(check_bounds(document))
    if oversized:
        return {}, oversized
    clean: JsonObject = clean_record(document)
    return clean, without_repeats(_findings(document, clean, received_at))


def _findings(document: JsonObject, clean: JsonObject, received_at: datetime) -> Iterator[Finding]:
    yield from find_damage(document)  # before cleaning: the traces are control characters
    yield from check_shape(clean)
    for rule in (*RULES, *WARNINGS):
        yield from rule(clean, received_at)


def _content_hash(clean: JsonObject) -> str:
    content = {name: value for name, value in clean.items() if name not in _ISSUERS_OWN}
    content["source"] = {k: v for k, v in clean["source"].items() if k != "receivedAt"}
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
