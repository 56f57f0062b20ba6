"""The five rows of the booking form: what was chosen, always in sight (MOCKUPS-2 §1)."""

from dataclasses import dataclass
from datetime import date

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive

from genesis_tui.models.appointments.booking import Slot, half_days_text, minutes_text
from genesis_tui.models.appointments.wording import long_text
from genesis_tui.models.base.dates import clock, weekday, zone_name
from genesis_tui.screens.appointments.booking.choices import STEPS, Choices, FormStep
from genesis_tui.screens.appointments.rows import slot_line
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import right
from genesis_tui.widgets.drawing.lines import Line, fitted
from genesis_tui.widgets.drawing.lines import strip as drawn
from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.forms.counted import CountedField
from genesis_tui.widgets.forms.field import LABEL
from genesis_tui.widgets.frame.bar import relation_words

Value = tuple[Line, str, bool]
"""What a row says, the words at its right end, and whether it has an answer."""


class FormRow(Row):
    """A label, what was chosen, and its state. The edge is a stripe while the options below are those of the row."""

    value: reactive[Value] = reactive(((), "", False))
    active: reactive[bool] = reactive(False)

    class Wanted(Message):
        """The row was clicked."""

        def __init__(self, step: FormStep) -> None:
            super().__init__()
            self.step = step

    def __init__(self, step: FormStep) -> None:
        super().__init__(id=f"row-{step.name.lower()}")
        self.step = step

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        word = "accent" if self.active else "muted"
        edge = symbols.get("stripe" if self.active else "line")
        label = right(STEPS[self.step], LABEL) + " "
        start = [Segment(label, paint(word, bold=self.active)), Segment(edge, paint(word))]
        line, state, answered = self.value
        mark = f" {symbols.get('ok')}" if answered and not state.endswith(symbols.get("more")) else ""
        tail = [Segment(f" {state}", paint("muted")), Segment(f"{mark} ", paint("ok"))]
        room = max(1, width - Segment.get_line_length([*start, *tail]))
        return [*start, *drawn(paint, fitted(line, room), room), *tail]

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted(self.step))


class ReasonRow(CountedField):
    """The one row that is typed in."""

    def __init__(self, most: int) -> None:
        super().__init__(STEPS[FormStep.REASON], most, id="reason")

    def hint(self, *, needed: bool, narrow: bool) -> None:
        """What the empty field says."""
        must = "the clinic needs it" if needed else "optional"
        self.input.placeholder = must if narrow else f"what it is about ({must})"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form shows of what is not chosen yet."""

    slot: Slot | None = None
    """Under the cursor."""
    day: date | None = None
    """Whose slots are shown, where they stand under it."""
    taken: str = ""
    """When the slot was that is gone, while those near it are shown."""
    may_ask: bool = False
    narrow: bool = False
    """Whether words that only help are left out."""
    phone: bool = False


def value_of(step: FormStep, choices: Choices, asked: Asked) -> Value:
    """What a row of the form says."""
    dot = f" {symbols.get('dot')} "
    if step is FormStep.FOR:
        person = choices.patient
        words = [(person.name, f"bold {patient_word(person.number)}-ink"), (f"{dot}{relation_words(person)}", "")]
        return words, "", True
    if step is FormStep.VISIT:
        visit = choices.visit
        if visit is None:
            return _empty("what it is for"), "", False
        return [(visit.title, ""), (f"{dot}{minutes_text(visit.minutes)}", "muted")], "", True
    if step is FormStep.CLINIC:
        clinic = choices.clinic
        if clinic is None:
            return _empty("where"), "", False
        linked = f"{dot}{choices.patient.given}'s {clinic.linked}" if clinic.linked and not asked.narrow else ""
        way = clinic.way_text
        here = way != "not here"
        way += f"{dot}watched" if clinic.watched is not None else ""
        return [(clinic.name, "")], ("" if asked.phone else f"{way}{linked}") if here else way, here
    return _when(choices, asked)


def _when(choices: Choices, asked: Asked) -> Value:
    if choices.asking:
        count, limits = len(choices.halves), choices.limits
        line: Line = [(half_days_text(list(choices.halves)), "")] if count else _empty(limits.half_days_words)
        return line, f"{count} of {limits.half_days}", bool(count)
    if choices.slot is not None:
        return [(_slot(choices.slot, short=asked.phone), "")], "", True
    if asked.taken:
        ask = ", or a asks for a time" if asked.may_ask else ""
        return [(f"{asked.taken} was taken: choose another{ask}", "abnormal")], "", False
    if asked.day is not None:
        zone = zone_name(asked.slot.local) if asked.slot is not None else ""
        return _empty(f"{' '.join(weekday(asked.day).split())}, choose a slot"), zone, False
    if asked.slot is not None:
        return _empty(_slot(asked.slot)), "" if asked.narrow else "enter takes it", False
    if choices.clinic is not None and choices.clinic.way_text == "not here":
        return _empty("not here; the other ways stand below"), "", False
    now = f"now {long_text(choices.moving)}" if choices.moving is not None else "a day, then a time"
    return _empty(now), "", False


def _slot(slot: Slot, *, short: bool = False) -> str:
    if short:
        return f"{' '.join(weekday(slot.local).split())} {clock(slot.local)} {zone_name(slot.local)}"
    return slot_line(slot)


def _empty(hint: str) -> Line:
    return [(hint, "muted")]
