"""A proxy on loopback that loses answers: what a bad line does to a client.

For each connection a plan says what becomes of it: ``pass`` hands everything on, ``lose`` lets
the service do its work and sends nothing back, ``half`` cuts the answer in the middle, ``refuse``
hangs up before the service hears of it. When the plan is used up everything passes.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_CONNECTION = re.compile(rb"(?i)\r\nconnection: [^\r]*")


@dataclass(slots=True)
class Line:
    """The line between a client and a service. ``heard`` are the requests that the service got."""

    address: str
    plan: list[str]
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def flapping(upstream: str, plan: Sequence[str]) -> Iterator[Line]:
    """A line to ``upstream`` that does what ``plan`` says, connection by connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        line = Line(address=f"http://127.0.0.1:{port}", plan=list(plan))
        thread = threading.Thread(target=_serve, args=(server, upstream, line), daemon=True)
        thread.start()
        yield line
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(server: socket.socket, upstream: str, line: Line) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:  # the line was taken down
            return
        with closing(client):
            _carry(client, upstream, line, line.plan.pop(0) if line.plan else "pass")


def _carry(client: socket.socket, upstream: str, line: Line, fate: str) -> None:
    request = _read_request(client)
    if fate == "refuse" or not request:
        return
    line.heard.append(request)
    answer = _ask(upstream, request)
    if fate != "lose":
        client.sendall(answer if fate == "pass" else answer[: len(answer) // 2])


def _read_request(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and (piece := client.recv(65536)):
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    match = _LENGTH.search(head)
    while match and len(body) < int(match[1]) and (piece := client.recv(65536)):
        body += piece
    return head + b"\r\n\r\n" + body if head else b""


def _ask(upstream: str, request: bytes) -> bytes:
    parts = urlsplit(upstream)
    assert parts.hostname
    assert parts.port
    with closing(socket.create_connection((parts.hostname, parts.port))) as service:
        service.sendall(_CONNECTION.sub(b"\r\nConnection: close", request, count=1))
        answer = b""
        while piece := service.recv(65536):
            answer += piece
    return answer
