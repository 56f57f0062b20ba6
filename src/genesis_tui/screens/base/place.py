"""The frame of every screen: bar, places, focus rule, body, messages, keys (UI.md, MOCKUPS §1)."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, TypeVarTuple, cast

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Region
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.models.base.errors import ApiError, Unreachable
from genesis_tui.screens.base.places import PLACES
from genesis_tui.session.offline.ages import Ages
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.frame.bar import Bar, BarFacts, Fetched
from genesis_tui.widgets.frame.focus_rule import FocusRule
from genesis_tui.widgets.frame.keys_row import KeysRow, is_typing, label, shown_keys, words
from genesis_tui.widgets.frame.places_row import PlacesRow
from genesis_tui.widgets.frame.status import UNREACHED
from genesis_tui.widgets.frame.window_sized import WindowSized
from genesis_tui.widgets.screen_classes import HEIGHTS, SMALLEST, WIDTHS

if TYPE_CHECKING:
    from textual.worker import Worker, WorkType

    from genesis_tui.models.family import FamilyMember
    from genesis_tui.screens.base.shell import Shell
    from genesis_tui.widgets.frame.status import Status
    from genesis_tui.widgets.frame.status_line import StatusLine
    from genesis_tui.widgets.virtual_list import VirtualList

Given = TypeVarTuple("Given")
Result = TypeVar("Result")


class TooSmall(Row):
    """All that shows in a window in which nothing would fit."""

    def segments(self, width: int) -> list[Segment]:
        """The size needed and the size there is."""
        size, by = self.app.size, symbols.get("by")
        least = f"{SMALLEST[0]}{by}{SMALLEST[1]}"
        words = (
            f"Make the window at least {least} (now {size.width}{by}{size.height}).",
            f"Make the window {least} or larger.",
            f"Needs {least} cells.",
            least,
        )
        text = next((one for one in words if len(one) <= width), least[:width])
        return [Segment(text, painted(self)("abnormal"))]


class Framed(WindowSized[None]):
    """A screen with bar, rule, body, messages and keys. Subclasses compose their own parts in `compose_body`."""

    AUTO_FOCUS = "*"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    FIXED_KEYS: ClassVar[tuple[str, ...]] = ("app.call",)
    """Ids of the bindings at the right end of the keys."""
    FIXED_TYPING: ClassVar[tuple[str, ...]] = ("app.commands",)
    """The same while a field is typed in."""

    fetched: var[Fetched] = var(Fetched())
    _panes: Sequence[Widget] = ()

    @cached_property
    def ages(self) -> Ages:
        """When what shows was kept, where it comes from a copy."""
        return Ages()

    @property
    def shell(self) -> "Shell":
        """The app, as screens know it."""
        return cast("Shell", self.app)

    @property
    def wide(self) -> bool:
        """True from 120 columns: list and detail side by side."""
        return self.app.size.width >= 120

    @property
    def phone(self) -> bool:
        """True below 60 columns."""
        return self.app.size.width < 60

    @property
    def two_rows(self) -> bool:
        """Whether an item of a list takes two rows: where the window is narrow, and high enough for it."""
        return self.phone and self.app.size.height >= 16

    def render_lines(self, crop: Region) -> list[Strip]:
        """One blank line stands for all: the screen itself draws nothing, and lies under every row that is drawn."""
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height

    def compose(self) -> ComposeResult:
        """The frame around `compose_body`."""
        self.take_shape()
        yield Bar(classes="frame")
        yield from self.compose_top()
        yield FocusRule(classes="frame")
        with Container(id="body", classes="frame"):
            yield from self.compose_body()
        yield KeysRow(classes="frame")

    def compose_top(self) -> ComposeResult:
        """Rows between the bar and the rule."""
        yield from ()

    def compose_body(self) -> ComposeResult:
        yield from ()

    def on_mount(self) -> None:
        """Keep the keys row equal to the bindings that work."""
        self.set_class(symbols.ascii_only(), "-ascii")
        self.bindings_updated_signal.subscribe(self, lambda _: self.show_keys())
        self.app.theme_changed_signal.subscribe(self, lambda _: self.refresh_rows())
        self.screen_layout_refresh_signal.subscribe(self, lambda _: self.mark_focus())

    def on_screen_resume(self) -> None:
        """Draw what changed while the screen was away."""
        self.refresh_frame()

    def on_resize(self) -> None:
        """Panes may have moved, and nothing may fit any more."""
        size = self.app.size
        if (size.width < SMALLEST[0] or size.height < SMALLEST[1]) and not self.query(TooSmall):
            self.mount(TooSmall(), before=0)
        self.call_after_refresh(self.mark_focus)

    def on_descendant_focus(self) -> None:
        """Move the thick rule to the pane in focus."""
        self.mark_focus()

    def watch_fetched(self) -> None:
        if self.fetched.state == "ready":
            self.shell.unsay(UNREACHED)
        if self.is_mounted:
            self.refresh_frame()

    def refresh_rows(self) -> None:
        """Draw everything again, in the colours of another theme."""
        for widget in self.walk_children():
            widget.refresh()

    def refresh_frame(self) -> None:
        """Bring bar, messages and keys up to date; only what changed is drawn."""
        self.query_one(Bar).facts = self.bar_facts()
        self.show_notes(self.shell.notes)
        self.show_keys()

    def bar_facts(self) -> BarFacts:
        """What the bar says on this screen."""
        return BarFacts(host=self.shell.host, me=self.shell.portal.sign_in.me, fetched=self.freshness)

    @property
    def freshness(self) -> Fetched:
        """When what shows was fetched; without the network, when the oldest of it was kept (SESS-5)."""
        portal = self.shell.portal
        if portal.offline.since is None:
            return self.fetched
        whose = portal.record.patient.id if portal.record is not None else ""
        at = self.shell.local(self.ages.oldest or portal.offline.oldest_of(whose) or portal.offline.since)
        return Fetched("offline", at, another_day=at.date() != self.shell.now().date())

    def run_worker(
        self,
        work: "WorkType[Result]",
        name: str | None = "",
        group: str = "default",
        description: str = "",
        exit_on_error: bool = True,
        start: bool = True,
        exclusive: bool = False,
        thread: bool = False,
    ) -> "Worker[Result]":
        """As Textual does; what a worker reads from a copy counts for what this screen shows."""
        if self.shell.portal.offline.since is not None and not thread:
            work = partial(self._aged, work, group)
        return super().run_worker(work, name, group, description, exit_on_error, start, exclusive, thread)

    async def _aged(self, work: Any, group: str) -> Any:
        with self.ages.reading(group):
            return await (work() if callable(work) else work)

    def not_fetched(self, before: Fetched, error: ApiError) -> None:
        """What shows stays; where the server can't be reached, the bar says since when."""
        offline = isinstance(error, Unreachable) and before.at is not None
        self.fetched = Fetched("offline", before.at) if offline else before

    @property
    def has_trouble(self) -> bool:
        """Whether a message waits for the reader: `esc` puts it away first."""
        return any(note.waits for note in self.shell.notes)

    def start(
        self, group: str, work: Callable[[*Given], Coroutine[Any, Any, None]], *given: *Given, exclusive: bool = False
    ) -> None:
        """Run a part's coroutine function as a worker of this screen; `work` is called when the worker starts."""
        begin: Any = partial(work, *given)
        self.run_worker(begin, group=group, exclusive=exclusive)

    def show_notes(self, notes: "tuple[Status, ...]") -> None:
        """Show these messages; a screen that is still being built shows them when it stands."""
        line = next(iter(self.query("StatusLine")), None)
        if line is None and notes and self.query(KeysRow):
            line = self._message_line()
        if line is not None:
            cast("StatusLine", line).notes = notes

    def _message_line(self) -> "StatusLine":
        from genesis_tui.widgets.frame.status_line import StatusLine

        line = StatusLine(classes="frame")
        self.mount(line, before=self.query_one(KeysRow))
        return line

    def show_keys(self) -> None:
        """Read the keys row from the bindings."""
        if not self.is_mounted:
            return
        row = self.query_one(KeysRow)
        typing = is_typing(self)
        fixed = self.FIXED_TYPING if typing else self.FIXED_KEYS
        active = self.active_bindings.values()
        row.fixed = tuple(
            (label(a.binding), words(a.binding)) for id in fixed for a in active if a.binding.id == id and a.enabled
        )
        row.keys = tuple(key for key in shown_keys(active, typing=typing) if key not in row.fixed)

    def mark_focus(self) -> None:
        """Draw the rule over the panes: the widgets of class `pane` that are shown, from left to right."""
        panes = sorted((p for p in self.query(".pane") if p.display and p.region), key=lambda p: p.region.x)
        focused = self.focused
        self.query_one(FocusRule).panes = tuple(
            (p.region.x, p.region.width, focused is not None and p in focused.ancestors_with_self) for p in panes
        )
        if panes != self._panes:
            self._panes = panes
            self.query_one(FocusRule).forget_places()
            for shown in self.query("VirtualList"):
                self._mark_position(cast("VirtualList[Any]", shown))

    def on_virtual_list_positioned(self, event: "VirtualList.Positioned") -> None:
        """Lists are loaded after the sign-in screen is there (P1): hence no `@on`."""
        self._mark_position(event.record_list)

    def _mark_position(self, shown: "VirtualList[Any]") -> None:
        """Where one is in a list or a page that takes the keys, in the rule over its pane."""
        if not shown.can_focus:
            return
        around = shown.ancestors_with_self
        pane = next((i for i, one in enumerate(self._panes) if one in around), None if self._panes else 0)
        if pane is not None and shown.display and shown.region:
            self.query_one(FocusRule).place(pane, shown.position)
        elif pane is not None and not self._lists_in(pane):
            self.query_one(FocusRule).place(pane, "")

    def _lists_in(self, pane: int) -> bool:
        """Whether something there shows that a position can be told of."""
        lists = (self._panes[pane] if self._panes else self).query("VirtualList")
        return any(one.can_focus and one.display and one.region for one in lists)

    def action_back(self) -> None:
        """`esc`: put messages away, else close what is on top."""
        self.shell.back()


class Place(Framed):
    """One of the places of a person signed in. Subclasses set `PLACE` to its id in `places.PLACES`."""

    PLACE: ClassVar[str] = ""
    FAMILY_WIDE: ClassVar[bool] = False
    """True where the screen is about the whole family, so that the banner says so."""
    FIXED_KEYS = ("app.family", "app.keys")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(p.key, f"app.go('{p.id}')", p.name, show=False, id=f"places.{p.id}", tooltip=f"go to {p.name}")
            for p in PLACES
        ),
        Binding("f", "app.family", "family", show=False, id="app.family", tooltip="switch whose record is open"),
        Binding("p", "app.go('patient')", "patient information", show=False, id="app.patient"),
        Binding("question_mark", "app.keys", "keys", show=False, id="app.keys", tooltip="keys of this screen"),
        Binding("escape", "back", "back", show=False, id="app.back"),
        Binding("q", "app.leave", "back, then quit", show=False, id="app.leave"),
        Binding("Q", "app.sign_out", "sign out", show=False, id="app.sign_out"),
    ]

    @property
    def patient(self) -> "FamilyMember | None":
        """Whose record the screen is about; None where it is family-wide or no record is open."""
        record = self.shell.portal.record
        wide = self.FAMILY_WIDE and self.shell.portal.connection.has_portal
        return None if wide or record is None else record.patient

    def compose_top(self) -> ComposeResult:
        yield PlacesRow(PLACES, classes="frame")

    @on(PlacesRow.Chosen)
    def _place_clicked(self, event: PlacesRow.Chosen) -> None:
        self.shell.go(event.id)

    def bar_facts(self) -> BarFacts:
        people = self.shell.people
        return BarFacts(
            host=self.shell.host,
            me=self.shell.portal.sign_in.me,
            patient=self.patient,
            family=len(people.people) if self.FAMILY_WIDE and people and self.shell.portal.connection.has_portal else 0,
            fetched=self.freshness,
        )

    def refresh_frame(self) -> None:
        row = self.query_one(PlacesRow)
        row.here = self.PLACE
        row.new = self.counts()
        super().refresh_frame()

    def counts(self) -> Mapping[str, int]:
        """What is new, by place: of the patient, or of everybody where the screen is family-wide."""
        people = self.shell.people.people if self.shell.people else ()
        patient = self.patient
        shown = [p for p in people if patient is None or p.id == patient.id]
        return {"results": sum(p.new_results for p in shown), "inbox": sum(p.unread for p in shown)}

    def keep_counts(self, *, new_results: int | None = None, unread: int | None = None) -> None:
        """What is new in the open record, for the places row of every screen; None keeps what was known."""
        people, patient = self.shell.people, self.patient
        if people is None or patient is None:
            return
        known = next((p for p in people.people if p.id == patient.id), patient)
        told = replace(
            known,
            new_results=known.new_results if new_results is None else new_results,
            unread=known.unread if unread is None else unread,
        )
        self.shell.people = replace(people, people=tuple(told if p is known else p for p in people.people))
