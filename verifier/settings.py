"""The settings of the verifier's service and command line, read from the environment once.

All faults are reported together, unknown ``VERIFIER_*`` names are refused, and a service
whose own address is not loopback refuses loopback origins: a public verifier must not be
a way into the machine it runs on. Nothing here has a secret.

Leaves to others: opening what is named here (``verifier.trust``, ``verifier.fetch``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

DEFAULT_BASE_URL: Final = "http://127.0.0.1:8200"
_PREFIX: Final = "VERIFIER_"
_NAMES: Final = (
    "VERIFIER_BASE_URL",
    "VERIFIER_ORIGIN_MAP",
    "VERIFIER_LOOPBACK_ORIGINS",
    "VERIFIER_REGISTRIES",
    "VERIFIER_SCHEMAS",
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST_AND_PORT = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):[1-9]\d{0,4}", re.ASCII)


class SettingsError(Exception):
    """The environment cannot be used; ``faults`` holds one sentence for each fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``base_url`` is the public address, without a slash at its end. ``origin_map`` leads a
    public origin to an address inside; ``loopback_origins`` are ``host:port`` for plain http;
    ``schemas`` is a folder of schemas that others published."""

    base_url: str = DEFAULT_BASE_URL
    origin_map: Mapping[str, str] = field(default_factory=dict)
    loopback_origins: frozenset[str] = frozenset()
    registries: tuple[Path, ...] = ()
    schemas: Path | None = None

    @property
    def is_production(self) -> bool:
        """Whether the public address is not loopback."""
        return urlsplit(self.base_url).hostname not in _LOOPBACK

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the ``VERIFIER_*`` names of ``environ``. Raises ``SettingsError``."""
        faults = [
            f"{name} is not a setting of the verifier."
            for name in sorted(environ)
            if name.startswith(_PREFIX) and name not in _NAMES
        ]
        base_url, origin_map, loopback, registries, schemas = (
            environ.get(name, "") for name in _NAMES
        )
        settings = cls(
            base_url=_read_base_url(base_url or DEFAULT_BASE_URL, faults),
            origin_map=_read_origin_map(origin_map, faults),
            loopback_origins=_read_loopback_origins(loopback, faults),
            registries=_read_registries(registries, faults),
            schemas=_read_schemas(schemas, faults),
        )
        faults.extend(_faults_together(settings))
        if faults:
            raise SettingsError(tuple(faults))
        return settings


def _faults_together(settings: Settings) -> list[str]:
    if settings.is_production and settings.loopback_origins:
        return [
            "VERIFIER_LOOPBACK_ORIGINS is for tests on one machine: "
            f"{settings.base_url} is a public address."
        ]
    return []


def _read_base_url(value: str, faults: list[str]) -> str:
    parts = _origin(value)
    if parts is None:
        faults.append(f"VERIFIER_BASE_URL: {value!r} is not the address of a site.")
        return DEFAULT_BASE_URL
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        faults.append("VERIFIER_BASE_URL: a public address starts with https.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _read_origin_map(value: str, faults: list[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for entry in _entries(value):
        public, _, inside = entry.partition("=")
        if _origin(public) is None or _origin(inside) is None:
            faults.append(f"VERIFIER_ORIGIN_MAP: {entry!r} is not PUBLIC-ORIGIN=INSIDE-ORIGIN.")
        elif not public.startswith("https://"):
            faults.append(f"VERIFIER_ORIGIN_MAP: the public origin of {entry!r} is not https.")
        elif public in found:
            faults.append(f"VERIFIER_ORIGIN_MAP: {public} is there twice.")
        else:
            found[public.rstrip("/")] = inside.rstrip("/")
    return found


def _read_loopback_origins(value: str, faults: list[str]) -> frozenset[str]:
    entries = _entries(value)
    for entry in entries:
        if not _HOST_AND_PORT.fullmatch(entry):
            faults.append(f"VERIFIER_LOOPBACK_ORIGINS: {entry!r} is not such as 127.0.0.1:8100.")
    return frozenset(entries)


def _read_registries(value: str, faults: list[str]) -> tuple[Path, ...]:
    paths = tuple(Path(entry) for entry in _entries(value))
    faults.extend(
        f"VERIFIER_REGISTRIES: {str(path)!r} is not a file." for path in paths if not path.is_file()
    )
    return paths


def _read_schemas(value: str, faults: list[str]) -> Path | None:
    if not value.strip():
        return None
    path = Path(value.strip())
    if not path.is_dir():
        faults.append(f"VERIFIER_SCHEMAS: {str(path)!r} is not a folder.")
    return path


def _entries(value: str) -> list[str]:
    return [entry.strip() for entry in value.split(",") if entry.strip()]


def _origin(value: str) -> SplitResult | None:
    """``scheme://host[:port]`` and nothing after it, or ``None``."""
    try:
        parts = urlsplit(value.strip())
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    rest = parts.path.rstrip("/") + parts.query + parts.fragment
    is_origin = parts.scheme in ("http", "https") and usable and not rest
    return parts if is_origin and "@" not in parts.netloc else None
