"""Nodes of a credential, and the identifiers that come from the record alone.

All nodes of the projection are made here, so that one place decides what every node has:
today its type, and an ``id`` where Open Badges asks for one.

Leaves to others: the id of the credential itself, which is reserved before anything is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import schemas
from verifier.strict_json import JsonObject, JsonValue

NAMESPACE: Final[UUID] = uuid5(NAMESPACE_URL, schemas.CONTEXT_URL)
"""Namespace of every version 5 UUID that we make (design §10.12)."""
CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    schemas.CONTEXT_URL,
)
"""The ``@context`` of every badge of ours, in this order."""


def node(kind: str, **members: JsonValue) -> JsonObject:
    """A node of type ``kind`` with the members that have a value.

    Open Badges 3.0 leaves out empty members: ``None`` and empty lists are not written.
    """
    told = {name: value for name, value in members.items() if value is not None and value != []}
    return {"type": [kind], **told}


def profile(organisation: JsonObject) -> JsonObject:
    """The Open Badges ``Profile`` of a host, a platform or an issuer: id, name, address."""
    return node(
        "Profile",
        id=organisation["id"],
        name=organisation["name"],
        url=organisation.get("url"),
    )


def achievement_id(platform_id: str, project_id: str) -> str:
    """The same for everybody who did the project: UUID version 5 of platform and project."""
    return uuid5(NAMESPACE, f"{platform_id}|{project_id}").urn


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordIds:
    """Identifiers of the parts of one record: the same record always gives the same ones."""

    record_id: str

    def of(self, *part: str | int) -> str:
        """``urn:uuid:`` of the part, for example ``of("skill", 0, "level", "competent")``."""
        return uuid5(NAMESPACE, "|".join([self.record_id, *map(str, part)])).urn
