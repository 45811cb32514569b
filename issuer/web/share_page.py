"""The share page as a frozen value: what a credential says, and where to have it checked.

Everything shown comes from the signed credential, never from the record, so that what the
learner left out cannot slip in. The page states the issuer's own record of the credential
and leaves the verdict to the verifier.

Leaves to others: words and facts (``verifier.presentation``), the look-up (``issuer.shares``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from issuer.shares import SharedCredential, ShareState
from issuer.shown import read_out
from verifier.presentation.dates import day_of, instant
from verifier.presentation.facts import Facts, read_facts
from verifier.presentation.text import Address, Sentence
from verifier.presentation.words import LANGUAGES, Words, words
from verifier.qr import check_address
from verifier.test_credential import says_test

_RECORD: Final = {
    ShareState.ISSUED: "share.record.issued",
    ShareState.WITHDRAWN: "share.record.withdrawn",
    ShareState.UNDER_REVIEW: "share.record.under_review",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePage:
    """``check_url`` is the verifier's address, ``code_url`` the path of its square code,
    ``record`` the issuer's own line. ``was_replaced``: the link was made for an earlier version.
    ``is_test``: the credential says of itself that it proves nothing."""

    facts: Facts
    signed: Sentence
    check_url: str
    code_url: str
    code_label: str
    verifier: Address
    record: Sentence
    is_current: bool
    was_replaced: bool
    other_languages: tuple[Words, ...]
    is_test: bool


def build_share_page(
    shared: SharedCredential, catalogue: Words, *, now: datetime, verifier_url: str
) -> SharePage:
    """The page of ``shared`` in the language of ``catalogue``, at ``now``."""
    document = read_out(shared.document)
    facts = read_facts(document, catalogue)
    check_url = check_address(verifier_url, shared.url)
    return SharePage(
        facts=facts,
        signed=_signed(facts, catalogue),
        check_url=check_url,
        code_url=f"/s/{shared.token}/qr.svg",
        code_label=catalogue["share.check.code"].format(address=check_url),
        verifier=Address(value=urlsplit(verifier_url).netloc),
        record=_record(shared.state, catalogue, now),
        is_current=shared.state is ShareState.ISSUED,
        was_replaced=shared.was_replaced,
        other_languages=tuple(words(it) for it in LANGUAGES if it != catalogue.language),
        is_test=says_test(document),
    )


def _signed(facts: Facts, catalogue: Words) -> Sentence:
    if facts.claimed_issuer is None or facts.signed_at is None:
        return ()
    day = day_of(facts.signed_at, catalogue)
    return catalogue.say("share.signed", signer=facts.claimed_issuer, date=day)


def _record(state: ShareState, catalogue: Words, now: datetime) -> Sentence:
    if state is ShareState.ISSUED:
        return catalogue.say(_RECORD[state], moment=instant(now, catalogue))
    return catalogue.say(_RECORD[state])
