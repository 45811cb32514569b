"""The published SD-JWT VCs (IETF draft, RFC 9901 appendix A.3, OpenID4VP) and the SD-JWTs of the
W3C's VC-JOSE-COSE test suite, through all ten steps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.sd_jwts import numbered_salts
from tests.vectors_suites.reading import read
from tests.vectors_suites.sd_jwt_reading import read_settings, read_specification
from verifier.asked import Asked
from verifier.credential_type import check_credential_type
from verifier.errors import Code, RefusedError
from verifier.policy import VC_API
from verifier.proofs.jwk import build_jwk
from verifier.proofs.key_binding import check_key_binding
from verifier.proofs.sd_jwt import open_payload, parse_sd_jwt
from verifier.proofs.sd_jwt_issue import build_sd_jwt
from verifier.proofs.sd_jwt_present import bind, present
from verifier.report import Outcome, OutcomeError, Report, Result, Step
from verifier.sources import Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.type_metadata import Disclosability, parse_type_metadata
from verifier.verify import VerifiedCredential, verify
from verifier.verify_presentation import verify_presentation

pytestmark = pytest.mark.vectors

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
EXAMPLE = "https://example.com/issuer"


def _metadata(issuer: str, *keys: JsonObject) -> FakeNetwork:
    """A network where the issuer's metadata answers."""
    host, _, path = issuer.removeprefix("https://").partition("/")
    way = f"/{path}" if path else ""
    url = f"https://{host}/.well-known/jwt-vc-issuer{way}"
    return FakeNetwork({url: {"issuer": issuer, "jwks": {"keys": list(keys)}}})


def _text(path: Path) -> str:
    """A token without the line breaks that some files were printed with."""
    return "".join(path.read_text("ascii").split())


def _verify(text: str, network: FakeNetwork) -> VerifiedCredential:
    return verify(text.encode(), now=NOW, sources=Sources(fetch=network), policy=VC_API)


@pytest.fixture(name="folder")
def _folder(vectors_dir: Path) -> Path:
    return vectors_dir / "sd-jwt-vc"


@pytest.fixture(name="texts")
def _texts(folder: Path) -> Path:
    return folder / "draft-text-examples"


@pytest.fixture(name="network")
def _network(folder: Path) -> FakeNetwork:
    """The metadata of the examples' issuer, with the key and the name that the examples use."""
    _, issuer, _ = read_settings(folder / "spec-examples-input" / "settings.yml")
    return _metadata(EXAMPLE, {**build_jwk(issuer.public), "kid": "doc-signer-05-25-2022"})


@pytest.mark.parametrize(
    ("text", "processed"),
    [
        ("08-s2.3.2-presentation.txt", "09-s2.3.2-presentation.json"),
        ("10-s2.3.2-presentation.txt", "11-s2.3.2-presentation.json"),
    ],
)
def test_presentations_of_the_draft(
    texts: Path, network: FakeNetwork, text: str, processed: str
) -> None:
    """With and without a key binding: verified, and what is shown is what is published."""
    found = _verify(_text(texts / text), network)

    assert read(texts / processed) == found.document
    assert EXAMPLE == found.issuer


def test_the_issued_credential_of_the_draft(texts: Path, network: FakeNetwork) -> None:
    """With every disclosure the claims come back; without, the payload is the published one."""
    text = _text(texts / "07-s2.3.1-issuance.txt")

    found = _verify(text, network)

    assert read(texts / "05-s2.3.1-issuance.json").items() <= found.document.items()
    assert read(texts / "06-s2.3.1-issuance.json") == parse_sd_jwt(text).unverified_payload


def test_the_key_bindings_of_the_draft_and_of_openid4vp(vectors_dir: Path) -> None:
    """Nonce and audience are the published ones; the holder's key is in ``cnf``."""
    for path, audience in (
        (
            "sd-jwt-vc/draft-text-examples/08-s2.3.2-presentation.txt",
            "https://example.com/verifier",
        ),
        ("openid4vp-1.0/sd_jwt_vcld/01/sd_jwt_presentation.txt", "https://verifier.example.org"),
    ):
        text = _text(vectors_dir / path)
        made = parse_sd_jwt(text).key_binding
        assert made is not None
        at = datetime.fromtimestamp(parse_json_object(made.unverified_payload)["iat"], UTC)
        found = check_key_binding(
            text, nonce="1234567890", audience=audience, now=at, required=True
        )
        assert found is not None


@pytest.mark.parametrize("number", ["01", "02"])
def test_the_inputs_of_the_draft(folder: Path, number: str, network: FakeNetwork) -> None:
    """Issued from the published claims by our own code, presented, bound, verified."""
    settings, issuer, holder = read_settings(folder / "spec-examples-input" / "settings.yml")
    case = read_specification(folder / "spec-examples-input" / number / "specification.yml")
    registered = {name: settings[name] for name in ("iat", "exp")} | {"iss": EXAMPLE}
    cnf = {"cnf": {"jwk": build_jwk(holder.public)}} if case.is_bound else {}
    text = build_sd_jwt(
        case.claims | registered | cnf,
        case.hidden,
        header={"alg": "ES256"} | case.header,
        sign=issuer.sign,
        salts=numbered_salts(),
    )
    shown = present(text, case.shown)
    if case.is_bound:
        shown = bind(shown, audience="v", nonce="1", now=NOW, algorithm="ES256", sign=holder.sign)

    found = _verify(shown, network)

    names = {pointer.split("/")[1] for pointer in case.shown}
    hidden = {pointer.split("/")[1] for pointer in case.hidden}
    assert found.document.keys() & hidden == names & hidden


def test_the_credential_of_openid4vp(vectors_dir: Path) -> None:
    """A presentation whose claims hold JSON-LD that nobody processes."""
    folder = vectors_dir / "openid4vp-1.0" / "sd_jwt_vcld"
    _, issuer, _ = read_settings(folder / "settings.yml")
    network = _metadata("https://issuer.example.com", build_jwk(issuer.public))

    for name in ("sd_jwt_presentation.txt", "sd_jwt_issuance.txt"):
        found = _verify(_text(folder / "01" / name), network)
        if name == "sd_jwt_presentation.txt":
            assert read(folder / "01" / "verified_contents.json") == found.document
        else:
            claims = read(folder / "01" / "user_claims.json")
            assert claims.items() <= found.document.items()


@pytest.mark.parametrize("number", ["35", "37"])
def test_the_credential_of_rfc_9901(vectors_dir: Path, number: str) -> None:
    """Appendix A.3, as issued and as presented."""
    folder = vectors_dir / "sd-jwt"
    _, issuer, _ = read_settings(folder / "spec-examples-input" / "settings.yml")
    (path,) = (folder / "rfc-text-examples").glob(f"{number}-*.txt")

    found = _verify(
        _text(path),
        _metadata("https://pid-issuer.bund.de.example", build_jwk(issuer.public)),
    )

    assert "urn:eudi:pid:de:1" == found.document["vct"]


def test_the_type_metadata_of_the_draft(texts: Path) -> None:
    """Both examples are read; hashes that the draft abridges do not fit, and are refused."""
    vct = "https://betelgeuse.example.com/education_credential/v42"
    for name in ("17-s5.1-type-metadata-example.json", "30-sA.2-example-type-metadata.json"):
        data = (texts / name).read_bytes()
        found = parse_type_metadata(data, vct=vct, integrity=None)
        assert "https://galaxy.example.com/galactic-education-credential/v2" == found.extends
    by_path = {claim.path: claim for claim in found.claims}
    assert Disclosability.ALWAYS is by_path["degrees", None, "date_awarded"].disclosability
    credential = read(texts / "29-sA.2-example-type-metadata.json")
    with pytest.raises(RefusedError) as caught:
        parse_type_metadata(data, vct=vct, integrity=credential["vct#integrity"])
    assert Code.RESOURCE_MISMATCH is caught.value.code


def test_a_credential_of_that_type(texts: Path) -> None:
    """Hidden as its type asks, it keeps to the type; in the open, it does not."""
    vct = "https://betelgeuse.example.com/education_credential/v42"
    data = (texts / "30-sA.2-example-type-metadata.json").read_bytes()
    metadata = parse_type_metadata(data, vct=vct, integrity=None)
    claims = read(texts / "29-sA.2-example-type-metadata.json")
    places = ["/name", "/address", "/address/street_address"]
    degrees = [f"/degrees/{n}" for n in range(len(claims["degrees"]))]
    dates = [f"{place}/date_awarded" for place in degrees]

    check_credential_type(_opened(claims, *places, *degrees, *dates), metadata)
    for wrong in ([], [*places, *degrees], [*places, *degrees, *dates, "/degrees"]):
        with pytest.raises(RefusedError):
            check_credential_type(_opened(claims, *wrong), metadata)


def _opened(claims: JsonObject, *hidden: str) -> Any:
    text = build_sd_jwt(
        claims, hidden, header={"alg": "ES256"}, sign=lambda _: b"x", salts=numbered_salts()
    )
    token = parse_sd_jwt(text)
    return open_payload(token.unverified_payload, token.disclosures)


# --- the W3C test suite -------------------------------------------------------------------


@pytest.fixture(name="suite")
def _suite(vectors_dir: Path) -> Path:
    return vectors_dir / "vc-jose-cose" / "test-suite"


def _controller(suite: Path) -> FakeNetwork:
    """The controlled identifier document of the suite's issuer, with the suite's keys."""
    issuer = "https://example.issuer/vc-jose-cose"
    methods = []
    for name in ("vm-p384", "vm-p256", "vm-ed25519"):
        jwk = read(suite / f"{name}.json")["publicKeyJwk"]
        methods.append(
            {
                "id": f"{issuer}#{name}",
                "type": "JsonWebKey",
                "controller": issuer,
                "publicKeyJwk": {k: v for k, v in jwk.items() if k not in ("d", "alg")},
            }
        )
    urls = [method["id"] for method in methods]
    document = {
        "@context": "https://www.w3.org/ns/cid/v1",
        "id": issuer,
        "verificationMethod": methods,
        "assertionMethod": urls,
        "authentication": urls,
    }
    return FakeNetwork({issuer: document})


def test_the_credential_of_the_w3c_suite(suite: Path) -> None:
    """Test 20: verified. Its ``iat`` is a date in text, which is read with a warning."""
    found = _verify(_text(suite / "credential-sdjwt-selective.txt"), _controller(suite))

    assert "Jane" == found.document["credentialSubject"]["firstName"]
    assert any("text" in warning for warning in found.report.warnings)


def test_the_bad_media_type_of_the_w3c_suite(suite: Path) -> None:
    """Test 24: its signature is good, and still it must fail."""
    with pytest.raises(OutcomeError) as caught:
        _verify(_text(suite / "credential-sdjwt-bad-media-type.txt"), _controller(suite))

    assert Outcome.NOT_VERIFIED is caught.value.report.outcome
    assert Step.FORMAT is caught.value.report.checks[-1].step


def test_the_presentation_of_the_w3c_suite(suite: Path) -> None:
    """Test 22: every check of its own passes, and it answers no challenge, so a copy of it would
    look the same: no verdict without one."""
    report = _presented(_text(suite / "presentation-sdjwt-selective.txt"), suite)

    failed = [check.name for check in report.checks if check.result is not Result.PASSED]
    assert ["challenge"] == failed
    assert [Outcome.VERIFIED] == [inner.outcome for inner in report.presented]


def _presented(text: str, suite: Path) -> Report:
    with pytest.raises(OutcomeError) as caught:
        verify_presentation(
            text.encode(),
            asked=Asked(),
            now=NOW,
            sources=Sources(fetch=_controller(suite)),
            policy=VC_API,
        )
    return caught.value.report


def test_every_sd_jwt_of_the_w3c_suite_is_in_a_test(suite: Path) -> None:
    """The expectations for verification name these three inputs and no others."""
    expected = read(suite / "expected.json")
    named = {
        case["input_file"]
        for case in expected
        if case["fn"] == "verify" and "sdjwt" in case["feature"]
    }

    assert {
        "credential-sdjwt-selective.txt",
        "credential-sdjwt-bad-media-type.txt",
        "presentation-sdjwt-selective.txt",
    } == named
