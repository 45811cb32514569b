"""What the web needs from the world outside, as one frozen value.

Leaves to others: making the real ones (``wsgi``), using them (``pages``, ``api``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from verifier.asked import NOTHING, Asked
from verifier.intake.received import Received
from verifier.intake.uploads import ReadCodes
from verifier.judgement import Judgement
from verifier.policy import Policy
from verifier.settings import Settings
from verifier.sources import Sources
from verifier.strict_json import JsonObject


class Judge(Protocol):
    """``verifier.judgement.judge`` with its cache of status lists bound, or a fake."""

    def __call__(
        self,
        received: Received,
        *,
        now: datetime,
        policy: Policy,
        sources: Sources,
        asked: Asked = NOTHING,
    ) -> Judgement:
        """Judge one document at ``now``."""
        ...


class JudgePresentation(Protocol):
    """``verifier.judgement.judge_presentation`` with the same cache bound, or a fake."""

    def __call__(
        self,
        data: bytes | JsonObject,
        *,
        asked: Asked,
        now: datetime,
        policy: Policy,
        sources: Sources,
    ) -> Judgement:
        """Judge one presentation at ``now``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """``open_sources`` gives the outside of one verification, with a network budget of its
    own; ``clock`` is aware and is read once for each request."""

    settings: Settings
    clock: Callable[[], datetime]
    open_sources: Callable[[], AbstractContextManager[Sources]]
    judge: Judge
    judge_presentation: JudgePresentation
    read_codes: ReadCodes
