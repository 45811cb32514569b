"""A name for each request: in the answer's ``X-Request-Id`` and in the log of a fault.

A caller may bring its own, so that one name runs through its logs and ours. It is short and of
plain signs, or it is not taken: what a stranger sends is never written to a log as it is.

Leaves to others: logging (``problems``), where random ids come from (``services``).
"""

from __future__ import annotations

import re
from typing import Final

from flask import Flask, Response, g, request

from issuer import limits
from issuer.web.services import services

HEADER: Final = "X-Request-Id"
_FORM: Final = re.compile(rf"[A-Za-z0-9._-]{{1,{limits.REQUEST_ID_CHARACTERS}}}")


def request_id() -> str:
    """The name of the request that is served now."""
    if "request_id" not in g:
        brought = request.headers.get(HEADER, "")
        g.request_id = brought if _FORM.fullmatch(brought) else services().new_uuid().hex
    return str(g.request_id)


def register(app: Flask) -> None:
    """Put the name into every answer."""

    @app.after_request
    def name_request(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response
