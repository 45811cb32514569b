"""OAuth 2.0: tokens in place of keys, as an independent client and RFC 6749 see it."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from issuer import api_keys, oauth
from issuer.callers import Scope
from tests.issuer.web.served import served
from tests.issuer.web.site import Site, completion, json_of
from tests.issuer.web.stored import stored_rows

FORM = "application/x-www-form-urlencoded"


def client_of(site: Site, key: str = "all") -> tuple[str, str]:
    """The client's identifier and secret: the key's prefix, the whole key."""
    secret = site.keys[key]
    return secret.split("_")[1], secret


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of RFC 6749, section 2.3.1."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def ask(site: Site, *, key: str = "all", path: str = "/oauth/token", **form: str) -> TestResponse:
    """POST a form as the client that is this key."""
    fields = {"grant_type": "client_credentials"} | form
    return site.client.post(path, data=fields, headers=basic(*client_of(site, key)))


def token_of(site: Site, key: str = "all", **form: str) -> str:
    """A new access token."""
    response = ask(site, key=key, **form)
    assert 200 == response.status_code, response.get_data(as_text=True)
    return str(json_of(response)["access_token"])


def with_token(site: Site, token: str, name: str = "token") -> Site:
    """The site, where the token stands among the keys."""
    site.keys = {**site.keys, name: token}
    return site


def test_a_token_opens_what_its_key_opens(site: Site) -> None:
    """On every kind of route, for an hour."""
    with_token(site, token_of(site))

    issued = site.post("/completions", completion("01"), key="token")
    read = site.get("/events", key="token")
    site.clock.move(seconds=3_599)
    before = site.get("/events", key="token")
    site.clock.move(seconds=1)
    after = site.get("/events", key="token")

    assert [201, 200, 200, 401] == [it.status_code for it in (issued, read, before, after)]


def test_the_answer_is_that_of_the_standard(site: Site) -> None:
    """RFC 6749, section 5.1: the token, its kind, its seconds, its scope, and no cache."""
    response = ask(site, scope="read issue")
    answer = json_of(response)

    assert {"access_token", "token_type", "expires_in", "scope"} == set(answer)
    assert ("Bearer", 3_600, "issue read") == (
        answer["token_type"],
        answer["expires_in"],
        answer["scope"],
    )
    assert "application/json" == response.content_type
    assert ("no-store", "no-cache") == (
        response.headers["Cache-Control"],
        response.headers["Pragma"],
    )


def test_a_token_has_what_was_asked_for_and_no_more(site: Site) -> None:
    """Narrower than the key, never wider."""
    with_token(site, token_of(site, scope="read"))

    read = site.get("/events", key="token")
    issue = site.post("/completions", {}, key="token")
    wider = ask(site, key="read", scope="read issue")

    assert [200, 403] == [read.status_code, issue.status_code]
    assert (400, "invalid_scope") == (wider.status_code, json_of(wider)["error"])


def test_a_key_that_is_revoked_takes_its_tokens_along(site: Site) -> None:
    """So nobody has to look for them."""
    with_token(site, token_of(site))
    prefix, _ = client_of(site)

    api_keys.revoke_api_key(
        site.services.store, site.issuers["ours"].tenant_id, prefix, now=site.clock()
    )

    assert 401 == site.get("/events", key="token").status_code


def test_a_token_ends_with_its_key(site: Site) -> None:
    """Not an hour later."""
    made = api_keys.create_api_key(
        site.services.store,
        site.issuers["ours"].tenant_id,
        label="short",
        scopes=[Scope.READ],
        days=1,
        now=site.clock(),
    )
    with_token(site, made.secret, "short")
    site.clock.move(hours=23, minutes=50)

    answer = json_of(ask(site, key="short"))

    assert 600 == answer["expires_in"]


@pytest.mark.parametrize("key", ["unknown", "garbage", "expired", "revoked"])
@pytest.mark.parametrize("way", ["basic", "post"])
def test_an_unknown_client_is_told_so(site: Site, key: str, way: str) -> None:
    """Whatever is wrong with it: 401 ``invalid_client``, and the way that is asked for."""
    secret = site.keys[key]
    name = secret.split("_")[1]
    form = {"grant_type": "client_credentials"}
    if way == "post":
        form |= {"client_id": name, "client_secret": secret}

    response = site.client.post(
        "/oauth/token", data=form, headers=basic(name, secret) if way == "basic" else {}
    )

    assert (401, "invalid_client") == (response.status_code, json_of(response)["error"])
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_secret_is_no_other_clients(site: Site) -> None:
    """A key under another key's name is nobody, also where both are good."""
    name, _ = client_of(site, "theirs")
    response = site.client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers=basic(name, site.keys["all"]),
    )

    assert (401, "invalid_client") == (response.status_code, json_of(response)["error"])


def test_a_token_gets_no_token(site: Site) -> None:
    """Or it would never end."""
    token = token_of(site)
    with_token(site, token)

    response = ask(site, key="token")

    assert (401, "invalid_client") == (response.status_code, json_of(response)["error"])


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&scope=everything", "invalid_scope"),
        ("grant_type=client_credentials&scope=read++issue", "invalid_scope"),
        ("grant_type=client_credentials&client_secret=x", "invalid_request"),
        ("grant_type=client_credentials&client_id=another", "invalid_request"),
        ("grant_type=%ff", "invalid_request"),
        ("grant_type=" + "x" * 10_000, "invalid_request"),
        ("&".join(f"a{number}=1" for number in range(50)), "invalid_request"),
    ],
)
def test_requests_that_are_none_are_refused(site: Site, data: str, error: str) -> None:
    """With the code of RFC 6749, section 5.2, and nothing stored."""
    before = stored_rows(site)
    headers = basic(*client_of(site))

    response = site.client.post("/oauth/token", data=data, content_type=FORM, headers=headers)

    assert (400, error) == (response.status_code, json_of(response)["error"])
    assert before["access_tokens"] == stored_rows(site)["access_tokens"]


def test_a_body_that_is_no_form_is_refused(site: Site) -> None:
    """JSON, for one."""
    response = site.client.post(
        "/oauth/token",
        json={"grant_type": "client_credentials"},
        headers=basic(*client_of(site)),
    )

    assert (400, "invalid_request") == (response.status_code, json_of(response)["error"])


def test_what_is_not_known_is_left_alone(site: Site) -> None:
    """RFC 6749, section 3.2: other parameters are ignored, empty ones were not sent."""
    response = ask(site, audience="somebody", scope="")

    assert 200 == response.status_code
    assert " ".join(sorted(Scope)) == json_of(response)["scope"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(body=st.binary(max_size=200), header=st.text(max_size=60))
def test_no_request_makes_it_fail_in_another_way(site: Site, body: bytes, header: str) -> None:
    """Whatever comes is refused in the words of OAuth."""
    encoded = "Basic " + base64.b64encode(header.encode()).decode()

    for path in ("/oauth/token", "/oauth/revoke"):
        response = site.client.post(
            path, data=body, content_type=FORM, headers={"Authorization": encoded}
        )

        assert response.status_code in (400, 401)
        assert set(json_of(response)) == {"error", "error_description"}


def test_a_token_is_revoked_early(site: Site) -> None:
    """By its own client; others', unknown and ended ones are answered alike (RFC 7009)."""
    first, second = token_of(site), token_of(site)
    with_token(site, first, "first")
    with_token(site, second, "second")

    by_another = ask(site, key="theirs", path="/oauth/revoke", token=first)
    still = site.get("/events", key="first").status_code
    answers = [
        ask(site, path="/oauth/revoke", token=token, token_type_hint="access_token")
        for token in (first, first, "nothing", f"{second[:-1]}2")
    ]

    assert 200 == still
    assert [(200, b"")] * 5 == [(it.status_code, it.data) for it in (by_another, *answers)]
    assert [401, 200] == [site.get("/events", key=key).status_code for key in ("first", "second")]


def test_a_key_is_not_revoked_as_a_token(site: Site) -> None:
    """Who holds the key alone does not end it by mistake; and a token has to be named."""
    key = ask(site, path="/oauth/revoke", token=site.keys["all"])
    nothing = ask(site, path="/oauth/revoke")

    assert (400, "unsupported_token_type") == (key.status_code, json_of(key)["error"])
    assert (400, "invalid_request") == (nothing.status_code, json_of(nothing)["error"])
    assert 200 == site.get("/events", key="all").status_code


def test_tokens_are_kept_as_hashes_and_forgotten(site: Site) -> None:
    """The store holds no token, and none for long."""
    token = token_of(site)
    kept = site.services.store
    with kept.deployment() as unit:
        row = unit.access_token(token.split("_")[1])

    site.clock.move(hours=26)
    forgotten = oauth.forget_tokens(site.services.office, site.clock())

    assert row is not None
    assert api_keys.secret_hash(token) == row.secret_hash
    assert token.split("_")[2] not in repr(row)
    assert (1, 0) == (forgotten, stored_rows(site)["access_tokens"])


def test_the_metadata_says_where_everything_is(site: Site) -> None:
    """RFC 8414: the issuer is the public address, and the endpoints are ours."""
    response = site.get("/.well-known/oauth-authorization-server")
    document = json_of(response)
    base = site.services.settings.base_url

    assert (200, "application/json") == (response.status_code, response.content_type)
    assert base == document["issuer"]
    assert f"{base}/oauth/token" == document["token_endpoint"]
    assert [] == document["response_types_supported"]
    assert "*" == response.headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_an_independent_client_gets_along(site: Site, method: str) -> None:
    """Authlib finds the endpoints, gets a token, uses it, revokes it: on a real port."""
    name, secret = client_of(site)
    with served(site.app) as address:
        client = OAuth2Session(name, secret, token_endpoint_auth_method=method, scope="read")
        client.trust_env = False
        token = client.fetch_token(f"{address}/oauth/token", grant_type="client_credentials")
        read = client.get(f"{address}/events")
        client.revoke_token(f"{address}/oauth/revoke", token=token["access_token"])
        after = client.get(f"{address}/events")
        client.close()

    assert ("Bearer", "read") == (token["token_type"], token["scope"])
    assert [200, 401] == [read.status_code, after.status_code]


def test_an_independent_client_understands_the_refusal(site: Site) -> None:
    """It raises its own error with our code."""
    name, _ = client_of(site)
    with served(site.app) as address:
        client = OAuth2Session(name, "wrong")
        client.trust_env = False
        with pytest.raises(OAuthError) as caught:
            client.fetch_token(f"{address}/oauth/token", grant_type="client_credentials")
        client.close()

    assert "invalid_client" == caught.value.error


def test_tokens_work_on_both_databases(any_site: Site) -> None:
    """The look-up comes before a tenant is known."""
    with_token(any_site, token_of(any_site, scope="read"))

    assert 200 == any_site.get("/events", key="token").status_code
