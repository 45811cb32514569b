"""Mail over SMTP, against a real server: what arrives, and what each refusal becomes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from issuer.delivery.message import Mail, parse_mail_address
from issuer.delivery.smtp import (
    NotNowError,
    Security,
    ServerAwayError,
    SmtpMailer,
    SmtpServer,
    UndeliverableError,
)
from tests.issuer.delivery.mail_server import (
    PASSWORD,
    SENDER,
    USER,
    Postbox,
    make_certificate,
    quick,
    serving,
    text_of,
)

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def a_mail(to: str = "lead@host.example", **changes: str) -> Mail:
    values = {"subject": "Please confirm", "body": "Dear host,\n\nplease.\n", "language": "en"}
    return Mail(id="m1", to=parse_mail_address(to), **values | changes)


def test_what_arrives_is_plain_text_with_the_headers_of_a_machine() -> None:
    """Nobody's out-of-office answers it, and sent twice it is the same message."""
    box = Postbox()
    with serving(box) as server:
        mailer = quick(server)
        mailer.send(a_mail(), now=NOW)
        mailer.close()

    message = box.taken[0]
    assert ["lead@host.example"] == box.recipients
    assert "Example Issuer <noreply@issuer.example>" == message["From"]
    assert "Please confirm" == message["Subject"]
    assert "Tue, 01 Dec 2026 12:00:00 +0000" == message["Date"]
    assert "<m1@issuer.example>" == message["Message-ID"]
    assert "auto-generated" == message["Auto-Submitted"]
    assert "text/plain" == message.get_content_type()
    assert "Dear host,\n\nplease.\n" == text_of(message)


@pytest.mark.parametrize(
    ("to", "arrives_as"),
    [
        ("größe@host.example", "größe@host.example"),
        ("lead@bücher.example", "lead@xn--bcher-kva.example"),
        ("مديرة@شركة.example", "مديرة@xn--ogbpi5d.example"),
        ("o'neil+x@host.example", "o'neil+x@host.example"),
    ],
)
def test_addresses_in_every_script_arrive(to: str, arrives_as: str) -> None:
    """And so do subjects and texts."""
    box = Postbox()
    text = "عزيزتي ليلى، نرجو التأكيد. " * 20 + "\n"
    with serving(box, enable_SMTPUTF8=True) as server:
        mailer = quick(server)
        mailer.send(a_mail(to, subject="نرجو تأكيد مشروع Zoë", body=text), now=NOW)
        mailer.close()

    assert [arrives_as] == box.recipients
    assert "نرجو تأكيد مشروع Zoë" == box.taken[0]["Subject"]
    assert text == text_of(box.taken[0])


def test_an_address_in_another_script_needs_a_server_that_knows_them() -> None:
    """It will not know them tomorrow either."""
    with serving(Postbox(), enable_SMTPUTF8=False) as server:
        mailer = quick(server)
        with pytest.raises(UndeliverableError):
            mailer.send(a_mail("größe@host.example"), now=NOW)
        mailer.close()


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ({"rcpt_answer": "550 no such person"}, UndeliverableError),
        ({"rcpt_answer": "450 later, please"}, NotNowError),
        ({"data_answer": "554 looks like spam"}, NotNowError),
        ({"data_answer": "451 disk full"}, NotNowError),
        ({"hangs_up": True}, ServerAwayError),
    ],
)
def test_what_a_server_says_becomes_what_can_be_done(
    behaviour: dict[str, Any], error: type[Exception]
) -> None:
    """Only a refused address is final; the error repeats neither address nor answer."""
    with serving(Postbox(**behaviour)) as server:
        mailer = quick(server)
        with pytest.raises(error) as caught:
            mailer.send(a_mail(), now=NOW)
        mailer.close()

    assert error is caught.type
    assert "lead" not in str(caught.value)
    assert "please" not in str(caught.value)


def test_after_a_refused_mail_the_next_one_goes_over_the_same_connection() -> None:
    """One bad address stops nobody else."""
    box = Postbox(rcpt_answer="550 no such person")
    with serving(box) as server:
        mailer = quick(server)
        with pytest.raises(UndeliverableError):
            mailer.send(a_mail(), now=NOW)
        box.rcpt_answer = "250 OK"
        mailer.send(a_mail(), now=NOW)
        mailer.close()

    assert 1 == box.sessions
    assert 1 == len(box.taken)


@contextmanager
def silent() -> Iterator[SmtpServer]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        yield SmtpServer(host="127.0.0.1", port=port, security=Security.NONE, sender=SENDER)


def test_a_server_that_hangs_is_left_after_a_while() -> None:
    """And so is one that is not there at all."""
    with silent() as server, pytest.raises(ServerAwayError):
        SmtpMailer(server, timeout=0.2).send(a_mail(), now=NOW)

    with pytest.raises(ServerAwayError):
        SmtpMailer(server, timeout=0.2).send(a_mail(), now=NOW)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_over_tls_with_a_password(security: Security, tmp_path: Path) -> None:
    """Both ways of encrypting, with a certificate that is checked."""
    box, certificate = Postbox(), make_certificate(tmp_path)
    tls: dict[str, Any] = (
        {"ssl_context": certificate.server, "auth_require_tls": False}
        if security is Security.TLS
        else {"tls_context": certificate.server, "auth_required": True}
    )
    with serving(box, authenticator=box.log_in, **tls) as server:
        encrypted = SmtpServer(
            host=server.host,
            port=server.port,
            security=security,
            sender=SENDER,
            user=USER,
            password=PASSWORD,
        )
        mailer = SmtpMailer(encrypted, trust=certificate.client, timeout=5)
        mailer.send(a_mail(), now=NOW)
        mailer.close()
        stranger = SmtpMailer(encrypted, timeout=5)  # trusts the world's authorities alone
        with pytest.raises(ServerAwayError):
            stranger.send(a_mail(), now=NOW)

    assert 1 == len(box.taken)
    assert [USER.encode()] == box.logins


def test_a_wrong_password_is_the_operators_to_mend(tmp_path: Path) -> None:
    """No mail is given up for it."""
    box, certificate = Postbox(), make_certificate(tmp_path)
    with serving(
        box, authenticator=box.log_in, tls_context=certificate.server, auth_required=True
    ) as server:
        mailer = SmtpMailer(
            SmtpServer(
                host=server.host,
                port=server.port,
                security=Security.STARTTLS,
                sender=SENDER,
                user=USER,
                password="wrong",
            ),
            trust=certificate.client,
            timeout=5,
        )
        with pytest.raises(ServerAwayError):
            mailer.send(a_mail(), now=NOW)

    assert [] == box.taken


def test_without_the_encryption_that_was_agreed_nothing_is_said() -> None:
    """A server, or somebody before it, that offers no STARTTLS gets neither password nor mail."""
    box = Postbox()
    with serving(box, authenticator=box.log_in, auth_require_tls=False) as server:
        mailer = quick(server, security=Security.STARTTLS, user=USER, password=PASSWORD)
        with pytest.raises(ServerAwayError):
            mailer.send(a_mail(), now=NOW)

    assert [] == box.logins
    assert [] == box.taken


def test_a_connection_that_ended_meanwhile_is_opened_again() -> None:
    """The mail that met the dead one waits; the next one goes."""
    box = Postbox(hangs_up=True)
    with serving(box) as server:
        mailer = quick(server)
        with pytest.raises(ServerAwayError):
            mailer.send(a_mail(), now=NOW)
        box.hangs_up = False
        mailer.send(a_mail(), now=NOW)
        mailer.close()

    assert 1 == len(box.taken)
