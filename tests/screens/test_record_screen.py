"""The Record place as it is used: by keyboard, on the real mock, at the four sizes."""

import base64
import json
import stat
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.dates import NEVER
from genesis_tui.models.base.ledger import Missing
from genesis_tui.models.record import Entries, Entry, section
from genesis_tui.screens.record.loaded import LoadedSections
from genesis_tui.screens.record.panes import SectionList
from genesis_tui.screens.record.rows import SectionRow, SectionView
from tests.api_client.record_of import one
from tests.screens.signed_in import BOTH_ENDS, Session, session

DANIEL_ID = "12742301"
SECTIONS = ["Clinical notes", "Labs", "Radiology", "Pathology", "Other reports", "Immunizations", "Medications"]


async def open_record(running: Session) -> None:
    """To Record, with all counts there."""
    await running.press("6")
    await counted(running)


async def counted(running: Session) -> None:
    """All counts of the record are there."""
    await running.until(lambda: "6 Record" in running.text or "Allergies" in running.text)
    await running.until(lambda: running.app.workers._workers == set() or _counted(running))
    await running.pilot.pause(0.2)


def _counted(running: Session) -> bool:
    return not any(worker.group in ("count", "load") and worker.is_running for worker in running.app.workers)


async def go_to(running: Session, section: str) -> None:
    """Puts the cursor on a section and opens it."""
    chooser = running.app.screen.query_one(SectionList)
    titles = [row.section.title if isinstance(row, SectionRow) else "" for row in chooser.rows]
    chooser.cursor = titles.index(section)
    await running.press("enter")
    await running.pilot.pause(0.2)


async def walk_to(running: Session, section: str) -> None:
    """The same by the keyboard, from section to section."""
    for _ in range(30):
        if any("▌" in line and f" {section}" in line[:30] for line in running.lines):
            break
        await running.press("j")
    await running.press("enter")
    await running.pilot.pause(0.2)


def counts(running: Session) -> dict[str, str]:
    """Sections with what stands beside their names, in the pane at the left."""
    rows = [line.split("│")[0].strip(" ▌▎") for line in running.lines[3:-1]]
    return {row.rpartition(" ")[0].strip(): row.rpartition(" ")[2] for row in rows if " " in row}


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_sections_entries_and_an_entry_are_reached_and_left_by_keyboard(
    mock: Mock, transport: httpx.ASGITransport, size: tuple[int, int]
) -> None:
    async with session(mock, transport, size=size, patient="you", place="record") as running:
        await counted(running)
        await walk_to(running, "Immunizations")
        assert "Influenza, seasonal" in running.text
        await running.press("enter")
        await running.until(lambda: "Given" in running.text)
        assert "1 of 24" in running.text
        await running.press("right_square_bracket")
        await running.expect("2 of 24")
        await running.press("escape", "escape")
        await running.expect("Immunizations", "24")
        assert "esc" not in running.keys or "f family" in running.keys


async def test_vital_signs_and_labs_have_their_trend_here_too(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Vital signs")
        await running.expect("Blood pressure")
        await running.press(*"/blood", "enter", "t")
        await running.expect("systolic in range", "diastolic in range")
        await running.press("left", "enter")
        await running.expect("EARLIER", "Systolic")
        await running.press("escape", "escape", "escape", "g", "j", "enter")
        await running.expect("Lipid panel")
        await running.press("t")
        await running.expect("LDL cholesterol", "in range")
        await running.press("enter")
        await running.expect("collected Fri 20 Nov 2026")


@pytest.mark.rule("REC-1")
async def test_counts_of_all_sections_come_by_themselves(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(120, 40), patient="you", place="record") as running:
        await counted(running)
        found = counts(running)
        await walk_to(running, "What is here")
        await running.expect("NOT ALL OF IT IS HERE", "ALL OF IT IS HERE", "Immunizations", "all 24")
        assert running.app.screen.about() is None
    assert list(found)[: len(SECTIONS)] == SECTIONS
    assert (found["Immunizations"], found["Medications"], found["Vital signs"]) == ("24", "33", "6")
    assert "Dental" not in found


@pytest.mark.rule("FAM-3")
async def test_a_teenagers_closed_sections_say_why_and_what_stays_open(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    around = WithDocument(transport)
    async with session(mock, around, size=(120, 40), patient="Leo", place="record") as running:
        await counted(running)
        found = counts(running)
        assert (found["Immunizations"], found["Allergies"], found["Medications"]) == ("32", "1", "closed")
        assert list(found).index("Appointments") < list(found).index("Medications")
        await go_to(running, "Medications")
        await running.expect("Can't show Leo's medications", "Rule FAM-3")
    assert not any("Medication" in path for path in around.asked), "what the server said before is enough"


async def test_other_entries_are_fetched_only_when_they_are_opened(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(80, 40), patient="you", place="record") as running:
        await counted(running)
        assert ["Other"] in [line.split() for line in running.lines], "no count yet"
        await running.press("G", "k", "k", "enter")
        await running.expect("No other entries recorded")


async def test_a_result_opens_in_results(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(80, 24), patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Labs")
        await running.press("enter")
        await running.expect("LDL cholesterol", "REFERENCE")
        assert "2 Results" in running.text


async def test_words_filter_the_section_as_they_are_typed(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(80, 24), patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Immunizations")
        await running.press("slash", *"tdap")
        await running.expect("2 of 24")
        assert "Influenza" not in running.text
        await running.press("enter", "enter")
        await running.expect("1 of 2", "Tdap")
        await running.press("escape", "escape")
        await running.expect("Influenza, seasonal")
        await running.press("slash", *"zzz")
        await running.expect("No immunizations with these words.")


async def test_tab_goes_round_the_three_panes(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(120, 40), patient="you", place="record") as running:
        await counted(running)
        seen = []
        for _ in range(4):
            seen.append(running.app.focused.id if running.app.focused else "")
            await running.press("tab")
    assert seen == ["sections", "rows", "detail", "sections"]


async def test_a_line_is_copied(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(80, 24), patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Allergies")
        await running.press("y")
        await running.expect("Copied", "Peanut")


async def test_medications_stand_in_groups(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(45, 50), patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Medications")
        await running.expect("PRESCRIBED", "Naproxen 500 mg tablet")


# documents


class WithDocument(httpx.AsyncBaseTransport):
    """The mock, with one more document of Daniel's: text, and a picture with a hostile name."""

    def __init__(self, mock: httpx.AsyncBaseTransport) -> None:
        self.mock, self.asked = mock, list[str]()
        text = base64.b64encode(b"Rest the knee.\nCome back in two weeks.").decode()
        attachments: list[dict[str, Any]] = [
            {"contentType": "text/plain", "data": text, "title": "Instructions"},
            {"contentType": "image/png", "url": "Binary/scan", "title": "../../../scan\u202egnp", "size": 84_000},
        ]
        body = one("DocumentReference", content=[{"attachment": a} for a in attachments])
        body["subject"] = {"reference": f"Patient/{DANIEL_ID}"}
        self.bundle = json.dumps({"resourceType": "Bundle", "entry": [{"resource": body}]}).encode()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path.endswith("/DocumentReference") and "category" not in request.url.params:
            return httpx.Response(200, content=self.bundle, headers={"content-type": "application/fhir+json"})
        if request.url.path.endswith("/Binary/scan"):
            return httpx.Response(200, content=b"\x89PNG", headers={"content-type": "image/png"})
        return await self.mock.handle_async_request(request)


def saved_in(folder: Path) -> list[tuple[str, bytes, int]]:
    return [(p.name, p.read_bytes(), stat.S_IMODE(p.stat().st_mode)) for p in folder.iterdir()]


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_the_text_of_a_document_shows_and_its_files_wait(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path, size: tuple[int, int]
) -> None:
    around = WithDocument(transport)
    async with session(mock, around, size=size, patient="you", place="record") as running:
        running.app.settings = replace(running.app.settings, downloads=str(tmp_path))
        await counted(running)
        await go_to(running, "Documents")
        await running.press("enter")
        await running.expect("Rest the knee.")
        assert not any(path.endswith("/Binary/scan") for path in around.asked)
        await running.press("G", "e")
        await running.until(lambda: bool(saved_in(tmp_path)))
        await running.expect("Saved")
    assert saved_in(tmp_path) == [("scan-gnp.png", b"\x89PNG", 0o600)]


async def test_without_a_display_a_file_can_still_be_saved(
    mock: Mock, transport: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with session(mock, WithDocument(transport), size=(80, 24), patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Documents")
        await running.press("enter")
        await running.expect("Rest the knee.")
        await running.press("j", "O")
        await running.expect("There is no display to open it on.", "Save it with e")


# files of notes and reports


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_the_file_of_a_note_is_saved_from_the_note(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with session(mock, transport, size=size, patient="you", place="record") as running:
        running.app.settings = replace(running.app.settings, downloads=str(tmp_path))
        await counted(running)
        await go_to(running, "Clinical notes")
        await running.press("enter")
        await running.expect("FAMILY MEDICINE VISIT")
        await running.until(lambda: running.app.focused is not None and running.app.focused.id == "detail")
        await running.press("e")
        await running.until(lambda: bool(saved_in(tmp_path)))
        await running.expect("Saved")
    ((name, content, mode),) = saved_in(tmp_path)
    assert (name, content[:8], mode) == ("After-visit summary.pdf", b"%PDF-1.4", 0o600)


async def test_the_keys_read_a_note_down_to_its_file(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(80, 24), patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Clinical notes")
        await running.press("enter")
        for keys in (("j",) * 60, ("pagedown",) * 4, ("ctrl+d",) * 8, ("G",)):
            await running.expect("FAMILY MEDICINE VISIT", "e save file")
            assert "FILES" not in running.text
            await running.press(*keys)
            await running.expect("FILES", "After-visit summary", "PDF")
            await running.press("g")


async def test_a_note_without_files_opens_in_results(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(80, 40), patient="you", place="record") as running:
        await counted(running)
        await go_to(running, "Clinical notes")
        await running.press("j", "enter")
        await running.expect("by Dr. Anna Okafor")
        assert "2 Results" in running.text


async def test_a_file_that_came_with_a_result_is_saved_from_results(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path
) -> None:
    async with session(mock, transport, size=(80, 40), patient="Daniel") as running:
        for _ in range(40):
            if any("▌" in line and "MRI left knee" in line for line in running.lines):
                break
            await running.press("j")
        await running.press("enter")
        await running.expect("Attached: 1 file (PNG picture). e saves it; Record (6) opens it too.", "e save file")
        running.app.settings = replace(running.app.settings, downloads=str(tmp_path))
        await running.press("e")
        await running.until(lambda: [path.suffix for path in tmp_path.glob("*.png")] == [".png"])
        await running.expect("Saved")


@pytest.mark.rule("REL-5")
async def test_what_was_read_here_is_not_new_in_results(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(80, 40), patient="Daniel") as running:
        await running.until(lambda: "\u2022" in running.line("MRI left knee"))
        await open_record(running)
        await go_to(running, "Radiology")
        await running.press("enter")
        await running.expect("EXAM: MRI left knee")
        await running.press("2")
        await running.until(lambda: "\u2022" not in running.line("MRI left knee"))
        assert "\u2022" in running.line("Complete blood count")


@pytest.mark.rule("REC-8")
def test_a_section_of_which_not_all_came_says_so_beside_its_count() -> None:
    refused, names = Missing("Condition", "conditions", "No."), Missing("Practitioner", "names", "No.", beside=True)
    entry = Entry("Condition/1", "conditions", "Asthma", NEVER)
    told = {}
    for rows, missing in product(((), (entry,)), ((), (names,), (names, refused))):
        known = LoadedSections((section("conditions"),))
        known.take(section("conditions"), Entries(rows, missing=missing))
        (row,) = known.rows()
        line = "".join(text for text, _ in SectionView().draw(row, 40)[0])
        told[len(rows), len(missing)] = line.removeprefix(" Conditions").strip()
    assert told == {(0, 0): "0", (0, 1): "0", (0, 2): "missing", (1, 0): "1", (1, 1): "1", (1, 2): "1, not all"}
