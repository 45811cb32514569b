"""No member that is moved to another object of the same id changes what a page says.

To a signature over statements two objects with one id are one thing, so some moves verify
(docs/verification.md). The credential is one of our own, with every member it has in life.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tests.signers import secure_document
from tests.verifier.judging import KEY, real, report_of, without
from verifier.json_pointer import values_within
from verifier.model import as_list
from verifier.presentation.facts import Facts, read_facts
from verifier.presentation.words import words
from verifier.proofs.eddsa import EDDSA_JCS_2022
from verifier.report import Outcome
from verifier.strict_json import JsonObject

REAL = real()


def _facts(document: JsonObject) -> Facts:
    return read_facts(without(document, "proof"), words("en"))


def _places(document: JsonObject) -> Iterator[tuple[str, str]]:
    """Pointer and id of every object with an id, and of every text that names one."""
    found = [it for it in values_within(document) if not it[0].startswith("/proof")]
    objects = [(at, str(it["id"])) for at, it in found if isinstance(it, dict) and "id" in it]
    names = {name for _, name in objects}
    yield from objects
    yield from (
        (at, it)
        for at, it in found
        if isinstance(it, str) and it in names and not at.endswith("/id")
    )


def _at(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        document = document[int(part) if isinstance(document, list) else part]
    return document


def _moves(document: JsonObject) -> Iterator[JsonObject]:
    """Every member of every named object moved to every other place of the same name, with the
    types that give the member its meaning."""
    places = list(_places(document))
    for source, name in places:
        members = _at(document, source)
        targets = [at for at, other in places if other == name and at != source]
        for member in members if isinstance(members, dict) else ():
            for target in targets if member not in ("id", "type") else ():
                yield _moved(document, source, member, target)


def _moved(document: JsonObject, source: str, member: str, target: str) -> JsonObject:
    changed = copy.deepcopy(document)
    holder, _, last = target.rpartition("/")
    before, around = _at(changed, source), _at(changed, holder)
    key: Any = int(last) if isinstance(around, list) else last
    after = around[key] if isinstance(around[key], dict) else {"id": around[key]}
    types = [*as_list(after.get("type", [])), *as_list(before.get("type", []))]
    around[key] = after
    after |= {member: before.pop(member)} | ({"type": types} if types else {})
    return changed


def test_a_move_that_verifies_says_the_same() -> None:
    """A signature over statements cannot tell, so nothing that is shown may depend on it."""
    verified = [it for it in _moves(REAL) if report_of(it).outcome is Outcome.VERIFIED]

    assert [_facts(REAL)] * len(verified) == [_facts(it) for it in verified]


def test_a_signature_over_json_sees_every_move() -> None:
    """The suites over RFC 8785 have nothing of the kind to leave open."""
    document = secure_document(without(REAL, "proof"), KEY, EDDSA_JCS_2022)
    outcomes = {report_of(moved).outcome for moved in _moves(document)}

    assert Outcome.VERIFIED is report_of(document).outcome
    assert {Outcome.NOT_VERIFIED} == outcomes
