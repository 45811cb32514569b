"""Our type of SD-JWT VC: its address, and what the page at that address says.

SD-JWT VC, section 5 (type metadata): what the type is called, and for each claim what to call it,
whether a holder can leave it out (``sd``), and whether it is always there (``mandatory``). The
document never changes under its address; another shape is another version.

Leaves to others: which claims there are (``issuer.projection.disclosure``), serving the page.
"""

from __future__ import annotations

from typing import Final

from issuer.projection.disclosure import WORK_HIDDEN
from verifier.strict_json import JsonObject, JsonValue

PATH: Final = "types/micro-internship/v1"
_NAME: Final = "Micro-internship"
_DESCRIPTION: Final = (
    "A short, supervised project for a host outside the school that the host confirmed."
)
_SUBJECT: Final = "credentialSubject"
_WORK: Final = ("evidence", 0, "microInternship")
_ACHIEVEMENT: Final = (_SUBJECT, "achievement")

_ALWAYS_SHOWN: Final[tuple[tuple[tuple[str | int, ...], str], ...]] = (
    (("name",), "Title"),
    (("awardedDate",), "Awarded on"),
    (("issuer", "name"), "Issuer"),
    ((*_ACHIEVEMENT, "name"), "Project"),
    ((*_ACHIEVEMENT, "description"), "Brief"),
    ((_SUBJECT, "source", "name"), "Host"),
    ((*_WORK, "platform", "name"), "Platform"),
)
_HOLDER: Final = (_SUBJECT, "id")
"""Hidden, unless the token is bound to the key that this identifier is."""
_HIDDEN: Final[tuple[tuple[tuple[str | int | None, ...], str], ...]] = (
    ((_SUBJECT, "identifier", None), "Learner's name or e-mail"),
    ((_SUBJECT, "role"), "Role"),
    ((_SUBJECT, "activityStartDate"), "Start"),
    ((_SUBJECT, "activityEndDate"), "End"),
    ((_SUBJECT, "result"), "Results"),
)
_WORK_NAMES: Final = {
    "startDate": "First day",
    "endDate": "Last day",
    "period": "Period",
    "timeZone": "Time zone",
    "compensation": "Payment",
    "aiAssistance": "Use of AI",
    "supervisorName": "Supervisor",
    "attestation": "Who confirmed it",
    "localized": "In other languages",
    "learnerName": "Learner's name in parts",
}


def vct_of(base_url: str) -> str:
    """The address that names our type in this deployment."""
    return f"{base_url}/{PATH}"


def build_type_metadata(base_url: str) -> JsonObject:
    """The document at that address."""
    return {
        "vct": vct_of(base_url),
        "name": _NAME,
        "description": _DESCRIPTION,
        "display": [{"locale": "en", "name": _NAME, "description": _DESCRIPTION}],
        "claims": [
            *(_claim(path, label, sd="never", mandatory=True) for path, label in _ALWAYS_SHOWN),
            _claim(_HOLDER, "Learner's identifier", sd="allowed"),
            *(_claim(path, label, sd="always") for path, label in _HIDDEN),
            *(_claim((*_WORK, name), _WORK_NAMES[name], sd="always") for name in WORK_HIDDEN),
        ],
    }


def _claim(
    path: tuple[str | int | None, ...], label: str, *, sd: str, mandatory: bool = False
) -> JsonObject:
    steps: list[JsonValue] = list(path)
    needed: JsonObject = {"mandatory": True} if mandatory else {}
    return {"path": steps, "display": [{"locale": "en", "label": label}], "sd": sd, **needed}
