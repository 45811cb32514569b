"""Operators who sign in through an identity provider: OpenID Connect Core 1.0, section 3.1.

The authorization code flow with PKCE (RFC 7636, S256), ``state`` and ``nonce``. The three are
derived from a secret that only the operator's browser holds, so that an answer fits one attempt
of one browser and nothing has to be stored. The ID token is checked as section 3.1.3.7 says: a
signature by a key of the provider's key set with an algorithm of ``_ALGORITHMS``, the issuer,
the audience, the times, the nonce. One claim of it names the account; nothing else is read, and
the access token is thrown away.

Leaves to others: which account that is (``issuer.operators``), cookies and redirects
(``issuer.web.console``), the way out (``verifier.fetch``).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]  # no stubs here
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from issuer import limits
from issuer.errors import IssuerCode, OwnFaultError
from issuer.oidc_settings import OidcSettings
from issuer.operators import SignInRefusedError
from verifier.errors import CheckError
from verifier.fetch import FetchSettings, GuardedFetch
from verifier.strict_json import JsonObject, parse_json_object

_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
_DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of one browser. ``secret`` is what only that browser holds."""

    secret: str = field(repr=False)

    @property
    def state(self) -> str:
        """Ties the answer to the browser."""
        return self._derived(b"state")

    @property
    def nonce(self) -> str:
        """Ties the ID token to the attempt."""
        return self._derived(b"nonce")

    @property
    def verifier(self) -> str:
        """Ties the code to the attempt."""
        return self._derived(b"verifier")

    def _derived(self, purpose: bytes) -> str:
        return hmac.new(self.secret.encode(), b"oidc " + purpose, "sha256").hexdigest()


class Provider:
    """The identity provider. One for a process."""

    def __init__(
        self, settings: OidcSettings, *, loopback_origins: frozenset[str] = frozenset()
    ) -> None:
        self._settings = settings
        self._door = GuardedFetch(
            FetchSettings(loopback_origins=loopback_origins, agent="micro-internship-issuer")
        )

    def sign_in_url(self, attempt: Attempt, *, redirect_uri: str) -> str:
        """Where the browser goes. Raises ``OwnFaultError`` (``PROVIDER_UNAVAILABLE``)."""
        url: str = prepare_grant_uri(
            self._endpoint("authorization_endpoint"),
            self._settings.client_id,
            "code",
            redirect_uri,
            "openid" if self._settings.claim != "email" else "openid email",
            attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return url

    def subject(
        self,
        attempt: Attempt,
        answer: Mapping[str, str],
        *,
        redirect_uri: str,
        now: datetime,
    ) -> str:
        """Whom the provider vouches for in ``answer``, the query that the browser brought back.

        Raises ``SignInRefusedError`` whatever is wrong with it, and ``OwnFaultError``
        (``PROVIDER_UNAVAILABLE``).
        """
        code = answer.get("code", "")
        is_ours = hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode())
        is_theirs = answer.get("iss", self._settings.issuer) == self._settings.issuer
        if not is_ours or not is_theirs or not code or "error" in answer:
            raise SignInRefusedError
        token = self._redeem(code, attempt, redirect_uri)
        return self._claim(self._checked(token, attempt, now))

    # --- the provider's addresses and keys ------------------------------------------------

    def _endpoint(self, name: str) -> str:
        """From the provider's own description (OpenID Connect Discovery 1.0, section 4)."""
        described = self._get(f"{self._settings.issuer}{_DISCOVERY}")
        found = described.get(name)
        if described.get("issuer") != self._settings.issuer or not isinstance(found, str):
            raise _unavailable()
        try:
            self._door.check(found)
        except CheckError as error:
            raise _unavailable() from error
        return found

    def _get(self, url: str) -> JsonObject:
        try:
            found = self._door.get(
                url,
                {"accept": "application/json"},
                limits.OIDC_BYTES,
                self._door.start_clock(),
            )
            return parse_json_object(found.body, max_bytes=limits.OIDC_BYTES)
        except CheckError as error:
            raise _unavailable() from error

    def _redeem(self, code: str, attempt: Attempt, redirect_uri: str) -> str:
        """The ID token for a code (section 3.1.3.1), as ``client_secret_basic``."""
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=redirect_uri,
            code=code,
            code_verifier=attempt.verifier,
        )
        headers = {
            "accept": "application/json",
            "authorization": f"Basic {self._credentials()}",
            "content-type": "application/x-www-form-urlencoded",
        }
        url = self._endpoint("token_endpoint")
        try:
            status, answer = self._door.exchange(url, headers, body.encode(), limits.OIDC_BYTES)
        except CheckError as error:
            raise _unavailable() from error
        token = _read_answer(answer).get("id_token") if status == 200 else None
        if not isinstance(token, str):
            raise SignInRefusedError
        return token

    def _credentials(self) -> str:
        """RFC 6749, section 2.3.1: encoded before they are joined."""
        pair = f"{_encoded(self._settings.client_id)}:{_encoded(self._settings.client_secret)}"
        return base64.b64encode(pair.encode()).decode()

    # --- the ID token ---------------------------------------------------------------------

    def _checked(self, token: str, attempt: Attempt, now: datetime) -> Mapping[str, Any]:
        try:
            keys = KeySet.import_key_set(self._get(self._endpoint("jwks_uri")))  # type: ignore[arg-type]  # a key set, or a JoseError
            decoded = jwt.decode(token, keys, algorithms=_ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "nonce": {"essential": True, "value": attempt.nonce},
                },
                {"nonce": attempt.nonce, "client_id": self._settings.client_id},
            )
            claims.validate(now=int(now.timestamp()), leeway=limits.OIDC_LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignInRefusedError from error
        return dict(claims)

    def _claim(self, claims: Mapping[str, Any]) -> str:
        value = claims.get(self._settings.claim)
        is_vouched = self._settings.claim != "email" or claims.get("email_verified") is True
        if not isinstance(value, str) or not is_vouched:
            raise SignInRefusedError
        return value


def _encoded(text: str) -> str:
    return quote(text, safe="")


def _read_answer(body: bytes) -> JsonObject:
    try:
        return parse_json_object(body, max_bytes=limits.OIDC_BYTES)
    except CheckError as error:
        raise SignInRefusedError from error


def _unavailable() -> OwnFaultError:
    return OwnFaultError(
        IssuerCode.PROVIDER_UNAVAILABLE, "The identity provider does not answer as it should."
    )
