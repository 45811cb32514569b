"""did:webvh: the logs of two other implementations, and those that must be refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fake_network import FakeNetwork
from tests.vectors_suites.reading import read
from verifier.dids import resolve
from verifier.dids.document import DeactivatedError
from verifier.dids.webvh_identifier import parse_webvh
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.vectors

NOW = datetime(2026, 3, 24, tzinfo=UTC)
POSITIVE = (
    "basic-create",
    "basic-update",
    "deactivate",
    "key-rotation",
    "multiple-update-keys",
    "portable",
    "pre-rotation",
    "services",
    "witness-threshold",
)
REFUSED_LOGS = {
    "negative-duplicate-witness-ids": Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    "negative-portable-scid-swap": Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    "negative-scid-mismatch-genesis": Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    "negative-versiontime-non-monotonic": Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    "negative-wrong-cryptosuite": Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
}
REFUSED_NAMES = (
    "negative-fragment-leaks-into-domain",
    "negative-path-traversal-did",
    "negative-pct-encoded-ip-host",
)


def _network(folder: Path) -> tuple[str, FakeNetwork]:
    """The identifier whose log is in ``folder``, and a network that serves it."""
    log = (folder / "did.jsonl").read_bytes()
    first = parse_json_object(log.split(b"\n")[0])
    did = f"did:webvh:{first['parameters']['scid']}:example.com"
    identifier = parse_webvh(did)
    network = FakeNetwork({identifier.log_url: log})
    witnesses = folder / "did-witness.json"
    if witnesses.exists():
        network.answers[identifier.witness_url] = witnesses.read_bytes()
    return did, network


def _without_implied(document: JsonObject) -> JsonObject:
    """Two services are implied by the method. Implementations differ in how they write them,
    and we add none."""
    services = [
        service
        for service in document.get("service", [])
        if service["id"].partition("#")[2] not in ("files", "whois")
    ]
    rest = {name: value for name, value in document.items() if name != "service"}
    return rest | ({"service": services} if services else {})


@pytest.mark.parametrize("scenario", POSITIVE)
@pytest.mark.parametrize("implementation", ["ts", "python"])
def test_logs_of_others(vectors_dir: Path, scenario: str, implementation: str) -> None:
    """Each log resolves to the document and the metadata that its implementation gives."""
    folder = vectors_dir / "did-webvh" / scenario / implementation
    did, network = _network(folder)
    expected = read(folder / "resolutionResult.json")

    try:
        document = resolve(did, fetch=network, now=NOW)
        found, metadata = document.raw, document.metadata
    except DeactivatedError as error:
        found, metadata = None, error.metadata

    told = expected["didDocumentMetadata"]
    assert told == {name: metadata[name] for name in told}
    assert metadata["deactivated"] == (scenario == "deactivate")
    if found is not None:
        assert _without_implied(expected["didDocument"]) == _without_implied(found)


@pytest.mark.parametrize("scenario", sorted(REFUSED_LOGS))
def test_logs_that_must_be_refused(vectors_dir: Path, scenario: str) -> None:
    """A log that breaks a rule is refused for that."""
    did, network = _network(vectors_dir / "did-webvh" / scenario / "ts")

    with pytest.raises(RefusedError) as caught:
        resolve(did, fetch=network, now=NOW)

    assert REFUSED_LOGS[scenario] is caught.value.code


def test_a_log_of_another_version_is_never_read(vectors_dir: Path) -> None:
    """A version that is not known is could not check, and not taken for 1.0."""
    folder = vectors_dir / "did-webvh" / "negative-unknown-method-version" / "ts"
    did, network = _network(folder)

    with pytest.raises(UncheckedError) as caught:
        resolve(did, fetch=network, now=NOW)

    assert Code.UNSUPPORTED_DID_METHOD is caught.value.code


@pytest.mark.parametrize("scenario", REFUSED_NAMES)
def test_names_that_must_be_refused(vectors_dir: Path, scenario: str) -> None:
    """An identifier that would lead elsewhere is refused before anything is asked."""
    script = (vectors_dir / "did-webvh" / scenario / "scenario.yaml").read_text("utf-8")
    names = re.findall(r'did: "(did:webvh:[^"]+)"', script)
    network = FakeNetwork()
    # The hash of these names is not base58 ("0"): with a good one they are no better.
    good = [name.replace("0" * 44, "1" * 44) for name in names]

    for did in [*names, *good]:
        with pytest.raises(CheckError) as caught:
            resolve(did, fetch=network, now=NOW)
        assert Code.INVALID_VERIFICATION_METHOD_URL is caught.value.code
    assert names
    assert [] == network.asked


def test_every_scenario_is_here(vectors_dir: Path) -> None:
    """No folder of the vectors is left out."""
    folders = {path.name for path in (vectors_dir / "did-webvh").iterdir() if path.is_dir()}

    tested = {*POSITIVE, *REFUSED_LOGS, *REFUSED_NAMES, "negative-unknown-method-version"}
    assert folders == tested
