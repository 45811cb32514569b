"""A sandbox over HTTP: nothing that it signs passes for a proof, in any proof format."""

from __future__ import annotations

import pytest

from issuer import api_keys, sandbox, tenants
from issuer.callers import Scope
from issuer.delivery.mail import Letter, MailKind, queue_mail
from issuer.delivery.message import parse_mail_address
from issuer.errors import IssuerCode, OwnFaultError
from issuer.events import event_json
from issuer.signing.formats import PROOF_FORMATS
from issuer.signing.tokens import token_within
from issuer.store.mails import MailRow
from issuer.store.rows import IssuerRow, StatusPolicy
from tests.issuer.web.site import BASE_URL, Site, completion, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from verifier.proofs.ecdsa_sd import derive
from verifier.proofs.sd_jwt import parse_sd_jwt
from verifier.report import Outcome
from verifier.strict_json import JsonObject
from verifier.test_credential import TEST_CREDENTIAL, TEST_WARNING, says_test

DOCUMENT: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:8f7a1d1e-2e4c-4a5b-9a43-0e0e0e0e0e0e",
    "type": ["VerifiableCredential", TEST_CREDENTIAL],
    "validFrom": "2026-03-24T12:00:00Z",
    "credentialSubject": {"id": "did:example:subject"},
}


def add_sandbox(site: Site, proof_format: str) -> IssuerRow:
    """A tenant of its own with one sandbox, and a key *sandbox* for it."""
    store, now = site.services.store, site.clock()
    tenant = tenants.add_tenant(store, name="trying out", now=now)
    row = tenants.add_issuer(
        store,
        tenant,
        name="trying-out",
        profile_name="Northwind",
        profile_url=None,
        status_policy=StatusPolicy.REVOCATION,
        base_url=BASE_URL,
        keyring=site.services.office.keyring,
        key_uri=None,
        now=now,
        proof_format=proof_format,
        is_sandbox=True,
    )
    made = api_keys.create_api_key(store, tenant.id, label="test", scopes=Scope, days=1, now=now)
    site.keys = {**site.keys, "sandbox": made.secret}
    return row


def issue(site: Site, issuer: IssuerRow, **members: object) -> JsonObject:
    """A caller's own document, signed."""
    document = DOCUMENT | {"issuer": issuer.did} | members
    response = site.post("/credentials/issue", {"credential": document}, key="sandbox")
    assert 201 == response.status_code, response.get_data(as_text=True)
    return json_of(response)["verifiableCredential"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("proof_format", PROOF_FORMATS)
def test_a_completion_says_that_it_is_a_test(site: Site, proof_format: str) -> None:
    """In its type, its name and its issuer's name; and so does the verifier, which verifies it."""
    add_sandbox(site, proof_format)

    answer = json_of(site.post("/completions", completion("01"), key="sandbox"))
    shared = json_of(site.get(f"{answer['share']['url']}.json"))["verifiableCredential"]
    report = site.judge(shared)
    page = site.get(answer["share"]["url"]).get_data(as_text=True)
    arabic = site.get(f"{answer['share']['url']}?lang=ar").get_data(as_text=True)

    assert Outcome.VERIFIED is report.outcome
    assert report.is_test
    assert TEST_WARNING == report.warnings[0]
    assert "Northwind (test)" in page
    assert "Test credential: it proves nothing." in page
    assert "شهادة تجريبية" in arabic


@pytest.mark.parametrize("proof_format", [name for name in PROOF_FORMATS if name != "dc+sd-jwt"])
def test_a_document_of_the_callers_own_says_it_or_is_not_signed(
    site: Site, proof_format: str
) -> None:
    """It is signed as it is, so its sender has to write it."""
    issuer = add_sandbox(site, proof_format)
    before = stored_rows(site)

    silent = DOCUMENT | {"issuer": issuer.did, "type": ["VerifiableCredential"], "name": "Test: x"}
    refused = site.post("/credentials/issue", {"credential": silent}, key="sandbox")
    after = stored_rows(site)
    signed = issue(site, issuer)
    whole = derive(signed, [""]) if proof_format == "ecdsa-sd-2023" else signed

    assert (400, "TEST_NOT_SAID") == (refused.status_code, problem_code(refused))
    assert TEST_CREDENTIAL in json_of(refused)["detail"]
    assert before == after
    assert site.judge(whole).is_test


@pytest.mark.parametrize("pointers", [None, [], ["/issuer"], ["/credentialSubject/id"]])
def test_no_holder_of_a_base_proof_leaves_it_out(site: Site, pointers: list[str] | None) -> None:
    """Whatever the caller says is mandatory; a part shows the type, and nothing less verifies."""
    issuer = add_sandbox(site, "ecdsa-sd-2023")
    options = {} if pointers is None else {"mandatoryPointers": pointers}
    body = {"credential": DOCUMENT | {"issuer": issuer.did}, "options": options}
    base = json_of(site.post("/credentials/issue", body, key="sandbox"))["verifiableCredential"]

    part = derive(base, ["/issuer", "/credentialSubject"])
    without = part | {"type": ["VerifiableCredential"]}

    assert site.judge(part).is_test
    assert Outcome.VERIFIED is site.judge(part).outcome
    assert Outcome.NOT_VERIFIED is site.judge(without).outcome


@pytest.mark.parametrize("proof_format", ["vc+sd-jwt", "dc+sd-jwt"])
def test_no_holder_of_an_sd_jwt_leaves_it_out(site: Site, proof_format: str) -> None:
    """It stands in the payload itself, in none of the disclosures."""
    add_sandbox(site, proof_format)
    answer = json_of(site.post("/completions", completion("01"), key="sandbox"))
    found = token_within(answer["verifiableCredential"])
    assert found is not None

    token = parse_sd_jwt(found[1])

    assert token.disclosures
    assert says_test(token.unverified_payload)
    assert [] == [it for it in token.disclosures if TEST_CREDENTIAL in str(it)]


@pytest.mark.parametrize("proof_format", PROOF_FORMATS)
def test_what_does_not_say_it_never_leaves(site: Site, proof_format: str) -> None:
    """Step 7 asks the verifier, whoever built the document and whatever it was secured with."""
    sandboxed = add_sandbox(site, proof_format)
    signed = json_of(site.post("/completions", completion("01"), key="sandbox"))
    shared = json_of(site.get(f"{signed['share']['url']}.json"))["verifiableCredential"]
    real = site.complete("01")["verifiableCredential"]

    sandbox.check_signed(site.judge(shared), sandboxed)
    sandbox.check_signed(site.judge(real), site.issuers["ours"])
    with pytest.raises(OwnFaultError) as caught:
        sandbox.check_signed(site.judge(real), sandboxed)

    assert IssuerCode.OWN_OUTPUT_REFUSED is caught.value.code


@pytest.mark.parametrize("path", ["skill-assertions", "academic-credit"])
def test_further_credentials_of_a_sandbox_say_so_too(site: Site, path: str) -> None:
    """Whatever we build goes through the same nine steps."""
    add_sandbox(site, "eddsa-rdfc-2022")
    body = completion("04")
    number = site.post("/completions", body, key="sandbox").headers["Location"].rpartition("/")[2]
    agreed = {"given": True, "at": "2026-12-01T11:00:00Z"}
    wish = {"learnerConsent": agreed} | ({"skills": [0]} if path == "skill-assertions" else {})

    response = site.post(f"/credentials/{number}/{path}", wish, key="sandbox")
    assert 201 == response.status_code, response.get_data(as_text=True)
    found = json_of(response)["credentials"]

    assert found
    for one in found:
        assert site.judge(one["verifiableCredential"]).is_test
        assert one["verifiableCredential"]["name"].startswith(("Test: ", "Essai : "))


def test_events_of_a_sandbox_say_so(site: Site) -> None:
    """What reads them must not count tests as credentials."""
    issuer = add_sandbox(site, "eddsa-rdfc-2022")
    issue(site, issuer)
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    change = {"credentialId": DOCUMENT["id"], "credentialStatus": entry, "status": True}

    assert 200 == site.post("/credentials/status", change, key="sandbox").status_code
    assert 202 == site.post("/completions", unagreed(), key="sandbox").status_code
    site.complete()

    assert ["test", "test", "test"] == modes(site, issuer.tenant_id)
    assert [None] == modes(site, site.issuers["ours"].tenant_id)


@pytest.mark.parametrize(
    ("language", "subject", "first"),
    [
        ("en", "Test: Please confirm", "Test credential: it proves nothing."),
        ("ar", "تجربة: Please confirm", "شهادة تجريبية: لا تثبت شيئًا."),
        ("fr", "Essai : Please confirm", "Test credential: it proves nothing."),
    ],
)
def test_a_letter_about_a_sandbox_says_so(
    site: Site, language: str, subject: str, first: str
) -> None:
    """In its subject and its first line; one about anything else is as it was written."""
    sandboxed = add_sandbox(site, "eddsa-rdfc-2022")
    letter = Letter(
        kind=MailKind.ATTESTATION,
        to=parse_mail_address("host@example.org"),
        language=language,
        subject="Please confirm",
        body="The work is done.",
    )
    offers = {
        key: json_of(site.post("/completions", unagreed(), key=key))["offerId"]
        for key in ("sandbox", "all")
    }

    queued = [
        queued_letter(site, tenant_id, letter, offers[key])
        for key, tenant_id in (
            ("sandbox", sandboxed.tenant_id),
            ("all", site.issuers["ours"].tenant_id),
        )
    ]

    assert subject == queued[0].subject
    assert (queued[0].body or "").startswith(first)
    assert (letter.subject, letter.body) == (queued[1].subject, queued[1].body)


def unagreed() -> JsonObject:
    """A completion whose learner has not agreed yet: it becomes an offer."""
    return completion("01") | {"learnerConsent": {"given": False}}


def queued_letter(site: Site, tenant_id: str, letter: Letter, offer_id: str) -> MailRow:
    """The letter as it waits."""
    with site.services.store.begin(tenant_id) as unit:
        mail_id = queue_mail(unit, letter, subject_id=offer_id, now=site.clock())
        row = unit.mails.claim(mail_id, site.clock(), site.clock())
    assert row is not None
    return row


def modes(site: Site, tenant_id: str) -> list[object]:
    """The mode of each event of a tenant, in order."""
    with site.services.store.begin(tenant_id) as unit:
        unit.outbox.number(10)
        last = unit.outbox.last()
        assert last is not None
        assert last.position is not None
        found = unit.outbox.between(0, last.position, kinds=[], limit=10)
    return [event_json(row)["data"].get("mode") for row in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Northwind", "Northwind (test)"),
        ("Northwind (test)", "Northwind (test)"),
        ("N" * 200, "N" * 193 + " (test)"),
    ],
)
def test_the_name_of_a_sandbox_ends_with_it(name: str, expected: str) -> None:
    """Also where it is as long as a name may be."""
    assert expected == sandbox.profile_name_of(name)
    assert 200 >= len(expected)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en-IE", "Test: Work"), ("fr", "Essai : Work"), ("ta-Latn", "Test: Work")],
)
def test_the_name_of_a_credential_says_it_in_its_language(language: str, expected: str) -> None:
    """In English where we do not know the word."""
    built = {
        "type": ["VerifiableCredential"],
        "name": "Work",
        "credentialSubject": {"achievement": {"inLanguage": language}},
    }

    marked = sandbox.mark(built)

    assert (expected, ["VerifiableCredential", TEST_CREDENTIAL]) == (marked["name"], marked["type"])
    assert ["VerifiableCredential"] == built["type"]
