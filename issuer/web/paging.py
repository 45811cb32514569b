"""Lists, a page at a time: ``limit`` says how many, ``after`` where to go on.

An answer holds ``next``, the cursor to go on with, and while there is more a ``Link`` to the
next page (RFC 8288) that keeps the rest of the query. A cursor is opaque: what it means is
between the room that gives it and the room that reads it again, so that nothing is skipped or
told twice while the list grows.

Leaves to others: reading the rows, what a cursor is.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from issuer.web.requests import number_in_query, word_in_query
from issuer.web.services import services


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage:
    """What the query asks for. ``after`` is as it was sent: the room that gave it reads it."""

    after: str | None
    limit: int


def asked_page(*, usual: int, most: int) -> AskedPage:
    """``after`` and ``limit`` of the query. Raises ``RefusedError``."""
    return AskedPage(after=word_in_query("after"), limit=number_in_query("limit", usual, most=most))


def link_next(response: Response, cursor: str | None) -> Response:
    """Name the next page in the ``Link`` header; ``None`` where there is none."""
    if cursor is not None:
        asked = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
        query = urlencode([*asked, ("after", cursor)])
        address = f"{services().settings.base_url}{request.path}?{query}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response
