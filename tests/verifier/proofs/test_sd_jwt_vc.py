"""SD-JWT VCs and SD-JWTs of the W3C data model, through all ten steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.sd_jwts import HEADER, KEY, hashed, issued, raw, token
from tests.signers import EcTestKey, Ed25519TestKey
from verifier.errors import CheckError, Code
from verifier.model import DataModel
from verifier.policy import STANDARD
from verifier.proofs.jwk import build_jwk, thumbprint
from verifier.proofs.key_binding import check_key_binding
from verifier.proofs.sd_jwt_present import bind, present
from verifier.proofs.sd_jwt_vc import read_sd_jwt
from verifier.report import Outcome, OutcomeError, Report
from verifier.secured import Format
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import VerifiedCredential, verify

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOLDER = EcTestKey.number(9)
STRANGER = Ed25519TestKey.number(2)
HTTPS = "https://issuer.example/tenants/1"
METADATA_URL = "https://issuer.example/.well-known/jwt-vc-issuer/tenants/1"
CLAIMS: JsonObject = {
    "iss": KEY.did,
    "iat": 1774297866,
    "nbf": 1774297866,
    "vct": "https://types.example/badge",
    "cnf": {"jwk": build_jwk(HOLDER.public)},
    "name": "Maya",
    "skills": ["a", "b"],
}
W3C: JsonObject = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
    "type": ["VerifiableCredential", "ExampleAlumniCredential"],
    "issuer": KEY.did,
    "credentialSubject": {"id": "did:example:learner", "alumniOf": "A school", "name": "Maya"},
}
W3C_HEADER = HEADER | {"typ": "vc+sd-jwt", "cty": "vc"}


def verified(text: str, network: FakeNetwork | None = None) -> VerifiedCredential:
    return verify(text.encode(), now=NOW, sources=Sources(fetch=network or FakeNetwork()))


def report_of(text: str, network: FakeNetwork | None = None) -> Report:
    with pytest.raises(OutcomeError) as caught:
        verified(text, network)
    return caught.value.report


def first(text: str, network: FakeNetwork | None = None) -> tuple[Outcome, Code, int]:
    """Outcome, code and step of what decided."""
    report = report_of(text, network)
    problem = report.problems[0]
    step = next(check.step for check in report.checks if check.problem == problem)
    return report.outcome, problem.code, int(step)


def refused(code: Code, step: int) -> tuple[Outcome, Code, int]:
    return Outcome.NOT_VERIFIED, code, step


def undecided(code: Code, step: int) -> tuple[Outcome, Code, int]:
    return Outcome.COULD_NOT_CHECK, code, step


def claims(**members: Any) -> JsonObject:
    return {name: value for name, value in (CLAIMS | members).items() if value is not ...}


def bound(text: str, **members: Any) -> str:
    chosen = {
        "audience": "https://v.example",
        "nonce": "n-1",
        "now": NOW,
        "algorithm": "ES256",
        "sign": HOLDER.sign,
    }
    return bind(text, **(chosen | members))


# --- SD-JWT VC ----------------------------------------------------------------------------


def test_an_sd_jwt_vc_verifies() -> None:
    """What is shown is the processed payload, and the issuer is the one that signed."""
    text = issued(CLAIMS, "/name", "/skills/0", decoys=2)

    found = verified(present(text, ["/name"]))

    assert claims(skills=["b"]) == found.document
    assert KEY.did == found.issuer


def test_a_choice_is_told() -> None:
    """Where something may have been kept back the report says so, and only there."""
    text = issued(CLAIMS, "/name")
    warning = "The holder chose which claims to show; there may be others."

    assert (warning,) == verified(present(text, [])).report.warnings
    assert () == verified(text).report.warnings


def test_how_the_claims_are_read() -> None:
    """``vct`` and ``aka_vcts`` are the types; ``exp`` is over when it is reached."""
    text = issued(claims(exp=1800000000, aka_vcts=["urn:x"], jti="urn:uuid:1"))

    content = read_sd_jwt(text).read_credential(STANDARD).content

    assert DataModel.SD_JWT_VC is content.data_model
    assert ("https://types.example/badge", "urn:x") == content.types
    assert "urn:uuid:1" == content.id
    assert content.valid_until is not None
    assert datetime(2027, 1, 15, 8, 0, tzinfo=UTC) - timedelta(microseconds=1) == (
        content.valid_until.at
    )


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_both_names_of_the_algorithm(algorithm: str) -> None:
    """``EdDSA`` and the fully specified name are the same (RFC 9864)."""
    assert verified(issued(CLAIMS, header=HEADER | {"alg": algorithm})).issuer == KEY.did


def test_an_https_issuer_with_metadata() -> None:
    """The key comes from the issuer's own metadata, by ``kid``."""
    key = EcTestKey.number(4)
    jwks = {"keys": [{**build_jwk(key.public), "kid": "one"}]}
    network = FakeNetwork({METADATA_URL: {"issuer": HTTPS, "jwks": jwks}})
    header = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": "one"}
    text = issued(claims(iss=HTTPS), "/name", key=key, header=header)

    assert HTTPS == verified(text, network).issuer
    assert [METADATA_URL] == network.urls


def test_a_status_claim_reaches_step_7() -> None:
    """The list is asked for; a mechanism that is not known leaves the question open."""
    listed = {"status_list": {"idx": 3, "uri": "https://issuer.example/lists/1"}}

    content = read_sd_jwt(issued(claims(status=listed))).read_credential(STANDARD).content

    expected = {"type": "TokenStatusList", "idx": 3, "uri": "https://issuer.example/lists/1"}
    assert (expected,) == content.statuses
    assert undecided(Code.UNSUPPORTED_STATUS_TYPE, 7) == first(
        issued(claims(status={"other": {"x": 1}}))
    )


WRONG_CLAIMS: dict[str, JsonObject] = {
    "no issuer": {"iss": ...},
    "an issuer that is no URL": {"iss": "me"},
    "no type": {"vct": ...},
    "a type that is no text": {"vct": ["x"]},
    "an empty type": {"vct": ""},
    "no other types": {"aka_vcts": []},
    "other types with its own": {"aka_vcts": [CLAIMS["vct"]]},
    "other types as text": {"aka_vcts": "urn:x"},
    "integrity as a number": {"vct#integrity": 1},
    "exp as text": {"exp": "1800000000"},
    "iat as a date": {"iat": "2026-03-23T20:31:06Z"},
    "nbf below zero": {"nbf": -1},
    "an end before the start": {"exp": 1774297860},
    "an empty status": {"status": {}},
    "a status with a text for its index": {
        "status": {"status_list": {"idx": "3", "uri": "https://x.example"}}
    },
    "a status without an address": {"status": {"status_list": {"idx": 3}}},
}


@pytest.mark.parametrize("case", WRONG_CLAIMS)
def test_malformed_claims(case: str) -> None:
    """Each claim has one form."""
    assert refused(Code.MALFORMED_VALUE_ERROR, 3) == first(issued(claims(**WRONG_CLAIMS[case])))


def test_a_credential_for_certain_readers() -> None:
    """Who is not among those named must not rely on it (RFC 7519, section 4.1.3), and who reads
    it is not known here."""
    assert undecided(Code.INVALID_DOMAIN_ERROR, 3) == first(issued(claims(aud="https://a.example")))


def test_times() -> None:
    """Ended, not yet begun, and signed after now."""
    assert refused(Code.EXPIRED, 6) == first(issued(claims(exp=1774384266)))
    assert refused(Code.NOT_YET_VALID, 6) == first(issued(claims(nbf=1900000000, iat=...)))
    assert refused(Code.NOT_YET_VALID, 6) == first(issued(claims(iat=1900000000)))


@pytest.mark.parametrize(
    "name",
    ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status", "aud"],
)
def test_a_disclosure_does_not_bring_what_decides(name: str) -> None:
    """A holder could leave it out; or bring it where the issuer has another meaning."""
    brought = raw("s", name, CLAIMS.get(name, "x"))
    payload = claims(**{name: ...}) | {"_sd": [hashed(brought)]}

    assert refused(Code.PARSING_ERROR, 3) == first(token(payload, brought))


def test_a_hidden_part_of_what_decides() -> None:
    """A status that was kept back would count as none."""
    payload = claims(status={"_sd": ["x"]})

    assert refused(Code.PARSING_ERROR, 3) == first(token(payload))


TYPES = {
    "kb+jwt": refused(Code.MALFORMED_VALUE_ERROR, 2),
    "statuslist+jwt": refused(Code.MALFORMED_VALUE_ERROR, 2),
    "vc+jwt": refused(Code.MALFORMED_VALUE_ERROR, 2),
    "JWT": refused(Code.MALFORMED_VALUE_ERROR, 2),
    "bad+typ": refused(Code.MALFORMED_VALUE_ERROR, 2),
    "example+sd-jwt": undecided(Code.UNSUPPORTED_FORMAT, 2),
    "vc+ld+json+sd-jwt": undecided(Code.UNSUPPORTED_FORMAT, 2),
    "vc+sd-jwt": refused(Code.MALFORMED_VALUE_ERROR, 3),
    "vp+sd-jwt": refused(Code.MALFORMED_VALUE_ERROR, 3),
}


@pytest.mark.parametrize("typ", TYPES)
def test_another_type_of_token(typ: str) -> None:
    """The type in the header says what the token is; ``vct`` in place of contexts is nothing."""
    assert TYPES[typ] == first(token(CLAIMS, header=HEADER | {"typ": typ}))


def test_no_type_at_all() -> None:
    """A token that does not say what it is could be anything."""
    header = {name: value for name, value in HEADER.items() if name != "typ"}

    assert refused(Code.MALFORMED_VALUE_ERROR, 2) == first(token(CLAIMS, header=header))


def test_the_type_is_a_media_type() -> None:
    """Case and the prefix ``application/`` make no difference."""
    header = HEADER | {"typ": "Application/DC+SD-JWT"}

    assert KEY.did == verified(issued(CLAIMS, header=header)).issuer


def test_an_issuer_by_certificate() -> None:
    """That is a way to show an issuer which is not supported: no answer."""
    assert undecided(Code.UNSUPPORTED_FORMAT, 2) == first(
        issued(CLAIMS, header=HEADER | {"x5c": ["MIIB"]})
    )


def test_somebody_elses_key() -> None:
    """A key of another DID; a key in the header that the issuer does not list."""
    other = HEADER | {"kid": STRANGER.verification_method}
    brought = {"alg": "EdDSA", "typ": "dc+sd-jwt", "jwk": build_jwk(STRANGER.public)}

    assert refused(Code.ISSUER_KEY_MISMATCH, 4) == first(issued(CLAIMS, key=STRANGER, header=other))
    assert refused(Code.ISSUER_KEY_MISMATCH, 4) == first(
        issued(CLAIMS, key=STRANGER, header=brought)
    )
    assert refused(Code.PROOF_VERIFICATION_ERROR, 5) == first(issued(CLAIMS, key=STRANGER))


def test_a_kid_of_another_kind() -> None:
    """``kid`` is text."""
    assert refused(Code.MALFORMED_VALUE_ERROR, 3) == first(
        issued(CLAIMS, header=HEADER | {"kid": {"$ne": 1}})
    )


def test_a_changed_payload() -> None:
    """One claim changed under the old signature."""
    head, _, rest = issued(CLAIMS, "/name").partition(".")
    other = token(claims(skills=["c"])).split(".")[1]
    signature = rest.partition(".")[2]

    assert refused(Code.PROOF_VERIFICATION_ERROR, 5) == first(
        f"{head}.{other}.{signature.partition('~')[0]}~"
    )


# --- key binding --------------------------------------------------------------------------


def check(text: str, **members: Any) -> Any:
    asked = {"nonce": "n-1", "audience": "https://v.example", "now": NOW, "required": True}
    return check_key_binding(text, **(asked | members))


def code_of(act: Callable[[], object]) -> Code:
    with pytest.raises(CheckError) as caught:
        act()
    return caught.value.code


def test_a_bound_token_verifies_and_answers_what_was_asked() -> None:
    """Two signatures are checked, and the binding says to whom and when it was made."""
    text = bound(present(issued(CLAIMS, "/name", "/skills"), ["/name"]))

    found, binding = verified(text), check(text)

    proofs = [it.by for it in found.report.checks if it.name == "proof"]
    urn = f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{thumbprint(HOLDER.public)}"
    assert [KEY.verification_method, urn] == proofs
    assert ("n-1", ("https://v.example",), NOW) == (
        binding.nonce,
        binding.audience,
        binding.issued_at.at,
    )


def test_a_key_that_the_issuer_names_by_its_url() -> None:
    """``cnf.kid`` is a DID URL, looked up among the holder's keys for authentication."""
    text = issued(claims(cnf={"kid": HOLDER.verification_method}))

    assert KEY.did == verified(bound(text)).issuer
    assert refused(Code.INVALID_KEY_BINDING, 5) == first(bound(text, sign=EcTestKey.number(8).sign))


def test_the_holder_is_never_taken_for_the_issuer() -> None:
    """A binding by the named issuer's own key does not make up for a stranger's signature."""
    payload = claims(cnf={"kid": KEY.verification_method})
    text = issued(payload, key=STRANGER, header=HEADER | {"kid": STRANGER.verification_method})

    assert refused(Code.ISSUER_KEY_MISMATCH, 4) == first(
        bound(text, algorithm="EdDSA", sign=KEY.sign)
    )


@pytest.mark.parametrize("required", [True, False])
def test_whether_it_is_needed_is_settled_before(required: bool) -> None:
    """A token without a binding is refused where one is asked for, and only there."""
    text = issued(CLAIMS)

    if required:
        assert Code.KEY_BINDING_REQUIRED is code_of(lambda: check(text))
    else:
        assert check(text, required=False) is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"nonce": "n-2"}, Code.INVALID_CHALLENGE_ERROR),
        ({"nonce": None}, Code.INVALID_CHALLENGE_ERROR),
        ({"audience": None}, Code.INVALID_CHALLENGE_ERROR),
        ({"audience": "https://w.example"}, Code.INVALID_DOMAIN_ERROR),
        ({"now": NOW + timedelta(minutes=6)}, Code.INVALID_KEY_BINDING),
        ({"now": NOW - timedelta(minutes=6)}, Code.INVALID_KEY_BINDING),
        ({"required": False, "nonce": "n-2"}, Code.INVALID_CHALLENGE_ERROR),
        ({"required": False, "now": NOW + timedelta(days=1)}, Code.INVALID_KEY_BINDING),
    ],
)
def test_a_binding_for_another_occasion(asked: JsonObject, code: Code) -> None:
    """Nonce, audience and time are compared; what was not given cannot be compared."""
    assert code is code_of(lambda: check(bound(issued(CLAIMS)), **asked))


def kb(header: JsonObject | None = None, **members: Any) -> str:
    """A token with a binding of any form, signed by the holder."""
    text = issued(CLAIMS, "/name")
    payload = {
        "iat": int(NOW.timestamp()),
        "aud": "https://v.example",
        "nonce": "n-1",
        "sd_hash": hashed(text),
    } | members
    given = {name: value for name, value in payload.items() if value is not ...}
    made = token(given, key=HOLDER, header=header or {"alg": "ES256", "typ": "kb+jwt"})
    return text + made.removesuffix("~")


BINDINGS: dict[str, str] = {
    "typ of an ordinary token": kb({"alg": "ES256", "typ": "JWT"}),
    "typ in capitals": kb({"alg": "ES256", "typ": "KB+JWT"}),
    "typ with a prefix": kb({"alg": "ES256", "typ": "application/kb+jwt"}),
    "no typ": kb({"alg": "ES256"}),
    "no iat": kb(iat=...),
    "iat as text": kb(iat="1780315200"),
    "no aud": kb(aud=...),
    "aud as a list": kb(aud=["https://v.example"]),
    "no nonce": kb(nonce=...),
    "an empty nonce": kb(nonce=""),
    "a nonce that is a number": kb(nonce=1),
    "no sd_hash": kb(sd_hash=...),
    "sd_hash as null": kb(sd_hash=None),
}


@pytest.mark.parametrize("case", BINDINGS)
def test_malformed_bindings(case: str) -> None:
    """A binding that is there is read strictly, whether or not one was asked for."""
    assert refused(Code.INVALID_KEY_BINDING, 3) == first(BINDINGS[case])


def test_a_binding_over_something_else() -> None:
    """Another selection, another key, another algorithm, and disclosures taken away."""
    text = issued(CLAIMS, "/name", "/skills")
    full = bound(text)
    part = present(text, ["/name"])

    assert refused(Code.INVALID_KEY_BINDING, 5) == first(kb(sd_hash=hashed("x")))
    assert refused(Code.INVALID_KEY_BINDING, 5) == first(part + full.rpartition("~")[2])
    assert refused(Code.INVALID_KEY_BINDING, 5) == first(bound(text, sign=EcTestKey.number(8).sign))
    assert refused(Code.INVALID_KEY_BINDING, 5) == first(
        bound(text, algorithm="EdDSA", sign=KEY.sign)
    )


def test_a_binding_without_the_issuers_consent() -> None:
    """No key in ``cnf``: nobody can be its holder. A key in the binding's header is nobody's."""
    header = {"alg": "ES256", "typ": "kb+jwt", "jwk": build_jwk(HOLDER.public)}
    made = kb(header).rpartition("~")[2]

    for cnf in (..., {}, "x", {"jwk": "x"}):
        assert refused(Code.INVALID_KEY_BINDING, 3) == first(issued(claims(cnf=cnf)) + made)
    assert undecided(Code.KEY_UNAVAILABLE, 3) == first(issued(claims(cnf={"x5t#S256": "x"})) + made)


def test_symmetric_and_missing_signatures_of_a_binding() -> None:
    """``none`` and HMAC are no signatures of a holder either."""
    for algorithm in ("none", "HS256"):
        header = {"alg": algorithm, "typ": "kb+jwt"}
        assert refused(Code.UNSUPPORTED_ALGORITHM, 2) == first(kb(header))


def test_a_binding_of_the_future() -> None:
    """A binding that was made after now is not believed."""
    assert refused(Code.NOT_YET_VALID, 6) == first(
        bound(issued(CLAIMS), now=NOW + timedelta(hours=1))
    )


# --- the W3C data model -------------------------------------------------------------------


def w3c(*disclosable: str, **members: Any) -> str:
    document = {k: v for k, v in (W3C | members).items() if v is not ...}
    return issued(document, *disclosable, header=W3C_HEADER)


def test_a_w3c_credential_with_hidden_members() -> None:
    """The processed payload is a credential of data model 2.0."""
    text = present(
        w3c("/credentialSubject/name", "/credentialSubject/alumniOf"),
        ["/credentialSubject/alumniOf"],
    )

    found = verified(text)

    subject = {"id": "did:example:learner", "alumniOf": "A school"}
    assert W3C | {"credentialSubject": subject} == found.document
    assert Format.VC_SD_JWT is read_sd_jwt(text).format


@pytest.mark.parametrize(
    "name",
    ["@context", "type", "issuer", "credentialStatus", "credentialSchema", "validUntil", "cnf"],
)
def test_a_disclosure_does_not_bring_what_decides_about_a_w3c_credential(name: str) -> None:
    """A holder could otherwise leave out the status, or choose another meaning of the words."""
    brought = raw("s", name, W3C.get(name, {"id": "urn:x", "type": "x"}))
    payload = {k: v for k, v in W3C.items() if k != name} | {"_sd": [hashed(brought)]}

    assert refused(Code.PARSING_ERROR, 3) == first(token(payload, brought, header=W3C_HEADER))


@pytest.mark.parametrize("name", ["@context", "type", "credentialStatus", "issuer"])
def test_a_hidden_part_of_what_decides_about_a_w3c_credential(name: str) -> None:
    """One context that was kept back gives the words another meaning."""
    value = [W3C.get(name, "x"), {"...": "kept-back"}]

    assert refused(Code.PARSING_ERROR, 3) == first(token(W3C | {name: value}, header=W3C_HEADER))


def test_claims_that_contradict_a_w3c_credential() -> None:
    """What is said twice is the same; a wrapped credential is another kind of token."""
    for members in (
        {"iss": STRANGER.did},
        {"jti": "urn:uuid:2"},
        {"sub": "did:example:somebody"},
        {"vc": W3C},
        {"@context": ...},
    ):
        assert refused(Code.MALFORMED_VALUE_ERROR, 3) == first(w3c(**members))


def test_the_signature_of_a_w3c_credential_may_end_of_itself() -> None:
    """``exp`` is about the token (VC-JOSE-COSE, section 3.2)."""
    assert refused(Code.EXPIRED, 6) == first(w3c(exp=1774384266))


def test_content_of_another_kind() -> None:
    """``cty``, where it is there, must fit."""
    assert refused(Code.MALFORMED_VALUE_ERROR, 2) == first(
        issued(W3C, header=W3C_HEADER | {"cty": "bad+cty"})
    )


def test_a_w3c_credential_in_an_envelope() -> None:
    """The token in a ``data:`` URL is verified; its kind is the one the envelope names."""
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+sd-jwt,{w3c()}",
    }
    sources = Sources(fetch=FakeNetwork())

    assert KEY.did == verify(envelope, now=NOW, sources=sources).issuer
    wrong = envelope | {"id": f"data:application/dc+sd-jwt,{w3c()}"}
    with pytest.raises(OutcomeError):
        verify(wrong, now=NOW, sources=sources)
