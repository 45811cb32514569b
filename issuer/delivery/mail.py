"""The outbox of mails: written with what a mail is about, sent later, then forgotten.

A mail is queued in the caller's transaction, so there is none about what did not happen. It is
sent at least once: a process that ends between the server's yes and our note of it sends it
again, under the same Message-ID. After a try that failed it waits, longer each time; after the
last one it is dead, and the operator is told (``python -m issuer mail list``).

What is left of a mail that was sent or could not be delivered: its kind, what it was about, and
when. A link in it is made when it is sent; its token never stands in the store.

Leaves to others: the words, the server (``smtp``), running this again and again (the worker).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import uuid4

from issuer import limits, sandbox
from issuer.delivery.message import Mail, MailAddress, one_line, parse_mail_address
from issuer.delivery.smtp import Mailer, NotNowError, ServerAwayError, UndeliverableError
from issuer.events import Kind, tell
from issuer.office import Office
from issuer.secret_links import SecretLink, url_of
from issuer.store.mails import DueMail, MailRow, MailState
from issuer.store.ports import Unit
from verifier.presentation.words import LANGUAGES, words

LINK_PLACE: Final = "\ufffc"
"""Where the link goes in a body: a sign that stands for something else, and in no text."""


class MailKind(StrEnum):
    """What a mail is for."""

    ATTESTATION = "attestation"
    """A host is asked to confirm the work."""
    ATTESTATION_REMINDER = "attestationReminder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail before it is queued. The body is plain text; where it holds ``LINK_PLACE`` (once)
    the address of ``link`` goes."""

    kind: MailKind
    to: MailAddress
    language: str
    subject: str = field(repr=False)
    body: str = field(repr=False)
    link: SecretLink | None = None


def plain_line(text: str) -> str:
    """What somebody wrote, for one line of a letter."""
    return one_line(text.replace(LINK_PLACE, " "))


def queue_mail(
    unit: Unit, letter: Letter, *, subject_id: str, now: datetime, due: datetime | None = None
) -> str:
    """Let ``letter`` about ``subject_id`` wait in this transaction, until ``due``; its id. One
    about an offer of a sandbox says so before anything else."""
    letter = _marked(unit, letter, subject_id)
    row = MailRow(
        tenant_id=unit.tenant_id,
        id=uuid4().hex,
        kind=letter.kind.value,
        subject_id=subject_id,
        recipient=letter.to.plain,
        language=letter.language,
        subject=one_line(letter.subject)[: limits.MAIL_SUBJECT_CHARACTERS],
        body=letter.body[: limits.MAIL_BODY_CHARACTERS],
        link=letter.link.to_text() if letter.link else None,
        state=MailState.WAITING,
        attempts=0,
        due=due or now,
        created=now,
        settled_at=None,
    )
    unit.mails.add(row)
    return row.id


def _marked(unit: Unit, letter: Letter, subject_id: str) -> Letter:
    offer = unit.offers.get(subject_id)
    issuer = unit.issuers.get(offer.issuer_id) if offer else None
    if issuer is None or not issuer.is_sandbox:
        return letter
    says = words(letter.language if letter.language in LANGUAGES else LANGUAGES[0])["share.test"]
    return replace(
        letter,
        subject=sandbox.prefix_in(letter.language) + letter.subject,
        body=f"{says}\n\n{letter.body}",
    )


def send_due(office: Office, mailer: Mailer | None, now: datetime) -> int:
    """Send what is due at ``now``, at most ``limits.MAILS_AT_ONCE``; how many were sent.

    Without a mailer everything waits. When the server is away the rest waits for the next time.
    """
    if mailer is None:
        return 0
    with office.store.deployment() as unit:
        due = unit.due_mails(now, limits.MAILS_AT_ONCE)
    sent = 0
    try:
        for mail in due:
            sent += _send_one(office, mailer, mail, now)
    except ServerAwayError:
        return sent
    finally:
        mailer.close()
    return sent


def deliver(office: Office, now: datetime) -> int:
    """``send_due`` through the office's own mailer, for a worker."""
    return send_due(office, office.mailer, now)


def _send_one(office: Office, mailer: Mailer, due: DueMail, now: datetime) -> int:
    """How many mails left: one or none. Raises ``ServerAwayError`` once the mail waits again."""
    lease = now + timedelta(seconds=limits.MAIL_LEASE_SECONDS)
    with office.store.begin(due.tenant_id) as unit:
        row = unit.mails.claim(due.id, now, lease)
    if row is None:
        return 0
    try:
        mailer.send(_mail(office, row), now=now)
    except UndeliverableError:
        _settle(office, row, MailState.UNDELIVERABLE, now)
        return 0
    except NotNowError as error:
        _try_again(office, row, now)
        if isinstance(error, ServerAwayError):
            raise
        return 0
    _settle(office, row, MailState.SENT, now)
    return 1


def _mail(office: Office, row: MailRow) -> Mail:
    body = row.body or ""
    if row.link is not None:
        body = body.replace(LINK_PLACE, url_of(office, SecretLink.from_text(row.link)))
    return Mail(
        id=row.id,
        to=parse_mail_address(row.recipient or ""),
        subject=row.subject or "",
        body=body,
        language=row.language,
    )


def _settle(office: Office, row: MailRow, state: MailState, now: datetime) -> None:
    with office.store.begin(row.tenant_id) as unit:
        if unit.mails.settle(row, state, now) and state is MailState.UNDELIVERABLE:
            _tell_undeliverable(unit, row, now)


def _tell_undeliverable(unit: Unit, row: MailRow, now: datetime) -> None:
    """Whoever made the offer can send another address. Its state says whose is wrong."""
    offer = unit.offers.get(row.subject_id)
    if offer is not None:
        data = {"offerId": offer.id, "state": offer.state.value}
        tell(unit, Kind.OFFER_UNDELIVERABLE, subject=offer.id, data=data, now=now)


def _try_again(office: Office, row: MailRow, now: datetime) -> None:
    if row.attempts >= limits.MAIL_ATTEMPTS:
        _settle(office, row, MailState.DEAD, now)
        return
    with office.store.begin(row.tenant_id) as unit:
        unit.mails.delay(row, now + _wait(office, row.attempts))


def _wait(office: Office, attempts: int) -> timedelta:
    """A minute, four, sixteen … up to six hours, and up to a quarter more, so that mails that
    failed together do not come back together."""
    seconds = min(60 * 4 ** (attempts - 1), limits.MAIL_WAIT_SECONDS)
    return timedelta(seconds=seconds + office.randbelow(seconds // 4))
