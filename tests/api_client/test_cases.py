"""The shared cases on the record's side, each read by the real client from an open server: what is right of them."""

import json

import pytest

from genesis_tui.cli.record import output as command
from genesis_tui.models.record import Entry
from genesis_tui.screens.record.detail import EntrySpace, told
from genesis_tui.screens.record.rows import EntryView
from genesis_tui.widgets.page import Para
from genesis_tui.widgets.virtual_list import Columns
from tests.cases import BASE, Body, CaseServer, case, entries, entry, opened


async def read(name: str, section: str) -> dict[str, Entry]:
    """The entries of a section of a case, by key."""
    return await made(case(name), section)


async def made(resources: list[Body], section: str, **options: tuple[str, ...]) -> dict[str, Entry]:
    async with opened(CaseServer(resources, **options)) as record:
        return {one.key: one for one in (await entries(record, section)).rows}


def facts(one: Entry) -> dict[str, str]:
    return {fact.label: fact.said for fact in one.facts}


def everywhere(one: Entry) -> list[str]:
    """What each way of reading an entry says first: list rows of every width, detail, table, JSON."""
    rows = [
        "".join(text for text, _ in line)
        for columns, width in ((Columns.FULL, 90), (Columns.SHORT, 60), (Columns.TWO_ROWS, 60))
        for line in EntryView(columns, [one]).lines_of(one, width)[:1]
    ]
    detail = next(iter(told(one, EntrySpace(60))))
    assert not isinstance(detail, Para)
    drawn = "".join(text for text, _ in detail.line)  # type: ignore[union-attr]
    return [*rows, drawn, command.table_row(one)[1], str(command.entry_json(one)["title"])]


@pytest.mark.rule("REC-9")
@pytest.mark.parametrize(
    ("name", "section", "key", "title"),
    [
        ("do-not-perform", "orders", "ServiceRequest/s", "Do not perform: Resuscitation"),
        ("do-not-perform", "medications", "MedicationRequest/m", "Do not take: Aspirin"),
        ("do-not-perform", "medications", "MedicationRequest/prop", "Proposed: Proposed drug"),
        ("do-not-perform", "immunizations", "Immunization/i", "Subpotent: Hepatitis B"),
        ("refuted", "allergies", "AllergyIntolerance/a", "Refuted: Penicillin"),
        ("refuted", "conditions", "Condition/c", "Refuted: Asthma"),
    ],
)
async def test_what_changes_the_meaning_stands_first_everywhere(name: str, section: str, key: str, title: str) -> None:
    one = (await read(name, section))[key]
    modifier = title.partition(":")[0]
    assert one.modifiers == (modifier,)
    assert command.entry_json(one)["modifiers"] == [modifier]
    assert all(said.strip().startswith(title) for said in everywhere(one)), everywhere(one)


@pytest.mark.rule("REC-9")
async def test_the_word_in_the_state_column_is_none_of_another_status() -> None:
    refuted = (await read("refuted", "conditions"))["Condition/c"]
    assert (refuted.state, refuted.status) == ("Refuted", "Active")
    assert command.entry_json(refuted)["status"] == "active"
    medications = await read("do-not-perform", "medications")
    assert {one.key: one.group for one in medications.values()} == {
        "MedicationRequest/m": "Not to be taken",
        "MedicationRequest/prop": "Proposed",
    }


@pytest.mark.rule("REC-9")
async def test_a_plan_says_what_is_not_to_be_done() -> None:
    plan = (await read("do-not-perform", "careplans"))["CarePlan/c"]
    assert plan.summary == "Do not: Driving a car, Walking, Cancelled: Swimming"
    assert [(f.label, f.text) for f in plan.facts][:3] == [
        ("Do not", "Driving a car"),
        ("Scheduled", "Walking"),
        ("Cancelled", "Swimming"),
    ]


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        (
            "prn",
            "MedicationRequest/m",
            "1 tablet, every 6 hours, as needed: severe pain, at most 4 tablets a day, Do not drive",
        ),
        ("06-dosage-without-text", "MedicationRequest/m06a", "as needed"),
        (
            "06-dosage-without-text",
            "MedicationRequest/m06b",
            "1 tablet, every 4 hours, as needed: pain, at most 6 tablets a day, Do not drive.",
        ),
    ],
)
async def test_a_dosage_without_text_is_told_from_its_structure(name: str, key: str, said: str) -> None:
    one = (await read(name, "medications"))[key]
    assert facts(one)["How to take it"] == one.summary == said


async def test_references_without_a_display_are_names() -> None:
    server = CaseServer(case("07-references-without-display"))
    async with opened(server) as record:
        visit = await entry(record, "visits", "Encounter/e07")
        drug = await entry(record, "medications", "MedicationRequest/m07")
        done = await entry(record, "procedures", "Procedure/x07")
    assert (facts(visit)["With"], facts(visit)["Hospital"]) == ("Dr. Jonah Schroeder", "Morton Hospital")
    assert visit.summary == "Morton Hospital"
    assert (facts(drug)["Prescribed by"], facts(drug)["For"]) == ("Dr. Jonah Schroeder", "Childhood asthma")
    assert (facts(done)["By"], facts(done)["For"]) == ("Dr. Jonah Schroeder", "Childhood asthma")
    assert "Practitioner/" not in json.dumps([command.entry_json(one)["facts"] for one in (visit, drug, done)])
    assert [one for one in server.asked if one.startswith("Practitioner")] == ["Practitioner?_id=pr07"] * 3


async def test_a_care_plan_that_is_in_its_narrative_is_read_there() -> None:
    async with opened(CaseServer(case("09-careplan-in-its-narrative"))) as record:
        also = record.entries.also(await entry(record, "careplans", "CarePlan/cp09"))
    assert "Recurrent GI bleed of unknown etiology.\nColonoscopy, April 21" in [one.text for one in also]


async def test_documents_of_one_title_are_told_apart_by_their_kind() -> None:
    notes = await read("08-document-kind-hidden", "notes")
    assert sorted(one.title for one in notes.values()) == [
        "Ureteroscopy (Discharge Summary)",
        "Ureteroscopy (Procedure Note)",
    ]
    filed = [{**one, "category": []} for one in case("08-document-kind-hidden")]
    documents = await made(filed, "documents")
    assert {command.table_row(one)[1:3] for one in documents.values()} == {
        ("Ureteroscopy", "Procedure Note"),
        ("Ureteroscopy", "Discharge Summary"),
    }


async def test_a_form_has_a_name() -> None:
    forms = await read("13-forms-without-a-name", "forms")
    assert {one.key: one.title for one in forms.values()} == {
        "QuestionnaireResponse/q130": "AUDIT-C",
        "QuestionnaireResponse/q131": "phq-9-example",
    }


@pytest.mark.parametrize("parameters", [("_id", "patient", "url"), ("_id", "patient")])
async def test_a_form_is_called_as_the_server_that_has_it_calls_it(parameters: tuple[str, ...]) -> None:
    """By its canonical address where the server searches by that, by its id where the address is one of this server;
    else by what the address says."""
    patient, first, second = case("13-forms-without-a-name")
    addresses = {
        "elsewhere": "http://forms.example/Questionnaire/54127-6|2",
        "here": f"{BASE}/Questionnaire/4c2f1c0e-97a5-4d1b-8f0e-2f7e4dc4a5f1",
        "random": "urn:uuid:4c2f1c0e-97a5-4d1b-8f0e-2f7e4dc4a5f2",
    }
    answers = [{**first, "id": id, "questionnaire": address} for id, address in addresses.items()]
    forms = [
        {"resourceType": "Questionnaire", "id": "7", "url": "http://forms.example/Questionnaire/54127-6", **one}
        for one in ({"version": "2", "title": "Family history"}, {"version": "3", "title": "Family history, new"})
    ]
    forms.append({"resourceType": "Questionnaire", "id": addresses["here"].rpartition("/")[2], "name": "Sleep diary"})
    server = CaseServer([patient, *answers, second, *forms], parameters=parameters)
    async with opened(server) as record:
        titles = {one.key.partition("/")[2]: one.title for one in (await entries(record, "forms")).rows}
    assert titles == {
        "elsewhere": "Family history" if "url" in parameters else "Questionnaire 54127-6",
        "here": "Sleep diary",
        "random": "Questionnaire",
        "q131": "phq-9-example",
    }


async def test_the_order_names_who_ordered() -> None:
    order = (await read("10-interpreter-is-no-orderer", "orders"))["ServiceRequest/sr10"]
    assert facts(order)["Ordered by"] == "Dr Orders"


async def test_words_stand_where_a_date_is_usual() -> None:
    (condition,) = (await read("onset-in-words", "conditions")).values()
    (procedure,) = (await read("onset-in-words", "procedures")).values()
    assert (facts(condition)["Since"], facts(procedure)["Done"]) == ("as a child", "in the 1990s")


async def test_a_versioned_subject_is_this_patient() -> None:
    resources = case("subject-version")
    for one in resources[1:]:
        one["category"][0]["coding"][0]["code"] = "vital-signs"
    condition = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p1/_history/3"}}
    assert list(await made(resources, "vitals")) == ["Observation/a"]
    assert list(await made([*resources, condition], "conditions")) == ["Condition/c"]


async def test_blood_pressure_is_one_value_whatever_the_panel_is_called() -> None:
    (pressure,) = (await read("14-blood-pressure-old-code", "vitals")).values()
    assert pressure.summary == "154/90 mmHg"
    assert "154.36836489137994" in json.dumps(command.entry_json(pressure))
