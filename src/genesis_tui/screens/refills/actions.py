"""Getting more: of what is under the cursor, or of everything that is marked in the whole family (RX-11)."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from genesis_tui.models.base.errors import ApiError, Refused, Unreachable
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.refills.get_more import GetMore, Receipt
from genesis_tui.models.refills.prescription import Prescription, PrescriptionOrigin
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.widgets.drawing.cells import width_of
from genesis_tui.widgets.drawing.row import Row, painted

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell
    from genesis_tui.session.refills import FamilyRefills

OFFLINE = "needs the network"
READING = "Asking what can be had now."
_SLOW = 1.0
"""Seconds."""
TRACK = "track "
"""What the list is opened with to show how a refill is coming along; the key of a prescription follows."""


class MarkedRow(Row):
    """`4 marked, 2 people  r get more  esc unmark`; it takes no room while nothing is marked."""

    DEFAULT_CSS = "MarkedRow { height: 1; }"
    words: reactive[tuple[str, str, str]] = reactive(("", "", ""))
    """How many there are of whom, what `r` does, and `esc`."""

    def segments(self, width: int) -> list[Segment]:
        paint, (marked, does, undoes) = painted(self), self.words
        key = "muted" if does == OFFLINE else "accent"
        told = [
            Segment(f"  {marked}  ", paint("foreground", bold=True)),
            Segment("r", paint(key, bold=True)),
            Segment(f" {does}", paint("muted")),
        ]
        if undoes and width_of(f"  {marked}  r {does}  esc {undoes}") <= width:
            told += [Segment("  esc", paint("accent", bold=True)), Segment(f" {undoes}", paint("muted"))]
        return told


class RefillActions:
    """Keys on the prescription under the cursor, or on all that are marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "more", "get more", id="refills.more", tooltip="get more: a refill or a renewal"),
        Binding("space", "mark", "mark", id="refills.mark"),
    ]

    def __init__(self, place: ListDetail[Any]) -> None:
        """`place` lists them."""
        self._place = place
        self._asks = False
        """Whether the server is being asked what can be had."""

    @property
    def _shell(self) -> "Shell":
        return self._place.shell

    @property
    def _refills(self) -> "FamilyRefills":
        return self._shell.portal.refills

    @property
    def _row(self) -> Prescription | None:
        """RX-9: what was recorded elsewhere can't be asked for."""
        row = self._place.list.current
        ours = isinstance(row, Prescription) and row.origin is PrescriptionOrigin.OURS
        return row if ours else None

    @property
    def offline(self) -> bool:
        """Whether nothing can be asked for now."""
        return self._shell.portal.offline.since is not None or self._place.fetched.state == "offline"

    def may(self, action: str) -> bool:
        """Whether the action does something now; True for what is no action of this class."""
        if action == "mark":
            return self._row is not None and not self._place.in_detail
        return action != "more" or self._row is not None or self._refills.marked.count > 0

    @property
    def marked(self) -> tuple[str, ...]:
        """Ids of the open record's."""
        patient = self._place.patient
        return self._refills.marked.of(patient.id) if patient else ()

    def marked_words(self) -> tuple[str, str, str]:
        """What `MarkedRow` says; nothing where nothing is marked."""
        marked = self._refills.marked
        if not marked.count:
            return "", "", ""
        people = len(marked.people)
        undoes = "unmark" if self.marked and not self._place.words else ""
        return f"{marked.count} marked, {people} {'person' if people == 1 else 'people'}", self.does, undoes

    @property
    def does(self) -> str:
        """What `r` does now."""
        return OFFLINE if self.offline else "get more"

    def mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        row, patient = self._row, self._place.patient
        if row is not None and patient is not None:
            self._refills.marked.turn(patient.id, row.id)
            self._place.show_rows()
            self._place.list.action_move(1)

    def unmark(self) -> bool:
        """Take the marks of the open record away; whether there were any."""
        marked, patient = self.marked, self._place.patient
        if not marked or patient is None:
            return False
        self._refills.marked.drop(patient.id, marked)
        self._place.show_rows()
        return True

    def more(self) -> None:
        """What asking would ask for, as the server says now."""
        if self._shell.portal.offline.since is not None:
            self._shell.tell("Getting more needs the network.", "What is marked stays marked.")
        else:
            self._place.start("more", self._preview, exclusive=True)

    def _wanted(self) -> dict[str, tuple[str, ...]]:
        """Ids of prescriptions, by patient's id."""
        marked, row, patient = self._refills.marked, self._row, self._place.patient
        if marked.count:
            return {id: marked.of(id) for id in marked.people}
        return {patient.id: (row.id,)} if row is not None and patient is not None else {}

    async def receipts(self, patient_id: str) -> tuple[Receipt, ...]:
        """What was asked for of somebody; nothing where acts can't be opened now."""
        with suppress(ApiError):
            return await self._refills.receipts(patient_id)
        return ()

    async def _preview(self) -> None:
        from genesis_tui.screens.refills.request import RefillPreview

        wanted, me = self._wanted(), self._shell.portal.sign_in.me
        people = self._shell.people.people if self._shell.people else ()
        with reported(self._shell), self._shell.opening(leave=True), self._reading():
            asked = await asyncio.gather(*(self._of(one, wanted[one.id]) for one in people if one.id in wanted))
            found = [more for more in asked if more is not None and more.rows]
            if found and me is not None:
                await self._place.app.push_screen(
                    RefillPreview(found, self._ask, self._done, now=self._shell.now(), note_characters=me.refill_note)
                )
        self._place.show_rows()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """The bar says that the server is asked, and after a second so do words; `esc` leaves it."""
        place, before = self._place, self._place.fetched
        place.fetched, self._asks = before._replace(state="fetching"), True
        told = place.set_timer(_SLOW, lambda: self._shell.tell(READING, "esc leaves it.", about=READING))
        try:
            yield
        except Unreachable as error:
            place.not_fetched(before, error)
            raise
        else:
            place.fetched = before
            if before.state == "offline":
                place.load()
        finally:
            told.stop()
            self._shell.unsay(READING)
            self._asks = False
            if place.fetched.state == "fetching":
                place.fetched = before

    def leave(self) -> bool:
        """Wait no longer for what would be asked for; whether that was under way."""
        if self._asks:
            self._place.workers.cancel_group(self._place, "more")
        return self._asks

    async def _of(self, person: FamilyMember, ids: Sequence[str]) -> GetMore | None:
        """None where the person's record is closed by now; nothing of it stays marked."""
        try:
            more = await self._refills.preview(person, ids)
        except Refused as refused:
            self._refills.marked.drop(person.id, ids)
            self._shell.report(refused)
            return None
        self._refills.marked.drop(person.id, set(ids) - {rx.id for rx in more.rows})
        return more

    async def _ask(self, asked: Sequence[GetMore]) -> tuple[Receipt, ...]:
        """Everybody's at once; what the one meets leaves the others."""
        found = await asyncio.gather(*map(self._refills.ask, asked), return_exceptions=True)
        failed = [one for one in found if isinstance(one, BaseException)]
        told = [receipt for one in found if not isinstance(one, BaseException) for receipt in one]
        if failed and not told:
            raise failed[0]
        for error in failed:
            if isinstance(error, ApiError):
                self._shell.report(error)
        return tuple(told)

    def _done(self, asked: Sequence[GetMore], receipts: Sequence[Receipt]) -> None:
        """The receipt; what has an answer is marked no longer."""
        from genesis_tui.screens.refills.receipt import ReceiptDialog

        for more in asked:
            unasked = [item.rx.id for item in more.items if not item.is_asked]
            told = [o.prescription for one in receipts if one.patient_id == more.person.id for o in one.outcomes]
            self._refills.marked.drop(more.person.id, (*unasked, *told))
        self._place.app.push_screen(ReceiptDialog(asked, receipts, self._track, self._shell.now()))
        self._place.load()

    def _track(self, person: FamilyMember, id: str) -> None:
        key, patient = f"{TRACK}MedicationRequest/{id}", self._place.patient
        if patient is not None and patient.id == person.id:
            self._shell.wanted = key
            self._place.stop_searching()
            self._place.show_rows()
        else:
            self._shell.open_record(person, "refills", key)
