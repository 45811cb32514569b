"""The intent of an issuance: all that building it needs, written down before anything is built.

Kept as JSON with the reservation (step 3), so that a call repeated after a crash, or
``self-check``, builds the very same document: same id, same times, same salt.

Leaves to others: the record, which has a row of its own; when an intent is written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from issuer.projection.disclosure import MANDATORY_OF_RECORDS
from verifier.date_time_stamp import format_instant, parse_instant
from verifier.strict_json import JsonObject, parse_json_object


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordIntent:
    """A credential to project from a record. ``seed`` is where its salts come from."""

    credential_id: str
    created: datetime
    seed: str = field(repr=False)
    share_id: str | None

    @property
    def mandatory(self) -> tuple[str, ...]:
        """What a holder of a work record of ours can never leave out."""
        return MANDATORY_OF_RECORDS

    def to_text(self) -> str:
        """The intent as it is stored."""
        return json.dumps(
            {
                "kind": "record",
                "credentialId": self.credential_id,
                "created": format_instant(self.created),
                "seed": self.seed,
                "shareId": self.share_id,
            }
        )

    def salts(self) -> Callable[[], str]:
        """New salts (32 hex digits) at each call, the same ones for the same intent."""
        numbers = count()

        def salt() -> str:
            return hashlib.sha256(f"{self.seed}|{next(numbers)}".encode()).hexdigest()[:32]

        return salt


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIntent:
    """A caller's own document to sign as it is. ``mandatory`` are JSON Pointers, or ``None``
    where the caller named none."""

    document: JsonObject = field(repr=False)
    created: datetime
    mandatory: tuple[str, ...] | None = None

    def to_text(self) -> str:
        """The intent as it is stored."""
        named = {} if self.mandatory is None else {"mandatory": list(self.mandatory)}
        return json.dumps(
            {
                "kind": "document",
                "created": format_instant(self.created),
                "document": self.document,
                **named,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIntent:
    """A further credential that we built ourselves (``issuer.further``), but for its status
    entries. ``mandatory`` as in ``DocumentIntent``; ``agreed_at`` is kept, and says when the one
    whom it is about said yes."""

    document: JsonObject = field(repr=False)
    created: datetime
    share_id: str | None
    mandatory: tuple[str, ...] | None = None
    agreed_at: datetime | None = None

    def to_text(self) -> str:
        """The intent as it is stored."""
        named = {} if self.mandatory is None else {"mandatory": list(self.mandatory)}
        agreed = {} if self.agreed_at is None else {"agreedAt": format_instant(self.agreed_at)}
        return json.dumps(
            {
                "kind": "own",
                "created": format_instant(self.created),
                "document": self.document,
                "shareId": self.share_id,
                **named,
                **agreed,
            },
            ensure_ascii=False,
        )


Intent = RecordIntent | DocumentIntent | OwnIntent


def parse_intent(text: str) -> Intent:
    """Read what ``to_text`` wrote. Raises ``RefusedError`` for anything else."""
    stored = parse_json_object(text.encode(), max_bytes=len(text.encode()))
    created = parse_instant(stored["created"]).at
    named = stored.get("mandatory")
    mandatory = None if named is None else tuple(named)
    if stored["kind"] == "document":
        return DocumentIntent(document=stored["document"], created=created, mandatory=mandatory)
    if stored["kind"] == "own":
        return OwnIntent(
            document=stored["document"],
            created=created,
            share_id=stored["shareId"],
            mandatory=mandatory,
            agreed_at=parse_instant(stored["agreedAt"]).at if "agreedAt" in stored else None,
        )
    return RecordIntent(
        credential_id=stored["credentialId"],
        created=created,
        seed=stored["seed"],
        share_id=stored["shareId"],
    )
