"""The settings of the identity provider through which operators may sign in.

Leaves to others: the protocol (``issuer.oidc``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from issuer import limits

NAMES: Final = (
    "ISSUER_OIDC_ISSUER",
    "ISSUER_OIDC_CLIENT_ID",
    "ISSUER_OIDC_CLIENT_SECRET_FILE",
    "ISSUER_OIDC_CLAIM",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The provider and us as its client. ``claim`` names an account; ``email`` counts only when
    the provider says that it is verified."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "sub"


def read_settings(environ: Mapping[str, str], faults: list[str]) -> OidcSettings | None:
    """The settings of ``NAMES``: all three, or none. Faults are added to ``faults``."""
    issuer, client_id, secret_file, claim = (environ.get(name, "").strip() for name in NAMES)
    if not any((issuer, client_id, secret_file, claim)):
        return None
    if not all((issuer, client_id, secret_file)):
        faults.append(f"{', '.join(NAMES[:3])}: set all of them or none.")
        return None
    return OidcSettings(
        issuer=issuer.rstrip("/"),
        client_id=client_id,
        client_secret=_read_secret(Path(secret_file), faults),
        claim=claim or "sub",
    )


def _read_secret(path: Path, faults: list[str]) -> str:
    try:
        with path.open("rb") as stream:
            secret = stream.read(limits.PASSPHRASE_BYTES + 1).strip()
    except OSError as error:
        faults.append(f"ISSUER_OIDC_CLIENT_SECRET_FILE cannot be read: {error.strerror}.")
        return ""
    if not secret.isascii() or not 1 <= len(secret) <= limits.PASSPHRASE_BYTES:
        faults.append("ISSUER_OIDC_CLIENT_SECRET_FILE holds no secret.")
        return ""
    return secret.decode("ascii")
