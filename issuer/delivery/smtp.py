"""Mail over SMTP (RFC 5321): one server of ours takes everything.

Off this machine nothing travels unencrypted: ``smtps`` speaks TLS from the start, ``smtp``
switches to it (RFC 3207) or gives up. Certificates are checked, passwords go over TLS alone.
What a server answers becomes one of three errors, by what there is to do about it.

Leaves to others: what is sent and when it is tried again (``mail``).
"""

from __future__ import annotations

import smtplib
import ssl
import threading
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol

from issuer import limits
from issuer.delivery.message import Mail, MailAddress, build_message


class Security(StrEnum):
    """How the connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """To a server on this very machine, and nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mail goes. ``password`` is empty without ``user``."""

    host: str
    port: int
    security: Security
    sender: MailAddress
    user: str = ""
    password: str = field(default="", repr=False)


class UndeliverableError(Exception):
    """The server says that this address takes no mail: asking again will not help."""


class NotNowError(Exception):
    """This mail was not taken. Another time it may be."""


class ServerAwayError(NotNowError):
    """The server does not answer, or not as agreed: no other mail would fare better now."""


class Mailer(Protocol):
    """What takes mails."""

    def send(self, mail: Mail, *, now: datetime) -> None:
        """Hand one mail over. Raises ``UndeliverableError``, ``NotNowError``,
        ``ServerAwayError``. After another error than the first it may have been taken."""

    def close(self) -> None:
        """Give the connection back."""


class SmtpMailer:
    """A server, and the one connection to it that is used for as long as it works. Safe to share
    between threads, which take turns."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        trust: ssl.SSLContext | None = None,
        timeout: float = limits.SMTP_SECONDS,
    ) -> None:
        self._server = server
        self._trust = trust or ssl.create_default_context()
        self._timeout = timeout
        self._client: smtplib.SMTP | None = None
        self._turn = threading.RLock()

    def send(self, mail: Mail, *, now: datetime) -> None:
        """As ``Mailer.send``. The error says nothing of address and text."""
        message = build_message(mail, sender=self._server.sender, now=now)
        with self._turn:
            self._hand_over(message, mail.to.plain)

    def _hand_over(self, message: EmailMessage, recipient: str) -> None:
        try:
            client = self._connected()
            client.send_message(message, self._server.sender.plain, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error) from None
        except smtplib.SMTPNotSupportedError:
            raise UndeliverableError("The server knows no addresses in this script.") from None
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            raise NotNowError(f"The server answered {error.smtp_code}.") from None
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ServerAwayError(type(error).__name__) from None

    def close(self) -> None:
        """Say good-bye, if anybody is there."""
        with self._turn:
            if self._client is not None:
                try:
                    self._client.quit()
                except (smtplib.SMTPException, OSError):
                    self._client.close()
            self._client = None

    def _connected(self) -> smtplib.SMTP:
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security is Security.TLS:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=self._trust
            )
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            self._introduce(client)
        except (smtplib.SMTPException, OSError) as error:
            client.close()
            raise ServerAwayError(type(error).__name__) from None
        return client

    def _introduce(self, client: smtplib.SMTP) -> None:
        if self._server.security is Security.STARTTLS:
            client.starttls(context=self._trust)
        if self._server.user:
            client.login(self._server.user, self._server.password)

    def _drop(self) -> None:
        """After a fault the state of the connection is anybody's guess."""
        if self._client is not None:
            self._client.close()
        self._client = None


def _refused(error: smtplib.SMTPRecipientsRefused) -> Exception:
    """A 5xx is about the address; a 4xx (a greylist, a full box) passes."""
    code = max(code for code, _ in error.recipients.values())
    if 500 <= code <= 599:
        return UndeliverableError(f"The server answered {code}.")
    return NotNowError(f"The server answered {code}.")
