"""What one presentation can make us ask of the network, and for how long.

The real guarded door, and a real server on loopback that says nothing, or nothing of use.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest

from tests import hostile_server as hostile
from tests.hostile_server import Behaviour, HostileServer
from tests.verifier.judging import NOW, entry, signed
from tests.verifier.test_verify_presentation import ASKED, presented
from verifier import limits
from verifier.fetch import BudgetedFetch, FetchSettings, GuardedFetch
from verifier.report import Outcome, OutcomeError
from verifier.sources import Fetched, Sources
from verifier.strict_json import JsonObject
from verifier.verify_presentation import verify_presentation

SECONDS = 1.0
"""The time of all requests together, here; ``limits.NETWORK_SECONDS`` in life."""
PLACES = [
    (number, place)
    for number in range(limits.EMBEDDED_CREDENTIALS)
    for place in range(limits.STATUS_ENTRIES)
]


@dataclass(slots=True)
class Timed:
    """A door that notes the seconds spent behind it."""

    door: BudgetedFetch
    seconds: list[float] = field(default_factory=list)

    def __call__(
        self, url: str, *, accept: str, max_bytes: int, etag: str | None = None
    ) -> Fetched:
        start = time.monotonic()
        try:
            return self.door(url, accept=accept, max_bytes=max_bytes, etag=etag)
        finally:
            self.seconds.append(time.monotonic() - start)


def _presentation(server: HostileServer) -> JsonObject:
    """As many credentials as fit, with as many lists as fit, each at an address of its own."""
    held = []
    for number in range(limits.EMBEDDED_CREDENTIALS):
        urls = [server.url(f"/{number}/{place}") for place in range(limits.STATUS_ENTRIES)]
        held.append(signed(credentialStatus=[entry() | {"statusListCredential": u} for u in urls]))
    return presented(*held)


@pytest.mark.parametrize("behaviour", [hostile.hang, hostile.drip_body, hostile.answer(b"{}")])
def test_many_credentials_with_many_lists_cost_what_one_verification_costs(
    behaviour: Behaviour,
) -> None:
    """A bounded number of requests in a bounded time, and no answer at the end of it."""
    with hostile.serve({f"/{n}/{place}": behaviour for n, place in PLACES}) as server:
        settings = FetchSettings(
            loopback_origins=frozenset({server.origin}),
            request_seconds=SECONDS / 2,
            verification_seconds=SECONDS,
        )
        fetch = Timed(GuardedFetch(settings).budget())
        with pytest.raises(OutcomeError) as caught:
            verify_presentation(
                _presentation(server), asked=ASKED, now=NOW, sources=Sources(fetch=fetch)
            )

    assert Outcome.COULD_NOT_CHECK is caught.value.report.outcome
    assert len(PLACES) == len(fetch.seconds)
    assert limits.FETCHES >= len(server.requests)
    assert SECONDS * 2 > sum(fetch.seconds)
