"""A work record that was issued to a learner's key, presented by the learner to verifiers that are
not ours: they find the key in ``cnf``, hold the binding to it, and read our status token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openvc import OpenvcError
from openvc.proof.sd_jwt import SdJwtVcProofSuite

from issuer.did_document import find_did_document
from issuer.lifecycle import revoke
from issuer.signing.tokens import token_within
from issuer.store import Store, open_store
from issuer.token_status_list import publish_token
from tests.interop.test_sd_jwt import SdJwtJs, find_sd_jwt_js, secret
from tests.issuer.issue.test_holder_binding import (
    AUDIENCE,
    LEARNER,
    NONCE,
    STRANGER,
    claims_in,
    presented,
    record_of,
)
from tests.issuer.issue.test_record_formats import desk_of, kid_in
from tests.issuer.offices import START, Desk, later
from tests.signers import EcTestKey
from verifier.proofs.sd_jwt_present import bind, present
from verifier.report import Outcome
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.interop
NAME = "/credentialSubject/identifier/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The desk, the learner's token, and the issuer's public JWK from its DID document."""

    desk: Desk
    token: str
    credential_id: str
    jwk: Any

    def bound(self, key: EcTestKey, *, now: datetime = START, nonce: str = NONCE) -> str:
        """A part of the token, presented with ``key``."""
        return bind(
            present(self.token, [NAME]),
            audience=AUDIENCE,
            nonce=nonce,
            now=now,
            algorithm="ES256",
            sign=key.sign,
        )


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'issuer.db'}")
    yield store
    store.close()


def give(store: Store, folder: Path, name: str = "dc+sd-jwt", *, now: datetime = START) -> Given:
    desk = desk_of(store, folder, name, "P-256", now=now)
    issued = desk.issue(record_of(LEARNER.did), now=now)
    methods = find_did_document(store, "other")["verificationMethod"]
    (jwk,) = [it["publicKeyJwk"] for it in methods if it["id"] == kid_in(issued.document)]
    _, token = token_within(issued.document) or ("", "")
    return Given(desk=desk, token=token, credential_id=str(issued.credential_id), jwk=jwk)


def ask_sd_jwt_js(peer: SdJwtJs, given: Given, text: str, *, now: datetime = START) -> JsonObject:
    """Verified there, with the status list as our issuer serves it."""
    url = claims_in(given.token)["status"]["status_list"]["uri"]
    status = publish_token(given.desk.office, url.rpartition("/")[2], now=now)
    return peer.ask(
        action="verify",
        token=text,
        issuerKey=given.jwk,
        nonce=NONCE,
        required=["credentialSubject.id", "evidence"],
        statusTokens={url: status},
        now=int(now.timestamp()),
    )


def test_sd_jwt_js_holds_the_binding_to_our_cnf(sqlite_store: Store, tmp_path: Path) -> None:
    """The learner is believed and sees what we see; a stranger and a copy are not."""
    peer, given = find_sd_jwt_js(), give(sqlite_store, tmp_path)
    good = given.bound(LEARNER)

    answer = ask_sd_jwt_js(peer, given, good)

    assert {"verified": True, "claims": claims_in(good)} == answer
    assert LEARNER.did == answer["claims"]["credentialSubject"]["id"]
    for wrong in (given.bound(STRANGER), given.bound(LEARNER, nonce="another"), given.token):
        assert ask_sd_jwt_js(peer, given, wrong)["verified"] is False


def test_sd_jwt_js_reads_that_it_was_withdrawn(sqlite_store: Store, tmp_path: Path) -> None:
    """In the status token that the claim ``status`` leads to."""
    peer, given = find_sd_jwt_js(), give(sqlite_store, tmp_path)
    revoke(given.desk.office, given.desk.caller, given.credential_id, reason=None, now=later(60))

    answer = ask_sd_jwt_js(peer, given, given.bound(LEARNER), now=later(90))

    assert answer["verified"] is False
    assert "status" in answer["reason"].lower()


def test_a_wallet_made_with_sd_jwt_js_presents_to_us(sqlite_store: Store, tmp_path: Path) -> None:
    """Chosen and bound there, verified here, as the learner's own."""
    peer, given = find_sd_jwt_js(), give(sqlite_store, tmp_path)
    binding = {"iat": int(START.timestamp()), "aud": AUDIENCE, "nonce": NONCE}

    texts = [
        peer.ask(action="present", token=given.token, frame={}, binding=binding, key=secret(key))[
            "token"
        ]
        for key in (LEARNER, STRANGER)
    ]

    outcomes = [presented(given.desk, text).outcome for text in texts]
    assert [Outcome.VERIFIED, Outcome.NOT_VERIFIED] == outcomes


@pytest.mark.parametrize("name", ["dc+sd-jwt", "vc+sd-jwt"])
def test_openvc_core_holds_the_binding_to_our_cnf(
    sqlite_store: Store, tmp_path: Path, name: str
) -> None:
    """It reads the clock by itself, so the record is issued at the time of the day."""
    now = datetime.now(UTC).replace(microsecond=0)
    given = give(sqlite_store, tmp_path, name, now=now)
    good = given.bound(LEARNER, now=now)

    def read(text: str) -> JsonObject:
        found = SdJwtVcProofSuite().verify(
            text,
            public_key_jwk=given.jwk,
            audience=AUDIENCE,
            nonce=NONCE,
            require_key_binding=True,
        )
        return dict(found.claims)

    claims = read(good)

    assert LEARNER.did == claims["credentialSubject"]["id"]
    for wrong in (given.bound(STRANGER, now=now), given.token):
        with pytest.raises(OpenvcError):
            read(wrong)
