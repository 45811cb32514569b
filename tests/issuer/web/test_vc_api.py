"""VC-API: what clients and conformance suites rely on when they issue and change a status."""

from __future__ import annotations

from copy import deepcopy

import pytest

from issuer import tenants
from issuer.store.rows import StatusPolicy
from tests.issuer.web.site import BASE_URL, Site, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from verifier.errors import Code
from verifier.report import Outcome
from verifier.strict_json import JsonObject, JsonValue

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
GONE = object()


def credential(site: Site, **members: object) -> JsonObject:
    """A small credential of data model 2.0; ``GONE`` takes a member away."""
    document: JsonObject = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": site.issuers["ours"].did,
        "credentialSubject": {"id": "did:example:subject"},
    } | members
    return {name: value for name, value in document.items() if value is not GONE}


def old_credential(site: Site, **members: object) -> JsonObject:
    """The same of data model 1.1."""
    old = {"@context": [V1], "id": "urn:uuid:0892f680-6aeb-11eb-9bcf-f10d8993fde7"}
    return credential(site, **(old | {"issuanceDate": "2020-03-16T22:37:26Z"} | members))


def issue(site: Site, document: JsonValue, **headers: str) -> JsonObject:
    """Issue and insist on success: the signed document."""
    response = site.post("/credentials/issue", {"credential": document}, **headers)
    assert response.status_code == 201, response.get_data(as_text=True)
    return json_of(response)["verifiableCredential"]  # type: ignore[no-any-return]


def status_change(
    credential_id: str, purpose: str = "revocation", value: bool = True
) -> JsonObject:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
    return {"credentialId": credential_id, "credentialStatus": entry, "status": value}


# --- issue ------------------------------------------------------------------------------


def test_a_document_is_signed_as_it_is(site: Site) -> None:
    """Nothing of the caller's is changed, left out or put in but status and proof."""
    document = credential(
        site,
        id="urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        name="A name",
        credentialSubject={"id": "did:example:subject", "name": "Ünïcødé"},
    )

    signed = issue(site, document)

    added = {"proof", "credentialStatus"}
    assert added == set(signed) - set(document)
    assert document == {name: value for name, value in signed.items() if name not in added}
    assert site.is_verified(signed)


def test_the_answer_is_json_unless_application_vc_is_asked_for(site: Site) -> None:
    """Clients read a body only if its type has json in it."""
    body = {"credential": credential(site)}
    asked = {
        "application/ld+json, application/json": "application/json",
        "*/*": "application/json",
        "application/vc": "application/vc",
        "text/html": "application/json",
    }
    for accept, expected in asked.items():
        response = site.post("/credentials/issue", body, Accept=accept)

        assert (201, expected) == (response.status_code, response.content_type)
        assert ("proof" in json_of(response)) is (expected == "application/vc")


@pytest.mark.parametrize("path", ["/issuers/ours/credentials/issue", "/issuers/ours"])
def test_the_address_names_the_issuer(site: Site, path: str) -> None:
    """The issuer-scoped route signs with that issuer, and its short form does."""
    response = site.post(path, {"credential": credential(site), "options": {}})

    assert 201 == response.status_code
    assert site.is_verified(json_of(response)["verifiableCredential"])


def test_a_status_is_changed_below_the_issuer_too(site: Site) -> None:
    """The address that belongs to the one of issuing."""
    document = credential(site, id="urn:uuid:1c8e2a1e-6a29-4b5c-8f21-5a5e5a0b5c12")
    signed = issue(site, document)

    response = site.post("/issuers/ours/credentials/status", status_change(document["id"]))

    site.clock.move(seconds=30)
    assert 200 == response.status_code
    assert [Code.REVOKED] == [it.code for it in site.judge(signed).problems]


def test_a_tenant_with_two_issuers_names_the_one_that_signs(site: Site) -> None:
    """In the address or in the document; nobody's key is guessed."""
    services = site.services
    second = tenants.add_issuer(
        services.store,
        tenants.find_tenant(services.store, "ours"),
        name="second",
        profile_name="Second",
        profile_url=None,
        status_policy=StatusPolicy.NONE,
        base_url=BASE_URL,
        keyring=services.office.keyring,
        key_uri=None,
        now=site.clock(),
    )
    body = {"credential": credential(site, issuer=second.did)}

    unnamed = site.post("/credentials/issue", body)
    named = site.post("/issuers/second/credentials/issue", body)
    other = site.post("/issuers/ours/credentials/issue", body)
    nobody = [
        site.post("/credentials/issue", {"credential": credential(site, issuer=issuer)})
        for issuer in ("did:web:victim.example", None, 4, {}, {"id": ["x"]}, GONE)
    ]

    assert second.did == json_of(unnamed)["verifiableCredential"]["issuer"]
    assert {(400, "ISSUER_MISMATCH")} == {(it.status_code, problem_code(it)) for it in nobody}
    assert site.is_verified(json_of(named)["verifiableCredential"])
    assert "credentialStatus" not in json_of(named)["verifiableCredential"]
    assert (400, "ISSUER_MISMATCH") == (other.status_code, problem_code(other))


def test_where_the_policy_says_so_a_status_is_attached(site: Site) -> None:
    """An index as text, an https list, an id that is not the list's."""
    entry = issue(site, credential(site))["credentialStatus"]

    assert "BitstringStatusListEntry" == entry["type"]
    assert "revocation" == entry["statusPurpose"]
    assert entry["statusListIndex"].isdecimal()
    assert entry["statusListCredential"].startswith("https://")
    assert entry["statusListCredential"] != entry["id"]


def test_a_credential_of_data_model_1_1(site: Site) -> None:
    """Signed with the context that its proof needs; no status, whose terms it lacks."""
    signed = issue(site, old_credential(site))

    assert [V1, DATA_INTEGRITY] == signed["@context"]
    assert "credentialStatus" not in signed
    assert site.is_verified(signed)


def test_the_same_document_as_often_as_it_is_sent(site: Site) -> None:
    """Ids are the caller's; each issuance has a number of its own."""
    body = {"credential": credential(site, id="urn:uuid:1c8e2a1e-6a29-4b5c-8f21-5a5e5a0b5c11")}
    first, second = (site.post("/credentials/issue", body) for _ in range(2))

    assert (201, 201) == (first.status_code, second.status_code)
    assert first.headers["Location"] != second.headers["Location"]


def test_an_idempotency_key_makes_two_calls_one(site: Site) -> None:
    """The same bytes; with another document 422."""
    body = {"credential": credential(site)}
    first, again = (site.post("/credentials/issue", body, Idempotency_Key="k") for _ in range(2))
    other = site.post(
        "/credentials/issue", {"credential": credential(site, name="x")}, Idempotency_Key="k"
    )

    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"]
    assert (422, "IDEMPOTENCY_CONFLICT") == (other.status_code, problem_code(other))


def test_a_number_finds_the_same_bytes_again(site: Site) -> None:
    """What was signed is what is kept."""
    response = site.post("/credentials/issue", {"credential": credential(site)})

    found = site.get(response.headers["Location"], key="read")

    assert response.data == b'{"verifiableCredential":' + found.data + b"}"
    assert "application/json" == found.content_type
    bare = site.get(response.headers["Location"], key="read", Accept="application/vc")
    assert "application/vc" == bare.content_type


ACCEPTED: dict[str, JsonObject] = {
    "no id, no dates": {},
    "already ended": {"validFrom": "2020-01-01T00:00:00Z", "validUntil": "2023-01-01T00:00:00Z"},
    "milliseconds and an offset": {"validFrom": "2024-05-10T15:00:00.123+02:00"},
    "issuer's name in three languages": {
        "issuer": {
            "name": [
                {"@value": "N", "@language": "en"},
                {"@value": "ن", "@language": "ar", "@direction": "rtl"},
            ]
        },
    },
    "subject without id": {"credentialSubject": {"name": "A name"}},
    "several subjects": {"credentialSubject": [{"id": "did:example:a"}, {"id": "did:example:b"}]},
    "a caller's own status": {
        "@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"],
        "credentialStatus": {"id": "urn:x:1", "type": "SomeOtherStatus"},
    },
    "a schema and terms": {
        "credentialSchema": {"id": "https://x.example/s.json", "type": "JsonSchema"},
        "termsOfUse": {"type": "https://x.example/Terms"},
    },
    "an inline context": {
        "@context": [V2, {"favourite": "https://x.example/favourite"}],
        "favourite": "tea",
    },
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_must_be_issued(site: Site, case: str) -> None:
    """201."""
    members = deepcopy(ACCEPTED[case])
    if isinstance(members.get("issuer"), dict):
        members["issuer"]["id"] = site.issuers["ours"].did
    document = credential(site, **members)

    signed = issue(site, document)

    for name, value in members.items():
        assert value == signed[name]


REFUSED: dict[str, JsonObject] = {
    "no context": {"@context": GONE},
    "context is a number": {"@context": 4},
    "context is an object": {"@context": {"foo": True}},
    "context is false": {"@context": False},
    "context is null": {"@context": None},
    "base context not first": {"@context": ["https://www.w3.org/ns/credentials/examples/v2", V2]},
    "an unknown context": {"@context": [V2, "https://example.com"]},
    "a context with a space": {"@context": [V2, "https ://x.example"]},
    "no type": {"type": GONE},
    "type is a number": {"type": 4},
    "type is null": {"type": None},
    "type is true": {"type": True},
    "type is empty": {"type": []},
    "not a credential": {"type": ["Other"]},
    "an undefined type": {"type": ["VerifiableCredential", "Undefined"]},
    "no issuer": {"issuer": GONE},
    "issuer is null": {"issuer": None},
    "issuer is true": {"issuer": True},
    "issuer is a number": {"issuer": 4},
    "issuer is a list": {"issuer": []},
    "issuer without id": {"issuer": {"name": "x"}},
    "issuer id is null": {"issuer": {"id": None}},
    "somebody else's name": {"issuer": "did:web:victim.example"},
    "no DID": {"issuer": "fake-issuer"},
    "an object of no DID": {"issuer": {"id": "fake-issuer"}},
    "no subject": {"credentialSubject": GONE},
    "subject is null": {"credentialSubject": None},
    "subject is true": {"credentialSubject": True},
    "subject is a number": {"credentialSubject": 4},
    "subject is an empty list": {"credentialSubject": []},
    "subject is a text": {"credentialSubject": "did:example:x"},
    "subject is empty": {"credentialSubject": {}},
    "an empty subject among others": {"credentialSubject": [{"id": "did:example:a"}, {}]},
    "id is null": {"id": None},
    "id is a list": {"id": ["urn:x:1"]},
    "id is no URL": {"id": "not a url"},
    "subject id is no URL": {"credentialSubject": {"id": "not a url"}},
    "a date that is none": {"validFrom": "yesterday"},
    "a day that does not exist": {"validFrom": "2026-02-30T00:00:00Z"},
    "the end before the start": {
        "validFrom": "2025-01-01T00:00:00Z",
        "validUntil": "2024-01-01T00:00:00Z",
    },
    "status without type": {"credentialStatus": {"id": "urn:x:1"}},
    "schema without id": {"credentialSchema": {"type": "JsonSchema"}},
    "evidence without type": {"evidence": {"id": "urn:x:1"}},
    "an undefined member": {"gpa": 4},
    "an undefined member deep inside": {"credentialSubject": {"id": "did:example:a", "gpa": 4}},
    "a relative id": {"credentialSubject": {"id": "../x"}},
    "an inline context that redefines": {
        "@context": [V2, {"VerifiableCredential": "https://x.example/Other"}],
    },
    "a proof": {"proof": {"type": "DataIntegrityProof"}},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_be_refused_is_400_and_leaves_nothing(site: Site, case: str) -> None:
    """No row, and so no place in a status list that nobody has."""
    before = stored_rows(site)

    response = site.post("/credentials/issue", {"credential": credential(site, **REFUSED[case])})

    assert 400 == response.status_code
    assert problem_code(response)
    assert before == stored_rows(site)


def test_an_undefined_member_is_named(site: Site) -> None:
    """With W3C's own type, and where it stands."""
    response = site.post("/credentials/issue", {"credential": credential(site, gpa=4)})

    assert Code.DATA_LOSS_DETECTION_ERROR == problem_code(response)
    assert json_of(response)["type"].startswith("https://w3id.org/security#")
    assert "gpa" in json_of(response)["pointer"] + json_of(response)["detail"]


def test_a_place_in_our_lists_is_ours_to_give(site: Site) -> None:
    """Nobody shares another credential's fate: an entry that was issued is not taken again."""
    entry = issue(site, credential(site))["credentialStatus"]
    before = stored_rows(site)

    for status in (entry, [entry], {"id": entry["id"], "type": "https://x.example/Other"}):
        body = {"credential": credential(site, credentialStatus=status)}
        response = site.post("/credentials/issue", body)

        assert (400, "STATUS_IS_OURS") == (response.status_code, problem_code(response))
    assert before == stored_rows(site)


@pytest.mark.parametrize(
    "change",
    [
        {"@context": GONE}, {"@context": 4}, {"@context": {"foo": True}}, {"@context": None},
        {"type": GONE}, {"type": 4}, {"type": []}, {"issuer": GONE}, {"issuer": []},
        {"credentialSubject": GONE}, {"credentialSubject": "x"}, {"credentialSubject": []},
        {"issuanceDate": "x"},
    ],
)  # fmt: skip
def test_the_old_data_model_is_read_as_strictly(site: Site, change: JsonObject) -> None:
    """The issuer suite's negatives are of data model 1.1."""
    response = site.post("/credentials/issue", {"credential": old_credential(site, **change)})

    assert 400 == response.status_code


@pytest.mark.parametrize(
    "body",
    [
        {}, {"credential": None}, {"credential": "x"}, {"credential": 4}, {"credential": []},
        {"verifiableCredential": {}}, {"credential": {}}, {"credential": {}, "options": 4},
    ],
)  # fmt: skip
def test_a_malformed_request_is_400(site: Site, body: JsonObject) -> None:
    """Missing, of another kind, under another name."""
    response = site.post("/credentials/issue", body)

    assert 400 == response.status_code
    assert "json" in response.content_type


@pytest.mark.parametrize(
    "options", [{"issuer": "did:web:x"}, {"verificationMethod": "k"}, {"credentialStatus": {}}]
)
def test_options_choose_neither_key_nor_status(site: Site, options: JsonObject) -> None:
    """They are the caller's own, and change nothing."""
    response = site.post("/credentials/issue", {"credential": credential(site), "options": options})

    signed = json_of(response)["verifiableCredential"]
    assert signed["proof"]["verificationMethod"].startswith(f"{site.issuers['ours'].did}#")
    assert site.is_verified(signed)


# --- status -----------------------------------------------------------------------------


def test_a_revocation_shows_within_thirty_seconds(site: Site) -> None:
    """In the list that everybody fetches, by an ETag that changed."""
    signed = issue(site, credential(site, id="urn:uuid:6f0f2c5e-1f1a-4d5e-9c3a-0e3a4d2f1b00"))
    url = signed["credentialStatus"]["statusListCredential"]
    before = site.get(url)
    site.clock.move(seconds=60)

    response = site.post("/credentials/status", status_change(signed["id"]))

    assert 200 == response.status_code
    assert json_of(response)["status"] is True
    after = site.get(url, If_None_Match=before.headers["ETag"])
    assert 200 == after.status_code
    report = site.judge(signed)
    assert Outcome.NOT_VERIFIED is report.outcome
    assert Code.REVOKED in {problem.code for problem in report.problems}


def test_revoking_concerns_every_issuance_with_that_id(site: Site) -> None:
    """And no other; repeating it is no error."""
    document = credential(site, id="urn:uuid:0d3f5b7c-2a4e-4f6a-8b1c-3d5e7f9a1b2c")
    twins = [issue(site, document) for _ in range(2)]
    other = issue(site, credential(site, id="urn:uuid:9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"))
    site.clock.move(seconds=60)

    first = site.post("/credentials/status", status_change(document["id"]))
    again = site.post("/credentials/status", status_change(document["id"]))

    assert 2 == len(json_of(first)["issuances"])
    assert 200 == again.status_code
    assert all(site.judge(twin).outcome is Outcome.NOT_VERIFIED for twin in twins)
    assert site.is_verified(other)


def test_a_change_of_status_is_made_once_for_a_key(site: Site) -> None:
    """The first answer again for the same body, 422 for another one."""
    one, two = (issue(site, credential(site, id=f"urn:x:{name}")) for name in ("one", "two"))
    body = status_change(one["id"])
    first, again = (site.post("/credentials/status", body, Idempotency_Key="k") for _ in range(2))
    other = site.post("/credentials/status", status_change(two["id"]), Idempotency_Key="k")

    assert json_of(first) == json_of(again)
    assert (422, "IDEMPOTENCY_CONFLICT") == (other.status_code, problem_code(other))
    assert site.is_verified(two)


def test_by_number_it_concerns_one(site: Site) -> None:
    """A credential without an id has its number."""
    response = site.post("/credentials/issue", {"credential": credential(site)})
    number = response.headers["Location"].rpartition("/")[2]
    site.clock.move(seconds=60)

    changed = site.post("/credentials/status", status_change(number))

    assert [number] == json_of(changed)["issuances"]
    signed = json_of(response)["verifiableCredential"]
    assert Outcome.NOT_VERIFIED is site.judge(signed).outcome


def test_what_cannot_be_told_to_anybody_is_a_conflict(site: Site) -> None:
    """Suspending needs an entry for it; a revocation is never taken back."""
    signed = issue(site, credential(site, id="urn:uuid:11111111-2222-4333-8444-555555555555"))
    changes = [
        (status_change(signed["id"], "suspension"), "NO_STATUS_ENTRY"),
        (status_change(signed["id"], "revocation", value=False), "ALREADY_REVOKED"),
    ]

    for body, code in changes:
        response = site.post("/credentials/status", body)

        assert (409, code) == (response.status_code, problem_code(response))
    assert site.is_verified(signed)


def test_a_credential_without_status_cannot_be_revoked(site: Site) -> None:
    """409, not a success that nobody sees."""
    signed = issue(site, old_credential(site))

    response = site.post("/credentials/status", status_change(signed["id"]))

    assert (409, "NO_STATUS_ENTRY") == (response.status_code, problem_code(response))


@pytest.mark.parametrize("reason", ["wrongPerson", "holderRequest"])
def test_a_reason_stays_inside(site: Site, reason: str) -> None:
    """The public sees a state, never why."""
    answer = site.complete()
    body = status_change(answer["credentialId"]) | {"reason": reason}

    assert 200 == site.post("/credentials/status", body).status_code
    site.clock.move(seconds=60)
    entry = answer["verifiableCredential"]["credentialStatus"]
    for path in (
        answer["share"]["url"],
        f"{answer['share']['url']}.json",
        entry["statusListCredential"],
    ):
        assert reason not in site.get(path).get_data(as_text=True)


def test_a_reason_that_is_not_allowed(site: Site) -> None:
    """Being unhappy with a person is none."""
    answer = site.complete()
    body = status_change(answer["credentialId"]) | {"reason": "leftTheTrial"}

    response = site.post("/credentials/status", body)

    assert (400, "REASON_NOT_ALLOWED") == (response.status_code, problem_code(response))
    assert site.is_verified(answer["verifiableCredential"])


def test_an_unknown_credential_is_404(site: Site) -> None:
    """There is nothing to change."""
    response = site.post("/credentials/status", status_change("urn:uuid:nothing"))

    assert (404, "NOT_FOUND") == (response.status_code, problem_code(response))
