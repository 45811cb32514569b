"""A learner's own identifier over HTTP: in what is issued, presented, repeated, refused."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from issuer import tenants
from issuer.signing.tokens import token_within
from issuer.store.rows import StatusPolicy
from tests.issuer.issue.test_holder_binding import AUDIENCE, NONCE, claims_in
from tests.issuer.web.site import BASE_URL, Site, completion, json_of, problem_code, submission
from tests.issuer.web.stored import stored_rows
from tests.signers import EcTestKey, Ed25519TestKey, Signing
from verifier.asked import Asked
from verifier.errors import Code
from verifier.proofs.jwk import build_jwk
from verifier.proofs.sd_jwt_present import bind, present
from verifier.report import Holder, Outcome, OutcomeError, Report
from verifier.sources import Sources
from verifier.strict_json import JsonObject, JsonValue
from verifier.verify_presentation import verify_presentation

LEARNER, STRANGER = EcTestKey.number(71), EcTestKey.number(72)
SD_JWTS = ("vc+sd-jwt", "dc+sd-jwt")
every_sd_jwt = pytest.mark.parametrize("name", SD_JWTS)


def add_issuer(site: Site, proof_format: str) -> str:
    """One more issuer of our tenant, which signs in this format: the path of its addresses."""
    made = tenants.add_issuer(
        site.services.store,
        tenants.find_tenant(site.services.store, "ours"),
        name="tokens",
        profile_name="An issuer of tokens",
        profile_url=None,
        status_policy=StatusPolicy.REVOCATION,
        base_url=BASE_URL,
        keyring=site.services.office.keyring,
        key_uri=None,
        now=site.clock(),
        proof_format=proof_format,
        key_type="P-256",
    )
    return f"/issuers/{made.name}"


def held(holder: JsonValue, **facets: object) -> JsonObject:
    """The body of a completion for a learner with an identifier of their own."""
    return completion("01", **facets) | {"holder": holder}


def issued(response: TestResponse) -> JsonObject:
    assert response.status_code == 201, response.get_data(as_text=True)
    return json_of(response)["verifiableCredential"]  # type: ignore[no-any-return]


def token_in(response: TestResponse) -> str:
    _, token = token_within(issued(response)) or ("", "")
    return token


def shown_by(site: Site, token: str, key: Signing, reveal: tuple[str, ...] = ()) -> Report:
    """What a verifier says when ``key`` presents a part of ``token`` to it."""
    text = bind(
        present(token, reveal),
        audience=AUDIENCE,
        nonce=NONCE,
        now=site.clock(),
        algorithm="ES256",
        sign=key.sign,
    )
    try:
        return verify_presentation(
            text.encode(),
            asked=Asked(challenge=NONCE, domains=frozenset({AUDIENCE})),
            now=site.clock(),
            sources=Sources(fetch=site.fetch),
        ).report
    except OutcomeError as error:
        return error.report


@every_sd_jwt
def test_the_learner_presents_what_the_platform_had_issued(site: Site, name: str) -> None:
    """In part and whole; under a stranger's key it is refused."""
    path = add_issuer(site, name)

    token = token_in(site.post(f"{path}/completions", held({"id": LEARNER.did})))

    for reveal in ((), ("/credentialSubject/identifier/0",)):
        report = shown_by(site, token, LEARNER, reveal)
        assert (Outcome.VERIFIED, Holder.SUBJECT) == (report.outcome, report.holder)
    stranger = shown_by(site, token, STRANGER)
    assert (Outcome.NOT_VERIFIED, Holder.NOT_SHOWN) == (stranger.outcome, stranger.holder)
    assert [Code.INVALID_KEY_BINDING] == [problem.code for problem in stranger.problems]
    assert Outcome.VERIFIED is site.judge(token.encode()).outcome


@every_sd_jwt
def test_without_a_holder_nothing_is_bound(site: Site, name: str) -> None:
    """As before: no key, no identifier."""
    path = add_issuer(site, name)

    claims = claims_in(token_in(site.post(f"{path}/completions", completion("01"))))

    assert "cnf" not in claims
    assert "id" not in claims["credentialSubject"]


@pytest.mark.parametrize("identifier", [LEARNER.did, "did:web:learner.example"])
def test_a_document_with_a_proof_names_the_learner(site: Site, identifier: str) -> None:
    """And only where a holder was named; the facets decide about the rest as always."""
    named = issued(site.post("/completions", held({"id": identifier}, nameForm="none")))
    usual = issued(site.post("/completions", completion("02")))

    assert identifier == named["credentialSubject"]["id"]
    assert "identifier" not in named["credentialSubject"]
    assert "id" not in usual["credentialSubject"]
    assert site.is_verified(named)


def test_the_holder_is_a_part_of_what_was_asked(site: Site) -> None:
    """The same again is the same credential; another, or none, is other content."""
    path = add_issuer(site, "dc+sd-jwt")
    body = held({"id": LEARNER.did})
    first = site.post(f"{path}/completions", body)
    before = stored_rows(site)

    again = site.post(f"{path}/completions", body)
    others = [
        site.post(f"{path}/completions", other)
        for other in (held({"id": STRANGER.did}), completion("01"))
    ]

    assert json_of(first) == json_of(again)
    assert [(409, "ALREADY_ISSUED")] * 2 == [(it.status_code, problem_code(it)) for it in others]
    assert before == stored_rows(site)


def test_an_idempotency_key_covers_the_holder(site: Site) -> None:
    """The key stands for one body, and the holder is in it."""
    site.post("/completions", held({"id": LEARNER.did}), Idempotency_Key="k1")

    response = site.post("/completions", held({"id": STRANGER.did}), Idempotency_Key="k1")

    assert (422, "IDEMPOTENCY_CONFLICT") == (response.status_code, problem_code(response))


def test_an_offer_keeps_the_holder(site: Site) -> None:
    """It is kept with the record until the learner says yes; then it is asked for again."""
    waiting = {"record": submission("01"), "holder": {"id": LEARNER.did}}

    offered = site.post("/completions", waiting)

    assert 202 == offered.status_code
    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        (offer,) = [unit.offers.get(json_of(offered)["offerId"])]
        assert offer is not None
        record = unit.records.get(offer.record_key)
    assert record is not None
    assert LEARNER.did in record.document
    again = issued(site.post("/completions", held({"id": LEARNER.did})))
    assert LEARNER.did == again["credentialSubject"]["id"]


@pytest.mark.parametrize(
    ("holder", "pointer"),
    [
        ("x", "/holder"),
        ({}, "/holder/id"),
        ({"id": 7}, "/holder/id"),
        ({"id": "learner@example.org"}, "/holder/id"),
        ({"id": "did:key:nothing"}, "/holder/id"),
        ({"id": "did:web:" + "a" * 4000}, "/holder/id"),
    ],
)
def test_a_malformed_holder_is_400_and_leaves_nothing(
    site: Site, holder: JsonValue, pointer: str
) -> None:
    """With the place, before anything is stored."""
    before = stored_rows(site)

    response = site.post("/completions", held(holder))

    assert (400, pointer) == (response.status_code, json_of(response)["pointer"])
    assert before == stored_rows(site)


def test_a_holder_has_an_id_and_nothing_else(site: Site) -> None:
    """E115, as for every member that nobody knows; rows of an import have no holder."""
    holder: JsonObject = {"id": LEARNER.did, "name": "x"}
    payload: JsonObject = {"payload": {}, "holder": {"id": LEARNER.did}}

    refused = [site.post("/completions", held(holder)), site.post("/imports/gigbridge-1", payload)]

    assert [422, 422] == [response.status_code for response in refused]
    assert [[("E115", "/holder/name")], [("E115", "/holder")]] == [
        [(item["code"], item["pointer"]) for item in json_of(response)["findings"]]
        for response in refused
    ]


# --- a caller's own document --------------------------------------------------------------


def document(site: Site, **members: object) -> JsonObject:
    """A small credential that our issuer of tokens may sign."""
    with site.services.store.deployment() as unit:
        issuer = unit.issuer_by_name("tokens")
    assert issuer is not None
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer.did,
        "credentialSubject": {"id": LEARNER.did, "description": "a member of the club"},
    } | members


def sign(site: Site, path: str, credential: JsonObject) -> TestResponse:
    return site.post(f"{path}/credentials/issue", {"credential": credential})


def test_a_callers_document_is_bound_to_its_subject(site: Site) -> None:
    """Over VC-API, where the subject is a key and there is one subject."""
    path = add_issuer(site, "vc+sd-jwt")
    learner, other = ({"id": key.did} for key in (LEARNER, Ed25519TestKey.number(73)))

    token = token_in(sign(site, path, document(site)))
    several = token_in(sign(site, path, document(site, credentialSubject=[learner, other])))
    example = {"id": "did:example:subject", "description": "x"}
    free = token_in(sign(site, path, document(site, credentialSubject=example)))

    report = shown_by(site, token, LEARNER)
    assert (Outcome.VERIFIED, Holder.SUBJECT) == (report.outcome, report.holder)
    assert Outcome.NOT_VERIFIED is shown_by(site, token, STRANGER).outcome
    assert {"jwk": build_jwk(LEARNER.public)} == claims_in(token)["cnf"]
    assert not [text for text in (several, free) if "cnf" in claims_in(text)]
    assert {"id"} == set(claims_in(present(token, []))["credentialSubject"])


OWN_KEY: JsonObject = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
    "cnf": {"kid": STRANGER.verification_method},
}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"credentialSubject": {"id": "did:key:nothing"}}, "/credentialSubject/id"),
        ({"credentialSubject": {"id": LEARNER.verification_method}}, "/credentialSubject/id"),
        (OWN_KEY, "/cnf"),
    ],
)
def test_a_document_that_could_be_anybodys_is_refused(
    site: Site, change: JsonObject, pointer: str
) -> None:
    """An identifier that is no key although it says so, and a key that the issuer did not
    choose: 400, with nothing stored."""
    path = add_issuer(site, "vc+sd-jwt")
    before = stored_rows(site)

    response = sign(site, path, document(site, **change))

    assert (400, pointer) == (response.status_code, json_of(response)["pointer"])
    assert before == stored_rows(site)
