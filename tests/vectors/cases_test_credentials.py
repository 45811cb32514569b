"""Test credentials: they verify, and say that they prove nothing.

Leaves to others: writing the directories (``tests.vectors.generate``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.sd_jwts import issued
from tests.vectors.cases import KEY, Case, badge, changed, signed
from tests.vectors.cases_documents import record
from tests.vectors.cases_jose import vc_jwt
from tests.vectors.cases_sd_jwt import claims
from verifier.proofs.sd_jwt_present import present
from verifier.strict_json import JsonObject
from verifier.test_credential import TEST_CREDENTIAL

_WHY: Final = (
    "It is correctly signed, so it verifies; its type says that it was made to try things out. "
    "A verifier that shows it like any other lets a sandbox make proofs."
)


def _test(title: str, build: Callable[[], JsonObject | str]) -> Case:
    return Case(
        title=title,
        why=_WHY,
        build=build,
        expected={"outcome": "verified", "notices": ["TEST_CREDENTIAL"]},
    )


def _not_one(title: str, why: str, build: Callable[[], JsonObject | str]) -> Case:
    return Case(title=title, why=why, build=build, expected={"outcome": "verified"})


def _badge(**members: Any) -> JsonObject:
    types = ["VerifiableCredential", "OpenBadgeCredential", TEST_CREDENTIAL]
    return badge(type=types, name="Test: A badge", **members)


ACCEPTED: Final[Mapping[str, Case]] = {
    "test-badge": _test("A badge that says it is a test", lambda: signed(_badge())),
    "test-record-of-learning": _test(
        "A record of learning that holds a test", lambda: record(signed(_badge()))
    ),
    "test-jwt": _test("A vc+jwt that says it is a test", lambda: vc_jwt(_badge(), KEY)),
    "test-sd-jwt-vc": _test(
        "An SD-JWT VC that counts as a test, whatever its holder shows",
        lambda: present(
            issued(claims() | {"aka_vcts": [TEST_CREDENTIAL]}, "/name", "/skills"), ["/name"]
        ),
    ),
    "test-in-name-alone": _not_one(
        "A credential that is called a test",
        "A name is a name: what a credential is stands in its type. Who guesses from names can be "
        "made to call a real one a test.",
        lambda: signed(badge(name="Test: A badge (test)")),
    ),
}

REFUSED: Final[Mapping[str, Case]] = {
    "test-no-more": Case(
        title="A test credential without the type that says so",
        why="The type is signed like everything else: who takes it away changed the document.",
        build=lambda: changed(
            signed(_badge()), "type", to=["VerifiableCredential", "OpenBadgeCredential"]
        ),
        expected={"outcome": "not_verified", "code": "PROOF_VERIFICATION_ERROR", "step": 5},
    ),
}
