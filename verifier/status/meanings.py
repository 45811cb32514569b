"""What the value of a status entry means for the credential.

``revocation`` and ``suspension`` end it or halt it; ``refresh`` and ``message`` tell something
and take nothing away (Bitstring Status List 1.0, section 2.1). Another purpose may mean
anything, so a value that is set leaves the question open.

Leaves to others: reading the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NoReturn

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.status.bitstring import BitstringEntry

_ENDING: Final[Mapping[str, tuple[Code, str]]] = {
    "revocation": (Code.REVOKED, "The issuer revoked it."),
    "suspension": (Code.SUSPENDED, "The issuer has suspended it for now."),
}
_TELLING: Final = frozenset({"refresh", "message"})
_TOKEN_VALUES: Final[Mapping[int, str]] = {1: "revocation", 2: "suspension"}
"""Token Status List, section 7.1: INVALID is final, SUSPENDED is for a time."""


def judge_bitstring(entry: BitstringEntry, value: int) -> tuple[str, ...]:
    """The warnings that ``value`` is worth.

    Raises ``RefusedError`` (``REVOKED``, ``SUSPENDED``), and ``UncheckedError``
    (``UNSUPPORTED_STATUS_TYPE``) for a value whose meaning is not known.
    """
    message = entry.messages.get(value, "")
    if entry.purpose in _TELLING:
        return _tell(entry, value, message)
    if value:
        raise _ended(entry.purpose, f" It says: {message}" if message else "")
    return ()


def judge_token_value(value: int) -> None:
    """Token Status List, section 7.1. Raises as ``judge_bitstring``."""
    if value in _TOKEN_VALUES:
        raise _ended(_TOKEN_VALUES[value], "")
    if value:
        raise UncheckedError(
            Code.UNSUPPORTED_STATUS_TYPE,
            f"Its status has the value {value:#04x}, whose meaning is not known here.",
        )


def judge_listed(reason: str | None) -> NoReturn:
    """A credential that a list of revoked ones names. Raises ``RefusedError`` (``REVOKED``)."""
    raise _ended("revocation", f" It says: {reason}" if reason else "")


def _tell(entry: BitstringEntry, value: int, message: str) -> tuple[str, ...]:
    """A message of several bits says something at every value; a single bit when it is set."""
    if message and (value or entry.size > 1):
        return (f"The issuer says of it: {message}",)
    if value:
        return (f"The issuer has something to tell: the status {entry.purpose!r} is set.",)
    return ()


def _ended(purpose: str, said: str) -> RefusedError | UncheckedError:
    if purpose in _ENDING:
        code, detail = _ENDING[purpose]
        return RefusedError(code, detail + said, pointer="/credentialStatus")
    return UncheckedError(
        Code.UNSUPPORTED_STATUS_TYPE,
        f"The status {purpose[:60]!r} is set, and its meaning is not known here.{said}",
        pointer="/credentialStatus/statusPurpose",
    )
