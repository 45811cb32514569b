"""The mail server, read from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from issuer.delivery.smtp import Security
from issuer.errors import RefusedStartError
from issuer.settings import Settings

FROM = {"ISSUER_MAIL_FROM": "Example <noreply@issuer.example>"}


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtps://mail.example", 465, Security.TLS),
        ("smtp://mail.example", 587, Security.STARTTLS),
        ("smtp://mail.example:25", 25, Security.STARTTLS),
        ("smtp://127.0.0.1:1025", 1025, Security.NONE),
        ("smtps://localhost:1465", 1465, Security.TLS),
    ],
)
def test_off_this_machine_mail_is_encrypted(url: str, port: int, security: Security) -> None:
    """Whatever the address says."""
    smtp = Settings.from_env(FROM | {"ISSUER_SMTP_URL": url}).smtp

    assert smtp is not None
    assert (port, security) == (smtp.port, smtp.security)
    assert "noreply@issuer.example" == smtp.sender.plain


def test_the_password_stands_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    """Not in the address, not in what the settings look like in a log."""
    path = tmp_path / "password"
    path.write_text("pässword\n", encoding="utf-8")
    environ = FROM | {
        "ISSUER_SMTP_URL": "smtps://us%40er@mail.example",
        "ISSUER_SMTP_PASSWORD_FILE": str(path),
    }

    settings = Settings.from_env(environ)

    assert settings.smtp is not None
    assert ("us@er", "pässword") == (settings.smtp.user, settings.smtp.password)
    assert "pässword" not in repr(settings)


@pytest.mark.parametrize(
    "environ",
    [
        {"ISSUER_SMTP_URL": "smtp://mail.example"},
        FROM,
        FROM | {"ISSUER_SMTP_URL": "http://mail.example"},
        FROM | {"ISSUER_SMTP_URL": "smtp://"},
        FROM | {"ISSUER_SMTP_URL": "smtp://mail.example:x"},
        FROM | {"ISSUER_SMTP_URL": "smtp://mail.example/path"},
        FROM | {"ISSUER_SMTP_URL": "smtps://user@mail.example"},
        FROM | {"ISSUER_SMTP_URL": "smtps://mail.example", "ISSUER_SMTP_PASSWORD_FILE": "/none"},
        {"ISSUER_SMTP_URL": "smtps://mail.example", "ISSUER_MAIL_FROM": "nobody"},
    ],
)
def test_half_a_mail_server_is_refused_at_start(environ: dict[str, str]) -> None:
    """Nobody finds out weeks later that no mail left."""
    with pytest.raises(RefusedStartError):
        Settings.from_env(environ)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    """Addresses get logged."""
    with pytest.raises(RefusedStartError) as caught:
        Settings.from_env(FROM | {"ISSUER_SMTP_URL": "smtps://user:hunter2@mail.example"})

    assert "hunter2" not in str(caught.value)
