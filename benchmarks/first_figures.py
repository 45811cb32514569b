"""First figures: CPU time of one canonical form, one proof and one verification.

Every document is different, so that no cache can help; the same documents go through every
measure, one after the other, in one process. Figures are milliseconds of CPU for one document,
as median and as 9th decile. They tell orders of magnitude, on the machine they were taken on.

Leaves to others: comparisons with other implementations, and what is fast enough.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.signers import Ed25519TestKey, secure_document
from verifier.jsonld import canonicalize
from verifier.sources import Fetched, Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify

EXAMPLE = (
    Path(__file__).parent.parent / "tests/data/projected/01-standard-paid-remote.unsigned.json"
)
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KEY = Ed25519TestKey(seed=bytes([7] * 32))


def _documents(count: int) -> list[JsonObject]:
    """Distinct unsigned credentials of our own profile, issued by our test key."""
    return [_document(number) for number in range(count)]


def _document(number: int) -> JsonObject:
    document = parse_json_object(EXAMPLE.read_bytes())
    document["id"] = f"urn:uuid:{uuid.UUID(int=number + 1)}"
    document["name"] = f"{document['name']} ({number})"
    document["issuer"]["id"] = KEY.did
    document.pop("credentialStatus", None)
    return document


def _no_network(url: str, *, accept: str, max_bytes: int) -> Fetched:
    raise AssertionError(f"a benchmark needs no network: {url} {accept} {max_bytes}")


def _verify(secured: JsonObject) -> None:
    verify(secured, now=NOW, sources=Sources(fetch=_no_network))


def _measure(name: str, act: Callable[[int], object], count: int) -> None:
    """Print one line: median and 9th decile of CPU milliseconds over ``count`` calls."""
    spent = []
    for number in range(count):
        before = time.process_time_ns()
        act(number)
        spent.append((time.process_time_ns() - before) / 1e6)
    median, late = statistics.median(spent), statistics.quantiles(spent, n=10)[-1]
    sys.stdout.write(f"{name:34} {median:9.3f} {late:9.3f}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=200, help="documents (200)")
    count = parser.parse_args().count
    unsigned = _documents(count)
    secured = [secure_document(document, KEY) for document in unsigned]
    private = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
    hashes = [number.to_bytes(64, "big") for number in range(count)]
    sys.stdout.write(f"{'ms of CPU, ' + str(count) + ' documents':34} {'median':>9} {'p90':>9}\n")
    _measure("one Ed25519 signature", lambda n: private.sign(hashes[n]), count)
    _measure("canonical form of a credential", lambda n: canonicalize(unsigned[n]), count)
    _measure("proof of a credential", lambda n: secure_document(unsigned[n], KEY), count)
    _measure("verification, all ten steps", lambda n: _verify(secured[n]), count)


if __name__ == "__main__":
    main()
