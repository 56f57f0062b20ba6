"""FHIR pages to rows of Results: what belongs together, what must not show, what a broken entry costs."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.api_client.fhir.bundles import page_of
from genesis_tui.api_client.fhir.results.patient_results import PatientResults
from genesis_tui.api_client.http.client import Response
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.record import of_result, section
from genesis_tui.models.results.result import Flag, ResultKind

PATIENT = "12724066"
OURS = "https://genesis-tui.example/fhir"
Body = dict[str, Any]


def page(*bodies: Any) -> Any:
    entries = [{"resource": body} for body in bodies]
    return page_of(Response(200, json.dumps({"resourceType": "Bundle", "entry": entries}).encode(), {}, ""))


def chart(*bodies: Body) -> PatientResults:
    made = PatientResults(PATIENT)
    for kind in ("DiagnosticReport", "Observation", "DocumentReference", "Provenance"):
        made.take(kind, page(*bodies))
    return made


def lab(id: str, value: float = 148, **more: Any) -> Body:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "13457-7"}], "text": "LDL cholesterol"},
        "effectiveDateTime": "2026-11-20T07:40:00-05:00",
        "valueQuantity": {"value": value, "unit": "mg/dL"},
        **more,
    }


def report(id: str, *results: str, **more: Any) -> Body:
    return {
        "resourceType": "DiagnosticReport",
        "id": id,
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "category": [{"coding": [{"code": "LAB"}]}],
        "code": {"text": "Lipid panel"},
        "effectiveDateTime": "2026-11-20T07:40:00-05:00",
        "result": [{"reference": f"Observation/{r}"} for r in results],
        **more,
    }


def note(id: str, **more: Any) -> Body:
    return {
        "resourceType": "DocumentReference",
        "id": id,
        "status": "current",
        "docStatus": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "type": {"text": "Family medicine visit"},
        "date": "2026-11-18T15:00:00Z",
        "author": [{"display": "Dr. Anna Okafor"}],
        "content": [{"attachment": {"contentType": "text/plain", "url": "Binary/9"}}],
        **more,
    }


def reviewed(by_clinician: bool) -> Body:
    return {"extension": [{"url": f"{OURS}/StructureDefinition/reviewed-by-clinician", "valueBoolean": by_clinician}]}


def test_a_report_holds_its_readings_in_its_own_order() -> None:
    rows = chart(lab("2", 38), lab("1"), report("r", "1", "2")).results().rows
    assert [(r.key, r.kind, [x.id for x in r.readings]) for r in rows] == [
        ("DiagnosticReport/r", ResultKind.LAB, ["1", "2"]),
    ]


def test_tests_of_one_order_and_time_are_one_row() -> None:
    order = {"basedOn": [{"reference": "ServiceRequest/7"}]}
    later = {**order, "effectiveDateTime": "2026-11-21T07:40:00-05:00"}
    rows = chart(lab("1", **order), lab("2", **order), lab("3", **later), lab("4")).results().rows
    assert sorted([x.id for x in r.readings] for r in rows) == [["1", "2"], ["3"], ["4"]]
    assert {r.title for r in rows} == {"LDL cholesterol and 1 more", "LDL cholesterol"}


def test_an_order_that_travels_along_names_the_row() -> None:
    order = {
        "basedOn": [{"reference": "#o"}],
        "contained": [{"resourceType": "ServiceRequest", "id": "o", "code": {"text": "Urine dipstick"}}],
    }
    assert [r.title for r in chart(lab("1", **order), lab("2", **order)).results().rows] == ["Urine dipstick"]


def test_a_panel_of_members_is_one_row() -> None:
    panel = lab("p", hasMember=[{"reference": "Observation/1"}], code={"text": "CBC"}, valueQuantity=None)
    rows = chart(panel, lab("1")).results().rows
    assert [(r.title, [x.id for x in r.readings]) for r in rows] == [("CBC", ["1"])]


def test_rows_come_newest_first_whatever_the_server_does() -> None:
    days = ["2026-11-20T07:40:00-05:00", "2026-11-20", "2019", "2026-11-21T01:00:00+14:00", None]
    rows = chart(*(lab(str(n), effectiveDateTime=day) for n, day in enumerate(days))).results().rows
    assert [r.key.rpartition("/")[2] for r in rows] == ["0", "3", "1", "2", "4"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("LP29684-5", ResultKind.RADIOLOGY),
        ("RAD", ResultKind.RADIOLOGY),
        ("LP7839-6", ResultKind.PATHOLOGY),
        ("SP", ResultKind.PATHOLOGY),
        ("LP29708-2", ResultKind.NOTE),
        ("LAB", ResultKind.LAB),
        ("HM", ResultKind.LAB),
        ("OUS", ResultKind.RADIOLOGY),
        ("EC", ResultKind.OTHER),
        ("nobody-knows", ResultKind.OTHER),
        (None, ResultKind.LAB),
    ],
)
def test_a_report_is_of_the_kind_that_its_category_says(code: str | None, kind: ResultKind) -> None:
    """The same in Results and in Record."""
    [row] = chart(report("r", category=[{"coding": [{"code": code}] if code else []}])).results().rows
    assert (row.kind, section(of_result(row).section).kind) == (kind, kind)


@pytest.mark.rule("REL-3")
@pytest.mark.parametrize("status", ["registered", "preliminary", "partial", "entered-in-error", "cancelled", "unknown"])
def test_what_is_not_final_never_shows_and_takes_the_earlier_version_away(status: str) -> None:
    made = chart(report("r"), lab("1"), note("n"))
    assert len(made.results().rows) == 3
    for kind, body in (
        ("DiagnosticReport", report("r", status=status)),
        ("Observation", lab("1", status=status)),
        ("DocumentReference", note("n", docStatus=status)),
    ):
        made.take(kind, page(body))
    assert made.results().rows == ()


@pytest.mark.rule("REL-3")
@pytest.mark.parametrize("status", ["superseded", "entered-in-error"])
def test_a_note_that_was_replaced_goes(status: str) -> None:
    made = chart(note("n"))
    made.take("DocumentReference", page(note("n", status=status)))
    assert made.results().rows == ()


@pytest.mark.rule("REL-3")
@pytest.mark.parametrize(
    ("status", "corrected"), [("final", False), ("amended", True), ("corrected", True), ("appended", True)]
)
def test_a_correction_replaces_the_earlier_version_and_says_so(status: str, *, corrected: bool) -> None:
    made = chart(report("r", conclusion="first"))
    made.take("DiagnosticReport", page(report("r", conclusion="second", status=status)))
    (row,) = made.results().rows
    assert (row.conclusion, row.corrected) == ("second", corrected)


@pytest.mark.rule("REL-3")
def test_a_corrected_reading_marks_its_report() -> None:
    assert chart(report("r", "1"), lab("1", status="corrected")).results().rows[0].corrected


@pytest.mark.rule("REL-4")
@pytest.mark.parametrize(("said", "review"), [({}, None), (reviewed(False), False), (reviewed(True), True)])
def test_the_review_state_is_the_servers(said: Body, *, review: bool | None) -> None:
    rows = chart(report("r", **said), lab("1", **said), note("n", **said)).results().rows
    assert [r.reviewed for r in rows] == [review] * 3


@pytest.mark.rule("REC-5")
def test_blood_pressure_is_one_value_of_two_parts() -> None:
    def part(code: str, value: int) -> Body:
        coding = [{"system": "http://loinc.org", "code": code}]
        return {"code": {"coding": coding}, "valueQuantity": {"value": value, "unit": "mmHg"}}

    body = lab("bp", code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}]}, valueQuantity=None)
    body["component"] = [part("8462-4", 82), part("8480-6", 128)]
    (reading,) = chart(body).results().rows[0].readings
    assert reading.text == "128/82 mmHg"
    assert [p.quantity and p.quantity.value for p in reading.parts] == [82, 128]


def test_a_community_record_names_its_partner() -> None:
    tag = {"meta": {"tag": [{"system": f"{OURS}/CodeSystem/origin", "code": "community"}]}}
    made = chart(report("r", **tag), lab("1", **tag), report("own", effectiveDateTime="2020"))
    assert made.without_origin() == ("DiagnosticReport/r", "Observation/1")
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": "DiagnosticReport/r"}],
        "recorded": "2026-09-03T10:00:00Z",
        "agent": [{"who": {"display": "Lakeview Medical Group"}}],
    }
    made.take("Provenance", page(provenance))
    told = {r.key: (r.community, bool(r.imported)) for r in made.results().rows}
    assert told == {
        "DiagnosticReport/r": ("Lakeview Medical Group", True),
        "Observation/1": ("a community partner", False),
        "DiagnosticReport/own": ("", False),
    }
    made.leave_unknown(made.without_origin())
    assert made.without_origin() == ()


def test_a_community_record_may_name_its_partner_itself() -> None:
    tag = {"system": f"{OURS}/CodeSystem/origin", "code": "community", "display": "Lakeview\x1b Medical Group"}
    imported = {"url": f"{OURS}/StructureDefinition/imported", "valueInstant": "2026-09-03T10:00:00Z"}
    made = chart(report("r", meta={"tag": [tag]}, extension=[imported]), lab("1", meta={"tag": [tag]}))
    assert made.without_origin() == ()
    told = {r.key: (r.community, bool(r.imported)) for r in made.results().rows}
    assert told == {
        "DiagnosticReport/r": ("Lakeview␛ Medical Group", True),
        "Observation/1": ("Lakeview␛ Medical Group", False),
    }


@pytest.mark.rule("FAM-9")
@pytest.mark.parametrize(
    "subject", [{"reference": "Patient/99"}, {"reference": f"Patient/9{PATIENT}"}, {}, {"display": "x"}]
)
def test_a_chart_takes_nothing_of_another_patient(subject: Body) -> None:
    made = chart(lab("1", subject=subject), report("r", subject=subject), note("n", subject=subject))
    assert made.results().rows == ()
    assert made.results().unreadable.reasons == ("it is not of this patient",)
    assert made.results().unreadable.count == 3


@pytest.mark.parametrize(
    "broken",
    [
        lab("x", status=""),
        lab("x", status="finished"),
        {**lab("x"), "id": None},
        {"resourceType": "Observation"},
        "not a resource",
        None,
        [],
    ],
)
def test_a_broken_entry_costs_itself_and_is_counted(broken: Any) -> None:
    made = PatientResults(PATIENT)
    made.take("Observation", page(lab("1"), broken, lab("2")))
    assert sorted(made.labs) == ["1", "2"]
    assert made.results().unreadable.count == 1


def test_the_same_broken_entry_counts_once() -> None:
    made = PatientResults(PATIENT)
    for _ in range(3):
        made.take("Observation", page(lab("x", status="soon")))
    assert made.results().unreadable.count == 1


def test_other_resources_on_a_page_are_passed_over() -> None:
    made = PatientResults(PATIENT)
    made.take("Observation", page({"resourceType": "OperationOutcome", "issue": []}, lab("1")))
    assert (len(made.labs), made.results().unreadable.count) == (1, 0)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"resourceType":"Patient"}', b"\xff\xfe", b"[" * 5000])
def test_a_page_that_is_no_bundle_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        page_of(Response(200, body, {}, "req-1"))
    assert caught.value.request_id == "req-1"


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("text/plain", "One\r\nTwo\x1b[2J", "One\nTwo␛[2J"),
        (
            "text/html; charset=utf-8",
            "<p>Dose &lt;5&nbsp;mg</p><script>x()</script><p>Stop<br>now</p>",
            "Dose <5 mg\n\nStop\nnow",
        ),
        ("application/pdf", "%PDF", "[application/pdf: a file, not text]"),
        (None, "plain", "plain"),
    ],
)
def test_inline_content_becomes_plain_text(kind: str | None, content: str, text: str) -> None:
    form = {"contentType": kind, "data": base64.b64encode(content.encode()).decode()}
    assert chart(report("r", presentedForm=[form])).results().rows[0].text == text


def test_plain_text_wins_over_other_renderings() -> None:
    forms = [
        {"contentType": kind, "data": base64.b64encode(kind.encode()).decode()}
        for kind in ("application/pdf", "text/html", "text/plain")
    ]
    assert chart(report("r", presentedForm=forms)).results().rows[0].text == "text/plain"


def test_until_all_pages_are_in_nothing_shows_that_may_change_its_shape() -> None:
    made = chart(report("r", "1", "2"), lab("1"), lab("3"))
    assert made.results(all_reports=False, all_labs=False).rows == ()
    assert [r.key for r in made.results().rows] == ["Observation/3", "DiagnosticReport/r"]


def test_the_gravest_reading_flags_the_row() -> None:
    high = {"interpretation": [{"coding": [{"code": "H"}]}]}
    critical = {"interpretation": [{"coding": [{"code": "LL"}]}]}
    row = chart(report("r", "1", "2", "3"), lab("1"), lab("2", **high), lab("3", **critical)).results().rows[0]
    assert row.flag is Flag.CRITICAL_LOW


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(field=st.sampled_from(sorted(lab("1"))), junk=JSON)
def test_whatever_a_field_holds_the_neighbours_stay(field: str, junk: Any) -> None:
    made = PatientResults(PATIENT)
    made.take("Observation", page({**lab("x"), field: junk}, lab("good")))
    assert "good" in made.labs
    assert made.results().rows
