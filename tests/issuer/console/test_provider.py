"""Operators who sign in through a real OpenID provider on loopback."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
import pytest

from issuer import operators
from issuer.errors import IssuerCode, OwnFaultError
from issuer.oidc import Attempt, Provider
from issuer.oidc_settings import OidcSettings, read_settings
from issuer.operators import SignInRefusedError
from issuer.web.application import create_app
from tests.issuer.console.people import Person, text_of
from tests.issuer.web.site import BASE_URL, Site

CLIENT_ID: Final = "the issuer's console"
CLIENT_SECRET: Final = "a secret: with signs + that % need care"
BACK: Final = f"{BASE_URL}/console/sign-in/provider/back"
_SCRIPT: Final = Path(__file__).parent / "provider.mjs"


@dataclass(frozen=True, slots=True)
class RealProvider:
    """The running provider."""

    issuer: str

    @property
    def settings(self) -> OidcSettings:
        return OidcSettings(issuer=self.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)

    def client(self, **changes: str) -> Provider:
        return Provider(
            replace(self.settings, **changes),
            loopback_origins=frozenset({urlsplit(self.issuer).netloc}),
        )

    def sign_in(self, url: str, name: str) -> str:
        """What a browser does from the authorization address on: the address it comes back to."""
        with httpx.Client(trust_env=False, cookies=CookieJar(), timeout=30) as browser:
            answer = browser.get(url)
            for _ in range(12):
                if answer.is_redirect:
                    target = urljoin(str(answer.url), answer.headers["Location"])
                    if target.startswith(BACK):
                        return target
                    answer = browser.get(target)
                    continue
                assert answer.status_code == 200, answer.text
                action, fields = self._form(answer, name)
                answer = browser.post(action, data=fields)
        raise AssertionError("the provider never came back")

    def _form(self, answer: httpx.Response, name: str) -> tuple[str, dict[str, str]]:
        action = re.search(r'action="([^"]+)"', answer.text)
        assert action
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', answer.text))
        if 'name="login"' in answer.text:
            fields |= {"login": name, "password": "x"}
        return urljoin(str(answer.url), action[1]), fields


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node: install nodejs")
    command = [node, str(_SCRIPT), CLIENT_ID, CLIENT_SECRET, BACK]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield RealProvider(process.stdout.readline().strip())
        finally:
            process.kill()


def answer_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def now() -> datetime:
    """The provider's clock is the real one."""
    return datetime.now(UTC)


def attempt(provider: RealProvider, name: str = "ada", **changes: str) -> tuple[Attempt, str]:
    mine = Attempt(secret="only this browser")
    url = provider.client(**changes).sign_in_url(mine, redirect_uri=BACK)
    return mine, provider.sign_in(url, name)


def test_the_provider_vouches_for_a_subject(provider: RealProvider) -> None:
    """Once: the code of an attempt is used up by it."""
    mine, back = attempt(provider)

    found = provider.client().subject(mine, answer_of(back), redirect_uri=BACK, now=now())
    with pytest.raises(SignInRefusedError):
        provider.client().subject(mine, answer_of(back), redirect_uri=BACK, now=now())

    assert found == "ada"


def test_another_claim_can_name_the_account(provider: RealProvider) -> None:
    """An e-mail address counts when the provider says that it is verified."""
    mine, back = attempt(provider, claim="email")
    other, unverified = attempt(provider, "unverified", claim="email")
    client = provider.client(claim="email")

    found = client.subject(mine, answer_of(back), redirect_uri=BACK, now=now())
    with pytest.raises(SignInRefusedError):
        client.subject(other, answer_of(unverified), redirect_uri=BACK, now=now())

    assert found == "ada@example.org"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "0" * 64},
        {"code": "made up"},
        {"iss": "https://other.example"},
        {"error": "access_denied"},
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    provider: RealProvider, change: dict[str, str]
) -> None:
    """Another state, a code of nobody, another provider, an error."""
    mine, back = attempt(provider)

    with pytest.raises(SignInRefusedError):
        provider.client().subject(mine, answer_of(back) | change, redirect_uri=BACK, now=now())


def test_an_answer_fits_one_browser(provider: RealProvider) -> None:
    """Also when the state is known: the code is bound to the attempt by PKCE."""
    _, back = attempt(provider)
    thief = Attempt(secret="another browser")
    answer = answer_of(back)

    for state in (answer["state"], thief.state):
        with pytest.raises(SignInRefusedError):
            provider.client().subject(
                thief, answer | {"state": state}, redirect_uri=BACK, now=now()
            )


def test_a_token_that_has_ended_is_refused(provider: RealProvider) -> None:
    """By our clock, with a small allowance."""
    mine, back = attempt(provider)
    late = now().replace(year=now().year + 1)

    with pytest.raises(SignInRefusedError):
        provider.client().subject(mine, answer_of(back), redirect_uri=BACK, now=late)


def test_a_wrong_secret_is_refused_and_silence_is_told(provider: RealProvider) -> None:
    """The first is nobody's sign-in, the second a fault to be tried again."""
    mine, back = attempt(provider)
    with pytest.raises(SignInRefusedError):
        provider.client(client_secret="wrong").subject(
            mine, answer_of(back), redirect_uri=BACK, now=now()
        )
    silent = Provider(
        replace(provider.settings, issuer="http://127.0.0.1:9"),
        loopback_origins=frozenset({"127.0.0.1:9"}),
    )
    with pytest.raises(OwnFaultError) as caught:
        silent.sign_in_url(mine, redirect_uri=BACK)

    assert caught.value.code is IssuerCode.PROVIDER_UNAVAILABLE


@pytest.fixture
def with_provider(site: Site, provider: RealProvider) -> Site:
    """The same site, whose console knows the provider. Its clock is the real one here."""
    site.clock.now = now()
    services = replace(site.services, provider=provider.client())
    app = create_app(services)
    return replace(site, services=services, app=app, client=app.test_client())


def browser(site: Site) -> Person:
    from tests.issuer.console.people import person

    return person(site)


def come_back(person: Person, url: str) -> tuple[int, str]:
    response = person.get(urlsplit(url).path + "?" + urlsplit(url).query)
    return response.status_code, response.headers.get("Location", text_of(response))


def add(site: Site, subject: str) -> None:
    operators.add_operator(
        site.services.store,
        name=subject,
        tenant_id=None,
        password=None,
        subject=subject,
        now=site.clock(),
    )


def test_an_operator_signs_in_through_the_provider(
    with_provider: Site, provider: RealProvider
) -> None:
    """There and back, into the console; the account has no password to try."""
    add(with_provider, "ada")
    ada = browser(with_provider)
    offered = ada.get("/console/sign-in").get_data(as_text=True)
    url = ada.get("/console/sign-in/provider").headers["Location"]
    before = ada.cookie()
    landed = come_back(ada, provider.sign_in(url, "ada"))
    inside = ada.get("/console").status_code
    with_password = browser(with_provider).sign_in("ada", "").status_code

    assert 'href="/console/sign-in/provider"' in offered
    assert url.startswith(f"{provider.issuer}/")
    assert (303, "/console") == landed
    assert (200, 401) == (inside, with_password)
    assert before != ada.cookie()


def test_whom_the_provider_knows_and_we_do_not_stays_outside(
    with_provider: Site, provider: RealProvider
) -> None:
    """So does whoever was switched off, and whoever brings somebody else's answer."""
    add(with_provider, "gone")
    operators.disable_operator(with_provider.services.store, "gone", now=with_provider.clock())
    for name in ("stranger", "gone"):
        somebody = browser(with_provider)
        url = somebody.get("/console/sign-in/provider").headers["Location"]
        status, said = come_back(somebody, provider.sign_in(url, name))
        assert 401 == status
        assert "did not vouch for anybody who has an account here" in said

    add(with_provider, "ada")
    url = browser(with_provider).get("/console/sign-in/provider").headers["Location"]
    stolen = provider.sign_in(url, "ada")
    thief = browser(with_provider)
    thief.get("/console/sign-in/provider")
    query = urlencode({"code": "x" * 3000, "state": "y"})

    assert 401 == come_back(thief, stolen)[0]
    assert 401 == come_back(browser(with_provider), stolen)[0]
    assert 401 == come_back(thief, f"{BACK}?{query}")[0]


def test_without_a_provider_there_is_no_way_to_one(site: Site) -> None:
    """The page does not offer it."""
    somebody = browser(site)

    assert "provider" not in text_of(somebody.get("/console/sign-in"))
    assert 404 == somebody.get("/console/sign-in/provider").status_code


def test_the_settings_are_all_or_none(tmp_path: Path) -> None:
    """And the secret is in a file."""
    secret = tmp_path / "secret"
    secret.write_text("x y z\n")
    whole = {
        "ISSUER_OIDC_ISSUER": "https://id.example/",
        "ISSUER_OIDC_CLIENT_ID": "console",
        "ISSUER_OIDC_CLIENT_SECRET_FILE": str(secret),
    }
    faults: list[str] = []
    found = read_settings(whole, faults)
    nothing = read_settings({}, faults)
    fine = list(faults)
    for name in whole:
        read_settings({key: value for key, value in whole.items() if key != name}, faults)
    read_settings(whole | {"ISSUER_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "none")}, faults)

    assert found == OidcSettings(
        issuer="https://id.example", client_id="console", client_secret="x y z"
    )
    assert nothing is None
    assert fine == []
    assert len(faults) == 4
