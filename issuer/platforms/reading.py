"""Read a mapping profile from JSON, and check it before it maps anything.

``ProfileError`` names the place in the file and says in a sentence what is wrong there. What
is not known is refused: a member, an operation, a code, a table that is not there.

Leaves to others: what a profile may read (``guards``), one field (``reading_fields``),
executing it (``mapping``), which profiles there are (``catalogue``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

import schemas
from issuer import limits
from issuer.platforms.guards import check_profile
from issuer.platforms.operations import PayFloor
from issuer.platforms.paths import Path
from issuer.platforms.profile import Attestation, Condition, Format, Profile, ProfileError
from issuer.platforms.reading_fields import Place, fields_of
from issuer.skills import SkillTable, load_skill_table
from verifier.errors import CheckError
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

_MEMBERS: Final = frozenset(
    {"profile", "format", "encoding", "records", "defaults", "acceptWhen", "warnUnless",
     "uniqueBy", "fields", "attestation", "never", "offeredToLearnerOnly", "tables", "payFloor",
     "skillTable", "unpaidBasisByCourse", "hoursPerCredit", "note"}
)  # fmt: skip
_DEFAULTS: Final = frozenset({"inLanguage", "platform", "school", "host"})
"""Members of a record that may be the same for every row."""
_NAME = re.compile(r"[a-z0-9-]{1,40}/[0-9]{1,6}", re.ASCII)
_COLUMNS: Final = "rows[]"
"""``records`` of a table: there is one list of rows."""


def read_profile(data: bytes) -> Profile:
    """The profile in the bytes of a file. Raises ``ProfileError``."""
    try:
        document = parse_json_object(data, max_bytes=limits.PROFILE_BYTES)
    except CheckError as error:
        detail = f"The file is not good JSON: {error.detail}"
        raise ProfileError(error.pointer or "", detail) from error
    return parse_profile(document)


def parse_profile(document: JsonObject) -> Profile:
    """Read and check a profile. Raises ``ProfileError``."""
    root = Place(document=document)
    root.only(_MEMBERS)
    form = Format(root.word("format", tuple(Format)))
    root = replace(root, is_table=form is Format.CSV)
    profile = Profile(
        name=root.matching("profile", _NAME, "a name and a number, as in gigbridge/1"),
        format=form,
        records=_records(root),
        defaults=_defaults(root),
        language=_language(root),
        accept_when=tuple(_accept_when(root.inside("acceptWhen"))),
        warn_unless=tuple(_warn_unless(root)),
        unique_by=_unique_by(root),
        fields=tuple(fields_of(root)),
        unread=(),
        tables=_tables(root),
        attestation=_attestation(root),
        pay_floor=_pay_floor(root),
        skill_table=_skill_table(root),
        unpaid_basis=_unpaid_basis(root),
        hours_per_credit=_rates(root, "hoursPerCredit"),
    )
    never, offered = root.paths("never"), root.paths("offeredToLearnerOnly")
    check_profile(profile, never=never, offered=offered)
    return replace(profile, unread=never + offered)


def _records(root: Place) -> Path:
    text = root.text("records")
    if root.is_table:
        root.word("encoding", ("utf-8-sig", "utf-8"), default="utf-8-sig")
        root.word("records", (_COLUMNS,))
    elif "encoding" in root.document:
        root.refuse("encoding", "JSON is always UTF-8: leave this out.")
    if not text.endswith("[]"):
        root.refuse("records", "This does not end in [], as a list of rows does.")
    return replace(root.path_of(text.removesuffix("[]"), "records"), from_top=True)


def _defaults(root: Place) -> JsonObject:
    defaults = root.inside("defaults")
    defaults.only(_DEFAULTS | {"timeZone", "inLanguageFrom"})
    if "inLanguage" in defaults.document and "inLanguageFrom" in defaults.document:
        defaults.refuse("inLanguageFrom", "This stands beside inLanguage: leave one out.")
    return {name: value for name, value in defaults.document.items() if name in _DEFAULTS}


def _language(root: Place) -> Path | None:
    defaults = root.inside("defaults")
    if "inLanguageFrom" not in defaults.document:
        return None
    return defaults.path("inLanguageFrom")


def _condition(place: Place, *, also: tuple[str, ...] = (), letters: str = "EHW") -> Condition:
    place.only({"from", "in", "absent", "otherwise", *also})
    if ("in" in place.document) == ("absent" in place.document):
        place.refuse("", "This has neither or both of in and absent.")
    is_list = "in" in place.document
    return Condition(
        source=place.path("from"),
        otherwise=place.code("otherwise", letters),
        words=frozenset(place.texts("in")) if is_list else frozenset(),
        absent=None if is_list else place.flag("absent"),
    )


def _accept_when(place: Place) -> Iterator[Condition]:
    """The condition, and the one that must hold beside it."""
    yield _condition(place, also=("and",), letters="E")
    if "and" in place.document:
        yield _condition(place.inside("and"), letters="E")


def _warn_unless(root: Place) -> Iterator[Condition]:
    if "warnUnless" in root.document:
        yield from (_condition(place, letters="W") for place in root.items("warnUnless"))


def _unique_by(root: Place) -> Path | None:
    if "uniqueBy" not in root.document:
        return None
    place = root.inside("uniqueBy")
    place.only({"from", "otherwise"})
    place.word("otherwise", ("E107",))
    return place.path("from")


def _tables(root: Place) -> JsonObject:
    if "tables" not in root.document:
        return {}
    tables = root.inside("tables")
    for name in tables.document:
        tables.inside(name)
    return tables.document


def _attestation(root: Place) -> Attestation | None:
    if "attestation" not in root.document:
        return None
    place = root.inside("attestation")
    place.only({"by", "method", "role", "at", "statement", "note"})
    return Attestation(
        by=place.word("by", ("host", "school", "platform")),
        method=place.word("method", ("platformAction",)),
        role=place.path("role"),
        at=tuple(place.path_of(text, "at") for text in place.texts("at")),
        statement=place.text("statement"),
    )


def _pay_floor(root: Place) -> PayFloor | None:
    if "payFloor" not in root.document:
        return None
    floor = root.inside("payFloor")
    floor.only({"policy", "perHour", "note"})
    return PayFloor(policy=floor.text("policy"), per_hour=_rates(floor, "perHour"))


def _rates(place: Place, name: str) -> dict[str, Decimal]:
    """Positive decimal numbers, written as texts."""
    if name not in place.document:
        return {}
    rates = place.inside(name)
    return {unit: _rate(rates, unit) for unit in rates.document}


def _rate(rates: Place, unit: str) -> Decimal:
    try:
        rate = Decimal(rates.text(unit))
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or not 0 < rate < limits.PROFILE_RATE:
        rates.refuse(unit, "This is not a positive decimal number as text.")
    return rate


def _skill_table(root: Place) -> SkillTable | None:
    if "skillTable" not in root.document:
        return None
    name = root.text("skillTable")
    try:
        return load_skill_table(name.removesuffix(".json"))
    except schemas.UnknownNameError:
        root.refuse("skillTable", f"There is no skill table {name[:80]!r}.")


def _unpaid_basis(root: Place) -> dict[str, JsonValue]:
    if "unpaidBasisByCourse" not in root.document:
        return {}
    courses = root.inside("unpaidBasisByCourse")
    return {course: courses.inside(course).document for course in courses.document}
