"""What a holder can make of a derived credential alone: no change says anything new."""

from __future__ import annotations

import copy
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example_records import example_projected
from tests.signers import EcTestKey, secure_document
from verifier.errors import CheckError
from verifier.json_pointer import values_within
from verifier.proofs.data_integrity import parse_proofs, verify_proof
from verifier.proofs.ecdsa_sd import ECDSA_SD_2023, derive
from verifier.proofs.ecdsa_sd_cbor import (
    DerivedProof,
    format_derived_proof,
    parse_derived_proof,
)
from verifier.proofs.ecdsa_sd_lines import shown_lines
from verifier.strict_json import JsonObject

KEY = EcTestKey.number(31)


def _derived() -> JsonObject:
    """A part of a work record: what is mandatory, and the assertions of skills."""
    document = example_projected("02")
    document["issuer"]["id"] = KEY.did
    base = secure_document(document, KEY, replace(ECDSA_SD_2023, random=lambda n: bytes(range(n))))
    return derive(base, ["/evidence/0/microInternship/skillAssertion"])


def _lines(secured: JsonObject) -> tuple[list[str], list[str]]:
    unsecured = {name: value for name, value in secured.items() if name != "proof"}
    return shown_lines(unsecured, parse_derived_proof(secured["proof"]["proofValue"]))


DERIVED = _derived()
MANDATORY, OTHERS = _lines(DERIVED)
PROOF = parse_derived_proof(DERIVED["proof"]["proofValue"])
PLACES = [at for at, _ in values_within(DERIVED) if at and not at.startswith("/proof")]


def _at(document: Any, parts: list[str]) -> Any:
    for part in parts:
        document = document[int(part) if isinstance(document, list) else part]
    return document


def _change(document: JsonObject, place: str, other: str, how: str) -> None:
    """Put at ``place`` what stands at ``other``, beside what is there or instead of it, or take
    away what is there."""
    *way, last = place.split("/")[1:]
    holder = _at(document, way)
    key: Any = int(last) if isinstance(holder, list) else last
    value = copy.deepcopy(_at(DERIVED, other.split("/")[1:]))
    match how:
        case "take away":
            del holder[key]
        case "beside":
            holder[key] = [holder[key], value]
        case "into" if isinstance(holder[key], dict) and isinstance(value, dict):
            holder[key] |= value
        case _:
            holder[key] = value


def _changed_proof(data: st.DataObject) -> DerivedProof:
    """Signatures, labels and indexes, any of them left out or exchanged."""
    numbers = st.permutations(range(len(PROOF.signatures)))
    kept = data.draw(numbers) if data.draw(st.booleans()) else range(len(PROOF.signatures))
    left_out = data.draw(st.integers(0, 2))
    signatures = [PROOF.signatures[n] for n in kept][left_out:]
    labels = dict(PROOF.labels)
    if data.draw(st.booleans()):
        labels = dict(zip(labels, data.draw(st.permutations(list(labels.values()))), strict=True))
    indexes = PROOF.mandatory_indexes[data.draw(st.integers(0, 1)) :]
    return replace(
        PROOF, signatures=tuple(signatures), labels=labels, mandatory_indexes=tuple(indexes)
    )


def _verify(document: JsonObject) -> None:
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    proofs = parse_proofs(document)
    for proof in proofs:
        verify_proof(proof, unsecured, proofs, KEY.public)


def test_the_credential_under_change_verifies() -> None:
    """Else the property below would prove nothing."""
    _verify(DERIVED)

    assert MANDATORY
    assert OTHERS


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_verifies_says_what_is_mandatory_and_nothing_new(data: st.DataObject) -> None:
    """Parts moved, copied and taken away, and the proof taken apart: whatever still verifies
    holds every mandatory statement, and none that the issuer did not sign."""
    changed = copy.deepcopy(DERIVED)
    ways = st.sampled_from(["take away", "beside", "into", "instead"])
    for _ in range(data.draw(st.integers(0, 2))):
        with suppress(LookupError, TypeError, ValueError):  # a place that is no longer there
            _change(
                changed,
                data.draw(st.sampled_from(PLACES)),
                data.draw(st.sampled_from(PLACES)),
                data.draw(ways),
            )
    if data.draw(st.booleans()):
        changed["proof"]["proofValue"] = format_derived_proof(_changed_proof(data))
    try:
        _verify(changed)
    except CheckError:
        return

    mandatory, others = _lines(changed)
    assert MANDATORY == mandatory
    assert set(others) <= set(OTHERS)
