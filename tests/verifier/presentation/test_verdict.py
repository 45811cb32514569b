"""Which state a report leads to, and how much of a document it lets be shown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.verifier.web.states import (
    FIRST,
    GOOD,
    KNOWN,
    LAST,
    NOW,
    STATES,
    STATUS,
    STRANGER,
    VALIDITY,
    document,
    no_network,
    refused,
    report,
    stopped,
    unchecked,
)
from verifier.contents import (
    EMBEDDED_CHECK,
    ENDORSEMENT_CHECK,
    OPEN_BADGES_CHECK,
    RESOURCES_CHECK,
)
from verifier.errors import Code
from verifier.intake.received import Received
from verifier.judgement import Judgement, judge
from verifier.policy import STANDARD
from verifier.presentation.answer import ResultPage, build_json, build_page, build_text
from verifier.presentation.text import plain
from verifier.presentation.verdict import APPEARANCES, Shown, State
from verifier.presentation.words import words
from verifier.report import Check, Outcome, Problem, Result, Step
from verifier.sources import Sources

ENGLISH = words("en")
BASE_PROOF = Path(__file__).parents[2] / "vectors" / "refused" / "sd-base-proof" / "input.json"


def _page(name: str) -> ResultPage:
    return build_page(STATES[name], ENGLISH)


@pytest.mark.parametrize(
    ("name", "state", "shown"),
    [
        ("verified", State.VERIFIED, Shown.FULL),
        ("signed", State.SIGNED, Shown.STRANGER),
        ("test", State.TEST, Shown.STRANGER),
        ("test-of-a-stranger", State.TEST, Shown.STRANGER),
        ("test-replaced", State.TEST, Shown.STRANGER),
        ("test-could_not_check", State.COULD_NOT_CHECK, Shown.UNCONFIRMED),
        ("replaced", State.REPLACED, Shown.FOLDED),
        ("refreshed", State.REPLACED, Shown.FOLDED),
        ("on_hold", State.ON_HOLD, Shown.UNCONFIRMED),
        ("withdrawn", State.WITHDRAWN, Shown.RECOGNISE),
        ("ended", State.ENDED, Shown.PAST),
        ("not-yet", State.NOT_VERIFIED, Shown.NOTHING),
        ("changed", State.NOT_VERIFIED, Shown.NOTHING),
        ("added", State.NOT_VERIFIED, Shown.NOTHING),
        ("unsigned", State.NOT_VERIFIED, Shown.NOTHING),
        ("malformed", State.NOT_VERIFIED, Shown.NOTHING),
        ("other-signer", State.NOT_VERIFIED, Shown.NOTHING),
        ("could_not_check", State.COULD_NOT_CHECK, Shown.UNCONFIRMED),
        ("unknown-suite", State.COULD_NOT_CHECK, Shown.NOTHING),
        ("cannot_confirm", State.CANNOT_CONFIRM, Shown.NOTHING),
        ("read_not_checked", State.READ_NOT_CHECKED, Shown.UNCONFIRMED),
    ],
)
def test_each_report_has_its_state(name: str, state: State, shown: Shown) -> None:
    """The table of the design language, with how much of the document it shows."""
    verdict = _page(name).verdict

    assert (state, shown) == (verdict.state, verdict.shown)


@pytest.mark.parametrize("name", STATES)
def test_a_page_shows_nothing_of_a_document_that_did_not_pass(name: str) -> None:
    """No claim from a document whose signature failed, and no colour of a yes on a no."""
    page, outcome = _page(name), STATES[name].report.outcome
    is_green = page.verdict.appearance.banner == "ok"

    assert not (page.verdict.shown is Shown.NOTHING and page.facts is not None)
    assert not (STATES[name].document is None and page.facts is not None)
    assert not (is_green and (outcome is not Outcome.VERIFIED or not KNOWN.registries))
    assert page.verdict.title.startswith(page.verdict.word)


def test_the_green_word_needs_a_known_issuer() -> None:
    """A good signature by a stranger has no colour, and names the stranger by its address."""
    page = _page("signed")

    assert "half" == page.verdict.appearance.banner
    assert "kredensial-kita.example" in plain(page.verdict.next)
    assert "Example Micro-Internship Issuer" not in plain(page.verdict.next)


def test_only_one_state_is_green() -> None:
    """Nothing else may look like a yes."""
    assert [State.VERIFIED] == [s for s in State if APPEARANCES[s].banner == "ok"]


@pytest.mark.parametrize("name", [name for name in STATES if name.startswith("test")])
def test_a_test_credential_says_so_whatever_else_was_found(name: str) -> None:
    """On the page, in a terminal and in JSON; it is no proof in the register's name either."""
    page = _page(name)
    said = build_text(STATES[name], ENGLISH)
    answer = build_json(STATES[name], ENGLISH, "x")

    assert "ok" != page.verdict.appearance.banner
    assert page.is_test is (page.verdict.state is not State.TEST)
    assert "it proves nothing" in said.lower()
    assert ["TEST_CREDENTIAL"] == answer["notices"]
    assert "Test credential: it proves nothing." in answer["warnings"]
    assert () == page.warnings


def test_an_undecided_page_by_a_stranger_does_not_say_genuine() -> None:
    """The amber page never says more than was found."""
    assert "Correctly signed, but we could not check if it was withdrawn" == plain(
        _page("could_not_check-stranger").verdict.headline
    )


def test_a_failed_check_outweighs_a_missing_one() -> None:
    """Withdrawn stays withdrawn when something else could not be checked."""
    found = Judgement(
        report=report(
            *FIRST,
            VALIDITY,
            unchecked(Step.STATUS, Code.STATUS_RETRIEVAL_ERROR),
            refused(Step.STATUS, Code.REVOKED),
            *LAST,
        ),
        document=document(),
    )
    page = build_page(found, ENGLISH)

    assert State.WITHDRAWN is page.verdict.state
    assert "withdrawn" == next(row.icon for row in page.checks if row.mark == "fail")


def test_a_withdrawn_one_that_has_also_ended_is_withdrawn() -> None:
    """The reason a reader must know first."""
    found = Judgement(
        report=report(
            *FIRST,
            refused(Step.VALIDITY, Code.EXPIRED),
            refused(Step.STATUS, Code.REVOKED),
            *LAST,
        ),
        document={**document(), "validUntil": "2026-03-01T00:00:00Z"},
    )

    assert State.WITHDRAWN is build_page(found, ENGLISH).verdict.state


def test_a_signature_that_ended_is_not_told_as_the_end_of_the_credential() -> None:
    """``expires`` of a proof is not ``validUntil``."""
    found = Judgement(
        report=report(*FIRST, refused(Step.VALIDITY, Code.EXPIRED), STATUS, *LAST),
        document=document(),
    )

    assert "The time of its signature has ended" == plain(
        build_page(found, ENGLISH).verdict.headline
    )


@pytest.mark.parametrize("code", [Code.REVOKED, Code.SUSPENDED, Code.EXPIRED])
def test_what_is_wrong_inside_is_not_told_of_the_whole(code: Code) -> None:
    """A withdrawn badge in a record of learning does not make the record withdrawn."""
    inside = replace(refused(Step.SCHEMA, code), name=EMBEDDED_CHECK, by="/credentialSubject/0")
    failed = Judgement(report=report(*FIRST, VALIDITY, STATUS, inside, *LAST), document=document())
    undecided = Judgement(
        report=report(*FIRST, VALIDITY, STATUS, replace(inside, result=Result.NOT_CHECKED)),
        document=document(),
    )

    pages = [build_page(it, ENGLISH) for it in (failed, undecided)]

    assert [State.NOT_VERIFIED, State.READ_NOT_CHECKED] == [it.verdict.state for it in pages]
    assert ["A credential inside it does not verify"] == [
        plain(row.sentence) for row in pages[0].checks if row.mark == "fail"
    ]


def _contents(name: str, result: Result, by: str | None = None) -> Check:
    """A check of step 8, with a problem unless it passed."""
    problem = Problem(code=Code.MALFORMED_VALUE_ERROR, detail="A reason.")
    return Check(
        step=Step.SCHEMA,
        name=name,
        result=result,
        by=by,
        problem=None if result is Result.PASSED else problem,
    )


@pytest.mark.parametrize(
    ("name", "words_of"), [(OPEN_BADGES_CHECK, "rules"), (RESOURCES_CHECK, "resource")]
)
def test_a_broken_rule_is_not_told_as_a_broken_form(name: str, words_of: str) -> None:
    """A badge that is nobody's claims no form that it does not have."""
    for result in (Result.FAILED, Result.NOT_CHECKED):
        check = _contents(name, result)
        page = build_page(
            Judgement(report=report(*FIRST, VALIDITY, STATUS, check), document=document()), ENGLISH
        )
        state = page.verdict.state.value

        assert ENGLISH[f"verdict.{state}.{words_of}"] == plain(page.verdict.headline)
        assert "A reason." in [plain(row.detail) for row in page.checks]


def test_the_credentials_inside_are_told_by_number() -> None:
    """How many verify, which one does not, and no word of the one that does not."""
    good, bad = (
        _contents(EMBEDDED_CHECK, result, by=f"/credentialSubject/verifiableCredential/{place}")
        for place, result in enumerate((Result.PASSED, Result.FAILED))
    )
    praise = _contents(ENDORSEMENT_CHECK, Result.PASSED, by="/issuer/endorsement")
    page = build_page(
        Judgement(report=report(*GOOD, good, bad, praise), document=document()), ENGLISH
    )

    told = [(row.mark, plain(row.sentence), plain(row.detail)) for row in page.checks][-3:]

    assert [
        ("fail", ENGLISH["check.inside.failed"], "Number 2 of those inside. A reason."),
        ("pass", "1 credential inside it verifies", ENGLISH["check.inside.passed.detail"]),
        ("pass", "1 endorsement in it verifies", ENGLISH["check.endorsed.passed.detail"]),
    ] == told


def test_the_soft_rules_do_not_hide_an_unknown_status() -> None:
    """Verified under rules that excuse a silent list, and said so."""
    excused = Check(
        step=Step.STATUS,
        name="status",
        result=Result.NOT_APPLICABLE,
        problem=Problem(code=Code.STATUS_RETRIEVAL_ERROR, detail="No answer."),
    )
    checks = tuple(check for check in GOOD if check.step is not Step.STATUS)
    page = build_page(Judgement(report=report(*checks, excused), document=document()), ENGLISH)

    assert "Genuine; not known whether it was withdrawn" == plain(page.verdict.headline)
    assert "none" in [row.mark for row in page.checks]


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("step", Step)
def test_every_reason_at_every_step_has_words(step: Step, code: Code) -> None:
    """No report leaves a page without a verdict, refused or undecided, shown or not."""
    for check in (refused(step, code), unchecked(step, code)):
        for found in (
            stopped(check),
            Judgement(report=report(*FIRST, check, trust=STRANGER), document=document()),
        ):
            page = build_page(found, ENGLISH)

            assert page.verdict.word
            assert plain(page.verdict.headline)
            assert plain(page.verdict.next)
            assert page.checks


def test_the_strip_repeats_the_outcome_the_time_and_the_rules() -> None:
    """In its own words."""
    assert [
        "Outcome: not verified (revoked)",
        "As of 24 March 2026, 19:02 UTC",
        "Rules: standard",
    ] == [plain(line) for line in _page("withdrawn").verdict.meta]
    assert "Tried 24 March 2026, 19:02 UTC" == plain(_page("could_not_check").verdict.meta[1])


def test_what_is_missing_comes_first() -> None:
    """On an undecided page the open check is the first row."""
    assert ["none", "pass", "pass", "pass"] == [row.mark for row in _page("could_not_check").checks]


def test_what_was_not_checked_is_said_whenever_something_is_shown() -> None:
    """Who holds the phone is never known."""
    assert 2 == len(_page("verified").unchecked)
    assert () == _page("changed").unchecked


def test_a_part_says_so_above_its_facts() -> None:
    """A reader who sees a part must know it before reading; other warnings come after."""
    page = _page("verified-part")
    as_text = build_text(STATES["verified-part"], ENGLISH)

    assert (True, ("Something else.",)) == (page.is_part, page.warnings)
    assert as_text.index(ENGLISH["says.part"]) < as_text.index("Maya Okafor-Reyes")
    assert not _page("verified").is_part


def test_a_presentation_is_told_as_one() -> None:
    """It is a file of a kind that we know; what is missing is the question that it answers."""
    document = {"type": ["VerifiablePresentation"], "proof": {}}
    shown = Received(data=json.dumps(document).encode())
    sources = Sources(fetch=no_network)

    page = build_page(judge(shown, now=NOW, policy=STANDARD, sources=sources), ENGLISH)

    assert ENGLISH["verdict.could_not_check.presentation"] == plain(page.verdict.headline)


def test_a_holder_who_shows_the_base_proof_is_not_told_of_a_change() -> None:
    """Nothing was changed: the copy is the wrong one, and the page says where a right one is."""
    sources = Sources(fetch=no_network)
    shown = Received(data=BASE_PROOF.read_bytes())
    judged = judge(shown, now=NOW, policy=STANDARD, sources=sources)

    page = build_page(judged, ENGLISH)

    assert ENGLISH["verdict.not_verified.proof_value"] == plain(page.verdict.headline)
    assert ENGLISH["check.refused"] == plain(page.checks[0].sentence)
    assert "changed" not in " ".join(plain(row.detail) for row in page.checks)
    assert page.facts is None


def test_the_json_answer_hands_on_what_the_page_shows_and_no_more() -> None:
    """The document for a shown state, none for a withdrawn or a refused one."""
    shown = {
        name: "credential" in build_json(STATES[name], ENGLISH, "https://v.example")
        for name in ("verified", "signed", "could_not_check", "withdrawn", "changed")
    }

    assert {
        "verified": True,
        "signed": True,
        "could_not_check": True,
        "withdrawn": False,
        "changed": False,
    } == shown


def test_the_ended_state_names_the_day() -> None:
    """As it stands in the document."""
    assert "On 24 March 2026" == plain(_page("ended").verdict.headline)
    assert NOW.day == 24
