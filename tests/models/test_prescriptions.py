"""What is said of a prescription: its group, its place in the list, and what can be done in words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from genesis_tui.models.refills import wording
from genesis_tui.models.refills.prescription import (
    Prescription,
    PrescriptionGroup,
    PrescriptionOrigin,
    Supply,
    arranged,
    matching,
)
from tests.screens.rx_of import (
    ALL,
    APPROVAL,
    CETIRIZINE,
    DENIED,
    INSTEAD,
    LEVOTHYROXINE,
    LISINOPRIL,
    METFORMIN,
    NAPROXEN,
    OMEPRAZOLE,
    OXYCODONE,
    READY,
    UNTRACKED,
    at,
    both_no,
    no,
    rx,
)


@pytest.mark.parametrize(
    ("one", "group"),
    [
        (LISINOPRIL, PrescriptionGroup.REFILL),
        (NAPROXEN, PrescriptionGroup.RENEW),
        (LEVOTHYROXINE, PrescriptionGroup.NOT_NOW),
        (CETIRIZINE, PrescriptionGroup.NOT_NOW),
        (METFORMIN, PrescriptionGroup.ELSEWHERE),
    ],
)
def test_the_server_s_word_decides_on_the_group(one: Prescription, group: PrescriptionGroup) -> None:
    assert one.group is group


def test_the_list_goes_by_group_then_by_how_near_something_is() -> None:
    assert [one.drug.split()[0] for one in ALL] == [
        "Lisinopril",
        "Naproxen",
        "Levothyroxine",
        "Omeprazole",
        "Cetirizine",
        "Oxycodone",
        "Metformin",
    ]
    assert arranged(reversed(ALL)) == ALL


def test_what_runs_out_comes_first_and_then_what_is_ready_and_what_opens_soonest() -> None:
    due = replace(LISINOPRIL, drug="Zolpidem", supply=Supply(90, at(9, 5), date(2026, 12, 4), 4, due=True))
    later = replace(CETIRIZINE, drug="Aspirin", can=both_no("too-soon", from_=datetime(2026, 12, 9, tzinfo=UTC)))
    process = rx("Atenolol", *both_no("in-process"))
    rows = (due, LISINOPRIL, LEVOTHYROXINE, process, CETIRIZINE, later)
    assert arranged(reversed(rows)) == rows


@pytest.mark.rule("RX-4")
@pytest.mark.parametrize(
    ("one", "words"),
    [
        (LISINOPRIL, "can be refilled now"),
        (NAPROXEN, "can be renewed; no visit, Dr. Okafor decides"),
        (DENIED, "renewal denied 19 Nov; can be asked for again"),
        (replace(DENIED, requests=(READY, *DENIED.requests)), "can be renewed; no visit, Dr. Okafor decides"),
        (LEVOTHYROXINE, "ready since 20 Nov: pick it up first"),
        (OMEPRAZOLE, "renewal asked 16 Nov, with Dr. Okafor"),
        (CETIRIZINE, "too soon: from Thu 3 Dec 2026"),
        (OXYCODONE, "expired 11 Aug 2023: ask for a visit"),
        (METFORMIN, "refill it at your community pharmacy"),
        (replace(METFORMIN, origin=PrescriptionOrigin.REPORTED), "reported by you; not prescribed here"),
        (rx("X", *both_no("never-dispensed")), "not filled for the first time yet: call the pharmacy"),
        (rx("X", *both_no("not-active"), status="stopped"), "stopped: write to your care team if you need it"),
        (rx("X", *both_no("not-active"), requests=(APPROVAL,)), "renewed 19 Nov: another has taken its place"),
        (
            rx("X", *both_no("not-active", title="It was renewed.", next="Ask for that.")),
            "It was renewed. Ask for that.",
        ),
        (rx("X", *both_no("not-active"), status="completed"), "ended: write to your care team if you need it"),
        (rx("X", *both_no("premium-required")), "needs a Premium sign-in"),
        (rx("X", *both_no("brand-new", title="Quite new.", next="Wait.")), "Quite new. Wait."),
        (rx("X", *both_no("in-process", title="Being filled.")), "Being filled."),
        (rx("X", *both_no("request-pending", title="Asked for.")), "Asked for."),
        (
            rx("X", *both_no("request-pending"), requests=(UNTRACKED,)),
            "refill asked 22 Nov; this pharmacy does not track",
        ),
        (
            rx("X", no("refill", "too-soon"), replace(INSTEAD, from_=datetime(2026, 12, 4, 5, tzinfo=UTC))),
            "too soon; can be renewed from Fri 4 Dec 2026",
        ),
        (rx("X"), "Not offered here."),
    ],
)
def test_what_can_be_done_is_said_in_words(one: Prescription, words: str) -> None:
    assert wording.what_can_be_done(one) == words


@pytest.mark.rule("RX-7")
def test_days_are_the_pharmacy_s() -> None:
    tokyo = replace(CETIRIZINE, zone="Asia/Tokyo")
    assert wording.what_can_be_done(tokyo) == "too soon: from Thu 3 Dec 2026"
    assert wording.what_can_be_done(replace(CETIRIZINE, zone="Pacific/Honolulu")) == "too soon: from Wed 2 Dec 2026"
    assert replace(CETIRIZINE, zone="No/Where").local(at(11, 20)) == at(11, 20)


def test_the_first_moment_of_either_counts() -> None:
    assert CETIRIZINE.from_ == datetime(2026, 12, 3, 5, tzinfo=UTC)
    assert OXYCODONE.from_ is None


@pytest.mark.parametrize(
    ("words", "found"),
    [("thyroid", ["Levothyroxine"]), ("MG tablet renewed", ["Naproxen"]), ("lakeview", ["Metformin"]), ("zzz", [])],
)
def test_every_word_looked_for_must_stand_there(words: str, found: list[str]) -> None:
    assert [one.drug.split()[0] for one in matching(ALL, words)] == found


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        (90, "tablet", "90 tablets"),
        (1, "inhaler", "1 inhaler"),
        (125, "mL", "125 mL"),
        (2.5, "", "2.5"),
        (None, "x", ""),
    ],
)
def test_amounts(quantity: float | None, unit: str, words: str) -> None:
    assert wording.amount(quantity, unit) == words
