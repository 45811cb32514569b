"""A real mail server on loopback: takes, refuses, hangs or hangs up, with and without TLS."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTPUTF8
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuer.delivery.message import parse_sender
from issuer.delivery.smtp import Security, SmtpMailer, SmtpServer

SENDER: Final = parse_sender("Example Issuer <noreply@issuer.example>")
USER, PASSWORD = "issuer", "correct horse"


@dataclass(slots=True)
class Postbox:
    """What a server took, and how it behaves: by what is asked for first."""

    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    rcpt_answer: str = "250 OK"
    data_answer: str = "250 OK"
    hangs_up: bool = False
    sessions: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return lines

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs_up:
            assert server.transport is not None
            server.transport.abort()
            return "250 nobody hears this"
        if self.data_answer.startswith("250"):
            self.recipients += envelope.rcpt_tos
            content = envelope.content
            assert isinstance(content, bytes)
            parsed: Any = BytesParser(policy=SMTPUTF8).parsebytes(content)
            self.taken.append(parsed)
        return self.data_answer

    def log_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()))


@contextmanager
def serving(box: Postbox, **options: Any) -> Iterator[SmtpServer]:
    """``box`` behind a server on a free port, for as long as it is served."""
    tls = options.pop("ssl_context", None)
    controller = Controller(
        box, hostname="127.0.0.1", port=_free_port(), ssl_context=tls, **options
    )
    controller.start()
    try:
        yield SmtpServer(
            host="127.0.0.1", port=controller.port, security=Security.NONE, sender=SENDER
        )
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def text_of(message: EmailMessage) -> str:
    """What a person reads."""
    text: str = message.get_content()
    return text.replace("\r\n", "\n")


def quick(server: SmtpServer, **changes: Any) -> SmtpMailer:
    """A mailer that does not wait long."""
    return SmtpMailer(replace(server, **changes), timeout=5)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One for 127.0.0.1: what the server shows, and what trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def make_certificate(folder: Path) -> Certificate:
    """A key and a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = folder / "mail.pem"
    chain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(chain)
    return Certificate(server=server, client=ssl.create_default_context(cafile=str(chain)))
