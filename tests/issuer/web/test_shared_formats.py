"""A completion over HTTP in the formats that are no plain document: answer, share page, check."""

from __future__ import annotations

import pytest

from issuer import api_keys, tenants
from issuer.callers import Scope
from issuer.store.rows import StatusPolicy
from tests.issuer.web.site import BASE_URL, Site, completion, json_of
from verifier.errors import Code
from verifier.report import Outcome
from verifier.strict_json import JsonObject

FORMATS = ["ecdsa-sd-2023", "vc+jwt", "ob-jwt", "vc+sd-jwt", "dc+sd-jwt"]
TITLE = "Competitor brief: refill and reuse shops in the Midwest"
REVOKE = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}


@pytest.fixture(params=FORMATS)
def format_site(request: pytest.FixtureRequest, site: Site) -> Site:
    """The site, with a tenant whose one issuer signs in this format."""
    services = site.services
    tenant = tenants.add_tenant(services.store, name="third", now=site.clock())
    tenants.add_issuer(
        services.store,
        tenant,
        name="third",
        profile_name="A third issuer",
        profile_url=None,
        status_policy=StatusPolicy.REVOCATION,
        base_url=BASE_URL,
        keyring=services.office.keyring,
        key_uri=None,
        now=site.clock(),
        proof_format=request.param,
        key_type="P-256",
    )
    made = api_keys.create_api_key(
        services.store, tenant.id, label="test", scopes=Scope, days=1, now=site.clock()
    )
    site.keys = {**site.keys, "third": made.secret}
    return site


def complete(site: Site) -> JsonObject:
    response = site.post("/completions", completion("01"), key="third")
    assert response.status_code == 201, response.get_data(as_text=True)
    return json_of(response)


def test_what_a_link_gives_says_the_work_and_verifies(format_site: Site) -> None:
    """The page has the title, and the JSON is what the verifier takes."""
    answer = complete(format_site)
    url = answer["share"]["url"]

    page = format_site.get(url, Accept="text/html")
    given = json_of(format_site.get(f"{url}.json"))["verifiableCredential"]

    assert answer["credentialId"].startswith("urn:uuid:")
    assert 200 == page.status_code
    assert TITLE in page.get_data(as_text=True)
    assert "A third issuer" in page.get_data(as_text=True)
    assert Outcome.VERIFIED is format_site.judge(given).outcome


def test_a_withdrawn_one_is_told_by_page_and_list(format_site: Site) -> None:
    """Whichever list the format refers to, the bit is read."""
    answer = complete(format_site)
    url = answer["share"]["url"]
    given = json_of(format_site.get(f"{url}.json"))["verifiableCredential"]

    response = format_site.post(
        "/credentials/status",
        {"credentialId": answer["credentialId"], "credentialStatus": REVOKE, "status": True},
        key="third",
    )

    format_site.clock.move(seconds=30)
    report = format_site.judge(given)
    assert 200 == response.status_code
    assert "withdrawn" == json_of(format_site.get(f"{url}.json"))["state"]
    assert [Code.REVOKED] == [problem.code for problem in report.problems]


def test_a_tenant_with_several_issuers_names_the_one_that_signs(format_site: Site) -> None:
    """In the address; without a name nobody signs, and another tenant's issuer is not there."""
    services = format_site.services
    tenants.add_issuer(
        services.store,
        tenants.find_tenant(services.store, "third"),
        name="fourth",
        profile_name="A fourth issuer",
        profile_url=None,
        status_policy=StatusPolicy.NONE,
        base_url=BASE_URL,
        keyring=services.office.keyring,
        key_uri=None,
        now=format_site.clock(),
    )

    unnamed, theirs, named = (
        format_site.post(f"{prefix}/completions", completion("01"), key="third")
        for prefix in ("", "/issuers/ours", "/issuers/fourth")
    )

    assert (409, 404, 201) == (unnamed.status_code, theirs.status_code, named.status_code)
    assert "A fourth issuer" == json_of(named)["verifiableCredential"]["issuer"]["name"]
