"""A server on loopback that answers as it is told: honestly, or in every hostile way.

Each path has one ``Behaviour``, which writes raw bytes to the connection. What was asked for
is noted. Behaviours that wait end when the server is closed, so that no thread is left.
"""

from __future__ import annotations

import gzip
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[["Exchange"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came; names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One connection on which a request was read."""

    request: Request
    connection: socket.socket
    closing: threading.Event

    def send(self, *parts: bytes) -> None:
        """Write, and do not mind a client that has gone."""
        try:
            for part in parts:
                self.connection.sendall(part)
        except OSError:
            self.closing.wait(0)

    def send_slowly(self, pieces: Iterator[bytes], seconds: float) -> None:
        """Write one piece after another, with a pause before each, until somebody ends it."""
        try:
            for piece in pieces:
                if self.closing.wait(seconds):
                    return
                self.connection.sendall(piece)
        except OSError:
            return


# --- behaviours -------------------------------------------------------------------------


def head(status: int = 200, **headers: str) -> bytes:
    """A status line and headers; ``content_type`` stands for ``content-type``."""
    lines = [f"HTTP/1.1 {status} Said", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answer(body: bytes = b"", status: int = 200, **headers: str) -> Behaviour:
    """One whole, honest answer."""
    headers = {"content_type": "application/json", **headers, "content_length": str(len(body))}
    return lambda exchange: exchange.send(head(status, **headers), body)


def answer_with_etag(body: bytes, etag: str) -> Behaviour:
    """An answer that is not repeated to whoever has it (RFC 9110, section 13.1.2)."""

    def behave(exchange: Exchange) -> None:
        if exchange.request.headers.get("if-none-match") == etag:
            exchange.send(head(304, etag=etag))
        else:
            answer(body, etag=etag)(exchange)

    return behave


def hang(exchange: Exchange) -> None:
    """Say nothing at all."""
    exchange.closing.wait()


def hang_up(exchange: Exchange) -> None:
    """End the connection without a word."""


def cut_short(exchange: Exchange) -> None:
    """Promise a body and send half of it."""
    exchange.send(head(content_length="100"), b"{" * 50)


def drip_headers(exchange: Exchange) -> None:
    """Always one more letter of a header."""
    exchange.send(b"HTTP/1.1 200 Said\r\nx-slow: ")
    exchange.send_slowly(_repeated(b"a"), 0.01)


def drip_body(exchange: Exchange) -> None:
    """Always one more byte of the body."""
    exchange.send(head(content_length="1000000"))
    exchange.send_slowly(_repeated(b" "), 0.01)


def drip_interim(exchange: Exchange) -> None:
    """Always one more interim answer."""
    exchange.send_slowly(_repeated(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.01)


def endless_body(exchange: Exchange) -> None:
    """A body without an end, as fast as it goes."""
    exchange.send(head())
    exchange.send_slowly(_repeated(b" " * 65_536), 0)


def endless_headers(exchange: Exchange) -> None:
    """Header after header, as fast as it goes."""
    exchange.send(b"HTTP/1.1 200 Said\r\n")
    exchange.send_slowly(_repeated(b"x-more: " + b"a" * 1000 + b"\r\n"), 0)


def gibberish(exchange: Exchange) -> None:
    """Something that is not HTTP."""
    exchange.send(b"\x16\x03\x01\x02\x00\x01\x00" * 40)


def compressed(exchange: Exchange) -> None:
    """A small body that opens to a large one."""
    answer(gzip.compress(b" " * 10_000_000, mtime=0), content_encoding="gzip")(exchange)


def redirect(to: str) -> Behaviour:
    """Send the client somewhere else."""
    return answer(status=302, location=to)


def _repeated(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


# --- the server -------------------------------------------------------------------------


@dataclass(slots=True)
class HostileServer:
    """``behaviours`` by path may be changed while it runs; ``requests`` is what was asked."""

    port: int
    behaviours: dict[str, Behaviour]
    closing: threading.Event
    requests: list[Request] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """The plain http address of ``path``."""
        return f"http://{self.origin}{path}"

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]


@contextmanager
def serve(behaviours: Mapping[str, Behaviour]) -> Iterator[HostileServer]:
    """Serve on a free port of loopback until the end of the block. Unknown paths are 404."""
    closing = threading.Event()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        hostile = HostileServer(server.server_address[1], dict(behaviours), closing)
        server.hostile = hostile
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield hostile
        finally:
            closing.set()
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 64
    hostile: HostileServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no fault."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        request = _read_request(self.request)
        if request is None:
            return
        hostile = self.server.hostile
        hostile.requests.append(request)
        behave = hostile.behaviours.get(request.path, answer(b"nothing here", status=404))
        exchange = Exchange(request=request, connection=self.request, closing=hostile.closing)
        behave(exchange)


def _read_request(connection: socket.socket) -> Request | None:
    received = b""
    connection.settimeout(5)
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            return None
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65_536)
    return Request(path=first.split(" ")[1], headers=headers, body=body)
