"""One look for all pages of the console, and one answer for what goes wrong on them.

Leaves to others: what the pages hold.
"""

from __future__ import annotations

import logging
from typing import Final

from flask import Blueprint, Response, make_response, render_template

from issuer.errors import IssuerError, OwnFaultError, UnauthorisedError
from issuer.web.console.session import SIGN_IN, drop_cookie, form_token, go_to, signed_in
from issuer.web.headers import allow_forms
from issuer.web.problems import STATUSES, TITLES
from verifier.errors import CheckError
from verifier.presentation.dates import instant
from verifier.presentation.words import words

_LOG: Final = logging.getLogger(__name__)
WORDS: Final = words("en")
"""The console speaks English: it is for the people who run this service."""

PAGES: Final = (
    ("overview", "/console", "Overview"),
    ("reviews", "/console/reviews", "Reviews"),
    ("credentials", "/console/credentials", "Credentials"),
    ("tenants", "/console/tenants", "Tenants"),
    ("audit", "/console/audit", "Audit trail"),
    ("sign-out", "/console/sign-out", "Sign out"),
)


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page for whoever is signed in."""
    signed = signed_in()
    shown = {
        "words": WORDS,
        "pages": PAGES,
        "operator": signed.operator,
        "form": form_token(signed.token),
        "instant": lambda at: instant(at, WORDS),
    }
    return _rendered(template, status, shown | values)


def plain_page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page for whoever is not."""
    return _rendered(template, status, {"words": WORDS, "pages": (), "operator": None} | values)


def _rendered(template: str, status: int, values: dict[str, object]) -> Response:
    response = make_response(render_template(f"console/{template}", **values), status)
    allow_forms(response)
    return response


def register(blueprint: Blueprint) -> None:
    """Answer every refusal of the console with a page of the console."""
    blueprint.register_error_handler(UnauthorisedError, _on_nobody)
    blueprint.register_error_handler(IssuerError, _on_refusal)
    blueprint.register_error_handler(CheckError, _on_refusal)


def _on_nobody(_error: UnauthorisedError) -> Response:
    """No session, or one that is over: sign in."""
    response = go_to(SIGN_IN)
    drop_cookie(response)
    return response


def _on_refusal(error: IssuerError | CheckError) -> Response:
    if isinstance(error, OwnFaultError):
        _LOG.error("own fault %s", error.code, exc_info=error)
    show = page if _is_signed_in() else plain_page
    return show(
        "refused.html",
        status=STATUSES.get(error.code, 400),
        title=TITLES[error.code],
        detail=error.detail,
        here="",
    )


def _is_signed_in() -> bool:
    try:
        signed_in()
    except (UnauthorisedError, OwnFaultError):
        return False
    return True
