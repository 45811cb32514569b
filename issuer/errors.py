"""Why the issuer says no: one class per kind of answer, one stable code per reason.

The classes are picked for the reader of the ``except``; the codes are promises and become
problem types ``{base}/problems/{code}``. What is wrong with a *record* is told by
``issuer.record`` (E, H and W codes); what is wrong with a *document* by ``verifier.errors``.

Leaves to others: HTTP status codes, which live in one table at the edge.
"""

from __future__ import annotations

from enum import StrEnum


class IssuerCode(StrEnum):
    """The stable names of reasons. A name, once released, keeps its meaning."""

    UNAUTHORISED = "UNAUTHORISED"
    """No API key, an unknown one, one that has ended or was revoked."""
    FORBIDDEN = "FORBIDDEN"
    """The API key lacks the scope."""
    TOO_MANY_KEYS = "TOO_MANY_KEYS"
    """The tenant has as many API keys as it may."""
    RATE_LIMITED = "RATE_LIMITED"
    """Too many calls of one kind: come back later."""
    NOT_FOUND = "NOT_FOUND"
    """There is no such thing, or it belongs to another tenant: the same answer."""
    NAME_TAKEN = "NAME_TAKEN"
    ALREADY_ISSUED = "ALREADY_ISSUED"
    """The record was issued with other content."""
    IN_PROGRESS = "IN_PROGRESS"
    """The first call of the same kind is still running."""
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    """The idempotency key was used with another body."""
    NO_STATUS_ENTRY = "NO_STATUS_ENTRY"
    """The credential carries no entry through which this could be told to verifiers."""
    ALREADY_SUPERSEDED = "ALREADY_SUPERSEDED"
    """Another record took its place before."""
    WINDOW_NEEDED = "WINDOW_NEEDED"
    """Several credentials are withdrawn with time to undo it."""
    TOO_LATE = "TOO_LATE"
    """An order was carried out and cannot be undone."""
    OTHER_LEARNER = "OTHER_LEARNER"
    """A correction is about the same person."""
    ALREADY_REVOKED = "ALREADY_REVOKED"
    """Revocation is final."""
    NOT_SUSPENDED = "NOT_SUSPENDED"
    REASON_NOT_ALLOWED = "REASON_NOT_ALLOWED"
    CURSOR_GONE = "CURSOR_GONE"
    """The event that a reader saw last is not kept any more, or never was here."""
    CONSENT_NEEDED = "CONSENT_NEEDED"
    """The learner did not agree to this credential."""
    NOT_A_COMPLETION = "NOT_A_COMPLETION"
    """The credential was not made from a completed micro-internship."""
    ON_HOLD = "ON_HOLD"
    """The credential is suspended, so nothing is built on it now."""
    SKILL_UNKNOWN = "SKILL_UNKNOWN"
    SKILL_NOT_RATED = "SKILL_NOT_RATED"
    """Neither host nor school rated this skill on our scale."""
    CREDIT_UNKNOWN = "CREDIT_UNKNOWN"
    """Neither the call nor the record says anything of credit."""
    CREDIT_PENDING = "CREDIT_PENDING"
    """The credit was not awarded yet."""
    SCHOOL_UNKNOWN = "SCHOOL_UNKNOWN"
    """The record names no school that could award credit."""
    ISSUER_MISMATCH = "ISSUER_MISMATCH"
    """The document names another issuer than the one asked to sign."""
    CHOOSE_ISSUER = "CHOOSE_ISSUER"
    """The tenant has several issuers (or none) and the call names none."""
    NAME_MALFORMED = "NAME_MALFORMED"
    ALREADY_SECURED = "ALREADY_SECURED"
    """The document to sign already carries a proof."""
    STATUS_IS_OURS = "STATUS_IS_OURS"
    """The document to sign names a place in a status list of ours."""
    FORMAT_UNFIT = "FORMAT_UNFIT"
    """The proof format does not exist, or does not fit the key, the document or the policy."""
    KEY_IS_IDENTITY = "KEY_IS_IDENTITY"
    """A did:key cannot get another key."""
    TEST_NOT_SAID = "TEST_NOT_SAID"
    """A sandbox was asked to sign a document that does not say that it is a test."""
    OFFER_ENDED = "OFFER_ENDED"
    """The record was offered, and the offer was declined or has ended."""
    OFFER_STATE = "OFFER_STATE"
    """The offer stands where this cannot be done."""
    TOO_EARLY = "TOO_EARLY"
    """The host may still answer."""
    FACTS_CHANGED = "FACTS_CHANGED"
    """The facts that were confirmed are not those that the offer has by now."""
    OWN_OUTPUT_REFUSED = "OWN_OUTPUT_REFUSED"
    """What was just signed does not verify: our own fault, and nothing was released."""
    SIGNER_UNAVAILABLE = "SIGNER_UNAVAILABLE"
    CLOCK_WRONG = "CLOCK_WRONG"
    """The clock stands before something that was already signed."""
    EXAMPLE_KEY = "EXAMPLE_KEY"
    """A key that everybody knows, off loopback."""
    SCHEMA_UNKNOWN = "SCHEMA_UNKNOWN"
    """The database was made by another release."""
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    """The database does not answer."""
    KEYS_UNUSABLE = "KEYS_UNUSABLE"
    JOB_STATE = "JOB_STATE"
    """The job has ended, or is where this makes no sense."""
    SETTINGS_REFUSED = "SETTINGS_REFUSED"
    AUDIT_BROKEN = "AUDIT_BROKEN"
    """The audit trail is not what was written."""
    FORM_NOT_OURS = "FORM_NOT_OURS"
    """A form of the console that this session was not given."""
    FORM_REFUSED = "FORM_REFUSED"
    NOTE_REFUSED = "NOTE_REFUSED"
    SECOND_PERSON_NEEDED = "SECOND_PERSON_NEEDED"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    APPROVAL_EXPIRED = "APPROVAL_EXPIRED"
    KEY_TOO_NEW = "KEY_TOO_NEW"
    """The next key was not published for long enough to be used."""
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE"
    """The identity provider of the operators does not answer as it should."""
    SIGN_IN_REFUSED = "SIGN_IN_REFUSED"
    TOO_MANY_TRIES = "TOO_MANY_TRIES"
    PASSWORD_REFUSED = "PASSWORD_REFUSED"  # noqa: S105  a code, not a password


class IssuerError(Exception):
    """Something the issuer will not do. ``code`` is a promise, ``detail`` one plain sentence."""

    def __init__(self, code: IssuerCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class UnauthorisedError(IssuerError):
    """Nobody we know is asking. The answer never says which part was wrong."""

    def __init__(self) -> None:
        super().__init__(
            IssuerCode.UNAUTHORISED, "This call needs an API key that is known and has not ended."
        )


class ForbiddenError(IssuerError):
    """Somebody we know is asking for more than the API key allows."""


class RateLimitedError(IssuerError):
    """Too many calls of the kind ``counted``: ``count`` are admitted in ``seconds``. The next one
    is in ``retry_after`` whole seconds."""

    def __init__(self, counted: str, retry_after: int, *, count: int, seconds: int) -> None:
        super().__init__(
            IssuerCode.RATE_LIMITED, f"More than {count} calls in {seconds} seconds ({counted})."
        )
        self.counted = counted
        self.retry_after = retry_after
        self.count = count
        self.seconds = seconds


class NotFoundError(IssuerError):
    """There is nothing of that kind for this tenant."""

    def __init__(self, detail: str) -> None:
        super().__init__(IssuerCode.NOT_FOUND, detail)


class RequestRefusedError(IssuerError):
    """The request is well-formed JSON and still cannot be served: the caller must change it."""


class ConflictError(IssuerError):
    """The request contradicts what is already there."""


class GoneError(IssuerError):
    """What is asked for was here once, or may have been, and is not any more."""


class InProgressError(ConflictError):
    """The first call is still running: ask again after ``retry_after`` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(IssuerCode.IN_PROGRESS, "The first call with this content still runs.")
        self.retry_after = max(1, retry_after)


class IdempotencyConflictError(IssuerError):
    """One idempotency key, two bodies."""

    def __init__(self) -> None:
        super().__init__(
            IssuerCode.IDEMPOTENCY_CONFLICT,
            "This idempotency key was used before with another body. Use a new key.",
        )


class OwnFaultError(IssuerError):
    """The fault is ours: nothing was released, and the caller may try again later."""


class RefusedStartError(IssuerError):
    """The service or a command will not start like this. ``faults`` are plain sentences."""

    def __init__(self, code: IssuerCode, faults: tuple[str, ...]) -> None:
        super().__init__(code, " ".join(faults))
        self.faults = faults
