"""The words of our mails: from the catalogue, with what the record says, as plain text.

Leaves to others: the catalogue (``verifier.presentation.words``), sending (``mail``).
"""

from __future__ import annotations

from typing import Final

from issuer.delivery.mail import LINK_PLACE, Letter, MailKind, plain_line
from issuer.delivery.message import MailAddress
from issuer.record import Record
from issuer.secret_links import SecretLink
from issuer.store.rows import IssuerRow
from verifier.presentation.words import words

_SUBJECTS: Final = {
    MailKind.ATTESTATION: "mail.attest.subject",
    MailKind.ATTESTATION_REMINDER: "mail.attest.reminder",
}
_PARAGRAPHS: Final = ("what", "why", "link", "keep", "otherwise")


def attestation_letter(
    record: Record,
    issuer: IssuerRow,
    *,
    to: MailAddress,
    language: str,
    kind: MailKind,
    link: SecretLink,
) -> Letter:
    """The mail that asks a host to confirm; ``language`` is one of our interface's."""
    catalogue, document = words(language), record.document
    slots = {
        "name": plain_line(document["learner"]["name"]["full"]),
        "title": plain_line(document["engagement"]["title"]),
        "host": plain_line(document["host"]["name"]),
        "platform": plain_line(document["platform"]["name"]),
        "link": LINK_PLACE,
    }
    paragraphs = [catalogue[f"mail.attest.{part}"].format(**slots) for part in _PARAGRAPHS]
    return Letter(
        kind=kind,
        to=to,
        language=language,
        subject=catalogue[_SUBJECTS[kind]].format(**slots),
        body="\n\n".join([*paragraphs, plain_line(issuer.profile_name)]) + "\n",
        link=link,
    )
