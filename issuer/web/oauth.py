"""OAuth 2.0 over HTTP: access tokens for clients that expect them (RFC 6749, 7009, 8414).

Clients identify themselves by HTTP Basic or in the form, never both ways. Refusals are those of
RFC 6749, section 5.2, and no problem documents: clients read ``error``. After too many wrong
secrets the answer is 429 like everywhere else.

Leaves to others: what a token is (``issuer.oauth``), counting (``issuer.web.gate``).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from flask import Blueprint, Response, jsonify, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from issuer import limits
from issuer.api_keys import Identity
from issuer.callers import Scope
from issuer.errors import UnauthorisedError
from issuer.oauth import (
    CLIENT_CREDENTIALS,
    TOKEN_TYPE,
    OAuthCode,
    OAuthError,
    find_client,
    grant_token,
    revoke_token,
)
from issuer.rate_limits import Counted
from issuer.web.gate import count_guess
from issuer.web.headers import keep
from issuer.web.services import services

blueprint: Final = Blueprint("oauth", __name__)

_FORM: Final = "application/x-www-form-urlencoded"
_METHODS: Final = ["client_secret_basic", "client_secret_post"]
_MOST_FIELDS: Final = 20
_STATUSES: Final = {OAuthCode.INVALID_CLIENT: 401}
"""Everything else is 400."""


@blueprint.get("/.well-known/oauth-authorization-server")
def metadata() -> Response:
    """Where tokens are to be had, for clients that find out by themselves (RFC 8414)."""
    base = services().settings.base_url
    document = {
        "issuer": base,
        "token_endpoint": f"{base}/oauth/token",
        "token_endpoint_auth_methods_supported": _METHODS,
        "revocation_endpoint": f"{base}/oauth/revoke",
        "revocation_endpoint_auth_methods_supported": _METHODS,
        "grant_types_supported": [CLIENT_CREDENTIALS],
        "response_types_supported": [],
        "scopes_supported": [scope.value for scope in Scope],
        "service_documentation": f"{base}/docs",
    }
    return keep(jsonify(document), max_age=limits.DID_DOCUMENT_MAX_AGE_SECONDS)


@blueprint.post("/oauth/token")
def token() -> Response:
    """An access token for an API key (RFC 6749, section 4.4)."""
    now = services().clock()
    form = _read_form()
    client = _authenticate(form, now)
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "grant_type is missing.")
    if grant_type != CLIENT_CREDENTIALS:
        raise OAuthError(OAuthCode.UNSUPPORTED_GRANT_TYPE, f"Only {CLIENT_CREDENTIALS} is known.")
    granted = grant_token(services().store, client, scope=form.get("scope"), now=now)
    return _unkept(
        jsonify(
            {
                "access_token": granted.token,
                "token_type": TOKEN_TYPE,
                "expires_in": granted.seconds,
                "scope": " ".join(sorted(scope.value for scope in granted.scopes)),
            }
        )
    )


@blueprint.post("/oauth/revoke")
def revoke() -> Response:
    """End a token early (RFC 7009). What is none of the client's is answered alike."""
    now = services().clock()
    form = _read_form()
    client = _authenticate(form, now)
    presented = form.get("token")
    if presented is None:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "token is missing.")
    revoke_token(services().store, client, presented, now=now)
    return _unkept(make_response("", 200))


@blueprint.errorhandler(OAuthError)
def _refuse(error: OAuthError) -> Response:
    """RFC 6749, section 5.2."""
    body = {"error": error.code.value, "error_description": error.detail}
    response = make_response(jsonify(body), _STATUSES.get(error.code, 400))
    if error.code is OAuthCode.INVALID_CLIENT:
        response.headers["WWW-Authenticate"] = 'Basic realm="issuer", charset="UTF-8"'
    return _unkept(response)


def _unkept(response: Response) -> Response:
    """RFC 6749, section 5.1: no cache keeps what holds a token."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


# --- requests ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Credentials:
    client_id: str
    secret: str = field(repr=False)


def _read_form() -> dict[str, str]:
    """The form, in UTF-8; each name once, and what is empty was left out (RFC 6749, section 3.2).

    Raises ``OAuthError`` (``invalid_request``).
    """
    if request.mimetype != _FORM:
        raise OAuthError(OAuthCode.INVALID_REQUEST, f"Send {_FORM}.")
    request.max_content_length = limits.OAUTH_REQUEST_BYTES
    try:
        text = request.get_data(cache=False).decode()
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except (RequestEntityTooLarge, ValueError) as error:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "The form cannot be read.") from error
    if len({name for name, _ in pairs}) != len(pairs):
        raise OAuthError(OAuthCode.INVALID_REQUEST, "A parameter is named twice.")
    return {name: value for name, value in pairs if value}


def _authenticate(form: dict[str, str], now: datetime) -> Identity:
    """The client. Raises ``OAuthError`` (``invalid_client``), ``RateLimitedError``."""
    web = services()
    given = _credentials(form)
    try:
        client = find_client(web.store, given.client_id, given.secret, now=now)
    except UnauthorisedError as error:
        count_guess(f"mic_{given.client_id}_", now=now, because=error)
        raise _unknown() from error
    web.limiter.take(Counted.REQUESTS, client.caller.tenant_id, now=now)
    return client


def _credentials(form: dict[str, str]) -> _Credentials:
    """RFC 6749, section 2.3.1; a client uses one way and not both (section 2.3)."""
    headers = request.headers.getlist("Authorization")
    if headers and "client_secret" in form:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "The client identifies itself in two ways.")
    if headers:
        basic = _read_basic(headers[0]) if len(headers) == 1 else None
        if basic is None:
            raise _unknown()
        if form.get("client_id", basic.client_id) != basic.client_id:
            raise OAuthError(OAuthCode.INVALID_REQUEST, "client_id names another client.")
        return basic
    if "client_id" not in form or "client_secret" not in form:
        raise _unknown()
    return _Credentials(client_id=form["client_id"], secret=form["client_secret"])


def _read_basic(header: str) -> _Credentials | None:
    """RFC 7617, with both parts as in a form."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    client_id, colon, secret = text.partition(":")
    if not colon:
        return None
    return _Credentials(client_id=unquote_plus(client_id), secret=unquote_plus(secret))


def _unknown() -> OAuthError:
    return OAuthError(OAuthCode.INVALID_CLIENT, "The client is not known, or its key has ended.")
