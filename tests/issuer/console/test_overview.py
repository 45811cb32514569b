"""The first page: counts and tasks, of the right tenants, and no people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from issuer.overview import Need, look_over
from issuer.store.rows import StatusListRow, TenantRow
from issuer.store.tables import STATUS_LISTS
from issuer.store.telling import WebhookState
from tests.issuer.console.people import signed_in, text_of
from tests.issuer.store import rows_of
from tests.issuer.web.site import START, Site, completion
from tests.issuer.web.test_jobs import begun, lines, numbered, work

MARKERS: Final = ("Maya", "Okafor", "gigbridge", "GB-48213", "Full Circle")
"""Words of the first example record: a learner, a platform, a host."""


def tenants(site: Site) -> tuple[TenantRow, ...]:
    with site.services.store.deployment() as unit:
        return unit.tenants()


def offer(site: Site, **members: object) -> None:
    body = completion()
    del body["learnerConsent"]
    response = site.post("/completions", body | members)
    assert response.status_code == 202, response.get_data(as_text=True)


def test_the_page_counts_and_names_nobody(any_site: Site) -> None:
    """One offer waits; neither learner, host nor platform is named."""
    offer(any_site)
    ada = signed_in(any_site, "ada")

    page = ada.get("/console")

    assert 200 == page.status_code
    assert "Offers waiting 1" in text_of(page)
    assert [] == [word for word in MARKERS if word.lower() in page.get_data(as_text=True).lower()]


def test_markers_are_words_of_the_record() -> None:
    """So that their absence says something."""
    text = str(completion()).lower()

    assert [] == [word for word in MARKERS if word.lower() not in text]


def test_rows_that_failed_are_counted(any_site: Site) -> None:
    """Of a file with one good row and one that the rules refuse: one."""
    begun(any_site, lines([numbered(1), numbered(2, record={})]))
    work(any_site)
    ada = signed_in(any_site, "ada")

    page = text_of(ada.get("/console"))

    assert "Failed rows 1" in page


def test_an_operator_of_one_tenant_sees_that_one(site: Site) -> None:
    """The other tenant's numbers, trail and lists are not there."""
    offer(site)
    theirs = site.issuers["theirs"].tenant_id
    ada = signed_in(site, "ada", tenant_id=theirs)

    page = text_of(ada.get("/console"))
    foreign = ada.get(f"/console/audit?trail={site.issuers['ours'].tenant_id}")
    deployment = ada.get("/console/audit?trail=deployment")
    own = ada.get("/console/audit")
    published = ada.post("/console/publish", tenant=site.issuers["ours"].tenant_id)

    assert "Offers waiting 0" in page
    assert [404, 404, 200, 404] == [
        one.status_code for one in (foreign, deployment, own, published)
    ]


def test_an_old_list_needs_somebody_and_can_be_published(site: Site) -> None:
    """The sentence says how old it is, and the button makes it new."""
    site.complete()
    site.clock.move(hours=26)
    ada = signed_in(site, "ada")

    before = text_of(ada.get("/console"))
    done = ada.post("/console/publish", tenant=site.issuers["ours"].tenant_id)
    after = text_of(ada.get("/console"))

    assert "Status list is 26 hours old; verifiers warn after 24" in before
    assert (303, "/console") == (done.status_code, done.headers["Location"])
    assert "hours old" not in after
    assert "Status list age, hours 0" in after


def test_a_change_that_nobody_has_asked_for_is_told(site: Site) -> None:
    """Until it is published."""
    issued = site.complete()
    site.post(
        "/credentials/status",
        {
            "credentialId": issued["credentialId"],
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
            },
            "status": True,
        },
    )
    found = look_over(site.services.office, tenants(site), now=site.clock())

    assert [Need.LIST_IS_BEHIND] == [task.need for task in found.tasks]


def test_webhooks_that_do_not_answer_are_counted(site: Site) -> None:
    """Those we gave up and those that fail just now; not those that their owner switched off."""
    tenant = site.issuers["ours"].tenant_id
    changes: list[dict[str, Any]] = [
        {"state": WebhookState.DISABLED},
        {"failing_since": START},
        {"state": WebhookState.OFF, "failing_since": START},
        {},
    ]
    with site.services.store.begin(tenant) as unit:
        for number, change in enumerate(changes):
            unit.webhooks.add(replace(rows_of.webhook(tenant, f"w{number}"), **change))

    found = look_over(site.services.office, tenants(site), now=site.clock())
    page = text_of(signed_in(site, "ada").get("/console"))

    assert 2 == found.webhooks_failing
    assert [(Need.WEBHOOKS_FAIL, 2)] == [(task.need, task.number) for task in found.tasks]
    assert "2 webhooks do not answer" in page
    assert "platform.example" not in page


def test_an_attestation_that_stalled_is_counted(site: Site) -> None:
    """After fourteen days, not before."""
    body = completion()
    body["record"].pop("attestations")
    assert 202 == site.post("/completions", body).status_code
    now, office = site.clock(), site.services.office

    early = look_over(office, tenants(site), now=now + timedelta(days=13))
    late = look_over(office, tenants(site), now=now + timedelta(days=14))

    assert (0, 1) == (early.attestations_stalled, late.attestations_stalled)


def a_list(**values: object) -> StatusListRow:
    names = {column.name: None for column in STATUS_LISTS.columns}
    row = StatusListRow(**names)  # type: ignore[arg-type]
    usual = {"size": 100, "is_open": True, "revision": 0, "published_revision": 0}
    return replace(row, **usual | values)


@pytest.mark.parametrize(("allocated", "told"), [(74, []), (75, [Need.LIST_IS_FULL])])
def test_a_list_that_fills_up_is_told(allocated: int, told: list[Need]) -> None:
    """In time: it is closed at 80 %."""
    from issuer.overview import _lists

    tenant = TenantRow(id="t", name="t", created=START)

    assert told == [task.need for task in _lists(tenant, [a_list(allocated=allocated)], START)]


def test_the_trail_can_be_looked_through(site: Site) -> None:
    """Newest first; by what was done; with the verdict on the whole chain."""
    site.complete()
    ada = signed_in(site, "ada")
    tenant = site.issuers["ours"].tenant_id

    every = text_of(ada.get(f"/console/audit?trail={tenant}"))
    issued = text_of(ada.get(f"/console/audit?trail={tenant}&action=issued"))
    nothing = text_of(ada.get(f"/console/audit?trail={tenant}&subject=nobody"))

    assert "Every line is what was written" in every
    assert every.index("issued") < every.index("apiKeyCreated") < every.index("issuerAdded")
    assert "apiKeyCreated" not in issued
    assert "No lines." in nothing
