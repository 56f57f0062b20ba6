"""The receipt: what was asked for, when, by whom, and what became of each (RX-8, MOCKUPS-2 §3)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.dates import clock, long_date, zone_name
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.refills.get_more import GetMore, Receipt, RefillItem, Way
from genesis_tui.screens.base.text_dialog import TextDialog
from genesis_tui.screens.refills.request import item_lines
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import Line, text_of
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.frame.bar import relation_words
from genesis_tui.widgets.frame.keys_row import Key
from genesis_tui.widgets.page import Drawn, Page, Para, Shown, para_lines

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Reopening, Shell


def receipt_paras(
    asked: Sequence[GetMore], receipts: Sequence[Receipt], width: int, *, by: str, at: datetime
) -> Iterator[Shown]:
    """Everybody with what was asked for of them, in `width` cells; `by` whom, and when in their zone."""
    when = f"{long_date(at.date())} {clock(at)} {zone_name(at)}"
    yield Para(f"{when} {symbols.get('dot')} by {by}", "muted")
    for more in asked:
        yield Para()
        yield from _person(more, [one for one in receipts if one.patient_id == more.person.id], width)


def _person(more: GetMore, receipts: Sequence[Receipt], width: int) -> Iterator[Shown]:
    person = more.person
    whose = (person.name.upper(), f"bold {patient_word(person.number)}-ink")
    yield Drawn([whose, (f"  {relation_words(person)}", "muted")])
    for receipt in receipts:
        for item in receipt.items:
            yield from (Drawn(line) for line in _item(receipt, item, width))
    told = {item.prescription for receipt in receipts for item in receipt.items}
    for rest in more.items:
        if rest.rx.id not in told:
            yield from (Drawn(line) for line in item_lines(rest.rx.drug, Way.NOT_NOW, rest.words, width, role="muted"))


def _item(receipt: Receipt, item: RefillItem, width: int) -> list[Line]:
    found = receipt.outcome(item)
    words, way = receipt.words(item), str(receipt.way)
    if found is not None and found.is_requested:
        sign, role = symbols.SIGNS["ok"][0], "ok"
        words = "\n".join(filter(None, (words, f"request {found.request}" if found.request else "")))
    elif found is not None:
        sign, role, way = "!", "abnormal", "refused"
        words += "\n" + ", ".join(filter(None, (found.rule and f"rule {found.rule}", "not asked for")))
    else:
        sign, role = ("!", "abnormal") if receipt.stage is ActStage.REFUSED else ("?", "pending")
    return item_lines(item.drug, way, words, width, sign=sign, sign_role=role)


class ReceiptDialog(TextDialog):
    """It stays until it is closed; what is not known yet is filled in as it gets known."""

    HEADING = "Asked for"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="receipt.copy"),
        Binding("t", "track", "tracking", id="receipt.track"),
        Binding("enter", "close", "close", id="receipt.close"),
    ]

    def __init__(
        self,
        asked: Sequence[GetMore],
        receipts: Sequence[Receipt],
        track: Callable[[FamilyMember, str], None],
        at: datetime,
    ) -> None:
        """`track` shows how a prescription of somebody gets on; `at`: when it was asked for, by the server's clock."""
        super().__init__()
        self._asked = tuple(asked)
        self._receipts = tuple(receipts)
        self._track = track
        self._at = at

    @property
    def _shell(self) -> "Shell":
        return cast("Shell", self.app)

    def reopening(self) -> "Reopening":
        """As it stands."""
        asked, receipts = self._asked, self._receipts

        async def reopened() -> ReceiptDialog:
            return ReceiptDialog(asked, receipts, self._track, self._at)

        return reopened

    def paras(self) -> Sequence[Shown]:
        me = self._shell.portal.sign_in.me
        width = min(74, self.room().width) - 3
        return tuple(receipt_paras(self._asked, self._receipts, width, by=me.name if me else "", at=self._at))

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        page = self.query_one(Page)
        page.rows = self.paras()
        self._fit(page)

    def mail_moved(self) -> None:
        """Something is known by now of what was asked for."""
        self.run_worker(self._read_again(), group="receipts", exclusive=True)

    async def _read_again(self) -> None:
        known = {one.key: one for one in await self._shell.portal.refills.receipts()}
        self._receipts = tuple(known.get(one.key, one) for one in self._receipts)
        self._show()

    # keys

    def keys(self) -> list[Key]:
        shown = dict(super().keys())
        return [(key, shown[key]) for key in ("j k", "y", "t", "enter") if key in shown]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._first is not None if action == "track" else super().check_action(action, parameters)

    @property
    def _first(self) -> tuple[FamilyMember, str] | None:
        """The first that is on its way: whose, and which prescription."""
        people = {more.person.id: more.person for more in self._asked}
        found = ((people[one.patient_id], item.prescription) for one in self._receipts for item in one.requested)
        return next(found, None)

    def action_copy(self) -> None:
        """`y`: all of it as plain text."""
        rows = (para_lines(row, 76) for row in self.query_one(Page).rows)
        self.app.copy_to_clipboard(text_of(line for lines in rows for line in lines))
        self._shell.say("Copied", "the receipt.")

    def action_track(self) -> None:
        """`t`: how the first one gets on."""
        first = self._first
        if first is not None:
            self.dismiss()
            self._track(*first)
