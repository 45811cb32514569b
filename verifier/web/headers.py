"""The headers of every answer: nothing from elsewhere runs, nothing is kept, nothing leaks.

Leaves to others: content types and caching of files that never change (``api``).
"""

from __future__ import annotations

from typing import Final

from flask import Response

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_ONE_YEAR: Final = 31_536_000


def secure(response: Response, *, is_https: bool) -> Response:
    """Add the headers; an answer that says nothing about caching is not kept at all."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    if is_https:
        response.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
    return response


def keep_for_ever(response: Response) -> Response:
    """For files whose name carries a digest of their content."""
    response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR}, immutable"
    return response
