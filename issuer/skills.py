"""Skills: who may vouch for one, and the curated table that aligns words with frameworks.

Alignments are looked up, never guessed (domain §1.7): the text matches an entry of a table
that a named curator reviewed on a date, or there is none and the words stay as they are.

Leaves to others: how a skill is written into a credential (``issuer.projection``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import schemas
from verifier.strict_json import JsonObject

SCALE: Final = "mi-4"
_VOUCHERS: Final = frozenset({"host", "school", "platform"})


def is_confirmed(assessed_by: Iterable[str]) -> bool:
    """Whether somebody other than the learner and a machine said so.

    A skill that only the learner names belongs on a résumé; an automated rating may stand
    beside a person's, never alone.
    """
    return not _VOUCHERS.isdisjoint(assessed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillTable:
    """A curated table: folded text -> entry (``label``, ``alignments``)."""

    entries: Mapping[str, Mapping[str, Any]]
    curated_by: str
    reviewed_on: str

    def skill(self, text: str) -> JsonObject:
        """The record's skill for a tag: its label, the words as sent, its alignments.

        A tag is ``observed``: somebody chose it on a form, and nobody rated the work.
        """
        level = {"scale": SCALE, "value": "observed"}
        entry = self.entries.get(_fold(text))
        if entry is None:
            return {"label": text, "sourceText": text, "level": level}
        alignments = [dict(found) | self._provenance() for found in entry["alignments"]]
        return {
            "label": entry["label"],
            "sourceText": text,
            "level": level,
            "alignments": alignments,
        }

    def _provenance(self) -> JsonObject:
        return {"alignedBy": self.curated_by, "alignedOn": self.reviewed_on}


@cache
def load_skill_table(name: str) -> SkillTable:
    """The curated table called ``name`` (``skills-table-1``), from the package.

    Raises ``schemas.UnknownNameError``.
    """
    table = schemas.load_table(name)
    entries = {_fold(text): entry for entry in table["entries"] for text in entry["match"]}
    return SkillTable(
        entries=entries, curated_by=table["curatedBy"], reviewed_on=table["reviewedOn"]
    )


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()
