"""A section as PDF, CSV and FHIR: what somebody else wrote does nothing in it but be read."""

import csv
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from genesis_tui.export.csv import section_csv
from genesis_tui.export.fhir import section_bundle
from genesis_tui.export.letters import Letters
from genesis_tui.export.pdf import section_pdf
from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.export import OriginalResource, SectionExport
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.models.record import Entry, Fact, section
from tests.cli.test_export import pages

NOW = datetime(2026, 11, 30, 14, 42, tzinfo=UTC)
MAYA = FamilyMember("1", 3, "Maya Reyes", "Maya", "Reyes", "daughter", 8, Access.FULL, "under 12")
DAY = Moment(datetime(2022, 8, 22, tzinfo=UTC), Precision.DAY)


def dose(n: int = 0, **more: str) -> Entry:
    facts = {"Lot": f"VX{n:04}", "Site": "Left arm", "Place": "Fort Belvoir", **more}
    return Entry(
        f"Immunization/{n}", "immunizations", "Chickenpox", DAY, facts=tuple(Fact(*pair) for pair in facts.items())
    )


def made(*rows: Entry, id: str = "immunizations", name: str = "Maya Reyes") -> SectionExport:
    person = replace(MAYA, name=name)
    return SectionExport(person, "2018-05-03", section(id), rows, len(rows), NOW, "portal.example.mil")


@pytest.mark.rule("REC-2")
def test_each_page_has_the_headings_and_whose_it_is() -> None:
    said = pages(section_pdf(made(*map(dose, range(80))))[0])
    count = said.count("Page ")
    assert count > 2
    for words in ("Immunization record", "Maya Reyes, born 3 May 2018", "an unofficial client", "Vaccine", "Facility"):
        assert said.count(words) == count, words
    assert [n for n in range(80) if f"VX{n:04}" not in said] == []
    assert "80 of 80 doses go in." in said


@pytest.mark.rule("REC-2")
def test_a_dose_without_a_lot_says_so_and_what_changes_its_meaning_stands_first() -> None:
    refused = replace(dose(), title="Not given: Chickenpox", facts=())
    said = pages(section_pdf(made(refused))[0])
    assert "Not given: Chickenpox" in said
    assert said.count("None recorded") == 3
    given = replace(dose(), facts=(Fact("Given by", "Belvoir Clinic"),))
    assert pages(section_pdf(made(given))[0]).count("Belvoir Clinic") == 1


@pytest.mark.rule("REC-2")
def test_names_stay_as_they_are_spelled_or_it_is_told_that_they_do_not() -> None:
    assert section_pdf(made(dose(), name="Zoë Müller-Peña"))[1] == ()
    export = made(dose(), name="Maya Nguyễn 𓂀")
    body, replaced = section_pdf(export)
    accents = Letters("ễ").font is None
    assert replaced == (("Nguyễn (Nguyen)",) if accents else ()) + ("𓂀 (?)",)
    assert body.startswith(b"%PDF-")


def test_what_is_no_letter_does_nothing_in_a_pdf() -> None:
    text = "Flu\x1b]0;x\x07 \u202e\x00\ud800"
    assert [char for char in Letters(text).of(text) if unicodedata.category(char)[0] == "C"] == []
    for id in ("immunizations", "medications"):
        assert section_pdf(made(replace(dose(), title=text), id=id))[0].startswith(b"%PDF-")
        assert "Flu\\) Tj ET \\(" in pages(section_pdf(made(replace(dose(), title="Flu) Tj ET ("), id=id))[0])


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1", "\r=1", " =1+1", "＝1+1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    row = next(csv.DictReader(section_csv(made(replace(dose(Lot=cell), title=cell))).decode("utf-8-sig").splitlines()))
    assert row["title"].startswith("'")
    assert row["Lot"].startswith("'")


def test_cells_keep_quotes_lines_numbers_and_letters() -> None:
    entry = replace(dose(Dose="-0.5"), title='Ünï "x", y', texts=(("Notes", "one\ntwo"),))
    text = section_csv(made(entry)).decode("utf-8-sig")
    row = next(csv.DictReader(text.splitlines(keepends=True)))
    assert (row["title"], row["Dose"], row["text"]) == ('Ünï "x", y', "-0.5", "Notes\none\ntwo")


def test_resources_go_in_as_they_came() -> None:
    body = b'{"resourceType":"Immunization","id":"1","doseQuantity":{"value":0.50}}'
    originals = (OriginalResource("https://x/fhir/Immunization/1", body), OriginalResource("", body))
    bundle = section_bundle(replace(made(dose()), originals=originals))
    assert bundle.count(body) == 2
    read = json.loads(bundle)
    assert [entry.get("fullUrl") for entry in read["entry"]] == ["https://x/fhir/Immunization/1", None]
    assert "entry" not in json.loads(section_bundle(made()))
