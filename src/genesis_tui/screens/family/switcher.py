"""`f`: whose record, as a quick picker over any screen (FAM-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var

from genesis_tui.models.people import Access, FamilyMember
from genesis_tui.screens.family.rows import PersonRow, PersonView, matching
from genesis_tui.text import one_line
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.page import Page, Para
from genesis_tui.widgets.record_list import RecordList
from genesis_tui.widgets.row import Row, painted

if TYPE_CHECKING:
    from genesis_tui.screens.place import Shell


class Filter(Row):
    """What was typed, or what may be."""

    text: var[str] = var("")

    def watch_text(self) -> None:
        """Draw again."""
        self.refresh()

    def segments(self, width: int) -> list[Segment]:
        """`/ may`."""
        paint = painted(self)
        typed = Segment(self.text, paint("foreground")) if self.text else Segment("type a name", paint("muted"))
        return [Segment(" / ", paint("accent" if self.text else "muted")), typed]


class People(RecordList[PersonRow]):
    """The people, under a cursor that only arrows move: letters filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("enter", "open", "open", id="switcher.open"),
    ]

    def __init__(self, rows: list[PersonRow]) -> None:
        super().__init__(PersonView(), id="people")
        self.rows = rows


class FamilySwitcher(Dialog[None]):
    """Digits choose at once, letters filter, `enter` opens or explains."""

    HEADING = "Whose record"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "stay", id="switcher.stay"),
        Binding("backspace", "shorten", show=False),
    ]

    @property
    def shell(self) -> Shell:
        """The app, as screens know it."""
        return cast("Shell", self.app)

    def compose_inside(self) -> ComposeResult:
        """The filter, the people, and room for why one of them is closed."""
        yield Filter()
        yield People(self._rows(""))
        yield Page(id="why")

    def on_mount(self) -> None:
        """Start on the person whose record is open."""
        super().on_mount()
        self._fit()
        people = self.query_one(People)
        people.cursor = next((i for i, row in enumerate(people.rows) if row.open), 0)

    def on_resize(self) -> None:
        """Two or three rows a person."""
        super().on_resize()
        self._fit()

    def _fit(self) -> None:
        people = self.query_one(People)
        rows = len(people.rows) * (3 if self.app.size.width < 60 else 2)
        people.styles.height = max(2, min(rows, self.room().height - 3))

    def _rows(self, text: str) -> list[PersonRow]:
        family = self.shell.people
        record = self.shell.portal.record
        current = record.patient.id if record else ""
        return [PersonRow(p, open=p.id == current) for p in matching(family.people if family else (), text)]

    def keys(self) -> list[tuple[str, str]]:
        """`1–5 choose` in front."""
        return [(self._digits(), "choose"), *super().keys()]

    def _digits(self) -> str:
        from genesis_tui import symbols

        count = min(9, len(self.shell.people.people) if self.shell.people else 0)
        return f"1{symbols.get('through')}{count}" if count > 1 else "1"

    def on_key(self, event: events.Key) -> None:
        """Digits and letters, before any binding has them."""
        if event.character is None or not event.is_printable:
            return
        event.stop()
        event.prevent_default()
        if event.character.isdigit() and not self.query_one(Filter).text:
            self._choose_number(int(event.character))
        elif event.character.strip() or self.query_one(Filter).text:
            self._filter(self.query_one(Filter).text + one_line(event.character or " "))

    def _choose_number(self, number: int) -> None:
        family = self.shell.people
        person = next((p for p in family.people if p.number == number), None) if family else None
        if person is not None:
            self._choose(person)

    def action_shorten(self) -> None:
        """One letter less."""
        self._filter(self.query_one(Filter).text[:-1])

    def _filter(self, text: str) -> None:
        self.query_one(Filter).text = text
        people = self.query_one(People)
        people.rows = self._rows(text)
        self._explain([] if people.rows else [Para(), Para("Nobody of that name is in this family.", "muted")])
        self._fit()

    @on(RecordList.Opened)
    def _opened(self, event: RecordList.Opened) -> None:
        self._choose(cast(PersonRow, event.row).person)

    def _choose(self, person: FamilyMember) -> None:
        if person.access is not Access.NONE:
            self.shell.open_record(person, self._place())
            return
        self._explain(closed_paras(person))

    def _place(self) -> str:
        return str(getattr(self.app.screen_stack[0], "PLACE", "")) or "results"

    def _explain(self, paras: list[Para]) -> None:
        page = self.query_one("#why", Page)
        page.rows = tuple(paras)
        page.can_focus = False
        page.styles.height = page.height_for(self.query_one("#inside").size.width)


def closed_paras(person: FamilyMember) -> list[Para]:
    """Why a record is closed, and how it can be opened, in the server's words."""
    return [
        Para(),
        Para(f"{person.given}'s record is not open to you: {person.why}.", "critical bold"),
        *([Para(person.next)] if person.next else []),
        *([Para(f"Rule {person.rule}", "muted")] if person.rule else []),
    ]
