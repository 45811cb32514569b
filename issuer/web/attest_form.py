"""The form in which a host answers: read strictly, refused line by line, typed words kept.

Nothing is preselected, so nothing is confirmed by not looking. Fields that the page does not have,
or has once, are refused when they come (``RefusedError``); what a person forgot or wrote too long
is told beside its field (``FormError``).

Leaves to others: the facts (``attest_page``), the words of the faults (the catalogue).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from issuer import limits
from issuer.attestation import FactAnswer, HostAnswer
from issuer.delivery.message import one_line
from verifier.errors import Code, RefusedError

EVERYTHING: Final = "everything"
"""Not a fact but all of them: the host knows nothing of such a project."""
CONFIDENTIAL: Final = "confidential"
_VERDICTS: Final = ("right", "change", "deny")
_SECRETS: Final = ("none", "some")
_ACTS: Final = ("confirm", "unknown")
_OTHERS: Final = (
    *("facts", "act", "c", "t-confidential", "t-everything"),
    *("role", "show-role", "name", "show-name"),
)
_LONGEST: Final[Mapping[str, int]] = {"role": 120, "name": 200}
"""As the record's schema has it; everything else is ``limits.ATTEST_WORDS_CHARACTERS``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed: values by the names of fields, one line each."""

    values: Mapping[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def facts_hash(self) -> str:
        """The facts that were on the page."""
        return self["facts"]


NOTHING_TYPED: Final = Typed(values={})


class FormError(Exception):
    """What to mend: keys of the catalogue by the names of fields, in the order of the page."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


def read_form(fields: Collection[tuple[str, str]], facts: Collection[str]) -> Typed:
    """The fields of a form that asks about ``facts``. Raises ``RefusedError`` for any that it
    does not have, or that come twice."""
    known = {*_OTHERS, *(f"f-{fact}" for fact in facts), *(f"t-{fact}" for fact in facts)}
    values: dict[str, str] = {}
    for name, value in fields:
        if name not in known or name in values:
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR, "The form holds something that the page does not have."
            )
        values[name] = one_line(value)
    return Typed(values=values)


def read_answer(typed: Typed, facts: Collection[str], *, statement: str) -> HostAnswer:
    """The answer in a form; ``statement`` is what whoever confirms says by it. Raises
    ``FormError``."""
    is_unknown = typed["act"] == "unknown"
    faults = dict(_too_long(typed))
    if not is_unknown:
        faults |= dict(_missing(typed, facts))
    if typed["act"] not in _ACTS:
        faults["act"] = "attest.fault.choose"
    if faults:
        raise FormError(faults)
    return HostAnswer(
        objections=_unknown(typed) if is_unknown else tuple(_objections(typed, facts)),
        role=_shown(typed, "role"),
        name=_shown(typed, "name"),
        statement=statement,
    )


def _missing(typed: Typed, facts: Collection[str]) -> Iterator[tuple[str, str]]:
    for fact in facts:
        verdict = typed[f"f-{fact}"]
        if verdict not in _VERDICTS:
            yield f"f-{fact}", "attest.fault.choose"
        elif verdict != "right" and not typed[f"t-{fact}"]:
            yield f"t-{fact}", "attest.fault.words"
    if typed["c"] not in _SECRETS:
        yield "c", "attest.fault.choose"
    elif typed["c"] == "some" and not typed["t-confidential"]:
        yield "t-confidential", "attest.fault.words"
    for name in ("role", "name"):
        if typed[f"show-{name}"] and not typed[name]:
            yield name, f"attest.fault.{name}"


def _too_long(typed: Typed) -> Iterator[tuple[str, str]]:
    for name, value in typed.values.items():
        is_hidden = typed[f"f-{name[2:]}"] == "right" if name.startswith("t-") else False
        if not is_hidden and len(value) > _LONGEST.get(name, limits.ATTEST_WORDS_CHARACTERS):
            yield name, "attest.fault.long"


def _objections(typed: Typed, facts: Collection[str]) -> Iterator[FactAnswer]:
    for fact in facts:
        if typed[f"f-{fact}"] != "right":
            words = typed[f"t-{fact}"]
            yield FactAnswer(fact=fact, verdict=typed[f"f-{fact}"], words=words)
    if typed["c"] == "some":
        yield FactAnswer(fact=CONFIDENTIAL, verdict="change", words=typed["t-confidential"])


def _unknown(typed: Typed) -> tuple[FactAnswer, ...]:
    return (FactAnswer(fact=EVERYTHING, verdict="deny", words=typed["t-everything"]),)


def _shown(typed: Typed, name: str) -> str | None:
    """What may be shown: typed, and ticked."""
    return typed[name] if typed[name] and typed[f"show-{name}"] else None
