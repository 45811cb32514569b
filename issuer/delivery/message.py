"""A mail as a message: addresses read strictly, headers that nobody can add to, plain text.

Follows RFC 5322 (Date, Message-ID), RFC 3834 (``Auto-Submitted``), RFC 6531 (addresses in all
scripts; a domain goes out in its ASCII form, so that only a local part in another script needs
a server that knows SMTPUTF8). No pixel, no counted link, nothing but text.

Leaves to others: sending (``smtp``), when (``mail``), the words (``letters``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from issuer import limits
from issuer.record.rules import is_email_address
from verifier.errors import Code, RefusedError

_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Every server takes seven bits."""
_NAMED = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAddress:
    """An address that a header can hold; ``name`` is shown beside it."""

    local: str = field(repr=False)
    domain: str
    """In ASCII (IDNA)."""
    name: str = field(default="", repr=False)

    @property
    def plain(self) -> str:
        """The address alone, as the server gets it."""
        return f"{self.local}@{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person. ``id`` makes its Message-ID: sent twice it is the same mail."""

    id: str
    to: MailAddress
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str


def parse_mail_address(value: str, *, pointer: str = "") -> MailAddress:
    """Read ``local@domain``. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    local, _, domain = value.rpartition("@")
    is_good = len(value) <= limits.MAIL_ADDRESS_CHARACTERS and value.isprintable()
    if is_good and is_email_address(value):
        try:
            return MailAddress(local=local, domain=domain.lower().encode("idna").decode("ascii"))
        except UnicodeError:  # no name of a domain, or too long as one
            is_good = False
    raise RefusedError(
        Code.MALFORMED_VALUE_ERROR, "This is not a usable e-mail address.", pointer=pointer
    )


def parse_sender(value: str) -> MailAddress:
    """Read ``local@domain`` or ``Name <local@domain>``. Raises ``RefusedError``."""
    match = _NAMED.fullmatch(value)
    if match is None:
        return parse_mail_address(value)
    address = parse_mail_address(match["address"])
    name = one_line(match["name"])
    return MailAddress(local=address.local, domain=address.domain, name=name)


def one_line(text: str) -> str:
    """``text`` as a header or a sentence can hold it: no line ends, no signs that nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def build_message(mail: Mail, *, sender: MailAddress, now: datetime) -> EmailMessage:
    """The message of ``mail``, dated ``now`` (aware)."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _header(sender)
    message["To"] = _header(mail.to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.body)
    message["Content-Language"] = mail.language
    return message


def _header(address: MailAddress) -> Address:
    return Address(display_name=address.name, username=address.local, domain=address.domain)
