"""Asking a host to confirm the work, and what becomes of the answer.

The host gets a link by mail, is reminded after five and ten days, and after 14 days the platform
may confirm in the host's place what it knows; the record then says who did (domain §1.9, §2.2).
Confirmed facts go into the record. A fact that the host denies or would change goes back to the
platform with the host's words; those words are kept beside the record and in no credential.

An address is kept for as long as its owner may still be reminded.

Leaves to others: the words of the mail (``letters``), the page (``issuer.web.attest``), the clock
(``issuer.offer_clock``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.delivery.letters import attestation_letter
from issuer.delivery.mail import MailKind, queue_mail
from issuer.delivery.message import MailAddress, parse_mail_address
from issuer.office import Office
from issuer.record import Record
from issuer.secret_links import LinkKind, SecretLink, hash_of, token_of
from issuer.store.asking import AttestationRow
from issuer.store.ports import Unit
from issuer.store.rows import IssuerRow, OfferRow
from verifier.date_time_stamp import format_instant
from verifier.presentation.words import choose_language
from verifier.strict_json import JsonObject, parse_json_object

FIRST_REMINDER: Final = timedelta(days=limits.REMINDER_DAYS[0])
STALLED_AFTER: Final = timedelta(days=limits.STALLED_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attester:
    """Who is asked: an address, and the language (BCP 47) to write in, if it is known."""

    address: MailAddress = field(repr=False)
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactAnswer:
    """What the host said of one fact that is not as it should be. ``verdict`` is ``change`` or
    ``deny``."""

    fact: str
    verdict: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAnswer:
    """A whole answer. ``role`` and ``name`` are what may be shown, ``None`` where the person did
    not agree; ``objections`` is empty where everything is right."""

    objections: tuple[FactAnswer, ...]
    role: str | None
    name: str | None = field(repr=False)
    statement: str


def ask(
    office: Office,
    unit: Unit,
    offer: OfferRow,
    record: Record,
    issuer: IssuerRow,
    attester: Attester | None,
    *,
    now: datetime,
) -> None:
    """Ask the host about ``offer`` (new, or with new facts) in this transaction.

    The person who was asked before is asked again under the same link, another one under a new
    link, which ends the old one. Without an address nobody is written to until one is sent.
    """
    before = unit.attestations.get(offer.id)
    address = attester.address if attester else _address(before)
    language = _language(attester, before, record)
    is_same = before is not None and (attester is None or attester.address.plain == before.email)
    link_id = before.link_id if before is not None and is_same else uuid4().hex
    row = AttestationRow(
        tenant_id=unit.tenant_id,
        id=offer.id,
        link_id=link_id,
        token_hash=hash_of(token_of(office, link_of(link_id))),
        email=address.plain if address else None,
        language=language,
        asked_at=now,
        reminders=0,
        due=now + (FIRST_REMINDER if address else STALLED_AFTER),
        stalled_at=None,
        answered_at=None,
        answers=None,
    )
    if before is None:
        unit.attestations.add(row)
    else:
        unit.attestations.replace(row)
    write(unit, row, record, issuer, kind=MailKind.ATTESTATION, now=now)


def write(
    unit: Unit,
    row: AttestationRow,
    record: Record,
    issuer: IssuerRow,
    *,
    kind: MailKind,
    now: datetime,
) -> None:
    """Queue the letter to the host, if there is an address."""
    address = _address(row)
    if address is not None:
        letter = attestation_letter(
            record,
            issuer,
            to=address,
            language=row.language,
            kind=kind,
            link=link_of(row.link_id),
        )
        queue_mail(unit, letter, subject_id=row.id, now=now)


def link_of(link_id: str) -> SecretLink:
    """The host's link."""
    return SecretLink(kind=LinkKind.ATTEST, id=link_id)


def _address(row: AttestationRow | None) -> MailAddress | None:
    return parse_mail_address(row.email) if row is not None and row.email else None


def _language(attester: Attester | None, before: AttestationRow | None, record: Record) -> str:
    """One of ours: what was asked for, else what was used before, else the record's own."""
    if attester is not None and attester.language:
        return choose_language(attester.language)
    if before is not None and attester is None:
        return before.language
    return choose_language(record.document["inLanguage"])


# --- what an answer does to a record ------------------------------------------------------


def attested(record: Record, answer: HostAnswer, *, now: datetime, generic_role: str) -> JsonObject:
    """The document of ``record`` with the host's word. Where the role may not be shown,
    ``generic_role`` stands for it."""
    said: JsonObject = {
        "by": "host",
        "role": answer.role or generic_role,
        "method": "signedLink",
        "at": format_instant(now),
        "statement": answer.statement,
    }
    supervisor = _supervisor(record, answer)
    shown = {"supervisor": supervisor} if supervisor else {}
    return _with_word(record, said, by="host", now=now) | shown


def attested_on_behalf(record: Record, *, statement: str, now: datetime) -> JsonObject:
    """The same with the platform's word in the host's place, marked as the platform's."""
    said: JsonObject = {
        "by": "platform",
        "role": "platform",
        "method": "platformAction",
        "at": format_instant(now),
        "statement": statement,
    }
    return _with_word(record, said, by="platform", now=now)


def _with_word(record: Record, said: JsonObject, *, by: str, now: datetime) -> JsonObject:
    document = record.document
    others = [it for it in document.get("attestations", []) if it["by"] != by]
    return document | {
        "attestations": [*others, said],
        "lifecycle": [*document.get("lifecycle", []), step("attested", now, by=by)],
    }


def _supervisor(record: Record, answer: HostAnswer) -> JsonObject | None:
    """What is known of the supervisor, as the supervisor agreed to its being shown."""
    known: JsonObject = dict(record.document.get("supervisor") or {})
    known.pop("name", None)
    if not known and answer.role is None:
        return None
    if answer.role is not None:
        known["role"] = answer.role
    name = {"name": answer.name} if answer.name else {}
    return known | name | {"nameConsent": answer.name is not None}


def step(what: str, at: datetime, *, by: str) -> JsonObject:
    """A line of a record's own history."""
    return {"event": what, "at": format_instant(at), "by": by}


# --- the host's words ---------------------------------------------------------------------


def objections_to_text(objections: tuple[FactAnswer, ...]) -> str:
    """The host's words as the store keeps them."""
    found = [{"fact": it.fact, "answer": it.verdict, "words": it.words} for it in objections]
    return json.dumps({"objections": found}, ensure_ascii=False)


def read_objections(row: AttestationRow) -> list[JsonObject]:
    """The host's words as the platform and the learner get them."""
    if row.answers is None:
        return []
    found: list[JsonObject] = parse_json_object(row.answers.encode())["objections"]
    return found


def answered(row: AttestationRow, answer: HostAnswer, now: datetime) -> AttestationRow:
    """The question, answered: nobody is reminded any more."""
    words = objections_to_text(answer.objections) if answer.objections else None
    return replace(row, email=None, due=None, answered_at=now, answers=words)
