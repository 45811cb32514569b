"""Keys in encrypted files: PKCS#8, one file a key, and one passphrase for all of them.

The library derives the key-encryption key with 2,048 rounds of PBKDF2, which is only good for
a passphrase that cannot be guessed. So it is made here, from 32 random bytes, in a file that
only the owner can read; a file that the operator names must be as long. Files are written
whole, with mode 0600, or not at all.

Leaves to others: the kinds of key (``issuer.signing.private_keys``), which key belongs to whom
(``issuer.tenants``).
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
import stat
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from issuer import limits
from issuer.errors import IssuerCode, OwnFaultError
from issuer.signing.private_keys import (
    PrivateKey,
    make_private_key,
    public_key_of,
    read_private_key,
    sign_with,
)
from issuer.signing.signer import NewKey, Signer
from verifier.proofs.multikey import KeyType, PublicKey

SCHEME: Final = "file"
_PASSPHRASE_NAME: Final = "passphrase"  # noqa: S105  a file name
_SHORTEST_PASSPHRASE: Final = 32
"""Characters: 32 random ones hold more than 128 bits in any alphabet of 16 or more."""
_NAME = re.compile(r"[a-z0-9-]{1,40}/[0-9a-f]{32}\.pem", re.ASCII)


@dataclass(frozen=True, slots=True)
class FileSigner:
    """One key that was read from its file."""

    public_key: PublicKey
    _key: PrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """Sign ``data`` in the way of the key's kind."""
        return sign_with(self._key, data)


class FileKeyring:
    """The keys below one folder. Opened keys stay in memory."""

    def __init__(self, folder: Path, *, passphrase_file: Path | None) -> None:
        self._folder = folder
        self._passphrase = _read_passphrase(folder, passphrase_file)
        self._opened: dict[str, FileSigner] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"FileKeyring({str(self._folder)!r})"

    def create(self, name: str, key_type: KeyType) -> NewKey:
        """Make a key and write its file. Raises ``OwnFaultError`` (``KEYS_UNUSABLE``)."""
        key = make_private_key(key_type)
        place = f"{name}/{secrets.token_hex(16)}.pem"
        data = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(self._passphrase)
        )
        try:
            _make_folder(self._folder / name)
            _write_private(self._folder / place, data)
        except OSError as error:
            raise _unusable("A key could not be written.") from error
        return NewKey(uri=f"{SCHEME}:{place}", public_key=public_key_of(key))

    def signer(self, uri: str) -> Signer:
        """The key at ``uri``. Raises ``OwnFaultError`` (``KEYS_UNUSABLE``)."""
        with self._lock:
            if uri not in self._opened:
                self._opened[uri] = self._open(uri)
            return self._opened[uri]

    def secret(self, purpose: str) -> bytes:
        """32 bytes from the passphrase (HMAC-SHA-256), the same each time for ``purpose``."""
        return hmac.digest(self._passphrase, f"secret|{purpose}".encode(), "sha256")

    def _open(self, uri: str) -> FileSigner:
        scheme, _, place = uri.partition(":")
        if scheme != SCHEME or not _NAME.fullmatch(place):
            raise _unusable("A key is not where keys live.")
        try:
            with (self._folder / place).open("rb") as stream:
                data = stream.read(limits.KEY_FILE_BYTES)
            key = load_pem_private_key(data, self._passphrase)
        except OSError as error:
            raise _unusable("A key file is missing or cannot be read.") from error
        except (ValueError, TypeError) as error:
            raise _unusable("A key file does not open with this passphrase.") from error
        known = read_private_key(key)
        return FileSigner(public_key_of(known), known)


# --- the passphrase ---------------------------------------------------------------------


def _read_passphrase(folder: Path, named: Path | None) -> bytes:
    """The passphrase of the file that is named, or of our own, made on first use."""
    path = named or folder / _PASSPHRASE_NAME
    try:
        if named is None:
            _make_folder(folder)
            _make_passphrase(path)
        _check_private(path)
        with path.open("rb") as stream:
            passphrase = stream.read(limits.PASSPHRASE_BYTES).strip()
    except OSError as error:
        raise _unusable(f"The passphrase file {path.name!r} cannot be read.") from error
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        raise _unusable(f"A passphrase has at least {_SHORTEST_PASSPHRASE} characters.")
    return passphrase


def _make_passphrase(path: Path) -> None:
    """Write a new passphrase unless there is one; of two processes, the first one's counts."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    _write_private(draft, base64.urlsafe_b64encode(secrets.token_bytes(32)))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _check_private(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _unusable(
            f"The passphrase file {path.name!r} can be read by others. Set its mode to 0600."
        )


# --- files ------------------------------------------------------------------------------


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write_private(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600 that survives a power cut, or none."""
    draft = path.with_name(f".{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(detail: str) -> OwnFaultError:
    return OwnFaultError(IssuerCode.KEYS_UNUSABLE, detail)
