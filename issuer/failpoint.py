"""Named places where a test may end the process, as a power cut would.

In production there is none: the setting that names one is refused off loopback, and the
places call a function that does nothing.

Leaves to others: which place is named (``issuer.settings``).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Final

Failpoint = Callable[[str], None]
"""Called with the name of each place that is passed."""

PLACES: Final = (
    "before-reserve",
    "in-reserve",
    "after-reserve",
    "after-build",
    "after-rehearse",
    "after-sign",
    "after-verify",
    "in-store",
    "after-store",
)
"""Between any two steps of ``docs/issuance.md``, and inside its two transactions."""


def no_failpoint(_place: str) -> None:
    """Pass every place."""


def unsafe_failpoint(place: str) -> Failpoint:
    """End this process with SIGKILL at ``place``. Raises ``ValueError`` for an unknown one."""
    if place not in PLACES:
        raise ValueError(f"{place!r} is none of {', '.join(PLACES)}")

    def kill_at(passed: str) -> None:
        if passed == place:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill_at
