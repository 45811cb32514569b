"""Step 8: what the signed document says, held to the schemas and rules that it names itself.

Related resources, credential schemas, the rules of Open Badges and of records of learning, and
every credential inside. All of them are checked and reported together. What is not held here
is a warning; a credential inside a record of learning has to be as good as the record.

Leaves to others: each rule (``verifier.schema``, ``verifier.related_resource``).
"""

from __future__ import annotations

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.establish import Findings
from verifier.model import Credential
from verifier.nesting import Nesting
from verifier.policy import Policy
from verifier.related_resource import check_related_resources
from verifier.report import Check, Result, Step
from verifier.schema import SchemaSources, check_schemas
from verifier.sources import Sources
from verifier.strict_json import JsonObject


def check_contents(
    credential: Credential,
    findings: Findings,
    *,
    policy: Policy,
    sources: Sources,
    nesting: Nesting,
) -> None:
    """Run every check of step 8 and append to ``findings``."""
    _check_resources(credential, findings, sources)
    _check_schemas(credential, findings, policy, sources, nesting)


def _check_resources(credential: Credential, findings: Findings, sources: Sources) -> None:
    if not credential.related_resources:
        return
    with findings.check(Step.SCHEMA, "related resources"):
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
        return nesting.verify_inside(body)
    except RefusedError as error:
        raise UncheckedError(
            Code.UNKNOWN_SCHEMA, f"The schema's own credential does not verify: {error.detail}"
        ) from error
