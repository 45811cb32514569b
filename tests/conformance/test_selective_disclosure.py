"""What a client of ecdsa-sd-2023 may rely on: base proofs, derivation over HTTP, and lists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.credentials import changed, v1, v2
from tests.conformance.pair import V1, V2, Pair
from tests.signers import Ed25519TestKey
from verifier.strict_json import JsonObject

KEY = Ed25519TestKey.number(24)
NAME = "ecdsa-sd-2023:P-256"


@pytest.mark.parametrize("version", [v1, v2])
def test_selective_disclosure(pair: Pair, version: Any) -> None:
    """A base proof is issued, derived from, and only the derived credential verifies."""
    base = pair.issued(NAME, version(pair.did(NAME)))
    options = {"selectivePointers": ["/credentialSubject"]}

    derived = pair.post_issuer(
        "/credentials/derive", {"verifiableCredential": base, "options": options}
    )

    assert base["proof"]["proofValue"].startswith("u2V0A")
    assert 201 == derived.status, derived.body
    revealed = derived.body["verifiableCredential"]
    assert revealed["proof"]["proofValue"].startswith("u2V0B")
    assert 200 == pair.verdict(revealed)
    assert 400 == pair.verdict(base)
    assert 400 == pair.verdict(changed(revealed, "issuer", to=KEY.did))


@pytest.mark.parametrize("pointers", [["/nothing/here"], ["credentialSubject"], "x", [7]])
def test_a_pointer_that_matches_nothing_is_refused(pair: Pair, pointers: Any) -> None:
    """At issue and at derivation."""
    document = v2(pair.did(NAME))
    base = pair.issued(NAME, document)

    issued = pair.issue(NAME, {"credential": document, "options": {"mandatoryPointers": pointers}})
    derived = pair.post_issuer(
        "/credentials/derive",
        {"verifiableCredential": base, "options": {"selectivePointers": pointers}},
    )

    assert (400, 400) == (issued.status, derived.status)


_SAILS: JsonObject = {
    "@protected": True,
    "SailingCredential": "urn:example:SailingCredential",
    "Regatta": {
        "@id": "urn:example:Regatta",
        "@context": {
            "@protected": True,
            "id": "@id",
            "type": "@type",
            "number": "urn:example:number",
            "sails": {
                "@id": "urn:example:sails",
                "@context": {
                    "@protected": True,
                    "size": "urn:example:size",
                    "year": "urn:example:year",
                },
            },
        },
    },
    "regattas": {"@id": "urn:example:regattas", "@type": "@id"},
    "crew": "urn:example:crew",
}
"""An inline context whose types bring words of their own, two deep."""


def sailor(version: Any, issuer: str) -> JsonObject:
    """A credential about somebody without an id, with lists in lists of unnamed things."""
    sails = [[(5.5, 2023), (6.1, 2023), (7, 2020)], [(5.9, 2022), (4.9, 2023), (7, 2020)]]
    regattas = [
        {
            "type": "Regatta",
            "number": number,
            "sails": [{"size": size, "year": year} for size, year in made],
        }
        for number, made in zip(("Earth101", "Mars101"), sails, strict=True)
    ]
    document: JsonObject = version(
        issuer,
        **{
            "@context": [V1 if version is v1 else V2, _SAILS],
            "type": ["VerifiableCredential", "SailingCredential"],
            "credentialSubject": {"crew": "Jane Doe", "regattas": regattas},
        },
    )
    return document


@pytest.mark.parametrize("version", [v1, v2])
@pytest.mark.parametrize(
    ("pointers", "expected"),
    [
        (["/0/number", "/0/sails/0", "/0/sails/1", "/0/sails/2"], [("Earth101", 3)]),
        (["/0/sails/2", "/1/sails/0"], [(None, 1), (None, 1)]),
        (["/1/sails/1", "/1/sails/2", "/1/number"], [("Mars101", 2)]),
        (["/1/sails/2"], [(None, 1)]),
    ],
)
def test_parts_of_lists_are_shown(
    pair: Pair, version: Any, pointers: list[str], expected: list[tuple[str | None, int]]
) -> None:
    """All of a list, less of it, or all but its beginning; what is shown verifies."""
    base = pair.issued(NAME, sailor(version, pair.did(NAME)))
    selected = [f"/credentialSubject/regattas{pointer}" for pointer in pointers]

    derived = pair.post_issuer(
        "/credentials/derive",
        {"verifiableCredential": base, "options": {"selectivePointers": selected}},
    )
    assert 201 == derived.status, derived.body
    revealed = derived.body["verifiableCredential"]
    subject = revealed["credentialSubject"]

    assert "crew" not in subject
    assert expected == [(it.get("number"), len(it["sails"])) for it in subject["regattas"]]
    assert 200 == pair.verdict(revealed)
    assert 400 == pair.verdict(changed(revealed, "credentialSubject", "id", to="urn:invalid"))
