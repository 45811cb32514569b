"""Whether an SD-JWT VC keeps to its type (draft-ietf-oauth-sd-jwt-vc, section 5): claims that must
be there, claims that an issuer must or must not hide.

A claim that is not to be seen may have been kept back by the holder, so nothing is concluded
from its absence where a digest was left unanswered.

Leaves to others: reading the type (``verifier.type_metadata``), the signature. Verification does
not run this by itself: the caller who relies on a type does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.json_pointer import child, values_within
from verifier.proofs.sd_jwt import Opened
from verifier.strict_json import JsonObject, JsonValue
from verifier.type_metadata import ClaimMetadata, Disclosability, Path, TypeMetadata


def check_credential_type(opened: Opened, metadata: TypeMetadata) -> None:
    """Hold the processed payload to ``metadata``, which ``resolve_type`` made.

    Raises ``RefusedError`` (``SCHEMA_VALIDATION_ERROR``, ``LIMIT_EXCEEDED``).
    """
    if not counts_as(opened.claims, metadata.chain[0], metadata):
        _refuse("The credential is of another type.", "/vct")
    values = sum(1 for _ in values_within(opened.claims))
    if values * sum(len(claim.path) for claim in metadata.claims) > limits.TYPE_CHECK_STEPS:
        raise RefusedError(Code.LIMIT_EXCEEDED, "The type has too many rules for this credential.")
    for claim in metadata.claims:
        _check_claim(claim, opened)


def counts_as(claims: JsonObject, expected: str, metadata: TypeMetadata | None = None) -> bool:
    """Whether a verified credential is of the type ``expected``: by ``vct``, by ``aka_vcts``
    (section 2.2.2.2), or through the types that its own extends, which ``metadata`` tells."""
    vct = claims.get("vct")
    names = [vct, *claims.get("aka_vcts", [])]
    inherited = metadata.chain if metadata is not None and metadata.vct == vct else ()
    return expected in names or expected in inherited


def _check_claim(claim: ClaimMetadata, opened: Opened) -> None:
    found = list(_select(opened.claims, claim.path, ""))
    if claim.mandatory and not found and not _may_be_withheld(opened, claim.path):
        _refuse("A claim is missing that every credential of this type has.", _shown(claim.path))
    for pointer in found:
        is_hidden = pointer in opened.disclosed
        if claim.disclosability is Disclosability.ALWAYS and not is_hidden:
            _refuse("A claim stands in the open that this type always hides.", pointer)
        if claim.disclosability is Disclosability.NEVER and is_hidden:
            _refuse("A claim was hidden that this type never hides.", pointer)


def _select(value: JsonValue, path: Path, pointer: str) -> Iterator[str]:
    """The pointers of everything at ``path`` (section 5.6.1). A name for what is no object, and a
    place in what is no list, is an error there; a member or an item that is missing is none."""
    if not path:
        yield pointer
        return
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str):
        found = [(child(pointer, step), value[step])] if step in value else []
    elif isinstance(value, list) and not isinstance(step, str):
        places = range(len(value)) if step is None else [step][: len(value) > step]
        found = [(f"{pointer}/{place}", value[place]) for place in places]
    else:
        _refuse("A claim is of another kind than its type says.", pointer)
    for place, inner in found:
        yield from _select(inner, rest, place)


def _may_be_withheld(opened: Opened, path: Path) -> bool:
    """Whether a digest on the way to ``path`` stands for something that was not shown."""
    ways = (path[:length] for length in range(len(path)))
    around = (pointer for way in ways for pointer in _select(opened.claims, way, ""))
    return not opened.withheld.isdisjoint(around)


def _shown(path: Path) -> str:
    pointer = ""
    for step in path:
        pointer = child(pointer, "*" if step is None else str(step))
    return pointer


def _refuse(detail: str, pointer: str) -> NoReturn:
    raise RefusedError(Code.SCHEMA_VALIDATION_ERROR, detail, pointer=pointer)
