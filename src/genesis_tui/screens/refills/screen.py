"""Refills of the open patient: every prescription with what can be done now, or why not and from when."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.refills import wording
from genesis_tui.models.refills.prescription import Prescription, Prescriptions, matching
from genesis_tui.screens.base.error_notice import unreadable_text
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.refills.actions import OFFLINE, TRACK, MarkedRow, RefillActions
from genesis_tui.screens.refills.detail import detail, tracking
from genesis_tui.screens.refills.rows import RefillRow, RefillView, listed, refill_columns
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.frame.keys_row import KeysRow
from genesis_tui.widgets.load_state import Notice, empty
from genesis_tui.widgets.page import Shown

if TYPE_CHECKING:
    from genesis_tui.models.refills.get_more import Receipt
    from genesis_tui.session.open_record import OpenRecord

DETAIL_WIDTH = 41
"""Of the pane beside the list, its edge included."""
_AFTER_ROWS = 0.3
"""Seconds."""
_FRAME = 4
"""Rows of the window that are not the list's: bar, places, rule, keys."""


class RefillsScreen(ListDetail[RefillRow]):
    """Prescriptions by what can be done with them."""

    PLACE = "refills"
    WHAT = "refills"
    SEARCH = "drug, what for, by whom"
    CSS_PATH = "refills.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *RefillActions.BINDINGS,
        Binding("t", "track", "tracking", id="refills.track"),
        Binding("slash", "search", "search", id="refills.search"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.actions = RefillActions(self)
        self._known: Prescriptions | None = None
        self._receipts: tuple[Receipt, ...] = ()
        self._everything = False
        self._tracking = False
        """Whether a narrow window shows the tracking alone."""
        self._to_tracking = False
        """Whether that is what is opened next."""

    def compose_above(self) -> ComposeResult:
        yield MarkedRow()

    # rows

    async def read(self, record: "OpenRecord") -> None:
        self._known = await record.refills.load()
        self.show_rows()
        self.set_timer(_AFTER_ROWS, lambda: self.start("receipts", self._read_receipts, exclusive=True))

    async def _read_receipts(self) -> None:
        """What was refused; to open it takes as long as all rows, so it comes once they are there."""
        patient = self.patient
        receipts = await self.actions.receipts(patient.id) if patient is not None else ()
        if patient is self.patient and receipts != self._receipts:
            self._receipts = receipts
            self.follow()

    def show_rows(self) -> None:
        """Those that are looked for, under the headings of their groups."""
        if self.shell.wanted.startswith(TRACK):
            self.shell.wanted, self._to_tracking = self.shell.wanted.removeprefix(TRACK), True
        known = self._known or Prescriptions()
        size = self.app.size
        columns = refill_columns(size.width)
        rows = matching(known.rows, self.words)
        width = size.width - (DETAIL_WIDTH if self.wide else 0) - 1
        marked = self._show_marks()
        shown = listed(rows, columns, width=width, height=size.height - _FRAME - marked.display)
        self.say_unreadable(unreadable_text(known.unreadable, "prescription"))
        self.put(shown, RefillView(columns, self.actions.marked), nothing=self._nothing())

    def _show_marks(self) -> MarkedRow:
        row = self.query_one(MarkedRow)
        row.words = self.actions.marked_words()
        row.display = bool(row.words[0])
        return row

    def forget(self) -> None:
        self._known, self._receipts = None, ()

    def _nothing(self) -> Notice | None:
        if self._known is None:
            return None
        if self.words:
            return Notice(f"No prescription with “{self.words}”.", keys=(("esc", "shows all"),))
        return empty("No prescriptions yet", "What is prescribed to this person shows here.")

    # one prescription

    def detail_of(self, row: RefillRow | None) -> Sequence[Shown]:
        """What it is, what can be done, how its refills get on."""
        if not isinstance(row, Prescription):
            return ()
        width = (DETAIL_WIDTH - 1 if self.wide else self.app.size.width) - 3
        me = self.shell.portal.sign_in.me
        told = tracking if self._tracking and not self.wide else detail
        who, zone = (me.name, me.zone) if me else ("", "")
        return told(row, width, me=who, everything=self._everything, receipts=self._receipts, zone=zone)

    def opened(self, row: RefillRow) -> None:
        alone, self._to_tracking = self._to_tracking, False
        self._show_tracking(alone=alone)

    def _show_tracking(self, *, alone: bool) -> None:
        if self._tracking != alone:
            self._tracking = alone
            self.follow()
            self.detail.action_first()

    def line_of(self, row: RefillRow) -> str:
        """Drug, what is left, what can be done, number."""
        if not isinstance(row, Prescription):
            return ""
        parts = (row.drug, wording.left(row), wording.what_can_be_done(row), row.rx)
        return f" {symbols.get('dot')} ".join(part for part in parts if part)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something now."""
        if not self.is_mounted:
            return True
        if action == "search":
            return bool(self._known and self._known.rows)
        if action == "track":
            return isinstance(self.list.current, Prescription)
        if not self.actions.may(action):
            return False
        return super().check_action(action, parameters)

    def action_more(self) -> None:
        self.actions.more()

    def action_mark(self) -> None:
        self.actions.mark()

    def action_back(self) -> None:
        """`esc` takes the marks of the open record away before it leaves the list."""
        if self.actions.leave():
            return
        if self.in_detail or self.words or self.has_trouble or not self.actions.unmark():
            super().action_back()

    def action_track(self) -> None:
        """`t`: the tracking of the chosen prescription; there, the last refill or all of them."""
        if self.wide or (self.in_detail and self._tracking):
            self._everything = not self._everything
            self.follow()
            return
        if not self.in_detail:
            self.open_row()
        self._show_tracking(alone=True)

    def action_neighbour(self, by: int) -> None:
        """`[ ]`: the prescription above or below, its tracking alone where that was what showed."""
        alone = self._tracking
        super().action_neighbour(by)
        self._show_tracking(alone=alone)

    def show_keys(self) -> None:
        super().show_keys()
        if self.is_mounted:
            self._show_marks()
            row, does = self.query_one(KeysRow), self.actions.does
            row.greyed = frozenset({does} & {OFFLINE})
            row.keys = tuple((key, does if words == "get more" else words) for key, words in row.keys)

    def mail_moved(self) -> None:
        """It is known by now what became of something that was asked for."""
        self.load()

    def on_screen_resume(self) -> None:
        """Go to the prescription that was asked for elsewhere, where more may be known of it than here."""
        wanted = self.shell.wanted.removeprefix(TRACK)
        if self._known is not None and wanted:
            self.show_rows()
            if not any(rx.key == wanted for rx in self._known.rows):
                self.shell.wanted = wanted
            self.load()
