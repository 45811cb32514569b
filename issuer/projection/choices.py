"""What the learner chose to show: every disclosure facet is applied here and nowhere else.

A member that is not shown reads as absent, so that left out and not so look the same
(domain §0, point 2). The rules that no choice can override stand here too: pay is told only
where there was pay, how a trial went only where it ran in full, a team contribution only
where somebody else confirmed it, a supervisor's name only with the supervisor's consent.

Leaves to others: how the shown facts are written (``work_record``, ``wording``), and which
signs of the learner are shown (``issuer.record.identity``).
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.strict_json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A good record, read through its disclosure choices. ``None`` is "not shown"."""

    document: JsonObject

    def _chose(self, facet: str) -> JsonValue:
        return self.document["disclosure"][facet]

    @property
    def _engagement(self) -> JsonObject:
        engagement: JsonObject = self.document["engagement"]
        return engagement

    @property
    def days(self) -> tuple[str, str] | None:
        """First and last civil date (``YYYY-MM-DD``) in the host's zone."""
        if self._chose("dates") != "day":
            return None
        return self._engagement["startDate"], self._engagement["endDate"]

    @property
    def period(self) -> str | list[str] | None:
        """The month (``YYYY-MM``) or year (``YYYY``) instead of days: one, or first and last."""
        width = {"month": len("YYYY-MM"), "year": len("YYYY")}.get(self._chose("dates"))
        if width is None:
            return None
        first, last = (self._engagement[name][:width] for name in ("startDate", "endDate"))
        return str(first) if first == last else [first, last]

    @property
    def effort(self) -> JsonObject | None:
        """``duration`` and ``basis``."""
        return self._engagement.get("effort") if self._chose("hours") else None

    @property
    def time_zone(self) -> str | None:
        """The IANA name: it gives away a region, so it goes with the place."""
        return self._engagement["timeZone"] if self._chose("location") != "none" else None

    @property
    def country(self) -> str | None:
        """ISO 3166-1 alpha-2."""
        shown = self._chose("location") in ("country", "locality")
        return self._engagement["modality"].get("countryCode") if shown else None

    @property
    def locality(self) -> str | None:
        """The town. The region is never shown."""
        shown = self._chose("location") == "locality"
        return self._engagement["modality"].get("locality") if shown else None

    @property
    def compensation(self) -> JsonObject | None:
        """The record's compensation where there was pay: that somebody was unpaid is not told."""
        compensation: JsonObject = self._engagement["compensation"]
        return compensation if self._chose("compensation") and compensation["paid"] else None

    @property
    def team(self) -> JsonObject | None:
        """``size``, ``assessedAs`` and the ``contribution`` that somebody else confirmed."""
        team = self._engagement.get("team")
        if team is None or team.get("contributionConfirmedBy") in ("host", "school", "teammates"):
            return team
        return {name: value for name, value in team.items() if name != "contribution"}

    @property
    def ai_assistance(self) -> JsonObject | None:
        """``policy``, ``use``, ``statement`` and ``disclosedBy``."""
        return self._engagement.get("aiAssistance") if self._chose("aiAssistance") else None

    @property
    def supervisor_name(self) -> str | None:
        """The name, where learner and supervisor both agreed."""
        supervisor = self.document.get("supervisor", {})
        agreed = self._chose("supervisorName") and supervisor.get("nameConsent") is True
        return supervisor.get("name") if agreed else None

    @property
    def _tells_trial(self) -> bool:
        """How it went is told all together or not at all, and never of a trial that ended
        early: the planned length beside it would say so (domain §1.9)."""
        ran_in_full = self.document["outcome"]["status"] == "completed"
        is_trial = self._engagement["form"] == "reverse"
        return bool(self._chose("trialOutcome")) and is_trial and ran_in_full

    @property
    def planned_length(self) -> str | None:
        """``P1D`` to ``P7D``."""
        return self._engagement["trial"]["plannedLength"] if self._tells_trial else None

    @property
    def planned_days(self) -> int | None:
        """The planned length in days."""
        length = self.planned_length
        return int(length.removeprefix("P").removesuffix("D")) if length else None

    @property
    def offer_made(self) -> bool | None:
        """``True`` or not shown."""
        return self.document["outcome"].get("offerMade") if self._tells_trial else None

    @property
    def converted_to_hire(self) -> bool | None:
        """``True`` or not shown."""
        return self.document["outcome"].get("convertedToHire") if self._tells_trial else None
