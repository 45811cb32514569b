"""The guarded door: what it brings in, what it refuses to visit, and that it always ends.

Servers are on loopback and listed by ``host:port``. A canary listens there too, unlisted: no
spelling of an address may reach it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import hostile_server as hostile
from tests.hostile_server import Behaviour, HostileServer, serve
from verifier import limits
from verifier.errors import Code, MissingError, UncheckedError
from verifier.fetch import BudgetedFetch, FetchSettings, GuardedFetch
from verifier.sources import Fetched

ACCEPT = "application/json"
SECONDS = 0.4
"""The time of one request in these tests: the modes that wait would wait for ever."""


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with serve({"/": hostile.answer(b'{"a": 1}', etag='"one"')}) as running:
        yield running


@pytest.fixture(autouse=True)
def _forget(server: HostileServer) -> None:
    server.requests.clear()


def door(*listed: HostileServer, **members: Any) -> BudgetedFetch:
    origins = frozenset(item.origin for item in listed)
    return GuardedFetch(FetchSettings(loopback_origins=origins, **members)).budget()


def get(
    fetch: BudgetedFetch, url: str, *, max_bytes: int = 1000, etag: str | None = None
) -> Fetched:
    return fetch(url, accept=ACCEPT, max_bytes=max_bytes, etag=etag)


def failure_of(fetch: BudgetedFetch, url: str, **members: Any) -> UncheckedError:
    with pytest.raises(UncheckedError) as caught:
        get(fetch, url, **members)
    return caught.value


# --- what it brings in ------------------------------------------------------------------


def test_a_listed_origin_is_fetched(server: HostileServer) -> None:
    """A body comes with its type and its entity tag."""
    fetched = get(door(server), server.url("/"))

    assert (
        Fetched(
            url=server.url("/"), content_type="application/json", body=b'{"a": 1}', etag='"one"'
        )
        == fetched
    )


def test_nothing_that_tells_who_asks_is_sent(server: HostileServer) -> None:
    """No cookie, no referrer, no credentials, and no request for a compressed body."""
    get(door(server), server.url("/"))
    (request,) = server.requests

    assert {"host", "user-agent", "accept-encoding", "accept"} == set(request.headers)
    assert "identity" == request.headers["accept-encoding"]
    assert server.origin == request.headers["host"]


def test_a_proxy_of_the_environment_is_not_used(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reaches the network is decided here, not by a variable."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert b'{"a": 1}' == get(door(server), server.url("/")).body


def test_an_unchanged_document_is_not_sent_again(server: HostileServer) -> None:
    """A tag that is still current brings no body; another one brings the new document."""
    server.behaviours["/list"] = hostile.answer_with_etag(b"[]", '"two"')
    same = get(door(server), server.url("/list"), etag='"two"')
    other = get(door(server), server.url("/list"), etag='"one"')

    assert (True, b"") == (same.is_unchanged, same.body)
    assert (False, b"[]") == (other.is_unchanged, other.body)


def test_304_is_no_answer_to_who_did_not_ask_for_it(server: HostileServer) -> None:
    """Nothing was kept that could be unchanged."""
    server.behaviours["/304"] = hostile.answer(status=304)

    assert Code.FETCH_FAILED is failure_of(door(server), server.url("/304")).code


@pytest.mark.parametrize("etag", ["naked", '"\xe9"', '"' + "a" * 300 + '"', 'w/"x"', '"a"b"'])
def test_a_tag_that_could_not_be_sent_back_is_forgotten(server: HostileServer, etag: str) -> None:
    """A hostile tag does not become our next request."""
    server.behaviours["/tag"] = hostile.answer(b"{}", etag=etag)

    assert None is get(door(server), server.url("/tag")).etag


def test_a_query_is_kept_and_a_fragment_is_not_sent(server: HostileServer) -> None:
    """The address is asked for as it stands, but for what never leaves a browser either."""
    server.behaviours["/q?a=1"] = hostile.answer(b"{}")

    assert b"{}" == get(door(server), server.url("/q?a=1#part")).body


def test_the_origin_map_leads_inside(server: HostileServer) -> None:
    """A public origin is asked for at its address inside, whatever the case of its name."""
    mapped = {"https://issuer.example": server.url().rstrip("/")}
    fetched = get(door(origin_map=mapped), "https://Issuer.Example/")

    assert (b'{"a": 1}', "https://Issuer.Example/") == (fetched.body, fetched.url)


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/",
        "https://issuer.example:8443/",
        "https://issuer.example.evil.example/",
        "https://issuer.example@127.0.0.1/",
    ],
)
def test_the_origin_map_leads_no_other_origin_inside(server: HostileServer, url: str) -> None:
    """Scheme, host and port are compared as a whole."""
    mapped = {"https://issuer.example": server.url().rstrip("/")}
    failure_of(door(origin_map=mapped, resolver=no_such_name), url)

    assert [] == server.requests


# --- what it refuses to visit -----------------------------------------------------------


def no_such_name(*_question: Any) -> list[Any]:
    raise socket.gaierror("no such name")


def system_resolver(host: str, *rest: Any) -> list[Any]:
    """The real one, with its own ideas about numbers, but without the internet."""
    if host.endswith(".example"):
        raise socket.gaierror("no such name")
    return list(socket.getaddrinfo(host, *rest))


def resolver_of(*addresses: str) -> Any:
    """A resolver that gives one of ``addresses`` after another, a new one at each question."""
    answers = iter([[address] for address in addresses])
    return resolver_of_sets(answers)


def resolver_of_sets(answers: Iterator[list[str]]) -> Any:
    def resolve(_host: str, port: int, *_rest: Any) -> list[Any]:
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port, 0, 0) if ":" in address else (address, port),
            )
            for address in next(answers)
        ]

    return resolve


CANARY_HOSTS = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.0.1.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "0.0.0.0",
    "[::]",
    "localhost",
    "LOCALHOST.",
    "anything.localhost",
    "user@127.0.0.1",
    "user:secret@127.0.0.1",
    "public.example@127.0.0.1",
    "127.0.0.1%00.public.example",
    "127%2e0%2e0%2e1",
    "\u0031\u0032\u0037.0.0.1\u3002",
    "\u2460\u2461\u2466.0.0.1",
]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", CANARY_HOSTS)
def test_no_spelling_reaches_an_unlisted_loopback_server(
    server: HostileServer, host: str, scheme: str
) -> None:
    """Whatever an address looks like, an unlisted server on this machine hears nothing."""
    fetch = door(resolver=system_resolver)
    codes = {failure_of(fetch, f"{scheme}://{host}:{server.port}/").code}
    codes |= {failure_of(fetch, f"{scheme}://{host}/").code}

    assert [] == server.requests
    assert codes <= {Code.ADDRESS_NOT_ALLOWED, Code.FETCH_FAILED}
    assert scheme == "https" or codes == {Code.ADDRESS_NOT_ALLOWED}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_a_public_name_of_a_private_address_is_not_visited(address: str) -> None:
    """The address decides, not the name: metadata, private, shared, reserved, translated."""
    fetch = door(resolver=resolver_of(address))

    assert Code.ADDRESS_NOT_ALLOWED is failure_of(fetch, "https://public.example/").code


def test_one_private_address_among_public_ones_is_enough() -> None:
    """All addresses of a name are checked, not the first."""
    fetch = door(resolver=resolver_of_sets(iter([["9.9.9.9", "127.0.0.1"]])))

    assert Code.ADDRESS_NOT_ALLOWED is failure_of(fetch, "https://public.example/").code


def test_a_name_that_changes_its_address_is_asked_once() -> None:
    """DNS rebinding: the address that was checked is the one that is connected to, and there
    is no second question whose answer could differ."""
    asked: list[str] = []

    def resolve(host: str, port: int, *rest: Any) -> list[Any]:
        asked.append(host)
        address = "169.254.169.254" if len(asked) == 1 else "9.9.9.9"
        return list(resolver_of(address)(host, port, *rest))

    fetch = door(resolver=resolve)

    assert Code.ADDRESS_NOT_ALLOWED is failure_of(fetch, "https://rebinding.example/").code
    assert ["rebinding.example"] == asked


def test_the_connection_goes_to_the_answer_that_was_checked(server: HostileServer) -> None:
    """One question for one request, and its answer is where the request arrives."""
    mapped = {"https://issuer.example": f"http://inside.example:{server.port}"}
    fetch = door(origin_map=mapped, resolver=resolver_of("127.0.0.1"))

    assert b'{"a": 1}' == get(fetch, "https://issuer.example/").body


@pytest.mark.parametrize(
    "url",
    [
        "",
        "issuer.example",
        "//issuer.example/",
        "https://",
        "https:///path",
        "https://issuer.example:0/",
        "https://issuer.example:8443/",
        "https://issuer.example:99999/",
        "https://issuer.example:x/",
        "https://[::1/",
        "https://issuer..example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 200 + "example/",
        "https://issuer.example/" + "a" * limits.URL_CHARACTERS,
        "https://b\u00fccher.example/",
        "http://issuer.example/",
        "ftp://issuer.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "data:application/json,{}",
        "javascript:alert(1)",
        "did:web:issuer.example",
        "unix:///run/docker.sock",
    ],
)
def test_what_is_no_https_address_is_not_visited(url: str) -> None:
    """Other schemes, other ports, no host, too long, not ASCII."""

    def resolve(*_question: Any) -> list[Any]:
        raise AssertionError("no name may be looked up")

    assert Code.ADDRESS_NOT_ALLOWED is failure_of(door(resolver=resolve), url).code


def test_a_listed_port_lists_no_other_port(server: HostileServer) -> None:
    """Plain http goes to exactly the origins that are listed."""
    with serve({"/": hostile.answer(b"{}")}) as canary:
        code = failure_of(door(server), canary.url("/")).code

        assert Code.ADDRESS_NOT_ALLOWED is code
        assert [] == canary.requests


def test_a_listed_origin_is_not_another_spelling_of_it(server: HostileServer) -> None:
    """``127.0.0.1`` listed does not list ``localhost``, nor a name in front of it."""
    for url in (f"http://localhost:{server.port}/", f"http://{server.origin}@evil.example/"):
        assert Code.ADDRESS_NOT_ALLOWED is failure_of(door(server), url).code

    assert [] == server.requests


@pytest.mark.parametrize("to", ["/", "http://169.254.169.254/", "file:///etc/passwd", "/loop"])
def test_a_redirect_is_not_followed(server: HostileServer, to: str) -> None:
    """Not even to the same server: nobody but the caller chooses an address."""
    server.behaviours["/loop"] = hostile.redirect(to)

    assert Code.FETCH_FAILED is failure_of(door(server), server.url("/loop")).code
    assert ["/loop"] == server.paths()


_OFFLINE = GuardedFetch(FetchSettings(resolver=no_such_name))


@settings(max_examples=300, deadline=None)
@given(url=st.text(max_size=60) | st.text(max_size=40).map("https://{}".format))
def test_no_text_makes_it_raise_anything_else(url: str) -> None:
    """An address from outside is any text at all."""
    with pytest.raises(UncheckedError):
        get(_OFFLINE.budget(), url)


# --- what servers do --------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_nothing_there_is_told_apart(server: HostileServer, status: int) -> None:
    """A share that is off answers like this; it is no fault of the network."""
    server.behaviours["/gone"] = hostile.answer(b"no", status=status)

    assert isinstance(failure_of(door(server), server.url("/gone")), MissingError)


@pytest.mark.parametrize("status", [201, 204, 206, 300, 400, 401, 403, 429, 500, 502, 503])
def test_only_200_is_an_answer(server: HostileServer, status: int) -> None:
    """What comes with another status is not looked at."""
    server.behaviours["/status"] = hostile.answer(b"{}", status=status)
    error = failure_of(door(server), server.url("/status"))

    assert (Code.FETCH_FAILED, False) == (error.code, isinstance(error, MissingError))


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (hostile.hang, Code.FETCH_TIMEOUT),
        (hostile.drip_headers, Code.FETCH_TIMEOUT),
        (hostile.drip_body, Code.FETCH_TIMEOUT),
        (hostile.drip_interim, Code.FETCH_TIMEOUT),
        (hostile.endless_body, Code.LIMIT_EXCEEDED),
        (hostile.endless_headers, Code.FETCH_FAILED),
        (hostile.gibberish, Code.FETCH_FAILED),
        (hostile.hang_up, Code.FETCH_FAILED),
        (hostile.cut_short, Code.FETCH_FAILED),
        (hostile.compressed, Code.FETCH_FAILED),
    ],
)
def test_every_hostile_answer_ends_in_time(
    server: HostileServer, behaviour: Behaviour, code: Code
) -> None:
    """A slow sender cannot restart the clock, and nothing is opened or kept without bound."""
    server.behaviours["/hostile"] = behaviour
    fetch = door(server, request_seconds=SECONDS)
    started = time.monotonic()
    error = failure_of(fetch, server.url("/hostile"))

    assert code is error.code
    assert time.monotonic() - started < SECONDS + 2


def test_a_name_server_that_does_not_answer_ends_in_time() -> None:
    """The system's look-up takes no time-out of its own."""
    release = threading.Event()

    def resolve(*_question: Any) -> list[Any]:
        release.wait()
        raise socket.gaierror("too late")

    started = time.monotonic()
    error = failure_of(door(resolver=resolve, request_seconds=SECONDS), "https://slow.example/")
    release.set()

    assert Code.FETCH_TIMEOUT is error.code
    assert time.monotonic() - started < SECONDS + 2


def test_a_host_that_takes_no_connection_has_failed() -> None:
    """A closed port, and a name that does not exist."""
    with serve({}) as gone:
        pass
    closed = failure_of(door(gone), gone.url("/")).code
    unknown = failure_of(door(resolver=no_such_name), "https://no.example/").code

    assert [Code.FETCH_FAILED] * 2 == [closed, unknown]


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
def test_a_body_is_read_up_to_the_bound(server: HostileServer, size: int, fits: bool) -> None:
    """The last byte that is allowed is allowed."""
    server.behaviours["/size"] = hostile.answer(b"x" * size)
    fetch = door(server)

    if fits:
        assert size == len(get(fetch, server.url("/size")).body)
    else:
        assert Code.LIMIT_EXCEEDED is failure_of(fetch, server.url("/size")).code


def test_a_body_may_say_that_it_is_not_compressed(server: HostileServer) -> None:
    """``identity`` is the name of no compression at all (RFC 9110, section 8.4.1)."""
    server.behaviours["/identity"] = hostile.answer(b"{}", content_encoding="Identity")

    assert b"{}" == get(door(server), server.url("/identity")).body


# --- the budget of one verification -----------------------------------------------------


def test_one_address_is_asked_for_once(server: HostileServer) -> None:
    """Two entries in one list cost one request, whether it succeeds or fails."""
    fetch = door(server)
    answers = [get(fetch, server.url("/")) for _ in range(3)]
    failures = {failure_of(fetch, server.url("/none")).code for _ in range(3)}

    assert [answers[0]] * 3 == answers
    assert {Code.FETCH_FAILED} == failures
    assert ["/", "/none"] == server.paths()


def test_a_verification_makes_a_bounded_number_of_requests(server: HostileServer) -> None:
    """Nobody uses us as an amplifier; another verification has a budget of its own."""
    guarded = GuardedFetch(FetchSettings(loopback_origins=frozenset({server.origin})))
    fetch = guarded.budget()
    for number in range(limits.FETCHES):
        get(fetch, server.url("/"), etag=f'"{number}"')
    error = failure_of(fetch, server.url("/"), etag='"more"')

    assert Code.LIMIT_EXCEEDED is error.code
    assert limits.FETCHES == len(server.requests)
    assert b'{"a": 1}' == get(guarded.budget(), server.url("/")).body


def test_a_verification_reads_a_bounded_number_of_bytes(server: HostileServer) -> None:
    """Also when each body is within its own limit, and counting those that were not; another
    verification has a budget of its own."""
    half = limits.FETCHED_BYTES // 2
    server.behaviours["/half"] = hostile.answer(bytes(half))
    guarded = GuardedFetch(FetchSettings(loopback_origins=frozenset({server.origin})))
    fetch = guarded.budget()
    get(fetch, server.url("/half"), max_bytes=half)
    failure_of(fetch, server.url("/half"), etag='"1"', max_bytes=half - 1)
    error = failure_of(fetch, server.url("/half"), etag='"2"', max_bytes=half)

    assert Code.LIMIT_EXCEEDED is error.code
    assert half == len(get(guarded.budget(), server.url("/half"), max_bytes=half).body)


def test_all_requests_of_a_verification_share_one_time(server: HostileServer) -> None:
    """Many slow lists cost no more than one."""
    fetch = door(server, verification_seconds=SECONDS)
    for number in range(8):
        server.behaviours[f"/slow{number}"] = hostile.hang
    started = time.monotonic()
    codes = {failure_of(fetch, server.url(f"/slow{number}")).code for number in range(8)}

    assert {Code.FETCH_TIMEOUT} == codes
    assert time.monotonic() - started < SECONDS + 2


def test_the_time_is_that_of_the_clock_that_was_given(server: HostileServer) -> None:
    """A clock that stands still ends nothing; one that has run out ends everything at once."""
    still = GuardedFetch(
        FetchSettings(loopback_origins=frozenset({server.origin})), monotonic=lambda: 0.0
    )
    hours = iter(range(0, 100_000, 3600))
    running = GuardedFetch(
        FetchSettings(loopback_origins=frozenset({server.origin})), monotonic=lambda: next(hours)
    )

    assert b'{"a": 1}' == get(still.budget(), server.url("/")).body
    assert Code.FETCH_TIMEOUT is failure_of(running.budget(), server.url("/")).code
    assert 1 == len(server.requests)


def test_one_door_serves_many_threads(server: HostileServer) -> None:
    """The door holds no state that two verifications could mix up."""
    for number in range(20):
        server.behaviours[f"/{number}"] = hostile.answer(str(number).encode())
    guarded = GuardedFetch(FetchSettings(loopback_origins=frozenset({server.origin})))

    def ask(number: int) -> bytes:
        return get(guarded.budget(), server.url(f"/{number}")).body

    with ThreadPoolExecutor(10) as pool:
        bodies = list(pool.map(ask, list(range(20)) * 3))

    assert [str(number).encode() for number in range(20)] * 3 == bodies


def test_threads_of_one_verification_ask_once(server: HostileServer) -> None:
    """Coalescing holds when two ask at the same moment."""
    fetch = door(server)
    with ThreadPoolExecutor(8) as pool:
        bodies = set(pool.map(lambda _: get(fetch, server.url("/")).body, range(8)))

    assert ({b'{"a": 1}'}, ["/"]) == (bodies, server.paths())


# --- telling others -----------------------------------------------------------------------


def post(url: str, *listed: HostileServer) -> int:
    origins = frozenset(item.origin for item in listed)
    out = GuardedFetch(FetchSettings(loopback_origins=origins, request_seconds=SECONDS))
    return out.post(url, {"content-type": ACCEPT}, b'{"a": 1}')


def test_what_is_sent_arrives_whole(server: HostileServer) -> None:
    """Body and headers; the status is all that comes back."""
    assert 200 == post(server.url(), server)
    assert [b'{"a": 1}'] == [request.body for request in server.requests]
    assert ACCEPT == server.requests[0].headers["content-type"]


def test_an_answer_without_an_end_is_not_read(server: HostileServer) -> None:
    """Its status is known, and nobody waits for the rest."""
    with serve({"/": hostile.endless_body}) as endless:
        assert 200 == post(endless.url(), endless)


def test_what_is_sent_follows_no_redirect(server: HostileServer) -> None:
    """The canary hears nothing."""
    with serve({"/": hostile.redirect(server.url())}) as pointing:
        assert 302 == post(pointing.url(), pointing, server)
    assert [] == server.requests


@pytest.mark.parametrize("behave", [hostile.hang, hostile.hang_up, hostile.drip_headers])
def test_whoever_does_not_answer_is_told_apart(behave: Behaviour) -> None:
    """No answer is no status."""
    with serve({"/": behave}) as silent, pytest.raises(UncheckedError) as caught:
        post(silent.url(), silent)

    assert caught.value.code in (Code.FETCH_TIMEOUT, Code.FETCH_FAILED)


def test_nothing_is_sent_where_nothing_may_be_fetched(server: HostileServer) -> None:
    """The same guard: plain http, loopback and private addresses are closed."""
    for url in (server.url(), f"https://{server.origin}/", "https://10.0.0.1/", "ftp://a.example/"):
        with pytest.raises(UncheckedError) as caught:
            post(url)
        assert Code.ADDRESS_NOT_ALLOWED is caught.value.code
        with pytest.raises(UncheckedError):
            GuardedFetch(FetchSettings()).check(url)
    assert [] == server.requests
    GuardedFetch(FetchSettings()).check("https://platform.example/hook")
