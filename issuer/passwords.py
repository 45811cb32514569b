"""Operators' passwords: Argon2id with the parameters of the library (RFC 9106, section 4).

A password is hashed and compared in its NFKC form, so that it does not depend on the keyboard.
There are no rules of composition (NIST SP 800-63B, section 3.1.1.2): a password is long enough,
not too long to hash, and does not hold the name of the account.

Leaves to others: accounts (``issuer.operators``).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from issuer import limits
from issuer.errors import IssuerCode, RequestRefusedError

_HASHER: Final = PasswordHasher()


def hash_password(password: str, *, name: str) -> str:
    """The hash to keep, in PHC form. Raises ``RequestRefusedError`` (``PASSWORD_REFUSED``)."""
    least, most = limits.PASSWORD_CHARACTERS, limits.PASSWORD_CHARACTERS_MAX
    spelled = _spelled(password)
    if not least <= len(spelled) or not len(password) <= most:
        raise _refused(f"A password has {least} to {most} signs.")
    if name.casefold() in spelled.casefold():
        raise _refused("A password does not hold the name of its account.")
    return _HASHER.hash(spelled)


def _refused(detail: str) -> RequestRefusedError:
    return RequestRefusedError(IssuerCode.PASSWORD_REFUSED, detail)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the right one. Without a hash the same work is done, for nothing."""
    try:
        _HASHER.verify(password_hash or _of_nobody(), _spelled(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


def rehash(password: str) -> str:
    """The hash of a password that was right, with today's parameters."""
    return _HASHER.hash(_spelled(password))


def _spelled(password: str) -> str:
    """At most so much as is hashed: a longer one is wrong in any case."""
    return unicodedata.normalize("NFKC", password[: limits.PASSWORD_CHARACTERS_MAX + 1])


@cache
def _of_nobody() -> str:
    return _HASHER.hash("the password of an account that does not exist")
