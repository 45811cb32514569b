"""What a host is shown: the facts of a record one by one, in the words a recruiter would read.

The facts are read from a credential that is never signed: the record with every fact of the work
shown. So the host confirms what a page can say, no more (no amount, no reason, no evaluation), and
nothing here depends on what the learner has answered or chosen.

Leaves to others: the words (``verifier.presentation``), the answer (``attest_form``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from issuer.hosts_word import Question
from issuer.projection import IssuerProfile, project
from issuer.record import Record
from issuer.store.rows import IssuerRow
from issuer.web.attest_form import NOTHING_TYPED, Typed
from verifier.presentation.facts import Facts, read_facts
from verifier.presentation.text import Sentence, Text, text
from verifier.presentation.words import LANGUAGES, Words, words
from verifier.strict_json import JsonObject

_WORK: Final[JsonObject] = {
    "hours": True,
    "dates": "day",
    "results": False,
    "compensation": True,
    "location": "locality",
    "supervisorName": False,
    "aiAssistance": False,
    "trialOutcome": False,
    "nameForm": "full",
}
"""Every fact about the work, whatever the learner chose to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One fact to confirm: ``lines`` is what it says."""

    id: str
    label: str
    lines: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestPage:
    """The page. ``faults`` are keys of the catalogue by the names of fields, ``has_changed`` says
    that the platform changed a fact since the page was opened."""

    lines: tuple[FactLine, ...]
    intro: Sentence
    foot: Sentence
    issuer_name: Text
    role: str
    facts_hash: str
    typed: Typed
    faults: Mapping[str, str]
    has_changed: bool
    other_languages: tuple[Words, ...] = field(repr=False)


def build_attest_page(
    question: Question,
    catalogue: Words,
    *,
    typed: Typed = NOTHING_TYPED,
    faults: Mapping[str, str] | None = None,
    has_changed: bool = False,
) -> AttestPage:
    """The page of ``question`` in the language of ``catalogue``."""
    slots = _slots(question.record)
    return AttestPage(
        lines=fact_lines(question, catalogue),
        intro=catalogue.say("attest.intro", **slots),
        foot=catalogue.say("attest.foot", **slots),
        issuer_name=text(question.issuer.profile_name),
        role=typed["role"] or _role(question.record),
        facts_hash=question.facts_hash,
        typed=typed,
        faults=faults or {},
        has_changed=has_changed,
        other_languages=tuple(words(it) for it in LANGUAGES if it != catalogue.language),
    )


def fact_lines(question: Question, catalogue: Words) -> tuple[FactLine, ...]:
    """The facts of the record, in the order of the page; what it does not say is not asked."""
    record = question.record
    facts = read_facts(_unsigned(record, question.issuer, question), catalogue)
    return tuple(
        FactLine(id=name, label=catalogue[label], lines=lines)
        for name, label, lines in _all(record, facts, catalogue)
        if lines
    )


def _all(
    record: Record, facts: Facts, catalogue: Words
) -> Iterator[tuple[str, str, tuple[Sentence, ...]]]:
    yield "person", "fact.name", _person(facts, catalogue)
    yield "title", "fact.project", _text(facts.title)
    yield "brief", "attest.fact.brief", _text(facts.brief)
    yield "objectives", "heading.objectives", tuple((it,) for it in facts.objectives)
    yield "dates", "fact.dates", _sentence(facts.dates)
    yield "effort", "fact.effort", _sentence((facts.effort,) if facts.effort else ())
    yield "modality", "fact.modality", _sentence(facts.modality)
    yield "team", "fact.team", _sentence(facts.team)
    handed_over = tuple((it.name, f" {it.note}" if it.note else "") for it in facts.deliverables)
    yield "deliverables", "attest.fact.deliverables", handed_over
    yield "paid", "fact.paid", ((facts.paid or _paid(record, catalogue),),)
    yield "trial", "fact.trial", _sentence(facts.trial)


def _person(facts: Facts, catalogue: Words) -> tuple[Sentence, ...]:
    if facts.name is None:
        return ()
    role: Sentence = (catalogue["list.comma"], facts.role) if facts.role else ()
    return ((facts.name, *role),)


def _paid(record: Record, catalogue: Words) -> str:
    """A credential never says that something was not paid; the host is asked all the same."""
    is_paid = record.document["engagement"]["compensation"]["paid"]
    return catalogue["paid.plain" if is_paid else "attest.paid.no"]


def _text(value: Text | None) -> tuple[Sentence, ...]:
    return ((value,),) if value else ()


def _sentence(value: Sentence) -> tuple[Sentence, ...]:
    return (value,) if value else ()


def _unsigned(record: Record, issuer: IssuerRow, question: Question) -> JsonObject:
    vouched = record.document.get("attestations", [])
    document = record.document | {"disclosure": _WORK, "attestations": vouched}
    return project(
        replace(record, document=document),
        credential_id="urn:uuid:00000000-0000-4000-8000-000000000000",
        issuer=IssuerProfile(id=issuer.did, name=issuer.profile_name),
        valid_from=question.asked_at,
        awarded=question.asked_at,
        status=(),
        salt=lambda: "0" * 32,
    )


def _slots(record: Record) -> dict[str, Text]:
    document = record.document
    name = document["learner"]["name"]
    return {
        "name": text(name["full"], None, name.get("direction")),
        "host": text(document["host"]["name"]),
        "platform": text(document["platform"]["name"]),
    }


def _role(record: Record) -> str:
    """What the platform calls the supervisor's role: a proposal, shown only when it is ticked."""
    supervisor = record.document.get("supervisor") or {}
    return str(supervisor.get("role", ""))
