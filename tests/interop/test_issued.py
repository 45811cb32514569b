"""What the running issuer hands out is accepted by the peers: credential, keys, status list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from openvc.status.bitstring import decode_bitstring, get_status_bit

from deploy.demo import Story, import_payload, revoke
from deploy.services import free_port, running_pair
from tests.interop.peers import Peer
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Both services, and a credential with a did:web issuer and a status entry, then revoked."""
    folder: Path = tmp_path_factory.mktemp("pair")
    ports = {"issuer_port": free_port(), "verifier_port": free_port()}
    with (
        running_pair(folder, **ports) as pair,
        httpx.Client(timeout=30, trust_env=False) as client,
    ):
        told = Story(pair=pair, http=client)
        import_payload(told)
        revoke(told)
        yield told


def _get(story: Story, url: str) -> JsonObject:
    response = story.http.get(url).raise_for_status()
    return parse_json_object(response.content, max_bytes=1 << 24)


@pytest.fixture(scope="module")
def did_document(story: Story) -> JsonObject:
    """The issuer's keys, from where did:web says they are."""
    return _get(story, f"{story.pair.issuer_url}/issuers/demo/did.json")


def test_a_peer_accepts_the_issued_credential(
    peer: Peer, story: Story, did_document: JsonObject
) -> None:
    """Signature, contexts and the published keys of an issued credential fit together."""
    now = datetime.now(UTC)

    assert peer.refusal(story.credential, now=now, documents=[did_document]) is None


def test_a_peer_accepts_the_status_list(peer: Peer, story: Story, did_document: JsonObject) -> None:
    """The status list credential is signed by the same issuer and is current."""
    entry = story.credential["credentialStatus"]
    status_list = _get(story, entry["statusListCredential"])
    now = datetime.now(UTC)

    assert peer.refusal(status_list, now=now, documents=[did_document]) is None


def test_a_foreign_reader_finds_the_same_bit(story: Story) -> None:
    """openvc-core reads the bit of the revoked credential as set, and every other as clear."""
    entry = story.credential["credentialStatus"]
    status_list = _get(story, entry["statusListCredential"])

    bits = decode_bitstring(status_list["credentialSubject"]["encodedList"])

    assert 1 == get_status_bit(bits, int(entry["statusListIndex"]))
    assert 1 == sum(byte.bit_count() for byte in bits)
