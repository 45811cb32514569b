"""A small client of the issuer's HTTP interface, for platforms and schools.

    with IssuerClient("https://issuer.example", api_key) as issuer:
        outcome = issuer.complete(record, consent=Consent(at=agreed_at), share=True)

Every call that changes something carries an ``Idempotency-Key`` made once, so that it is tried
again without fear when an answer is lost: one credential, however bad the line. What comes back is
a frozen value; what is refused is an exception that holds the problem document.

Needs ``httpx`` and nothing of the service: neither a database nor a web framework is imported.

Leaves to others: the interface itself (``/docs`` of the service), verification (``verifier``).
"""

from issuer.client.answers import (
    BatchItem,
    Consent,
    Event,
    EventPage,
    Issued,
    Offer,
    Outcome,
    Row,
    Share,
    Signed,
    Waiting,
)
from issuer.client.calls import IssuerClient, completion_body
from issuer.client.problems import (
    ClientError,
    ConflictError,
    Finding,
    ForbiddenError,
    NoAnswerError,
    NotFoundError,
    ProblemError,
    RecordRefusedError,
    RequestRefusedError,
    TryLaterError,
    UnauthorisedError,
    UnreadableAnswerError,
)

__all__ = [
    "BatchItem",
    "ClientError",
    "ConflictError",
    "Consent",
    "Event",
    "EventPage",
    "Finding",
    "ForbiddenError",
    "Issued",
    "IssuerClient",
    "NoAnswerError",
    "NotFoundError",
    "Offer",
    "Outcome",
    "ProblemError",
    "RecordRefusedError",
    "RequestRefusedError",
    "Row",
    "Share",
    "Signed",
    "TryLaterError",
    "UnauthorisedError",
    "UnreadableAnswerError",
    "Waiting",
    "completion_body",
]
