"""What the detail says of one appointment: when, where, how, what to know, what can be done, what happened."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.models.appointments.booking import slot_text
from genesis_tui.models.appointments.clipboards.questions import Clipboard
from genesis_tui.models.appointments.clipboards.wording import closed_text, state_text
from genesis_tui.models.appointments.wording import differs, duration_text, long_text, preferred_text, status_text
from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.base.permission import Permission
from genesis_tui.widgets.page import LABEL, Para, Shown, fact, heading

_TONES = {"cancelled": "bold", "noshow": "bold abnormal", "arrived": "bold ok", "checked-in": "bold ok"}
_DEEPEST = 20
"""Cells that a status in words may take before the time from which it held."""


def paras(row: Appointment, here: datetime | None, zone: str) -> list[Shown]:
    """The whole detail.

    Args:
        row: the appointment.
        here: its start in the viewer's zone; None for a request.
        zone: the viewer's zone by its IANA name, empty where it is not known.
    """
    return [*_head(row), Para(), *_when(row, here, zone), *_where(row), *_notes(row), *_acts(row), *_history(row)]


def clipboard_paras(known: Sequence[Clipboard]) -> Iterator[Shown]:
    """What is to be filled in before it, and how far it is."""
    if known:
        yield from (Para(), heading("Clipboard"))
        for one in known:
            yield Para(f"{one.title}: {closed_text(one) or state_text(one)}.")
        if any(one.save.allowed for one in known):
            yield Para("b fills it in.", "muted")


def _head(row: Appointment) -> Iterator[Shown]:
    yield Para(row.what, "bold")
    status = status_text(row)
    if status:
        because = f": {row.cancelled_because}" if row.cancelled_because else ""
        yield Para(f"{status}{because}", _TONES.get(row.status, "bold pending"))


def _when(row: Appointment, here: datetime | None, zone: str) -> Iterator[Shown]:
    if row.start is not None:
        yield fact("When", ", ".join(part for part in (long_text(row), duration_text(row)) if part))
    if here is not None and differs(row, here):
        yield fact("Zone", row.zone or "not known; the time is told as it was recorded", "muted")
        place = f" ({zone})" if zone else ""
        yield fact("Your time", f"{instant_text(here)}{place}", "pending")
    if row.offers:
        yield fact("Offered", [slot_text(slot) for slot in row.offers], "bold")
    if row.start is None:
        yield fact("Preferred", [preferred_text(row, one) for one in row.requested], "pending")


def _where(row: Appointment) -> Iterator[Shown]:
    if row.clinician:
        yield fact("With", row.clinician)
    remote = row.how in ("video", "phone")
    place = (row.clinic, row.facility, *(() if remote else row.address))
    yield fact("Clinic" if remote else "Where", [part for part in place if part])
    if row.phone:
        yield fact("Phone", row.phone)
    if row.how_word:
        yield fact("How", row.how_word)


def _notes(row: Appointment) -> Iterator[Shown]:
    if row.reason:
        yield fact("Reason", row.reason)
    if row.comment:
        yield fact("Comment", row.comment)
    if row.instructions:
        yield from (Para(), heading("Before you come"), Para(row.instructions))


def _acts(row: Appointment) -> Iterator[Shown]:
    """The server's words on each action, the same words once."""
    said: list[tuple[str, str]] = []
    yield from (Para(), heading("What can be done"))
    for can in row.can:
        words = _act_words(can, row)
        if words not in said:
            said.append(words)
            yield Para(words[0], "" if can.allowed else "muted")
            if words[1]:
                yield Para(words[1], "muted")
    if not said:
        yield Para("Nothing from this app.", "muted")


def _act_words(can: Permission, row: Appointment) -> tuple[str, str]:
    if can.allowed:
        return can.title or f"Allowed: {can.action.rpartition('.')[2]}.", ""
    since = f"From {instant_text(row.local(can.from_))}." if can.from_ else ""
    rule = f"Rule {can.rule}." if can.rule else ""
    return can.title or "Not possible.", " ".join(part for part in (can.next, since, rule) if part)


def _history(row: Appointment) -> Iterator[Shown]:
    if row.history:
        yield from (Para(), heading("What happened"))
        deep = max(LABEL, *(len(change.word) for change in row.history))
        for change in row.history:
            at = instant_text(row.local(change.at))
            yield Para(at, label=change.word, label_width=min(deep, _DEEPEST))
