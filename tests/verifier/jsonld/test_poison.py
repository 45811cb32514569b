"""Graphs made to keep a canonicaliser busy for ever are refused, quickly."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest

from tests.verifier.jsonld.credentials import V2, credential
from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize
from verifier.jsonld.oracle import canonicalize_nquads
from verifier.strict_json import JsonObject

P = "<urn:p>"


def _clique(size: int) -> str:
    pairs = itertools.permutations(range(size), 2)
    return "".join(f"_:e{a} {P} _:e{b} .\n" for a, b in pairs)


def _stars(stars: int, leaves: int) -> str:
    return "".join(
        f"_:hub{s} {P} _:leaf{s}x{leaf} .\n" for s in range(stars) for leaf in range(leaves)
    )


def _clique_credential(size: int) -> JsonObject:
    """The clique as a credential: evidence that names each other by unnamed nodes."""
    nodes = [f"_:e{n}" for n in range(size)]
    return {
        "@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"],
        "type": "VerifiableCredential",
        "evidence": [
            {"id": node, "knows": [{"id": other} for other in nodes if other != node]}
            for node in nodes
        ],
    }


def _assert_stopped(act: Any) -> None:
    start = time.process_time()
    with pytest.raises(RefusedError) as caught:
        act()
    spent = time.process_time() - start

    assert caught.value.code is Code.LIMIT_EXCEEDED
    assert spent < 1.0


@pytest.mark.parametrize("size", range(6, 11))
def test_cliques_are_stopped(size: int) -> None:
    """A clique of unnamed nodes is refused in under a second of CPU time."""
    _assert_stopped(lambda: canonicalize_nquads(_clique(size)))


def test_the_largest_clique_within_the_budget_is_quick() -> None:
    """A clique of five is labelled, in under a second of CPU time."""
    start = time.process_time()
    result = canonicalize_nquads(_clique(5))

    assert result.count(b"\n") == 20
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("size", [6, 8, 10, 40])
def test_clique_credentials_are_stopped(size: int) -> None:
    """The same graph inside a credential is refused in under a second of CPU time."""
    _assert_stopped(lambda: canonicalize(_clique_credential(size)))


@pytest.mark.parametrize(("stars", "leaves"), [(2, 6), (2, 40), (40, 40), (2, 900)])
def test_stars_are_stopped(stars: int, leaves: int) -> None:
    """Equal hubs with many equal leaves are refused in under a second of CPU time."""
    _assert_stopped(lambda: canonicalize_nquads(_stars(stars, leaves)))


def test_long_rings_are_stopped() -> None:
    """A ring of equal nodes longer than the budget is refused, not recursed into."""
    ring = "".join(f"_:r{n} {P} _:r{(n + 1) % 1500} .\n" for n in range(1500))

    _assert_stopped(lambda: canonicalize_nquads(ring))


def test_nested_look_alikes_are_stopped() -> None:
    """Look-alikes need no labels of their own: plain nesting is enough, and is refused."""
    hub = {"type": "Hub", "spoke": [{"type": "Leaf"}] * 8}
    document = {
        "@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"],
        "type": "VerifiableCredential",
        "evidence": [hub, hub],
    }

    _assert_stopped(lambda: canonicalize(document))


def test_honest_look_alikes_pass() -> None:
    """Three hundred equal pieces of evidence are allowed: each is told apart without search."""
    document = credential(evidence=[{"type": ["Evidence"], "name": "Report"}] * 300)

    assert canonicalize(document).count(b"\n") > 900


def test_too_many_values_are_refused_before_they_cost() -> None:
    """A megabyte of small values is refused before it is expanded."""
    many = credential(evidence=[f"urn:x:{n}" for n in range(limits.JSON_VALUES)])

    _assert_stopped(lambda: canonicalize(many))


def test_too_many_unnamed_nodes_are_refused() -> None:
    """More unnamed nodes than the limit are refused."""
    nodes = [{"type": ["Evidence"], "name": str(n)} for n in range(limits.BLANK_NODES + 1)]

    with pytest.raises(RefusedError) as caught:
        canonicalize(credential(evidence=nodes))

    assert caught.value.code is Code.LIMIT_EXCEEDED
