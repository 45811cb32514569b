"""What only the moment of making knows, the same in every test; and the rules of the verifier."""

from __future__ import annotations

from typing import Final

from jsonschema import Draft202012Validator

import schemas
from issuer.projection import Birth
from tests.issuer.offices import START
from tests.issuer.projection.test_worked_examples import ISSUER, SALT
from verifier.policy import STANDARD
from verifier.strict_json import JsonObject
from verifier.verify import lint

COMPLETION: Final = "urn:uuid:0b0c9c6e-9f56-4d2c-8a4a-1f1f3b0a7c55"
BIRTH: Final = Birth(
    credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
    created=START,
    issuer=ISSUER,
    salt=lambda: SALT,
)


def check(badge: JsonObject) -> None:
    """Nothing undefined, nothing relative, and it fits the schema that it names."""
    lint(badge, policy=STANDARD)
    Draft202012Validator(schemas.schema_by_id(badge["credentialSchema"][0]["id"])).validate(badge)
