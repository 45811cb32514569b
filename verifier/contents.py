"""Step 8: what the signed document says, held to the schemas and rules that it names itself.

Related resources, credential schemas, the rules of Open Badges and of records of learning, and
every credential inside. All of them are checked and reported together. What is not held here
is a warning; a credential inside a record of learning has to be as good as the record.

Leaves to others: each rule (``verifier.schema``, ``verifier.related_resource``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from verifier.embedded import Embedded, find_embedded
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.establish import Findings
from verifier.formats import is_token
from verifier.hidden_members import find_said_of
from verifier.model import Credential
from verifier.nesting import Inside, Nesting, was_signed
from verifier.open_badges import check_open_badges, is_open_badge
from verifier.open_badges.learner import check_endorses, is_about
from verifier.policy import Policy
from verifier.related_resource import check_related_resources
from verifier.repeated import Outside, find_repeated, read_outside
from verifier.report import Check, Result, Step
from verifier.schema import SchemaSources, check_schemas
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.test_credential import TEST_INSIDE_WARNING

EMBEDDED_CHECK: Final = "embedded"
"""The name of the check of one credential in a record of learning."""
ENDORSEMENT_CHECK: Final = "endorsement"
"""Of one endorsement that counts."""
OPEN_BADGES_CHECK: Final = "open badges"
"""Of the rules of Open Badges and of records of learning."""
RESOURCES_CHECK: Final = "related resources"
"""Of the files that the document names by a digest."""


def check_contents(
    credential: Credential,
    findings: Findings,
    *,
    policy: Policy,
    sources: Sources,
    nesting: Nesting,
    is_merged: bool,
) -> None:
    """Run every check of step 8 and append to ``findings``. ``is_merged``: the signature may
    cover statements, for which two objects with one id are one."""
    _check_resources(credential, findings, sources)
    _check_schemas(credential, findings, policy, sources, nesting)
    _check_open_badges(credential, findings)
    _check_embedded(credential, findings, nesting, is_merged=is_merged)


def _check_resources(credential: Credential, findings: Findings, sources: Sources) -> None:
    if not credential.related_resources:
        return
    with findings.check(Step.SCHEMA, RESOURCES_CHECK):
        findings.warnings.extend(
            check_related_resources(credential.related_resources, sources.held_schemas)
        )


def _check_schemas(
    credential: Credential,
    findings: Findings,
    policy: Policy,
    sources: Sources,
    nesting: Nesting,
) -> None:
    if not credential.schemas and not policy.require_held_schema:
        findings.checks.append(Check(step=Step.SCHEMA, name="schema", result=Result.NOT_APPLICABLE))
        return
    schemas = SchemaSources(
        held=sources.held_schemas, verify_credential=lambda body: _verify_schema(body, nesting)
    )
    with findings.check(Step.SCHEMA, "schema"):
        findings.warnings.extend(
            check_schemas(credential, sources=schemas, demand=policy.require_held_schema)
        )


def _verify_schema(body: bytes, nesting: Nesting) -> JsonObject:
    """A schema's credential that does not verify says nothing about the one that names it."""
    try:
        return nesting.verify_inside(body).document
    except RefusedError as error:
        raise UncheckedError(
            Code.UNKNOWN_SCHEMA, f"The schema's own credential does not verify: {error.detail}"
        ) from error


def _check_open_badges(credential: Credential, findings: Findings) -> None:
    if is_open_badge(credential):
        with findings.check(Step.SCHEMA, OPEN_BADGES_CHECK):
            findings.warnings.extend(check_open_badges(credential))


# --- credentials inside -----------------------------------------------------------------


def _check_embedded(
    credential: Credential, findings: Findings, nesting: Nesting, *, is_merged: bool
) -> None:
    """Endorsements that do not count are warnings: the badge is as good without them. What a
    record of learning holds is a part of what it says."""
    outside = cache(lambda: read_outside(credential.document)) if is_merged else None
    for embedded in find_embedded(credential.document):
        if embedded.is_endorsement:
            _check_endorsement(credential, embedded, findings, nesting, outside)
        else:
            with findings.check(Step.SCHEMA, EMBEDDED_CHECK, embedded.pointer):
                inner = _check_inner(credential, embedded, nesting)
                findings.warnings.extend(_located(inner, embedded))
                _note_test(inner, findings)


def _note_test(inner: Inside, findings: Findings) -> None:
    """A record that holds a test credential proves nothing: what it holds is what it says."""
    if inner.is_test:
        findings.says_test = True
        findings.warnings.insert(0, TEST_INSIDE_WARNING)


def _check_inner(credential: Credential, embedded: Embedded, nesting: Nesting) -> Inside:
    """Each credential verifies on its own; in a record of learning (CLR 2.0) it is about the
    learner of the record as well."""
    is_record = "ClrCredential" in credential.types
    with _at(embedded.pointer):
        inner = nesting.verify_inside(_data_of(embedded))
        if is_record and not is_about(inner.document, credential.document):
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR,
                "It is about somebody else than the record that it is in.",
                pointer="/credentialSubject",
            )
    return inner


def _located(inner: Inside, embedded: Embedded) -> tuple[str, ...]:
    return tuple(f"At {embedded.pointer}: {warning}" for warning in inner.warnings)


def _check_endorsement(
    credential: Credential,
    embedded: Embedded,
    findings: Findings,
    nesting: Nesting,
    outside: Callable[[], Outside] | None,
) -> None:
    """Open Badges 3.0: verified on its own, and about something in what it stands in."""
    is_signed = False
    try:
        inner = nesting.verify_inside(_data_of(embedded))
        is_signed = True
        check_endorses(inner.document, credential.document)
        _refuse_test(inner)
    except (RefusedError, UncheckedError) as error:
        findings.warnings.append(
            f"The endorsement at {embedded.pointer} does not count: {error.detail}"
        )
        if not is_signed and not was_signed(error):
            if outside is not None:
                _check_as_it_was(embedded, findings, outside, error)
        elif _says_for_the_badge(credential, embedded) is not None:
            with findings.check(Step.SCHEMA, EMBEDDED_CHECK, embedded.pointer):
                _check_says_nothing_for_the_badge(credential, embedded)
    else:
        findings.warnings.extend(_located(inner, embedded))
        with findings.check(Step.SCHEMA, ENDORSEMENT_CHECK, embedded.pointer):
            _check_says_nothing_for_the_badge(credential, embedded)


def _refuse_test(inner: Inside) -> None:
    """Praise that proves nothing counts for nothing; the badge is as good without it."""
    if inner.is_test:
        raise RefusedError(Code.POLICY_NOT_MET, "It is a test credential.")


def _check_says_nothing_for_the_badge(credential: Credential, embedded: Embedded) -> None:
    """Whoever signed it may say what they like, but not what the badge says about itself."""
    pointer = _says_for_the_badge(credential, embedded)
    if pointer is not None:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            "An endorsement says what the credential around it has to say itself.",
            pointer=embedded.pointer + pointer,
        )


def _says_for_the_badge(credential: Credential, embedded: Embedded) -> str | None:
    """A token is no part of the statements around it."""
    if not isinstance(embedded.value, dict):
        return None
    return find_said_of(embedded.value, credential.document)


def _check_as_it_was(
    embedded: Embedded,
    findings: Findings,
    outside: Callable[[], Outside],
    error: RefusedError | UncheckedError,
) -> None:
    """An object that is not as its endorser signed it was changed, or something was moved out of
    it: the signature around it covers what it says and not where. Into one that could not be
    checked, or that nobody vouches for, nothing may have been moved. A token is no part of the
    statements."""
    if not isinstance(embedded.value, dict):
        return
    is_no = isinstance(error, RefusedError) and error.code is not Code.ISSUER_KEY_MISMATCH
    pointer = error.pointer if is_no else find_repeated(embedded.value, outside())
    if pointer is not None:
        with findings.check(Step.SCHEMA, EMBEDDED_CHECK, embedded.pointer), _at(embedded.pointer):
            raise type(error)(error.code, error.detail, pointer=pointer)


def _data_of(embedded: Embedded) -> bytes | JsonObject:
    """A token as text comes in like a file; an object was parsed with the whole. An object
    hidden in a text is neither: two readers would see two documents."""
    if not isinstance(embedded.value, str):
        return dict(embedded.value)
    data = embedded.value.encode()
    if not is_token(data):
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, "A credential as text is a token.")
    return data


@contextmanager
def _at(pointer: str) -> Iterator[None]:
    """Say where in the whole document a problem of one inside it is."""
    try:
        yield
    except RefusedError as error:
        raise RefusedError(error.code, error.detail, pointer=pointer + error.pointer) from error
    except UncheckedError as error:
        raise UncheckedError(error.code, error.detail, pointer=pointer + error.pointer) from error
