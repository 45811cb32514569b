"""What was checked, row by row, in words: an icon with a text alternative, a sentence, a detail.

Rows that were not finished come first, because they are what the reader must know. Leaves
to others: the banner (``verdict``), what the checks found (``verifier.report``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.contents import EMBEDDED_CHECK, ENDORSEMENT_CHECK
from verifier.errors import Code
from verifier.presentation import dates
from verifier.presentation.facts import Facts
from verifier.presentation.signer import registry_names, signer_address, signer_name
from verifier.presentation.text import Address, Sentence, text
from verifier.presentation.verdict import Replacement, contents_word, refusal_word
from verifier.presentation.words import Words
from verifier.report import Check, Outcome, Report, Result, Step

SHARE_CHECK: Final = "share"
"""The name of a check that the issuer's own record of a link answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One row. ``mark`` is the class of the icon: pass, fail, newer or none."""

    icon: str
    mark: str
    label: str
    sentence: Sentence
    detail: Sentence = ()


def read_checks(
    report: Report, facts: Facts | None, words: Words, *, replaced: Replacement | None = None
) -> tuple[CheckRow, ...]:
    """The rows of ``report``. ``facts`` as in ``verdict.read_verdict``."""
    if facts is None:
        return _first_checks(report, words)
    rows = [
        *_signature_rows(report, facts, words),
        *_status_rows(report, words, replaced),
        _validity_row(report, facts, words),
        *_rule_rows(report, words),
    ]
    if not report.trust.registries:
        rows.append(_stranger(words))
    open_first = sorted(rows, key=lambda row: row.mark != "none" or not _is_open(report))
    return tuple(open_first)


def read_unchecked(report: Report, facts: Facts | None, words: Words) -> tuple[str, ...]:
    """What was not checked: always said below the checks of a document that is shown."""
    if facts is None:
        return ()
    work = facts.sort.unchecked_key
    listed = [words["unchecked.holder"], words[work]]
    if not any(_says_something(check) for check in report.checks if check.step is Step.STATUS):
        listed.append(words["check.status.none"])
    return tuple(listed)


def _says_something(check: Check) -> bool:
    """A status list was asked, whether or not it answered."""
    return check.result is not Result.NOT_APPLICABLE or check.problem is not None


def _is_open(report: Report) -> bool:
    return report.outcome is Outcome.COULD_NOT_CHECK


def _passed(words: Words, sentence: Sentence, detail: Sentence = ()) -> CheckRow:
    return CheckRow(
        icon="verified",
        mark="pass",
        label=words["check.label.passed"],
        sentence=sentence,
        detail=detail,
    )


def _failed(
    words: Words, sentence: Sentence, detail: Sentence = (), icon: str = "not-verified"
) -> CheckRow:
    return CheckRow(
        icon=icon,
        mark="fail",
        label=words["check.label.failed"],
        sentence=sentence,
        detail=detail,
    )


def _open(words: Words, sentence: Sentence, detail: Sentence = ()) -> CheckRow:
    return CheckRow(
        icon="could-not-check",
        mark="none",
        label=words["check.label.not_checked"],
        sentence=sentence,
        detail=detail,
    )


def _detail(check: Check) -> Sentence:
    return (text(check.problem.detail),) if check.problem else ()


# --- steps 1 to 5 did not pass ----------------------------------------------------------


def _first_checks(report: Report, words: Words) -> tuple[CheckRow, ...]:
    failed = [check for check in report.checks if check.result is Result.FAILED]
    if failed:
        return (
            _failed(words, _refusal(failed[0], words), _refusal_detail(failed[0], words)),
            _open(words, words.say("check.rest"), words.say("check.rest.detail")),
        )
    unfinished = [check for check in report.checks if check.result is Result.NOT_CHECKED]
    rows = [_open(words, _open_sentence(check, words), _detail(check)) for check in unfinished]
    rest = _open(words, words.say("check.rest"), words.say("check.rest.open_detail"))
    return (*rows, rest)


def _refusal(check: Check, words: Words) -> Sentence:
    return words.say("check.signature_fails" if _is_changed(check) else "check.refused")


def _refusal_detail(check: Check, words: Words) -> Sentence:
    return words.say("check.signature_fails.detail") if _is_changed(check) else _detail(check)


def _is_changed(check: Check) -> bool:
    """Whether the signature is one, and of other words."""
    is_signature = check.problem and check.problem.code is Code.PROOF_VERIFICATION_ERROR
    return bool(is_signature) and refusal_word(check) == "changed"


def _open_sentence(check: Check, words: Words) -> Sentence:
    return words.say("check.key" if check.step is Step.KEY else "check.open")


# --- steps 1 to 5 passed ----------------------------------------------------------------


def _signature_rows(report: Report, facts: Facts, words: Words) -> list[CheckRow]:
    if not report.trust.registries:
        return [_passed(words, words.say("check.signature"), _since(facts, words))]
    address = Address(value=signer_address(report.trust.issuer))
    signed = words.say(
        "check.signed.detail", address=address, registry=registry_names(report.trust)
    )
    return [
        _passed(words, words.say("check.signed", signer=signer_name(report.trust)), signed),
        _passed(words, _unchanged(facts, words), words.say("check.unchanged.detail")),
    ]


def _unchanged(facts: Facts, words: Words) -> Sentence:
    if facts.signed_at is None:
        return words.say("check.unchanged_undated")
    return words.say("check.unchanged", date=dates.day_of(facts.signed_at, words))


def _since(facts: Facts, words: Words) -> Sentence:
    if facts.signed_at is None:
        return words.say("check.unchanged.detail")
    return words.say("check.unchanged_since", date=dates.day_of(facts.signed_at, words))


def _stranger(words: Words) -> CheckRow:
    return _open(words, words.say("check.stranger"), words.say("check.stranger.detail"))


def _status_rows(report: Report, words: Words, replaced: Replacement | None) -> list[CheckRow]:
    """The worst answer of all entries: a reader wants one row about being withdrawn."""
    checks = [check for check in report.checks if check.step is Step.STATUS]
    for result in (Result.FAILED, Result.NOT_CHECKED, Result.PASSED):
        found = [check for check in checks if check.result is result]
        if found:
            return [_status_row(found[0], report, words, replaced)]
    excused = [check for check in checks if check.problem is not None]
    return [_open(words, words.say("check.status.unknown"), _detail(excused[0]))] if excused else []


def _status_row(
    check: Check, report: Report, words: Words, replaced: Replacement | None
) -> CheckRow:
    moment = dates.instant(check.as_of or report.checked_at, words)
    source = "check.status.share" if check.name == SHARE_CHECK else "check.status.read"
    read = words.say(source, moment=moment)
    match check.result:
        case Result.PASSED:
            as_of = words.say("check.status.as_of", moment=moment)
            return _passed(words, words.say("check.status.passed"), as_of)
        case Result.NOT_CHECKED:
            return _open(words, words.say("check.status.unknown"), _detail(check))
        case _:
            return _status_failed(check, read, words, replaced)


def _status_failed(
    check: Check, read: Sentence, words: Words, replaced: Replacement | None
) -> CheckRow:
    code = check.problem.code if check.problem else None
    if code is Code.SUSPENDED:
        sentence = words.say("check.status.on_hold")
        return _row("on-hold", "none", sentence, read)
    if code is Code.REVOKED and replaced is not None:
        return _row("replaced", "newer", words.say("check.status.replaced"), read)
    if code is Code.REVOKED:
        return _row("withdrawn", "fail", words.say("check.status.withdrawn"), read)
    return _failed(words, words.say("check.status.unknown"), _detail(check))


def _row(icon: str, mark: str, sentence: Sentence, detail: Sentence) -> CheckRow:
    label = "".join(str(part) for part in sentence)
    return CheckRow(icon=icon, mark=mark, label=label, sentence=sentence, detail=detail)


def _validity_row(report: Report, facts: Facts, words: Words) -> CheckRow:
    failed = [
        check
        for check in report.checks
        if check.step is Step.VALIDITY and check.result is Result.FAILED
    ]
    if failed:
        return _outside_its_time(failed[0], facts, words)
    if facts.ends_at is not None:
        until = words.say("check.ends.detail", date=dates.day_of(facts.ends_at, words))
        return _passed(words, words.say("check.ends"), until)
    detail = "check.no_end.detail" if facts.is_work_record else "check.no_end.badge"
    return _passed(words, words.say("check.no_end"), words.say(detail))


def _outside_its_time(check: Check, facts: Facts, words: Words) -> CheckRow:
    is_early = check.problem is not None and check.problem.code is Code.NOT_YET_VALID
    key, at = ("check.early", facts.signed_at) if is_early else ("check.ended", facts.ends_at)
    detail = words.say(f"{key}.detail", date=dates.day_of(at, words)) if at else _detail(check)
    return _failed(words, words.say(key), detail, "ended")


def _rule_rows(report: Report, words: Words) -> list[CheckRow]:
    """Rules and policy are mentioned only when they did not pass, credentials inside always."""
    contents = [check for check in report.checks if check.step is Step.SCHEMA]
    inside = [check for check in contents if check.name == EMBEDDED_CHECK]
    rows = [row for check in contents if (row := _contents_row(check, words, inside))]
    rows += [
        _failed(words, words.say("check.policy.failed"), _detail(check))
        for check in report.checks
        if check.step is Step.POLICY and check.result is Result.FAILED
    ]
    endorsements = [check for check in contents if check.name == ENDORSEMENT_CHECK]
    rows += _good_inside(inside, "inside", words)
    return rows + _good_inside(endorsements, "endorsed", words)


def _contents_row(check: Check, words: Words, inside: list[Check]) -> CheckRow | None:
    """One check of step 8 that did not pass. A credential inside is told by its place: no word
    of it is shown, because it did not verify."""
    said = contents_word(check)
    place: Sentence = ()
    if check in inside:
        place = words.say("check.place", n=words.number(inside.index(check) + 1))
    match check.result:
        case Result.FAILED:
            return _failed(words, words.say(f"check.{said}.failed"), (*place, *_detail(check)))
        case Result.NOT_CHECKED:
            return _open(words, words.say(f"check.{said}.not_checked"), (*place, *_detail(check)))
        case _:
            return None


def _good_inside(checks: list[Check], what: str, words: Words) -> list[CheckRow]:
    """How many verified, and that nobody looked up who signed them."""
    good = sum(check.result is Result.PASSED for check in checks)
    if not good:
        return []
    counted = (words.count(f"check.{what}.passed", good),)
    return [_passed(words, counted, words.say(f"check.{what}.passed.detail"))]
