"""What a document says, in words: the view model of the facts on every page.

Reads the verified document of one credential: ours (with a work record, the
``microInternship`` evidence) in full, any other Open Badges 3.0 credential as far as its
plain members go. Left out and not so look the same: an empty field means "show nothing".

Leaves to others: whether the document is genuine, and how much of it may be shown
(``verdict``). Never raises for a document that the strict loader accepted.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from verifier.date_time_stamp import parse_instant
from verifier.errors import RefusedError
from verifier.numeric_date import parse_numeric_date
from verifier.presentation import dates
from verifier.presentation.credit import read_credit
from verifier.presentation.dates import Calendar
from verifier.presentation.members import (
    claimed_name,
    first_string,
    items,
    node,
    nodes,
    read_text,
    read_texts,
    strings,
)
from verifier.presentation.skills import Skill, name_people, rated_by_all, read_skills
from verifier.presentation.sorts import Sort, sort_of
from verifier.presentation.text import Address, Sentence, Strong, Text, join, text
from verifier.presentation.words import Words
from verifier.strict_json import JsonObject, JsonValue

_DELIVERABLES: Final = (
    "report", "slides", "spreadsheet", "dataset", "code", "design",
    "video", "audio", "website", "text", "event", "other",
)  # fmt: skip
_AI_USES: Final = (
    "research", "drafting", "editing", "coding", "dataAnalysis", "media",
    "translation", "accessibility",
)  # fmt: skip
_ROLES: Final = ("learner", "host", "school", "platform")
_METHODS: Final = ("platformAction", "signedLink", "signedCredential", "registrarRecord")
_GATES: Final = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "R1", "R2", "R3")
_PAID: Final = ("hourlyWage", "fixedFee", "stipend", "grantFunded")
_NUMBER: Final = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverable:
    """Something that was handed over; ``note`` is such as ``(report, accepted)``."""

    name: Text
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """A result that is not a skill: ``Quality of the deliverable`` and ``Exceeds expectations``."""

    name: Text
    value: Text | str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLink:
    """A link that leaves our site: https, a host with a name, no user information."""

    name: Text
    url: str
    host: str
    opens: Sentence
    description: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The title and brief in another language."""

    title: Text | None
    brief: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a page may say about one credential, in the words of one interface language.

    ``sort`` tells ours from other badges, ``kind`` is its name. ``when`` is no finer than months,
    ``dates`` as fine as the credential says. ``skill`` is the one of a badge for one skill.
    ``claimed_issuer`` is what the document calls its issuer: a claim, to be shown only on the
    issuer's own page or marked as said by it.
    """

    sort: Sort
    kind: str
    language: str | None
    title: Text | None
    brief: Text | None = None
    name: Text | None = None
    latin_form: Text | None = None
    host: Text | None = None
    platform: Text | None = None
    role: Text | None = None
    field: Text | None = None
    when: Sentence = ()
    dates: Sentence = ()
    effort: str | None = None
    modality: Sentence = ()
    team: Sentence = ()
    paid: str | None = None
    trial: Sentence = ()
    objectives: tuple[Text, ...] = ()
    criteria: Text | None = None
    skills: tuple[Skill, ...] = ()
    skills_rated: Sentence = ()
    skill: Skill | None = None
    credit: Sentence = ()
    course_code: Text | None = None
    term: Text | None = None
    source: str | None = None
    deliverables: tuple[Deliverable, ...] = ()
    results: tuple[ResultLine, ...] = ()
    ai: Sentence = ()
    evidence: tuple[EvidenceLink, ...] = ()
    vouched: tuple[Sentence, ...] = ()
    gates: tuple[str, ...] = ()
    editions: tuple[Edition, ...] = ()
    claimed_issuer: Text | None = None
    signed_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_work_record(self) -> bool:
        """Whether it is our record of what the work was."""
        return self.sort is Sort.WORK

    @property
    def shows_brief(self) -> bool:
        """Whether the short list holds the longer text: ours says it in rows of its own."""
        return bool(self.brief) and self.sort in (Sort.ENDORSEMENT, Sort.QUALITY, Sort.BADGE)

    @property
    def has_details(self) -> bool:
        """Whether the longer list says anything."""
        details = (self.dates, self.role, self.field, self.effort, self.modality, self.team)
        results = () if self.sort is Sort.CREDIT else self.results
        more = (self.paid, self.trial, self.platform, results, self.ai, self.evidence)
        return any((*details, *more))

    @property
    def strong_name(self) -> Strong | None:
        """The name, with weight, for the sentence that it is the point of."""
        return Strong(value=self.name) if self.name else None


def read_facts(document: JsonObject, words: Words) -> Facts:
    """Read ``document`` (verified, without its proof) into words."""
    subject = node(_first(document.get("credentialSubject")))
    achievement = node(subject, "achievement")
    work = _work_record(document)
    language = first_string(achievement.get("inLanguage"))
    sort = sort_of(document, achievement, work)
    start, end = _period(work, subject)
    found = read_skills(work, subject, language, words)
    skills = () if sort is Sort.SKILL else found
    name = _name(subject, work) or read_text(claimed_name(document))
    return Facts(
        sort=sort,
        kind=_kind(sort, work, words),
        language=language,
        title=_title(document, achievement, work, language),
        brief=read_text(node(work, "project").get("description"), language)
        or read_text(achievement.get("description"), language)
        or read_text(subject.get("endorsementComment"), language),
        name=name,
        latin_form=_latin_form(work, name),
        host=_party(work, "host", language) or _party(subject, "source", language)
        or _party(achievement, "creator", language),
        platform=_party(work, "platform"),
        role=read_text(subject.get("role"), language),
        field=read_text(achievement.get("fieldOfStudy"), language),
        when=dates.months(start, end, words),
        dates=dates.span(start, end, words),
        effort=_effort(work, words),
        modality=_modality(work, language, words),
        team=_team(work, language, words),
        paid=_paid(work, words),
        trial=_trial(work, words),
        objectives=read_texts(node(work, "project").get("objective"), language),
        criteria=_criteria(achievement, work, language),
        skill=found[0] if sort is Sort.SKILL and found else None,
        credit=read_credit(work, language, words),
        course_code=read_text(achievement.get("humanCode")),
        term=read_text(subject.get("term"), language),
        source=words["beside.work"] if sort in (Sort.SKILL, Sort.CREDIT) else None,
        skills=skills,
        skills_rated=rated_by_all(skills, words),
        deliverables=_deliverables(work, language, words),
        results=_results(subject, work, language, words),
        ai=_ai(work, language, words),
        evidence=_evidence(document, language, words),
        vouched=_vouched(work, language, words),
        gates=_gates(work, words),
        editions=_editions(work),
        claimed_issuer=read_text(node(document.get("issuer")).get("name")),
        signed_at=_instant(document, "validFrom", "issuanceDate", "nbf"),
        ends_at=_instant(document, "validUntil", "expirationDate", "exp"),
    )  # fmt: skip


def _first(value: JsonValue) -> JsonValue:
    return next(iter(items(value)), None)


def _work_record(document: JsonObject) -> JsonObject:
    found = (node(item, "microInternship") for item in nodes(document.get("evidence")))
    return next((work for work in found if work), {})


def _criteria(achievement: JsonObject, work: JsonObject, language: str | None) -> Text | None:
    """Of other badges only: ours repeats there what the work record says."""
    return None if work else read_text(node(achievement, "criteria").get("narrative"), language)


def _kind(sort: Sort, work: JsonObject, words: Words) -> str:
    if sort is not Sort.WORK:
        return words[f"kind.{sort.value}"]
    return words["kind.reverse" if work.get("form") == "reverse" else "kind.standard"]


def _title(
    document: JsonObject, achievement: JsonObject, work: JsonObject, language: str | None
) -> Text | None:
    """The name of the project, achievement or credential. Claims that are no credential of the
    data model (SD-JWT VC) may mean a person by ``name``, so their type stands for them."""
    if "vct" in document and "credentialSubject" not in document:
        return read_text(document["vct"])
    places = (node(work, "project"), achievement, document)
    return next(
        (found for place in places if (found := read_text(place.get("name"), language))), None
    )


def _name(subject: JsonObject, work: JsonObject) -> Text | None:
    """The holder's name: an identity object of type ``name`` in clear (OB 3.0, B.5.9)."""
    hint = node(work, "learnerName")
    for identity in nodes(subject.get("identifier")):
        name = first_string(identity.get("identityHash"))
        if identity.get("identityType") == "name" and identity.get("hashed") is False and name:
            return text(
                name, first_string(hint.get("inLanguage")), first_string(hint.get("direction"))
            )
    return None


def _latin_form(work: JsonObject, name: Text | None) -> Text | None:
    hint = node(work, "learnerName")
    latin = first_string(hint.get("latinForm"))
    if latin is None or latin == (name.value if name else None):
        return None
    language = (first_string(hint.get("inLanguage")) or "und").split("-")[0]
    return text(latin, f"{language}-Latn", "ltr")


def _party(holder: JsonObject, name: str, language: str | None = None) -> Text | None:
    return read_text(node(holder, name).get("name"), language)


def _period(work: JsonObject, subject: JsonObject) -> tuple[Calendar | None, Calendar | None]:
    """Our civil dates; else the month or year that is told instead; else Open Badges' dates."""
    start, end = (dates.parse_calendar(work.get(name)) for name in ("startDate", "endDate"))
    if start is None and end is None:
        told = [dates.parse_calendar(value) for value in items(work.get("period"))]
        start, end = (told[0], told[-1]) if told else (None, None)
    if start is None and end is None:
        start, end = (
            dates.parse_calendar((first_string(subject.get(name)) or "")[:10])
            for name in ("activityStartDate", "activityEndDate")
        )
    return start, end


def _effort(work: JsonObject, words: Words) -> str | None:
    minutes = dates.parse_minutes(work.get("effort"))
    if minutes is None:
        return None
    hours, rest = divmod(minutes, 60)
    parts = [words.count("hours", hours)] if hours else []
    parts += [words.count("minutes", rest)] if rest else []
    time = parts[0]
    if len(parts) == 2:
        time = words["effort.hours_and_minutes"].format(hours=parts[0], minutes=parts[1])
    basis = work.get("effortBasis")
    known = basis in ("logged", "estimated", "contracted")
    return words[f"effort.{basis if known else 'plain'}"].format(time=time)


def _modality(work: JsonObject, language: str | None, words: Words) -> Sentence:
    modality = node(work, "modality")
    mode = modality.get("mode")
    if mode not in ("remote", "onsite", "hybrid"):
        return ()
    shown = words[f"modality.{mode}"]
    code = first_string(modality.get("countryCode"))
    country = words.country(text(code).value[:2]) if code else None
    place = read_text(modality.get("locality"), language)
    if place and country:
        return words.say("modality.in_place_and_country", mode=shown, place=place, country=country)
    if place:
        return words.say("modality.in_place", mode=shown, place=place)
    return words.say("modality.in_country", mode=shown, country=country) if country else (shown,)


def _team(work: JsonObject, language: str | None, words: Words) -> Sentence:
    team = node(work, "team")
    size, own = team.get("teamSize"), read_text(team.get("contribution"), language)
    lines: list[Sentence] = []
    if isinstance(size, int) and not isinstance(size, bool) and 2 <= size <= 1000:
        lines.append((words["team.size"].format(n=words.number(size)) + ".",))
    if team.get("assessedAs") in ("team", "individual"):
        key = "rated_as_team" if team["assessedAs"] == "team" else "rated_each"
        lines.append((words[f"team.{key}"] + ".",))
    if own:
        lines.append(words.say("team.own_part", text=own))
    return join(lines)


def _paid(work: JsonObject, words: Words) -> str | None:
    compensation = node(work, "compensation")
    if compensation.get("paid") is not True:
        return None
    kind = compensation.get("compensationKind")
    return words[f"paid.{kind if kind in _PAID else 'plain'}"]


def _trial(work: JsonObject, words: Words) -> Sentence:
    """The same words for every trial; how it went only where the learner chose to say it."""
    trial = node(work, "trial")
    if work.get("form") != "reverse":
        return ()
    lines: list[Sentence] = []
    if trial.get("freeToLeave") is True and trial.get("paidForTimeWorked") is True:
        lines.append((words["trial.terms"],))
    if days := dates.parse_days(trial.get("plannedLength")):
        lines.append(words.say("trial.planned", days=words.count("days", days)))
    for member, key in (("offerMade", "trial.offer"), ("convertedToHire", "trial.hired")):
        if trial.get(member) is True or work.get(member) is True:
            lines.append((words[key],))
    return join(lines)


def _deliverables(work: JsonObject, language: str | None, words: Words) -> tuple[Deliverable, ...]:
    found = []
    for item in nodes(node(work, "project").get("deliverable")):
        name = read_text(item.get("name"), language)
        if name:
            found.append(Deliverable(name=name, note=_deliverable_note(item, words)))
    return tuple(found)


def _deliverable_note(item: JsonObject, words: Words) -> str:
    kind = item.get("deliverableKind")
    shown = words[f"deliverable.{kind}"] if kind in _DELIVERABLES else None
    state = words["deliverable.accepted"] if item.get("acceptance") == "accepted" else None
    if shown and state:
        return words["deliverable.note"].format(kind=shown, state=state)
    only = shown or state
    return words["deliverable.note_one"].format(kind=only) if only else ""


def _results(
    subject: JsonObject, work: JsonObject, language: str | None, words: Words
) -> tuple[ResultLine, ...]:
    """Results that no skill assertion speaks of."""
    skills = {item.get("forResult") for item in nodes(work.get("skillAssertion")) if _is_id(item)}
    descriptions = {
        str(item.get("id")): item
        for item in nodes(node(subject, "achievement").get("resultDescription"))
    }
    found = []
    for result in nodes(subject.get("result")):
        identifier = str(result.get("resultDescription"))
        description = descriptions.get(identifier, {})
        name = read_text(description.get("name"), language)
        value = _result_value(result, description, language, words)
        if identifier not in skills and name and value:
            found.append(ResultLine(name=name, value=value))
    return tuple(found)


def _is_id(item: JsonObject) -> bool:
    return isinstance(item.get("forResult"), str)


def _result_value(
    result: JsonObject, description: JsonObject, language: str | None, words: Words
) -> Text | str | None:
    achieved = result.get("achievedLevel")
    for level in nodes(description.get("rubricCriterionLevel")):
        if achieved is not None and level.get("id") == achieved:
            return read_text(level.get("name"), language)
    if result.get("status") == "Completed":
        return words["result.completed"]
    if value := first_string(result.get("value")):
        return _score(value, description, words)
    return read_text(result.get("status"), language)


def _score(value: str, description: JsonObject, words: Words) -> Text | str:
    """A number says what it is a number of; anything else is shown as it stands."""
    most = first_string(description.get("valueMax"))
    if not _NUMBER.fullmatch(value):
        return text(value)
    if description.get("resultType") == "Percent":
        return words["result.percent"].format(value=words.digits(value))
    if most and _NUMBER.fullmatch(most):
        return words["result.of"].format(value=words.digits(value), most=words.digits(most))
    return words.digits(value)


def _ai(work: JsonObject, language: str | None, words: Words) -> Sentence:
    ai = node(work, "aiAssistance")
    uses = tuple(dict.fromkeys(strings(ai.get("aiUse"))))
    named: list[Sentence] = [(words[f"ai.{use}"],) for use in uses if use in _AI_USES]
    statement = read_text(ai.get("aiStatement"), language)
    by = tuple(role for role in _ROLES if role in strings(ai.get("disclosedBy")))
    lines: list[Sentence] = []
    if named:
        lines.append(_capitalised(words.say("ai.uses", uses=words.enumerate(named))))
    elif "none" in uses:
        lines.append((words["ai.none"],))
    if statement:
        key = "ai.learner_words" if "learner" in by else "ai.plain_words"
        lines.append(words.say(key, text=words.say("quote", text=statement)))
    if lines and by:
        lines.append(words.say("ai.said_by", who=name_people(by, words)))
    return join(lines)


def _capitalised(sentence: Sentence) -> Sentence:
    first = sentence[0]
    return (first[:1].upper() + first[1:], *sentence[1:]) if isinstance(first, str) else sentence


def _evidence(document: JsonObject, language: str | None, words: Words) -> tuple[EvidenceLink, ...]:
    found = (
        _evidence_link(item, language, words)
        for item in nodes(document.get("evidence"))
        if "microInternship" not in item
    )
    return tuple(link for link in found if link is not None)


def _evidence_link(item: JsonObject, language: str | None, words: Words) -> EvidenceLink | None:
    url, name = first_string(item.get("id")), read_text(item.get("name"), language)
    host = safe_link_host(url) if url else None
    if url is None or host is None:
        return None
    return EvidenceLink(
        name=name or text(host),
        url=url,
        host=host,
        opens=words.say("evidence.opens", host=Address(value=host)),
        description=read_text(item.get("description"), language),
    )


def safe_link_host(url: str) -> str | None:
    """The host of a link that may be shown, in ASCII; ``None`` for a link that may not.

    https only; no user information, which hides the host; no bare IP address; printable
    ASCII only, so that a look-alike letter shows up as Punycode.
    """
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or not host or "@" in parts.netloc or "." not in host:
        return None
    return None if _is_ip_address(host) else host


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # Browsers read ``0x7f.1`` and ``2130706433`` as addresses: a name ends in letters.
        return not host.rsplit(".", 1)[-1][:1].isalpha()
    return True


def _vouched(work: JsonObject, language: str | None, words: Words) -> tuple[Sentence, ...]:
    platform = _party(work, "platform")
    found = (
        _attestation(item, platform, language, words) for item in nodes(work.get("attestation"))
    )
    return tuple(line for line in found if line)


def _attestation(
    item: JsonObject, platform: Text | None, language: str | None, words: Words
) -> Sentence:
    by, method = item.get("attestedBy"), item.get("attestMethod")
    if by not in _ROLES or method not in _METHODS:
        return ()
    who: Sentence = (words[f"vouched.{by}"],)
    if role := read_text(item.get("attestedRole"), language):
        who = words.say("vouched.with_role", who=who, role=role)
    how: Sentence = (words[f"vouched.{method}"],)
    if method == "platformAction" and platform:
        how = words.say("vouched.platformAction_named", platform=platform)
    if on := dates.parse_calendar(item.get("attestedOn")):
        return words.say("vouched.line_dated", who=who, how=how, date=dates.moment(on, words))
    return words.say("vouched.line", who=who, how=how)


def _gates(work: JsonObject, words: Words) -> tuple[str, ...]:
    met = strings(node(work, "quality").get("gateMet"))
    return tuple(words[f"gate.{code}"] for code in _GATES if code in met)


def _editions(work: JsonObject) -> tuple[Edition, ...]:
    found = []
    for item in nodes(work.get("localized")):
        language = first_string(item.get("inLanguage"))
        title, brief = (read_text(item.get(name), language) for name in ("name", "description"))
        if title or brief:
            found.append(Edition(title=title, brief=brief))
    return tuple(found)


def _instant(document: JsonObject, *names: str) -> datetime | None:
    """The first of ``names`` that is a date: text, or seconds in a token's claims."""
    for name in names:
        value = document.get(name)
        try:
            return (parse_instant if isinstance(value, str) else parse_numeric_date)(value).at
        except RefusedError:  # absent, or not of the form: then there is nothing to show
            continue
    return None
