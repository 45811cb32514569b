"""Presentations as tokens: who presents, for whom, for which occasion, and what is in them."""

from __future__ import annotations

import json

import pytest

from tests.tokens import enveloped, jwt, vc_jwt, vp_jwt
from tests.verifier.proofs.jose_judging import (
    HOLDER,
    KEY,
    MALFORMED,
    NONCE,
    OLD_CLAIMS,
    SECONDS,
    STRANGER,
    V1,
    VERIFIED,
    VERIFIER,
    answer,
    asked_for,
    badge,
    judge,
    judge_presentation,
    old_badge,
    presentation,
    presented,
    refused,
)
from verifier.errors import Code
from verifier.report import Holder, Outcome, Step
from verifier.strict_json import JsonObject


def test_a_presentation_verifies_with_every_credential_in_it() -> None:
    """``vp+jwt`` around ``vc+jwt``: both signatures, the nonce and the audience."""
    report = judge_presentation(vp_jwt(asked_for(presented()), HOLDER))

    assert VERIFIED == answer(report)
    assert ([Outcome.VERIFIED], Holder.SUBJECT) == (
        [it.outcome for it in report.presented],
        report.holder,
    )


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, Code.INVALID_CHALLENGE_ERROR),
        ({"nonce": ...}, Code.INVALID_CHALLENGE_ERROR),
        ({"aud": "https://other.example"}, Code.INVALID_DOMAIN_ERROR),
        ({"aud": ...}, Code.INVALID_DOMAIN_ERROR),
        ({"aud": [VERIFIER, "https://other.example"]}, Code.INVALID_DOMAIN_ERROR),
    ],
)
def test_a_presentation_for_another_occasion_is_refused(claims: JsonObject, code: Code) -> None:
    """A copy of an earlier one, or one for somebody else, proves nothing now."""
    report = judge_presentation(vp_jwt(asked_for(presented(), **claims), HOLDER))

    assert refused(code, Step.POLICY) == answer(report)


@pytest.mark.parametrize(
    ("members", "code", "step"),
    [
        ({"exp": SECONDS - 100}, Code.EXPIRED, Step.VALIDITY),
        ({"nbf": SECONDS + 100}, Code.NOT_YET_VALID, Step.VALIDITY),
        ({"iss": STRANGER.did}, Code.MALFORMED_VALUE_ERROR, Step.SHAPE),
        ({"id": "urn:uuid:1", "jti": "urn:uuid:2"}, Code.MALFORMED_VALUE_ERROR, Step.SHAPE),
        ({"vp": {}}, Code.MALFORMED_VALUE_ERROR, Step.SHAPE),
        ({"holder": STRANGER.did}, Code.HOLDER_KEY_MISMATCH, Step.KEY),
        ({"holder": ..., "iss": STRANGER.did}, Code.HOLDER_KEY_MISMATCH, Step.SHAPE),
    ],
)
def test_a_presentation_that_is_not_the_holders_or_not_now_is_refused(
    members: JsonObject, code: Code, step: Step
) -> None:
    """Times of the signature, names that contradict each other, somebody else's name."""
    report = judge_presentation(vp_jwt(asked_for(presented(), **members), HOLDER))

    assert refused(code, step) == answer(report)


def test_a_presentation_without_a_holder_is_by_the_key_it_names() -> None:
    """The holder is optional; the key must then be named by its URL."""
    named = judge_presentation(vp_jwt(asked_for(presented(), holder=...), HOLDER))
    unnamed = judge_presentation(vp_jwt(asked_for(presented(), holder=...), HOLDER, kid="k"))

    assert (VERIFIED, MALFORMED) == (answer(named), answer(unnamed))


def test_a_bad_credential_makes_the_presentation_bad() -> None:
    """No better than the worst that is in it."""
    stranger = enveloped(vc_jwt(badge(), STRANGER))

    report = judge_presentation(vp_jwt(asked_for(presentation(stranger)), HOLDER))

    assert Outcome.NOT_VERIFIED is report.outcome


def test_a_wrapped_presentation_verifies() -> None:
    """``vp`` with the newer edition in it and no holder, as conformance clients send it."""
    payload = {"vp": presentation(enveloped(vc_jwt(badge(), KEY)), holder=...)}
    token = jwt(payload | {"nonce": NONCE, "aud": VERIFIER}, HOLDER)

    report = judge_presentation(enveloped(token, "Presentation", "application/jwt"))

    assert VERIFIED == answer(report)


def test_a_wrapped_presentation_of_data_model_1_may_hold_tokens_as_text() -> None:
    """Data model 1.1, section 6.3.1; ``iss`` is the holder."""
    inner = jwt({"vc": old_badge()} | OLD_CLAIMS, KEY)
    wrapped = presentation(inner, holder=..., **{"@context": [V1]})
    token = jwt({"vp": wrapped, "iss": HOLDER.did, "nonce": NONCE, "aud": VERIFIER}, HOLDER)

    report = judge_presentation(token)

    assert (VERIFIED, Holder.SUBJECT) == (answer(report), report.holder)


def test_a_credential_as_text_is_a_token_and_not_an_object_written_as_text() -> None:
    """Readers of tokens and readers of objects would disagree about what is in it."""
    inner = json.dumps(enveloped(vc_jwt(badge(), KEY)))
    wrapped = presentation(inner, holder=..., **{"@context": [V1]})
    token = jwt({"vp": wrapped, "iss": HOLDER.did, "nonce": NONCE, "aud": VERIFIER}, HOLDER)

    assert MALFORMED == answer(judge_presentation(token))


def test_a_credential_is_no_presentation_nor_the_other_way_round() -> None:
    """Each entry takes its own kind only."""
    as_presentation = judge_presentation(vc_jwt(badge(), KEY))
    as_credential = judge(vp_jwt(asked_for(presented()), HOLDER))

    assert (MALFORMED, MALFORMED) == (answer(as_presentation), answer(as_credential))
