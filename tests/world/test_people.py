"""Everybody that the first slice needs is there, of the right age on the first day, and can get in or can't."""

import json
from datetime import datetime, timedelta

import pytest

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.world.build import World
from tests.world.reading import age, person


@pytest.mark.parametrize(
    ("given", "family", "status", "years"),
    [
        ("Daniel", "Reyes", "active-duty", 38),
        ("Elena", "Reyes", "dependent", 36),
        ("Sofia", "Reyes", "dependent", 19),
        ("Mateo", "Reyes", "dependent", 17),
        ("Leo", "Reyes", "dependent", 15),
        ("Maya", "Reyes", "dependent", 8),
        ("Jordan", "Whitfield", "active-duty", 23),
        ("Marcus", "Hall", "active-duty", 34),
        ("Emma", "Hall", "dependent", 12),
        ("Walter", "Brennan", "retiree", 67),
        ("Ruth", "Adeyemi", "veteran", 41),
        ("Carol", "Nguyen", "civilian", 52),
        ("Sam", "Porter", "support", 40),
    ],
)
def test_they_are_who_the_slice_needs(
    world: World, start: datetime, given: str, family: str, status: str, years: int
) -> None:
    row = person(world, given, family)
    assert (row["status"], age(row, start.date())) == (status, years)


def test_a_son_turns_18_within_weeks(world: World, start: datetime) -> None:
    row = person(world, "Mateo", "Reyes")
    assert age(row, (start + timedelta(days=18)).date()) == 17
    assert age(row, (start + timedelta(days=19)).date()) == 18


@pytest.mark.parametrize(
    ("given", "family", "zone"),
    [("Marcus", "Hall", "Europe/Berlin"), ("Kenji", "Cole", "Asia/Tokyo"), ("Lucia", "Marchetti", "Europe/Rome")],
)
def test_families_abroad_live_in_their_own_zone(world: World, given: str, family: str, zone: str) -> None:
    row = person(world, given, family)
    assert (row["zone"], row["mtf_zone"]) == (zone, zone)


def test_minors_have_no_sign_in_and_every_listed_persona_has(world: World, start: datetime) -> None:
    accounts = {row["person_id"] for row in world.rows["sign_in"]}
    minors = {row["id"] for row in world.rows["person"] if age(row, start.date()) < 18}
    listed = {row["id"] for row in world.rows["person"] if json.loads(str(row["persona"]))}
    assert not minors & accounts
    assert listed <= accounts
    assert len(listed) >= 15


def test_personas_are_numbered_once_and_tell_a_story(world: World) -> None:
    personas = [json.loads(str(row["persona"])) for row in world.rows["person"]]
    listed = [p for p in personas if p]
    assert sorted(p["order"] for p in listed) == list(range(1, len(listed) + 1))
    assert all(p["story"] and p["method"] for p in listed)


def test_passwords_are_long_and_hold_no_username(world: World) -> None:
    rows = world.rows["sign_in"]
    assert len({row["username"] for row in rows}) == len(rows)
    for row in rows:
        assert len(str(row["password"])) >= 15
        assert str(row["username"]) not in str(row["password"]).casefold()


def test_two_accounts_are_basic_and_one_is_locked_for_25_minutes(world: World, start: datetime) -> None:
    basic = [row["username"] for row in world.rows["sign_in"] if row["level"] == 1]
    assert basic == ["nadia.haddad", "aiko.cole"]
    (lock,) = world.rows["lockout"]
    assert (lock["username"], lock["failures"], lock["level"]) == ("tom.larsen", 5, 1)
    assert lock["locked_until"] == to_micros(start + timedelta(minutes=25))


def test_deers_differs_for_one_person_alone(world: World) -> None:
    people = {row["id"]: row for row in world.rows["person"]}
    same = ("given", "family", "birth_date", "dod_id")
    odd = [row for row in world.rows["deers"] if any(row[name] != people[row["person_id"]][name] for name in same)]
    (ana,) = odd
    assert people[ana["person_id"]]["given"] == "Ana"
    assert [name for name in same if ana[name] != people[ana["person_id"]][name]] == ["family", "birth_date"]


def test_grants_stand_end_and_are_revoked(world: World, start: datetime) -> None:
    names = {row["id"]: row["given"] for row in world.rows["person"]}
    now = to_micros(start)
    found = {
        (names[g["giver_id"]], names[g["receiver_id"]]): (
            g["scope"],
            g["kind"],
            "revoked"
            if g["revoked"] is not None
            else "ended"
            if g["until"] is not None and int(str(g["until"])) < now
            else "waits"
            if g["accepted"] is None
            else "stands",
        )
        for g in world.rows["grants"]
    }
    assert found == {
        ("Elena", "Daniel"): ("full", "proxy", "stands"),
        ("Sofia", "Daniel"): ("full", "proxy", "stands"),
        ("George", "Kelly"): ("limited", "proxy", "stands"),
        ("George", "Peter"): ("full", "proxy", "ended"),
        ("George", "Nora"): ("full", "proxy", "revoked"),
        ("Owen", "Walter"): ("full", "legal", "stands"),
        ("Min-ji", "Derrick"): ("full", "proxy", "waits"),
    }


def test_ties_are_seen_from_both_ends(world: World) -> None:
    ties = {(row["person_id"], row["relative_id"]): row for row in world.rows["kin"]}
    assert len(ties) == len(world.rows["kin"])
    for (one, other), row in ties.items():
        back = ties[other, one]
        assert not (row["parental"] and back["parental"])
        if row["relation"] == "spouse":
            assert back["relation"] == "spouse"
        else:
            assert {row["parental"], back["parental"]} == {True, False}


def test_ids_and_dod_ids_are_nobody_elses(world: World) -> None:
    rows = world.rows["person"]
    assert len({row["id"] for row in rows}) == len({row["dod_id"] for row in rows}) == len(rows)
    assert all(len(str(row["dod_id"])) == 10 for row in rows)


def test_rows_of_a_table_have_the_same_columns(world: World) -> None:
    for table, rows in world.rows.items():
        assert len({tuple(row) for row in rows}) == 1, table
