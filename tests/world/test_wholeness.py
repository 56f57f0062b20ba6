"""The world hangs together: references resolve, dates are past, labels and facts agree, and judges accept it all."""

from datetime import datetime

from fhir.resources.R4B import get_fhir_model_class

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.world.build import World
from genesis_tui.mock_backend.world.simulation.refills import PHARMACY, PROVIDER
from tests.world.reading import references

_SUBJECTS = ("subject", "patient", "beneficiary")


def _keys(world: World) -> set[str]:
    return {f"{r.body['resourceType']}/{r.body['id']}" for r in world.resources}


def test_ids_are_unique_and_references_resolve_but_for_one_missing_result(world: World) -> None:
    keys = _keys(world)
    assert len(keys) == len(world.resources)
    bodies = [r.body for r in world.resources] + [
        due.payload["body"] for due in world.due if due.kind == "put-resource"
    ]
    loose = {ref for body in bodies for ref in references(body) if not ref.startswith("#")} - keys
    (missing,) = loose
    (partial,) = [r.body for r in world.resources if missing in references(r.body)]
    assert partial["result"][-1] == {"reference": missing, "display": "Reticulocytes"}


def test_everything_is_filed_under_its_own_patient(world: World) -> None:
    for resource in world.resources:
        for name in _SUBJECTS:
            if name in resource.body:
                assert resource.body[name]["reference"] == f"Patient/{resource.patient_id}"
        named = {ref for ref in references(resource.body) if ref.startswith("Patient/")}
        if resource.body["resourceType"] != "Consent":
            assert named <= {f"Patient/{resource.patient_id}"}


def test_nothing_that_is_there_lies_ahead(world: World, start: datetime) -> None:
    for resource in world.resources:
        body = resource.body
        said = body.get("issued") or body.get("effectiveDateTime") or body.get("occurrenceDateTime")
        if body["resourceType"] != "Appointment" and said and "T" in said:
            assert datetime.fromisoformat(said) <= start
        assert resource.final_at is None or resource.final_at <= start


def test_a_review_never_comes_before_the_result(world: World, start: datetime) -> None:
    reviewed = [r for r in world.resources if r.final_at and r.reviewed_at]
    assert len(reviewed) > 1000
    assert all(r.final_at <= r.reviewed_at for r in reviewed if r.final_at and r.reviewed_at)
    unread = [r for r in world.resources if r.final_at and r.reviewed_at is None]
    assert all(
        {"valueBoolean": False}.items() <= r.body["extension"][0].items() for r in unread if "extension" in r.body
    )


def test_sensitive_is_said_by_label_and_by_fact(world: World) -> None:
    labelled = {r.body["id"] for r in world.resources if r.body.get("meta", {}).get("security")}
    assert labelled == {r.body["id"] for r in world.resources if r.sensitive}
    kinds = {r.body["resourceType"] for r in world.resources if r.sensitive}
    assert {"Appointment", "DocumentReference", "Binary", "Encounter"} <= kinds


def test_routine_visits_keep_off_weekends(world: World) -> None:
    starts = [
        (datetime.fromisoformat(r.body["period"]["start"]), r.body["class"]["code"])
        for r in world.resources
        if r.body["resourceType"] == "Encounter"
    ]
    assert len(starts) > 80
    assert all(at.weekday() < 5 for at, kind in starts if kind != "EMER")


def test_times_are_told_in_the_place_s_own_zone(world: World) -> None:
    zones = {row["id"]: row["mtf_zone"] for row in world.rows["person"]}
    offsets: dict[str, set[str]] = {}
    for resource in world.resources:
        if resource.body["resourceType"] == "DiagnosticReport":
            offsets.setdefault(str(zones[resource.patient_id]), set()).add(resource.body["effectiveDateTime"][-6:])
    assert offsets["America/New_York"] == {"-05:00", "-04:00"}
    assert offsets["Europe/Berlin"] == {"+01:00", "+02:00"}
    assert offsets["Asia/Tokyo"] == {"+09:00"}


def test_what_is_due_replaces_what_is_there_and_comes_in_order(world: World, start: datetime) -> None:
    keys, requests = _keys(world), {row["id"] for row in world.rows["pharmacy_request"]}
    assert [due.at for due in world.due] == sorted(due.at for due in world.due)
    for due in world.due:
        assert due.at > start
        if due.kind == "visit":
            assert f"Appointment/{due.payload['id']}" in keys
            continue
        if due.kind in (PHARMACY, PROVIDER):
            assert due.payload["request"] in requests
            continue
        body = due.payload["body"]
        assert due.kind == "put-resource"
        assert f"{body['resourceType']}/{body['id']}" in keys
        assert set(due.payload) == {"body", "patient_id", "sensitive", "final_at", "reviewed_at"}


def test_what_is_due_tells_a_final_a_correction_and_reviews(world: World, start: datetime) -> None:
    before = {(r.body["resourceType"], r.body["id"]): r for r in world.resources}
    told: set[object] = set()
    for due in (one for one in world.due if one.kind == "put-resource"):
        body = due.payload["body"]
        old = before[body["resourceType"], body["id"]]
        told.add((old.body["status"], body["status"]))
        if due.payload["reviewed_at"] is not None:
            told.add("reviewed")
            assert due.payload["reviewed_at"] == to_micros(due.at)
    assert told >= {("preliminary", "final"), ("final", "corrected"), "reviewed"}


def test_the_outside_judge_reads_every_resource(world: World) -> None:
    models = {kind: get_fhir_model_class(kind) for kind in {r.body["resourceType"] for r in world.resources}}
    bodies = [r.body for r in world.resources] + [
        due.payload["body"] for due in world.due if due.kind == "put-resource"
    ]
    read = [models[body["resourceType"]].model_validate(body) for body in bodies]
    assert len(read) == len(bodies)
