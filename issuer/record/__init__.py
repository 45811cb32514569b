"""The record ``MicroInternshipCompletion``: what the issuer keeps and projects from.

``parse_record`` reads one strictly; ``complete_submission`` adds what only the issuer knows.
The JSON Schema in ``schemas`` is the source of truth for the form, ``rules`` for what a
schema cannot say. Leaves to others: what a credential shows of it (``issuer.projection``),
how platforms write it (``issuer.platforms``).
"""

from issuer.record.findings import (
    SENTENCES,
    Disposition,
    Finding,
    RecordError,
    Severity,
    disposition_of,
)
from issuer.record.normalised import normalised
from issuer.record.parse import Record, examine, parse_draft, parse_record
from issuer.record.submission import complete_submission, default_facets, name_holder

__all__ = [
    "SENTENCES",
    "Disposition",
    "Finding",
    "Record",
    "RecordError",
    "Severity",
    "complete_submission",
    "default_facets",
    "disposition_of",
    "examine",
    "name_holder",
    "normalised",
    "parse_draft",
    "parse_record",
]
