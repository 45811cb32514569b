"""JWT VC issuer metadata: the examples of SD-JWT VC, section 4."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fake_network import FakeNetwork
from tests.vectors_suites.reading import read
from verifier.dids.issuer_metadata import issuer_metadata_url
from verifier.dids.keys import KeyHint, find_key
from verifier.errors import CheckError, Code
from verifier.proofs.jwk import parse_jwk
from verifier.proofs.multikey import PublicKey
from verifier.secured import KeyFinder
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.vectors

NOW = datetime(2026, 3, 24, tzinfo=UTC)
ISSUER, METADATA = "https://example.com", "https://example.com/.well-known/jwt-vc-issuer"


@pytest.fixture
def folder(vectors_dir: Path) -> Path:
    return vectors_dir / "sd-jwt-vc" / "draft-text-examples"


def _find(network: FakeNetwork, kid: str | None) -> PublicKey:
    finder = KeyFinder(fetch=network, now=NOW, relationship="assertionMethod")
    return find_key(KeyHint(kid=kid), ISSUER, finder=finder)


def _code(act: Callable[[], object]) -> Code:
    with pytest.raises(CheckError) as caught:
        act()
    return caught.value.code


def _inline(folder: Path) -> JsonObject:
    """The metadata in the example of an HTTP response."""
    text = (folder / "14-s4.2-jwt-vc-issuer-metadata-response.txt").read_bytes()
    return parse_json_object(text.partition(b"\n\n")[2])


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        (ISSUER, "12-s4.1-jwt-vc-issuer-metadata-request.txt"),
        (f"{ISSUER}/tenant/1234", "13-s4.1-jwt-vc-issuer-metadata-request.txt"),
    ],
)
def test_where_metadata_is_asked_for(folder: Path, issuer: str, name: str) -> None:
    """The address of each example request."""
    words = (folder / name).read_text("utf-8").split()

    path, host = words[1], words[4]
    assert f"https://{host}{path}" == issuer_metadata_url(issuer)


def test_keys_in_the_metadata(folder: Path) -> None:
    """Each key is found by its name; without a name it would be a guess."""
    metadata = _inline(folder)
    network = FakeNetwork({METADATA: metadata})
    keys = {jwk["kid"]: parse_jwk(jwk) for jwk in metadata["jwks"]["keys"]}

    assert keys == {kid: _find(network, kid) for kid in keys}
    assert 2 == len(keys)
    for kid in (None, "doc-signer-01-01-2020"):
        assert Code.ISSUER_KEY_MISMATCH is _code(lambda kid=kid: _find(network, kid))


def test_keys_elsewhere(folder: Path) -> None:
    """The key set is fetched from where the metadata says."""
    metadata = read(folder / "15-s4.2-jwt-vc-issuer-metadata-response.json")
    keys = _inline(folder)["jwks"]
    network = FakeNetwork({METADATA: metadata, metadata["jwks_uri"]: keys})

    assert parse_jwk(keys["keys"][0]) == _find(network, keys["keys"][0]["kid"])
    assert [METADATA, metadata["jwks_uri"]] == network.urls
