"""VC-API's verify endpoints (W3C Credentials Community Group; VCALM of the VC Working Group).

200 when everything is verified and 400 in every other case, because clients look at the status
alone; the body is the whole report. No option takes a check away: of the options, ``challenge``,
``domain`` and ``expectedProofPurpose`` say what the proofs must name, ``returnCredential`` and
``returnPresentation`` ask for the verified document, and the others change nothing.

Below ``/profiles/unsafe-vectors`` the same endpoints judge published test vectors, whose keys
and issuers do not belong together: there a key that is not the issuer's is a warning, and every
answer names the profile.

Leaves to others: the judgement (``verifier.judgement``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, jsonify, make_response, request
from werkzeug.exceptions import NotFound

from verifier import limits
from verifier.asked import Asked
from verifier.errors import CheckError, Code, RefusedError
from verifier.formats import is_token
from verifier.intake.received import Received
from verifier.judgement import Judgement, unreceived
from verifier.model import as_list
from verifier.policy import UNSAFE_VECTORS, VC_API, Policy
from verifier.report import Outcome
from verifier.strict_json import JsonObject, parse_json_object
from verifier.web.pages import services

blueprint: Final = Blueprint("vc_api", __name__)

PROFILES: Final[Mapping[str, Policy]] = {UNSAFE_VECTORS.name: UNSAFE_VECTORS}
"""Rules other than those of ``/credentials/verify``, by the name in the address."""


@blueprint.post("/credentials/verify")
def verify_credential() -> Response:
    """Judge ``verifiableCredential`` of the request: an object, or a token as text."""
    return _verify_credential(VC_API)


@blueprint.post("/presentations/verify")
def verify_presentation() -> Response:
    """Judge ``verifiablePresentation`` of the request: an object, or a token as text."""
    return _verify_presentation(VC_API)


@blueprint.post("/profiles/<name>/credentials/verify")
def verify_credential_by(name: str) -> Response:
    """The same under another profile."""
    return _verify_credential(_profile(name))


@blueprint.post("/profiles/<name>/presentations/verify")
def verify_presentation_by(name: str) -> Response:
    """The same under another profile."""
    return _verify_presentation(_profile(name))


def _profile(name: str) -> Policy:
    if name not in PROFILES:
        raise NotFound
    return PROFILES[name]


def _verify_credential(policy: Policy) -> Response:
    web = services()
    now = web.clock()
    try:
        envelope, options = _read_request()
        received = Received(data=_document(envelope, "verifiableCredential"))
        asked = _asked(options)
    except CheckError as error:
        return _answer(unreceived(error, now=now, policy=policy))
    with web.open_sources() as sources:
        judgement = web.judge(received, now=now, policy=policy, sources=sources, asked=asked)
    return _answer(judgement, "credential" if _asks(options, "returnCredential") else None)


def _verify_presentation(policy: Policy) -> Response:
    web = services()
    now = web.clock()
    try:
        envelope, options = _read_request()
        document = _document(envelope, "verifiablePresentation")
        asked = _asked(options)
    except CheckError as error:
        return _answer(unreceived(error, now=now, policy=policy))
    with web.open_sources() as sources:
        judgement = web.judge_presentation(
            document, asked=asked, now=now, policy=policy, sources=sources
        )
    return _answer(judgement, "presentation" if _asks(options, "returnPresentation") else None)


# --- requests ---------------------------------------------------------------------------


def _read_request() -> tuple[JsonObject, JsonObject]:
    """The body and its options. Raises ``RefusedError``."""
    request.max_content_length = limits.REQUEST_BYTES
    envelope = parse_json_object(request.get_data(), max_bytes=limits.REQUEST_BYTES)
    options = envelope.get("options", {})
    if not isinstance(options, dict):
        raise _unreadable("options is not an object.", "/options")
    return envelope, options


def _document(envelope: JsonObject, name: str) -> bytes | JsonObject:
    """A document, or a token. A document written as text is neither."""
    document = envelope.get(name)
    if isinstance(document, str) and is_token(data := document.encode("utf-8", "replace")):
        return data
    if not isinstance(document, dict):
        raise _unreadable(f"{name} is missing, or is neither an object nor a token.", f"/{name}")
    return document


def _asked(options: JsonObject) -> Asked:
    """What was to be signed for this occasion; a token's words for it are taken too."""
    challenge = options.get("challenge", options.get("nonce"))
    domains = as_list(options.get("domain", options.get("audience", [])))
    if challenge is not None and not _is_text(challenge, limits.CHALLENGE_CHARACTERS):
        raise _unreadable("challenge is not a text of usual length.", "/options/challenge")
    if len(domains) > limits.ASKED_DOMAINS or not all(
        _is_text(domain, limits.URL_CHARACTERS) for domain in domains
    ):
        raise _unreadable("domain is a text or a few of them.", "/options/domain")
    purpose = options.get("expectedProofPurpose")
    if purpose is not None and not _is_text(purpose, limits.URL_CHARACTERS):
        raise _unreadable("expectedProofPurpose is not a text.", "/options/expectedProofPurpose")
    return Asked(challenge=challenge, domains=frozenset(domains), purpose=purpose)


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most


def _asks(options: JsonObject, name: str) -> bool:
    return options.get(name) is True


def _unreadable(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.PARSING_ERROR, detail, pointer=pointer)


# --- answers ----------------------------------------------------------------------------


def _answer(judgement: Judgement, name: str | None = None) -> Response:
    """The report, and under ``name`` the document, once everything about it is verified."""
    body = judgement.report.to_json(services().settings.base_url)
    is_verified = judgement.report.outcome is Outcome.VERIFIED
    if name is not None and is_verified:
        body[name] = judgement.document
    return make_response(jsonify(body), 200 if is_verified else 400)
