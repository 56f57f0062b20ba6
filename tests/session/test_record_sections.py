"""The record by section, from the real mock: who sees what, what is counted, what is forgotten."""

import base64
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import BadAnswer, HostRefused, RecordClosed, Refused
from genesis_tui.models.base.files import FileContent
from genesis_tui.models.record import SECTIONS, Entries, Entry, section
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.store.downloads import FileFault
from genesis_tui.testing.plugin import PortalFor
from tests.api_client.record_of import one

OPEN_OF_A_TEENAGER = {"immunizations", "allergies", "appointments"}
OPEN_TO_BASIC = {"immunizations", "medications", "appointments"}
KINDS = {
    "immunizations": ("Immunization",),
    "medications": (*("MedicationRequest", "MedicationDispense", "MedicationStatement", "MedicationAdministration"),),
    "careplans": ("CarePlan",),
    "goals": ("Goal",),
    "orders": ("ServiceRequest",),
    "devices": ("Device",),
    "family-history": ("FamilyMemberHistory",),
    "coverage": ("Coverage",),
    "forms": ("QuestionnaireResponse",),
    "imaging": ("ImagingStudy",),
    "allergies": ("AllergyIntolerance",),
    "conditions": ("Condition",),
    "procedures": ("Procedure",),
    "visits": ("Encounter",),
    "appointments": ("Appointment",),
    "careteam": ("CareTeam",),
}


async def opened(portal: Portal, who: str = "") -> OpenRecord:
    people = await portal.family.load()
    return await portal.open(people.find(who)[0] if who else people.people[0])


async def whole(record: OpenRecord, id: str) -> Entries:
    known = Entries()
    async for page in record.entries.load(section(id)):
        known = page
    return known


async def outcomes(record: OpenRecord) -> dict[str, Entries | Refused]:
    found: dict[str, Entries | Refused] = {}
    for one_section in await record.entries.sections():
        try:
            found[one_section.id] = await whole(record, one_section.id)
        except Refused as refused:
            found[one_section.id] = refused
    return found


def count(mock: Mock, patient: str, *kinds: str) -> int:
    """What is stored of a patient and was not entered in error."""
    marks = ",".join("?" * len(kinds))
    with mock.database.begin() as conn:
        rows = conn.exec_driver_sql(
            f"SELECT body FROM resource WHERE patient_id = ? AND type IN ({marks})", (patient, *kinds)
        ).all()
    return sum(b"entered-in-error" not in bytes(row[0]) for row in rows)


@pytest.mark.rule("REC-1")
async def test_the_mock_offers_every_section(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"))
    assert await record.entries.sections() == SECTIONS


@pytest.mark.parametrize("username", ["daniel.reyes", "ruth.adeyemi"])
async def test_every_section_of_ones_own_record_is_open_and_whole(
    mock: Mock, portal_for: PortalFor, username: str
) -> None:
    record = await opened(await portal_for(username))
    found = await outcomes(record)
    assert [id for id, known in found.items() if isinstance(known, Refused)] == []
    for id, kinds in KINDS.items():
        known = found[id]
        assert isinstance(known, Entries)
        assert (known.complete, known.unreadable.count, known.missing) == (True, 0, ())
        assert len(known.rows) == count(mock, record.patient.id, *kinds), id


@pytest.mark.rule("FAM-3")
async def test_of_a_teenager_three_sections_are_open_and_the_others_say_why(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"), "Leo")
    found = await outcomes(record)
    assert {id for id, known in found.items() if isinstance(known, Entries) and known.rows} == OPEN_OF_A_TEENAGER
    closed = {id: known for id, known in found.items() if isinstance(known, Refused)}
    assert {id for id, known in found.items() if not section(id).across} == closed.keys() | OPEN_OF_A_TEENAGER
    assert {(refused.rule, refused.reason) for refused in closed.values()} == {("FAM-3", "restricted-teen")}
    assert all(refused.next for refused in closed.values())


@pytest.mark.rule("FAM-3")
async def test_closed_sections_are_known_without_asking(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"), "Leo")
    said = {s.id: record.entries.refused(s) for s in await record.entries.sections() if not s.across}
    assert {id for id, can in said.items() if can is None} == OPEN_OF_A_TEENAGER
    assert {can.rule for can in said.values() if can is not None} == {"FAM-3"}


@pytest.mark.rule("ID-5")
async def test_a_basic_sign_in_reads_a_limited_set(portal_for: PortalFor) -> None:
    found = await outcomes(await opened(await portal_for("nadia.haddad")))
    open_ = {id for id, known in found.items() if isinstance(known, Entries) and not section(id).across}
    assert open_ == OPEN_TO_BASIC
    rules = {known.rule for known in found.values() if isinstance(known, Refused)}
    assert rules == {"ID-5"}


async def test_results_are_entries_of_five_sections(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"))
    async for page in record.results.load():
        results = page
    kinds = ("notes", "labs", "radiology", "pathology", "reports")
    found = [entry.key for id in kinds for entry in (await whole(record, id)).rows]
    assert sorted(found) == sorted(row.key for row in results.rows)


@pytest.mark.rule("JHIE-1")
async def test_community_records_gather_from_all_sections(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"))
    assert (await whole(record, "community")).rows == ()
    await outcomes(record)
    rows = (await whole(record, "community")).rows
    assert {entry.section for entry in rows} >= {"labs", "medications"}
    assert all(entry.community for entry in rows)


async def test_what_is_in_memory_comes_first_and_is_enough_when_that_is_asked_for(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"))
    await whole(record, "allergies")
    pages = [page async for page in record.entries.load(section("allergies"))]
    assert [page.complete for page in pages] == [False, True]
    assert [page.rows for page in pages] == [pages[0].rows] * 2
    assert len([page async for page in record.entries.load(section("allergies"), fresh=False)]) == 1


@pytest.mark.rule("FAM-9")
async def test_a_closed_record_gives_nothing(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"))
    record.close()
    with pytest.raises(RecordClosed):
        await whole(record, "allergies")
    with pytest.raises(RecordClosed):
        await record.entries.sections()


@pytest.mark.rule("FAM-11")
async def test_a_refusal_drops_the_section(portal_for: PortalFor) -> None:
    portal, giver = await portal_for("daniel.reyes"), await portal_for("elena.reyes")
    record = await opened(portal, "Elena")
    assert (await whole(record, "conditions")).rows
    (grant,) = [g for g in (await giver.family.load()).grants if g.mine and g.ended is None]
    await giver.family.revoke(grant)
    with pytest.raises(Refused):
        await whole(record, "conditions")
    assert "conditions" not in portal._cache.shelves(record.patient.id)


# documents, as a server gives them that is not the mock


def document(*attachments: dict[str, Any]) -> dict[str, Any]:
    return one("DocumentReference", content=[{"attachment": a} for a in attachments])


class Elsewhere(httpx.AsyncBaseTransport):
    """The mock for everything but what is laid over it, by path."""

    def __init__(self, mock: httpx.AsyncBaseTransport, laid: dict[str, httpx.Response]) -> None:
        self.mock, self.laid, self.asked = mock, laid, list[str]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        found = next((self.laid[path] for path in self.laid if request.url.path.endswith(path)), None)
        if found is None:
            return await self.mock.handle_async_request(request)
        return httpx.Response(
            found.status_code, content=found.content, headers={"content-type": found.headers["content-type"]}
        )


Laid = Callable[[dict[str, httpx.Response]], Any]


def answer(body: Any, kind: str = "application/fhir+json") -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(200, content=content, headers={"content-type": kind})


@pytest.fixture
def with_documents(mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]) -> Callable[..., Any]:
    """Daniel's record with these attachments in its one document, and what else the server answers."""

    async def enter(*attachments: dict[str, Any], **laid: httpx.Response) -> tuple[Elsewhere, OpenRecord, Entry]:
        around = Elsewhere(transport, {f"/Binary/{name}": response for name, response in laid.items()})
        portal = Portal(ServerProfile("test", mock.issuer), transport=around, keep=False)
        await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
        record = await opened(portal)
        body = document(*attachments)
        body["subject"] = {"reference": f"Patient/{record.patient.id}"}
        around.laid["/DocumentReference"] = answer({"resourceType": "Bundle", "entry": [{"resource": body}]})
        (entry,) = (await whole(record, "documents")).rows
        around.asked.clear()
        return around, record, entry

    return enter


PDF = {"contentType": "application/pdf", "url": "Binary/pdf", "title": "../../Summary", "size": 5}
PAGE = {"contentType": "text/html", "url": "Binary/page", "title": "Page"}


async def test_a_document_is_read_and_its_other_files_are_left_alone(with_documents: Callable[..., Any]) -> None:
    html = answer(b"<h1>Visit</h1><script>bad()</script><p>All is well.</p>", "text/html")
    around, record, entry = await with_documents(PDF, PAGE, page=html)
    read = await record.entries.read(entry)
    assert read.texts == (("", "Visit\n\nAll is well."),)
    assert [path for path in around.asked if "Binary" in path] == ["/fhir/r4/Binary/page"]
    assert (await record.entries.read(read)).texts == read.texts


async def test_a_clinical_document_in_xml_is_its_words(with_documents: Callable[..., Any]) -> None:
    ccda = (
        b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2"/><title>Summary</title><section>'
        b"<title>Allergies</title><text><list><item>Peanut</item><item>Penicillin &amp; others</item></list></text>"
        b"</section></ClinicalDocument>"
    )
    _, record, entry = await with_documents({"contentType": "text/xml", "data": base64.b64encode(ccda).decode()})
    lines = [line for line in (await record.entries.read(entry)).texts[0][1].splitlines() if line]
    assert lines == ["Summary", "Allergies", "- Peanut", "- Penicillin & others"]


@pytest.mark.parametrize("wrapped", [True, False])
async def test_a_file_is_saved_whether_it_comes_bare_or_wrapped(
    with_documents: Callable[..., Any], tmp_path: Any, *, wrapped: bool
) -> None:
    inside = {"resourceType": "Binary", "contentType": "application/pdf", "data": base64.b64encode(b"%PDF-").decode()}
    _, record, entry = await with_documents(PDF, pdf=answer(inside) if wrapped else answer(b"%PDF-", "application/pdf"))
    path = await record.entries.save("documents", entry.attachments[0], str(tmp_path))
    assert (path.parent, path.name, path.read_bytes()) == (tmp_path, "Summary.pdf", b"%PDF-")


async def test_json_that_is_no_binary_is_saved_as_it_is(with_documents: Callable[..., Any], tmp_path: Any) -> None:
    _, record, entry = await with_documents(
        {"contentType": "application/json", "url": "Binary/j"}, j=answer({"a": 1}, "application/json")
    )
    path = await record.entries.save("documents", entry.attachments[0], str(tmp_path))
    assert (path.name, path.read_bytes()) == ("document.json", b'{"a": 1}')


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize("url", ["https://example.com/x.pdf", "//example.com/x", "/elsewhere/x", "../../admin"])
async def test_nothing_is_fetched_from_another_place(with_documents: Callable[..., Any], url: str) -> None:
    around, record, entry = await with_documents({**PDF, "url": url})
    with pytest.raises(HostRefused):
        await record.entries.content("documents", entry.attachments[0])
    assert around.asked == []


async def test_a_file_that_is_nowhere_says_so(with_documents: Callable[..., Any]) -> None:
    _, record, entry = await with_documents({"contentType": "application/pdf", "title": "Lost"})
    with pytest.raises(BadAnswer):
        await record.entries.content("documents", entry.attachments[0])


async def test_a_folder_that_is_not_there_is_no_crash(with_documents: Callable[..., Any], tmp_path: Any) -> None:
    _, record, entry = await with_documents(PDF, pdf=answer(b"%PDF-", "application/pdf"))
    with pytest.raises(FileFault):
        await record.entries.save("documents", entry.attachments[0], str(tmp_path / "nowhere"))


async def test_what_was_opened_is_gone_after_sign_out(
    portal_for: PortalFor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    portal = await portal_for("daniel.reyes")
    await portal.open_file(FileContent(b"%PDF-", "application/pdf"), "true")
    assert files_below(tmp_path) == ["document-1.pdf"]
    await portal.sign_in.out()
    assert files_below(tmp_path) == []


def files_below(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]
