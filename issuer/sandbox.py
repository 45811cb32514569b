"""Sandbox issuers: whatever they sign says of itself that it is a test, and proves nothing.

A sandbox is made as one (``issuer add --sandbox``) and stays one: its DID never signs anything
real. What we build is marked here: one type more, which verifiers read
(``verifier.test_credential``), and a name that says it to people. A caller's own document is
signed as it is, so one without the mark is refused (step 2). Before a signature leaves, the
verifier itself has to say that it is a test (step 7), whatever the proof format and whoever
built the document. What a holder may leave out never includes the mark.

Status lists of a sandbox are no credentials about anybody and carry no mark.

Leaves to others: what verifiers make of it (``verifier``), the words of pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from issuer import limits
from issuer.errors import IssuerCode, OwnFaultError, RequestRefusedError
from issuer.store.rows import IssuerRow
from verifier.report import Report
from verifier.strict_json import JsonObject
from verifier.test_credential import TEST_CREDENTIAL, says_test

_NAME_MARK: Final = " (test)"
_PREFIXES: Final[Mapping[str, str]] = {
    "ar": "تجربة: ",
    "de": "Test: ",
    "es": "Prueba: ",
    "fr": "Essai : ",
    "id": "Uji coba: ",
    "ja": "テスト: ",
    "pt": "Teste: ",
}
_PREFIX: Final = "Test: "
"""In English, and where we do not know the word."""
_TYPE_POINTER: Final = "/type"


def profile_name_of(name: str) -> str:
    """The name of a sandbox for people: it ends with "(test)"."""
    if name.endswith(_NAME_MARK):
        return name
    return name[: limits.DISPLAY_NAME_CHARACTERS - len(_NAME_MARK)] + _NAME_MARK


def mark(document: JsonObject) -> JsonObject:
    """A document that we built, saying that it is a test: in its type, and in its name in the
    language of its content."""
    prefix = _prefix_of(document)
    named = document.get("name")
    name = {"name": (prefix + named)[: limits.CREDENTIAL_NAME_CHARACTERS]} if named else {}
    return document | {"type": [*document["type"], TEST_CREDENTIAL]} | name


def _prefix_of(document: JsonObject) -> str:
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement", {}) if isinstance(subject, dict) else {}
    return prefix_in(str(achievement.get("inLanguage", "")))


def prefix_in(language: str) -> str:
    """What stands before a name or a subject line in a language (BCP 47)."""
    return _PREFIXES.get(language.partition("-")[0].lower(), _PREFIX)


def check_document(document: JsonObject, issuer: IssuerRow) -> None:
    """Step 2 for a caller's document, which is signed as it is or not at all.

    Raises ``RequestRefusedError`` (``TEST_NOT_SAID``).
    """
    if issuer.is_sandbox and not says_test(document):
        raise RequestRefusedError(
            IssuerCode.TEST_NOT_SAID,
            f"This issuer signs tests only. Add {TEST_CREDENTIAL} to the document's type.",
        )


def check_signed(report: Report, issuer: IssuerRow) -> None:
    """Step 7: the verifier calls it a test. Raises ``OwnFaultError`` (``OWN_OUTPUT_REFUSED``)."""
    if issuer.is_sandbox and not report.says_test:
        raise OwnFaultError(
            IssuerCode.OWN_OUTPUT_REFUSED, "A sandbox signed what does not say that it is a test."
        )


def mandatory_of(issuer: IssuerRow, given: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """JSON Pointers to what no holder can leave out: with a sandbox, the mark as well. (Without
    pointers of the caller's own, the type is among the usual ones.)"""
    if given is None or not issuer.is_sandbox:
        return given
    return tuple(dict.fromkeys([*given, _TYPE_POINTER]))


def mode_of(issuer: IssuerRow) -> dict[str, str]:
    """What events and messages about a sandbox's credentials carry besides."""
    return {"mode": "test"} if issuer.is_sandbox else {}
