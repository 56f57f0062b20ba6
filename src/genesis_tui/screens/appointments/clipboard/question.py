"""One question: what is asked, what can be chosen or typed, and what stands before and after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive, var
from textual.widget import Widget
from textual.widgets import Input, TextArea

from genesis_tui.models.appointments.clipboards.questions import QuestionKind, Unread, Value
from genesis_tui.models.appointments.clipboards.reading import read_value
from genesis_tui.models.appointments.clipboards.stops import Stop
from genesis_tui.models.appointments.clipboards.wording import asks_for, because, typed_text, value_text, values_text
from genesis_tui.models.base.search import folded
from genesis_tui.sanitize import one_line, shown
from genesis_tui.screens.appointments.clipboard.rows import (
    MORE,
    OWN,
    AnswerRow,
    AnswerView,
    option_rows,
    own_value,
)
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, clip, painted, spread
from genesis_tui.widgets.forms.field import TextField
from genesis_tui.widgets.forms.prose_area import ProseArea
from genesis_tui.widgets.page import Page, Para, Shown
from genesis_tui.widgets.picker import Filter
from genesis_tui.widgets.virtual_list import Gap, GroupHeading, VirtualList

LISTED = 8
"""As many answers stand in a list that needs no narrowing."""
_NOTHING = Para("No answer has these words.", "muted")
_READ_AS = (QuestionKind.QUANTITY, QuestionKind.DATE, QuestionKind.MOMENT)
"""What is told as it was understood: with its unit, or its weekday."""
_COUNTED = (QuestionKind.STRING, QuestionKind.TEXT, QuestionKind.URL)


class OptionList(VirtualList[AnswerRow | Gap | GroupHeading]):
    """`space` chooses, `enter` goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,x", "choose", "choose", id="clipboard.choose"),
        Binding("enter", "open", "next", show=False, id="clipboard.next"),
        Binding("backspace", "narrow(-1)", show=False),
        Binding("escape", "narrow(0)", show=False),
    ]
    narrows: var[bool] = var(False)
    """Whether what is typed narrows the list; only `space` chooses then."""
    words: var[str] = var("")
    """What its answers are narrowed to."""

    @dataclass
    class Chosen(Message):
        """An answer was chosen, or is chosen no more."""

        row: AnswerRow

    @dataclass
    class Narrowed(Message):
        """Other words are looked for."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters are typed where they narrow."""
        return self.narrows and character is not None and character.isprintable() and character != " "

    def on_key(self, event: events.Key) -> None:
        if self.check_consume_key(event.key, event.character):
            event.stop()
            event.prevent_default()
            self._narrow(self.words + (event.character or ""))

    def _narrow(self, words: str) -> None:
        self.words = words
        self.post_message(self.Narrowed())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.words) if action == "narrow" else super().check_action(action, parameters)

    def action_narrow(self, to: int) -> None:
        """`backspace` takes a letter away, `esc` all of them."""
        self._narrow(self.words[:to])

    def action_choose(self) -> None:
        if isinstance(self.current, AnswerRow):
            self.post_message(self.Chosen(self.current))


class FieldEdge(Row):
    """Left of what is typed: thick where the keys go."""

    def segments(self, width: int) -> list[Segment]:
        focused = self.parent is not None and self.screen.focused in self.parent.children
        word = "accent" if focused else "muted"
        return [Segment("   "), Segment(symbols.get("cursor" if focused else "line"), painted(self)(word))]


class QuestionHead(Row):
    """`SYMPTOMS`, and at the right `question 5 · one answer · required`; of a text with its count, `41/250`."""

    section: reactive[str] = reactive("")
    words: reactive[tuple[str, ...]] = reactive(tuple[str, ...]())
    """Where not all fit, the first go."""

    def segments(self, width: int) -> list[Segment]:
        paint, dot = painted(self), f" {symbols.get('dot')} "
        words = next((dot.join(self.words[n:]) for n in range(len(self.words)) if _fits(self.words[n:], width)), "")
        lead = Segment(f"  {clip(self.section, max(0, width - len(words) - 6))}", paint("muted", bold=True))
        return spread([lead], [Segment(f"{words}  ", paint("muted"))], width, paint("foreground"))


def _fits(words: tuple[str, ...], width: int) -> bool:
    return sum(map(len, words)) + 3 * len(words) < width - 10


class QuestionPane(Vertical):
    """The question that somebody stands at."""

    @dataclass
    class Answered(Message):
        """The question has these answers now."""

        at: Stop
        values: tuple[Value, ...]

    @dataclass
    class Again(Message):
        """A group is wanted once more."""

        at: Stop

    @dataclass
    class Next(Message):
        """`enter`: on to the next question."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self.stop: Stop | None = None
        self.zone: tzinfo | None = None
        """The zone that times are typed in."""
        self._around: tuple[Shown, ...] = ()

    def compose(self) -> ComposeResult:
        yield QuestionHead()
        yield Page(id="asked")
        yield Filter("", id="narrow")
        yield OptionList(AnswerView(), id="options")
        with Horizontal(id="line"):
            yield FieldEdge()
            yield TextField(id="typed", prose=True)
        yield ProseArea("", id="written")
        yield Page(id="around")

    def on_mount(self) -> None:
        for page in self.query(Page):
            page.can_focus = False

    def on_resize(self) -> None:
        """What wraps takes other rows."""
        self.tell()

    def on_descendant_focus(self) -> None:
        self.query_one(FieldEdge).refresh()

    def on_descendant_blur(self) -> None:
        self.query_one(FieldEdge).refresh()

    # what shows

    def show(self, stop: Stop, around: Sequence[Shown]) -> None:
        """Stand at a question; `around` says what comes before and after it."""
        moved = self.stop is None or self.stop.key != stop.key
        self.stop, self._around = stop, tuple(around)
        options = option_rows(stop)
        self.options.display = bool(options)
        self.options.narrows = len(options) > LISTED
        if moved:
            self.options.words = ""
        key = next((row.key for row in options if row.chosen), options[0].key if options else "")
        self._show_options(key if moved else None)
        if moved:
            self._show_typed(stop, options)
        self.tell()
        if moved:
            self.focus_answer()

    def _show_options(self, key: str | None) -> None:
        """The answers to choose from, with the cursor at `key`; words of one's own always."""
        words, told = folded(self.options.words).split(), self.query_one(Filter)
        rows = option_rows(self.stop) if self.stop is not None else []
        found = [row for row in rows if row.key == OWN or all(word in folded(row.text) for word in words)]
        told.display, told.text = self.options.narrows, self.options.words
        told.hint = f"type to narrow {len(rows)} answers" if found else ""
        self.options.show(found, self.options.view, key=key)

    @on(OptionList.Narrowed)
    def _narrowed(self, event: OptionList.Narrowed) -> None:
        event.stop()
        self._show_options(None)
        self.options.action_first()
        self.tell()

    def _show_typed(self, stop: Stop, options: Sequence[AnswerRow]) -> None:
        long = stop.item.question.kind is QuestionKind.TEXT and not options
        own = own_value(stop) if options else stop.value
        text = "" if own is None else typed_text(stop.item.question, own)
        with self.prevent(Input.Changed, TextArea.Changed):
            self.typed.value, self.written.text = ("", text) if long else (text, "")
        self.typed.cursor_position = len(text)
        self.written.display = long
        self.query_one("#line").display = not (long or (options and options[-1].key != OWN))
        self.written.move_cursor(self.written.document.end)

    def tell(self) -> None:
        """The words around the answer, for the width there is."""
        stop = self.stop
        if stop is None or not self.is_mounted:
            return
        section = self.query_one(QuestionHead)
        asked, around = self.query_one("#asked", Page), self.query_one("#around", Page)
        width = self.size.width or self.app.size.width
        section.section, section.words = _section(stop), _hints(stop)
        hint = () if _fits(section.words[1:], width) else (Para(shown(asks_for(stop.item.question)), "muted"),)
        told = _understood(stop, self.error) if self.options.rows or not self.options.words else _NOTHING
        last = (told,) if told is not None or self.app.size.height < 16 else (Para(),)
        asked.rows = (*_asked(stop), *hint, *filter(None, last))
        around.rows = self._around if self.app.size.height >= 16 else ()
        asked.styles.height = min(asked.height_for(width), 8)
        self.options.styles.height = self._options_height(width)

    def _options_height(self, width: int) -> int | str:
        """As many rows as they take where something can be typed below them, as far as there is room."""
        if not self.query_one("#line").display:
            return "1fr"
        lines = sum(len(self.options.view.draw(row, width - 1)) for row in self.options.rows)
        return max(2, min(lines, self.app.size.height - 13))

    @property
    def options(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def typed(self) -> TextField:
        return self.query_one("#typed", TextField)

    @property
    def written(self) -> ProseArea:
        return self.query_one("#written", ProseArea)

    @property
    def error(self) -> str:
        """Why what is typed is no answer; empty where it is one."""
        stop = self.stop
        if stop is None or not isinstance(stop.value, Unread):
            return ""
        try:
            read_value(stop.item.question, stop.value.text, self.zone)
        except ValueError as error:
            return str(error)
        return ""

    def focus_answer(self) -> None:
        """To where the answer is given."""
        places: Iterable[Widget] = (self.options, self.written, self.typed)
        next((one for one in places if one.display), self.typed).focus()

    # what is given

    @on(OptionList.Chosen)
    def _chosen(self, event: OptionList.Chosen) -> None:
        event.stop()
        stop, row = self.stop, event.row
        if stop is None or stop.again:
            return
        if row.key == OWN:
            self.typed.focus()
            return
        values = stop.item.values
        if not row.several:
            kept: tuple[Value, ...] = () if row.chosen or row.value is None else (row.value,)
        else:
            kept = tuple(one for one in values if one != row.value) if row.chosen else (*values, row.value or "")
        if not row.several and self.query_one("#line").display:
            with self.prevent(Input.Changed):
                self.typed.value = ""
        self.post_message(self.Answered(stop, kept))

    @on(VirtualList.Opened, "#options")
    def _opened(self, event: VirtualList.Opened) -> None:
        event.stop()
        row, stop = event.row, self.stop
        self.options.words = ""
        if stop is not None and stop.again and isinstance(row, AnswerRow) and row.key == MORE:
            self.post_message(self.Again(stop))
        else:
            self.post_message(self.Next())

    @on(Input.Changed, "#typed")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._give(event.value)

    @on(TextArea.Changed, "#written")
    def _written(self, event: TextArea.Changed) -> None:
        event.stop()
        self._give(event.text_area.text)

    @on(Input.Submitted, "#typed")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Next())

    def _give(self, text: str) -> None:
        stop = self.stop
        if stop is None or stop.again:
            return
        given = () if not text.strip() else (self._read(stop, text),)
        values = stop.item.values
        if self.options.display:
            own = own_value(stop)
            rest = tuple(one for one in values if one != own) if stop.item.question.several else ()
            self.post_message(self.Answered(stop, (*rest, *given) if given else rest or self._without_own(values, own)))
        elif stop.one_of_several:
            self.post_message(self.Answered(stop, (*values[: stop.index], *given, *values[stop.index + 1 :])))
        else:
            self.post_message(self.Answered(stop, given))

    @staticmethod
    def _without_own(values: tuple[Value, ...], own: Value | None) -> tuple[Value, ...]:
        return tuple(one for one in values if one != own)

    def _read(self, stop: Stop, text: str) -> Value:
        try:
            return read_value(stop.item.question, text, self.zone)
        except ValueError:
            return Unread(text)


def _understood(stop: Stop, error: str) -> Para | None:
    """Why what is typed is no answer, or what it is with its unit or weekday; None where that says nothing more."""
    question = stop.item.question
    if error:
        return Para(shown(error), "abnormal")
    if stop.again or stop.value is None or question.choices or question.kind not in _READ_AS:
        return None
    return Para(shown(value_text(question, stop.value)), "muted")


def _asked(stop: Stop) -> Iterable[Shown]:
    """The form's words, the question, and on what it hangs."""
    question = stop.item.question
    yield from (Para(shown(text), "muted") for text in stop.notes)
    if stop.again:
        yield Para(f"Another one?  {shown(question.words)}", "bold")
        return
    yield Para(shown(question.words), "bold")
    hangs = because(stop.item)
    if hangs:
        yield Para(shown(f"Asked {hangs}."), "muted")


def _section(stop: Stop) -> str:
    around = stop.item.section
    if around is None:
        return ""
    which = f" {around.which + 1}" if around.question.repeats else ""
    return shown(f"{one_line(around.question.text)}{which}").upper()


def _hints(stop: Stop) -> tuple[str, ...]:
    question = stop.item.question
    if stop.again:
        return ()
    place = f", answer {stop.index + 1}" if stop.one_of_several and (stop.index or stop.item.values) else ""
    required = ("required",) if question.required else ()
    return (f"question {stop.item.number}{place}", asks_for(question), *_count(stop), *required)


def _count(stop: Stop) -> tuple[str, ...]:
    """Of a text how many characters of how many."""
    question = stop.item.question
    if question.choices or question.longest is None or question.kind not in _COUNTED:
        return ()
    typed = "" if stop.value is None else typed_text(question, stop.value).strip()
    return (f"{len(typed)}/{question.longest}",)


def around_paras(before: Stop | None, after: Stop | None) -> list[Shown]:
    """`Before  4 Any new medicine?  no` and `Next    6 Best peak flow this week`."""
    return [*_neighbour("Before", before), *_neighbour("Next", after)]


def _neighbour(name: str, stop: Stop | None) -> Iterable[Shown]:
    if stop is None:
        return
    item = stop.item
    number = f"{item.number} " if item.number else ""
    told = f"  {shown(values_text(item.question, item.values))}" if name == "Before" and not stop.again else ""
    yield Para(f"{number}{shown(item.question.words)}{told}"[:200], "muted", label=name, label_width=6)
