"""Academic credit in words: how much, in the school's own unit, awarded by whom.

The unit is never converted, and a number without a unit of ours is not shown: nobody could say
what it counts. Leaves to others: where it stands on a page (the templates).
"""

from __future__ import annotations

import re
from typing import Final

from verifier.presentation.members import first_string, node, read_text
from verifier.presentation.text import Sentence
from verifier.presentation.words import Words
from verifier.strict_json import JsonObject

_UNITS: Final = ("semesterHour", "quarterHour", "ects", "cats", "other")
_DECIMAL: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", re.ASCII)


def read_credit(work: JsonObject, language: str | None, words: Words) -> Sentence:
    """``1 semester hour, awarded by Prairie River College``; nothing where it is not said so."""
    credit = node(work, "academicCredit")
    amount = _amount(credit, words)
    school = read_text(node(credit, "awardedBySchool").get("name"), language)
    if amount is None:
        return ()
    return words.say("credit.awarded", amount=amount, school=school) if school else (amount,)


def _amount(credit: JsonObject, words: Words) -> str | None:
    unit = credit.get("creditUnit")
    match = _DECIMAL.fullmatch(first_string(credit.get("creditValue")) or "")
    if match is None or unit not in _UNITS:
        return None
    whole, part = match[1], (match[2] or "").rstrip("0")
    if not part:
        return words.count(f"credit.{unit}", int(whole))
    return words[f"credit.{unit}.other"].format(n=words.digits(f"{int(whole)}.{part}"))
