"""Records are read strictly, and every refusal names its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.record import Disposition, Record, RecordError, parse_record
from tests.example_records import EXAMPLES, arrival, example_record
from verifier.strict_json import JsonObject

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Change = Callable[[JsonObject], Any]


def set_at(path: str, value: object) -> Change:
    """A change that puts ``value`` at ``path``; numbers are places in lists."""

    def change(record: JsonObject) -> None:
        *parents, last = [int(p) if p.isdigit() else p for p in path.split("/")[1:]]
        node: Any = record
        for parent in parents:
            node = node[parent]
        node[last] = value

    return change


def delete_at(path: str) -> Change:
    """A change that takes the member at ``path`` away."""

    def change(record: JsonObject) -> None:
        *parents, last = path.split("/")[1:]
        node: Any = record
        for parent in parents:
            node = node[int(parent) if parent.isdigit() else parent]
        del node[last]

    return change


def read(name: str, *changes: Change, at: datetime = NOW) -> Record:
    record = example_record(name)
    for change in changes:
        change(record)
    return parse_record(record, received_at=at)


def refusals(name: str, *changes: Change, at: datetime = NOW) -> set[tuple[str, str]]:
    """Code and place of every finding that is not a warning."""
    with pytest.raises(RecordError) as refused:
        read(name, *changes, at=at)
    return {(f.code, f.pointer) for f in refused.value.findings if f.code[0] != "W"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_record_is_good_and_unchanged(name: str) -> None:
    """The twelve records are accepted on the day they arrived, word for word."""
    document = example_record(name)

    record = parse_record(document, received_at=arrival(document))

    assert example_record(name) == record.document
    assert (document["recordId"], document["platform"]["id"]) == (
        record.record_id,
        record.platform_id,
    )


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (delete_at("/engagement/title"), "E101", "/engagement/title"),
        (set_at("/engagement/title", "  "), "E101", "/engagement/title"),
        (set_at("/learner/name/full", "\u202e\u0007"), "E101", "/learner/name/full"),
        (delete_at("/host"), "E101", "/host"),
        (set_at("/engagement/startDate", "2026-02-30"), "E102", "/engagement/startDate"),
        (set_at("/engagement/startDate", "02/03/2026"), "E102", "/engagement/startDate"),
        (set_at("/attestations/0/at", "2026-03-22 18:40"), "E102", "/attestations/0/at"),
        (set_at("/engagement/startDate", "2026-03-21"), "E103", "/engagement/endDate"),
        (set_at("/learner/identifiers/0/value", "maya(at)student.example"), "E104",
         "/learner/identifiers/0/value"),
        (set_at("/learner/identifiers/0", {"type": "did", "value": "did:key:learner"}), "E116",
         "/learner/identifiers/0/value"),
        (set_at("/learner/identifiers/0", {"type": "did", "value": "did:jwk:e30"}), "E116",
         "/learner/identifiers/0/value"),
        (set_at("/learner/identifiers/0", {"type": "did", "value": "did:key:z2"}), None, ""),
        (set_at("/engagement/deliverables/1/acceptance", "delivered"), None, ""),
        (set_at("/engagement/effort/duration", "PT0H"), "E108", "/engagement/effort/duration"),
        (set_at("/engagement/effort/duration", "PT400H1M"), "E108", "/engagement/effort/duration"),
        (set_at("/engagement/effort/duration", "1,5"), "E108", "/engagement/effort/duration"),
        (set_at("/engagement/effort/duration", "PT400H"), None, ""),
        (set_at("/engagement/modality/mode", "virtual"), "E109", "/engagement/modality/mode"),
        (set_at("/engagement/timeZone", "America/Springfield"), "E109", "/engagement/timeZone"),
        (set_at("/engagement/timeZone", "America/Indiana"), "E109", "/engagement/timeZone"),
        (set_at("/results/0/value", "Splendid"), "E109", "/results/0/value"),
        (set_at("/learner/adultConfirmed", False), "E110", "/learner/adultConfirmed"),
        (set_at("/learner/name/full", "MuÃ±oz, Inés"), "E114", "/learner/name/full"),
        (set_at("/learner/name/full", "In\ufffds"), "E114", "/learner/name/full"),
        (set_at("/learner/birthDate", "2001-01-01"), "E115", "/learner/birthDate"),
        (set_at("/salary", 480), "E115", "/salary"),
        (set_at("/engagement/objectives", "one"), "E116", "/engagement/objectives"),
        (set_at("/skills/0/evidence", [7]), "E116", "/skills/0/evidence/0"),
        (set_at("/evidence/0/url", "javascript:alert(1)"), "E116", "/evidence/0/url"),
        (set_at("/host/url", "https://user@host.example/"), "E116", "/host/url"),
        (set_at("/host/url", "https://host.example/" + "a" * 2048), "E116", "/host/url"),
        (set_at("/evidence/0/genre", ""), "E101", "/evidence/0/genre"),
        (set_at("/evidence/0/genre", "\x7f"), "E101", "/evidence/0/genre"),
        (set_at("/attestations/0/at", "2026-03-23t20:31:06z"), "E102", "/attestations/0/at"),
        (set_at("/attestations/0/at", "2026-06-30T23:59:60Z"), "E102", "/attestations/0/at"),
        (set_at("/attestations/0/at", "2026-03-23T20:31:06"), "E102", "/attestations/0/at"),
        (set_at("/attestations/0/at", "2026-03-23T20:31:06+23:59"), "E102", "/attestations/0/at"),
        (set_at("/platform/id", "https://host.example/" + "a" * 1000), "E116", "/platform/id"),
        (set_at("/supersedes", "urn:x:" + "a" * 200), "E116", "/supersedes"),
        (set_at("/disclosure/nameForm", "none"), None, ""),
        (set_at("/engagement/trial", {"plannedLength": "P5D", "freeToLeave": True,
                                      "paidForTimeWorked": True}), "E116", "/engagement/trial"),
        (set_at("/outcome/status", "trialEndedEarly"), "E116", "/outcome/status"),
        (set_at("/outcome/offerMade", False), "E109", "/outcome/offerMade"),
        (set_at("/engagement/objectives", []), "H302", "/engagement/objectives"),
        (delete_at("/attestations"), "H303", "/attestations"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_code_and_a_place(
    change: Change, code: str | None, pointer: str
) -> None:
    """One change to a good record gives exactly one finding, at the changed member."""
    if code is None:
        assert isinstance(read("01", change), Record)
    else:
        assert {(code, pointer)} == refusals("01", change)


def test_no_accepted_deliverable_is_refused() -> None:
    """Work that nobody accepted is no completion (E105)."""
    changes = [set_at(f"/engagement/deliverables/{n}/acceptance", "delivered") for n in (0, 1)]

    assert {("E105", "/engagement/deliverables")} == refusals("01", *changes)


def test_unpaid_work_without_a_signed_check_is_held() -> None:
    """Unpaid and unsigned is a question to the school or operator, not a refusal (H301)."""
    record = example_record("04")
    del record["engagement"]["compensation"]["unpaidBasis"]

    with pytest.raises(RecordError) as held:
        parse_record(record, received_at=NOW)

    assert held.value.disposition == Disposition.HELD
    assert [finding.code for finding in held.value.findings] == ["H301"]


def test_a_trial_is_always_paid_and_always_described() -> None:
    """The reverse form cannot be unpaid, and cannot lack its terms."""
    assert {("E101", "/engagement/trial")} == refusals("02", delete_at("/engagement/trial"))
    unpaid = refusals("02", set_at("/engagement/compensation", {"paid": False, "kind": "none"}))
    assert ("E109", "/engagement/compensation/paid") in unpaid


def test_the_end_may_be_today_in_the_hosts_zone_and_not_tomorrow() -> None:
    """ "Today" is the civil date of the arrival where the host is (E113)."""
    record = example_record("11")  # ends on 28 September in Auckland

    parse_record(record, received_at=datetime(2026, 9, 27, 11, tzinfo=UTC))  # midnight there
    with pytest.raises(RecordError) as refused:
        parse_record(record, received_at=datetime(2026, 9, 27, 10, 59, tzinfo=UTC))

    assert "E113" in {finding.code for finding in refused.value.findings}


def test_nothing_left_to_tell_whose_it_is_is_refused() -> None:
    """Open Badges needs an identity: without name, DID and e-mail there is none to show."""
    changes = [set_at("/disclosure/nameForm", "none"),
               set_at("/learner/identifiers/0/use", "claim")]  # fmt: skip

    assert {("E116", "/disclosure/nameForm")} == refusals("01", *changes)


def test_bidi_overrides_and_controls_are_taken_out_and_letters_kept() -> None:
    """A name keeps ZWNJ, accents and order; what could turn it around on a page is gone."""
    given_name = "\u202eAli\u200cReza\u0000 Ze\u0301 \u2066D\u2019Arc\u2069\n"

    record = read("01", set_at("/learner/name/full", given_name))

    assert record.document["learner"]["name"]["full"] == "Ali\u200cReza Z\u00e9 D\u2019Arc"


def test_one_line_stays_one_line_and_a_brief_keeps_its_lines() -> None:
    """A title cannot smuggle in a second line; a brief may have several."""
    record = read(
        "01",
        set_at("/engagement/title", "Brief\r\n# Heading"),
        set_at("/engagement/brief", "First.\r\nSecond."),
    )

    assert record.document["engagement"]["title"] == "Brief # Heading"
    assert record.document["engagement"]["brief"] == "First.\nSecond."


def test_private_values_are_never_repeated() -> None:
    """Findings about the learner, pay or results hold no value, the exception holds none."""
    with pytest.raises(RecordError) as refused:
        read(
            "01",
            set_at("/learner/identifiers/0/value", "secret(at)mail.example"),
            set_at("/engagement/compensation/amount", 48000),
            set_at("/results/0/value", "secret grade"),
        )

    told = str([f.to_json() for f in refused.value.findings]) + repr(refused.value.findings)
    assert not {word for word in ("secret", "48000") if word in told + str(refused.value)}


def test_values_are_cut_and_findings_are_bounded() -> None:
    """A finding repeats at most 40 signs, and a hostile record gets at most 50 findings."""
    with pytest.raises(RecordError) as long_value:
        read("01", set_at("/engagement/modality/mode", "x" * 500))
    with pytest.raises(RecordError) as many:
        read("01", lambda record: record.update({f"member{n}" * 99: n for n in range(150)}))

    assert [len(f.value or "") for f in long_value.value.findings if f.code == "E109"] == [40]
    assert len(many.value.findings) == 50
    assert max(len(finding.pointer) for finding in many.value.findings) <= 200


@pytest.mark.parametrize(
    "change",
    [
        set_at("/engagement/brief", "x" * 10_000),
        set_at("/engagement/aiAssistance/use", [{"a": n} for n in range(5_000)]),
        set_at("/host", {"name": [[[[[[[[[[[[[]]]]]]]]]]]]]}),
    ],
)
def test_an_oversized_record_is_refused_before_it_is_looked_at(change: Change) -> None:
    """Too long, too many or too deep: one finding, and no quadratic comparing of items."""
    assert {("E116", "")} == refusals("01", change)


def test_the_hash_names_the_content_and_not_the_arrival() -> None:
    """The same record sent again has the same hash; one other word gives another."""
    first = read("01")
    again = read(
        "01",
        set_at("/recordId", "urn:uuid:00000000-0000-0000-0000-000000000000"),
        set_at("/source/receivedAt", "2026-10-01T00:00:00Z"),
        delete_at("/lifecycle"),
    )
    other = read("01", set_at("/engagement/role", "Another role"))

    assert first.content_hash == again.content_hash
    assert first.content_hash != other.content_hash


def test_whole_numbers_are_integers() -> None:
    """A team of 4.0 is a team of 4: a float is never signed."""
    record = read("07", set_at("/engagement/team/size", 4.0))

    assert isinstance(record.document["engagement"]["team"]["size"], int)


def test_warnings_tell_and_do_not_refuse() -> None:
    """No hours, a skill without a match, a repeat, low pay: told, and the record is good."""
    record = read(
        "01",
        delete_at("/engagement/effort"),
        set_at("/engagement/compensation/payFloor/met", False),
        set_at("/skills/2/label", "report WRITING"),
    )

    assert [finding.code for finding in record.warnings] == ["W201", "W202", "W209", "W211"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def places(node: object, path: str = "") -> list[str]:
    """Every member of a record, as a path."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(
        node, list) else ()  # fmt: skip
    return [place for name, value in items
            for place in (f"{path}/{name}", *places(value, f"{path}/{name}"))]  # fmt: skip


@given(st.dictionaries(st.text(max_size=12), JSON, max_size=6))
def test_any_object_is_a_record_or_a_record_error(document: JsonObject) -> None:
    """Whatever arrives, nothing but ``RecordError`` is raised."""
    with pytest.raises(RecordError):
        parse_record(document, received_at=NOW)


@given(st.sampled_from(EXAMPLES), st.data())
def test_any_member_replaced_by_anything_raises_nothing_else(name: str, data: Any) -> None:
    """A good record with one member replaced by any JSON is a record or a ``RecordError``."""
    record = example_record(name)
    path = data.draw(st.sampled_from(places(record)))
    set_at(path, data.draw(JSON))(record)

    try:
        result: object = parse_record(record, received_at=NOW)
    except RecordError as error:
        result = error

    assert isinstance(result, Record | RecordError)
