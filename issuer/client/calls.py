"""The calls of a platform, one method each.

Leaves to others: trying again (``transport``), reading answers (``answers``).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote
from uuid import uuid4

from issuer.client.answers import (
    BatchItem,
    Consent,
    Event,
    EventPage,
    Offer,
    Outcome,
    Row,
    Signed,
    read_batch,
    read_event_page,
    read_issuances,
    read_offer,
    read_offer_page,
    read_outcome,
    read_rows,
    read_signed,
)
from issuer.client.transport import NOTHING, Answered, Patience, Query, Transport
from verifier.strict_json import JsonObject

ATTEMPTS: Final = 5
"""Tries of one call: with the waits between them some ten seconds, longer where the service asks
for it."""
TIMEOUT_SECONDS: Final = 30.0
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


def new_key() -> str:
    """A name for one call that nobody used before."""
    return uuid4().hex


class IssuerClient:
    """The issuer at ``base_url``, as the tenant of ``api_key`` sees it.

    ``issuer`` is the name of one of several issuers of the tenant. Use it in a ``with`` block or
    call ``close``; it may be used by several threads. Every method raises ``ClientError``.
    ``idempotency_key`` is made for each call unless the caller has one, such as the number of a
    job of its own: then the call may be repeated even after a restart of the caller.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        issuer: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if issuer is not None and not _NAME.fullmatch(issuer):
            raise ValueError("the name of an issuer has letters, digits and hyphens")
        if attempts < 1:
            raise ValueError("a call is tried at least once")
        patience = Patience(attempts=attempts, sleep=sleep)
        self._transport = Transport(base_url, api_key, timeout=timeout, patience=patience)
        self._below = f"/issuers/{issuer}" if issuer else ""

    def __repr__(self) -> str:
        return f"IssuerClient({self._transport!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def complete(
        self,
        record: JsonObject,
        *,
        consent: Consent | None = None,
        holder: str | None = None,
        share: bool = False,
        idempotency_key: str | None = None,
    ) -> Outcome:
        """Send a completed micro-internship: the credential, or for whom it waits.

        ``holder`` is a DID of the learner's wallet; ``share`` asks for a share link. Raises
        ``RecordRefusedError`` with the findings, ``ConflictError`` for a record that was issued
        with other content.
        """
        body = completion_body(record, consent=consent, holder=holder, share=share)
        answer = self._post(f"{self._below}/completions", body, idempotency_key)
        return read_outcome(answer.body, answer.location)

    def complete_batch(
        self,
        completions: Iterable[JsonObject],
        *,
        idempotency_key: str | None = None,
    ) -> tuple[BatchItem, ...]:
        """Send many bodies of ``completion_body``; each has an answer of its own, in order."""
        body: JsonObject = {"completions": list(completions)}
        answer = self._post(f"{self._below}/completions/batch", body, idempotency_key)
        return read_batch(answer.body)

    def import_rows(
        self,
        profile: str,
        payload: JsonObject,
        *,
        consent: Consent | None = None,
        share: bool = False,
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> tuple[Row, ...]:
        """Send a payload in the platform's own form, which the mapping profile reads. With
        ``dry_run`` nothing is stored."""
        body = {"payload": payload, **_terms(consent, share)}
        path = f"{self._below}/imports/{quote(profile, safe='')}"
        query: Query = {"dryRun": "1"} if dry_run else NOTHING
        return read_rows(self._post(path, body, idempotency_key, query).body)

    def issue(
        self,
        document: JsonObject,
        *,
        mandatory_pointers: Iterable[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Signed:
        """Have a document of your own signed as it is (VC-API)."""
        options = (
            {}
            if mandatory_pointers is None
            else {"options": {"mandatoryPointers": list(mandatory_pointers)}}
        )
        body: JsonObject = {"credential": document, **options}
        answer = self._post(f"{self._below}/credentials/issue", body, idempotency_key)
        return read_signed(answer.body, answer.location)

    def revoke(
        self, credential_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> tuple[str, ...]:
        """Withdraw for good, by a credential's id or the id of one issuance: the issuances
        concerned. Doing it again is no error."""
        return self._set(credential_id, "revocation", True, reason, idempotency_key)

    def suspend(
        self, credential_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> tuple[str, ...]:
        """Put on hold. Raises ``ConflictError`` where the credential cannot tell of it."""
        return self._set(credential_id, "suspension", True, reason, idempotency_key)

    def reinstate(
        self, credential_id: str, *, idempotency_key: str | None = None
    ) -> tuple[str, ...]:
        """End a hold."""
        return self._set(credential_id, "suspension", False, None, idempotency_key)

    def fetch(self, issuance_id: str) -> JsonObject:
        """A signed credential again. Raises ``NotFoundError``."""
        return self._transport.get(f"/credentials/{quote(issuance_id, safe='')}").body

    def offer(self, offer_id: str) -> Offer:
        """How one offer stands. Raises ``NotFoundError``."""
        return read_offer(self._transport.get(f"/offers/{quote(offer_id, safe='')}").body)

    def offers(self, *, state: str | None = None, limit: int = 100) -> Iterator[Offer]:
        """Every offer, oldest first, or those in one state; page by page."""
        query: dict[str, str | int | list[str]] = {"limit": limit}
        if state is not None:
            query["state"] = state
        page = read_offer_page(self._transport.get("/offers", query).body)
        yield from page.offers
        while page.has_more and page.after is not None:
            query["after"] = page.after
            page = read_offer_page(self._transport.get("/offers", query).body)
            yield from page.offers

    def event_page(
        self, *, after: str | None = None, kinds: Iterable[str] = (), limit: int = 100
    ) -> EventPage:
        """The events after a cursor, oldest first; what is there now, and no waiting.

        Raises ``NotFoundError`` (``CURSOR_GONE``) for a cursor whose event is not there any more.
        """
        query: dict[str, str | int | list[str]] = {"limit": limit, "kind": list(kinds)}
        if after is not None:
            query["after"] = after
        return read_event_page(self._transport.get("/events", query).body)

    def events(
        self, *, after: str | None = None, kinds: Iterable[str] = (), limit: int = 100
    ) -> Iterator[Event]:
        """Every event after a cursor that is there now. Keep the ``cursor`` of the last one that
        you have dealt with, and go on from it next time."""
        wanted = tuple(kinds)
        page = self.event_page(after=after, kinds=wanted, limit=limit)
        yield from page.events
        while page.has_more:
            page = self.event_page(after=page.after, kinds=wanted, limit=limit)
            yield from page.events

    def _set(
        self,
        credential_id: str,
        purpose: str,
        value: bool,
        reason: str | None,
        idempotency_key: str | None,
    ) -> tuple[str, ...]:
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
        body: JsonObject = {
            "credentialId": credential_id,
            "credentialStatus": entry,
            "status": value,
        }
        told = body if reason is None else body | {"reason": reason}
        return read_issuances(
            self._post(f"{self._below}/credentials/status", told, idempotency_key).body
        )

    def _post(
        self,
        path: str,
        body: JsonObject,
        idempotency_key: str | None,
        query: Query = NOTHING,
    ) -> Answered:
        data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        key = idempotency_key or new_key()
        return self._transport.post(path, data, idempotency_key=key, query=query)


def completion_body(
    record: JsonObject,
    *,
    consent: Consent | None = None,
    holder: str | None = None,
    share: bool = False,
) -> JsonObject:
    """The body of one completion, as ``complete`` sends it and ``complete_batch`` takes it."""
    named = {} if holder is None else {"holder": {"id": holder}}
    return {"record": record, **_terms(consent, share), **named}


def _terms(consent: Consent | None, share: bool) -> JsonObject:
    given = {} if consent is None else {"learnerConsent": consent.to_json()}
    return {**given, "share": share}
