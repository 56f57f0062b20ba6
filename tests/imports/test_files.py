"""Files of every shape, sound and broken: what is whole is taken, and what is not is named by file and line."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.mock_backend.imports import files as reading
from genesis_tui.mock_backend.imports.people import UNKNOWN_BIRTH, person_of
from genesis_tui.mock_backend.mock import Mock
from tests.imports.conftest import Import, Write, bundle, lab, patient, refused, stored

BOTH = {"Patient": 1, "Observation": 1}


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset", "history", "document", "message"])
@pytest.mark.parametrize("name", ["b.json", "b.json.gz", "b.ndjson", "b.txt"])
def test_bundles_of_every_type(write: Write, take: Import, kind: str, name: str) -> None:
    assert take(write(name, bundle(patient(), bundle(lab(), kind=kind), kind=kind))).taken == BOTH


def test_single_resources_lists_and_lines_under_any_name(write: Write, take: Import) -> None:
    pretty = json.dumps(bundle(lab("pretty")), indent=2)
    single = write("p.json", patient())
    files = [
        single,
        write("l.json", json.dumps([lab("list"), bundle(lab("in"))])),
        write("lines.json", lab("x"), lab("y")),
        write("pretty.json", pretty),
        write("windows.ndjson", "\ufeff" + json.dumps(lab("bom")) + "\r\n\r\n" + json.dumps(lab("last")) + "\r\n"),
    ]
    report = take(*files)
    assert (report.taken, report.files, report.whole) == ({"Patient": 1, "Observation": 7}, 5, True)


def test_gzip_is_told_by_its_first_bytes(tmp_path: Path, write: Write, take: Import) -> None:
    named = tmp_path / "named.json"
    named.write_bytes(gzip.compress(json.dumps(patient()).encode()))
    (tmp_path / "plain.ndjson.gz").write_text(json.dumps(lab()))
    assert take(named, tmp_path / "plain.ndjson.gz").taken == BOTH


def test_a_folder_is_searched_for_what_may_hold_fhir(tmp_path: Path, write: Write, take: Import) -> None:
    write("in/deep/p.JSON", patient())
    write("in/l.jsonl.gz", lab())
    write("in/readme.md", "# not FHIR")
    write("in/broken.html", "<")
    report = take(tmp_path / "in")
    assert (report.taken, report.files, report.whole) == (BOTH, 2, True)


def test_a_long_bundle_is_read_entry_by_entry(write: Write, take: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WHOLE", 1000)
    many = [lab(str(number), note=[{"text": "x" * 200}]) for number in range(50)]
    named = write("n.json", json.dumps({"entry": bundle(patient(), bundle(*many))["entry"], "resourceType": "Bundle"}))
    assert take(named).taken == {"Patient": 1, "Observation": 50}
    listed = write("list.json.gz", json.dumps([patient(), *many]))
    assert take(listed, source="list").taken == {"Patient": 1, "Observation": 50}
    alone = write("one.json", json.dumps(patient(text={"div": "x" * 5000})))
    assert take(alone, source="one").taken == {"Patient": 1}


def test_a_broken_line_costs_that_line(write: Write, take: Import) -> None:
    report = take(write("x.ndjson", patient(), '{"resourceType": "Observation", ', lab(), "[]", "7", "{}", '"\\ud800"'))
    assert (report.taken, report.whole, report.broken) == (BOTH, False, [])
    assert refused(report) == {"not-json": 2, "no-resource-type": 2}
    assert [spot.place for spot in report.refused.spots["(none)", "not-json"]] == ["line 2", "line 7"]


def test_a_broken_entry_costs_that_entry(write: Write, take: Import) -> None:
    made = bundle(patient(), lab())
    made["entry"][1:1] = [7, None, {}, {"resource": 3}, {"request": {"method": "DELETE", "url": "Patient/1"}}]
    report = take(write("x.json", made))
    assert (report.taken, report.whole) == (BOTH, True)
    assert refused(report) == {"no-resource": 4, "no-resource-type": 1}
    assert report.refused.spots["(none)", "no-resource"][0].place == "entry 2"


SOUND = json.dumps(bundle(patient("2"), lab("z", whose="Patient/2")))


def _cut(path: Path, text: str, *, keep: float) -> Path:
    packed = gzip.compress(text.encode(), mtime=0)
    path.write_bytes(packed[: int(len(packed) * keep)])
    return path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cut.json", SOUND[:-20], ("line 1", "not JSON")),
        ("cut-pretty.json", json.dumps(json.loads(SOUND), indent=1)[:300], ("line", "not JSON")),
        ("empty.json", "", ("", "the file is empty")),
        ("blank.json", " \n ", ("", "the file is empty")),
        ("page.json", "<html>", ("line 1", "not JSON")),
        ("nan.json", '{"resourceType": "Patient", "x": NaN}', ("line 1", "not JSON")),
        ("deep.json", "[" * 100_000, ("line 1", "not JSON")),
    ],
)
def test_a_broken_document_costs_itself_and_nothing_else(
    small: Mock, write: Write, take: Import, name: str, content: str, said: tuple[str, str]
) -> None:
    report = take(write(name, content), write("whole.json", bundle(patient(), lab())))
    ((file, where, why),) = report.broken
    assert (file, where[: len(said[0])], why) == (name, *said)
    assert (report.taken, report.files, report.whole) == (BOTH, 1, False)
    assert set(stored(small)) == {"Patient/clinic-1", "Observation/clinic-a"}


def test_a_gzip_that_is_cut_costs_itself(small: Mock, tmp_path: Path, write: Write, take: Import) -> None:
    lines = "\n".join(json.dumps(lab(str(n), note=[{"text": f"{n * 7919 % 10007}"}])) for n in range(500))
    people = json.dumps(patient("2")) + "\n" + lines
    cut = _cut(tmp_path / "cut.ndjson.gz", people, keep=0.5)
    other = _cut(tmp_path / "cut.json.gz", SOUND, keep=0.5)
    noise = tmp_path / "noise.json"
    noise.write_bytes(b"\x1f\x8bno gzip at all")
    report = take(cut, other, noise, write("whole.ndjson", patient(), lab(), lab("of-the-lost", whose="Patient/2")))
    told = {file: (where.partition(" line")[0], why) for file, where, why in report.broken}
    assert told["cut.ndjson.gz"] == ("after", "the gzip file ends too early")
    assert told["cut.json.gz"] == ("", "the gzip file ends too early")
    assert told["noise.json"][1].startswith("not sound gzip")
    assert refused(report) == {"unknown-patient": 1}
    assert set(stored(small)) == {"Patient/clinic-1", "Observation/clinic-a"}


def test_a_line_or_an_entry_without_end_is_not_read_to_its_end(
    tmp_path: Path, write: Write, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LONGEST", 200_000)
    monkeypatch.setattr(reading, "WHOLE", 1000)
    bomb = write("bomb.ndjson.gz", patient("2"), json.dumps(lab(note=[{"text": "x" * 300_000}])))
    within = write("bomb.json.gz", bundle(patient("3"), lab(note=[{"text": "x" * 300_000}])))
    alone = write("bomb2.json.gz", patient("4", text={"div": "x" * 300_000}))
    report = take(bomb, within, alone, write("whole.ndjson", patient(), lab()))
    assert report.taken == BOTH
    whys = {file: (where, why) for file, where, why in report.broken}
    assert whys["bomb.ndjson.gz"] == ("line 2", "longer than 0 MiB")
    assert whys["bomb.json.gz"][1].startswith("an entry longer than")
    assert "longer than" in whys["bomb2.json.gz"][1]


HOSTILE: list[dict[str, Any]] = [
    {"id": "../../etc/passwd"},
    {"id": "x" * 1_000_000},
    {"id": "a\x00b\x1b]0;x\x07"},
    {"id": ["a"]},
    {"id": ""},
    {"category": "laboratory"},
    {"category": [{"coding": {"code": ["x"]}}, 7, None]},
    {"code": {"coding": [{"code": "x" * 1_000_000}, {"code": {}}, "x"]}},
    {"status": ["final"]},
    {"status": 7},
    {"effectiveDateTime": "yesterday"},
    {"effectiveDateTime": "0000-13-45"},
    {"effectiveDateTime": None, "effectivePeriod": {"start": 7}},
    {"effectivePeriod": [{"start": "2020"}], "effectiveDateTime": {}},
    {"meta": "x"},
    {"meta": {"security": {"code": "R"}, "versionId": 7, "lastUpdated": "x"}},
    {"meta": {"security": "R"}},
    {"valueQuantity": {"value": 10**400}},
    {"extension": [[[{"reference": "Patient/1"}]]]},
    {"verificationStatus": {"coding": ["x", {"code": {}}]}},
]


@pytest.mark.parametrize("odd", HOSTILE, ids=[f"{n}-{next(iter(one))}" for n, one in enumerate(HOSTILE)])
def test_what_is_oddly_shaped_is_taken_or_counted(small: Mock, write: Write, take: Import, odd: dict[str, Any]) -> None:
    report = take(write("x.ndjson", patient(), lab(**odd)))
    assert report.taken["Observation"] + sum(refused(report).values()) == 1
    assert report.taken["Observation"] == 1
    assert all(len(key) < 90 and key.isprintable() for key in stored(small))


@pytest.mark.parametrize("name", ["name", "birthDate", "gender", "identifier", "meta"])
@pytest.mark.parametrize(
    "value", [None, 7, 1e400, "x", [], {}, [7], [[]], [{}], [{"given": 7, "family": []}], "\x1b[2J"]
)
def test_a_patient_of_any_shape_is_a_person(small: Mock, write: Write, take: Import, name: str, value: object) -> None:
    text = json.dumps(patient(**{name: value})).replace("Infinity", "1e400")
    report = take(write("x.json", text))
    assert (report.people, report.taken["Patient"]) == (1, 1)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([{"given": ["Ada", "B."], "family": "Stone"}], ("Ada", "Stone")),
        ([{"use": "old", "family": "Was"}, {"use": "official", "given": ["Is"], "family": "Now"}], ("Is", "Now")),
        ([{"text": "Ada B. Stone"}], ("Ada B.", "Stone")),
        ([{"family": "Only"}], ("", "Only")),
        ([], ("Unnamed", "Patient")),
        ([{"given": ["A\x1b[31m\u202eda"], "family": "x" * 5000}], ("A[31mda", "x" * 100)),
    ],
)
def test_the_name_of_an_imported_person(names: list[dict[str, Any]], told: tuple[str, str]) -> None:
    person = person_of({"id": "x", "name": names})
    assert (person.given, person.family) == told


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1980-02-03", "1980-02-03"),
        ("1980-02", "1980-02-01"),
        ("1980", "1980-01-01"),
        ("1980-02-30", UNKNOWN_BIRTH),
        ("", UNKNOWN_BIRTH),
        (None, UNKNOWN_BIRTH),
    ],
)
def test_a_partial_birth_date_counts_from_its_first_day(given: object, kept: str) -> None:
    assert person_of({"id": "x", "birthDate": given}).birth_date == kept
