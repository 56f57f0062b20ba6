"""What JSON documents have in common, each in one form. `genesis-tui schema` makes its schemas of these types."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NewType, NotRequired, TypedDict, overload

from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.base.dates import Moment, iso, iso_instant, zone_of
from genesis_tui.models.base.ledger import Missing
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import FamilyMember

VERSION = 1
"""Of the shapes of all JSON documents; `docs/command-line.md` says what may change without another."""

Instant = NewType("Instant", str)
"""RFC 3339 with its offset."""
Day = NewType("Day", str)
"""`2026-11-30`."""
Recorded = NewType("Recorded", str)
"""As much of a date or an instant as was recorded; without an offset where none was (REC-6)."""


class PatientOutput(TypedDict):
    """Whose record it is. `relation_code` is self, spouse, son, daughter …, grant, or empty where it is not known."""

    id: str
    name: str
    relation: str
    relation_code: str


class UnreadableOutput(TypedDict):
    """How many rows could not be read, and why, where that is known."""

    count: int
    reasons: list[str]


class MissingOutput(TypedDict):
    """A FHIR type that could not be had, or of which only a part came (`partly`); `what` is the type in words."""

    type: str
    what: str
    why: str
    rule: str
    partly: bool


class RefusalOutput(TypedDict):
    """What is refused, by which rule, why, and what to do next."""

    title: str
    next: str
    rule: str
    reason: str


_From = TypedDict("_From", {"from": Instant | None})


class ActionOutput(_From, RefusalOutput):
    """Whether the server allows an action; `from` is when it will, where that is known."""

    action: str
    allowed: bool


class AlsoOutput(TypedDict):
    """An element that no other field tells: where it stands, and what stands there; `of` names the test that it is of
    where there are several."""

    resource: str
    element: str
    of: str
    label: str
    text: str


class SavedOutput(TypedDict):
    """The paths of the files that were written."""

    saved: list[str]


class FaultOutput(TypedDict):
    """What went wrong. `exit` is the exit code; a refused sign-in adds `tries_left`, `locked_until`, `offer_reset` and
    `fields`, settings that can't be used `where`."""

    kind: str
    title: str
    detail: str
    next: str
    rule: str
    reason: str
    request_id: str
    exit: int
    tries_left: NotRequired[int | None]
    locked_until: NotRequired[Instant | None]
    offer_reset: NotRequired[bool]
    fields: NotRequired[list[str]]
    where: NotRequired[str]


class ErrorOutput(TypedDict):
    """The last line of standard error with --json or --jsonl."""

    error: FaultOutput


@overload
def instant(when: datetime, zone: str = "") -> Instant: ...
@overload
def instant(when: datetime | None, zone: str = "") -> Instant | None: ...
def instant(when: datetime | None, zone: str = "") -> Instant | None:
    """The one form of instants, in a zone where that is known; an offset in seconds, as of long ago, becomes UTC's."""
    if when is None:
        return None
    there = zone_of(zone)
    return Instant(iso_instant(when.astimezone(there) if there else when))


@overload
def day(when: date) -> Day: ...
@overload
def day(when: date | None) -> Day | None: ...
def day(when: date | None) -> Day | None:
    """A calendar day."""
    return None if when is None else Day(when.isoformat())


def recorded(moment: Moment | None) -> Recorded | None:
    """A moment as precise as it was recorded; None where nothing was (REC-6)."""
    text = iso(moment) if moment is not None else ""
    return Recorded(text) if text else None


def patient_json(person: FamilyMember) -> PatientOutput:
    """Whose record it is."""
    code = relation_code(person)
    return {"id": person.id, "name": person.name, "relation": person.relation, "relation_code": code}


def relation_code(person: FamilyMember) -> str:
    """What somebody is to the viewer; the portal has words alone."""
    return {"you": "self", "granted you access": "grant"}.get(person.relation, person.relation)


def unreadable_json(count: int, reasons: Sequence[str] = ()) -> UnreadableOutput:
    """What could not be read."""
    return {"count": count, "reasons": list(reasons)}


def missing_json(one: Missing) -> MissingOutput:
    """`partly`: some of the type came."""
    return {"type": one.type, "what": one.what, "why": one.why, "rule": one.rule, "partly": one.partly}


def also_json(one: AlsoRecorded) -> AlsoOutput:
    """What is on record beyond what the other fields say."""
    return {"resource": one.resource, "element": one.element, "of": one.of, "label": one.label, "text": one.text}


def action_json(can: Permission, zone: str = "") -> ActionOutput:
    """What the server says of an action."""
    return {
        "action": can.action,
        "allowed": can.allowed,
        "rule": can.rule,
        "reason": can.reason,
        "title": can.title,
        "next": can.next,
        "from": instant(can.from_, zone),
    }
