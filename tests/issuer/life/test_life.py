"""Any order of issuing, repeating, withdrawing, correcting, crashing and restarting: a model of
sets walks beside the real office, and what was promised holds after every step.

R1  What was answered is there, with the same bytes.
R3  No place in a list belongs to two credentials.
R5  The published lists say what was withdrawn and what is on hold, and nothing else.
R6  The same key and the same call give the same answer once; another call with that key is refused.

``make fuzz`` walks further (``LIFE_EXAMPLES``). Source: security §2.3, §2.4.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from issuer import lifecycle
from issuer.errors import ConflictError, IdempotencyConflictError, IssuerCode
from issuer.failpoint import PLACES
from issuer.idempotency import Idempotency
from issuer.issue import Issued, issue_completion
from issuer.record import Record
from issuer.reservation import live_issuance
from issuer.settlement import settle
from issuer.status_list import publish
from issuer.store import open_store
from issuer.store.ports import Unit
from issuer.store.rows import IssuanceState
from tests.issuer.offices import START, Desk, numbered_record, open_desk
from tests.postgres import PostgresServer
from verifier.status.bitstring import decode_list, read_bits
from verifier.strict_json import JsonObject, parse_json_object

EXAMPLES: Final = int(os.environ.get("LIFE_EXAMPLES", "6"))
STEPS: Final = 20
NUMBERS: Final = st.integers(0, 3)
TITLES: Final = st.sampled_from(["One", "Other"])
KEYS: Final = st.sampled_from(["key-a", "key-b"])
STORED: Final = "after-store"


class PowerCutError(Exception):
    """What a failpoint of these tests raises."""


@dataclass(slots=True)
class Told:
    """A credential that somebody was answered, and what became of it."""

    issued: Issued
    title: str
    revoked: bool = False
    on_hold: bool = False
    replaced: bool = False


@dataclass(slots=True)
class Model:
    """What must be true. ``lines`` are the credentials of each record, the newest last;
    ``cut`` are the records whose last call ended in a crash before anything was stored."""

    lines: dict[int, list[Told]] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)
    keys: dict[str, tuple[tuple[int, str], str]] = field(default_factory=dict)

    def newest(self, number: int) -> Told | None:
        """The credential that the platform's number means now."""
        line = self.lines.get(number)
        return line[-1] if line else None

    def all(self) -> list[Told]:
        """Every credential that was answered."""
        return [told for line in self.lines.values() for told in line]


def record_of(number: int, title: str, *, supersedes: str | None = None) -> Record:
    """Record ``number`` with a title; with ``supersedes`` a correction of it."""
    record = numbered_record(number, title=title)
    if supersedes is None:
        return record
    document = record.document | {"supersedes": supersedes, "recordId": f"{supersedes}-{title}"}
    digest = hashlib.sha256(f"{record.content_hash}{supersedes}".encode()).hexdigest()
    return replace(record, document=document, record_id=document["recordId"], content_hash=digest)


class Life(RuleBasedStateMachine):
    """The walk. ``open_database`` gives the URL of an empty database."""

    open_database: Callable[[Path], str]

    @initialize()
    def open(self) -> None:
        """A new office."""
        self.folder = tempfile.TemporaryDirectory()
        self.url = self.open_database(Path(self.folder.name))
        self.model, self.now = Model(), START
        self._enter()

    def _enter(self) -> None:
        self.desk = open_desk(open_store(self.url), Path(self.folder.name) / "keys")

    def teardown(self) -> None:
        """Leave."""
        if hasattr(self, "desk"):
            self.desk.office.store.close()
            self.folder.cleanup()

    def _issue(
        self, record: Record, key: Idempotency | None = None, desk: Desk | None = None
    ) -> Issued:
        desk = desk or self.desk
        return issue_completion(
            desk.office,
            desk.caller,
            record,
            issuer=desk.issuer,
            idempotency=key,
            share=False,
            now=self.now,
        )

    # --- issuing --------------------------------------------------------------------------

    @rule(number=NUMBERS, title=TITLES)
    def issue(self, number: int, title: str) -> None:
        """Once; the same content again is the same credential, other content a conflict."""
        before = self.model.newest(number)
        if before is not None and (before.title != title or before.replaced):
            self._expect(IssuerCode.ALREADY_ISSUED, record_of(number, title))
            return
        self._answered(number, title, self._issue(record_of(number, title)))

    def _expect(self, code: IssuerCode, record: Record) -> None:
        with pytest.raises(ConflictError) as caught:
            self._issue(record)
        assert code is caught.value.code

    def _answered(self, number: int, title: str, issued: Issued) -> None:
        before = self.model.newest(number)
        self.model.cut.discard(number)
        if before is None:
            self.model.lines[number] = [Told(issued, title)]
        else:
            assert (before.issued.issuance_id, before.issued.body) == (
                issued.issuance_id,
                issued.body,
            )
            assert not issued.is_new

    @rule(number=NUMBERS, title=TITLES, name=KEYS)
    def issue_with_a_key(self, number: int, title: str, name: str) -> None:
        """R6, whatever the record became meanwhile."""
        call = (number, title)
        asked = hashlib.sha256(repr(call).encode()).hexdigest()
        key = Idempotency(key=name, request_hash=asked)
        known, before = self.model.keys.get(name), self.model.newest(number)
        if known is not None and known[0] != call:
            with pytest.raises(IdempotencyConflictError):
                self._issue(record_of(number, title), key)
        elif before is None or before.title == title:
            issued = self._issue(record_of(number, title), key)
            self._answered(number, title, issued)
            self.model.keys[name] = (call, issued.issuance_id)
            assert known is None or known[1] == issued.issuance_id

    @rule(number=NUMBERS, title=TITLES, place=st.sampled_from(PLACES))
    def crash(self, number: int, title: str, place: str) -> None:
        """The power fails at one place of the nine steps; afterwards the lease runs out."""
        if self.model.newest(number) is not None:
            return

        def cut(passed: str) -> None:
            if passed == place:
                raise PowerCutError

        desk = replace(self.desk, office=replace(self.desk.office, failpoint=cut))
        with pytest.raises(PowerCutError):
            self._issue(record_of(number, title), desk=desk)
        self._tick()
        if place == STORED:
            self._answered(number, title, self._issue(record_of(number, title)))
        else:
            self.model.cut.add(number)

    # --- what becomes of it -----------------------------------------------------------------

    @rule(number=NUMBERS)
    def revoke(self, number: int) -> None:
        """Final; once more is no error."""
        told = self.model.newest(number)
        if told is not None:
            self._change(lifecycle.revoke, told, reason=None)
            told.revoked = True

    @rule(number=NUMBERS)
    def suspend(self, number: int) -> None:
        """Until reinstated; not what is revoked."""
        told = self.model.newest(number)
        if told is None:
            return
        if told.revoked:
            with pytest.raises(ConflictError):
                self._change(lifecycle.suspend, told, reason=None)
            return
        self._change(lifecycle.suspend, told, reason=None)
        told.on_hold = True

    @rule(number=NUMBERS)
    def reinstate(self, number: int) -> None:
        """What is on hold, and nothing else."""
        told = self.model.newest(number)
        if told is None:
            return
        if told.revoked or not told.on_hold:
            with pytest.raises(ConflictError):
                self._change(lifecycle.reinstate, told)
            return
        self._change(lifecycle.reinstate, told)
        told.on_hold = False

    def _change(self, act: Callable[..., object], told: Told, **more: object) -> None:
        act(self.desk.office, self.desk.caller, told.issued.issuance_id, now=self.now, **more)

    @rule(number=NUMBERS)
    def correct(self, number: int) -> None:
        """The newest one, unless it was withdrawn or is on hold."""
        told = self.model.newest(number)
        if told is None:
            return
        title = f"Correction {len(self.model.lines[number])}"
        record = record_of(number, title, supersedes=self._record_id(told))
        if told.revoked or told.on_hold:
            code = IssuerCode.ALREADY_REVOKED if told.revoked else IssuerCode.ON_HOLD
            self._expect(code, record)
            return
        issued = self._issue(record)
        assert issued.is_new
        told.revoked = told.replaced = True
        self.model.lines[number].append(Told(issued, title))

    def _record_id(self, told: Told) -> str:
        with self.desk.office.store.read(self.desk.caller.tenant_id) as unit:
            row = unit.issuances.get(told.issued.issuance_id)
            record = unit.records.get(row.record_key) if row and row.record_key else None
        assert record is not None
        return record.record_id

    # --- the machine room -------------------------------------------------------------------

    @rule()
    def restart(self) -> None:
        """Another process on the same database."""
        self.desk.office.store.close()
        self._enter()

    @rule()
    def settle_what_a_crash_left(self) -> None:
        """Nothing stays half done. What was finished, nobody was answered yet: whoever asks gets
        it now."""
        settle(self.desk.office, self.desk.caller.tenant_id, now=self.now)
        with self.desk.office.store.read(self.desk.caller.tenant_id) as unit:
            assert () == unit.issuances.open_intents()
            finished = {number: title_issued(unit, number) for number in self.model.cut}
        for number, title in finished.items():
            if title is not None:
                self._answered(number, title, self._issue(record_of(number, title)))

    def _tick(self) -> None:
        self.now += timedelta(seconds=20)

    # --- what is promised -------------------------------------------------------------------

    @invariant()
    def what_was_answered_is_there(self) -> None:
        """R1, to the last byte."""
        if not hasattr(self, "desk"):
            return
        with self.desk.office.store.read(self.desk.caller.tenant_id) as unit:
            for told in self.model.all():
                row = unit.issuances.get(told.issued.issuance_id)
                assert row is not None
                assert (IssuanceState.ISSUED, told.issued.body) == (row.state, row.signed)

    @invariant()
    def no_place_is_used_twice(self) -> None:
        """R3."""
        if hasattr(self, "desk"):
            used = [place for told in self.model.all() for place in places(told.issued.document)]
            assert len(used) == len(set(used))

    @precondition(lambda self: self.model.lines)
    @rule()
    def look_at_the_lists(self) -> None:
        """R5."""
        self.now += timedelta(seconds=11)
        bits: dict[str, bytes] = {}
        for told in self.model.all():
            wanted = {"revocation": told.revoked, "suspension": told.on_hold}
            for entry in told.issued.document["credentialStatus"]:
                url = entry["statusListCredential"]
                if url not in bits:
                    bits[url] = fetch(self.desk, url, self.now)
                value = read_bits(bits[url], int(entry["statusListIndex"]))
                assert wanted[entry["statusPurpose"]] is bool(value)


def title_issued(unit: Unit, number: int) -> str | None:
    """The title under which a record was issued, if it was."""
    example = record_of(number, "One")
    row = unit.records.of_platform(example.platform_id, example.platform_record_id)
    if row is None or live_issuance(unit, row.id) is None:
        return None
    return str(parse_json_object(row.document.encode())["engagement"]["title"])


def places(document: JsonObject) -> list[tuple[str, str]]:
    """The places of a credential in the lists."""
    return [
        (entry["statusListCredential"], entry["statusListIndex"])
        for entry in document["credentialStatus"]
    ]


def fetch(desk: Desk, url: str, now: datetime) -> bytes:
    """The bits of a published list."""
    body = publish(desk.office, url.rpartition("/")[2], now=now).body
    return decode_list(parse_json_object(body.encode())["credentialSubject"]["encodedList"])


def walk(open_database: Callable[[Path], str], examples: int) -> None:
    """Many lives, each in a database of its own."""

    class Here(Life):
        pass

    Here.open_database = staticmethod(open_database)  # type: ignore[method-assign,assignment]
    run_state_machine_as_test(
        Here, settings=settings(max_examples=examples, stateful_step_count=STEPS, deadline=None)
    )


def test_every_promise_holds_on_sqlite() -> None:
    """Whatever happens in whatever order."""
    walk(lambda folder: f"sqlite:///{folder / 'store.db'}", EXAMPLES)


@pytest.mark.postgres
def test_every_promise_holds_on_postgresql(postgres_server: PostgresServer) -> None:
    """The same, in fewer lives: a database takes longer to make."""
    walk(lambda _folder: postgres_server.new_database(), max(2, EXAMPLES // 4))
