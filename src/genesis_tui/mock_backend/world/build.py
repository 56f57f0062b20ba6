"""Builds a whole world from the authored files: the same for the same seed and start, whatever any clock says."""

import gc
from collections.abc import Callable
from datetime import date, datetime
from random import Random

from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.appointments import add_appointments, add_scheduling
from genesis_tui.mock_backend.world.authored import read
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredPerson
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, WorldBuilder
from genesis_tui.mock_backend.world.base.calendar import Calendar, one_day
from genesis_tui.mock_backend.world.base.world import Due, Resource, World
from genesis_tui.mock_backend.world.family.people import add_grant, add_kin, add_person
from genesis_tui.mock_backend.world.family.relations import (
    add_care_team,
    add_grant_consent,
    add_parental_consents,
    add_relatives,
)
from genesis_tui.mock_backend.world.messages import add_links, add_mailboxes, add_threads
from genesis_tui.mock_backend.world.places import add_places, directory
from genesis_tui.mock_backend.world.record.entries import add_entries
from genesis_tui.mock_backend.world.record.immunizations import add_immunizations
from genesis_tui.mock_backend.world.record.problems import add_problems
from genesis_tui.mock_backend.world.record.visits import add_visits
from genesis_tui.mock_backend.world.refills.pharmacies import add_pharmacies
from genesis_tui.mock_backend.world.refills.prescriptions import add_prescriptions
from genesis_tui.mock_backend.world.results.labs import add_labs
from genesis_tui.mock_backend.world.results.reports import add_studies

__all__ = ["Due", "Resource", "World", "build_world"]

_CHAPTERS: tuple[Callable[[RecordBuilder], None], ...] = (
    add_visits,
    add_labs,
    add_studies,
    add_immunizations,
    add_prescriptions,
    add_problems,
    add_appointments,
    add_care_team,
    add_entries,
    add_links,
    add_threads,
)
"""In this order: results refer to the visits of their day."""


def build_world(*, seed: int, start: datetime, policy: Policy) -> World:
    """The world whose first now is `start` (aware). A pure function of its arguments.

    `policy` is taken as it stands for later scenarios; ages and delays are judged by the rules, not here.
    """
    collecting = gc.isenabled()
    gc.disable()  # tens of thousands of small dicts, none of them garbage: collection would only look at them again
    try:
        return _build(seed, start)
    finally:
        if collecting:
            gc.enable()


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """From when until when a world has the days that it has `now`, at all of its facilities."""
    return one_day(now, (facility.zone for facility in read.places().facilities))


def _build(seed: int, start: datetime) -> World:
    authored = read.people()
    builder = WorldBuilder(Calendar(start), directory(read.places(), read.kinds()))
    add_places(builder)
    add_pharmacies(builder)
    add_mailboxes(builder)
    add_scheduling(builder, read.places().visits)
    people = {person.key: person for person in authored.people}
    births = {person.key: _birth(builder, person) for person in authored.people}
    for person in authored.people:
        add_person(builder, person, births[person.key])
    for household in authored.households:
        add_kin(builder, household, people)
        add_relatives(builder, household, people)
        add_parental_consents(builder, household, people)
    for number, grant in enumerate(authored.grants, start=1):
        add_grant(builder, number, grant, people)
        if not grant.waits:
            add_grant_consent(builder, grant, people)
    for person in authored.people:
        _write(_record(builder, person, births[person.key], people, seed))
    builder.due.sort(key=lambda due: due.at)
    return World(builder.rows, builder.resources, builder.due)


def _birth(builder: WorldBuilder, person: AuthoredPerson) -> date:
    years, days = person.born
    return builder.calendar.born(years, days, builder.zone(person.facility))


def _record(
    builder: WorldBuilder, person: AuthoredPerson, birth: date, people: dict[str, AuthoredPerson], seed: int
) -> RecordBuilder:
    zone = builder.zone(person.facility)
    noise = Random(f"{seed}/{person.key}")  # noqa: S311 - it makes up laboratory noise, no secrets
    return RecordBuilder(builder, person, read.record(person.key), birth, zone, noise, people)


def _write(record: RecordBuilder) -> None:
    for chapter in _CHAPTERS:
        chapter(record)
