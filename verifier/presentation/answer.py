"""One whole answer: the view model of a page, its JSON form, its plain text. The same words in all.

Leaves to others: markup (the templates), the sentences (``verdict``, ``checks``, ``facts``).
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.intake.received import Received
from verifier.judgement import Judgement
from verifier.presentation.checks import CheckRow, read_checks, read_unchecked
from verifier.presentation.facts import Facts, read_facts
from verifier.presentation.match import Match, compare, holds_email
from verifier.presentation.signer import signer_name
from verifier.presentation.text import Address, Strong, plain, text
from verifier.presentation.verdict import Shown, State, Verdict, no_link, read_verdict
from verifier.presentation.words import Words
from verifier.report import Report
from verifier.secured import WITHHELD
from verifier.strict_json import JsonObject
from verifier.test_credential import TEST_WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What a form of the page sends back to be judged again: a link, or the text itself.
    Nothing is kept here, so the page carries it."""

    link: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """``facts`` is ``None`` when nothing of the document may be shown. ``is_part`` tells that the
    holder chose what there is to see: a reader must know it before the facts."""

    verdict: Verdict
    checks: tuple[CheckRow, ...] = ()
    unchecked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: Facts | None = None
    is_part: bool = False
    is_test: bool = False
    """Whether the page has to say that it is about a test, beside a verdict of another kind."""
    signer: Address | Strong | None = None
    holds_email: bool = False
    match: Match | None = None
    again: Again | None = None


def build_page(
    judgement: Judgement, words: Words, *, again: Again | None = None, given: str = ""
) -> ResultPage:
    """Put a judgement into words. ``given`` is what the person in front of the reader said."""
    if judgement.is_missing:
        return ResultPage(verdict=no_link(words))
    report, document = judgement.report, judgement.document
    facts = read_facts(document, words) if document is not None else None
    verdict = read_verdict(report, facts, words, replaced=judgement.replaced)
    is_shown = verdict.shown is not Shown.NOTHING and document is not None
    return ResultPage(
        verdict=verdict,
        checks=read_checks(report, facts, words, replaced=judgement.replaced),
        unchecked=read_unchecked(report, facts if is_shown else None, words),
        warnings=_other_warnings(report) if is_shown else (),
        facts=facts if is_shown else None,
        is_part=is_shown and WITHHELD in report.warnings,
        is_test=report.is_test and verdict.state is not State.TEST,
        signer=signer_name(report.trust) if is_shown else None,
        holds_email=is_shown and document is not None and holds_email(document),
        match=compare(given, document, words) if is_shown and document is not None else None,
        again=again,
    )


def _other_warnings(report: Report) -> tuple[str, ...]:
    """Those that are not told above the facts."""
    told = (WITHHELD, TEST_WARNING)
    return tuple(text(warning).value for warning in report.warnings if warning not in told)


def build_json(judgement: Judgement, words: Words, problems_base: str) -> JsonObject:
    """The report, the verdict's words, and the document where a page would show it."""
    page = build_page(judgement, words)
    answer = judgement.report.to_json(problems_base)
    answer["verdict"] = {
        "state": page.verdict.state.value,
        "word": page.verdict.word,
        "headline": plain(page.verdict.headline),
        "next": plain(page.verdict.next),
    }
    if page.verdict.shown not in (Shown.NOTHING, Shown.RECOGNISE):
        answer["credential"] = judgement.document
    return answer


def build_text(judgement: Judgement, words: Words) -> str:
    """The answer for a terminal: verdict, what it says, what was checked and what was not."""
    page = build_page(judgement, words)
    verdict = page.verdict
    lines = [verdict.title, *([words["says.test"]] if page.is_test else [])]
    lines += [plain(verdict.next), *(plain(line) for line in verdict.meta), ""]
    if page.facts is not None:
        lines += [*_facts_as_text(page, words), ""]
    if page.checks:
        lines += [f"{words['heading.checked']}:", *(_row_as_text(row) for row in page.checks)]
    for heading, items in (
        ("heading.unchecked", page.unchecked),
        ("heading.warnings", page.warnings),
        ("heading.steps", tuple(plain(step) for step in verdict.steps)),
    ):
        if items:
            lines += ["", f"{words[heading]}:", *(f"  - {item}" for item in items)]
    return "\n".join(_one_line(line) for line in lines).strip()


def _row_as_text(row: CheckRow) -> str:
    detail = f". {plain(row.detail)}" if row.detail else ""
    return f"  [{row.label.lower()}] {plain(row.sentence)}{detail}"


def _facts_as_text(page: ResultPage, words: Words) -> list[str]:
    facts = page.facts
    if facts is None:
        return []
    if page.verdict.shown is Shown.RECOGNISE:
        return [f"{words[facts.sort.title_key]}: {plain(facts.title)}"]
    pairs = (
        ("fact.name", plain(facts.name)),
        (facts.sort.title_key, plain(facts.title)),
        (facts.sort.party_key, plain(facts.host)),
        ("fact.level", plain(facts.skill.level) if facts.skill else ""),
        ("fact.course_code", plain(facts.course_code)),
        ("fact.term", plain(facts.term)),
        ("fact.credit", plain(facts.credit)),
        ("fact.dates", plain(facts.dates)),
        ("fact.skills", "; ".join(plain(skill.inline) for skill in facts.skills)),
        ("fact.deliverables", "; ".join(str(item.name) for item in facts.deliverables)),
        ("fact.vouched", "; ".join(plain(line) for line in facts.vouched)),
    )
    part = [words["says.part"]] if page.is_part else []
    return part + [f"{words[key]}: {value}" for key, value in pairs if value]


def _one_line(value: str) -> str:
    """A terminal obeys escape sequences and shows lines as ours: neither gets through."""
    return "".join(sign if sign.isprintable() else " " for sign in value)


def again_with(received: Received) -> Again | None:
    """What to send back: the link if there is one, else the document as text."""
    if received.link is not None:
        return Again(link=received.link)
    if isinstance(received.data, bytes):
        try:
            return Again(text=received.data.decode("utf-8"))
        except UnicodeDecodeError:
            return None
    return None
