"""Addresses and headers: strict, and closed to whoever would add to them."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTPUTF8

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from issuer.delivery.message import (
    Mail,
    build_message,
    one_line,
    parse_mail_address,
    parse_sender,
)
from verifier.errors import RefusedError

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SENDER = parse_sender("Example Issuer <noreply@issuer.example>")
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "Content-Language", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        "", "lead", "@host.example", "lead@", "lead@host", "a b@host.example", "lead@-host.example",
        "lead@host.example\r\nBcc: all@host.example", "lead\x00@host.example", "<a@host.example>",
        "a@b@host.example", "a,b@host.example", "a\u202e@host.example", "a" * 65 + "@host.example",
        "a@" + "b." * 130 + "example", "a@" + "ü" * 63 + ".example", '"a b"@host.example',
    ],
)  # fmt: skip
def test_what_is_no_usable_address_is_refused(value: str) -> None:
    """Also what would be one to somebody else: quoted forms, lists, line ends."""
    with pytest.raises(RefusedError):
        parse_mail_address(value)


@given(st.text() | st.emails())
@example("ß@ß.example")
def test_an_address_is_read_or_refused(value: str) -> None:
    """No text makes reading one raise anything else, and what was read fits into a header."""
    try:
        address = parse_mail_address(value)
    except RefusedError:
        return

    mail = Mail(id="m", to=address, subject="s", body="b", language="en")
    assert address.plain in str(build_message(mail, sender=SENDER, now=NOW)["To"])


@given(
    subject=st.text(),
    body=st.text(),
    name=st.text(alphabet=st.characters(exclude_categories=["Cs"])),
)
@example(subject="x\r\nBcc: a@b.example", body="\r\n.\r\nMAIL FROM:<a@b>", name="a\nTo: x")
def test_nobody_adds_a_header(subject: str, body: str, name: str) -> None:
    """Whatever a subject and a name hold, the message has our headers, each once."""
    sender = parse_sender(
        f"{one_line(name).translate(dict.fromkeys(map(ord, '<>')))} <a@b.example>"
    )
    mail = Mail(
        id="m", to=parse_mail_address("x@y.example"), subject=subject,
        body=body.encode("utf-8", "replace").decode(), language="en",
    )  # fmt: skip

    sent = build_message(mail, sender=sender, now=NOW).as_bytes()

    read = message_from_bytes(sent, policy=SMTPUTF8)
    assert sorted(HEADERS) == sorted(read.keys())
    assert b"x@y.example" in sent


def test_a_sender_may_have_a_name() -> None:
    """With signs that mean something in a header, too."""
    sender = parse_sender('Müller, "Söhne" <noreply@issuer.example>')
    mail = Mail(id="m", to=parse_mail_address("x@y.example"), subject="s", body="b", language="en")

    read = message_from_bytes(
        build_message(mail, sender=sender, now=NOW).as_bytes(), policy=SMTPUTF8
    )

    assert ['Müller, "Söhne"'] == [it.display_name for it in read["From"].addresses]
    assert "noreply@issuer.example" == sender.plain
