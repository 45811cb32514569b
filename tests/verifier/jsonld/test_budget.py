"""One amount of work for everything that one verification canonicalises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fake_network import FakeNetwork
from tests.vectors.cases import OB, V2, badge, signed
from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize, one_budget
from verifier.report import VerificationError
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def badge_of(results: int) -> JsonObject:
    """A badge with results that all differ, five values each."""
    subject = badge()["credentialSubject"]
    items = [
        {"type": ["Result"], "value": str(number), "status": "Completed"}
        for number in range(results)
    ]
    return badge(credentialSubject=subject | {"result": items})


def badge_of_look_alikes(results: int) -> JsonObject:
    """A badge with results that can only be told apart by a search."""
    subject = badge()["credentialSubject"]
    items = [{"type": ["Result"], "value": "passed"} for _ in range(results)]
    return badge(credentialSubject=subject | {"result": items})


def test_documents_within_one_budget_share_it() -> None:
    """What one document may cost, several may not cost one after the other."""
    document = badge_of(1_900)

    with one_budget():
        canonicalize(document)
        with pytest.raises(RefusedError) as caught, one_budget():
            canonicalize(document)

    assert Code.LIMIT_EXCEEDED == caught.value.code


def test_a_search_for_labels_is_shared_as_well() -> None:
    """Many small poison graphs are as bad as a large one."""
    document = badge_of_look_alikes(200)

    def canonicalize_many() -> None:
        for _ in range(limits.EMBEDDED_CREDENTIALS_IN_ALL):
            canonicalize(document)

    with one_budget(), pytest.raises(RefusedError) as caught:
        canonicalize_many()

    assert Code.LIMIT_EXCEEDED == caught.value.code


def test_the_next_verification_has_a_budget_of_its_own() -> None:
    """Who spent much leaves nothing of it to others."""
    document = badge_of(1_900)

    for _ in range(3):
        with one_budget():
            canonicalize(document)


def test_eight_proofs_over_a_large_document_cost_no_more_than_one_large_document() -> None:
    """A set of proofs multiplies what a document costs; it ends with a reason."""
    proof = signed()["proof"]
    proofs = [proof | {"id": f"urn:example:{number}"} for number in range(limits.PROOFS)]

    with pytest.raises(VerificationError) as caught:
        verify(badge_of(1_900) | {"proof": proofs}, now=NOW, sources=Sources(fetch=FakeNetwork()))

    assert Code.LIMIT_EXCEEDED in {problem.code for problem in caught.value.report.problems}


def test_a_large_honest_document_is_within_the_budget() -> None:
    """The largest document that one canonical form admits verifies."""
    document = signed(badge_of(1_900))

    verified = verify(document, now=NOW, sources=Sources(fetch=FakeNetwork()))

    assert document["id"] == verified.document["id"]


def _with_scoped_words(uses: int) -> JsonObject:
    """A badge with an inline context of 18 types with 40 words each, used ``uses`` times."""
    types = {
        f"T{number}": {
            "@id": f"https://issuer.example/T{number}",
            "@context": {f"w{word}": f"https://issuer.example/w#{word}" for word in range(40)},
        }
        for number in range(18)
    }
    own = {**types, "notes": "https://issuer.example/notes"}
    subject = badge()["credentialSubject"]
    notes = [{"type": sorted(types), "w1": str(number)} for number in range(uses)]
    return badge(**{"@context": [V2, OB, own]}, credentialSubject=subject | {"notes": notes})


def test_contexts_inside_of_an_inline_one_are_not_taken_up_too_often() -> None:
    """Each use defines every word anew, so words times uses is what a document costs."""
    with pytest.raises(RefusedError) as caught:
        canonicalize(_with_scoped_words(uses=300))

    assert Code.LIMIT_EXCEEDED == caught.value.code


def test_contexts_inside_of_an_inline_one_may_be_used() -> None:
    """As examples and test suites do."""
    assert canonicalize(_with_scoped_words(uses=3))


def test_words_of_inline_contexts_cost_as_much_as_values() -> None:
    """A document of nothing but contexts, secured many times, has a bound as well."""
    words = {f"w{number}": f"https://issuer.example/w#{number}" for number in range(600)}
    document = badge(**{"@context": [V2, OB, *[words] * 14]})

    def canonicalize_many() -> None:
        for _ in range(limits.PROOFS):
            canonicalize(document)

    with one_budget(), pytest.raises(RefusedError) as caught:
        canonicalize_many()

    assert Code.LIMIT_EXCEEDED == caught.value.code
