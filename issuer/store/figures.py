"""What the store counts for the console: numbers of a tenant, never things of people.

Leaves to others: what a number means (``issuer.overview``), the queries (``_rooms``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from issuer.store.rows import StatusListRow


class Figures(Protocol):
    """Counts of one tenant."""

    def offers(self, changed_before: datetime) -> Mapping[str, int]:
        """Offers that have not changed since, by their state."""

    def intents(self, lease_over: datetime) -> int:
        """Issuances under way whose attempt was over by then: nobody finishes them."""

    def failed_rows(self) -> int:
        """Rows of jobs that were refused or broke, while they may still be tried again."""

    def lists(self) -> tuple[StatusListRow, ...]:
        """The status lists, in the order of issuer, purpose and number."""
