"""Which kind of place keys live in, by the scheme of its URI.

Leaves to others: each kind (its own module), what keys are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from issuer.errors import IssuerCode, OwnFaultError, RefusedStartError
from issuer.signing import files
from issuer.signing.signer import Keyring

OpenKeyring = Callable[[str, Path | None], Keyring]


def _open_files(place: str, passphrase_file: Path | None) -> Keyring:
    return files.FileKeyring(Path(place), passphrase_file=passphrase_file)


SCHEMES: Final[Mapping[str, OpenKeyring]] = {files.SCHEME: _open_files}
"""How the keys of each scheme are opened. What is not here is refused."""

EXAMPLE_MULTIKEYS: Final = frozenset({"z6MkmiNVLega6uV9dBvoVKZdDYAuWrkf8UmaJDdwZ3ro7Gvb"})
"""The public halves of ``keys.example/``. A test compares the two."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def open_keyring(uri: str, *, passphrase_file: Path | None) -> Keyring:
    """The keys below ``uri`` (``file:var/keys``).

    Raises ``OwnFaultError`` (``KEYS_UNUSABLE``) when they cannot be used.
    """
    scheme, _, place = uri.partition(":")
    opener = SCHEMES.get(scheme)
    if opener is None:
        known = ", ".join(SCHEMES)
        raise OwnFaultError(
            IssuerCode.KEYS_UNUSABLE, f"Keys of the scheme {scheme!r} are not supported: {known}."
        )
    return opener(place, passphrase_file)


def refuse_example_keys(base_url: str, multikeys: Iterable[str]) -> None:
    """Keys that everybody knows sign on loopback and nowhere else, copies of them too.

    Raises ``RefusedStartError`` (``EXAMPLE_KEY``).
    """
    if urlsplit(base_url).hostname in _LOOPBACK or EXAMPLE_MULTIKEYS.isdisjoint(multikeys):
        return
    raise RefusedStartError(
        IssuerCode.EXAMPLE_KEY,
        ("An issuer uses a key of keys.example/, which everybody knows. Rotate it first.",),
    )
