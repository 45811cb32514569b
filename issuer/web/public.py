"""What everybody may read: status lists, DID documents, our context and schemas, health.

Programs of every origin may read these files; none names a person. Status lists and DID
documents may change, so they are kept for seconds or minutes; a context never does.

Leaves to others: making status lists (``issuer.status_list``) and DID documents
(``issuer.did_document``).
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify, make_response, request
from werkzeug.exceptions import NotFound

import schemas
from issuer import limits
from issuer.did_document import find_did_document
from issuer.projection import vct
from issuer.status_list import publish
from issuer.token_status_list import find_token_source, sign_status_token
from issuer.web.answers import VC, signed_bytes
from issuer.web.headers import ONE_YEAR, keep
from issuer.web.services import services
from verifier.presentation.assets import read_asset
from verifier.status.token_status_list import MEDIA_TYPE

blueprint: Final = Blueprint("public", __name__)

_LIST_FORMS: Final = ["application/json", VC, MEDIA_TYPE]
"""What a status list is served as; the first one where nobody asks."""


@blueprint.get("/status/<name:list_id>")
def status_list(list_id: str) -> Response:
    """A signed status list, renewed when a bit has changed: a credential, or a token where
    that is asked for by name."""
    if request.accept_mimetypes.best_match(_LIST_FORMS) == MEDIA_TYPE:
        return _status_token(list_id)
    web = services()
    row = publish(web.office, list_id, now=web.clock())
    response = keep(signed_bytes(row.body), max_age=limits.STATUS_MAX_AGE_SECONDS)
    response.headers["ETag"] = row.etag
    response.make_conditional(request)
    return response


def _status_token(list_id: str) -> Response:
    """Who has the current token already costs no signature."""
    web = services()
    now = web.clock()
    source = find_token_source(web.office, list_id, now=now)
    response = make_response()
    response.headers["ETag"] = source.etag
    response.make_conditional(request)
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        response.set_data(sign_status_token(web.office, source, now=now))
        response.content_type = MEDIA_TYPE
    response.vary.add("Accept")
    return keep(response, max_age=limits.STATUS_MAX_AGE_SECONDS)


@blueprint.get("/issuers/<name:issuer_name>/did.json")
def did_document(issuer_name: str) -> Response:
    """The keys of an issuer, where did:web looks for them."""
    document = find_did_document(services().store, issuer_name)
    response = make_response(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    response.content_type = "application/did+json"
    return keep(response, max_age=limits.DID_DOCUMENT_MAX_AGE_SECONDS)


@blueprint.get("/contexts/micro-internship/v1")
def context() -> Response:
    """Our vocabulary, which never changes under its name."""
    response = make_response(
        json.dumps(schemas.load_context(schemas.CONTEXT_URL), ensure_ascii=False, indent=2) + "\n"
    )
    response.content_type = "application/ld+json"
    return keep(response, max_age=ONE_YEAR, forever=True)


@blueprint.get(f"/{vct.PATH}")
def credential_type() -> Response:
    """What our type of SD-JWT VC means, at the address that names it."""
    document = vct.build_type_metadata(services().settings.base_url)
    response = make_response(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    response.content_type = "application/json"
    return keep(response, max_age=ONE_YEAR, forever=True)


@blueprint.get("/schemas/<name>.json")
def schema(name: str) -> Response:
    """A JSON Schema of ours: of the record, or of the credential."""
    try:
        document = schemas.load_schema(name)
    except schemas.UnknownNameError as error:
        raise NotFound from error
    response = make_response(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    response.content_type = "application/schema+json"
    return keep(response, max_age=limits.SCHEMA_MAX_AGE_SECONDS)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The process and its database answer."""
    ready = services().store.is_ready()
    return make_response(jsonify({"status": "ok" if ready else "waiting"}), 200 if ready else 503)


@blueprint.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """A sheet or icon, under a name that changes with its content."""
    asset = read_asset(name)
    if asset is None:
        raise NotFound
    response = make_response(asset.body)
    response.content_type = asset.content_type
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response
