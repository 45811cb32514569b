"""Envelopes around tokens (VC Data Model 2.0, sections 4.13.1 and 4.13.2)."""

from __future__ import annotations

import pytest

from tests.tokens import enveloped, jwt, vc_jwt, vp_jwt
from tests.verifier.jsonld.credentials import OB, V2
from tests.verifier.proofs.jose_judging import (
    HOLDER,
    KEY,
    MALFORMED,
    NONCE,
    OB_CLAIMS,
    OTHER_KIND,
    V1,
    VERIFIED,
    VERIFIER,
    answer,
    asked_for,
    badge,
    judge,
    judge_presentation,
    presentation,
    presented,
)
from verifier.errors import Code
from verifier.formats import parse_input, recognise
from verifier.report import Outcome, Step
from verifier.secured import Format
from verifier.strict_json import JsonObject


@pytest.mark.parametrize("media_type", ["application/vc+jwt", "Application/VC+JWT"])
def test_an_envelope_is_opened(media_type: str) -> None:
    """Section 4.13.1; media types know no case."""
    assert VERIFIED == answer(judge(enveloped(vc_jwt(badge(), KEY), media_type=media_type)))


TOKEN = vc_jwt(badge(), KEY)
BARE = {k: v for k, v in enveloped(TOKEN).items() if k != "@context"}


@pytest.mark.parametrize(
    "document",
    [
        BARE,
        enveloped(TOKEN) | {"@context": []},
        enveloped(TOKEN) | {"@context": [V2, OB]},
        enveloped(TOKEN) | {"@context": V1},
        enveloped(TOKEN) | {"@context": None},
        enveloped(TOKEN) | {"id": TOKEN},
        enveloped(TOKEN) | {"id": f"application/vc+jwt,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:application/vc+jwt;base64,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:application/vc+jwt;charset=utf-8,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:application/vc%2Bjwt,{TOKEN}"},
        enveloped(TOKEN) | {"id": f"data:,{TOKEN}"},
        enveloped(TOKEN) | {"id": "data:application/vc+jwt,"},
        enveloped(TOKEN) | {"id": f"data:application/vc+jwt, {TOKEN}"},
        enveloped(TOKEN) | {"id": None},
        enveloped(TOKEN) | {"id": [enveloped(TOKEN)["id"]]},
        enveloped(TOKEN) | {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
        enveloped(TOKEN) | {"type": ["EnvelopedVerifiableCredential"] * 2},
        enveloped(TOKEN) | {"name": "Nobody signed this"},
        enveloped(TOKEN) | {"proof": {}},
        enveloped(TOKEN, media_type="application/jwt"),
        enveloped(TOKEN, media_type="application/vp+jwt"),
        enveloped(jwt(badge() | OB_CLAIMS, KEY)),
        enveloped(vp_jwt(presentation(), HOLDER)),
        enveloped(vp_jwt(presentation(), HOLDER), media_type="application/vp+jwt"),
    ],
)
def test_an_envelope_says_nothing_of_its_own(document: JsonObject) -> None:
    """Exactly its three members, its context, and a token of the kind that it names."""
    assert OTHER_KIND == answer(judge(document))


@pytest.mark.parametrize("media_type", ["application/vc+cose", "text/plain", "application/json"])
def test_an_envelope_of_an_unknown_kind_leaves_the_question_open(media_type: str) -> None:
    """It may be good; it cannot be read here."""
    outcome = answer(judge(enveloped(TOKEN, media_type=media_type)))

    assert (Outcome.COULD_NOT_CHECK, Code.UNSUPPORTED_FORMAT, Step.FORMAT) == outcome


@pytest.mark.parametrize(
    "change",
    [
        {"type": "VerifiablePresentation"},
        {"type": "EnvelopedVerifiableCredential"},
        {"@context": [V1]},
        {"@context": []},
        {"id": "a,eyJh"},
        {"holder": HOLDER.did},
    ],
    ids=str,
)
@pytest.mark.parametrize("media_type", ["application/jwt", "application/vp+jwt"])
def test_the_envelope_of_a_presentation_is_held_to_the_same(
    change: JsonObject, media_type: str
) -> None:
    """Good as it is; refused when it is retyped, or says anything of its own."""
    plain = asked_for(presented())
    wrapped = {"vp": presented(), "nonce": NONCE, "aud": VERIFIER}
    token = vp_jwt(plain, HOLDER) if media_type == "application/vp+jwt" else jwt(wrapped, HOLDER)
    envelope = enveloped(token, "Presentation", media_type)

    good, bad = judge_presentation(envelope), judge_presentation(envelope | change)

    assert (VERIFIED, Outcome.NOT_VERIFIED) == (answer(good), bad.outcome)


@pytest.mark.parametrize("kind", ["Credential", "Presentation"])
def test_an_envelope_of_the_other_type_is_refused(kind: str) -> None:
    """``application/jwt`` does not tell the two apart; the type of the envelope does."""
    credential_token = jwt(badge() | OB_CLAIMS, KEY)
    wrapped = {"vp": presentation(), "nonce": NONCE, "aud": VERIFIER}
    presentation_token = jwt(wrapped, HOLDER)
    given_ = {"Credential": presentation_token, "Presentation": credential_token}[kind]
    envelope = enveloped(given_, kind, "application/jwt")

    assert MALFORMED == answer(judge(envelope))
    assert MALFORMED == answer(judge_presentation(envelope))


def test_an_envelope_has_the_format_of_its_token() -> None:
    """For those who tell people how a credential is secured."""
    secured = recognise(parse_input(enveloped(TOKEN)))

    assert Format.VC_JWT is secured.format
