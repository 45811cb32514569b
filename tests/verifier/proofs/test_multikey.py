"""Keys as text: read once, strictly; weak ones refused."""

from __future__ import annotations

import base64
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.signers import Ed25519TestKey
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.multikey import KeyType, PublicKey, format_multikey, parse_multikey

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def _text(prefix: bytes, raw: bytes) -> str:
    return "z" + base58.b58encode(prefix + raw).decode()


def _ed25519(y: int, sign: int = 0) -> str:
    return _text(b"\xed\x01", (y | sign << 255).to_bytes(32, "little"))


def _order_8_y() -> int:
    """A point of order eight doubles to one with y = 0: there x^2 = y^2 on either side of the
    curve equation, which leaves d*y^4 + 2*y^2 - 1 = 0."""
    root = pow(1 + D, (P + 3) // 8, P)
    if root * root % P != (1 + D) % P:
        root = root * pow(2, (P - 1) // 4, P) % P
    for candidate in (root, -root):
        square = (candidate - 1) * pow(D, -1, P) % P
        y = pow(square, (P + 3) // 8, P)
        for guess in (y, y * pow(2, (P - 1) // 4, P) % P):
            if guess * guess % P == square:
                return guess
    raise AssertionError("no such point")


SMALL = {0, 1, P - 1, _order_8_y(), P - _order_8_y()}


def test_keys_are_read_and_written() -> None:
    """A key reads back as what it was written from."""
    key = Ed25519TestKey.number(1).public
    text = format_multikey(key)

    assert text.startswith("z6Mk")
    assert key == parse_multikey(text)


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", sorted(SMALL))
def test_small_order_points_are_weak(y: int, sign: int) -> None:
    """All points of small order, with either sign, are refused."""
    with pytest.raises(RefusedError) as caught:
        parse_multikey(_ed25519(y, sign))

    assert caught.value.code is Code.WEAK_KEY


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", range(P, 2**255))
def test_second_encodings_are_weak(y: int, sign: int) -> None:
    """All encodings with y beyond the prime are refused: among them those of small order."""
    with pytest.raises(RefusedError) as caught:
        parse_multikey(_ed25519(y, sign))

    assert caught.value.code is Code.WEAK_KEY


def test_points_off_the_curve_are_refused() -> None:
    """A y without an x is no key."""
    with pytest.raises(RefusedError) as caught:
        parse_multikey(_ed25519(2))

    assert caught.value.code is Code.INVALID_VERIFICATION_METHOD


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        {},
        "",
        "z",
        "u7QEBAQ",
        "Z6Mk",
        "z0OIl",
        "z6Mk\n",
        " z6Mk",
        "zé",
        Ed25519TestKey.number(1).multibase + "1",
        Ed25519TestKey.number(1).multibase[:-1],
        Ed25519TestKey.number(1).multibase + " ",
        Ed25519TestKey.number(1).multibase.replace("z", "z1", 1),
        _text(b"\xed\x01", bytes(31)),
        _text(b"\xed\x01", bytes(33)),
        _text(b"\x80\x24", bytes(33)),
        _text(b"\x80\x24", b"\x04" + bytes(32)),
        _text(b"\x80\x24", b"\x02" + b"\xff" * 32),
        _text(b"\x81\x24", b"\x02" + b"\xff" * 48),
        "z" + "2" * 100_000,
    ],
)
def test_malformed_keys_are_refused(text: Any) -> None:
    """Another alphabet, length, prefix of length, or a point off its curve is refused."""
    with pytest.raises(CheckError) as caught:
        parse_multikey(text)

    assert caught.value.code in {
        Code.INVALID_VERIFICATION_METHOD,
        Code.UNSUPPORTED_CRYPTOSUITE,
    }


def test_other_kinds_of_key_are_undecided() -> None:
    """A kind of key that is not supported is could not check."""
    with pytest.raises(UncheckedError) as caught:
        parse_multikey(_text(b"\xe7\x01", b"\x02" * 33))

    assert caught.value.code is Code.UNSUPPORTED_CRYPTOSUITE


@given(text=st.one_of(st.text(), st.from_regex(r"z[1-9A-HJ-NP-Za-km-z]{1,90}", fullmatch=True)))
def test_no_text_raises_anything_else(text: str) -> None:
    """Any text is a key or one of our errors."""
    try:
        key = parse_multikey(text)
    except CheckError:
        return

    assert text == format_multikey(key)


def test_signatures_are_checked() -> None:
    """A good signature passes; over other data, or with S beyond the order, it is refused."""
    signer = Ed25519TestKey.number(1)
    signature = signer.sign(b"data")
    s_and_order = int.from_bytes(signature[32:], "little") + L
    signer.public.verify(signature, b"data")

    for bad, data in (
        (signature, b"Data"),
        (signature[:32] + s_and_order.to_bytes(32, "little"), b"data"),
        (signature[:-1], b"data"),
        (bytes(64), b"data"),
        (b"", b"data"),
    ):
        with pytest.raises(RefusedError) as caught:
            signer.public.verify(bad, data)
        assert caught.value.code is Code.PROOF_VERIFICATION_ERROR


def test_x25519_keys_verify_nothing() -> None:
    """A key agreement key never verifies a signature."""
    key = PublicKey(key_type=KeyType.X25519, raw=Ed25519TestKey.number(1).public.raw)

    with pytest.raises(RefusedError) as caught:
        key.verify(bytes(64), b"data")
    assert caught.value.code is Code.PROOF_VERIFICATION_ERROR


# --- JSON Web Keys ----------------------------------------------------------------------


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _p256() -> dict[str, Any]:
    numbers = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_numbers()
    x, y = (_b64(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _okp() -> dict[str, Any]:
    raw = Ed25519TestKey.number(1).public.raw
    return {"kty": "OKP", "crv": "Ed25519", "x": _b64(raw)}


def test_jwks_are_read() -> None:
    """A JWK gives the same key as the Multikey form."""
    key = parse_jwk(_okp() | {"alg": "EdDSA", "use": "sig", "key_ops": ["verify"]})
    point = parse_jwk(_p256())

    assert Ed25519TestKey.number(1).public == key
    assert point == parse_multikey(format_multikey(point))


@pytest.mark.parametrize(
    "change",
    [
        {"d": "AA"},
        {"x": "A"},
        {"x": "AA"},
        {"x": None},
        {"x": _okp()["x"] + "="},
        {"x": _okp()["x"][:-1] + "_"},
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"key_ops": "verify"},
        {"alg": "HS256"},
        {"alg": ["EdDSA"]},
        {"alg": {}},
        {"kty": None},
        {"crv": 7},
    ],
)
def test_malformed_jwks_are_refused(change: dict[str, Any]) -> None:
    """A private, malformed or differently purposed JWK is refused."""
    with pytest.raises(RefusedError) as caught:
        parse_jwk(_okp() | change)

    assert caught.value.code is Code.INVALID_VERIFICATION_METHOD


def test_jwk_points_off_the_curve_are_refused() -> None:
    """The y of a JWK must be the right one, not only its last bit."""
    jwk = _p256()
    y = bytearray(base64.urlsafe_b64decode(jwk["y"] + "="))
    y[0] ^= 1

    with pytest.raises(RefusedError) as caught:
        parse_jwk(jwk | {"y": _b64(bytes(y))})
    assert caught.value.code is Code.INVALID_VERIFICATION_METHOD


def test_other_jwks_are_undecided() -> None:
    """A kind of JWK that is not supported is could not check."""
    with pytest.raises(UncheckedError):
        parse_jwk({"kty": "OKP", "crv": "Ed448", "x": "AQAB"})
