"""The sentences of a credential: description, criteria and the work record in words.

The description is a template in the record's language; where there is none, the title is
repeated rather than two languages mixed (domain §1.2). The criteria and the work record are
in English: they are labels around the record's own words, for readers that do not know our
vocabulary; pages in other languages are made from the vocabulary, not from these sentences.

No sentence says how a trial ended, who ended it, or that somebody was unpaid or not hired.
The word "completed" is not used of work that was done in part.

Leaves to others: pages (``verifier.presentation``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from issuer.projection.choices import Choices
from issuer.record.rules import parse_effort
from verifier.strict_json import JsonObject

_DESCRIPTIONS: Final[Mapping[tuple[str, str], str]] = {
    ("en", "completed"): "A completed micro-internship for {host}",
    ("en", "reverse"): "A paid trial (reverse micro-internship) for {host}",
    ("en", "partlyCompleted"): "Work on a micro-internship for {host}",
    ("de", "completed"): "Ein abgeschlossenes Mikropraktikum für {host}",
    ("fr", "completed"): "Un micro-stage mené à bien pour {host}",
    ("es", "completed"): "Una micropasantía completada para {host}",
    ("ar", "completed"): "تدريب مصغّر مكتمل لدى {host}",
    ("id", "completed"): "Magang mikro yang telah diselesaikan untuk {host}",
    ("de", "reverse"): "Bezahlte Probearbeit (umgekehrtes Mikropraktikum) für {host}",
    ("fr", "reverse"): "Un essai rémunéré (micro-stage inversé) pour {host}",
    ("es", "reverse"): "Una prueba remunerada (micropasantía inversa) para {host}",
    ("ar", "reverse"): "فترة تجربة مدفوعة (تدريب مصغّر معكوس) لدى {host}",
    ("id", "reverse"): "Masa percobaan berbayar (magang mikro terbalik) untuk {host}",
    ("de", "partlyCompleted"): "Arbeit an einem Mikropraktikum für {host}",
    ("fr", "partlyCompleted"): "Un travail dans un micro-stage pour {host}",
    ("es", "partlyCompleted"): "Trabajo en una micropasantía para {host}",
    ("ar", "partlyCompleted"): "عمل في تدريب مصغّر لدى {host}",
    ("id", "partlyCompleted"): "Pekerjaan dalam magang mikro untuk {host}",
}
_CRITERIA: Final[Mapping[str, str]] = {
    "completed": "To earn this, a person does the agreed project for a host, hands over what was "
    "agreed, and the host confirms it.",
    "reverse": "To earn this, a person works a paid trial. Either side may end it at any time and "
    "the time worked is paid. The host confirms the days and the work handed over.",
    "partlyCompleted": "To earn this, a person works on a project for a host and hands over work, "
    "and the host confirms it.",
}
_TRIAL_TERMS: Final = "Paid trial; either side may end it at any time and the time worked is paid."


def describe(document: JsonObject) -> str:
    """The credential's description in the record's language, or else its title."""
    template = _DESCRIPTIONS.get((language_of(document["inLanguage"]), _kind(document)))
    if template is None:
        return str(document["engagement"]["title"])
    return end_sentence(template.format(host=document["host"]["name"]))


def _kind(document: JsonObject) -> str:
    """One of ``reverse``, ``completed``, ``partlyCompleted``: all trials are told alike."""
    if document["engagement"]["form"] == "reverse":
        return "reverse"
    return str(document["outcome"]["status"])


def criteria(document: JsonObject) -> str:
    """What had to be done, in Markdown: a sentence and the objectives as a list."""
    objectives = "".join(f"- {objective}\n" for objective in document["engagement"]["objectives"])
    return f"{_CRITERIA[_kind(document)]}\n\n**Objectives**\n\n{objectives}"


def narrate(document: JsonObject, deliverables: list[JsonObject]) -> str:
    """The work record in words: the same facts as its members, in the same choice."""
    choices = Choices(document=document)
    sentences = [*_engagement(document, choices), *_work(document, choices, deliverables)]
    return " ".join(end_sentence(sentence) for sentence in sentences)


def _engagement(document: JsonObject, choices: Choices) -> Iterator[str]:
    is_trial = document["engagement"]["form"] == "reverse"
    if is_trial:
        yield _TRIAL_TERMS
    kind = "Trial" if is_trial else "Project"
    host, platform = document["host"]["name"], document["platform"]["name"]
    yield f"{kind} with {host}, arranged through {platform}"
    if effort := choices.effort:
        yield f"Effort: {_hours(effort['duration'])} ({effort['basis']})"
    if days := choices.days:
        yield f"Dates: {_span(*days)}{f' ({choices.time_zone})' if choices.time_zone else ''}"
    yield f"Way of working: {document['engagement']['modality']['mode']}"


def _work(document: JsonObject, choices: Choices, deliverables: list[JsonObject]) -> Iterator[str]:
    if choices.compensation:
        yield "Paid: yes"
    yield from _team(choices.team)
    yield f"Handed over: {'; '.join(deliverable['name'] for deliverable in deliverables)}"
    yield from _trial_outcome(choices)
    if (assistance := choices.ai_assistance) and assistance.get("statement"):
        yield f"AI help: {assistance['statement']}"
    if choices.supervisor_name:
        yield f"Supervisor: {choices.supervisor_name}"


def _team(team: JsonObject | None) -> Iterator[str]:
    if team is not None:
        yield f"Team of {team['size']}, assessed as {_ASSESSED[team['assessedAs']]}"
        if team.get("contribution"):
            yield f"Own part: {team['contribution']}"


_ASSESSED: Final = {"team": "a team", "individual": "single persons"}


def _trial_outcome(choices: Choices) -> Iterator[str]:
    if days := choices.planned_days:
        yield f"The trial of {days} day{'s' if days > 1 else ''} ran in full"
    if choices.offer_made:
        yield "The host made an offer"
    if choices.converted_to_hire:
        yield "The person was hired"


def _hours(duration: str) -> str:
    """``7 h 30 min`` for ``PT7H30M``."""
    hours, minutes = divmod(parse_effort(duration) or 0, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{minutes} min"] if minutes else parts)


def _span(start: str, end: str) -> str:
    return start if start == end else f"{start} to {end}"


def language_of(tag: str) -> str:
    """``de`` for ``de-CH``: the language of a BCP 47 tag, without region and script."""
    return tag.split("-")[0].lower()


def end_sentence(sentence: str) -> str:
    """With a full stop, but not with two: names such as "Co." end in one."""
    return sentence if sentence.endswith((".", "!", "?", "؟", "。")) else f"{sentence}."
