"""A network where the issuers of 1EdTech's samples publish their keys.

The samples name their keys by the address of an issuer and the key as its fragment. The issuers
are example hosts, so a test has to say what they would publish: never may a verifier take a key
out of a fragment.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.fake_network import FakeNetwork
from verifier.json_pointer import objects_within
from verifier.strict_json import JsonObject


def network_of(document: JsonObject, **more: JsonObject) -> FakeNetwork:
    """Every https address that a proof in ``document`` names answers with its own key."""
    return FakeNetwork({**dict(_documents(document)), **more})


def _documents(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for _, node in objects_within(document):
        method = node.get("verificationMethod")
        if isinstance(method, str) and method.startswith("https://"):
            url, _, key = method.partition("#")
            yield url, _document(url, method, key)


def _document(url: str, method: str, key: str) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/cid/v1"],
        "id": url,
        "verificationMethod": [
            {"id": method, "type": "Multikey", "controller": url, "publicKeyMultibase": key}
        ],
        "assertionMethod": [method],
    }
