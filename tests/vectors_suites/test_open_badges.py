"""1EdTech's Open Badges 3.0: its examples and samples fit the rules, its negatives do not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.vectors_suites.issuers import network_of
from tests.vectors_suites.reading import read
from verifier.errors import Code, RefusedError
from verifier.json_schema import DRAFT_2019_09, validate
from verifier.model import parse_credential
from verifier.open_badges import check_open_badges, is_open_badge
from verifier.report import Outcome, OutcomeError, Report
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify

pytestmark = pytest.mark.vectors

NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
UNFINISHED: Final = "simple-noproof.json"
"""A draft without a proof, whose subject has no achievement, which the standard asks for."""
SCHEMA: Final = "schema/ob_v3p0_achievementcredential_schema.json"


def documents(folder: Path) -> dict[str, JsonObject]:
    return {
        path.name: read(path) for path in sorted(folder.glob("*.json")) if path.name != UNFINISHED
    }


def report_of(document: JsonObject) -> Report:
    try:
        return verify(document, now=NOW, sources=Sources(fetch=network_of(document))).report
    except OutcomeError as error:
        return error.report


@pytest.mark.parametrize("folder", ["spec-examples", "validator-samples/valid"])
def test_examples_and_samples_fit_the_rules(vectors_dir: Path, folder: str) -> None:
    """No rule of ours refuses what the standard's own authors call good."""
    found = documents(vectors_dir / "open-badges-3.0" / folder)

    assert len(found) >= 5
    for name, document in found.items():
        credential = parse_credential(document)
        assert is_open_badge(credential), name
        assert () == check_open_badges(credential), name


def test_an_unfinished_sample_is_refused(vectors_dir: Path) -> None:
    """A badge is for an achievement."""
    folder = vectors_dir / "open-badges-3.0" / "validator-samples" / "valid"
    credential = parse_credential(read(folder / UNFINISHED))

    with pytest.raises(RefusedError) as caught:
        check_open_badges(credential)

    assert "/credentialSubject/achievement" == caught.value.pointer


@pytest.mark.parametrize(
    "path",
    [
        "validator-samples/valid/simple.json",
        "validator-samples/valid/simple-context-version.json",
        "validator-samples/valid/endorsement-valid.json",
        "impl-test-vectors/obv3p0/07-signed-credential.json",
        "impl-test-vectors/clrv2p0/07-signed-credential.json",
    ],
)
def test_signed_samples_verify_by_all_ten_steps(vectors_dir: Path, path: str) -> None:
    """Under the strict rules, with the key in the issuer's own document."""
    report = report_of(read(vectors_dir / "open-badges-3.0" / path))

    assert (Outcome.VERIFIED, ()) == (report.outcome, report.problems)


def test_endorsements_that_do_not_verify_are_warnings(vectors_dir: Path) -> None:
    """The complete sample has five, signed with keys that are none."""
    folder = vectors_dir / "open-badges-3.0" / "validator-samples" / "valid"
    report = report_of(read(folder / "complete.json"))

    named = [it for it in report.warnings if it.startswith("The endorsement at ")]
    assert 5 == len(named)
    assert {Code.STATUS_RETRIEVAL_ERROR} == {problem.code for problem in report.problems}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("simple-err-context.json", Code.MALFORMED_VALUE_ERROR),
        ("simple-err-expired.json", Code.EXPIRED),
        ("simple-err-issuer-type.json", Code.DATA_LOSS_DETECTION_ERROR),
        ("simple-err-proof-method-no-scheme.json", Code.INVALID_VERIFICATION_METHOD_URL),
        ("simple-err-proof-value.json", Code.PROOF_VERIFICATION_ERROR),
    ],
)
def test_the_negative_samples_are_refused(vectors_dir: Path, name: str, code: Code) -> None:
    """Each for its own reason."""
    report = report_of(read(vectors_dir / "open-badges-3.0/validator-samples/invalid" / name))

    assert (Outcome.NOT_VERIFIED, code) == (report.outcome, report.problems[0].code)


def test_an_issuer_of_another_type_breaks_a_rule_of_its_own(vectors_dir: Path) -> None:
    """Also where the securing mechanism would not notice that a type is not defined."""
    path = vectors_dir / "open-badges-3.0/validator-samples/invalid/simple-err-issuer-type.json"

    with pytest.raises(RefusedError) as caught:
        check_open_badges(parse_credential(read(path)))

    assert "/issuer/type" == caught.value.pointer


def test_the_official_schema_is_applied_within_bounds(vectors_dir: Path) -> None:
    """Samples of data model 2.0 meet it; one without an achievement does not."""
    folder = vectors_dir / "open-badges-3.0"
    schema = read(folder / SCHEMA)
    document = read(folder / "validator-samples/valid/simple.json")
    validate(schema, document, dialects=DRAFT_2019_09)
    del document["credentialSubject"]["achievement"]

    with pytest.raises(RefusedError) as caught:
        validate(schema, document, dialects=DRAFT_2019_09)

    assert Code.SCHEMA_VALIDATION_ERROR is caught.value.code
