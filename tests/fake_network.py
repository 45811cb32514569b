"""A network of prepared answers, in the place of the guarded door.

Leaves to others: how a real server misbehaves (``tests.hostile_server``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from verifier.errors import Code, MissingError, UncheckedError
from verifier.sources import Fetched
from verifier.strict_json import JsonObject

Prepared: TypeAlias = JsonObject | bytes | UncheckedError

DOWN = UncheckedError(Code.FETCH_TIMEOUT, "It did not answer in time.")


@dataclass(slots=True)
class FakeNetwork:
    """Implements ``sources.Fetch``. ``answers`` by URL may be changed at any time; ``asked``
    holds each URL with the entity tag it was asked with."""

    answers: dict[str, Prepared] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def __call__(
        self, url: str, *, accept: str, max_bytes: int, etag: str | None = None
    ) -> Fetched:
        self.asked.append((url, etag))
        found = self.answers.get(url, MissingError(Code.FETCH_FAILED, "There is nothing there."))
        if isinstance(found, UncheckedError):
            raise found
        body = found if isinstance(found, bytes) else _to_bytes(found)
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        if etag == tag:
            return Fetched(url=url, content_type="", body=b"", etag=tag, is_unchanged=True)
        return Fetched(url=url, content_type="application/vc", body=body, etag=tag)

    @property
    def urls(self) -> list[str]:
        """What was asked for, in order."""
        return [url for url, _ in self.asked]


def _to_bytes(document: Mapping[str, object]) -> bytes:
    return json.dumps(document).encode()
