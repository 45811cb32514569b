"""The mail server as the environment names it.

``ISSUER_SMTP_URL`` is ``smtps://[USER@]HOST[:PORT]`` or ``smtp://…``; the password is read from
``ISSUER_SMTP_PASSWORD_FILE`` and stands in no address; ``ISSUER_MAIL_FROM`` is who writes.

Leaves to others: the other settings (``issuer.settings``), talking to the server (``smtp``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from issuer import limits
from issuer.delivery.message import MailAddress, parse_sender
from issuer.delivery.smtp import Security, SmtpServer
from verifier.errors import RefusedError

URL, PASSWORD_FILE, FROM = NAMES = (
    "ISSUER_SMTP_URL",
    "ISSUER_SMTP_PASSWORD_FILE",
    "ISSUER_MAIL_FROM",
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS: Final = {"smtp": 587, "smtps": 465}
"""RFC 8314: submission, and submission over TLS."""


def read_smtp(environ: Mapping[str, str], faults: list[str]) -> SmtpServer | None:
    """The server of ``environ``; ``None`` when none is named. What is wrong goes to ``faults``;
    neither password nor user is repeated there."""
    values = {name: environ.get(name, "").strip() for name in NAMES}
    if not any(values.values()):
        return None
    before = len(faults)
    faults.extend(f"{name} is needed to send mail." for name in (URL, FROM) if not values[name])
    sender = _sender(values[FROM], faults) if values[FROM] else None
    server = _server(values, sender, faults) if sender and values[URL] else None
    return server if len(faults) == before else None


def _sender(value: str, faults: list[str]) -> MailAddress | None:
    try:
        return parse_sender(value)
    except RefusedError:
        faults.append(f"{FROM} is an address, or a name and an address in angle brackets.")
        return None


def _server(values: Mapping[str, str], sender: MailAddress, faults: list[str]) -> SmtpServer | None:
    try:
        parts = urlsplit(values[URL])
        host, port, user = parts.hostname, parts.port, unquote(parts.username or "")
    except ValueError:
        host, port, user = None, None, ""
    if not host or parts.scheme not in _PORTS or parts.path.strip("/") or parts.query:
        faults.append(f"{URL} is smtp://HOST:PORT or smtps://USER@HOST:PORT.")
        return None
    if parts.password is not None:
        faults.append(f"{URL} holds no password: write it into a file and name the file.")
    return SmtpServer(
        host=host,
        port=port or _PORTS[parts.scheme],
        security=_security(parts.scheme, host),
        sender=sender,
        user=user,
        password=_password(values[PASSWORD_FILE], user, faults),
    )


def _security(scheme: str, host: str) -> Security:
    if scheme == "smtps":
        return Security.TLS
    return Security.NONE if host in _LOOPBACK else Security.STARTTLS


def _password(path: str, user: str, faults: list[str]) -> str:
    if bool(path) != bool(user):
        faults.append(f"{PASSWORD_FILE} and a user name in {URL} go together.")
    if not path:
        return ""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(limits.SMTP_PASSWORD_BYTES + 1)
        password = data.decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        faults.append(f"{PASSWORD_FILE}: {path!r} cannot be read.")
        return ""
    if not password or len(data) > limits.SMTP_PASSWORD_BYTES:
        faults.append(f"{PASSWORD_FILE}: the file is empty or too large.")
    return password
