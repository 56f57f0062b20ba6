"""The rows of the family: who, why, how far, what is new, and what may be read of each person."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping

from genesis_tui.mock_backend.database.family.people import person_rows, relations_of
from genesis_tui.mock_backend.http.json import can
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.portal.home.news import counts
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.family.access import age
from genesis_tui.mock_backend.rules.record import CATEGORIES
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

GAVE = "granted you access"
_ORDER = {"you": 0, "spouse": 1, "son": 2, "daughter": 2}


def family_rows(caller: Caller, conn: Connection) -> list[dict[str, Any]]:
    """Oneself, spouse, children by age with the oldest first, then everybody else by name; numbered from 1."""
    viewer = caller.viewer.person_id
    people = person_rows(conn, caller.mock.record_access.reachable(viewer))
    relations = relations_of(conn, viewer) | {viewer: "you"}
    ordered = sorted(people.values(), key=lambda person: _place(person, relations.get(person["id"], GAVE)))
    return [
        _member(caller, conn, person, number, relations.get(person["id"], GAVE))
        for number, person in enumerate(ordered, start=1)
    ]


def age_of(person: RowMapping, now: datetime) -> int:
    """Whole years of a row of `person`, in the zone of the sponsor's MTF."""
    return age(date.fromisoformat(person["birth_date"]), now.astimezone(ZoneInfo(person["mtf_zone"])).date())


def _place(person: RowMapping, relation: str) -> tuple[int, str, str]:
    rank = _ORDER.get(relation, 3)
    return rank, person["birth_date"] if rank == 2 else "", f"{person['family']} {person['given']}"


def _member(caller: Caller, conn: Connection, person: RowMapping, number: int, relation: str) -> dict[str, Any]:
    standing = caller.standing(person["id"])
    return {
        "id": person["id"],
        "number": number,
        "name": f"{person['given']} {person['family']}",
        "given": person["given"],
        "family": person["family"],
        "relation": relation,
        "age": age_of(person, caller.mock.clock.now()),
        "access": standing.access,
        "why": standing.why,
        "rule": standing.rule,
        "reason": standing.reason,
        "next": standing.next,
        "until": None if standing.until is None else standing.until.isoformat(),
        "new": counts(caller, conn, person["id"]),
        "can": [can(f"{word}.read", caller.may(person["id"], word)) for word in CATEGORIES]
        + [can("message.send", _may_write(caller, person["id"]))],
    }


def _may_write(caller: Caller, patient_id: str) -> Decision:
    """Whether the caller may write messages about this person at all; to whom is another question (MSG-11)."""
    decision = caller.may(patient_id, "messages")
    return decision if isinstance(decision, Refused) else may_act(caller.viewer.level)
