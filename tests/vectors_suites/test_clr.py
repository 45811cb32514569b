"""1EdTech's Comprehensive Learner Record 2.0: a record and the credentials inside it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.vectors_suites.issuers import network_of
from tests.vectors_suites.reading import read
from verifier.errors import Code
from verifier.jsonld import canonicalize
from verifier.model import parse_credential
from verifier.open_badges import check_open_badges
from verifier.report import Outcome, OutcomeError, Report, Result
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify

pytestmark = pytest.mark.vectors

NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
INNER: Final = "/credentialSubject/verifiableCredential/0"


def report_of(document: JsonObject) -> Report:
    try:
        return verify(document, now=NOW, sources=Sources(fetch=network_of(document))).report
    except OutcomeError as error:
        return error.report


def test_a_record_verifies_with_every_credential_inside(vectors_dir: Path) -> None:
    """The inner credential is a check of its own."""
    report = report_of(read(vectors_dir / "clr-2.0" / "validator-samples" / "simple.json"))

    inner = [check for check in report.checks if check.name == "embedded"]
    assert Outcome.VERIFIED is report.outcome
    assert [(Result.PASSED, INNER)] == [(check.result, check.by) for check in inner]


def test_the_canonical_form_holds_the_inner_proof(vectors_dir: Path) -> None:
    """The walk-through of the implementation guide, byte for byte: inner contexts apply where
    they stand, and inner proofs are graphs of their own."""
    folder = vectors_dir / "open-badges-3.0" / "impl-test-vectors" / "clrv2p0"
    document = read(folder / "07-signed-credential.json")
    document.pop("proof")

    canonical = canonicalize(document)

    expected = (folder / "document-canon.txt").read_bytes()
    assert expected.strip().split(b"\n") == canonical.strip().split(b"\n")


def test_a_record_of_1_1_with_associations_fits_the_rules(vectors_dir: Path) -> None:
    """Associations that lead out of the record are warnings; its own context is not known."""
    document = read(vectors_dir / "clr-2.0" / "validator-samples" / "complex.json")

    warnings = check_open_badges(parse_credential(document))

    assert 3 == len(warnings)
    assert [Code.UNKNOWN_CONTEXT] == [it.code for it in report_of(document).problems]


def test_an_inner_credential_that_was_changed_makes_the_record_bad(vectors_dir: Path) -> None:
    """Seen in the record's own signature first: what stands inside is a part of it."""
    document = copy.deepcopy(read(vectors_dir / "clr-2.0/validator-samples/simple.json"))
    inner = document["credentialSubject"]["verifiableCredential"][0]
    inner["credentialSubject"]["achievement"]["name"] = "Doctorate"

    report = report_of(document)

    assert [Code.PROOF_VERIFICATION_ERROR] == [it.code for it in report.problems]
