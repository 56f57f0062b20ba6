"""Sources are namespaces: ids never meet, references move with their targets, importing again replaces."""

import itertools
import json
from decimal import Decimal

import pytest

from genesis_tui.mock_backend.imports.references import IdMap, Target, namespace_of, target_of
from genesis_tui.mock_backend.mock import Mock
from tests.imports.conftest import Import, Write, bundle, entry, lab, patient, refused, stored

UUID = "urn:uuid:7d1f5a60-0b43-4c36-8e41-0f2a5f2a9c11"
OTHER = "urn:uuid:0d2a8d0e-93c5-4d66-9a40-6a6a9f5c1e22"


@pytest.mark.rule("FAM-9")
def test_the_same_ids_of_two_sources_are_four_resources(small: Mock, write: Write, take: Import) -> None:
    path = write("a.ndjson", patient(), lab())
    take(path, source="first")
    take(path, source="second")
    first, second = stored(small, namespace="first"), stored(small, namespace="second")
    assert set(first) == {"Patient/first-1", "Observation/first-a"}
    assert set(second) == {"Patient/second-1", "Observation/second-a"}
    assert second["Observation/second-a"]["subject"] == {"reference": "Patient/second-1"}
    assert second["Observation/second-a"]["_patient"] == "second-1"


@pytest.mark.parametrize(
    ("one", "other"), [("a", "a-b"), ("a b", "ab"), ("7", "s7"), ("é", "ü"), ("consent", "Consent!")]
)
def test_no_two_names_make_one_namespace(small: Mock, write: Write, take: Import, one: str, other: str) -> None:
    path = write("a.ndjson", patient("b-1"), patient("1"))
    namespaces = [take(path, source=name).namespace for name in (one, other)]
    assert len(set(namespaces)) == 2
    assert all(name.isalnum() and name.isascii() and name != "consent" for name in namespaces)


def test_order_does_not_matter(small: Mock, write: Write, take: Import) -> None:
    report_ = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "subject": {"reference": "Patient/1"},
        "result": [{"reference": "Observation/a"}],
    }
    resources = [
        patient(),
        lab(),
        report_,
        {"resourceType": "Provenance", "id": "p", "target": [{"reference": "Observation/a"}]},
    ]
    for number, order in enumerate(itertools.permutations(resources)):
        report = take(write(f"{number}.ndjson", *order), source=f"s{number}")
        there = stored(small, namespace=report.namespace)
        assert report.taken == dict.fromkeys(("Patient", "Observation", "DiagnosticReport", "Provenance"), 1)
        assert {body["_patient"] for body in there.values()} == {f"{report.namespace}-1"}


def test_patients_may_come_in_another_file_and_in_an_earlier_import(small: Mock, write: Write, take: Import) -> None:
    labs, people = write("1/labs.ndjson.gz", lab()), write("2/people.json", patient())
    assert take(labs, people).taken == {"Patient": 1, "Observation": 1}
    more = take(write("more.json", lab("b")))
    assert (more.taken, more.people) == ({"Observation": 1}, 0)
    assert stored(small)["Observation/clinic-b"]["_patient"] == "clinic-1"


def test_urn_uuids_point_to_what_goes_by_them(small: Mock, write: Write, take: Import) -> None:
    nameless = {key: value for key, value in patient().items() if key != "id"}
    take(
        write(
            "b.json",
            bundle(entry(OTHER, lab(whose=UUID, encounter={"reference": "urn:uuid:nowhere"})), entry(UUID, nameless)),
        )
    )
    there = stored(small)
    person = next(key for key in there if key.startswith("Patient/"))
    assert there["Observation/clinic-a"]["subject"]["reference"] == person
    assert there["Observation/clinic-a"]["encounter"] == {"reference": "urn:uuid:nowhere"}


def test_what_has_no_id_is_found_again_by_its_full_url_or_its_content(small: Mock, write: Write, take: Import) -> None:
    nameless = {key: value for key, value in lab().items() if key != "id"}
    path = write("b.json", bundle(patient(), entry(OTHER, nameless | {"note": [{"text": "x"}]}), nameless))
    assert take(path).taken["Observation"] == 2
    assert (take(path).replaced["Observation"], len(stored(small))) == (2, 3)


@pytest.mark.rule("FAM-9")
def test_one_urn_in_two_documents_is_two_patients(small: Mock, write: Write, take: Import) -> None:
    for_each = [bundle(entry("urn:x:p", patient(one)), lab(f"lab-{one}", whose="urn:x:p")) for one in ("1", "2")]
    take(write("b.ndjson", *for_each))
    there = stored(small)
    assert {there[f"Observation/clinic-lab-{one}"]["_patient"] for one in ("1", "2")} == {"clinic-1", "clinic-2"}
    outside = take(write("c.json", bundle(lab("c", whose="urn:x:p"), *for_each[0]["entry"], *for_each[1]["entry"])))
    assert refused(outside)["unknown-patient"] == 3


@pytest.mark.rule("FAM-9")
def test_the_same_id_on_two_servers_is_two_patients(small: Mock, write: Write, take: Import) -> None:
    entries = [
        entry(f"http://{host}/fhir/{one['resourceType']}/{one['id']}", one)
        for host in ("one.example", "two.example")
        for one in (
            lab("a", note=[{"text": host}]),
            patient(),
            lab("b", whose=f"http://{host}/fhir/Patient/1/_history/3"),
        )
    ]
    report = take(write("b.json", bundle(*entries)))
    assert report.taken == {"Patient": 2, "Observation": 4}
    there = stored(small)
    assert len({body["_patient"] for body in there.values()}) == 2
    for body in there.values():
        if body["resourceType"] == "Observation":
            assert body["subject"]["reference"] == f"Patient/{body['_patient']}"


def test_absolute_references_of_a_bulk_export_find_their_patients(small: Mock, write: Write, take: Import) -> None:
    report = take(write("x.ndjson", lab(whose="https://x.example/fhir/Patient/1"), patient()))
    assert report.taken == {"Patient": 1, "Observation": 1}
    assert stored(small)["Observation/clinic-a"]["subject"]["reference"] == "Patient/clinic-1"


def test_references_move_and_all_else_stays(small: Mock, write: Write, take: Import) -> None:
    body = lab(
        contained=[{"resourceType": "Practitioner", "id": "dr"}],
        performer=[
            {"reference": "#dr"},
            {"reference": "Practitioner/9/_history/2"},
            {"reference": "http://else.example/Organization/1"},
        ],
        extension=[{"url": "http://x.example/Binary", "valueString": "Patient/1"}],
        derivedFrom=[{"reference": "Observation/b#part"}, {"display": "no reference"}, {"reference": 7}],
    )
    take(write("x.ndjson", body, patient()))
    moved = stored(small)["Observation/clinic-a"]
    assert [one["reference"] for one in moved["performer"]] == [
        "#dr",
        "Practitioner/clinic-9",
        "http://else.example/Organization/1",
    ]
    assert moved["derivedFrom"] == [
        {"reference": "Observation/clinic-b#part"},
        {"display": "no reference"},
        {"reference": 7},
    ]
    assert (moved["extension"], moved["contained"]) == (body["extension"], body["contained"])


def test_the_latest_version_of_several_is_taken_whatever_their_order(small: Mock, write: Write, take: Import) -> None:
    versions = [
        patient(gender=gender, meta={"versionId": str(n), "lastUpdated": f"2026-01-0{n}T00:00:00Z"})
        for n, gender in enumerate(("other", "female", "male"), start=1)
    ]
    for number, order in enumerate(itertools.permutations(versions)):
        report = take(write(f"{number}.json", bundle(*order, kind="history")), source=f"v{number}")
        assert refused(report) == {"given-again": 2}
        assert next(iter(stored(small, namespace=report.namespace).values()))["gender"] == "male"


def test_importing_again_replaces_and_keeps_what_is_not_in_it(small: Mock, write: Write, take: Import) -> None:
    take(write("a.ndjson", patient(), lab("a"), lab("b")))
    report = take(write("b.ndjson", patient(birthDate="1981"), lab("a", status="amended"), lab("c")))
    assert (report.taken, report.replaced) == ({"Observation": 1}, {"Patient": 1, "Observation": 1})
    there = stored(small)
    assert set(there) == {"Patient/clinic-1", *(f"Observation/clinic-{one}" for one in "abc")}
    changed = there["Observation/clinic-a"]
    assert (changed["status"], changed["meta"]["versionId"]) == ("amended", "2")
    with small.database.begin() as conn:
        born = conn.exec_driver_sql("SELECT birth_date FROM person WHERE id = 'clinic-1'").scalar()
        tokens = conn.exec_driver_sql(
            "SELECT count(*) FROM token JOIN resource USING (row) WHERE id = 'clinic-a'"
        ).scalar()
    assert (born, tokens) == ("1981-01-01", 1)


def test_numbers_keep_their_digits(small: Mock, write: Write, take: Import) -> None:
    value = '"valueQuantity":{"value":5.40},"extension":[{"url":"x","valueDecimal":0.000010}]'
    text = '{"resourceType":"Observation","id":"a","subject":{"reference":"Patient/1"},' + value + "}"
    rest = json.dumps({"resource": patient()}) + "," + json.dumps({"resource": {"note": "x" * 5_000_000}})
    take(write("lines.ndjson", text, patient()))
    take(write("long.json", f'{{"resourceType":"Bundle","entry":[{{"resource":{text}}},{rest}]}}'), source="long")
    for namespace in ("clinic", "long"):
        body = stored(small, namespace=namespace)[f"Observation/{namespace}-a"]
        assert str(body["valueQuantity"]["value"]) == "5.40"
        assert body["extension"][0]["valueDecimal"] == Decimal("0.000010")
        with small.database.begin() as conn:
            raw = conn.exec_driver_sql("SELECT body FROM resource WHERE id = ?", (f"{namespace}-a",)).scalar()
        assert b'"value":5.40' in raw


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("Patient/1", Target("", "Patient", "1")),
        ("/Patient/1", Target("", "Patient", "1")),
        ("http://x.example/a/b/Patient/1/_history/2", Target("http://x.example/a/b", "Patient", "1")),
        ("Patient/1#a", Target("", "Patient", "1")),
        ("Patient?identifier=x|1", None),
        ("urn:uuid:1", None),
        ("#a", None),
        ("", None),
        ("patient/1", None),
    ],
)
def test_what_a_reference_names(reference: str, target: Target | None) -> None:
    assert target_of(reference) == target


@pytest.mark.parametrize(
    "one", ["a" * 65, "../../etc/passwd", "a b", "é", "a\x00b", "a\x1b]0;x\x07", "", "x" * 1_000_000]
)
def test_an_id_that_is_none_becomes_one(one: str) -> None:
    made = IdMap("clinic").new_id("", one)
    assert made == IdMap("clinic").new_id("", one) != IdMap("clinic").new_id("", one + "x")
    assert len(made) <= 64
    assert made.startswith("clinic-")
    assert made.removeprefix("clinic-").isalnum() or one == ""


def test_a_namespace_is_short_and_plain() -> None:
    assert namespace_of("My Clinic (2026)/x") == "myclinic2026x"
    assert namespace_of("0.6.5") == "s065"
    assert len(namespace_of("x" * 100)) == 20
