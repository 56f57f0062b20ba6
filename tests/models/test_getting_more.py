"""RX-11: what getting more means, where it is picked up, when that is open, and what a receipt says."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from genesis_tui.models.acts import ActStage
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.models.refills.get_more import (
    ItemOutcome,
    Receipt,
    RefillItem,
    Way,
    get_more,
    meaning,
    preselected,
    way_of,
)
from genesis_tui.models.refills.pharmacies import OpeningHours, OpenSpan, PickUp
from genesis_tui.models.refills.prescription import Prescription, Supply
from genesis_tui.models.refills.wording import all_of_it, due_text, supply_text
from tests.screens.rx_of import CETIRIZINE, DENIED, LEVOTHYROXINE, LISINOPRIL, METFORMIN, NAPROXEN, at

BERLIN = "Europe/Berlin"
WEEK = tuple(OpeningHours(time(8), time(17), day) for day in range(5))
PHARMACY = PickUp("p", "Landstuhl Pharmacy", "pharmacy", facility="Landstuhl", zone=BERLIN, hours=WEEK)
LOCKER = PickUp("l", "Locker 2", "locker", facility="Landstuhl", zone=BERLIN, refuses=("controlled", "refrigerated"))
NIKLAS = FamilyMember("n", 2, "Niklas Hall", "Niklas", "Hall", "son", 10, Access.FULL, "under 12")
ASKED = datetime(2026, 11, 30, 14, 42, tzinfo=UTC)


def berlin(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.rule("RX-11", "RX-4")
@pytest.mark.parametrize(
    ("one", "way", "words"),
    [
        (replace(LISINOPRIL, days_supply=30, left=3), Way.REFILL, "30 days; 2 left after it"),
        (replace(LISINOPRIL, days_supply=90, left=1), Way.REFILL, "90 days; the last one"),
        (replace(LISINOPRIL, days_supply=None, left=2), Way.REFILL, "1 left after it"),
        (replace(NAPROXEN, left=0), Way.RENEWAL, "none left: Dr. Okafor decides, no visit needed"),
        (
            replace(NAPROXEN, left=2, expires=date(2026, 11, 3)),
            Way.RENEWAL,
            "expired 3 Nov 2026: Dr. Okafor decides, no visit needed",
        ),
        (DENIED, Way.RENEWAL, "denied 19 Nov: “Please come in first.”; Dr. Okafor decides anew"),
        (CETIRIZINE, Way.NOT_NOW, "too soon: from Thu 3 Dec 2026"),
        (METFORMIN, Way.NOT_NOW, "refill it at your community pharmacy"),
    ],
)
def test_more_is_a_refill_or_a_renewal_or_says_why_not(one: Prescription, way: Way, words: str) -> None:
    assert (way_of(one), meaning(one)) == (way, words)


@pytest.mark.rule("RX-5")
def test_the_last_point_is_preselected_and_what_it_does_not_hand_out_says_so() -> None:
    points = (LOCKER, PHARMACY)
    used = replace(LEVOTHYROXINE, requests=(replace(LEVOTHYROXINE.requests[0], point=LOCKER),))
    cold = replace(LISINOPRIL, refrigerated=True, controlled=True)
    assert preselected([used], [LISINOPRIL], points) == LOCKER
    assert preselected([used], [cold], points) == PHARMACY, "the one beside it takes it"
    assert preselected([used], [cold], [LOCKER]) == LOCKER
    assert preselected([LISINOPRIL], [LISINOPRIL], points) is None
    more = get_more(NIKLAS, [used, cold, NAPROXEN, CETIRIZINE], {cold.id, NAPROXEN.id, CETIRIZINE.id}, [LOCKER])
    assert [(item.way, item.is_asked) for item in more.items] == [
        (Way.NOT_NOW, False),
        (Way.RENEWAL, True),
        (Way.NOT_NOW, False),
    ]
    assert more.items[0].words == "not at a locker: controlled and refrigerated; choose another point"
    assert (more.count, replace(more, point=PHARMACY).count, replace(more, point=None).needs_point) == (1, 2, True)
    assert not get_more(NIKLAS, [NAPROXEN], {NAPROXEN.id}, points).needs_point


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (berlin(30, 8), "open until 17:00 CET"),
        (berlin(30, 16, 59), "open until 17:00 CET"),
        (berlin(30, 17), "closed, opens Tue 08:00 CET"),
        (berlin(30, 7, 59), "closed, opens 08:00 CET"),
        (berlin(28, 12), "closed, opens Mon 08:00 CET"),
    ],
)
def test_hours_are_told_in_the_zone_of_the_point(now: datetime, words: str) -> None:
    assert PHARMACY.open_text(now) == words


def test_hours_over_midnight_day_and_night_today_alone_and_unknown() -> None:
    monday = berlin(30, 12)
    night = replace(PHARMACY, hours=(OpeningHours(time(20), time(2), 0),))
    assert night.open_text(berlin(30, 21)) == "open until Tue 02:00 CET"
    assert night.open_text(berlin(1, 1, month=12)) == "open until 02:00 CET"
    assert night.week_text == "Mon 20:00 to 02:00"
    always = replace(PHARMACY, hours=tuple(OpeningHours(time(), time(), day) for day in range(7)))
    assert (always.open_text(monday), always.week_text) == ("open day and night", "Mon to Sun 00:00 to 24:00")
    assert replace(PHARMACY, today=()).open_text(monday) == "closed, opens Tue 08:00 CET"
    assert replace(PHARMACY, today=(OpenSpan(time(9), time(13)),)).open_text(monday) == "open until 13:00 CET"
    assert replace(PHARMACY, hours=()).open_text(monday) == ""
    assert replace(PHARMACY, zone="Nowhere/None").open_text(monday) == ""
    assert PHARMACY.week_text == "Mon to Fri 08:00 to 17:00"


@pytest.mark.rule("RX-8")
def test_a_receipt_says_what_became_of_each_item() -> None:
    items = tuple(RefillItem(id, id.upper(), "Dr. Adler", BERLIN) for id in ("a", "b", "c"))
    soon = datetime(2026, 12, 8, 23, tzinfo=UTC)
    outcomes = (
        ItemOutcome("a", "requested", "7f3a"),
        ItemOutcome("b", "refused", rule="RX-7", reason="too-soon", title="Too early.", from_=soon),
    )
    receipt = Receipt("k", Way.REFILL, "n", ASKED, ActStage.SENT, items, outcomes, "Landstuhl Pharmacy")
    said = ["requested, Landstuhl Pharmacy", "too soon: from Wed 9 Dec 2026", "the server did not say"]
    assert [receipt.words(item) for item in items] == said
    assert receipt.requested == items[:1]
    renewed = replace(
        receipt, way=Way.RENEWAL, outcomes=(replace(outcomes[0]), ItemOutcome("b", "refused", title="No."))
    )
    assert [renewed.words(item) for item in items[:2]] == ["with Dr. Adler", "No."]
    doubted = replace(receipt, outcomes=(), stage=ActStage.UNKNOWN)
    assert {doubted.words(item) for item in items} == {"not known yet: asking the server"}
    assert replace(doubted, stage=ActStage.REFUSED, why="Not open to you.").words(items[0]) == "Not open to you."


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize(
    ("supply", "due", "told"),
    [
        (
            Supply(90, at(9, 5), date(2026, 12, 4), 4, due=True),
            "runs out Fri 4 Dec: nothing asked yet",
            "4 days left, runs out Fri 4 Dec 2026 (90 days from 5 Sep)",
        ),
        (
            Supply(90, at(9, 5), date(2026, 12, 4), 0, due=True),
            "ran out 4 Dec 26: nothing asked yet",
            "ran out Fri 4 Dec 2026 (90 days from 5 Sep)",
        ),
        (
            Supply(90, at(9, 5), date(2026, 12, 4), 1, asked=True),
            "",
            "1 day left, runs out Fri 4 Dec 2026 (90 days from 5 Sep)",
        ),
        (None, "", "can't be told"),
    ],
)
def test_what_runs_out_is_told_until_something_is_asked_for(supply: Supply | None, due: str, told: str) -> None:
    one = replace(LISINOPRIL, supply=supply)
    assert (due_text(one), supply_text(one), one.is_due) == (due, told, bool(due))
    denied = replace(DENIED, supply=supply)
    assert due_text(denied) == due.replace("nothing asked yet", "renewal denied 19 Nov"), "it was asked for"
    assert all_of_it(denied).count("denied") == 1
    assert all_of_it(denied).endswith("can be asked for again")


@pytest.mark.rule("RX-12")
def test_due_is_what_runs_out_within_fourteen_days_and_can_be_had_by_then() -> None:
    supply = Supply(90, at(9, 5), date(2026, 12, 4), 14)
    assert [replace(LISINOPRIL, supply=replace(supply, left=days)).is_due for days in (14, 15)] == [True, False]
    assert not replace(METFORMIN, supply=supply).is_due
    assert replace(CETIRIZINE, supply=supply).is_due, "it can be had later"
