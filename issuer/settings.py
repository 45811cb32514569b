"""The settings of the issuer, read from the environment once.

All faults are reported together, unknown ``ISSUER_*`` names are refused, and nothing that is
secret has a default or stands here: keys and their passphrase stay in files. *Production* is a
public address that is not loopback; there example keys and failpoints are refused.

Leaves to others: opening what is named here (``issuer.office``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from issuer import oidc_settings, rate_limits
from issuer.delivery import settings as mail_settings
from issuer.delivery.smtp import SmtpServer
from issuer.errors import IssuerCode, RefusedStartError
from issuer.failpoint import PLACES
from issuer.oidc_settings import OidcSettings
from issuer.rate_limits import RateSettings

DEFAULT_BASE_URL: Final = "http://127.0.0.1:8100"
DEFAULT_DATABASE_URL: Final = "sqlite:///var/issuer.db"
DEFAULT_KEYS: Final = "file:var/keys"
DEFAULT_VERIFIER_URL: Final = "http://127.0.0.1:8200"
EMBEDDED, EXTERNAL = "embedded", "external"
"""Who does background work: a process that ``serve`` starts, or others that you start."""
_PREFIX: Final = "ISSUER_"
_NAMES: Final = (
    "ISSUER_BASE_URL",
    "ISSUER_DATABASE_URL",
    "ISSUER_KEYS",
    "ISSUER_KEYS_PASSPHRASE_FILE",
    "ISSUER_VERIFIER_URL",
    "ISSUER_UNSAFE_FAILPOINT",
    "ISSUER_WORKER",
    "ISSUER_QUEUE_URL",
    "ISSUER_LOOPBACK_ORIGINS",
)
_PROFILES: Final = "ISSUER_PROFILES"
_HOST_AND_PORT = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):[1-9]\d{0,4}", re.ASCII)
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``base_url`` and ``verifier_url`` are public addresses without a slash at their end;
    ``keys`` is the URI below which keys live; ``failpoint`` is for tests alone; ``worker`` says
    whether ``serve`` starts a worker of its own; ``queue_url`` is where background tasks wait,
    beside the database unless it is named; ``profiles`` is the folder of the operator's own
    mapping profiles; ``loopback_origins`` are ``host:port`` to which plain http is sent
    (webhooks)."""

    base_url: str = DEFAULT_BASE_URL
    database_url: str = DEFAULT_DATABASE_URL
    keys: str = DEFAULT_KEYS
    passphrase_file: Path | None = None
    verifier_url: str = DEFAULT_VERIFIER_URL
    failpoint: str | None = None
    worker: str = EMBEDDED
    queue_url: str | None = None
    smtp: SmtpServer | None = None
    profiles: Path | None = None
    loopback_origins: frozenset[str] = frozenset()
    oidc: OidcSettings | None = None
    rates: RateSettings = field(default_factory=RateSettings)

    @property
    def is_production(self) -> bool:
        """Whether the public address is not loopback."""
        return urlsplit(self.base_url).hostname not in _LOOPBACK

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the ``ISSUER_*`` names of ``environ``.

        Raises ``RefusedStartError`` (``SETTINGS_REFUSED``) with every fault.
        """
        faults = [
            f"{name} is not a setting of the issuer."
            for name in sorted(environ)
            if name.startswith(_PREFIX)
            and name not in (*_NAMES, _PROFILES, *mail_settings.NAMES, *oidc_settings.NAMES)
            and name not in rate_limits.NAMES
        ]
        base_url, database_url, keys, passphrase, verifier_url, failpoint, *others = (
            environ.get(name, "").strip() for name in _NAMES
        )
        profiles = environ.get(_PROFILES, "").strip()
        worker, queue, loopback = others
        settings = cls(
            base_url=_read_address("ISSUER_BASE_URL", base_url or DEFAULT_BASE_URL, faults),
            database_url=_read_database(database_url or DEFAULT_DATABASE_URL, faults),
            keys=_read_keys(keys or DEFAULT_KEYS, faults),
            passphrase_file=Path(passphrase) if passphrase else None,
            verifier_url=_read_address(
                "ISSUER_VERIFIER_URL", verifier_url or DEFAULT_VERIFIER_URL, faults
            ),
            failpoint=failpoint or None,
            worker=_read_worker(worker or EMBEDDED, faults),
            queue_url=_read_database(queue, faults, name="ISSUER_QUEUE_URL") if queue else None,
            smtp=mail_settings.read_smtp(environ, faults),
            profiles=Path(profiles) if profiles else None,
            loopback_origins=_read_loopback_origins(loopback, faults),
            oidc=oidc_settings.read_settings(environ, faults),
            rates=rate_limits.read_rates(environ, faults),
        )
        if faults or (faults := _faults_together(settings)):
            raise RefusedStartError(IssuerCode.SETTINGS_REFUSED, tuple(faults))
        return settings


def _read_address(name: str, value: str, faults: list[str]) -> str:
    """An origin: ``https://host[:port]``, or plain http for loopback."""
    try:
        parts = urlsplit(value)
        is_origin = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_origin = is_origin and (parts.port is None or parts.port > 0)
    except ValueError:
        is_origin = False
    if not is_origin or parts.path.rstrip("/") or parts.query or parts.fragment:
        faults.append(f"{name}: {value!r} is not the address of a site.")
        return DEFAULT_BASE_URL
    if "@" in parts.netloc:
        faults.append(f"{name}: an address holds no user name.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        faults.append(f"{name}: a public address starts with https.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _read_database(value: str, faults: list[str], *, name: str = "ISSUER_DATABASE_URL") -> str:
    """The value is not repeated in a fault: it may hold a password."""
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        faults.append(f"{name} starts with sqlite:/// or postgresql://.")
    return value


def _read_worker(value: str, faults: list[str]) -> str:
    if value not in (EMBEDDED, EXTERNAL):
        faults.append(f"ISSUER_WORKER: {value!r} is neither {EMBEDDED} nor {EXTERNAL}.")
    return value


def _read_keys(value: str, faults: list[str]) -> str:
    scheme, colon, place = value.partition(":")
    if scheme != "file" or not colon or not place:
        faults.append(f"ISSUER_KEYS: {scheme!r} is not supported; write file:PATH.")
    return value


def _read_loopback_origins(value: str, faults: list[str]) -> frozenset[str]:
    entries = frozenset(entry.strip() for entry in value.split(",") if entry.strip())
    faults.extend(
        f"ISSUER_LOOPBACK_ORIGINS: {entry!r} is not such as 127.0.0.1:8300."
        for entry in sorted(entries)
        if not _HOST_AND_PORT.fullmatch(entry)
    )
    return entries


def _faults_together(settings: Settings) -> list[str]:
    faults = []
    if settings.failpoint is not None and settings.failpoint not in PLACES:
        faults.append(f"ISSUER_UNSAFE_FAILPOINT is one of {', '.join(PLACES)}.")
    if settings.failpoint is not None and settings.is_production:
        faults.append(
            "ISSUER_UNSAFE_FAILPOINT is for tests on one machine: "
            f"{settings.base_url} is a public address."
        )
    if settings.is_production and settings.loopback_origins:
        faults.append(
            "ISSUER_LOOPBACK_ORIGINS is for tests on one machine: "
            f"{settings.base_url} is a public address."
        )
    if settings.is_production and urlsplit(settings.verifier_url).hostname in _LOOPBACK:
        faults.append(
            "ISSUER_VERIFIER_URL stands in every QR code: with a public issuer it is public too."
        )
    return faults
