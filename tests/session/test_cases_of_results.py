"""Each shared case of Results with what is right of it, through the real client."""

import base64
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.cli.base.json_parts import recorded
from genesis_tui.models.base.dates import long_time, short_day
from genesis_tui.models.results.result import SAYS_MORE, Flag, Result, caution, corrections, main_value, reading_text
from genesis_tui.session.open_record import OpenRecord
from tests.cases import BASE as CASES
from tests.cases import Body, CaseServer, case, entries, entry, opened, results


def of(name: str, **how: object) -> AbstractAsyncContextManager[OpenRecord]:
    return opened(CaseServer(case(name), **how))  # type: ignore[arg-type]


async def rows(name: str, **how: object) -> dict[str, Result]:
    """What Results shows of a case, by key, texts read."""
    async with of(name, **how) as record:
        return {row.key: await record.results.read(row) for row in (await results(record)).rows}


def only(found: dict[str, Result]) -> Result:
    (row,) = found.values()
    return row


def said(row: Result) -> dict[str, str]:
    """Each test with its value."""
    return {reading.name: reading_text(reading) for reading in row.readings}


async def test_cells_of_a_table_stand_apart() -> None:
    row = only(await rows("table-cells"))
    assert row.text == "Drug  Tablets  Strength\nWarfarin  1  5 mg\nLevothyroxine  2  50 mcg"
    async with of("table-cells") as record:
        read = await record.entries.read(await entry(record, "notes", "DocumentReference/t"))
    assert read.texts == (("", row.text),)


async def test_letters_come_in_their_charset() -> None:
    found = await rows("charset")
    assert found["DocumentReference/l"].text == "Señora Muñoz: 5 µg, 37 °C"
    assert found["DocumentReference/u"].text == "Zażółć 5 µg"


async def test_a_bad_attachment_costs_itself_alone() -> None:
    found = await rows("one-bad-attachment")
    assert found["DocumentReference/nopad"].text == "no padding here!"
    assert found["DocumentReference/urlsafe"].text == "subjects?>>~~ ÿÿ!"
    gone = found["DocumentReference/gone"]
    assert (gone.title, gone.author, gone.at.instant.isoformat()) == (
        *("Cardiology letter", "Dr. Rook"),
        "2026-03-04T10:00:00-05:00",
    )
    assert gone.missing == ("Its text can't be had: Nothing here",)
    async with of("one-bad-attachment") as record:
        read = await record.entries.read(await entry(record, "notes", gone.key))
    assert ("Missing", gone.missing[0]) in [(fact.label, fact.text) for fact in read.facts]


async def test_content_that_stands_in_its_address_is_read_and_saved() -> None:
    """`data:` URLs, of the kind of one-bad-attachment: in base64 or with escapes, text or a file."""
    owner = {"reference": "Patient/p1"}
    patient, *_ = case("one-bad-attachment")
    about = {"status": "current", "subject": owner, "category": [{"coding": [{"code": "clinical-note"}]}]}

    def note(id: str, **attachment: str) -> Body:
        return {"resourceType": "DocumentReference", "id": id, **about, "content": [{"attachment": attachment}]}

    picture = "data:image/png;base64,iVBORw0KGgo"
    notes = [
        note("plain", url="data:,Se%C3%B1ora,%20two"),
        note("coded", contentType="text/plain", url="data:text/plain;charset=iso-8859-1;base64,U2Xxb3Jh"),
        note("broken", url="data:text/plain;base64,!!!"),
        note("picture", contentType="image/png", title="Rash", url=picture),
        note("untyped", data=base64.b64encode(b"%PDF-1.7 " + bytes(2000)).decode()),
        note("silent", data=base64.b64encode("No fever".encode("utf-16")).decode()),
    ]
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "subject": owner}
    report["presentedForm"] = [{"contentType": "text/html", "url": "data:text/html,<p>Clear%20lungs</p>"}]
    async with opened(CaseServer([patient, *notes, report])) as record:
        found = {row.key.partition("/")[2]: await record.results.read(row) for row in (await results(record)).rows}
        assert (found["plain"].text, found["coded"].text) == ("Señora, two", "Señora")
        assert found["r"].text == "Clear lungs"
        assert found["broken"].missing == ("Its text can't be had: content that is not base64",)
        assert [one.text for one in record.results.also(found["picture"]) if one.element.endswith("url")] == [
            f"8 bytes: {picture}"
        ]
        assert (found["silent"].text, len(found["untyped"].files)) == ("No fever", 1)
        (file,) = found["picture"].files
        assert (await record.entries.content("notes", file)).body == b"\x89PNG\r\n\x1a\n"


async def test_a_panel_that_travels_inside_with_its_tests_is_opened() -> None:
    """Of the kind of contained-results: what is contained refers to what is contained beside it."""
    patient, owner = {"resourceType": "Patient", "id": "p1"}, {"reference": "Patient/p1"}
    about = {"resourceType": "Observation", "status": "final"}
    panel = {**about, "id": "panel", "code": {"text": "Panel"}, "hasMember": [{"reference": "#a"}, {"reference": "#b"}]}
    tests = [{**about, "id": id, "code": {"text": id}, "valueString": f"value of {id}"} for id in "ab"]
    holders = [
        {**panel, "id": "o", "subject": owner, "category": [{"coding": [{"code": "laboratory"}]}], "contained": tests},
        {
            "resourceType": "DiagnosticReport",
            "id": "r",
            "status": "final",
            "subject": owner,
            "contained": [panel, *tests],
            "result": [{"reference": "#panel"}],
        },
    ]
    async with opened(CaseServer([patient, *holders])) as record:
        for row in (await results(record)).rows:
            assert (said(row), row.missing) == ({"a": "value of a", "b": "value of b"}, ()), row.key


@pytest.mark.parametrize("called", [CASES, "http://inner.example:8080/r4"])
async def test_a_result_of_another_server_is_not_the_one_with_its_id_here(called: str) -> None:
    """Of the kind of contained-results: absolute references, those on this server by any name that it calls itself."""
    patient, owner = {"resourceType": "Patient", "id": "p1"}, {"reference": "Patient/p1"}
    about = {"status": "final", "subject": owner, "category": [{"coding": [{"code": "laboratory"}]}]}
    named = ("Observation/a", f"{called}/Observation/b/_history/2", "https://other.example/fhir/Observation/c")
    labs = [
        {"resourceType": "Observation", "id": id, **about, "code": {"text": id}, "valueString": f"value of {id}"}
        for id in "abc"
    ]
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "subject": owner}
    report["result"] = [{"reference": reference} for reference in named]
    async with opened(CaseServer([patient, *labs, report], called=called)) as record:
        found = {row.key: row for row in (await results(record)).rows}
    assert said(found["DiagnosticReport/r"]) == {"a": "value of a", "b": "value of b"}
    assert found["DiagnosticReport/r"].missing == ("1 result can't be had",)
    assert said(found["Observation/c"]) == {"c": "value of c"}


async def test_two_parts_of_a_text_both_show() -> None:
    row = only(await rows("two-text-parts"))
    assert row.text == "Part 1\nfirst part\n\nPart 2\nsecond part: stop the blue tablet"


@pytest.mark.rule("REC-3")
async def test_the_range_is_the_one_for_this_person() -> None:
    found = await rows("ranges-for-others")
    texts = {key: row.readings[0].range for key, row in found.items()}
    assert {key: range and (range.text, range.low, range.high) for key, range in texts.items()} == {
        "Observation/sex": ("12.0 - 15.5 g/dL", 12.0, 15.5),
        "Observation/age": ("40 - 130 U/L", 40, 130),
    }


@pytest.mark.rule("REC-3")
async def test_every_range_shows_with_whom_it_is_for_where_the_person_is_not_known() -> None:
    resources = case("ranges-for-others")
    del resources[0]["gender"], resources[0]["birthDate"]
    async with opened(CaseServer(resources)) as record:
        found = {row.key: row.readings[0].range for row in (await results(record)).rows}
    assert {key: range and range.text for key, range in found.items()} == {
        "Observation/sex": "13.5 - 17.5 g/dL (male); 12.0 - 15.5 g/dL (female)",
        "Observation/age": "150 - 420 U/L (12 years or younger); 40 - 130 U/L (18 years or older)",
    }


@pytest.mark.rule("REC-3")
async def test_values_of_every_kind_print_with_their_units() -> None:
    values = {key.partition("/")[2]: main_value(row) for key, row in (await rows("value-units-and-kinds")).items()}
    assert values == {
        "ra": "5 mg : 24 h",
        "rg": "5 - 10 /HPF",
        "pe": "1 Jan 2026 to 5 Jan 2026",
        "sd": "A curve of measurements, which can't be shown here",
    }


@pytest.mark.rule("REC-5")
async def test_an_old_code_of_blood_pressure_is_one_value_all_the_same() -> None:
    async with of("14-blood-pressure-old-code") as record:
        (found,) = (await entries(record, "vitals")).rows
    (reading,) = found.readings
    assert (found.summary, reading.unit) == ("154/90 mmHg", "")
    assert [part.quantity and part.quantity.value for part in reading.parts] == [90.46141024966595, 154.36836489137994]


@pytest.mark.parametrize("parameters", [("_id", "patient", "category"), ("patient", "category")])
async def test_a_report_has_its_results_of_whatever_category(parameters: tuple[str, ...]) -> None:
    radiology = only(await rows("01-radiology-results", parameters=parameters))
    assert said(radiology) == {"Findings": "Clear lungs.", "Impression": "No acute abnormality"}
    assert main_value(radiology) == "No acute abnormality"
    count = only(await rows("02-lab-result-without-category", parameters=parameters))
    assert (list(said(count)), count.missing, caution(count)) == (["Hemoglobin"], ("MCHC: not found",), "1 missing")
    picture = only(await rows("report-text-in-observations", parameters=parameters))
    assert (said(picture), picture.missing) == ({"Narrative": "Lungs are clear."}, ("Impression: not found",))


async def test_results_that_travel_inside_a_report_are_read() -> None:
    row = only(await rows("contained-results"))
    assert (said(row), row.missing, row.readings[0].at) == ({"Sodium": "139 mmol/L"}, (), row.at)


async def test_answers_stand_under_their_panel() -> None:
    async with of("11-panel-of-answers") as record:
        found = (await entries(record, "other")).rows
    panel = next(one for one in found if one.title == "PHQ-9")
    assert [(fact.label, fact.text) for fact in panel.facts] == [("Little interest", "Several days")]
    assert panel.summary == "1 test"


async def test_a_long_text_keeps_its_lines() -> None:
    (reading,) = only(await rows("long-text-value")).readings
    assert reading.lines.split("\n") == [
        *("No growth after 48 hours.", "Gram stain: few", "  white cells seen, no organisms."),
        *("Call the lab about", "further tests before 6 March."),
    ]
    assert "\n" not in reading.text


async def test_narrative_and_conclusion_codes_show_where_nothing_else_says_it() -> None:
    found = await rows("narrative-only")
    assert found["DiagnosticReport/r"].text == "The finding stands only here."
    assert (found["DiagnosticReport/c"].conclusion, main_value(found["DiagnosticReport/c"])) == (
        *("Benign naevus", "Benign naevus"),
    )


async def test_a_versioned_subject_is_this_patient() -> None:
    assert said(only(await rows("subject-version"))) == {"Zinc": "1 x"}


async def test_who_read_it_is_not_who_ordered_it() -> None:
    row = only(await rows("10-interpreter-is-no-orderer"))
    assert (row.reader, row.orderer) != ("", row.reader)


async def test_people_that_travel_inside_are_told_by_name() -> None:
    inside = [
        {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr. Vale"}]},
        {"resourceType": "Organization", "id": "l", "name": "Harbor Laboratory"},
        {"resourceType": "Specimen", "id": "s", "type": {"text": "Plasma"}},
        {"resourceType": "ServiceRequest", "id": "o", "requester": {"reference": "#d"}},
    ]
    more = {"contained": inside, "basedOn": [{"reference": "#o"}]}
    by = [{"reference": "#l"}, {"reference": "#d"}]
    resources = [
        PATIENT,
        report(resultsInterpreter=[{"reference": "#d"}], performer=by, specimen=[{"reference": "#s"}], **more),
        observation(
            "a", category=[{"coding": [{"code": "laboratory"}]}], performer=by, specimen={"reference": "#s"}, **more
        ),
    ]
    async with opened(CaseServer(resources)) as record:
        found = (await results(record)).rows
    told = [(row.place, row.performer, row.reader, row.orderer, row.specimen) for row in found]
    assert told == [("Harbor Laboratory", "Dr. Vale", reader, "Dr. Vale", "Plasma") for reader in ("", "Dr. Vale")]


def observation(id: str, **more: object) -> Body:
    body: Body = {"resourceType": "Observation", "id": id, "status": "final", "subject": {"reference": "Patient/p1"}}
    return {**body, "code": {"text": id.capitalize()}, "effectiveDateTime": "2026-03-04", **more}


def report(*members: str, **more: object) -> Body:
    body: Body = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Panel"}}
    named = {"result": [{"reference": f"Observation/{one}"} for one in members], "effectiveDateTime": "2026-03-04"}
    return {**body, "subject": {"reference": "Patient/p1"}, **named, **more}


PATIENT: Body = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Quill"}], "gender": "female"}


def members(*ids: str) -> Body:
    return {"hasMember": [{"reference": f"Observation/{one}"} for one in ids]}


async def test_panels_within_panels_are_opened_and_circles_end() -> None:
    urn = {"reference": "urn:uuid:gone"}
    resources = [
        PATIENT,
        report(result=[{"reference": "Observation/outer"}, urn, {"reference": "urn:uuid:found"}]),
        observation("found", valueTime="07:40:00"),
        observation("outer", **members("inner", "r", "outer")),
        observation("inner", **members("outer", "sodium"), note=[{"text": "A note."}]),
        observation("sodium", valueQuantity={"value": 139, "unit": "mmol/L"}, **members("inner")),
    ]
    async with opened(CaseServer(resources)) as record:
        (row,) = (await results(record)).rows
    assert [(r.name, r.panel, r.text) for r in row.readings] == [
        ("Inner", "Outer", "None recorded"),
        ("Sodium", "Outer, Inner", "139"),
        ("Found", "", "07:40:00"),
    ]
    assert row.missing == ("2 results can't be had",)


async def test_people_and_places_are_told_by_what_they_did() -> None:
    resources = [
        PATIENT,
        {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr. Vale"}]},
        {"resourceType": "Practitioner", "id": "o", "name": [{"family": "Rook", "given": ["Ada"], "prefix": ["Dr."]}]},
        {"resourceType": "Organization", "id": "l", "name": "Harbor Laboratory"},
        {
            "resourceType": "ServiceRequest",
            "id": "s",
            "subject": {"reference": "Patient/p1"},
            "requester": {"reference": "Practitioner/o"},
        },
        report(
            "a",
            performer=[{"reference": "Organization/l"}, {"display": "T. Tech"}],
            resultsInterpreter=[{"reference": "Practitioner/d"}],
            basedOn=[{"reference": "ServiceRequest/s"}],
        ),
        observation("a", valueBoolean=True),
    ]
    async with opened(CaseServer(resources)) as record:
        (row,) = (await results(record)).rows
    assert (row.place, row.performer, row.reader, row.orderer) == (
        *("Harbor Laboratory", "T. Tech", "Dr. Vale", "Dr. Ada Rook"),
    )


async def test_nothing_invents_a_zone_or_a_time_of_day() -> None:
    found = await rows("time-without-zone")
    unzoned, zoned = found["Observation/a"].at, found["Observation/z"].at
    assert (long_time(unzoned), long_time(unzoned, "Asia/Tokyo")) == ("Wed 4 Mar 2026 22:30",) * 2
    assert recorded(unzoned) == "2026-03-04T22:30:00"
    assert (long_time(zoned), recorded(zoned)) == ("Thu 5 Mar 2026 03:30 UTC", "2026-03-05T03:30:00+00:00")


@pytest.mark.parametrize("zone", ["", "America/New_York", "Asia/Tokyo"])
async def test_an_entry_has_one_day_everywhere(zone: str) -> None:
    """List, detail and command line all say `at` as it is."""
    resources = [
        *case("05-late-evening-utc"),
        {
            "resourceType": "Procedure",
            "id": "p",
            "status": "completed",
            "subject": {"reference": "Patient/p05"},
            "performedDateTime": "2020-12-25T01:17:52Z",
        },
        observation(
            "bp", subject={"reference": "Patient/p05"}, effectiveDateTime="2020-12-25T01:17:52Z",
            category=[{"coding": [{"code": "vital-signs"}]}], valueInteger=60,
        ),
    ]  # fmt: skip
    async with opened(CaseServer(resources)) as record:
        record.results._cache.zone = zone  # no open server has a person with a zone
        (row,) = (await results(record)).rows
        others = [(await entries(record, section)).rows[0] for section in ("procedures", "vitals", "labs")]
    local = datetime(2020, 12, 25, 1, 17, 52, tzinfo=UTC).astimezone(ZoneInfo(zone or "UTC"))
    assert {recorded(one.at) for one in (row, *others)} == {local.isoformat()}
    assert {short_day(one.at) for one in (row, *others)} == {f"{local.day} Dec 20"}


@pytest.mark.rule("REC-9")
async def test_what_is_modified_says_that_it_says_more() -> None:
    strange = {"modifierExtension": [{"url": "https://example.org/not", "valueBoolean": True}]}
    resources = [
        PATIENT,
        report("a", **strange),
        observation("a", valueInteger=1),
        observation("b", valueInteger=2, category=[{"coding": [{"code": "laboratory"}]}], **strange),
        observation("c", category=[{"coding": [{"code": "laboratory"}]}], status="amended",
                    component=[{"code": {"text": "Part"}, "valueInteger": 3, **strange}]),
    ]  # fmt: skip
    async with opened(CaseServer(resources)) as record:
        found = {row.key: row for row in (await results(record)).rows}
        listed = await entry(record, "labs", "Observation/b")
    assert (listed.title, listed.modifiers) == ("Says more than can be shown: B", (SAYS_MORE,))
    assert {key: caution(row) for key, row in found.items()} == dict.fromkeys(
        ("DiagnosticReport/r", "Observation/b", "Observation/c"), "says more"
    )
    assert corrections(found["Observation/c"]) == ("Amended",)


async def test_a_document_whose_text_is_gone_stays_with_what_is_known_of_it() -> None:
    gone = {"attachment": {"contentType": "text/plain", "title": "Letter", "url": "Binary/none"}}
    broken = {"attachment": {"contentType": "text/plain", "data": "not base64!"}}
    resources = [
        PATIENT,
        *(
            {
                "resourceType": "DocumentReference",
                "id": f"d{n}",
                "status": "current",
                "subject": {"reference": "Patient/p1"},
                "type": {"text": f"Letter {n}"},
                "content": [content],
            }
            for n, content in enumerate((gone, broken))
        ),
    ]
    async with opened(CaseServer(resources)) as record:
        found = [await record.entries.read(one) for one in (await entries(record, "documents")).rows]
    told = {one.title: [fact.text for fact in one.facts if fact.label == "Missing"] for one in found}
    assert told == {
        "Letter": ["Letter can't be had: Nothing here"],
        "Letter 1": ["Its text can't be had: It holds content that is not base64"],
    }


@pytest.mark.rule("REC-3", "REC-4")
async def test_ranges_of_vital_signs_are_those_of_the_person_and_parts_flag_the_whole() -> None:
    for_whom = [{"low": {"value": 1}, "high": {"value": 2}, "appliesTo": [{"text": who}]} for who in ("male", "female")]
    high = [{"coding": [{"code": "H"}]}]
    parts = [{"code": {"text": "Upper"}, "valueInteger": 180, "interpretation": high, "referenceRange": for_whom[1:]}]
    resources = [
        PATIENT,
        observation("a", category=[{"coding": [{"code": "vital-signs"}]}], valueInteger=3, referenceRange=for_whom),
        observation("b", category=[{"coding": [{"code": "vital-signs"}]}], component=parts),
    ]
    async with opened(CaseServer(resources)) as record:
        found = {one.title: one for one in (await entries(record, "vitals")).rows}
    assert found["A"].readings[0].range is not None
    assert found["A"].readings[0].range.text == "1 - 2"
    assert (found["B"].flag, found["B"].state) == (Flag.HIGH, "High")
