"""Files as a browser or a script sends them to ``POST /imports/{profile}``."""

from __future__ import annotations

import csv
import io
import json
from typing import Final

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.issuer.web.site import AGREED, Site
from verifier.strict_json import JsonObject

PATH: Final = "/imports/career-centre-csv-1"


def send_table(
    site: Site, data: bytes, *, path: str = PATH, key: str | None = "all", **headers: str
) -> TestResponse:
    """A file alone, as ``text/csv``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Content-Type": "text/csv"} | site.bearer(key) | named
    return site.client.post(path, data=data, headers=sent)


def send_form(
    site: Site,
    data: bytes,
    *,
    path: str = PATH,
    consent: JsonObject | None = AGREED,
    fields: JsonObject | None = None,
    **headers: str,
) -> TestResponse:
    """A file in a form, with the learner's consent beside it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    form: JsonObject = {"file": FileStorage(io.BytesIO(data), "rows.csv", "file")}
    if consent is not None:
        form["learnerConsent"] = json.dumps(consent)
    boundary, body = encode_multipart(form | (fields or {}))
    return site.client.post(
        path,
        data=body,
        headers=site.bearer("all") | named,
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def table_of(response: TestResponse) -> list[dict[str, str]]:
    """The rows of an answer that is a table, as a spreadsheet would read them."""
    assert response.content_type.startswith("text/csv; charset=utf-8")
    text = response.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))
