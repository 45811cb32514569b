"""The address of a status list, asked for a status token: the same places, another form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from issuer import limits
from issuer.errors import IssuerCode, NotFoundError, OwnFaultError
from issuer.own_sources import own_sources
from issuer.signed_tokens import SignedTokens
from issuer.signing.keyring import open_keyring
from issuer.status_list import publish
from issuer.token_status_list import publish_token
from tests.issuer.web.site import Site, completion, json_of
from verifier.errors import Code
from verifier.policy import STANDARD
from verifier.proofs.jws import parse_jws
from verifier.report import Check, Result
from verifier.sources import Fetch
from verifier.status.bitstring import decode_list, read_bits
from verifier.status.check import EstablishedList, StatusCache, check_status
from verifier.status.token_status_list import MEDIA_TYPE, parse_status_list, read_value
from verifier.strict_json import JsonObject, parse_json_object


def issue(site: Site) -> JsonObject:
    """A new credential by the issuer *ours*, with one entry for revocation."""
    found: JsonObject = site.complete()["verifiableCredential"]
    return found


def revoke(site: Site, credential: JsonObject) -> None:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    body = {"credentialId": credential["id"], "credentialStatus": entry, "status": True}
    assert 200 == site.post("/credentials/status", body).status_code


def place(credential: JsonObject) -> tuple[str, int]:
    """The address of the list, and the index."""
    entry = credential["credentialStatus"]
    return entry["statusListCredential"], int(entry["statusListIndex"])


def token_at(site: Site, url: str) -> str:
    response = site.get(url, Accept=MEDIA_TYPE)
    assert 200 == response.status_code
    return str(response.get_data(as_text=True))


def claims_of(token: str) -> JsonObject:
    return parse_json_object(parse_jws(token).unverified_payload)


def _never(_body: bytes) -> EstablishedList:
    raise AssertionError("a token is no list credential")


def check(site: Site, credential: JsonObject, fetch: Fetch | None = None) -> Check:
    """What our verifier reads of the place, through the token."""
    uri, index = place(credential)
    (found,), _ = check_status(
        ({"type": "TokenStatusList", "idx": index, "uri": uri},),
        issuer=site.issuers["ours"].did,
        now=site.clock(),
        policy=STANDARD,
        fetch=fetch or site.fetch,
        verify_list=_never,
        cache=StatusCache(),
    )
    return found


def test_the_token_of_a_list_verifies_and_says_what_the_list_says(site: Site) -> None:
    """Valid, then revoked; signed by the issuer's own key."""
    credential = issue(site)
    before = check(site, credential)
    revoke(site, credential)
    site.clock.move(seconds=limits.STATUS_CHANGE_SECONDS)
    after = check(site, credential)

    assert Result.PASSED is before.result
    assert after.problem is not None
    assert (Result.FAILED, Code.REVOKED) == (after.result, after.problem.code)


def test_both_forms_have_the_same_bits(site: Site) -> None:
    """Every place, in the two orders."""
    credential = issue(site)
    revoke(site, credential)
    uri, index = place(credential)
    bits = decode_list(json_of(site.get(uri))["credentialSubject"]["encodedList"])
    values = parse_status_list(claims_of(token_at(site, uri))["status_list"])

    set_in_both = [
        [at for at in range(131_072) if read(at)]
        for read in (lambda at: read_bits(bits, at), lambda at: read_value(values, at))
    ]

    assert [[index], [index]] == set_in_both


def test_a_token_has_the_claims_of_the_standard(site: Site) -> None:
    """Section 5.1: for this address, from the time of the list on, for a day."""
    uri, _ = place(issue(site))
    token = token_at(site, uri)

    claims = claims_of(token)
    issued = int(site.clock().timestamp())
    assert (uri, issued, issued + 86_400, 3_600, 1) == (
        *(claims[name] for name in ("sub", "iat", "exp", "ttl")),
        claims["status_list"]["bits"],
    )
    kid = f"{site.issuers['ours'].did}#"
    header = parse_jws(token).unverified_header
    assert ("EdDSA", "statuslist+jwt", kid) == (
        header["alg"],
        header["typ"],
        header["kid"][: len(kid)],
    )


def test_the_answer_may_be_read_and_kept_by_everybody(site: Site) -> None:
    """CORS, a short life, a tag that spares the body, and the name of the form."""
    uri, _ = place(issue(site))
    response = site.get(uri, Accept=MEDIA_TYPE)
    again = site.get(uri, Accept=MEDIA_TYPE, If_None_Match=response.headers["ETag"])
    as_json = site.get(uri)

    assert MEDIA_TYPE == response.content_type
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert "Accept" in response.headers["Vary"]
    assert 30 >= int(response.headers["Cache-Control"].rpartition("=")[2])
    assert (304, b"") == (again.status_code, again.data)
    assert "json" in as_json.content_type
    assert response.headers["ETag"] != as_json.headers["ETag"]


@pytest.mark.parametrize(
    ("accept", "is_token"),
    [
        (MEDIA_TYPE, True),
        (f"{MEDIA_TYPE}, application/json;q=0.5", True),
        (f"application/json, {MEDIA_TYPE};q=0.5", False),
        ("*/*", False),
        ("application/vc", False),
        ("text/html", False),
    ],
)
def test_the_token_is_for_those_who_ask_for_it(site: Site, accept: str, is_token: bool) -> None:
    """Everybody else gets the credential."""
    uri, _ = place(issue(site))

    assert is_token == (MEDIA_TYPE == site.get(uri, Accept=accept).content_type)


def test_a_token_is_signed_once_for_a_list(site: Site) -> None:
    """Asking again gives the same bytes; a change gives others."""
    credential = issue(site)
    uri, _ = place(credential)
    first, second = (site.get(uri, Accept=MEDIA_TYPE) for _ in range(2))
    revoke(site, credential)
    site.clock.move(seconds=limits.STATUS_CHANGE_SECONDS)
    third = site.get(uri, Accept=MEDIA_TYPE)

    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])
    assert first.data != third.data
    assert first.headers["ETag"] != third.headers["ETag"]


def test_there_is_no_token_of_suspensions(site: Site) -> None:
    """A set bit would say INVALID, which is final; the list itself is there as ever."""
    answer = site.post("/completions", completion(), key="theirs")
    entries = json_of(answer)["verifiableCredential"]["credentialStatus"]
    urls = {entry["statusPurpose"]: entry["statusListCredential"] for entry in entries}

    assert 200 == site.get(urls["revocation"], Accept=MEDIA_TYPE).status_code
    assert 404 == site.get(urls["suspension"], Accept=MEDIA_TYPE).status_code
    assert 200 == site.get(urls["suspension"]).status_code


@pytest.mark.parametrize("list_id", ["nothing", "0" * 32])
def test_there_is_no_token_of_no_list(site: Site, list_id: str) -> None:
    """404, as for the list."""
    assert 404 == site.get(f"/status/{list_id}", Accept=MEDIA_TYPE).status_code


def test_our_own_verifier_reads_it_without_a_network(site: Site) -> None:
    """What the issuer checks of its own output before it goes out."""
    office, now = site.services.office, site.clock()
    credential = issue(site)
    sources = own_sources(
        office,
        find_list=lambda list_id: publish(office, list_id, now=now),
        find_token=lambda list_id: publish_token(office, list_id, now=now),
    )

    assert Result.PASSED is check(site, credential, sources.fetch).result


def test_a_key_that_is_not_the_published_one_signs_nothing(site: Site, tmp_path: object) -> None:
    """A token that nobody could verify does not go out."""
    uri, _ = place(issue(site))
    list_id = uri.rpartition("/")[2]
    office = replace(
        site.services.office,
        keyring=open_keyring(f"file:{tmp_path}/other", passphrase_file=None),
        signed_tokens=SignedTokens(),
    )

    with pytest.raises(OwnFaultError) as caught:
        publish_token(office, list_id, now=site.clock())

    assert caught.value.code in {IssuerCode.KEYS_UNUSABLE, IssuerCode.SIGNER_UNAVAILABLE}
    with pytest.raises(NotFoundError):
        publish_token(office, "nothing", now=site.clock())


def test_kept_tokens_are_bounded() -> None:
    """The first one makes room."""
    kept = SignedTokens()
    for number in range(limits.STATUS_TOKENS_KEPT + 1):
        kept.put(str(number), "token")

    assert kept.get("0") is None
    assert "token" == kept.get("1")
