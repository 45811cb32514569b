"""Who is at the console, and whether a form is one that we gave them.

The cookie is ``HttpOnly``, ``SameSite=Lax`` and, on https, ``Secure`` with the prefix
``__Host-``, so that no other host can set it. A form carries an HMAC under the cookie's token:
another site can neither read the cookie nor make the HMAC (the synchroniser token of OWASP's
cheat sheet on CSRF, without a second thing to store). Before anybody is signed in the token is
that of nobody, and is replaced at sign-in.

Leaves to others: sessions (``issuer.operators``).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import Response, g, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from issuer import limits
from issuer.errors import ForbiddenError, IssuerCode, UnauthorisedError
from issuer.operators import Operator, admit_operator
from issuer.web.services import services
from verifier.errors import Code, RefusedError

HOME: Final = "/console"
SIGN_IN: Final = "/console/sign-in"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FIELD: Final = "form"
_OWN_PAGES: Final = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The operator of this request, and the session's token."""

    operator: Operator
    token: str = field(repr=False)


def cookie_name() -> str:
    """With the prefix that only https may have."""
    return "__Host-operator" if _is_https() else "operator"


def _is_https() -> bool:
    return services().settings.base_url.startswith("https:")


def set_cookie(response: Response, token: str) -> None:
    """Give the browser a token, for as long as it stays open."""
    response.set_cookie(
        cookie_name(), token, secure=_is_https(), httponly=True, samesite="Lax", path="/"
    )


def drop_cookie(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(
        cookie_name(), secure=_is_https(), httponly=True, samesite="Lax", path="/"
    )


def brought_token() -> str | None:
    """The token that the browser brought, if it has the form of one."""
    value = request.cookies.get(cookie_name(), "")
    return value if _TOKEN.fullmatch(value) else None


def signed_in() -> SignedIn:
    """Who is signed in, looked up once for each request. Raises ``UnauthorisedError``."""
    found = g.get("signed_in")
    if isinstance(found, SignedIn):
        return found
    token = brought_token()
    if token is None:
        raise UnauthorisedError
    web = services()
    found = SignedIn(operator=admit_operator(web.store, token, now=web.clock()), token=token)
    g.signed_in = found
    return found


def form_token(token: str) -> str:
    """What a form of the holder of ``token`` carries."""
    return hmac.new(token.encode(), b"console form", "sha256").hexdigest()


def new_token() -> str:
    """A token of nobody: it only ties a form to a browser."""
    return secrets.token_urlsafe(32)


def read_form(token: str | None, *names: str) -> Mapping[str, str]:
    """The fields ``names`` of a form that we gave to the holder of ``token``; one that is not
    there is empty. Each stands once, and no other does.

    Raises ``ForbiddenError`` (``FORM_NOT_OURS``), ``RefusedError``, ``UnsupportedMediaType``,
    ``RequestEntityTooLarge``.
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType
    request.max_content_length = limits.FORM_BYTES
    if (request.content_length or 0) > limits.FORM_BYTES:
        raise RequestEntityTooLarge
    values = request.form.to_dict(flat=False)
    _check_origin(token, values.pop(_FIELD, []))
    if set(values) - set(names) or any(len(found) != 1 for found in values.values()):
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, "This form has other fields than ours.")
    return {name: values.get(name, [""])[0] for name in names}


def _check_origin(token: str | None, brought: list[str]) -> None:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    expected = form_token(token) if token else ""
    is_ours = len(brought) == 1 and hmac.compare_digest(brought[0].encode(), expected.encode())
    if not is_ours or not expected or site not in _OWN_PAGES:
        raise ForbiddenError(
            IssuerCode.FORM_NOT_OURS, "This form is not one of this session. Open the page again."
        )


def go_to(path: str) -> Response:
    """See another page of ours (303)."""
    response = redirect(path, 303)
    assert isinstance(response, Response)  # noqa: S101  Flask's own kind
    return response
