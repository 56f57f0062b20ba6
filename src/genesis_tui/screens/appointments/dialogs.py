"""Questions about one appointment: why it is cancelled, and which of the slots offered is taken."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.models.appointments.booking import CancelReason, Slot, viewer_text
from genesis_tui.models.appointments.wording import preferred_text
from genesis_tui.models.base.search import folded
from genesis_tui.models.family import FamilyMember
from genesis_tui.screens.appointments.rows import slot_line
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.page import Para
from genesis_tui.widgets.picker import Picker
from genesis_tui.widgets.virtual_list import RowView


class ReasonView(RowView[CancelReason]):
    """A reason in words."""

    def key(self, row: CancelReason) -> str:
        return row.code

    def draw(self, row: CancelReason, width: int) -> list[Line]:
        return [[(" ", ""), (row.title, "")]]


class ReasonPicker(Picker[CancelReason]):
    """Why an appointment is cancelled, or a request withdrawn; the server's list."""

    HINT = "type a word of the reason"
    NOTHING = "No reason has this word."
    VERB = "choose"

    def __init__(
        self, row: Appointment, reasons: Sequence[CancelReason], chosen: Callable[[CancelReason], None]
    ) -> None:
        super().__init__()
        self._row = row
        self._reasons = tuple(reasons)
        self._chosen = chosen

    def heading(self) -> str:
        return f"Why {'withdraw' if self._row.is_request else 'cancel'} {self._row.what}?"

    def candidates(self, text: str) -> list[CancelReason]:
        return [one for one in self._reasons if folded(text) in folded(one.title)]

    def view(self) -> RowView[CancelReason]:
        return ReasonView()

    def choose(self, item: CancelReason) -> None:
        self.dismiss()
        self._chosen(item)


class OfferDialog(Confirm):
    """The slots that a clinic offers: a digit chooses one, `y` takes it, `a` writes to the clinic."""

    WIDTH = 76
    DEFAULT_CSS = "OfferDialog #box { width: 76; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "act", "take it", id="offer.take"),
        *(Binding(f"{n}", f"choose({n})", show=False, id=f"offer.choose-{n}") for n in (1, 2, 3)),
        Binding("up,k", "step(-1)", show=False, priority=True, id="offer.up"),
        Binding("down,j", "step(1)", "choose", key_display="1–3", priority=True, id="offer.down"),
        Binding("a", "none", "none suits", id="offer.none"),
        Binding("escape", "close", "later", id="offer.later"),
    ]

    def __init__(
        self,
        patient: FamilyMember,
        row: Appointment,
        zone: str,
        take: Callable[[Slot], Awaitable[object]],
        none: Callable[[], object],
    ) -> None:
        """`zone` is the viewer's; `none` is called where none of the slots suits."""
        super().__init__(ActPreview(patient, "Choose this slot", "take it"), self._take)
        self._row = row
        self._zone = zone
        self._taking = take
        self._none = none
        self._place = 0

    async def _take(self) -> None:
        await self._taking(self._row.offers[self._place])

    def heading(self) -> str:
        count = len(self._row.offers)
        return f"{self._row.clinic} offers {'a slot' if count == 1 else f'{count} slots'}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return super().check_action("act" if action in ("choose", "step", "none") else action, parameters)

    def show_preview(self) -> None:
        asked = " or ".join(preferred_text(self._row, one) for one in self._row.requested)
        final = "Taking one frees the others." if len(self._row.offers) > 1 else ""
        self._show(
            [
                Para(),
                Para(self._row.what, "bold"),
                *self._slots(),
                *([Para(), Para(f"You asked for {asked}.", "muted")] if asked else []),
                *([Para(final)] if final else []),
            ]
        )

    def _slots(self) -> list[Para]:
        rows = []
        for place, slot in enumerate(self._row.offers):
            yours = viewer_text(slot.local, self._zone)
            words = f"{slot_line(slot)}{f' (= {yours})' if yours else ''}"
            role = "accent bold" if place == self._place else ""
            mark = symbols.get("cursor") if place == self._place else " "
            rows.append(Para(words, role, label=f"{mark} {place + 1}", label_width=3, label_role=role))
        return rows

    def action_choose(self, number: int) -> None:
        """A digit."""
        if number <= len(self._row.offers):
            self._place = number - 1
            self.show_preview()

    def action_step(self, by: int) -> None:
        self.action_choose((self._place + by) % len(self._row.offers) + 1)

    def action_none(self) -> None:
        self.dismiss(False)
        self._none()
