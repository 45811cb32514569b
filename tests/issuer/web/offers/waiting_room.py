"""Offers on a site: records that nobody vouched for yet, and hosts who answer."""

from __future__ import annotations

from typing import Any, Final

from issuer.attestation import FactAnswer, HostAnswer, link_of
from issuer.hosts_word import answer_question, find_question
from issuer.secret_links import token_of
from issuer.store.asking import AttestationRow
from issuer.store.mails import MailRow
from issuer.store.rows import OfferRow
from tests.issuer.web.site import AGREED, Site, json_of, submission
from verifier.strict_json import JsonObject

LEAD: Final = "lead@fullcircle.example"
OFFERED, ASKED = "offered", "attestationRequested"
ALL_RIGHT: Final = HostAnswer(
    objections=(), role="Marketing lead", name=None, statement="I confirm the facts."
)
WRONG_DATES: Final = HostAnswer(
    objections=(
        FactAnswer(fact="dates", verdict="change", words="It ended on 19 March, PRIVATE."),
    ),
    role=None,
    name=None,
    statement="I confirm the facts.",
)


def unvouched(name: str = "01", *, email: str | None = LEAD, **members: Any) -> JsonObject:
    """The body of a completion that no host confirmed; without consent unless ``members`` say."""
    record = submission(name)
    del record["attestations"]
    attester = {} if email is None else {"attester": {"email": email}}
    return {"record": record, **attester, **members}


def vouched(name: str = "01", **members: Any) -> JsonObject:
    """The body of a completion that lacks the learner's yes alone."""
    return {"record": submission(name), **members}


AGREED_NOW: Final = {"learnerConsent": AGREED}


def offer(site: Site, body: JsonObject | None = None) -> str:
    """Send a completion that waits; the offer's id."""
    response = site.post("/completions", unvouched() if body is None else body)
    assert 202 == response.status_code, response.get_data(as_text=True)
    return str(json_of(response)["offerId"])


def standing(site: Site, offer_id: str) -> JsonObject:
    """What the platform sees of it."""
    return json_of(site.get(f"/offers/{offer_id}", key="all"))


def row_of(site: Site, offer_id: str) -> OfferRow:
    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        found = unit.offers.get(offer_id)
    assert found is not None
    return found


def question(site: Site, offer_id: str) -> AttestationRow:
    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        found = unit.attestations.get(offer_id)
    assert found is not None
    return found


def token(site: Site, offer_id: str) -> str:
    """The token in the host's link."""
    return token_of(site.services.office, link_of(question(site, offer_id).link_id))


def mails(site: Site, offer_id: str) -> tuple[MailRow, ...]:
    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        return unit.mails.of(offer_id)


def answer(site: Site, offer_id: str, said: HostAnswer = ALL_RIGHT) -> None:
    """The host answers through the link."""
    office, key = site.services.office, token(site, offer_id)
    asked = find_question(office, key)
    answer_question(office, key, said, facts_hash=asked.facts_hash, now=site.clock())


def told(site: Site, offer_id: str) -> list[tuple[str, str]]:
    """What the tenant was told of the offer: kinds and states."""
    events = json_of(site.get("/events", key="all"))["events"]
    return [
        (event["type"], event["data"]["state"])
        for event in events
        if event["data"].get("offerId") == offer_id
    ]


def credential_of(answered: JsonObject) -> JsonObject:
    """The credential of an answer."""
    found: JsonObject = answered["verifiableCredential"]
    return found


def vouched_by(document: JsonObject) -> list[str]:
    """Who vouches, in a credential."""
    (work,) = [it["microInternship"] for it in document["evidence"] if "microInternship" in it]
    found = work["attestation"]
    return [it["attestedBy"] for it in (found if isinstance(found, list) else [found])]
