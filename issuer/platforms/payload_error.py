"""The one error of a payload that cannot be mapped at all."""

from __future__ import annotations


class PayloadError(Exception):
    """The payload has no rows to map, or too many, or cannot be taken apart. The message is one
    plain sentence; it repeats nothing that was sent but the name of a column."""
