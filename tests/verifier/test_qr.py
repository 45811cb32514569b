"""The address in a QR code."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.qr import (
    TOKEN_SIGNS,
    CheckAddress,
    check_address,
    parse_check_address,
    parse_share_url,
    parse_token,
)

BASE = "https://verify.microintern.example"
TOKEN = "7k3m9qx2fd8rw5vhn0cyt4bg6z"
ADDRESS = CheckAddress(issuer_host="issuer.microintern.example", token=TOKEN)


def test_a_check_address_names_the_verifier_and_the_issuers_host() -> None:
    """In letters, so that a person can read who will be asked."""
    assert f"{BASE}/c/issuer.microintern.example/{TOKEN}" == check_address(
        BASE, f"https://issuer.microintern.example/s/{TOKEN}"
    )


def test_a_check_address_reads_back() -> None:
    """With the port of a loopback issuer as well."""
    share = f"http://127.0.0.1:8100/s/{TOKEN}"
    address = check_address("http://127.0.0.1:8200", share)

    assert CheckAddress(issuer_host="127.0.0.1:8100", token=TOKEN) == parse_check_address(
        address, "http://127.0.0.1:8200"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}/c/issuer.microintern.example/{TOKEN}",
        f"{BASE}/c/ISSUER.microintern.example/{TOKEN.upper()}",
        f"  HTTPS://VERIFY.microintern.example/c/issuer.microintern.example/{TOKEN}\n",
        f"{BASE}/c/issuer.microintern.example/{TOKEN.replace('0', 'O')}",
        f"{BASE}/c/issuer.microintern.example/{TOKEN}#match",
    ],
)
def test_spellings_that_people_make_mean_the_same(text: str) -> None:
    """Upper and lower case are read alike, and the letter O is a zero."""
    assert ADDRESS == parse_check_address(text, BASE)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (f"https://evil.example/c/issuer.microintern.example/{TOKEN}", "evil.example"),
        (f"http://verify.microintern.example/c/a.example/{TOKEN}", "verify.microintern.example"),
        (f"https://verify.microintern.example.evil.example/c/a.example/{TOKEN}", "evil.example"),
        (f"https://verify.microintern.example:444/c/a.example/{TOKEN}", ":444"),
        (f"https://issuer.microintern.example/s/{TOKEN}", "issuer.microintern.example"),
    ],
)
def test_a_code_of_another_site_is_named_and_not_opened(text: str, host: str) -> None:
    """The danger is a look-alike page that says "genuine"."""
    with pytest.raises(UncheckedError) as caught:
        parse_check_address(text, BASE)

    assert Code.ADDRESS_NOT_ALLOWED is caught.value.code
    assert caught.value.detail.startswith("This code points to another site: ")
    assert caught.value.detail.endswith("We did not open it.")
    assert host in caught.value.detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "issuer",
        "javascript:alert(1)",
        f"{BASE}/",
        f"{BASE}/c/issuer.microintern.example/",
        f"{BASE}/c/issuer.microintern.example/{TOKEN[:-1]}",
        f"{BASE}/c/issuer.microintern.example/{TOKEN[:-1]}u",
        f"{BASE}/c/issuer.microintern.example/{TOKEN}?to=https://evil.example",
        f"{BASE}/c/../{TOKEN}",
        f"{BASE}/c/user@evil.example/{TOKEN}",
        f"{BASE}/c/a.example%2Fx/{TOKEN}",
        f"{BASE}/c/a.example:0/{TOKEN}",
        f"https://user@verify.microintern.example/c/a.example/{TOKEN}",
        "https://[::1/",
        "https://x" + "y" * 5000,
    ],
)
def test_what_is_no_check_address_is_refused(text: str) -> None:
    """With our own error and nothing else."""
    with pytest.raises(RefusedError):
        parse_check_address(text, BASE)


def test_a_share_is_fetched_over_https_but_for_loopback() -> None:
    """Whether loopback may be visited at all is for the door to say."""
    local = CheckAddress(issuer_host="127.0.0.1:8100", token=TOKEN)

    assert f"https://issuer.microintern.example/s/{TOKEN}.json" == ADDRESS.share_url
    assert f"http://127.0.0.1:8100/s/{TOKEN}.json" == local.share_url


def test_a_share_link_over_plain_http_is_none() -> None:
    """Only https, but for loopback."""
    assert ADDRESS == parse_share_url(f"https://issuer.microintern.example/s/{TOKEN}.json")
    assert None is parse_share_url(f"http://issuer.microintern.example/s/{TOKEN}")
    assert None is parse_share_url("https://issuer.microintern.example/s/short")


def test_only_share_links_become_check_addresses() -> None:
    """The issuer finds out at once."""
    with pytest.raises(RefusedError):
        check_address(BASE, "https://issuer.example/credentials/1")


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_our_own_error(text: str) -> None:
    """A scanner meets anything."""
    with contextlib.suppress(CheckError):
        assert parse_check_address(text, BASE).token
    with contextlib.suppress(CheckError):
        assert TOKEN_SIGNS == len(parse_token(text))
