"""``GET /1.0/identifiers/{did}``: a DID resolver, for clients that expect one beside a verifier.

Follows the HTTP binding of DID Resolution 0.3: the result object always, with a status that is
not 2xx when there is no document. Nothing is fetched but through the guarded door, with the
budget of one verification.

Leaves to others: what is answered (``verifier.dids.resolution``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, jsonify, make_response, request

from verifier.dids.resolution import (
    DEFAULT_FORMAT,
    DOCUMENT_TYPE,
    ErrorName,
    Options,
    Resolution,
    answer,
)
from verifier.web.pages import services

blueprint: Final = Blueprint("resolver", __name__)

RESULT_TYPE: Final = 'application/ld+json;profile="https://w3id.org/did-resolution"'
_DOCUMENT_TYPES: Final = frozenset({"application/did+json", DOCUMENT_TYPE})
_RESULTS: Final = frozenset(
    {"*/*", "application/*", "application/json", "application/ld+json"}
    | {"application/did-resolution"}
)
_SELF_CONTAINED: Final = ("did:key:", "did:jwk:")

STATUSES: Final[Mapping[ErrorName, int]] = {
    ErrorName.INVALID_DID: 400,
    ErrorName.INVALID_DID_URL: 400,
    ErrorName.INVALID_PUBLIC_KEY: 400,
    ErrorName.INVALID_PUBLIC_KEY_LENGTH: 400,
    ErrorName.INVALID_PUBLIC_KEY_TYPE: 400,
    ErrorName.NOT_FOUND: 404,
    ErrorName.REPRESENTATION_NOT_SUPPORTED: 406,
    ErrorName.UNSUPPORTED_PUBLIC_KEY_TYPE: 501,
    ErrorName.METHOD_NOT_SUPPORTED: 501,
    ErrorName.FEATURE_NOT_SUPPORTED: 501,
    ErrorName.INVALID_DID_DOCUMENT: 502,
    ErrorName.INTERNAL_ERROR: 502,
}
"""502 and not 500: what failed is the place where the document should be."""


@blueprint.get("/1.0/identifiers/<path:identifier>")
def resolve_identifier(identifier: str) -> Response:
    """The document of a DID, or the key that a DID URL names."""
    wanted = _wanted()
    if wanted is None:
        error = ErrorName.REPRESENTATION_NOT_SUPPORTED
        return _respond(Resolution(is_url="#" in identifier, error=error), wanted)
    with services().open_sources() as sources:
        found = answer(identifier, _options(), fetch=sources.fetch, now=services().clock())
    response = _respond(found, wanted)
    if response.status_code == 200:
        age = 86_400 if identifier.startswith(_SELF_CONTAINED) else 60
        response.headers["Cache-Control"] = f"public, max-age={age}"
    return response


def _wanted() -> str | None:
    """The content type of the answer, or none that the client takes. Parameters of what it
    takes make no difference."""
    for value in request.accept_mimetypes.values():
        kind = value.partition(";")[0].strip().lower()
        if kind in _DOCUMENT_TYPES:
            return kind
        if kind in _RESULTS:
            return RESULT_TYPE
    return None if request.accept_mimetypes else RESULT_TYPE


def _options() -> Options:
    return Options(
        public_key_format=request.args.get("publicKeyFormat", DEFAULT_FORMAT),
        enable_experimental=request.args.get("enableExperimentalPublicKeyTypes") == "true",
    )


def _respond(found: Resolution, wanted: str | None) -> Response:
    """The result object, or the bare document for a client that asks for the one alone."""
    is_bare = wanted in _DOCUMENT_TYPES and found.error is None and not found.is_deactivated
    response = make_response(
        jsonify(found.document if is_bare else found.to_json()), _status(found)
    )
    response.content_type = wanted if is_bare and wanted else RESULT_TYPE
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Vary"] = "Accept"
    return response


def _status(found: Resolution) -> int:
    if found.is_deactivated:
        return 410
    return 200 if found.error is None else STATUSES[found.error]
