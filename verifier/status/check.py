"""Step 7: read every status entry of a credential, through lists that are verified first.

One table says how the entries of each type are read; an entry of another type is never skipped,
it leaves the question open. So does a list that cannot be fetched, verified or read: it is never
"not revoked".

Leaves to others: the kinds of list, keeping them (``verifier.status.lists``), what a value means
(``verifier.status.meanings``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final

from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.establish import check_period
from verifier.model import as_list
from verifier.policy import Policy
from verifier.proofs.embedded_proofs import ASSERTION
from verifier.report import Check, Problem, Result, Step, check_from_error
from verifier.secured import KeyFinder
from verifier.sources import Fetch
from verifier.status import bitstring, revocation_list, token_status_list
from verifier.status.bitstring import BitstringList, Dialect
from verifier.status.kept import Content, KeptList, StatusCache, VerifiedList
from verifier.status.lists import (
    EstablishedList,
    ListKind,
    Question,
    UnreachableError,
    VerifyList,
    current_list,
    unverifiable,
)
from verifier.status.meanings import judge_bitstring, judge_listed, judge_token_value
from verifier.status.revocation_list import RevocationList
from verifier.status.token_status_list import TokenList
from verifier.strict_json import JsonObject

__all__ = ["TYPES", "EstablishedList", "StatusCache", "VerifyList", "check_status"]

CHECK_NAME: Final = "status"


@dataclass(slots=True)
class _Answer:
    """What the reading of one entry has found so far: the list, how old it is, and warnings."""

    by: str | None = None
    as_of: datetime | None = None
    warnings: list[str] = field(default_factory=list)

    def read(self, kind: ListKind[Content], url: str, question: Question) -> KeptList[Content]:
        """The list that counts. Raises as ``current_list``."""
        self.by = url
        kept = current_list(kind, url, question)
        self.as_of = kept.confirmed_at
        if kept.saw_older:
            self.warnings.append(
                "The source gave an older status list than before; the newer one counts."
            )
        return kept


def check_status(
    entries: tuple[JsonObject, ...],
    *,
    issuer: str,
    now: datetime,
    policy: Policy,
    fetch: Fetch,
    verify_list: VerifyList,
    cache: StatusCache,
    credential_id: str | None = None,
) -> tuple[list[Check], list[str]]:
    """One check for each of ``entries``, in order, and the warnings.

    ``issuer`` is the credential's; a list by anybody else counts only if the policy names
    them. ``credential_id`` is needed by lists that name credentials. Raises nothing: what goes
    wrong with an entry is in its check.
    """
    question = Question(
        issuer=issuer,
        credential_id=credential_id,
        now=now,
        policy=policy,
        fetch=fetch,
        verify_list=verify_list,
        cache=cache,
    )
    checks: list[Check] = []
    warnings: list[str] = []
    for entry in entries:
        answer = _Answer()
        checks.append(_check_entry(entry, question, answer))
        warnings.extend(answer.warnings)
    return checks, warnings


def _check_entry(entry: JsonObject, question: Question, answer: _Answer) -> Check:
    """A no counts as of the same moment as a yes, so every answer carries it."""
    try:
        _reader_of(entry)(entry, question, answer)
    except UnreachableError as error:
        check = _unreachable(error, question, answer)
    except CheckError as error:
        check = check_from_error(Step.STATUS, CHECK_NAME, error)
    else:
        check = Check(step=Step.STATUS, name=CHECK_NAME, result=Result.PASSED)
    return replace(check, by=answer.by, as_of=answer.as_of)


def _unreachable(error: UnreachableError, question: Question, answer: _Answer) -> Check:
    """The soft policy lets a list that did not arrive pass for not asked, and says so."""
    if not question.policy.accept_unreachable_status:
        return check_from_error(Step.STATUS, CHECK_NAME, error)
    answer.warnings.append("Whether it was withdrawn was not checked: the list did not answer.")
    problem = Problem(code=error.code, detail=error.detail)
    return Check(step=Step.STATUS, name=CHECK_NAME, result=Result.NOT_APPLICABLE, problem=problem)


def _reader_of(entry: JsonObject) -> ReadEntry:
    """An entry has one type that is known here: of two, one would go unread."""
    known = [kind for kind in as_list(entry.get("type")) if isinstance(kind, str) and kind in TYPES]
    if len(known) == 1:
        return TYPES[known[0]]
    raise UncheckedError(
        Code.UNSUPPORTED_STATUS_TYPE,
        f"Status of the type {str(entry.get('type'))[:60]} is not supported.",
        pointer="/credentialStatus/type",
    )


# --- Bitstring Status List 1.0, and the draft before it ---------------------------------

_CREDENTIALS: Final = (
    "application/vc, application/vc+jwt, application/vc+sd-jwt, application/ld+json, "
    "application/json"
)


def _check_bits(
    kind: ListKind[BitstringList], entry: JsonObject, question: Question, answer: _Answer
) -> None:
    """Section 3.2, validate: fetch, verify, purpose, length, range, value."""
    parsed = bitstring.parse_entry(entry)
    found = answer.read(kind, parsed.list_url, question).verified.content
    if parsed.purpose not in found.purposes:
        raise unverifiable("The status list is for another purpose.")
    answer.warnings.extend(judge_bitstring(parsed, bitstring.read_value(found, parsed)))


def _read_credential(
    dialect: Dialect, body: bytes, url: str, question: Question
) -> VerifiedList[BitstringList]:
    established = question.verify_list(body)
    if established.document.get("id", url) != url:
        raise unverifiable("The status list belongs to another address.")
    content = bitstring.parse_list(established.document, dialect)
    return VerifiedList(
        issuer=established.issuer,
        content=content,
        valid_from=established.valid_from,
        valid_until=established.valid_until,
        lifetime=content.lifetime,
    )


def _bits_of(dialect: Dialect) -> ReadEntry:
    kind = ListKind(
        name=dialect.list_type, accept=_CREDENTIALS, read=partial(_read_credential, dialect)
    )
    return partial(_check_bits, kind)


# --- Token Status List ------------------------------------------------------------------


def _check_token(entry: JsonObject, question: Question, answer: _Answer) -> None:
    """Section 8.3: fetch, verify, range, value."""
    parsed = token_status_list.parse_entry(entry)
    found = answer.read(_TOKEN, parsed.uri, question).verified.content
    judge_token_value(token_status_list.read_value(found, parsed.index))


def _read_token(body: bytes, url: str, question: Question) -> VerifiedList[TokenList]:
    token = token_status_list.verify_token(
        _text_of(body),
        uri=url,
        issuer=question.issuer,
        signers=question.list_issuers,
        finder=KeyFinder(fetch=question.fetch, now=question.now, relationship=ASSERTION),
    )
    check_period(token.starts, token.expires, question.now, question.policy.clock_skew)
    return VerifiedList(
        issuer=token.signer,
        content=token.content,
        valid_from=token.issued_at.at,
        valid_until=token.expires.at if token.expires else None,
        lifetime=token.lifetime,
    )


def _text_of(body: bytes) -> str:
    try:
        return body.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise RefusedError(Code.PARSING_ERROR, "It is not a token.") from error


_TOKEN: Final = ListKind(
    name=token_status_list.TYP, accept=token_status_list.MEDIA_TYPE, read=_read_token
)


# --- 1EdTechRevocationList --------------------------------------------------------------


def _check_listed(entry: JsonObject, question: Question, answer: _Answer) -> None:
    """Open Badges 3.0: the credential's own id is what such a list names."""
    url = revocation_list.parse_entry(entry)
    if question.credential_id is None:
        raise unverifiable("A list names credentials by their ids, and this one has none.")
    found = answer.read(_REVOCATIONS, url, question).verified.content
    answer.warnings.append("The list of revoked credentials is not signed.")
    if found.lists(question.credential_id):
        judge_listed(found.reason(question.credential_id))


def _read_revocations(body: bytes, url: str, _question: Question) -> VerifiedList[RevocationList]:
    found = revocation_list.parse_list(body, url)
    return VerifiedList(issuer=found.issuer, content=found)


_REVOCATIONS: Final = ListKind(
    name=revocation_list.ENTRY_TYPE, accept="application/json", read=_read_revocations
)


# --- the table --------------------------------------------------------------------------

ReadEntry = Callable[[JsonObject, Question, _Answer], None]
"""Reads one entry; returns when nothing is wrong, else raises ``CheckError``."""

TYPES: Final[Mapping[str, ReadEntry]] = {
    bitstring.BITSTRING.entry_type: _bits_of(bitstring.BITSTRING),
    bitstring.STATUS_LIST_2021.entry_type: _bits_of(bitstring.STATUS_LIST_2021),
    revocation_list.ENTRY_TYPE: _check_listed,
    token_status_list.ENTRY_TYPE: _check_token,
}
"""How the entries of each status type are read. What is not here is never skipped."""
