"""Appointments from the portal's JSON: broken rows are counted, zones stay as they came, words are harmless."""

from typing import Any

import pytest

from genesis_tui.api_client.http.client import Response
from genesis_tui.api_client.portal.appointments.limits import appointment_limits
from genesis_tui.api_client.portal.appointments.rows import AppointmentsJson
from genesis_tui.api_client.portal.client import read
from genesis_tui.models.appointments.appointment import AppointmentGroup, Appointments
from genesis_tui.models.appointments.limits import AppointmentLimits
from genesis_tui.models.appointments.wording import long_text
from genesis_tui.models.base.errors import BadAnswer

ROW: dict[str, Any] = {
    "id": "1",
    "version": 3,
    "group": "upcoming",
    "status": "booked",
    "what": "Asthma follow-up",
    "start": "2026-11-25T10:00:00-05:00",
}
HOSTILE = "x\x1b]0;t\x07\u202e\n[/y]"
SAFE, SAFE_LINES = "x␛]0;t␇⟨U+202E⟩ [/y]", "x␛]0;t␇⟨U+202E⟩\n[/y]"


def told(*rows: Any, unreadable: int = 0) -> Appointments:
    return AppointmentsJson.decoded({"appointments": list(rows), "unreadable": unreadable}).model()


@pytest.mark.parametrize(
    "broken",
    [
        "x",
        None,
        {},
        {**ROW, "start": "2026-11-25"},
        {**ROW, "start": "2026-11-25T10:00:00"},
        {**ROW, "group": "someday"},
        {**ROW, "version": "new"},
        {**ROW, "address": [1]},
    ],
)
def test_a_broken_row_costs_itself_and_is_counted(broken: Any) -> None:
    found = told(ROW, broken, unreadable=2)
    assert ([row.id for row in found.rows], found.unreadable) == (["1"], 3)


def test_broken_parts_of_a_row_cost_themselves() -> None:
    parts = {"requested": [{"start": "x"}, 1], "history": [None], "can": [{"action": "a"}], "shoe": 42}
    (row,) = told({**ROW, **parts}).rows
    assert (row.requested, row.history, row.can) == ((), (), ())
    assert (row.key, row.version, row.group, row.status_word) == (
        "Appointment/1",
        3,
        AppointmentGroup.UPCOMING,
        "booked",
    )


@pytest.mark.rule("APPT-9")
def test_the_offset_stays_where_no_zone_is_told() -> None:
    (row,) = told({**ROW, "start": "2026-11-25T10:00:00+05:30", "zone": None}).rows
    assert long_text(row) == "Wed 25 Nov 2026 10:00 UTC+05:30"
    (row,) = told({**ROW, "zone": "Asia/Tokyo"}).rows
    assert long_text(row) == "Thu 26 Nov 2026 00:00 JST"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "\x00", "x" * 300])
def test_a_zone_that_is_none_changes_nothing(zone: str) -> None:
    (row,) = told({**ROW, "zone": zone}).rows
    assert long_text(row) == "Wed 25 Nov 2026 10:00 UTC-05:00"


@pytest.mark.parametrize(
    "field", ["what", "clinician", "clinic", "facility", "phone", "how_title", "status_title", "zone", "status", "id"]
)
def test_every_word_is_made_harmless(field: str) -> None:
    (row,) = told({**ROW, field: HOSTILE}).rows
    assert getattr(row, {"how_title": "how_word", "status_title": "status_word"}.get(field, field)) == SAFE


@pytest.mark.parametrize("field", ["instructions", "comment", "reason", "cancelled_because"])
def test_longer_texts_keep_their_lines(field: str) -> None:
    (row,) = told({**ROW, field: HOSTILE}).rows
    assert getattr(row, field) == SAFE_LINES


def test_addresses_history_and_decisions_are_made_harmless() -> None:
    at = {"at": "2026-11-25T10:00:00Z"}
    can = {"action": "appointment.cancel", "allowed": False, "title": HOSTILE, "next": HOSTILE}
    (row,) = told({**ROW, "address": [HOSTILE], "history": [{"title": HOSTILE, **at}], "can": [can]}).rows
    assert (row.address, row.history[0].word) == ((SAFE,), SAFE)
    assert (row.can[0].title, row.can[0].next) == (SAFE, SAFE)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"appointments": 7}', b"\xff"])
def test_a_broken_whole_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read(AppointmentsJson, Response(200, body, {}, "req-9"))


@pytest.mark.rule("APPT-3", "APPT-6", "CLIP-2")
def test_limits_are_the_servers_and_the_usual_ones_where_it_says_none_that_make_sense() -> None:
    own = {"search_days": 30, "half_days": 1, "request_from": 2, "request_to": 9, "offers": 2}
    limits = AppointmentLimits(30, half_days=1, request_from=2, request_to=9, offers=2, reason=80, answer=40)
    own |= {"reason_characters": 80, "answer_characters": 40}
    assert appointment_limits(own) == limits
    assert (limits.half_days_words, limits.days_words) == ("one half-day", "2 to 9 days ahead")
    assert (limits.offers_words, AppointmentLimits(half_days=9).half_days_words) == (
        "up to two slots",
        "one to 9 half-days",
    )
    assert appointment_limits({"half_days": 2}) == AppointmentLimits(half_days=2)
    for broken in (None, {}, [], {"half_days": -1}, {"request_to": 100_001}, {"answer_characters": "long"}):
        assert appointment_limits(broken) == AppointmentLimits()
