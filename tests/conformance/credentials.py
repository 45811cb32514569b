"""The documents that conformance clients send, written anew, and edits of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.conformance.pair import EXAMPLES, V1, V2
from verifier.strict_json import JsonObject


def v2(issuer: Any, /, **members: Any) -> JsonObject:
    """A small credential of data model 2.0; ``...`` leaves a member out."""
    document = {
        "@context": [V2, EXAMPLES],
        "type": ["VerifiableCredential", "ExampleDegreeCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "did:example:learner", "alumniOf": "Example University"},
    } | members
    return {name: value for name, value in document.items() if value is not ...}


def v1(issuer: Any, /, **members: Any) -> JsonObject:
    """A small credential of data model 1.1."""
    document = {
        "@context": [V1],
        "id": "urn:uuid:86294362-4254-4f36-854f-3952fe42555d",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "issuanceDate": "2020-03-16T22:37:26.544Z",
        "credentialSubject": {"id": "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"},
    } | members
    return {name: value for name, value in document.items() if value is not ...}


def changed(document: JsonObject, *path: str | int, to: Any) -> JsonObject:
    """A copy with one value set, or removed by ``...``."""
    copied = deepcopy(document)
    *way, last = path
    place: Any = copied
    for part in way:
        place = place[part]
    if to is ...:
        del place[last]
    else:
        place[last] = to
    return copied
