"""The request examples of the description, sent to a real service.

What an example cannot know (a DID, the id of a credential) stands there as a placeholder; what
the service really has is put in its place. ``python -m tests.issuer.web.openapi.example_calls``
writes the examples of answers anew, as the service gave them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from werkzeug.test import TestResponse

import issuer.web.openapi as described
from issuer.store import open_store
from tests.issuer.web.site import BASE_URL, Site, completion, json_of, open_site
from verifier.openapi import Example, Operation, Place
from verifier.strict_json import parse_json

EXAMPLES = Path(described.__file__).parent / "examples"
DID = "did:web:issuer.example:issuers:yours"
NUMBER = "0f8c2d7e5b9a4c16a3d1e2f4b6c8d0e1"
CREDENTIAL = "urn:uuid:5f0c2d1e-8c4b-4d53-9a53-4a7f1d2c9b10"
OFFER = "d8b60f9880f74b389e455042428946fb"
ANSWERS = {
    "issued": ("complete", 201),
    "waiting": ("complete", 202),
    "rows": ("importPayload", 200),
    "skills": ("assertSkills", 201),
    "credit": ("awardCredit", 201),
    "signed": ("issueDocument", 201),
    "withdrawn": ("changeStatus", 200),
}
"""The files with examples of answers: whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One example of one operation. ``expected`` is the status that the description promises."""

    operation: Operation
    example: Example

    @property
    def name(self) -> str:
        return f"{self.operation.id}: {self.example.title}"

    @property
    def expected(self) -> int | None:
        return self.example.status

    def send(self, site: Site, replaced: Mapping[str, str]) -> TestResponse:
        """Send it to ``site`` with a good key, the placeholders replaced."""
        text = json.dumps(self.example.value)
        path = self.operation.path
        for parameter in self.operation.parameters:
            if parameter.place is Place.PATH:
                path = path.replace(f"{{{parameter.name}}}", str(parameter.example))
        for placeholder, real in replaced.items():
            text, path = text.replace(placeholder, real), path.replace(placeholder, real)
        headers = {"Content-Type": "application/json", **site.bearer("all")}
        return site.client.open(path, method=self.operation.method, data=text, headers=headers)


def calls() -> list[Call]:
    """Every request example."""
    interface = described.describe(BASE_URL)
    return [
        Call(operation=operation, example=example)
        for operation in interface.operations
        for content in operation.body
        for example in content.examples
    ]


def prepare(site: Site) -> dict[str, str]:
    """Let there be what the examples speak of: the placeholders and what stands for them."""
    issued = site.complete("02", dates="month")
    with_credit = site.post("/completions", completion("04"))
    unconfirmed = completion("07")
    del unconfirmed["record"]["attestations"], unconfirmed["learnerConsent"]
    waiting = json_of(site.post("/completions", unconfirmed))
    return {
        OFFER: waiting["offerId"],
        DID: site.issuers["ours"].did,
        "/issuers/yours": "/issuers/ours",
        CREDENTIAL: issued["credentialId"],
        NUMBER: with_credit.headers["Location"].rpartition("/")[2],
    }


def answer_of(operation_id: str, status: int) -> bytes:
    """The body that a fresh service gives to the example of an operation with that status."""
    call = next(it for it in calls() if (it.operation.id, it.expected) == (operation_id, status))
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/issuer.db"
        store = open_store(database)
        site = open_site(store, database, Path(folder) / "keys")
        body = call.send(site, prepare(site)).data
        store.close()
    return body


def write() -> None:
    """Write the examples of answers anew."""
    for name, whose in ANSWERS.items():
        value = parse_json(answer_of(*whose))
        text = json.dumps(value, ensure_ascii=False, indent=2)
        (EXAMPLES / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
