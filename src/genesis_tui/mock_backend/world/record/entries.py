"""Entries that are authored as FHIR itself: plans, goals, orders, devices, forms and whatever else is seldom or odd."""

import re
from collections.abc import Callable
from typing import Any

from genesis_tui.mock_backend.world.authored.records import AuthoredEntry
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import meta, reference, stamp
from genesis_tui.mock_backend.world.base.world import Json

_MOMENT = re.compile(r"\{(year|month|date|time):(-?\d+)(?: (\d\d:\d\d))?\}")
_PLACES = {"year": 4, "month": 7, "date": 10}


def add_entries(record: RecordBuilder) -> None:
    """Write the authored entries of a record, in their order: an entry refers to those before it."""
    known: dict[str, Json] = {}
    for entry in record.authored.entries:
        body = _Filled(record, known).body(entry)
        if entry.key:
            known[entry.key] = reference(body["resourceType"], body["id"], entry.name)
        final = None if entry.final is None else record.at(entry.final, "12:00")
        record.put(body, sensitive=entry.sensitive, final_at=final, reviewed_at=final)


class _Filled:
    """What stands for places, people and days in an entry's body, for one record."""

    def __init__(self, record: RecordBuilder, known: dict[str, Json]) -> None:
        directory = record.builder.directory
        self._record = record
        self._references: dict[str, Callable[[Any], Json]] = {
            "$who": directory.who,
            "$clinic": directory.clinic,
            "$facility": directory.organization,
            "$drug": directory.medication,
            "$entry": known.__getitem__,
            "$visit": record.encounters.__getitem__,
            "$patient": lambda _: record.subject,
        }

    def body(self, entry: AuthoredEntry) -> Json:
        """The resource. Raises KeyError for what nothing here is called."""
        kind = str(entry.body["resourceType"])
        partner = self._record.builder.directory.facilities[entry.partner].name if entry.partner else ""
        head = {"resourceType": kind, "id": self._record.builder.new_id(kind)}
        return {**head, **meta(sensitive=entry.sensitive, partner=partner), **self._filled(entry.body)}

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return _MOMENT.sub(self._moment, value)
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "")
        if name.startswith("$"):
            return self._references[name](value[name])
        return {key: self._filled(one) for key, one in value.items()}

    def _moment(self, found: re.Match[str]) -> str:
        form, day, clock = found[1], int(found[2]), found[3] or "12:00"
        written = stamp(self._record.at(day, clock))
        return written[: _PLACES.get(form)]
