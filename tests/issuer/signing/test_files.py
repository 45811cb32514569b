"""Keys in encrypted files."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from issuer.errors import IssuerCode, OwnFaultError, RefusedStartError
from issuer.signing.files import FileKeyring
from issuer.signing.keyring import EXAMPLE_MULTIKEYS, open_keyring, refuse_example_keys
from verifier.proofs.multikey import KeyType, format_multikey

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE_KEY = "file:example/00000000000000000000000000000001.pem"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("key_type", "length"), [(KeyType.ED25519, 64), (KeyType.P256, 64), (KeyType.P384, 96)]
)
def test_a_key_that_was_made_signs_again_after_a_restart(
    tmp_path: Path, key_type: KeyType, length: int
) -> None:
    """A second process with the same folder gets the same key, of each kind."""
    made = FileKeyring(tmp_path, passphrase_file=None).create("demo", key_type)
    signer = FileKeyring(tmp_path, passphrase_file=None).signer(made.uri)

    signature = signer.sign(b"words")

    made.public_key.verify(signature, b"words")
    assert (key_type, length) == (made.public_key.key_type, len(signature))
    assert made.public_key == signer.public_key
    assert signature == signer.sign(b"words")


def test_a_kind_of_key_that_does_not_sign_here_is_refused(tmp_path: Path) -> None:
    """Neither made nor read: P-521 and RSA are for the verifier alone."""
    keyring = FileKeyring(tmp_path, passphrase_file=None)
    made = keyring.create("demo", KeyType.P256)
    foreign = ec.generate_private_key(ec.SECP521R1()).private_bytes(
        Encoding.PEM,
        PrivateFormat.PKCS8,
        BestAvailableEncryption((tmp_path / "passphrase").read_bytes()),
    )
    (tmp_path / made.uri.removeprefix("file:")).write_bytes(foreign)

    for refused in (
        lambda: keyring.create("demo", KeyType.P521),
        lambda: keyring.signer(made.uri),
    ):
        with pytest.raises(OwnFaultError) as caught:
            refused()
        assert IssuerCode.KEYS_UNUSABLE is caught.value.code


def test_only_the_owner_can_read_what_is_written(tmp_path: Path) -> None:
    """Files have mode 0600 and folders 0700, and no draft is left."""
    folder = tmp_path / "keys"
    made = FileKeyring(folder, passphrase_file=None).create("demo", KeyType.ED25519)

    key_file = folder / made.uri.removeprefix("file:")

    assert [mode(key_file), mode(folder / "passphrase")] == [0o600, 0o600]
    assert [mode(folder), mode(key_file.parent)] == [0o700, 0o700]
    assert [path.name for path in folder.rglob(".*")] == []


@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P256, KeyType.P384])
def test_no_private_bytes_are_readable_anywhere(tmp_path: Path, key_type: KeyType) -> None:
    """The key stands in no file and no text in clear, in no encoding we know."""
    keyring = FileKeyring(tmp_path, passphrase_file=None)
    signer = keyring.signer(keyring.create("demo", key_type).uri)
    key = signer._key  # type: ignore[attr-defined]  # what must not leak
    if isinstance(key, ec.EllipticCurvePrivateKey):
        seed = key.private_numbers().private_value.to_bytes(key.key_size // 8, "big")
    else:
        seed = key.private_bytes_raw()
    spellings = [seed, seed.hex().encode(), base64.b64encode(seed), base58.b58encode(seed)]

    haystack = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    haystack += repr((keyring, signer)).encode()

    assert [spelling in haystack for spelling in spellings] == [False] * 4


def test_secrets_differ_by_purpose_and_deployment(tmp_path: Path) -> None:
    """A derived secret is the same each time, and no other purpose or deployment has it."""
    one, two = (FileKeyring(tmp_path / name, passphrase_file=None) for name in ("a", "b"))

    assert one.secret("links") == FileKeyring(tmp_path / "a", passphrase_file=None).secret("links")
    assert len({one.secret("links"), one.secret("else"), two.secret("links")}) == 3


@pytest.mark.parametrize(
    "uri",
    ["pkcs11:token", "file:../x.pem", "file:demo/../../etc/passwd", "file:demo/none.pem", "x", ""],
)
def test_a_key_somewhere_else_is_refused(tmp_path: Path, uri: str) -> None:
    """A URI leads to a file that this keyring made, or nowhere."""
    with pytest.raises(OwnFaultError) as caught:
        FileKeyring(tmp_path, passphrase_file=None).signer(uri)

    assert caught.value.code is IssuerCode.KEYS_UNUSABLE


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    """A key file without its passphrase is of no use."""
    made = FileKeyring(tmp_path, passphrase_file=None).create("demo", KeyType.ED25519)
    other = tmp_path / "other"
    other.write_text("x" * 40)
    other.chmod(0o600)

    with pytest.raises(OwnFaultError) as caught:
        FileKeyring(tmp_path, passphrase_file=other).signer(made.uri)

    assert caught.value.code is IssuerCode.KEYS_UNUSABLE


@pytest.mark.parametrize(("text", "file_mode"), [("short", 0o600), ("x" * 40, 0o644)])
def test_a_weak_or_open_passphrase_file_is_refused(
    tmp_path: Path, text: str, file_mode: int
) -> None:
    """A passphrase that can be guessed or read by others protects nothing."""
    path = tmp_path / "phrase"
    path.write_text(text)
    path.chmod(file_mode)

    with pytest.raises(OwnFaultError) as caught:
        FileKeyring(tmp_path / "keys", passphrase_file=path)

    assert caught.value.code is IssuerCode.KEYS_UNUSABLE


def test_an_unknown_scheme_is_refused() -> None:
    """What is not in the table is not guessed."""
    with pytest.raises(OwnFaultError) as caught:
        open_keyring("vault:transit/x", passphrase_file=None)

    assert caught.value.code is IssuerCode.KEYS_UNUSABLE


def test_the_example_keys_are_the_ones_that_are_refused(tmp_path: Path) -> None:
    """A copy of keys.example works on loopback, and nowhere else."""
    folder = tmp_path / "copy"
    for source in (ROOT / "keys.example").rglob("*"):
        if source.is_file():
            target = folder / source.relative_to(ROOT / "keys.example")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(0o600)

    key = FileKeyring(folder, passphrase_file=None).signer(EXAMPLE_KEY)

    assert {format_multikey(key.public_key)} == EXAMPLE_MULTIKEYS
    refuse_example_keys("http://127.0.0.1:8100", EXAMPLE_MULTIKEYS)
    with pytest.raises(RefusedStartError) as caught:
        refuse_example_keys("https://issuer.example", EXAMPLE_MULTIKEYS)
    assert caught.value.code is IssuerCode.EXAMPLE_KEY
