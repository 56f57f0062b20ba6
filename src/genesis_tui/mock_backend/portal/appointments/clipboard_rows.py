"""What one clipboard asks: its questionnaire with what the record says, and what the rules need to know of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.appointments.stored import zone_of
from genesis_tui.mock_backend.database.record.clipboards import StoredClipboard, entries_of
from genesis_tui.mock_backend.database.record.readable import otherwise
from genesis_tui.mock_backend.database.record.resources import shared_bodies
from genesis_tui.mock_backend.portal.appointments.rows import location_id, what_of
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.portal.base.elements import concept_text
from genesis_tui.mock_backend.rules.clipboards.status import ClipboardFacts
from genesis_tui.mock_backend.rules.record import word_of

Json = dict[str, Any]
INITIAL: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression"


@dataclass(frozen=True, slots=True)
class ClipboardForm:
    """A stored clipboard as it is asked: `items` are its questions, with the options that the record gives."""

    known: StoredClipboard
    items: list[Json]
    facts: ClipboardFacts
    what: str

    def with_texts(self, given: list[Json]) -> list[Json]:
        """The items of a response with what was asked, in words, so that it can be read without its questionnaire."""
        return _with_texts(self.items, given)


def form_of(caller: Caller, conn: Connection, known: StoredClipboard) -> ClipboardForm:
    """A clipboard as the caller is asked it."""
    appointment = known.appointment
    place = otherwise(lambda: location_id(appointment), "")
    zone = _zone(zone_of(shared_bodies(conn, "Location", {place}).get(place, {})))
    start = otherwise(lambda: datetime.fromisoformat(appointment["start"]), None)
    submitted = None if known.row.submitted is None else from_micros(known.row.submitted)
    facts = ClipboardFacts(str(appointment.get("status", "")), start, zone, submitted, caller.viewer.level)

    def entries(kind: str) -> list[Json]:
        if not caller.opens(known.row.patient_id, word_of(kind, "")):
            return []
        return entries_of(conn, known.row.patient_id, kind, now=caller.mock.clock.micros())

    items = [_with_record(one, entries) for one in known.questionnaire.get("item", ())]
    return ClipboardForm(known, items, facts, what_of(appointment))


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (KeyError, ValueError, OSError):
        return ""


def _with_record(item: Json, entries: Callable[[str], list[Json]]) -> Json:
    """The item, and all in it, with what the record has as options that are chosen already."""
    inside = [_with_record(one, entries) for one in item.get("item", ())]
    made = {**item, "item": inside} if inside else item
    kind = _wanted(item)
    if not kind:
        return made
    found = [option for body in entries(kind) if (option := otherwise(partial(_option, body), None))]
    distinct = list({str(one["valueCoding"]): one for one in found}.values())
    options = [*distinct, *item.get("answerOption", ())]
    return {**made, **({"answerOption": options} if options else {})}


def _wanted(item: Json) -> str:
    """The type whose entries an item asks to confirm: the name before the `?` of its query."""
    for one in item.get("extension", ()):
        if one.get("url") == INITIAL:
            return str(one.get("valueExpression", {}).get("expression", "")).partition("?")[0]
    return ""


def _option(body: Json) -> Json | None:
    """One entry that holds now as an option; None for one that does not."""
    concept = body.get("medicationCodeableConcept") or body.get("code") or {}
    words = concept_text(concept) or str(body.get("medicationReference", {}).get("display", ""))
    states = body.get("clinicalStatus", {}).get("coding", [{"code": body.get("status", "active")}])
    if not words or states[0].get("code") != "active":
        return None
    coding: Json = next((one for one in concept.get("coding", ()) if one.get("code")), {})
    told = {name: coding[name] for name in ("system", "code") if name in coding} | {"display": words}
    return {"valueCoding": told, "initialSelected": True}


def _with_texts(items: list[Json], given: list[Json]) -> list[Json]:
    """In the questionnaire's order; each with what was asked."""
    made = []
    for item in items:
        for one in (other for other in given if other.get("linkId") == item.get("linkId")):
            told = {"linkId": item["linkId"], **({"text": item["text"]} if item.get("text") else {})}
            below = item.get("item", [])
            replies = [
                {**answer, **({"item": _with_texts(below, answer["item"])} if answer.get("item") else {})}
                for answer in one.get("answer", ())
            ]
            inside = _with_texts(below, one.get("item", []))
            parts = (("answer", replies), ("item", inside))
            made.append(told | {name: found for name, found in parts if found})
    return made
