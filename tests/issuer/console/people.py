"""People at the console: accounts with passwords, and browsers without a window."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from issuer import operators
from issuer.store import Store
from tests.issuer.web.site import START, Site

PASSWORD: Final = "correct horse battery"
_FORM = re.compile(r'name="form" value="([0-9a-f]{64})"')


def add_person(store: Store, name: str, *, tenant_id: str | None = None) -> None:
    """An account with the password of everybody here."""
    operators.add_operator(store, name=name, tenant_id=tenant_id, password=PASSWORD, now=START)


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a browser of their own, who fills in the forms that pages show."""

    client: FlaskClient
    name: str = ""
    tokens: list[str] = field(default_factory=list)

    def get(self, path: str) -> TestResponse:
        """Open a page; its form is remembered."""
        response = self.client.get(path)
        self.tokens += _FORM.findall(response.get_data(as_text=True))[:1]
        return response

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form with the token of the page that was opened last."""
        token = {"form": self.tokens[-1]} if self.tokens else {}
        return self.client.post(path, data=token | fields)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Through the form."""
        self.name = name
        self.get("/console/sign-in")
        response = self.post("/console/sign-in", name=name, password=password)
        if response.status_code == 303:
            self.get("/console/sign-out")  # the new session's own form
        return response

    def cookie(self) -> str | None:
        """The value of the one cookie."""
        found = self.client.get_cookie("__Host-operator")
        return None if found is None else found.value


def person(site: Site) -> Person:
    """A fresh browser."""
    return Person(client=site.app.test_client())


def signed_in(site: Site, name: str, *, tenant_id: str | None = None) -> Person:
    """An account, and its owner at the console."""
    add_person(site.services.store, name, tenant_id=tenant_id)
    somebody = person(site)
    response = somebody.sign_in(name)
    assert response.status_code == 303, response.get_data(as_text=True)
    return somebody


def text_of(response: TestResponse) -> str:
    """What a page says, without its marks."""
    body = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(html.unescape(body).split())
