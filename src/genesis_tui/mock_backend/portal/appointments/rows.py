"""One appointment as the portal serves it: FHIR's parts in words, and what may be done with it. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment, zone_of
from genesis_tui.mock_backend.http.json import can
from genesis_tui.mock_backend.portal.base.elements import concept_text
from genesis_tui.mock_backend.rules.appointments import status as rules
from genesis_tui.mock_backend.rules.appointments.slots import NONE

Json = Mapping[str, Any]
_OURS: Final = "https://genesis-tui.example/fhir/StructureDefinition"
VISIT_MODE, STATUS_HISTORY = f"{_OURS}/visit-mode", f"{_OURS}/status-history"
HOW: Final = {"in-person": "in person", "video": "by video", "phone": "by phone"}


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A stored appointment with its place, the viewer's level, and what scheduling knows of it.

    `visit_type`: '' where it can't be booked here again. `way`: what its clinic does with such a visit (APPT-2).
    `readable`: the categories of the record that are open to the viewer.
    """

    filed: StoredAppointment
    location: Json
    level: int
    visit_type: str = ""
    way: str = NONE
    offers: Sequence[Json] = ()
    thread: str = ""
    readable: frozenset[str] = frozenset()

    @property
    def body(self) -> Json:
        return self.filed.body

    @property
    def zone(self) -> str:
        """The clinic's IANA zone; '' where nobody says it, or nobody knows the one that is said."""
        name = zone_of(dict(self.location))
        try:
            return ZoneInfo(name).key if name else ""
        except (KeyError, ValueError, OSError):
            return ""

    @property
    def periods(self) -> list[tuple[datetime, datetime]]:
        """APPT-6: the half-days that a request prefers; from elsewhere also whole days, from midnight to midnight."""
        asked = self.body.get("requestedPeriod", ())
        return [_period(one, self.zone) for one in asked if "start" in one or "end" in one]

    def days(self) -> list[date]:
        """The days it may be on, as they are told at the clinic."""
        start = self.body.get("start")
        moments = [_instant(start)] if start else [since for since, _ in self.periods]
        return [(one.astimezone(ZoneInfo(self.zone)) if self.zone else one).date() for one in moments]

    @property
    def clinic_id(self) -> str:
        return location_id(self.body)

    def facts(self) -> rules.AppointmentFacts:
        """What the rules need to know of it."""
        start, end = (_instant(self.body[name]) if self.body.get(name) else None for name in ("start", "end"))
        phone = _phone(self.location)
        return rules.AppointmentFacts(str(self.body["status"]), start, end, self.zone, self.level, self.way, phone)

    def row(self, now: datetime) -> dict[str, Any]:
        """As WIRE serves it. Raises what `readable.UNREADABLE` names where the resource is not what FHIR says."""
        body, facts = self.body, self.facts()
        status, start, end = facts.status, facts.start, facts.end
        return {
            "id": self.filed.id,
            "version": self.filed.version,
            "group": rules.group_of(status, start, end, now),
            "status": status,
            "status_title": rules.STATUSES.get(status, status),
            "start": None if start is None else start.isoformat(),
            "end": None if end is None else end.isoformat(),
            "zone": self.zone,
            "visit_type": self.visit_type,
            "clinic_id": self.clinic_id,
            **_words(body),
            **_place(body, self.location),
            "requested": [{"start": a.isoformat(), "end": b.isoformat()} for a, b in self.periods],
            "offers": list(self.offers),
            "thread": self.thread,
            "visit": _supporting(body, "Encounter") if "visits" in self.readable else "",
            "summary": _supporting(body, "DocumentReference") if "results" in self.readable else "",
            "history": _history(body),
            "can": [
                can("appointment.cancel", rules.may_cancel(facts, now)),
                can("appointment.reschedule", rules.may_reschedule(facts, now)),
                *([can("appointment.choose", rules.may_choose(facts, offered=True))] if self.offers else ()),
            ],
        }


def location_id(body: Json) -> str:
    """The id of the Location that takes part; '' where none does."""
    return str(_actor(body, "Location").get("reference", "")).rpartition("/")[2]


def _supporting(body: Json, kind: str) -> str:
    """Id of the Encounter or note that came of an appointment; '' for none."""
    named = (str(one.get("reference", "")) for one in body.get("supportingInformation", ()))
    return next((one.partition("/")[2] for one in named if one.startswith(f"{kind}/")), "")


def what_of(appointment: Json) -> str:
    """What an appointment is for, in words."""
    kinds = [*appointment.get("serviceType", ()), appointment.get("appointmentType", {})]
    return str(appointment.get("description") or next(filter(None, map(concept_text, kinds)), "Appointment"))


def place_of(appointment: Json) -> str:
    """Where an appointment is, in words; '' where no location takes part."""
    return str(_actor(appointment, "Location").get("display", ""))


def _words(body: Json) -> dict[str, str]:
    how = _extension(body, VISIT_MODE)
    return {
        "what": what_of(body),
        "clinician": str((_actor(body, "Practitioner") or _actor(body, "PractitionerRole")).get("display", "")),
        "how": how,
        "how_title": HOW.get(how, how),
        "instructions": str(body.get("patientInstruction", "")),
        "comment": str(body.get("comment", "")),
        "reason": "; ".join(filter(None, map(concept_text, body.get("reasonCode", ())))),
        "cancelled_because": concept_text(body.get("cancelationReason", {})),
    }


def _place(body: Json, location: Json) -> dict[str, Any]:
    return {
        "clinic": str(location.get("name") or place_of(body)),
        "facility": str(location.get("managingOrganization", {}).get("display", "")),
        "address": address_of(location),
        "phone": _phone(location),
    }


def _phone(location: Json) -> str:
    phones = (str(one.get("value", "")) for one in location.get("telecom", ()) if one.get("system") == "phone")
    return next(phones, "")


def address_of(location: Json) -> list[str]:
    """The lines of a place's address."""
    address = location.get("address", {})
    country = address.get("country", "")
    town = (address.get("city", ""), address.get("state", ""), "" if country in ("US", "USA") else country)
    return [*address.get("line", ()), *filter(None, [", ".join(filter(None, town))])]


def _history(body: Json) -> list[dict[str, Any]]:
    """Each status with the time from which it held; of appointments from elsewhere at most when they were made."""
    known: list[tuple[str, datetime]] = []
    for one in _labelled(body, STATUS_HISTORY):
        status = _part(one, "status").get("valueCode", "")
        known.append((status, _instant(_part(one, "since")["valueDateTime"])))
    if not known and "T" in body.get("created", ""):
        known.append(("created", _instant(body["created"])))
    titles = {**rules.STATUSES, "created": "Made"}
    return [{"status": status, "title": titles.get(status, status), "at": at.isoformat()} for status, at in known]


def _labelled(body: Json, url: str) -> Iterable[Json]:
    return [one for one in body.get("extension", ()) if one.get("url") == url]


def _extension(body: Json, url: str) -> str:
    return next((str(one.get("valueCode", "")) for one in _labelled(body, url)), "")


def _part(extension: Json, name: str) -> Json:
    return next((one for one in extension.get("extension", ()) if one.get("url") == name), {})


def _actor(body: Json, kind: str) -> Json:
    actors = (one.get("actor", {}) for one in body.get("participant", ()))
    return next((one for one in actors if one.get("reference", "").startswith(f"{kind}/")), {})


def _period(period: Json, zone: str) -> tuple[datetime, datetime]:
    start, end = period.get("start", period.get("end")), period.get("end", period.get("start"))
    return _edge(start, zone, days=0), _edge(end, zone, days=1)


def _edge(text: str, zone: str, *, days: int) -> datetime:
    """An end of a period: an instant, or the midnight of a day at the clinic, so many days later."""
    if len(text) != len("2026-12-02"):
        return _instant(text)
    day = date.fromisoformat(text) + timedelta(days=days)
    return datetime.combine(day, time(), ZoneInfo(zone) if zone else UTC)


def _instant(text: str) -> datetime:
    """An instant with its offset. Raises ValueError for one that has none: nobody could say when that is."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant without an offset")
    return moment
