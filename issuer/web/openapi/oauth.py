"""The operations of ``issuer.web.oauth``, as values. Their refusals are RFC 6749's."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.oauth import OAuthCode
from issuer.web.openapi.vocabulary import TEXT, URL, gives, gives_file, list_of, thing
from verifier.openapi import Answer, Chapter, Content, Operation, ref
from verifier.strict_json import JsonObject

_FORM: Final = "application/x-www-form-urlencoded"
_CLIENT: Final = (
    "The client identifies itself by HTTP Basic or by `client_id` and `client_secret` in the form: "
    "the prefix of an API key (the part after `mic_`), and the whole key."
)
_CREDENTIALS: Final[dict[str, JsonObject]] = {"client_id": TEXT, "client_secret": TEXT}
_METHODS: Final[JsonObject] = list_of({"enum": ["client_secret_basic", "client_secret_post"]})


def _refusals() -> tuple[Answer, Answer]:
    return (
        gives(400, "The request is refused.", ref("OAuthProblem"), {"error": "invalid_scope"}),
        gives(
            401,
            "The client is not known.",
            ref("OAuthProblem"),
            {"error": "invalid_client"},
            headers={"WWW-Authenticate": "How a client may identify itself."},
        ),
    )


CHAPTER: Final = Chapter(
    name="OAuth 2.0",
    description="Access tokens for clients that expect them, in place of API keys: client "
    "credentials (RFC 6749, section 4.4), revocation (RFC 7009), metadata (RFC 8414).",
    operations=(
        Operation(
            method="post",
            path="/oauth/token",
            id="getAccessToken",
            summary="Get an access token for an API key",
            description=f"{_CLIENT} `scope` asks for less than the key has. The token is used like "
            f"the key. It lasts {limits.ACCESS_TOKEN_SECONDS} seconds, never longer than the key.",
            body=(Content(schema=ref("TokenRequest"), media_type=_FORM),),
            answers=(
                gives(
                    200,
                    "The token, which is shown once.",
                    ref("AccessToken"),
                    {
                        "access_token": "mat_…",
                        "token_type": "Bearer",
                        "expires_in": limits.ACCESS_TOKEN_SECONDS,
                        "scope": "issue read",
                    },
                ),
                *_refusals(),
            ),
            codes=(IssuerCode.RATE_LIMITED,),
        ),
        Operation(
            method="post",
            path="/oauth/revoke",
            id="revokeAccessToken",
            summary="End an access token early",
            description=f"{_CLIENT} What is no token of this client is answered alike.",
            body=(Content(schema=ref("RevocationRequest"), media_type=_FORM),),
            answers=(gives_file(200, "It opens nothing any more.", "text/html"), *_refusals()),
            codes=(IssuerCode.RATE_LIMITED,),
        ),
        Operation(
            method="get",
            path="/.well-known/oauth-authorization-server",
            id="readOAuthMetadata",
            summary="Where tokens are to be had",
            answers=(gives(200, "The metadata of RFC 8414.", ref("OAuthMetadata")),),
        ),
    ),
    schemas={
        "TokenRequest": {
            "type": "object",
            "required": ["grant_type"],
            "properties": {
                "grant_type": {"const": "client_credentials"},
                "scope": {"type": "string", "examples": ["issue read"]},
                **_CREDENTIALS,
            },
        },
        "RevocationRequest": {
            "type": "object",
            "required": ["token"],
            "properties": {"token": TEXT, "token_type_hint": TEXT, **_CREDENTIALS},
        },
        "AccessToken": thing(
            {
                "access_token": TEXT,
                "token_type": {"const": "Bearer"},
                "expires_in": {"type": "integer", "minimum": 0},
                "scope": TEXT,
            }
        ),
        "OAuthProblem": thing(
            {"error": {"enum": [code.value for code in OAuthCode]}}, error_description=TEXT
        ),
        "OAuthMetadata": thing(
            {
                "issuer": URL,
                "token_endpoint": URL,
                "token_endpoint_auth_methods_supported": _METHODS,
                "revocation_endpoint": URL,
                "revocation_endpoint_auth_methods_supported": _METHODS,
                "grant_types_supported": list_of({"const": "client_credentials"}),
                "response_types_supported": list_of(TEXT),
                "scopes_supported": list_of({"enum": [scope.value for scope in Scope]}),
                "service_documentation": URL,
            }
        ),
    },
)
