"""What a document says, in words."""

# ruff: noqa: RUF001  the words of pages hold typographic quotation marks and other scripts
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.projection.disclosure import as_claims
from tests.verifier.web.states import document
from verifier.presentation.facts import Facts, read_facts, safe_link_host
from verifier.presentation.match import compare
from verifier.presentation.text import Text, plain
from verifier.presentation.words import words

ENGLISH, ARABIC = words("en"), words("ar")


def _facts(name: str, language: str = "en") -> Facts:
    return read_facts(document(name), words(language))


def _work(facts_document: dict[str, Any]) -> dict[str, Any]:
    work = facts_document["evidence"][0]["microInternship"]
    assert isinstance(work, dict)
    return work


def test_the_everyday_case_reads_as_on_the_share_page() -> None:
    """Every fact of example 01, in the words of the mock."""
    facts = _facts("01-standard-paid-remote")

    assert Text(value="Maya Okafor-Reyes") == facts.name
    assert "Full Circle Refill Co." == plain(facts.host)
    assert "2 March to 20 March 2026" == plain(facts.dates)
    assert "March 2026" == plain(facts.when)
    assert "About 22 hours, estimate" == facts.effort
    assert "Remote, United States" == plain(facts.modality)
    assert "Yes, a fixed fee" == facts.paid
    assert "GigBridge" == plain(facts.platform)
    assert "Market research micro-intern" == plain(facts.role)
    assert "Marketing" == plain(facts.field)
    assert () == facts.trial
    assert ["(spreadsheet, accepted)", "(report, accepted)"] == [d.note for d in facts.deliverables]
    assert [("Quality of the deliverable", "Exceeds expectations")] == [
        (plain(line.name), plain(line.value)) for line in facts.results
    ]
    assert plain(facts.ai).startswith("To find sources and to edit. In the learner’s words: “AI")
    assert plain(facts.ai).endswith("Said by the learner and the host.")
    assert ["The host (Marketing lead), by an action on GigBridge on 22 March 2026"] == [
        plain(line) for line in facts.vouched
    ]
    assert 8 == len(facts.gates)
    assert "Paid fairly: at or above the platform’s floor" in facts.gates


def test_skills_say_level_meaning_and_who_rated() -> None:
    """The framework match is in small print, with the kind of match and who chose it."""
    first, second, third = _facts("01-standard-paid-remote").skills

    assert ("Competent", "Advanced") == (first.level, third.level)
    assert "Alone, to the standard the host expects of a new hire." == first.meaning
    assert "Rated by the host." == plain(first.rated)
    assert (
        "Open Skills Register (fictional) 2026-01: Carry out competitor research. "
        "Exact match, chosen by the host."
    ) == plain(first.frameworks)
    assert plain(second.frameworks).startswith(
        "ESCO 1.2.0: write work-related reports. Close match, chosen by the issuer’s curator."
    )
    assert () == third.frameworks
    assert "Professionalism: advanced" == plain(third.inline)


def test_an_observed_skill_is_not_called_rated() -> None:
    """Nobody rated it, so no rater is named and the list makes no claim about all."""
    facts = _facts("02-reverse-one-day-ended-early")

    assert "Observed" == facts.skills[0].level
    assert () == facts.skills[0].rated
    assert () == facts.skills_rated


def test_a_trial_is_told_with_the_same_words_for_all() -> None:
    """No day, no hour, no word about who ended it."""
    facts = _facts("02-reverse-one-day-ended-early")

    assert ("Paid trial. Either side may end it at any time and the time worked is paid.") == plain(
        facts.trial
    )
    assert ((), None) == (facts.dates, facts.effort)


def test_a_trial_that_the_learner_tells_about_says_so() -> None:
    """Planned length, offer and hire appear only together with the facts in the document."""
    changed = document("02-reverse-one-day-ended-early")
    _work(changed)["trial"].update(plannedLength="P5D", offerMade=True, convertedToHire=True)

    assert plain(read_facts(changed, ENGLISH).trial).endswith(
        "Planned length: 5 days. The host made an offer. The host hired the person after the trial."
    )


def test_arabic_interface_and_arabic_content() -> None:
    """Words and digits of the interface in Arabic, the record's own text unchanged."""
    facts = _facts("05-arabic-right-to-left", "ar")

    assert Text(value="ليلى عبد الرحمن الشناوي", language="ar", direction="rtl") == facts.name
    assert (
        Text(value="Layla Abdelrahman El-Shennawy", language="ar-Latn", direction="ltr")
        == facts.latin_form
    )
    assert "من ٢١ يونيو إلى ٩ يوليو ٢٠٢٦" == plain(facts.dates)
    assert "نحو ٢٨ ساعة، بحسب سجل العمل" == facts.effort
    assert "حضوري وعن بُعد، مصر" == plain(facts.modality)
    assert "للترجمة وللتحرير." in plain(facts.ai)
    assert ["Catalogue of small home bakeries in Giza"] == [
        plain(edition.title) for edition in facts.editions
    ]


def test_content_keeps_its_own_language_on_an_english_page() -> None:
    """A screen reader switches voices, the browser switches direction."""
    facts = _facts("05-arabic-right-to-left")

    assert facts.title is not None
    assert ("ar", "rtl") == (facts.title.language, facts.title.direction)
    assert "About 28 hours, from the work log" == facts.effort


def test_months_stand_where_days_are_not_told() -> None:
    """With the facet ``month`` the credential has a period instead of dates."""
    changed = document()
    work = _work(changed)
    del work["startDate"], work["endDate"]
    del changed["credentialSubject"]["activityStartDate"]
    del changed["credentialSubject"]["activityEndDate"]
    work["period"] = ["2026-06", "2026-07"]

    assert "June to July 2026" == plain(read_facts(changed, ENGLISH).dates)


def test_what_is_left_out_and_what_is_not_so_look_the_same() -> None:
    """No row says "no" or "not stated"."""
    changed = document()
    work = _work(changed)
    for member in ("effort", "effortBasis", "modality", "compensation", "aiAssistance", "quality"):
        del work[member]
    unpaid = document()
    _work(unpaid)["compensation"] = {"type": ["Compensation"], "paid": False}
    facts = read_facts(changed, ENGLISH)

    assert (None, (), None, (), ()) == (
        facts.effort, facts.modality, facts.paid, facts.ai, facts.gates,
    )  # fmt: skip
    assert None is read_facts(unpaid, ENGLISH).paid


def test_another_badge_is_shown_as_far_as_its_plain_members_go() -> None:
    """No work record: the name, the achievement, its criteria, the dates."""
    changed = document()
    del changed["evidence"]
    facts = read_facts(changed, ENGLISH)

    assert not facts.is_work_record
    assert "Digital badge" == facts.kind
    assert "Maya Okafor-Reyes" == plain(facts.name)
    assert facts.criteria is not None
    assert "2 March to 20 March 2026" == plain(facts.dates)
    assert () == facts.skills


def test_a_hashed_name_is_not_shown() -> None:
    """Only what is in clear can be read."""
    changed = document()
    changed["credentialSubject"]["identifier"][0]["hashed"] = True

    assert None is read_facts(changed, ENGLISH).name


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://portfolio.example/maya", "portfolio.example"),
        ("https://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example"),
        ("http://portfolio.example/", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://portfolio.example@evil.example/", None),
        ("https://münchen.example/", None),
        ("https://127.0.0.1/", None),
        ("https://2130706433/", None),
        ("https://0x7f.1/", None),
        ("https://[::1]/", None),
        ("https://intranet/", None),
        ("https://a.example/ b", None),
        ("https://a.example:port/", None),
        ("https://", None),
    ],
)
def test_only_plain_https_links_are_shown(url: str, expected: str | None) -> None:
    """No script, no hidden host, no bare address, no look-alike letters."""
    assert expected == safe_link_host(url)


def test_a_link_that_may_not_be_shown_is_left_out() -> None:
    """The rest of the evidence stays."""
    changed = document()
    changed["evidence"].append({"type": ["Evidence"], "id": "javascript:alert(1)", "name": "x"})

    assert ["portfolio.example"] == [link.host for link in read_facts(changed, ENGLISH).evidence]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "@value", "type", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) below ``value``."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in pairs:
        found.append((value, key))
        if isinstance(member, dict | list):
            found.extend(_places(member))
    return found


@given(data=st.data(), value=_VALUES, language=st.sampled_from(["en", "ar"]))
def test_no_document_makes_the_reading_fail(data: st.DataObject, value: Any, language: str) -> None:
    """Any member of a real credential may be anything: the page shows less, and no error."""
    changed = document()
    container, key = data.draw(st.sampled_from(_places(changed)))
    container[key] = value

    assert read_facts(changed, words(language)).kind


@given(
    st.dictionaries(st.sampled_from(["credentialSubject", "evidence", "issuer", "name"]), _VALUES)
)
def test_no_object_makes_the_reading_fail(changed: dict[str, Any]) -> None:
    """Not even one that is nothing like a credential."""
    assert read_facts(changed, ENGLISH).kind


def test_plain_claims_are_named_by_their_type() -> None:
    """In an SD-JWT VC ``name`` may be a person's; dates are seconds since 1970."""
    claims = {
        "iss": "https://issuer.example",
        "vct": "https://issuer.example/types/internship",
        "name": "Maya",
        "nbf": 1_767_225_600,
        "exp": 1_798_761_600.5,
    }

    facts = read_facts(claims, ENGLISH)

    assert "https://issuer.example/types/internship" == plain(facts.title)
    assert None is facts.name
    assert [2026, 2027] == [moment.year for moment in (facts.signed_at, facts.ends_at) if moment]


def test_a_person_among_plain_claims_has_a_name() -> None:
    """Nobody is told that a credential names nobody when it does; the comparison knows it too."""
    claims = {"iss": "https://issuer.example", "vct": "urn:x:course", "family_name": "Diaz"}
    whole = {**claims, "given_name": "Ana"}

    same = compare("ana diaz", whole, ENGLISH)

    assert ["Diaz", "Ana Diaz"] == [plain(read_facts(it, ENGLISH).name) for it in (claims, whole)]
    assert None is read_facts({**whole, "credentialSubject": {}}, ENGLISH).name
    assert same is not None
    assert same.same


def test_our_credential_reads_the_same_as_plain_claims() -> None:
    """What an SD-JWT VC of ours keeps of the credential is put into the same words."""
    whole = document("01-standard-paid-remote")
    claims = as_claims(whole, "https://issuer.example/types/micro-internship/v1")

    facts, same = read_facts(claims, ENGLISH), read_facts(whole, ENGLISH)

    assert replace(same, claimed_issuer=facts.claimed_issuer) == facts
