"""Token Status List (IETF): entries, the signed token that is the list, and the values in it.

The other way round than Bitstring Status List: a zlib file without a prefix, and index 0 in the
least significant bits of byte 0 (section 4). One value takes 1, 2, 4 or 8 bits. The token says
which address it is for (``sub``), and its signer is the credential's issuer or one whom the
operator names. The CWT form is not read.

Leaves to others: fetching (``verifier.status.lists``), what a value means
(``verifier.status.meanings``), the issuer's keys (``verifier.dids.keys``), whether the token is
in time (``verifier.status.check``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeGuard

import rfc8785

from verifier import limits
from verifier.date_time_stamp import Instant
from verifier.dids.keys import KeyHint, controller_of, find_key
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import is_absolute_url
from verifier.numeric_date import parse_numeric_date
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.jws import Jws, parse_jws
from verifier.secured import KeyFinder
from verifier.status.packed import open_zlib, pack_zlib
from verifier.strict_json import JsonObject, parse_json_object

ENTRY_TYPE: Final = "TokenStatusList"
"""Our name for the claim ``status.status_list`` among the entries of a credential."""
TYP: Final = "statuslist+jwt"
MEDIA_TYPE: Final = f"application/{TYP}"
_WIDTHS: Final = frozenset({1, 2, 4, 8})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEntry:
    """Which place of which list."""

    index: int
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenList:
    """The claim ``status_list``: ``bits`` to a value, the first value in the lowest bits."""

    bits: int
    values: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusToken:
    """A token whose signature was verified. It holds from ``starts`` on, which is its ``iat`` or
    a later ``nbf``, to ``expires``; ``lifetime`` is its ``ttl``."""

    signer: str
    content: TokenList
    issued_at: Instant
    starts: Instant
    expires: Instant | None
    lifetime: timedelta | None


def parse_entry(entry: JsonObject) -> TokenEntry:
    """Read ``{"idx": …, "uri": …}`` (section 6.2). Raises ``RefusedError``
    (``MALFORMED_VALUE_ERROR``)."""
    index, uri = entry.get("idx"), entry.get("uri")
    if not _is_whole(index) or index < 0:
        raise _malformed(
            "idx of a status entry is a whole number from 0 on.", "/status/status_list/idx"
        )
    if not is_absolute_url(uri):
        raise _malformed("uri of a status entry is a URL.", "/status/status_list/uri")
    return TokenEntry(index=index, uri=str(uri))


# --- the token --------------------------------------------------------------------------


def verify_token(
    text: str,
    *,
    uri: str,
    issuer: str,
    signers: frozenset[str],
    finder: KeyFinder,
) -> StatusToken:
    """Verify the token that ``uri`` answered, for a credential of ``issuer`` (section 8.3).

    ``signers`` are the identifiers whose tokens count. Raises ``RefusedError`` for a token that
    is malformed, changed, for another address, or by somebody else, and ``UncheckedError`` when
    its key cannot be found or its list not be opened.
    """
    jws = parse_jws(text)
    if jws.typ != TYP:
        raise _malformed(f"The token is not of the type {TYP}.")
    hint = _hint(jws)
    signer = controller_of(hint, issuer)
    if signer not in signers:
        raise RefusedError(
            Code.ISSUER_KEY_MISMATCH, "The token is signed by somebody other than the issuer."
        )
    jws.verify(find_key(hint, signer, finder=finder))
    return _parse_claims(parse_json_object(jws.unverified_payload), uri, signer)


def _hint(jws: Jws) -> KeyHint:
    kid, jwk = (jws.unverified_header.get(name) for name in ("kid", "jwk"))
    if not isinstance(kid, str | None) or not isinstance(jwk, dict | None):
        raise _malformed("The kid of a token is text, and its jwk is a key.")
    return KeyHint(kid=kid, jwk=None if jwk is None else parse_jwk(jwk))


def _parse_claims(claims: JsonObject, uri: str, signer: str) -> StatusToken:
    """Section 5.1. ``iss`` is no longer part of the standard; where it stands, it is true."""
    if claims.get("sub") != uri:
        raise _malformed("The token is for another address.")
    if claims.get("iss", signer) != signer:
        raise _malformed("The token names another issuer than its signer.")
    issued_at = parse_numeric_date(claims.get("iat"))
    not_before = parse_numeric_date(claims["nbf"]) if "nbf" in claims else issued_at
    expires = parse_numeric_date(claims["exp"], exclusive=True) if "exp" in claims else None
    return StatusToken(
        signer=signer,
        content=parse_status_list(claims.get("status_list")),
        issued_at=issued_at,
        starts=max(issued_at, not_before, key=lambda instant: instant.at),
        expires=expires,
        lifetime=_parse_ttl(claims),
    )


def _parse_ttl(claims: JsonObject) -> timedelta | None:
    """Seconds, a positive number (section 5.1)."""
    if "ttl" not in claims:
        return None
    seconds = claims["ttl"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        raise _malformed("The ttl of a token is a number of seconds above 0.")
    return timedelta(seconds=min(seconds, limits.STATUS_MAX_AGE_SECONDS))


def parse_status_list(claim: object) -> TokenList:
    """Read the claim ``status_list`` (section 4.2). Raises ``RefusedError`` for another shape,
    ``UncheckedError`` as ``packed.open_zlib``."""
    if not isinstance(claim, dict):
        raise _malformed("The token holds no status list.")
    bits = claim.get("bits")
    if not _is_whole(bits) or bits not in _WIDTHS:
        raise _malformed("A value in a status list takes 1, 2, 4 or 8 bits.")
    return TokenList(bits=bits, values=open_zlib(claim.get("lst")))


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _malformed(detail: str, pointer: str = "") -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)


# --- values -----------------------------------------------------------------------------


def read_value(found: TokenList, index: int) -> int:
    """The value at ``index``. Raises ``UncheckedError`` (``RANGE_ERROR``) past the end."""
    byte, shift = divmod(index * found.bits, 8)
    if byte >= len(found.values):
        raise UncheckedError(
            Code.RANGE_ERROR,
            "The status entry points past the end of its list.",
            pointer="/status/status_list/idx",
        )
    return found.values[byte] >> shift & (1 << found.bits) - 1


# --- building ---------------------------------------------------------------------------


def build_claim(found: TokenList) -> JsonObject:
    """The claim ``status_list``; the same list always gives the same claim."""
    return {"bits": found.bits, "lst": pack_zlib(found.values)}


def build_payload(
    found: TokenList, *, uri: str, issued_at: int, expires: int, lifetime: int
) -> bytes:
    """The unsigned token (section 5.1). The times are in seconds since 1970, ``lifetime`` is in
    seconds."""
    return rfc8785.dumps(
        {
            "sub": uri,
            "iat": issued_at,
            "exp": expires,
            "ttl": lifetime,
            "status_list": build_claim(found),
        }
    )


def from_leftmost_first(bits: bytes) -> TokenList:
    """The same one-bit list, from the order of Bitstring Status List."""
    return TokenList(bits=1, values=bits.translate(_TURNED))


_TURNED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Every byte with its bits from right to left."""
