"""What the caller asked to have signed for this occasion, and whether it was signed (step 9).

VC Data Integrity 1.0, section 4.4: an expected purpose, challenge or domain that is given must
be that of every proof. A presentation must answer a challenge, because a copy of an earlier one
would look the same; a credential is made once for everybody, so nothing is asked of it unless
the caller does.

Leaves to others: reading what a signature names (``verifier.proofs``), where the answer of a
key binding stands (``verifier.proofs.key_binding``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.establish import Findings
from verifier.report import Step
from verifier.secured import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the caller asked the signer to sign.

    ``challenge`` is compared with the proof's ``challenge`` or the token's ``nonce``,
    ``domains`` with its ``domain`` or ``aud``; empty ``domains`` are not compared. ``purpose``
    is compared with the relationship that the keys were found under.
    """

    challenge: str | None = None
    domains: frozenset[str] = frozenset()
    purpose: str | None = None


NOTHING: Final = Asked()


def check_answers(
    signatures: tuple[Signature, ...], asked: Asked, findings: Findings, *, relationship: str
) -> None:
    """Every signature of a presentation answers what was asked now, not on an earlier day."""
    check_purpose(asked, findings, relationship)
    for signature in signatures:
        with findings.check(Step.POLICY, "challenge", signature.by):
            _check_challenge(signature, asked)
        _check_domain(signature, asked, findings)


def check_given(
    signatures: tuple[Signature, ...], asked: Asked, findings: Findings, *, relationship: str
) -> None:
    """The same for a credential, of which nothing has to be asked."""
    check_purpose(asked, findings, relationship)
    for signature in signatures:
        if asked.challenge is not None:
            with findings.check(Step.POLICY, "challenge", signature.by):
                _check_challenge(signature, asked)
        _check_domain(signature, asked, findings)


def check_purpose(asked: Asked, findings: Findings, relationship: str) -> None:
    """The purpose that is expected, if one is, against what the keys were found under."""
    if asked.purpose is None:
        return
    with findings.check(Step.POLICY, "purpose"):
        if asked.purpose != relationship:
            raise RefusedError(
                Code.PROOF_VERIFICATION_ERROR,
                f"It was signed for {relationship}, and another purpose is expected.",
                pointer="/proof/proofPurpose",
            )


def _check_challenge(signature: Signature, asked: Asked) -> None:
    if asked.challenge is None:
        raise UncheckedError(
            Code.INVALID_CHALLENGE_ERROR,
            "No challenge was given to compare, so this may be a copy of an earlier presentation.",
            pointer="/proof/challenge",
        )
    if signature.nonce != asked.challenge:
        raise RefusedError(
            Code.INVALID_CHALLENGE_ERROR,
            "It does not answer the challenge that was given.",
            pointer="/proof/challenge",
        )


def _check_domain(signature: Signature, asked: Asked, findings: Findings) -> None:
    """The two are the same set."""
    if not asked.domains:
        return
    with findings.check(Step.POLICY, "domain", signature.by):
        if frozenset(signature.audience) != asked.domains:
            raise RefusedError(
                Code.INVALID_DOMAIN_ERROR,
                "It was made for somebody else.",
                pointer="/proof/domain",
            )
