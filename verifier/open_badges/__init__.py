"""What Open Badges 3.0 and CLR 2.0 ask beyond the data model, of badges by anybody.

Leaves to others: the data model (``verifier.model``), the credentials inside a badge
(``verifier.contents``).
"""

from __future__ import annotations

from verifier.open_badges.rules import check_open_badges, is_open_badge

__all__ = ["check_open_badges", "is_open_badge"]
