"""The operations of ``issuer.web.keys``, as values."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.web.openapi.vocabulary import (
    API_KEY,
    INSTANT,
    NAME,
    TEXT,
    example,
    gives,
    in_path,
    key,
    list_of,
    takes,
    thing,
)
from verifier.openapi import Access, Answer, Chapter, Operation, ref
from verifier.strict_json import JsonObject

_SCOPES: Final = list_of({"enum": [scope.value for scope in Scope]}, most=len(Scope))
_DAY: Final[JsonObject] = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
_KEY: Final[JsonObject] = {
    "prefix": "7k3m2qxafdnr",
    "label": "nightly",
    "scopes": ["issue"],
    "state": "active",
    "created": "2026-12-01T12:00:00Z",
    "ends": "2027-03-01T12:00:00Z",
    "lastUsed": None,
}
_MEMBERS: Final[dict[str, JsonObject]] = {
    "prefix": NAME,
    "label": TEXT,
    "scopes": _SCOPES,
    "state": {"enum": ["active", "ended", "revoked"]},
    "created": INSTANT,
    "ends": INSTANT,
    "lastUsed": _DAY,
}
_TENANT: Final[JsonObject] = {
    "tenant": "Northwind",
    "key": "7k3m2qxafdnr",
    "scopes": ["issue", "read"],
    "ends": "2027-12-01T12:00:00Z",
    "issuers": [
        {
            "name": "northwind",
            "id": "did:web:issuer.example:issuers:northwind",
            "profileName": "Northwind Internships",
            "format": "eddsa-rdfc-2022",
            "status": "revocation",
            "sandbox": False,
        }
    ],
}

CHAPTER: Final = Chapter(
    name="Tenant and keys",
    description="Whose a key is, and the keys that a tenant looks after by itself.",
    operations=(
        Operation(
            method="get",
            path="/tenant",
            id="readTenant",
            summary="Whose key is this?",
            description="Any key that is good may ask.",
            access=Access(scheme=API_KEY, roles=()),
            answers=(gives(200, "The tenant, the key, the issuers.", ref("Tenant"), _TENANT),),
        ),
        Operation(
            method="get",
            path="/apikeys",
            id="listApiKeys",
            summary="List the tenant's keys",
            access=key(Scope.ADMIN),
            answers=(gives(200, "All keys, oldest first.", ref("ApiKeys"), {"apiKeys": [_KEY]}),),
        ),
        Operation(
            method="post",
            path="/apikeys",
            id="makeApiKey",
            summary="Make a key",
            description="The secret is in this answer and nowhere else. A key gives no more than "
            "it has itself.",
            access=key(Scope.ADMIN),
            body=takes(
                ref("ApiKeyWish"),
                example(
                    "One that issues",
                    {"label": "nightly", "scopes": ["issue"], "days": 90},
                    answers=201,
                ),
            ),
            answers=(gives(201, "The key.", ref("NewApiKey"), {"apiKey": "mic_…"} | _KEY),),
            codes=(IssuerCode.NAME_MALFORMED, IssuerCode.TOO_MANY_KEYS),
        ),
        Operation(
            method="delete",
            path="/apikeys/{prefix}",
            id="revokeApiKey",
            summary="Revoke a key",
            description="With every access token that was given for it.",
            access=key(Scope.ADMIN),
            parameters=(in_path("prefix", "The `prefix` of a key."),),
            answers=(Answer(status=204, description="It opens nothing any more."),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
    ),
    schemas={
        "ApiKey": thing(_MEMBERS),
        "ApiKeys": thing({"apiKeys": list_of(ref("ApiKey"))}),
        "NewApiKey": thing({"apiKey": TEXT, **_MEMBERS}),
        "ApiKeyWish": thing(
            {
                "label": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": limits.DISPLAY_NAME_CHARACTERS,
                },
                "scopes": _SCOPES | {"minItems": 1},
            },
            days={
                "type": "integer",
                "minimum": 1,
                "maximum": limits.API_KEY_DAYS,
                "default": limits.API_KEY_DAYS,
            },
        ),
        "Tenant": thing(
            {
                "tenant": TEXT,
                "key": NAME,
                "scopes": _SCOPES,
                "ends": INSTANT,
                "issuers": list_of(
                    thing(
                        {
                            "name": NAME,
                            "id": TEXT,
                            "profileName": TEXT,
                            "format": TEXT,
                            "status": TEXT,
                            "sandbox": {"type": "boolean"},
                        }
                    )
                ),
            }
        ),
    },
)
