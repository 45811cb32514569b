"""The verdict in words: which of the states of a page a report leads to, and what it says.

Solid means decided, a broken outline means not decided. The green word needs a known
issuer: a good signature by a stranger is "Signed". After a failed signature nothing of the
document is shown.

Leaves to others: the outcome itself (``verifier.report``), the rows of checks (``checks``),
markup (the templates).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from verifier.contents import EMBEDDED_CHECK, OPEN_BADGES_CHECK, RESOURCES_CHECK
from verifier.errors import Code
from verifier.presentation import dates
from verifier.presentation.facts import Facts
from verifier.presentation.signer import registry_names, signer_name
from verifier.presentation.text import Sentence, plain, text
from verifier.presentation.words import Words
from verifier.report import Check, Outcome, Problem, Report, Result, Step


class State(StrEnum):
    """The states of a page; the words of each are keys ``verdict.{state}.…``."""

    VERIFIED = "verified"
    SIGNED = "signed"
    TEST = "test"
    """Correctly signed, and a test: it proves nothing."""
    REPLACED = "replaced"
    ON_HOLD = "on_hold"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    NOT_VERIFIED = "not_verified"
    COULD_NOT_CHECK = "could_not_check"
    CANNOT_CONFIRM = "cannot_confirm"
    READ_NOT_CHECKED = "read_not_checked"
    NO_LINK = "no_link"
    OUR_FAULT = "our_fault"


class Shown(StrEnum):
    """How much of the document a page may show."""

    FULL = "full"
    STRANGER = "stranger"
    """As the signer's words, links switched off."""
    FOLDED = "folded"
    UNCONFIRMED = "unconfirmed"
    PAST = "past"
    RECOGNISE = "recognise"
    """Title and signer, no more than is needed to recognise it."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """The icon and the class of the banner."""

    icon: str
    banner: str


APPEARANCES: Final[Mapping[State, Appearance]] = {
    State.VERIFIED: Appearance(icon="verified", banner="ok"),
    State.SIGNED: Appearance(icon="signed-unknown", banner="half"),
    State.TEST: Appearance(icon="test", banner="half"),
    State.REPLACED: Appearance(icon="replaced", banner="new"),
    State.ON_HOLD: Appearance(icon="on-hold", banner="open"),
    State.WITHDRAWN: Appearance(icon="withdrawn", banner="no"),
    State.ENDED: Appearance(icon="ended", banner="past"),
    State.NOT_VERIFIED: Appearance(icon="not-verified", banner="no"),
    State.COULD_NOT_CHECK: Appearance(icon="could-not-check", banner="open"),
    State.CANNOT_CONFIRM: Appearance(icon="cannot-confirm-signer", banner="open"),
    State.READ_NOT_CHECKED: Appearance(icon="read-not-checked", banner="open"),
    State.NO_LINK: Appearance(icon="no-link", banner="half"),
    State.OUR_FAULT: Appearance(icon="our-fault", banner="open"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """The issuer says that there is a newer version, and perhaps where it is checked."""

    check_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One banner. ``meta`` are the words of the strip below: outcome, time, rules."""

    state: State
    word: str
    headline: Sentence
    next: Sentence
    meta: tuple[Sentence, ...] = ()
    steps: tuple[Sentence, ...] = ()
    shown: Shown = Shown.NOTHING
    may_retry: bool = False
    newer_path: str | None = None

    @property
    def appearance(self) -> Appearance:
        """Icon and banner of the state."""
        return APPEARANCES[self.state]

    @property
    def title(self) -> str:
        """The page's title: it starts with the word."""
        return f"{self.word}: {plain(self.headline)}"


def read_verdict(
    report: Report, facts: Facts | None, words: Words, *, replaced: Replacement | None = None
) -> Verdict:
    """Put ``report`` into words. ``facts`` are those of the document, once its proofs verified."""
    verdict = _verdict(report, facts, words, replaced)
    key = "verdict.tried" if report.outcome is Outcome.COULD_NOT_CHECK else "verdict.as_of"
    meta = (
        (_outcome_words(report, verdict.state, words),),
        words.say(key, moment=dates.instant(report.checked_at, words)),
        words.say("verdict.rules", name=report.policy),
    )
    return replace(verdict, meta=meta)


def no_link(words: Words) -> Verdict:
    """The one page for a link that is off, ended or unknown: they are not told apart."""
    return _plain_verdict(State.NO_LINK, words)


def our_fault(words: Words, reference: str) -> Verdict:
    """Something failed on our side; ``reference`` finds it in the log."""
    return Verdict(
        state=State.OUR_FAULT,
        word=words["verdict.our_fault.word"],
        headline=words.say("verdict.our_fault.headline"),
        next=words.say("verdict.our_fault.next", reference=reference),
        may_retry=True,
    )


def _plain_verdict(state: State, words: Words) -> Verdict:
    return Verdict(
        state=state,
        word=words[f"verdict.{state}.word"],
        headline=words.say(f"verdict.{state}.headline"),
        next=words.say(f"verdict.{state}.next"),
    )


def _verdict(
    report: Report, facts: Facts | None, words: Words, replaced: Replacement | None
) -> Verdict:
    match report.outcome:
        case Outcome.VERIFIED:
            return _verified(report, words, replaced)
        case Outcome.NOT_VERIFIED:
            return _not_verified(report, facts, words, replaced)
        case Outcome.COULD_NOT_CHECK:
            return _could_not_check(report, words)


def _outcome_words(report: Report, state: State, words: Words) -> str:
    if report.outcome is Outcome.VERIFIED:
        variants = {
            State.SIGNED: "_stranger",
            State.TEST: "_test",
            State.REPLACED: "_replaced",
        }
        return words[f"outcome.verified{variants.get(state, '')}"]
    key = f"outcome.{report.outcome.value}.{state}"
    return words.entries.get(key) or words[f"outcome.{report.outcome.value}"]


# --- verified ---------------------------------------------------------------------------


def _verified(report: Report, words: Words, replaced: Replacement | None) -> Verdict:
    if report.is_test:
        return _test(words)
    if replaced is not None:
        return _replaced(report, words, replaced)
    signer = signer_name(report.trust)
    if not report.trust.registries:
        return Verdict(
            state=State.SIGNED,
            word=words["verdict.signed.word"],
            headline=words.say("verdict.signed.headline"),
            next=words.say("verdict.signed.next", signer=signer),
            steps=(
                words.say("step.find_organisation", signer=signer),
                words.say("step.accept_issuer"),
            ),
            shown=Shown.STRANGER,
        )
    headline = "headline_soft" if _has_excused_status(report) else "headline"
    return Verdict(
        state=State.VERIFIED,
        word=words["verdict.verified.word"],
        headline=words.say(f"verdict.verified.{headline}"),
        next=words.say(
            "verdict.verified.next", signer=signer, registry=registry_names(report.trust)
        ),
        shown=Shown.FULL,
    )


def _test(words: Words) -> Verdict:
    """Whoever signed it, and whatever it says: it never looks like a proof."""
    return Verdict(
        state=State.TEST,
        word=words["verdict.test.word"],
        headline=words.say("verdict.test.headline"),
        next=words.say("verdict.test.next"),
        steps=(words.say("step.ask_real"),),
        shown=Shown.STRANGER,
    )


def _calls_nothing_genuine(report: Report) -> bool:
    """Whether the words say "correctly signed" and no more: a stranger's, or a test."""
    return report.is_test or not report.trust.registries


def _has_excused_status(report: Report) -> bool:
    """The soft rules let a list that did not answer pass; the words must not hide it."""
    return any(
        check.step is Step.STATUS and check.result is Result.NOT_APPLICABLE and check.problem
        for check in report.checks
    )


def _replaced(report: Report, words: Words, replaced: Replacement) -> Verdict:
    known = "_stranger" if _calls_nothing_genuine(report) else ""
    return Verdict(
        state=State.REPLACED,
        word=words["verdict.replaced.word"],
        headline=words.say(f"verdict.replaced.headline{known}"),
        next=words.say("verdict.replaced.next"),
        steps=(words.say("step.newer_missing"),),
        shown=Shown.FOLDED,
        newer_path=replaced.check_path,
    )


# --- not verified -----------------------------------------------------------------------

_REFUSALS: Final[Mapping[Code, str]] = {
    Code.PROOF_VERIFICATION_ERROR: "changed",
    Code.CRYPTOGRAPHIC_SECURITY_ERROR: "changed",
    Code.DATA_LOSS_DETECTION_ERROR: "added",
    Code.ISSUER_KEY_MISMATCH: "signer",
    Code.INVALID_VERIFICATION_METHOD: "key",
    Code.INVALID_VERIFICATION_METHOD_URL: "key",
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT: "key",
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID: "key",
    Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD: "key",
    Code.WEAK_KEY: "weak",
    Code.LIMIT_EXCEEDED: "limit",
    Code.SCHEMA_VALIDATION_ERROR: "schema",
    Code.POLICY_NOT_MET: "policy",
}
"""Anything else is "malformed"."""
_CONTENTS: Final[Mapping[str, str]] = {
    EMBEDDED_CHECK: "inside",
    OPEN_BADGES_CHECK: "rules",
    RESOURCES_CHECK: "resource",
}
"""The checks of step 8 that are not about a schema."""


def contents_word(check: Check) -> str:
    """What a check of step 8 is about, as the keys of its words call it."""
    return _CONTENTS.get(check.name, "schema")


_AT_PLACES: Final[Mapping[tuple[Code, str], str]] = {
    (Code.PARSING_ERROR, "/proof"): "unsigned",
    (Code.PROOF_VERIFICATION_ERROR, "/proof/proofValue"): "proof_value",
}
"""Some problems are called otherwise where they are. A proof value that is none of its kind says
nothing of a change: a holder who shows the base proof (ecdsa-sd-2023) changed nothing."""


def _not_verified(
    report: Report, facts: Facts | None, words: Words, replaced: Replacement | None
) -> Verdict:
    """The first failed check decides, but for a withdrawal, which outweighs what follows it."""
    failed = [check for check in report.checks if check.result is Result.FAILED and check.problem]
    problems = [check.problem for check in failed if check.step is not Step.SCHEMA]
    codes = {problem.code for problem in problems if problem is not None}
    reason = refusal_word(failed[0] if failed else None)
    if facts is None:
        return _refused(reason, facts, words)
    if Code.REVOKED in codes:
        return _replaced(report, words, replaced) if replaced else _withdrawn(words)
    if Code.SUSPENDED in codes:
        return _on_hold(words)
    if Code.EXPIRED in codes and facts.ends_at is not None and facts.ends_at < report.checked_at:
        return _ended(facts, words)
    return _refused(reason, facts, words)


def _withdrawn(words: Words) -> Verdict:
    return Verdict(
        state=State.WITHDRAWN,
        word=words["verdict.withdrawn.word"],
        headline=words.say("verdict.withdrawn.headline"),
        next=words.say("verdict.withdrawn.next"),
        steps=(words.say("step.ask_person"), words.say("step.newer")),
        shown=Shown.RECOGNISE,
    )


def _on_hold(words: Words) -> Verdict:
    return Verdict(
        state=State.ON_HOLD,
        word=words["verdict.on_hold.word"],
        headline=words.say("verdict.on_hold.headline"),
        next=words.say("verdict.on_hold.next"),
        shown=Shown.UNCONFIRMED,
    )


def _ended(facts: Facts, words: Words) -> Verdict:
    assert facts.ends_at is not None  # noqa: S101  for the type checker; the caller looked
    return Verdict(
        state=State.ENDED,
        word=words["verdict.ended.word"],
        headline=words.say("verdict.ended.headline", date=dates.day_of(facts.ends_at, words)),
        next=words.say("verdict.ended.next"),
        shown=Shown.PAST,
    )


def _refused(reason: str, facts: Facts | None, words: Words) -> Verdict:
    headline = (
        words.say(f"verdict.not_verified.{reason}") if reason != "early" else _early(facts, words)
    )
    steps = (words.say("step.ask_link"), words.say("step.type_address"))
    return Verdict(
        state=State.NOT_VERIFIED,
        word=words["verdict.not_verified.word"],
        headline=headline,
        next=words.say(f"verdict.not_verified.{reason}.next"),
        steps=(*steps, words.say("step.cannot_tell")) if reason == "changed" else steps,
    )


def refusal_word(check: Check | None) -> str:
    """Why, as the keys of its words call it. What a problem of step 8 is called depends on where
    it is, not on its code."""
    problem = check.problem if check else None
    if check is None or problem is None:
        return "malformed"
    if check.step is Step.SCHEMA:
        return contents_word(check)
    if (place := _AT_PLACES.get((problem.code, problem.pointer))) is not None:
        return place
    if problem.code is Code.EXPIRED:
        return "signature_ended"
    if problem.code is Code.NOT_YET_VALID:
        return "early"
    return _REFUSALS.get(problem.code, "malformed")


def _early(facts: Facts | None, words: Words) -> Sentence:
    if facts is None or facts.signed_at is None:
        return words.say("verdict.not_verified.early_undated")
    return words.say("verdict.not_verified.early", date=dates.day_of(facts.signed_at, words))


# --- could not check --------------------------------------------------------------------

_STATUS_NEXT: Final[Mapping[Code, str]] = {
    Code.STATUS_VERIFICATION_ERROR: "status_bad",
    Code.STATUS_LIST_LENGTH_ERROR: "status_bad",
    Code.RANGE_ERROR: "status_bad",
    Code.MALFORMED_VALUE_ERROR: "status_bad",
    Code.PARSING_ERROR: "status_bad",
    Code.UNSUPPORTED_STATUS_TYPE: "status_kind",
}
"""Anything else: the list did not answer."""

_OPEN_QUESTIONS: Final[Mapping[Code, str]] = {
    Code.UNSUPPORTED_FORMAT: "format",
    Code.UNSUPPORTED_CRYPTOSUITE: "suite",
    Code.UNKNOWN_CONTEXT: "context",
    Code.ADDRESS_NOT_ALLOWED: "address",
    Code.FETCH_FAILED: "network",
    Code.FETCH_TIMEOUT: "network",
    Code.PARSING_ERROR: "nothing",
    Code.MALFORMED_VALUE_ERROR: "nothing",
    Code.LIMIT_EXCEEDED: "limit",
}
"""Anything else: "We could not finish"."""


def _open_question(problem: Problem) -> str:
    """A presentation is of a kind that is known, and not asked for here."""
    if (problem.code, problem.pointer) == (Code.UNSUPPORTED_FORMAT, "/type"):
        return "presentation"
    return _OPEN_QUESTIONS.get(problem.code, "other")


def _could_not_check(report: Report, words: Words) -> Verdict:
    unfinished = [check for check in report.checks if check.result is Result.NOT_CHECKED]
    first = unfinished[0] if unfinished else None
    match first:
        case Check(step=Step.STATUS):
            return _status_unknown(first, report, words)
        case Check(step=Step.SCHEMA):
            return _read_not_checked(contents_word(first), words)
        case Check(step=Step.KEY):
            return _cannot_confirm(first, words)
        case _:
            return _unfinished(first.problem if first else None, words)


def _status_unknown(check: Check, report: Report, words: Words) -> Verdict:
    code = check.problem.code if check.problem else None
    if code is Code.ADDRESS_NOT_ALLOWED:
        return _read_not_checked("status", words)
    known = "_stranger" if _calls_nothing_genuine(report) else ""
    reason = _STATUS_NEXT.get(code, "status.next") if code else "status.next"
    return Verdict(
        state=State.COULD_NOT_CHECK,
        word=words["verdict.could_not_check.word"],
        headline=words.say(f"verdict.could_not_check.status{known}"),
        next=words.say(f"verdict.could_not_check.{reason}"),
        shown=Shown.UNCONFIRMED,
        may_retry=True,
    )


def _read_not_checked(what: str, words: Words) -> Verdict:
    return Verdict(
        state=State.READ_NOT_CHECKED,
        word=words["verdict.read_not_checked.word"],
        headline=words.say(f"verdict.read_not_checked.{what}"),
        next=words.say(f"verdict.read_not_checked.{what}.next"),
        shown=Shown.UNCONFIRMED,
    )


def _cannot_confirm(check: Check, words: Words) -> Verdict:
    unsupported = check.problem is not None and check.problem.code is Code.UNSUPPORTED_DID_METHOD
    return Verdict(
        state=State.CANNOT_CONFIRM,
        word=words["verdict.cannot_confirm.word"],
        headline=words.say("verdict.cannot_confirm.headline"),
        next=words.say(f"verdict.cannot_confirm.{'kind' if unsupported else 'next'}"),
        may_retry=not unsupported,
    )


def _unfinished(problem: Problem | None, words: Words) -> Verdict:
    reason = _open_question(problem) if problem else "other"
    detail = text(problem.detail if problem else "")
    return Verdict(
        state=State.COULD_NOT_CHECK,
        word=words["verdict.could_not_check.word"],
        headline=words.say(f"verdict.could_not_check.{reason}"),
        next=words.say(f"verdict.could_not_check.{reason}.next", detail=detail),
        may_retry=reason in ("network", "other"),
    )
