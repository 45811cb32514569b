"""Sign in through an identity provider: two addresses, there and back.

The attempt's secret is the cookie of nobody (``issuer.web.console.session``), a new one for each
attempt; it is replaced by the session's at the end. The one address of others that a browser is
sent to is the provider's own, from the settings.

Leaves to others: the protocol (``issuer.oidc``), the account (``issuer.operators``).
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from issuer import limits
from issuer.errors import NotFoundError
from issuer.oidc import Attempt, Provider
from issuer.operators import SignInRefusedError, sign_in_by_subject
from issuer.web.console import frame
from issuer.web.console.frame import plain_page
from issuer.web.console.session import (
    HOME,
    SIGN_IN,
    brought_token,
    form_token,
    go_to,
    new_token,
    set_cookie,
)
from issuer.web.problems import STATUSES
from issuer.web.services import services

blueprint: Final = Blueprint("console_provider", __name__, url_prefix=f"{SIGN_IN}/provider")
frame.register(blueprint)


@blueprint.get("")
def leave() -> Response:
    """To the provider, with a new attempt."""
    token = new_token()
    url = _provider().sign_in_url(Attempt(secret=token), redirect_uri=_redirect_uri())
    response = go_to(url)
    set_cookie(response, token)
    return response


@blueprint.get("/back")
def come_back() -> Response:
    """From the provider; whatever is wrong, the same page."""
    web, token = services(), brought_token()
    try:
        if token is None:
            raise SignInRefusedError
        subject = _provider().subject(
            Attempt(secret=token), _answer(), redirect_uri=_redirect_uri(), now=web.clock()
        )
        session = sign_in_by_subject(web.store, subject, now=web.clock())
    except SignInRefusedError as error:
        fresh = new_token()
        refused = plain_page(
            "sign_in.html",
            status=STATUSES[error.code],
            form=form_token(fresh),
            refused="The provider did not vouch for anybody who has an account here.",
            name="",
            has_provider=True,
        )
        set_cookie(refused, fresh)
        return refused
    response = go_to(HOME)
    set_cookie(response, session.token)
    return response


def _answer() -> dict[str, str]:
    """The query, each name once."""
    values = request.args.to_dict(flat=False)
    if any(len(found) != 1 or len(found[0]) > limits.OIDC_CHARACTERS for found in values.values()):
        raise SignInRefusedError
    return {name: found[0] for name, found in values.items()}


def _provider() -> Provider:
    found = services().provider
    if found is None:
        raise NotFoundError("There is no identity provider here.")
    return found


def _redirect_uri() -> str:
    return f"{services().settings.base_url}{SIGN_IN}/provider/back"
