"""Refills: what can be done with each prescription, why not and from when, and how a refill gets on."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.acts import ActStage
from genesis_tui.models.refills.get_more import ItemOutcome, Receipt, RefillItem, Way
from genesis_tui.models.refills.prescription import Prescription, Supply
from genesis_tui.screens.refills.detail import detail, tracking
from genesis_tui.screens.refills.rows import ColumnHeads, RefillView, listed, refill_columns
from genesis_tui.screens.refills.tracking import UNTRACKED as NOT_TOLD
from genesis_tui.screens.refills.tracking import timeline
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import text_of
from genesis_tui.widgets.page import para_lines
from genesis_tui.widgets.virtual_list import Columns, Gap, GroupHeading
from tests.screens.rx_of import (
    ALL,
    CETIRIZINE,
    DENIED,
    FILL,
    LEVOTHYROXINE,
    LISINOPRIL,
    METFORMIN,
    NAPROXEN,
    OMEPRAZOLE,
    OXYCODONE,
    READY,
    UNTRACKED,
    ZONE,
    at,
    both_no,
    rx,
)
from tests.screens.signed_in import Session, session

LONG = rx(
    "Norgestimate and ethinyl estradiol 0.25/0.035 mg tablet",
    *both_no("another-reason", title="The pharmacy waits for a delivery that comes by ship.", next="Ask next week."),
)


def drawn(one: Prescription, width: int = 79, columns: Columns = Columns.SHORT) -> list[str]:
    return text_of(RefillView(columns).draw(one, width)).split("\n")


def page(
    one: Prescription,
    width: int = 37,
    *receipts: Receipt,
    everything: bool = False,
    alone: bool = False,
) -> str:
    told = (tracking if alone else detail)(one, width, me="Daniel Reyes", everything=everything, receipts=receipts)
    return text_of(line for para in told for line in para_lines(para, width + 2))


# rows


def test_a_row_has_the_columns_of_the_mockup() -> None:
    (row,) = drawn(CETIRIZINE)
    assert row == "  –  Cetirizine 10 mg tablet    3 left  too soon: from Thu 3 Dec 2026"
    assert drawn(METFORMIN) == ["  »  Metformin 500 mg tablet            refill it at your community pharmacy"]
    assert drawn(LISINOPRIL) == [" [ ] Lisinopril 10 mg tablet    2 left  can be refilled now"]


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (39, Columns.TWO_ROWS),
        (44, Columns.TWO_ROWS),
        (58, Columns.TWO_ROWS),
        (59, Columns.SHORT),
        (78, Columns.SHORT),
        (79, Columns.SHORT),
        (98, Columns.FULL),
        (158, Columns.FULL),
    ],
)
@pytest.mark.parametrize("one", [*ALL, LONG], ids=lambda one: one.drug.split()[0])
def test_neither_drug_nor_reason_is_ever_cut(one: Prescription, width: int, columns: Columns) -> None:
    lines = drawn(one, width, columns)
    said = " ".join(" ".join(lines).split())
    assert all(len(line) <= width for line in lines)
    assert "…" not in said
    assert sum(said.count(word) for word in ("estradiol", "0.25/0.035")) == (2 if one is LONG else 0)
    if one is LONG:
        assert all(word in said for word in ("waits", "delivery", "ship.", "Ask", "next", "week."))
    assert RefillView(columns).heights([one], width) == [len(lines)]


def test_a_phone_says_the_reason_below_the_drug() -> None:
    assert drawn(OMEPRAZOLE, 44, Columns.TWO_ROWS) == [
        "  –  Omeprazole 20 mg capsule        0 left",
        "     renewal asked 16 Nov, with Dr. Okafor",
    ]
    assert drawn(LISINOPRIL, 44, Columns.TWO_ROWS) == [" [ ] Lisinopril 10 mg tablet         2 left"]


def test_a_wide_window_shows_the_last_fill() -> None:
    assert refill_columns(139) is Columns.SHORT
    assert refill_columns(140) is Columns.FULL
    assert refill_columns(59) is Columns.TWO_ROWS
    assert "20 Aug 26  can be refilled now" in drawn(LISINOPRIL, 98, Columns.FULL)[0]


def test_groups_come_in_order_and_empty_ones_are_not_shown() -> None:
    rows = listed(ALL, Columns.SHORT, width=79, height=40)
    heads = [row.text for row in rows if isinstance(row, GroupHeading)]
    assert heads == ["Can be refilled now", "Can be renewed", "Not now", "Recorded elsewhere"]
    rows = listed([LISINOPRIL, OXYCODONE], Columns.SHORT, width=79, height=40)
    assert [row.text for row in rows if isinstance(row, GroupHeading)] == ["Can be refilled now", "Not now"]
    assert listed([], Columns.SHORT, width=79, height=40) == []


def test_blank_rows_stand_between_groups_only_where_everything_fits() -> None:
    view = RefillView(Columns.SHORT)
    high = listed(ALL, Columns.SHORT, width=79, height=40)
    whole = sum(view.heights(high, 79))
    assert Gap() in high
    assert listed(ALL, Columns.SHORT, width=79, height=whole) == high
    low = listed(ALL, Columns.SHORT, width=79, height=whole - 1)
    assert Gap() not in low
    assert isinstance(low[0], ColumnHeads)


def test_the_cursor_stands_on_prescriptions_alone() -> None:
    view = RefillView()
    assert [view.selectable(row) for row in (GroupHeading("x"), ColumnHeads(), LISINOPRIL)] == [False, False, True]
    assert (view.key(GroupHeading("x")), view.key(LISINOPRIL)) == ("", "MedicationRequest/lisinopril")


# the page


@pytest.mark.rule("RX-6")
def test_a_timeline_has_what_came_what_is_now_and_what_is_ahead() -> None:
    assert text_of(timeline(LEVOTHYROXINE, READY, 37, "Daniel Reyes")).split("\n") == [
        "●  Requested         Wed 18 Nov 18:12",
        "│  by you, 90 days",
        "│  request r",
        "●  In process        Thu 19 Nov 08:03",
        "│  Fort Belvoir Main Pharmacy",
        "◉  Ready for pick-up Fri 20 Nov 16:40",
        "┆  Locker 2, Exchange lobby",
        "┆  Mon to Fri 09:00 to 17:00 EST",
        "○  Picked up         by Fri 4 Dec",
        "   then returned to stock",
    ]


def test_a_denied_renewal_tells_what_was_written_and_why() -> None:
    text = page(DENIED, alone=True)
    assert re.search(r"by Elena Reyes\n.*“It helps.”\n.*request n\n.*Denied .*\n.*Please come in first.", text), text


def test_somebody_else_is_named() -> None:
    assert "by Daniel Reyes, 90 days" in text_of(timeline(LEVOTHYROXINE, READY, 37, "Elena Reyes"))
    assert "by Elena Reyes" in page(OMEPRAZOLE)


def test_the_page_says_what_it_is_what_can_be_done_and_how_it_gets_on() -> None:
    text = page(LEVOTHYROXINE)
    for words in (
        "For       low thyroid",
        "By        Dr. Anna Okafor",
        "Written   24 Mar 2026, 90 days",
        "Amount    90 tablets",
        "Expires   24 Mar 2027",
        "Refills   1 of 3 left",
        "Last fill 20 Aug 2026",
        "Rx        RX313000003",
        "WHAT CAN BE DONE",
        "It is ready since 20 Nov 2026.",
        "Rule RX-2",
        "TRACKING: LAST REFILL           t all",
    ):
        assert words in text
    assert text.count("It is ready since") == 1
    assert "Fill of" not in text


def test_all_of_it_tells_of_the_fills_before() -> None:
    text = page(LEVOTHYROXINE, everything=True)
    assert "TRACKING: ALL                  t last" in text
    assert text.index("Refill asked Wed 18 Nov 2026") < text.index("Fill of Thu 20 Aug 2026")
    assert "90 tablets, 90 days" in text


def test_both_decisions_are_explained_where_they_differ() -> None:
    text = " ".join(page(OXYCODONE, 60).split())
    assert "Refill: It expired on 11 Aug 2023. Rule RX-2" in text
    assert "Renewal: It expired on 11 Aug 2023, over 120 days ago. Rule RX-3" in text
    assert "Kept controlled: not at a locker" in text
    assert "Status completed" in text
    text = " ".join(page(NAPROXEN, 60).split())
    assert "It can be renewed. No visit needed; Dr. Anna Okafor decides." in text
    assert "Refill: No refills are left. Ask for a renewal. Rule RX-4" in text


@pytest.mark.rule("RX-6")
def test_a_pharmacy_that_does_not_track_says_so() -> None:
    one = rx("Cetirizine 10 mg tablet", *both_no("request-pending"), requests=(UNTRACKED,))
    text = " ".join(page(one).split())
    assert f"{NOT_TOLD}, +39 081 555 0100." in text
    assert "In process" not in text


@pytest.mark.rule("RX-6", "APPT-9")
@pytest.mark.parametrize("one", [LEVOTHYROXINE, CETIRIZINE], ids=["request", "fill"])
def test_hours_that_are_not_the_viewers_own_name_their_zone(one: Prescription) -> None:
    for zone, said in (("Europe/Berlin", True), (ZONE, False), ("", False)):
        told = text_of(
            line for para in tracking(one, 37, me="", everything=False, zone=zone) for line in para_lines(para, 39)
        )
        assert (f"Times at the pharmacy: {'EST' if one is LEVOTHYROXINE else 'EDT'}." in told) is said


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize(
    ("left", "words", "role"),
    [
        (4, "runs out Fri 4 Dec: nothing asked yet", "pending bold"),
        (1, "runs out Fri 4 Dec: nothing asked yet", "critical bold"),
        (0, "ran out 4 Dec 26: nothing asked yet", "critical bold"),
    ],
)
def test_what_runs_out_and_nobody_asked_for_says_so(left: int, words: str, role: str) -> None:
    due = Supply(90, at(9, 5), date(2026, 12, 4), left, due=True)
    one = replace(LISINOPRIL, supply=due)
    (line,) = RefillView(Columns.SHORT, {one.id}).draw(one, 79)
    assert text_of([line]) == f" [x] Lisinopril 10 mg tablet    2 left  {words}"
    assert line[-1] == (words, role)
    assert drawn(one, 44, Columns.TWO_ROWS)[1] == f"     {words}"
    soon = replace(CETIRIZINE, supply=due)
    assert " ".join(drawn(soon)[0].split()).endswith(f"{words};")
    assert "too soon: from Thu 3 Dec 2026" in " ".join(" ".join(drawn(soon)).split())
    asked = replace(one, supply=replace(due, due=False, asked=True))
    assert "nothing asked" not in drawn(asked)[0]


@pytest.mark.rule("RX-12")
def test_the_page_tells_the_supply_or_that_it_cant_be_told() -> None:
    known = replace(LISINOPRIL, supply=Supply(90, at(9, 5), date(2026, 12, 4), 4))
    assert "Supply    4 days left, runs out Fri 4 Dec 2026 (90 days from 5 Sep)" in page(known, 78)
    assert "Supply    can't be told" in page(LISINOPRIL)
    assert "Supply" not in page(METFORMIN)


@pytest.mark.rule("RX-9", "JHIE-1")
def test_what_was_recorded_elsewhere_names_the_partner_and_counts_nothing() -> None:
    text = page(METFORMIN)
    assert "From      Lakeview Medical Group" in text
    assert "Refills" not in text
    assert "Last fill" not in text


def test_tracking_alone_says_when_there_is_nothing_to_track() -> None:
    assert "What is filled elsewhere is not known here." in " ".join(page(METFORMIN, alone=True).split())
    assert "Nothing filled or requested yet." in page(rx("New", *both_no("never-dispensed")), alone=True)
    imported = rx("Old", *both_no("fill-missing"), rx="", last_fill=None)
    assert "No fill is on record." in page(imported, alone=True)
    assert "Last fill none on record" in page(imported)
    assert "For " not in page(LEVOTHYROXINE, alone=True)
    assert FILL.where in page(CETIRIZINE, alone=True)


@pytest.mark.rule("RX-8")
def test_what_was_refused_stands_under_tracking_with_its_rule() -> None:
    rows = (RefillItem(one.id, one.drug, zone=one.zone) for one in (CETIRIZINE, LISINOPRIL))
    why = ItemOutcome(CETIRIZINE.id, "refused", rule="RX-7", reason="too-soon", from_=CETIRIZINE.refill.from_)
    said = (why, ItemOutcome(LISINOPRIL.id, "requested", "r"))
    receipt = Receipt("key", Way.REFILL, "p", at(11, 23, 14, 42), ActStage.SENT, tuple(rows), said)
    assert page(CETIRIZINE, 37, receipt).rpartition("TRACKING")[2].split("\n") == [
        ": NOT ASKED FOR         t all",
        " Refill wanted Mon 23 Nov 2026",
        " ●  Refused           Mon 23 Nov 09:42",
        "    too soon: from Thu 3 Dec 2026",
        "    rule RX-7, not asked for",
    ]
    assert "LAST FILL" not in page(CETIRIZINE, 37, receipt)
    assert "Refused" in page(CETIRIZINE, 37, receipt, everything=True)
    assert page(LISINOPRIL, 37, receipt) == page(LISINOPRIL)


def test_ascii_stands_for_every_sign_of_the_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbols, "_ascii", True)
    lines = timeline(LEVOTHYROXINE, READY, 37, "Daniel Reyes")
    shown = ["".join(symbols.shown(text) if "sign" in role else text for text, role in line) for line in lines]
    assert all(line.isascii() for line in shown)


# the screen


async def refills_of(running: Session, given: str) -> None:
    await running.open(given, "refills")
    await running.until(lambda: "✓" in running.lines[0] or "Can't" in running.text)


async def test_it_fits_every_window(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        async for size in running.sizes():
            assert "CAN BE REFILLED NOW" in running.text
            assert all(len(line) <= size[0] for line in running.lines)
            seen = running.text
            for _ in range(12):
                await running.press("j")
                seen += running.text
            for words in ("CAN BE RENEWED", "NOT NOW", "RECORDED ELSEWHERE", "too soon: from Sat 9 Jan", "t tracking"):
                assert words in seen or (words == "t tracking" and size[0] < 80)
            await running.press("g")


async def test_enter_opens_t_tracks_and_escape_goes_back(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        await running.press("j", "j", "j", "enter")
        await running.expect("Levothyroxine 50 mcg tablet", "Refills   1 of 3 left", "WHAT CAN BE DONE")
        await running.press("t")
        await running.expect("TRACKING: LAST REFILL", "by Fri 4 Dec")
        assert "WHAT CAN BE DONE" not in running.text
        await running.press("t")
        await running.expect("TRACKING: ALL", "Fill of Thu 20 Aug 2026")
        await running.press("right_square_bracket", "right_square_bracket")
        await running.expect("Omeprazole", "Renewal asked Mon 16 Nov 2026")
        assert "WHAT CAN BE DONE" not in running.text
        await running.press("left_square_bracket", "escape")
        await running.expect("CAN BE REFILLED NOW")
        await running.press("enter")
        await running.expect("WHAT CAN BE DONE")


async def test_beside_the_list_t_turns_between_the_last_refill_and_all(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    async with session(mock, transport, size=(120, 40)) as running:
        await refills_of(running, "Daniel")
        await running.press("j", "j", "j")
        await running.expect("TRACKING: LAST REFILL", "◉  Ready for pick-up Fri 20 Nov 16:40")
        await running.press("t")
        await running.expect("TRACKING: ALL", "WHAT CAN BE DONE")
        await running.press("t")
        await running.expect("TRACKING: LAST REFILL")


async def test_slash_filters_and_escape_shows_all(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        await running.press("slash", *"knee")
        await running.until(lambda: "Lisinopril" not in running.text)
        assert "Naproxen" in running.text
        await running.press(*"xx")
        await running.expect("No prescription with “kneexx”.")
        await running.press("escape")
        await running.expect("Lisinopril")
        await running.press("slash", *"gel", "enter")
        assert "Naproxen" not in running.text
        await running.press("escape")
        await running.expect("Naproxen")


@pytest.mark.rule("RX-7")
async def test_f5_shows_what_the_clock_brought(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        assert "in process since 22 Nov" in running.line("Diclofenac")
        mock.clock.set(datetime(2026, 11, 24, 21, tzinfo=UTC) + timedelta(hours=1))
        await running.app.portal.sign_in.by_password("daniel.reyes", "Walnut-Harbor-2041-Daniel")
        await refills_of(running, "Daniel")
        await running.expect("ready since 24 Nov: pick it up first")


@pytest.mark.rule("FAM-3")
async def test_a_teenager_s_refills_are_refused_with_the_rule(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as running:
        await running.open("Leo", "patient")
        await running.press("5")
        await running.expect("Can't show Leo's refills", "Rule FAM-3")
        assert "MEDICATION" not in running.text


async def test_copy_gives_the_row_as_a_line(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        await running.press("j", "y")
        assert running.app.clipboard == "Lisinopril 10 mg tablet · 2 left · can be refilled now · RX313000001"


async def test_someone_without_prescriptions_is_told_so(mock: Mock, transport: httpx.ASGITransport) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql("DELETE FROM resource WHERE type = 'MedicationRequest' AND patient_id = '12742301'")
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        assert "No prescriptions yet" in running.text
        assert "/ search" not in running.keys
