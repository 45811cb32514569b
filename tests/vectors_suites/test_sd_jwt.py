"""The published examples of RFC 9901 and of its reference implementation.

Left out are those in the JSON serialisation, which no credential here uses; a test says exactly
which they are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sd_jwts import numbered_salts
from tests.signers import EcTestKey
from tests.vectors_suites.reading import read
from tests.vectors_suites.sd_jwt_reading import (
    Specification,
    read_settings,
    read_specification,
)
from verifier.errors import RefusedError
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import encode_base64url
from verifier.proofs.key_binding import check_key_binding, read_key_binding
from verifier.proofs.sd_jwt import SdJwt, open_payload, parse_disclosure, parse_sd_jwt
from verifier.proofs.sd_jwt_issue import build_sd_jwt
from verifier.proofs.sd_jwt_present import bind, present, receive
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TESTCASES = (
    *("array_data_types", "array_full_sd", "array_in_sd", "array_none_disclosed"),
    *("array_of_objects", "array_of_scalars", "array_recursive_sd", "key_binding", "no_sd"),
)
EXAMPLES = (
    *("address_only_flat", "address_only_structured", "address_only_structured_one_open"),
    *("arf-pid", "complex_eidas", "jsonld", "simple", "simple_structured"),
)
JSON_FORM = ("json_serialization_flattened", "json_serialization_general")
JSON_TEXTS = {
    "23-s8.2-flattened-json-serialization.txt",
    "24-s8.2-flattened-json-serialization.txt",
}


@pytest.fixture(name="folder")
def _folder(vectors_dir: Path) -> Path:
    return vectors_dir / "sd-jwt"


def _round_trip(case: Specification, settings: Path) -> JsonObject:
    """Issue, choose, bind where the example asks for it, and read what a verifier sees."""
    given, issuer, holder = read_settings(settings)
    text = _issue(case, issuer, holder)
    receive(text)
    shown = present(text, case.shown)
    if case.is_bound:
        shown = bind(
            shown,
            audience=given["identifiers"]["verifier"],
            nonce=given["key_binding_nonce"],
            now=NOW,
            algorithm="ES256",
            sign=holder.sign,
        )
    return _seen(shown, case, given, issuer, holder)


def _issue(case: Specification, issuer: EcTestKey, holder: EcTestKey) -> str:
    cnf = {"cnf": {"jwk": build_jwk(holder.public)}} if case.is_bound else {}
    return build_sd_jwt(
        case.claims | cnf,
        case.hidden,
        header={"alg": "ES256"},
        sign=issuer.sign,
        salts=numbered_salts(),
        decoys=1,
    )


def _seen(
    text: str, case: Specification, given: JsonObject, issuer: EcTestKey, holder: EcTestKey
) -> JsonObject:
    token = parse_sd_jwt(text)
    token.jws.verify(issuer.public)
    binding = check_key_binding(
        text,
        nonce=given["key_binding_nonce"],
        audience=given["identifiers"]["verifier"],
        now=NOW,
        required=case.is_bound,
    )
    if binding is not None:
        binding.verify(holder.public)
    claims = open_payload(token.unverified_payload, token.disclosures).claims
    return {name: value for name, value in claims.items() if name != "cnf"}


@pytest.mark.parametrize("name", TESTCASES)
def test_cases_of_the_reference_implementation(folder: Path, name: str) -> None:
    """From claims and marks to the payload that the case expects."""
    case = read_specification(folder / "testcases" / name / "specification.yml")

    seen = _round_trip(case, folder / "testcases" / "settings.yml")

    assert case.expected == seen


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_the_rfc(folder: Path, name: str) -> None:
    """What the holder shows is seen, what it keeps back is not; the rest is as it was."""
    case = read_specification(folder / "spec-examples-input" / name / "specification.yml")

    seen = _round_trip(case, folder / "spec-examples-input" / "settings.yml")

    shown = {
        pointer
        for pointer in case.hidden
        if any(other == pointer or other.startswith(f"{pointer}/") for other in case.shown)
    }
    assert _without(case.claims, "", case.hidden - shown) == seen
    assert case.hidden


def _without(value: Any, pointer: str, removed: frozenset[str] | set[str]) -> Any:
    """``value`` without what stands at the pointers ``removed``."""
    if isinstance(value, dict):
        places = {name: f"{pointer}/{name}" for name in value}
        return {
            name: _without(value[name], place, removed)
            for name, place in places.items()
            if place not in removed
        }
    if isinstance(value, list):
        numbered = [(f"{pointer}/{n}", item) for n, item in enumerate(value)]
        return [_without(item, at, removed) for at, item in numbered if at not in removed]
    return value


def test_what_is_left_out(folder: Path) -> None:
    """The JSON serialisation and nothing else."""
    for half, done in (("testcases", TESTCASES), ("spec-examples-input", EXAMPLES)):
        found = {path.parent.name for path in (folder / half).glob("*/specification.yml")}
        is_json = {
            name
            for name in found
            if read_specification(folder / half / name / "specification.yml").is_json
        }
        assert found - set(done) == is_json
        assert is_json <= set(JSON_FORM)
        assert is_json


# --- the texts of the RFC, with their real signatures -------------------------------------


@pytest.fixture(name="texts")
def _texts(folder: Path) -> Path:
    return folder / "rfc-text-examples"


def _token(path: Path) -> SdJwt:
    return parse_sd_jwt(path.read_text("ascii").strip())


def _opened(token: SdJwt) -> JsonObject:
    return open_payload(token.unverified_payload, token.disclosures).claims


@pytest.mark.parametrize(
    ("text", "payload", "claims"),
    [
        ("14-s5.1-issuance.txt", "12-s5.1-issuance.json", "11-s5.1-issuance.json"),
        (
            "35-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.txt",
            "36-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.json",
            "34-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.json",
        ),
    ],
)
def test_issued_texts(folder: Path, texts: Path, text: str, payload: str, claims: str) -> None:
    """The signature, the payload, and the claims that come back with every disclosure."""
    _, issuer, _ = read_settings(folder / "spec-examples-input" / "settings.yml")
    token = _token(texts / text)

    token.jws.verify(issuer.public)
    opened = _opened(token)

    assert read(texts / payload) == token.unverified_payload
    assert read(texts / claims).items() <= opened.items()
    assert {"iss", "iat", "exp", "cnf"} >= opened.keys() - read(texts / claims).keys()


@pytest.mark.parametrize(
    ("text", "processed", "binding"),
    [
        ("15-s5.2-presentation.txt", "17-s5.2-presentation.json", "16-s5.2-presentation.json"),
        ("28-sA.1-simple-structured-sd-jwt.txt", "29-sA.1-simple-structured-sd-jwt.json", None),
        (
            "37-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.txt",
            "39-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.json",
            "38-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.json",
        ),
    ],
)
def test_presented_texts(
    folder: Path, texts: Path, text: str, processed: str, binding: str | None
) -> None:
    """Both signatures, the hash over the text as it is, and the processed payload."""
    _, issuer, holder = read_settings(folder / "spec-examples-input" / "settings.yml")
    token = _token(texts / text)
    token.jws.verify(issuer.public)

    found = read_key_binding(token)

    assert read(texts / processed) == _opened(token)
    assert (binding is None) is (found is None)
    if found is not None and binding is not None:
        found.verify(holder.public)
        written = read(texts / binding)
        assert (written["nonce"], (written["aud"],)) == (found.nonce, found.audience)
        assert written["iat"] == found.issued_at.at.timestamp()


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("13-s5.1-issuance.txt", "12-s5.1-issuance.json"),
        ("28-sA.1-simple-structured-sd-jwt.txt", "27-sA.1-simple-structured-sd-jwt.json"),
    ],
)
def test_payloads(texts: Path, text: str, payload: str) -> None:
    """The payload as it was signed; a token without its tilde is no SD-JWT."""
    content = (texts / text).read_text("ascii").strip()
    if "~" not in content:
        with pytest.raises(RefusedError):
            parse_sd_jwt(content)
        content += "~"

    assert read(texts / payload) == parse_sd_jwt(content).unverified_payload


def test_single_disclosures_and_payloads_without_any(texts: Path) -> None:
    """Fragments: disclosures as arrays, and payloads whose digests nothing answers."""
    names = {
        "03-s4.2.1-disclosures-for-object-properties.json": "family_name",
        "05-s4.2.2-disclosures-for-array-elements.json": None,
    }
    for name, expected in names.items():
        found = parse_disclosure(encode_base64url((texts / name).read_bytes()))
        assert (expected, read(texts / name)[-1]) == (found.name, found.value)
    shown = {
        "04-s4.2.2-disclosures-for-array-elements.json": {"nationalities": ["DE", "FR", "US"]},
        "06-s4.2.4.1-object-properties.json": {"given_name": "Alice"},
        "07-s4.2.4.2-array-elements.json": {"nationalities": ["DE", "US"]},
    }
    for name, claims in shown.items():
        assert claims == open_payload(read(texts / name), ()).claims
    for name in (
        "08-s4.2.6-recursive-disclosures.json",
        "18-s6-considerations-on-nested-data-in-sd-jwts.json",
        "19-s6.1-example-flat-sd-jwt.json",
        "20-s6.2-example-structured-sd-jwt.json",
        "21-s6.2-example-structured-sd-jwt.json",
        "26-sA.1-simple-structured-sd-jwt.json",
    ):
        written = read(texts / name)
        left = {key for key in written if key not in ("_sd", "_sd_alg")}
        assert left == open_payload(written, ()).claims.keys()


def test_every_text_is_read_or_left_out(texts: Path) -> None:
    """Every compact token is in a test above; the JSON serialisation is refused as a token."""
    files = {path.name for path in texts.glob("*.txt")}
    done = {
        *("13-s5.1-issuance.txt", "14-s5.1-issuance.txt", "15-s5.2-presentation.txt"),
        "28-sA.1-simple-structured-sd-jwt.txt",
        "35-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.txt",
        "37-sA.3-sd-jwt-based-verifiable-credentials-sd-jwt-vc.txt",
    }

    assert files - done == JSON_TEXTS
    for name in JSON_TEXTS:
        with pytest.raises(RefusedError):
            _token(texts / name)
