"""Tenants at the console: keys of both kinds, and whether revocations wait."""

from __future__ import annotations

import re

from tests.issuer.console.people import Person, person, signed_in, text_of
from tests.issuer.web.site import Site, json_of

_SECRET = re.compile(r"mic_[a-z2-7]{12}_[a-z2-7]{52}")


def path(site: Site, name: str = "ours") -> str:
    return f"/console/tenants/{site.issuers[name].tenant_id}"


def make_key(person: Person, site: Site, **fields: str) -> str:
    """A new API key: the one time that it is shown."""
    given = {"label": "platform", "days": "30", "scope-issue": "on"} | fields
    return person.post(f"{path(site)}/api-keys", **given).get_data(as_text=True)


def test_an_api_key_is_shown_once(site: Site) -> None:
    """It works until it is switched off; the page and the trail hold its prefix alone."""
    ada = signed_in(site, "ada")
    secret = _SECRET.findall(make_key(ada, site))[0]
    later = ada.get(path(site)).get_data(as_text=True)
    header = {"Authorization": f"Bearer {secret}"}
    works = site.client.post("/completions", json={}, headers=header).status_code
    prefix = secret.split("_")[1]
    off = ada.post(f"{path(site)}/api-keys/{prefix}/revoke")
    after = site.client.post("/completions", json={}, headers=header).status_code
    trail = text_of(ada.get(f"/console/audit?trail={site.issuers['ours'].tenant_id}"))

    assert secret not in later
    assert f"mic_{prefix}_" in later
    assert (400, 303, 401) == (works, off.status_code, after)
    assert "operator:ada apiKeyCreated" in trail
    assert "operator:ada apiKeyRevoked" in trail


def test_an_api_key_that_cannot_be_is_refused(site: Site) -> None:
    """No scope, no days, no label, too long."""
    ada = signed_in(site, "ada")
    wishes = [{"scope-issue": ""}, {"days": "0"}, {"days": "x"}, {"days": "9999"}, {"label": ""}]

    for wish in wishes:
        answer = ada.post(
            f"{path(site)}/api-keys",
            **{"label": "platform", "days": "30", "scope-issue": "on"} | wish,
        )
        assert 400 == answer.status_code
        assert [] == _SECRET.findall(answer.get_data(as_text=True))


def test_two_people_rotate_a_key(site: Site) -> None:
    """The next key is in the DID document at once, and signs a day after, with the second yes."""
    ada, bea = signed_in(site, "ada"), signed_in(site, "bea")
    did_path = "/issuers/ours/did.json"
    before = json_of(site.get(did_path))["verificationMethod"]
    site.clock.move(seconds=1)
    asked = ada.post(f"{path(site)}/issuers/{site.issuers['ours'].id}/rotate")
    review = asked.headers["Location"]
    during = json_of(site.get(did_path))["verificationMethod"]
    early = bea.post(review, decision="approve")
    first = site.complete("01")["verifiableCredential"]
    site.clock.move(days=1)
    ada, bea = (_again(site, name) for name in ("ada", "bea"))
    own = ada.post(review, decision="approve")
    done = bea.post(review, decision="approve")
    second = site.complete("04")["verifiableCredential"]

    assert [1, 2] == [len(before), len(during)]
    assert (303, 409, 403, 303) == (
        asked.status_code,
        early.status_code,
        own.status_code,
        done.status_code,
    )
    assert first["proof"]["verificationMethod"] == before[0]["id"]
    assert second["proof"]["verificationMethod"] == during[1]["id"]
    assert site.is_verified(first)
    assert site.is_verified(second)


def _again(site: Site, name: str) -> Person:
    somebody = person(site)
    assert 303 == somebody.sign_in(name).status_code
    return somebody


def test_a_tenant_lets_revocations_wait(site: Site) -> None:
    """And does not, again."""
    ada = signed_in(site, "ada")
    before = text_of(ada.get(path(site)))
    ada.post(f"{path(site)}/two-people", on="yes")
    during = text_of(ada.get(path(site)))
    neither = ada.post(f"{path(site)}/two-people", on="perhaps")
    ada.post(f"{path(site)}/two-people", on="no")
    after = text_of(ada.get(path(site)))

    assert "They are done at once" in before
    assert "They wait for an operator" in during
    assert 400 == neither.status_code
    assert "They are done at once" in after


def test_an_operator_of_one_tenant_changes_no_other(site: Site) -> None:
    """Every address below another tenant is nowhere."""
    thea = signed_in(site, "thea", tenant_id=site.issuers["theirs"].tenant_id)
    listed = text_of(thea.get("/console/tenants"))
    label = {"label": "platform", "days": "30", "scope-issue": "on"}
    answers = [
        thea.get(path(site)),
        thea.post(f"{path(site)}/api-keys", **label),
        thea.post(f"{path(site)}/api-keys/aaaaaaaaaaaa/revoke"),
        thea.post(f"{path(site)}/two-people", on="yes"),
        thea.post(f"{path(site)}/issuers/{site.issuers['ours'].id}/rotate"),
        thea.post(f"{path(site, 'theirs')}/issuers/{site.issuers['ours'].id}/rotate"),
    ]

    assert [404] * len(answers) == [one.status_code for one in answers]
    assert 200 == thea.get(path(site, "theirs")).status_code
    assert "theirs" in listed
    assert "ours" not in listed
