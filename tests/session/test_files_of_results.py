"""Files that come with notes and reports: known in Results and Record, fetched only when a person asks for them."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import BadAnswer, HostRefused
from genesis_tui.models.record import Entry, section
from genesis_tui.models.results.result import Result, Results
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.testing.plugin import PortalFor
from tests.api_client.test_chart import chart, lab, note, report
from tests.e2e.attacks import EVERYTHING
from tests.security.test_attacks_on_models import harmless
from tests.session.test_record_sections import Elsewhere, answer, opened, whole

PDF = {"contentType": "application/pdf", "url": "Binary/pdf", "title": "../Summary", "size": 5}
PNG = {"contentType": "image/png", "data": base64.b64encode(b"\x89PNG").decode(), "title": "Image"}
TEXT = {"contentType": "text/plain", "data": base64.b64encode(b"All is well.").decode()}

Enter = Callable[..., Any]


@pytest.fixture
def with_note(mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]) -> Enter:
    """Daniel's record with one note of these attachments (or one report), and what its Binaries answer."""

    async def enter(*attachments: dict[str, Any], kind: str = "DocumentReference") -> tuple[Elsewhere, OpenRecord]:
        around = Elsewhere(transport, {"/Binary/pdf": answer(b"%PDF-", "application/pdf")})
        portal = Portal(ServerProfile("test", mock.issuer), transport=around, keep=False)
        await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
        record = await opened(portal)
        if kind == "DocumentReference":
            body = note("n", content=[{"attachment": a} for a in attachments])
        else:
            body = report("n", presentedForm=list(attachments), category=[{"coding": [{"code": "RAD"}]}])
        body["subject"] = {"reference": f"Patient/{record.patient.id}"}
        around.laid[f"/{kind}"] = answer({"resourceType": "Bundle", "entry": [{"resource": body}]})
        return around, record

    return enter


async def results(record: OpenRecord) -> Results:
    known = Results()
    async for page in record.results.load():
        known = page
    return known


async def row_of(record: OpenRecord, key: str) -> Result:
    return next(row for row in (await results(record)).rows if row.key == key)


async def entry_of(record: OpenRecord, id: str, key: str) -> Entry:
    return next(entry for entry in (await whole(record, id)).rows if entry.key == key)


def saved_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def binaries(around: Elsewhere) -> list[str]:
    return [path for path in around.asked if "Binary" in path]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("application/pdf", "[application/pdf: a file, not text]"),
        ("image/png", "[image/png: a file, not text]"),
        ("image/svg+xml", "[image/svg+xml: a file, not text]"),
        ("text/rtf", "[text/rtf: a file, not text]"),
        ("Application/PDF; version=1.7", "[application/pdf: a file, not text]"),
        (None, "[unknown kind: a file, not text]"),
    ],
)
async def test_what_is_no_text_is_not_fetched(with_note: Enter, kind: str | None, says: str) -> None:
    around, record = await with_note({**PDF, "contentType": kind})
    read = await record.results.read(await row_of(record, "DocumentReference/n"))
    assert (read.text, binaries(around)) == (says, [])
    entry = await record.entries.read(await entry_of(record, "notes", "DocumentReference/n"))
    assert (entry.texts, binaries(around)) == ((("", says),), [])


async def test_an_inline_picture_is_not_drawn_as_text(with_note: Enter) -> None:
    _, record = await with_note(PNG)
    assert (await row_of(record, "DocumentReference/n")).text == "[image/png: a file, not text]"


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/xml", "application/hl7-sda+xml"])
async def test_text_is_fetched_and_the_file_beside_it_is_not(with_note: Enter, kind: str) -> None:
    around, record = await with_note(PDF, {"contentType": kind, "url": "Binary/text"})
    around.laid["/Binary/text"] = answer(b"All is well.", kind)
    read = await record.results.read(await row_of(record, "DocumentReference/n"))
    assert (read.text, binaries(around)) == ("All is well.", ["/fhir/r4/Binary/text"])
    assert [(one.title, one.content_type, one.size) for one in read.files] == [("../Summary", "application/pdf", 5)]


@pytest.mark.parametrize(("kind", "id"), [("DocumentReference", "notes"), ("DiagnosticReport", "radiology")])
async def test_files_of_notes_and_reports_are_saved_from_record(
    with_note: Enter, tmp_path: Path, kind: str, id: str
) -> None:
    around, record = await with_note(TEXT, PDF, PNG, kind=kind)
    entry = await record.entries.read(await entry_of(record, id, f"{kind}/n"))
    assert entry.texts == (("", "All is well."),)
    assert binaries(around) == []
    for attachment in entry.attachments:
        await record.entries.save(entry.section, attachment, str(tmp_path))
    assert saved_in(tmp_path) == {
        "Summary.pdf": b"%PDF-",
        "Image.png": b"\x89PNG",
    }


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize("url", ["https://example.com/x.pdf", "//example.com/x", "/elsewhere/x", "../../admin"])
async def test_a_file_of_a_note_is_not_fetched_from_another_place(with_note: Enter, url: str) -> None:
    around, record = await with_note(TEXT, {**PDF, "url": url})
    entry = await entry_of(record, "notes", "DocumentReference/n")
    around.asked.clear()
    with pytest.raises(HostRefused):
        await record.entries.content("notes", entry.attachments[0])
    assert around.asked == []


@pytest.mark.rule("FAM-9")
async def test_a_file_is_to_be_had_from_its_own_record_only(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    daniel = await opened(portal)
    (paper,) = next(entry for entry in (await whole(daniel, "notes")).rows if entry.attachments).attachments
    assert (await daniel.entries.content("notes", paper)).body.startswith(b"%PDF-1.4")
    maya = await opened(portal, "Maya")
    (form,) = next(entry for entry in (await whole(maya, "notes")).rows if entry.attachments).attachments
    assert (paper.title, form.title) == ("After-visit summary", "School medication form")
    with pytest.raises(BadAnswer):
        await maya.entries.content("notes", paper)
    assert (await maya.entries.content("notes", form)).content_type == "application/pdf"


def test_a_report_with_readings_needs_no_words_for_its_file() -> None:
    (row,) = chart(lab("1"), report("r", "1", presentedForm=[PDF])).results().rows
    assert (row.text, [one.content_type for one in row.files]) == ("", ["application/pdf"])


@pytest.mark.parametrize("kind", ["application/pdf", "text/plain"])
def test_nothing_alive_comes_through_a_file(kind: str) -> None:
    hostile = {"contentType": EVERYTHING + kind, "title": EVERYTHING, "url": EVERYTHING, "size": EVERYTHING}
    rows = chart(note("n", content=[{"attachment": hostile}]), report("r", presentedForm=[hostile])).results().rows
    assert [row.files[0].size for row in rows] == [None, None]
    assert harmless(rows) >= 2


@pytest.mark.rule("REL-5")
async def test_a_result_that_is_read_in_record_is_no_longer_new(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"))
    new = (await results(record)).new
    entry = next(e for e in (await whole(record, "radiology")).rows if e.attachments)
    assert entry.key in new
    await record.entries.mark_seen(entry)
    assert (await results(record)).new == new - {entry.key}
    assert section(entry.section).title == "Radiology"
