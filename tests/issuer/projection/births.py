"""What only the moment of making knows, the same in every test."""

from __future__ import annotations

from typing import Final

from issuer.projection import Birth
from tests.issuer.offices import START
from tests.issuer.projection.test_worked_examples import ISSUER, SALT

COMPLETION: Final = "urn:uuid:0b0c9c6e-9f56-4d2c-8a4a-1f1f3b0a7c55"
BIRTH: Final = Birth(
    credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
    created=START,
    issuer=ISSUER,
    salt=lambda: SALT,
)
