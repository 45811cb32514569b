"""The headers of every answer: nothing from elsewhere runs, nothing is kept, nothing leaks.

Public files may be read from every origin and kept for a while; everything else is neither.
Leaves to others: content types.
"""

from __future__ import annotations

from typing import Final

from flask import Response

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR: Final = 31_536_000


def secure(response: Response, *, is_https: bool) -> Response:
    """Add the headers; an answer that says nothing about caching is not kept at all."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if is_https:
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
    return response


def allow_forms(response: Response) -> None:
    """A page with a form that comes back to us, and to nobody else."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "form-action 'none'", "form-action 'self'"
    )


def keep(response: Response, *, max_age: int, forever: bool = False) -> Response:
    """Let programs of every origin read it, and keep it for ``max_age`` seconds.

    ``forever`` is for what never changes under its address.
    """
    kept = f"public, max-age={max_age}"
    response.headers["Cache-Control"] = f"{kept}, immutable" if forever else kept
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
