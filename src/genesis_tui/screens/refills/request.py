"""Getting more: what is asked for of each person, where it is picked up, and a note to who decides (MOCKUPS-2 §3)."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.refills.get_more import GetMore, Receipt, Way
from genesis_tui.models.refills.pharmacies import PickUp
from genesis_tui.models.refills.prescription import Prescription
from genesis_tui.models.refills.wording import provider
from genesis_tui.screens.base.confirm import ActPreview, Confirm, PatientHeading
from genesis_tui.screens.refills.parts import Parts
from genesis_tui.screens.refills.points import PointPicker, PointRow
from genesis_tui.widgets.dialog import Edge
from genesis_tui.widgets.drawing.cells import left, wrap
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.forms.counted import CountedField
from genesis_tui.widgets.frame.keys_row import Key
from genesis_tui.widgets.page import Drawn, Page, Para, Shown

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Reopening

FINAL = "Once the pharmacy starts, it can't be undone."
FINAL_RENEWALS = "Once it is asked for, it can't be taken back."
NOTHING = "Nothing can be asked for now"
_DRUG, _WAY, _SIDE_BY_SIDE = 27, 9, 60

Ask = Callable[[Sequence[GetMore]], Awaitable[tuple[Receipt, ...]]]
"""Asks for everything, and gives what became of it."""


def item_lines(
    drug: str, way: str, words: str, width: int, *, sign: str = "", sign_role: str = "", role: str = ""
) -> list[Line]:
    """Drug, what is asked, what that means; on a phone the last one below. None of them is ever cut."""
    sided = width >= _SIDE_BY_SIDE
    drugs = wrap(drug, _DRUG if sided else width - _WAY - 4)
    told = wrap(words, width - _DRUG - _WAY - 5 if sided else width - 4)
    heads = [(left(sign, 2), f"sign {sign_role}"), *[("  ", "")] * (max(len(drugs), len(told)) - 1)]
    ways = [way, *[""] * (len(heads) - 1)]
    if not sided:
        first = [
            [head, (left(part, width - _WAY - 4) + " ", role), (way, role)]
            for head, part, way in zip(heads, drugs, ways, strict=False)
        ]
        return [*first, *([("    ", ""), (part, role or "muted")] for part in told)]
    return [
        [head, (left(part, _DRUG) + " ", role), (left(way, _WAY) + " ", role), (text, role)]
        for head, way, part, text in zip(heads, ways, *(_filled(one, len(heads)) for one in (drugs, told)), strict=True)
    ]


def _filled(parts: list[str], count: int) -> list[str]:
    return [*parts, *[""] * (count - len(parts))]


class PersonPart(Vertical):
    """One person: what is asked for, the pick-up point, notes."""

    DEFAULT_CSS = """
    PersonPart { height: auto; }
    PersonPart Page { height: 1; }
    PersonPart PointRow, PersonPart CountedField { margin-left: 2; }
    """

    def __init__(self, asked: GetMore, note_characters: int) -> None:
        super().__init__()
        self.asked = asked
        self._most = note_characters

    def compose(self) -> ComposeResult:
        yield PatientHeading(self.asked.person, by_you=True)
        page = Page()
        page.can_focus = False
        yield page
        if any(item.way is Way.REFILL for item in self.asked.items):
            yield PointRow(self.asked)
        for number, (by, rows) in enumerate(self._renewals().items()):
            note = CountedField("Note", self._most, id=f"note-{number}", to=f"to {by}")
            note.input.add_class("more-field")
            note.input.value = self.asked.notes.get(rows[0].id, "")
            yield note

    def _renewals(self) -> dict[str, list[Prescription]]:
        """By who decides."""
        found: dict[str, list[Prescription]] = {}
        for rx in self.asked.by_way(Way.RENEWAL):
            found.setdefault(provider(rx), []).append(rx)
        return found

    def fill(self, width: int) -> None:
        """Draw it in so many cells."""
        page = self.query_one(Page)
        page.rows = tuple(self._paras(width - 2))
        page.styles.height = page.height_for(width)
        for row in self.query(PointRow):
            row.asked = self.asked
        for note in self.query(CountedField):
            note.fit(narrow=width < _SIDE_BY_SIDE)

    def _paras(self, width: int) -> Iterator[Shown]:
        yield Para(f"Get more of {self.asked.count}" if self.asked.count else NOTHING, "bold")
        for item in self.asked.items:
            role = "" if item.is_asked else "muted"
            yield from (Drawn(line) for line in item_lines(item.rx.drug, item.way, item.words, width, role=role))

    @on(Input.Changed)
    def _noted(self, event: Input.Changed) -> None:
        """The words go with everything that this one decides about."""
        notes = list(self.query(CountedField))
        place = next(number for number, one in enumerate(notes) if one.input is event.input)
        rows = list(self._renewals().values())[place]
        self.asked = replace(self.asked, notes={**self.asked.notes, **{rx.id: event.value for rx in rows}})

    def choose(self, point: PickUp) -> None:
        """Pick up there."""
        self.asked = replace(self.asked, point=point)


class RefillPreview(Confirm):
    """`y` asks for everything that is open, of everybody, once."""

    HEADING = "Check before it is sent"
    DEFAULT_CSS = """
    RefillPreview #box { width: 76; }
    """
    AUTO_FOCUS = "#parts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "field(1)", "pharmacy, note", priority=True, id="more.field"),
        Binding("shift+tab", "field(-1)", "field before", show=False, priority=True, id="more.field-before"),
    ]

    def __init__(
        self,
        asked: Sequence[GetMore],
        ask: Ask,
        done: Callable[[Sequence[GetMore], tuple[Receipt, ...]], None],
        *,
        now: datetime,
        note_characters: int,
    ) -> None:
        """`done` is told what became of everything, once it is known or given up waiting for."""
        super().__init__(ActPreview(asked[0].person, "Get more", "ask"), self._asking)
        self._parts = tuple(PersonPart(one, note_characters) for one in asked)
        self._ask, self._done, self._now, self._most = ask, done, now, note_characters
        self._receipts: tuple[Receipt, ...] = ()

    def reopening(self) -> "Reopening | None":
        """With what was chosen; what was sent needs no question."""
        if self._state != "asking":
            return None
        asked = self.asked

        async def reopened() -> RefillPreview:
            return RefillPreview(asked, self._ask, self._done, now=self._now, note_characters=self._most)

        return reopened

    @property
    def asked(self) -> tuple[GetMore, ...]:
        """Each person with what was chosen."""
        return tuple(part.asked for part in self._parts)

    @property
    def count(self) -> int:
        """How many are asked for."""
        return sum(one.count for one in self.asked)

    def compose_inside(self) -> ComposeResult:
        with Parts(id="parts"):
            yield from self._parts
            text = Page(id="text")
            text.can_focus = False
            yield text

    def show_preview(self) -> None:
        width = min(74, self.room().width)
        for part in self._parts:
            part.fill(width)
        refills = any(one.by_way(Way.REFILL) for one in self.asked)
        self._show([Para(FINAL if refills else FINAL_RENEWALS)] if self.count else [])
        self.query_one("#text").display = self.count > 0

    def on_resize(self) -> None:
        self.query_one("#parts").styles.max_height = self.room().height
        if self._state == "asking":
            self.show_preview()

    # keys

    def keys(self) -> list[Key]:
        named = {"ask": f"ask for {self.count}", "don't": "don't send" if self.count else "close"}
        if isinstance(self.focused, Input):
            named["don't"] = "done"
        narrow = self.room().width < _SIDE_BY_SIDE
        named["pharmacy, note"] = "change" if narrow else self._changeable
        choosing = isinstance(self.focused, PointRow) and not narrow
        shown = super().keys()
        named_ones = [(key, named.get(text, text)) for key, text in shown if key != "enter" or choosing]
        if isinstance(self.focused, Parts) and self.focused.scrolls:
            named_ones = [("j k", "scroll"), *(key for key in named_ones if not (narrow and key[0] == "tab"))]
        return sorted(named_ones, key=lambda key: key[0] != "y")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "act":
            return self._state == "asking" and self.count > 0
        if action == "field":
            return self._state == "asking" and bool(self._fields)
        return super().check_action(action, parameters)

    @property
    def _changeable(self) -> str:
        """What can be changed, in words."""
        there = (("pharmacy", self.query(PointRow)), ("note", self.query(CountedField)))
        return ", ".join(words for words, fields in there if fields)

    @property
    def _fields(self) -> list[Widget]:
        """What can be changed, from top to bottom."""
        return [one for part in self._parts for one in part.query(".more-field") if one.focusable]

    def action_field(self, by: int) -> None:
        """From the text to what can be changed, and round."""
        stops = [self.query_one("#parts"), *self._fields]
        at = stops.index(self.focused) if self.focused in stops else 0
        stops[(at + by) % len(stops)].focus()

    def action_close(self) -> None:
        """`esc` leaves a note first."""
        if isinstance(self.focused, Input):
            self.query_one("#parts").focus()
        else:
            super().action_close()

    @on(Input.Submitted)
    def _note_done(self) -> None:
        self.query_one("#parts").focus()

    @on(Parts.Moved)
    def _moved(self, event: Parts.Moved) -> None:
        self.query(Edge).last().position = event.position
        self.show_keys()

    @on(PointRow.Wanted)
    def _choose_point(self, event: PointRow.Wanted) -> None:
        part = next(one for one in self._parts if event.row in one.query(PointRow))
        self.app.push_screen(PointPicker(part.asked, self._now, lambda point: self._chosen(part, point)))

    def _chosen(self, part: PersonPart, point: PickUp) -> None:
        part.choose(point)
        self.show_preview()
        self.refresh_bindings()

    def action_act(self) -> None:
        """`y`: but first where refills are picked up."""
        missing = next((part for part in self._parts if part.asked.needs_point), None)
        if missing is not None:
            missing.query_one(PointRow).focus()
            missing.query_one(PointRow).post_message(PointRow.Wanted(missing.query_one(PointRow)))
            return
        too_long = next((one for one in self.query(CountedField) if one.is_too_long), None)
        if too_long is not None:
            too_long.input.focus()
        else:
            super().action_act()

    # asking

    async def _asking(self) -> None:
        self._receipts = await self._ask(self.asked)

    def _ended(self, error: ApiError | None) -> None:
        super()._ended(error)
        if error is None:
            self._done(self.asked, self._receipts)

    def ended_later(self, error: ApiError | None) -> None:
        if error is None:
            self._done(self.asked, self._receipts)
        else:
            super().ended_later(error)
