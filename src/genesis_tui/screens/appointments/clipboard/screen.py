"""A clipboard: one question at a time or all of them, and a summary before it is handed in (MOCKUPS-2 §2, CLIP)."""

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var

from genesis_tui.models.appointments.clipboards.editing import answered, once_more
from genesis_tui.models.appointments.clipboards.form import laid_out, missing, questions_asked
from genesis_tui.models.appointments.clipboards.questions import Answers, Clipboard, ClipboardConflict, Filling
from genesis_tui.models.appointments.clipboards.stops import Stop, stops
from genesis_tui.models.appointments.clipboards.wording import closed_text
from genesis_tui.models.base.dates import zone_of
from genesis_tui.models.base.errors import ApiError, Refused, Unreachable
from genesis_tui.models.family import FamilyMember
from genesis_tui.sanitize import one_line
from genesis_tui.screens.appointments.clipboard.conflict import ClipboardConflictDialog
from genesis_tui.screens.appointments.clipboard.head import HeadRow, ProgressRow
from genesis_tui.screens.appointments.clipboard.question import QuestionPane, around_paras
from genesis_tui.screens.appointments.clipboard.rows import QuestionRow, QuestionView, Row, all_rows, check_rows
from genesis_tui.screens.appointments.clipboard.saving import Saving
from genesis_tui.screens.base.confirm import PatientHeading
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.frame.status import UNREACHED
from genesis_tui.widgets.virtual_list import Gap, GroupHeading, VirtualList

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Reopening
    from genesis_tui.session.clipboards import ClipboardWork
    from genesis_tui.session.messages.messaging import Messaging

NOT_SUBMITTED = "Not submitted: the server can't be reached."
ONE, ALL, CHECK = "one", "all", "check"


class QuestionList(VirtualList[Row | Gap | GroupHeading]):
    """All questions, or the summary; `enter` goes to the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "go there", id="questions.go")]
    leads: var[bool] = var(True)
    """Whether there is something to go to: not where nothing can be changed."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.leads if action == "open" else super().check_action(action, parameters)


class ClipboardScreen(Place):
    """What is answered is kept all the time; `esc` leaves it half done."""

    PLACE = "appointments"
    CSS_PATH = "clipboard.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "step(1)", "next", id="clipboard.step"),
        Binding("y", "submit", "submit", id="clipboard.submit"),
        Binding("f2", "turn", "all or one", id="clipboard.all", tooltip="all questions, or one at a time"),
        Binding("ctrl+r", "check", "check", id="clipboard.check"),
        Binding("shift+tab", "step(-1)", "before", show=False, id="clipboard.before"),
        Binding("a", "write", "write to the clinic", id="clipboard.write"),
        Binding("escape", "leave", "back", id="clipboard.leave"),
    ]

    def __init__(
        self, patient: FamilyMember, filling: Filling, work: "ClipboardWork", at: tuple[str, str] = ("", "")
    ) -> None:
        """`at`: the mode and the question that its person, who was interrupted, goes on with."""
        super().__init__()
        self._whose = patient
        self._mode, self._key = at
        self._sending = False
        self._from_all = False
        """Whether the question was gone to from all of them, and leads back there."""
        self._waiting = ExitStack()
        """Ends with the wait for the clinic: keys that are typed meanwhile are for the agenda."""
        self.saving = Saving(self, self, filling, work)
        self._why_closed = closed_text(filling.clipboard)
        self.saving.done = bool(self._why_closed)

    @property
    def patient(self) -> FamilyMember | None:
        return self._whose

    @property
    def clipboard(self) -> Clipboard:
        """As the server has it."""
        return self.saving.filling.clipboard

    @property
    def answers(self) -> Answers:
        """As far as it is filled in here."""
        return self.saving.filling.answers

    @property
    def _stops(self) -> tuple[Stop, ...]:
        return stops(self.clipboard.questions, self.answers)

    def compose_body(self) -> ComposeResult:
        yield HeadRow(self.clipboard)
        yield PatientHeading(self._whose)
        yield ProgressRow()
        with Horizontal(id="columns"):
            everything = QuestionList(QuestionView(narrow=False), id="all")
            everything.add_class("pane")
            yield everything
            yield QuestionPane(id="one")

    def on_mount(self) -> None:
        """To the first question without an answer; to all of them where nothing can be changed."""
        me = self.shell.portal.sign_in.me
        self.query_one(QuestionPane).zone = zone_of(me.zone if me else "")
        self.fetched = Fetched("ready", self.shell.now())
        self.query_one(ProgressRow).words = f"{one_line(self._why_closed)}" if self._why_closed else ""
        self.saving.show_before()
        open_ = next((one for one in self._stops if not (one.item.given or one.again)), None)
        first = open_ or next(iter(self._stops), None)
        if self._key not in {one.key for one in self._stops}:
            self._key = first.key if first is not None else ""
        self._go(ALL if self._why_closed or first is None else self._mode or ONE)

    def on_resize(self) -> None:
        """The panes stand side by side, or one in place of the other."""
        self.call_after_refresh(self.show_all)

    # what shows

    def _go(self, mode: str) -> None:
        self._mode = mode
        self._from_all = self._from_all and mode == ONE
        self.show_all()
        if mode == ONE:
            self.query_one(QuestionPane).focus_answer()
        else:
            self.query_one(QuestionList).focus()
        if mode == CHECK:
            self.query_one(QuestionList).action_first()
        elif mode == ALL:
            self._show_list(self.query_one(QuestionList), at=self._key)
        self.refresh_bindings()

    def show_all(self) -> None:
        """Everything, for what is answered by now and the width there is."""
        if not self.is_mounted:
            return
        root = laid_out(self.clipboard.questions, self.answers)
        asked = questions_asked(root)
        done = sum(bool(one.given) for one in asked)
        head = self.query_one(HeadRow)
        head.count = "" if self._why_closed or self.phone else f"{done} of {len(asked)} answered"
        head.title = "Check before it is submitted" if self._mode == CHECK else ""
        self.query_one(ProgressRow).done = (done, len(asked))
        self.query_one(ProgressRow).display = self._mode != CHECK
        self.query_one(PatientHeading).display = self._mode == CHECK
        self.set_class(self._mode != ONE, "-every")
        pane, everything = self.query_one(QuestionPane), self.query_one(QuestionList)
        pane.display = self._mode == ONE
        everything.display = self._mode != ONE or self.wide
        self._show_list(everything)
        if self._mode == ONE:
            self._show_one(pane)

    def _show_list(self, everything: QuestionList, at: str | None = None) -> None:
        if not everything.display:
            return
        questions, answers = self.clipboard.questions, self.answers
        checks = self._mode == CHECK
        everything.leads = not self._why_closed
        rows = check_rows(questions, answers) if checks else all_rows(questions, answers, closed=bool(self._why_closed))
        narrow = self.phone or (self.wide and self._mode == ONE)
        everything.show(rows, QuestionView(narrow=narrow), key=self._key if self._mode == ONE else at)

    def _show_one(self, pane: QuestionPane) -> None:
        known = self._stops
        at = next((n for n, one in enumerate(known) if one.key == self._key), None)
        if at is None:
            return
        before = known[at - 1] if at else None
        after = known[at + 1] if at + 1 < len(known) else None
        pane.show(known[at], around_paras(before, after))

    def show_kept(self, words: str, *, ok: bool) -> None:
        """At the right end of the first row."""
        for head in self.query(HeadRow):
            head.kept, head.ok = words, ok

    # what is given

    @on(QuestionPane.Answered)
    def _answered(self, event: QuestionPane.Answered) -> None:
        self._change(answered(self.answers, event.at.item.path, event.values))

    @on(QuestionPane.Again)
    def _again(self, event: QuestionPane.Again) -> None:
        before = len(self._stops)
        at = next(n for n, one in enumerate(self._stops) if one.key == event.at.key)
        self._change(once_more(self.answers, event.at.item.path))
        self._key, self._from_all = self._stops[min(at, before)].key, False
        self.show_all()

    def _change(self, answers: Answers) -> None:
        if self._why_closed or self._sending:
            return
        self.saving.changed(answers)
        self.show_all()

    @on(QuestionPane.Next)
    def _next(self) -> None:
        if self._from_all:
            self._go(ALL)
        else:
            self.action_step(1)

    @on(VirtualList.Opened, "#all")
    def _opened(self, event: VirtualList.Opened) -> None:
        if isinstance(event.row, QuestionRow) and event.row.key and not self._why_closed:
            self._key, self._from_all = event.row.key, self._mode == ALL
            self._go(ONE)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each key where it does something."""
        if not self.is_mounted:
            return True
        if action == "submit":
            empty = missing(laid_out(self.clipboard.questions, self.answers))
            return self._mode == CHECK and not (self._sending or empty or self._why_closed)
        if action in ("turn", "check"):
            return not (self._why_closed or self._sending or (action == "check" and self._mode == CHECK))
        if action == "step":
            return self._mode == ONE
        return bool(self._why_closed) if action == "write" else super().check_action(action, parameters)

    def action_step(self, step: int) -> None:
        """On to the next question, from the last one to the summary; or back."""
        self._from_all = False
        keys = [one.key for one in self._stops]
        at = keys.index(self._key) + step if self._key in keys else 0
        if at >= len(keys):
            self._go(CHECK)
        elif at >= 0:
            self._key = keys[at]
            self.show_all()

    def action_turn(self) -> None:
        """`f2`: all questions, or one by one."""
        if self._mode != ALL:
            self._go(ALL)
            return
        row = self.query_one(QuestionList).current
        self._key = row.key if isinstance(row, QuestionRow) and row.key else self._key
        self._go(ONE)

    def action_check(self) -> None:
        """`ctrl+r`: what is missing, and all answers."""
        self._go(CHECK)

    def action_write(self) -> None:
        self.shell.write(self._whose, subject=self.clipboard.what)

    def action_leave(self) -> None:
        """`esc`: messages away, back to where the question was gone to from, else back with the answers kept."""
        if self.has_trouble:
            self.shell.back()
        elif self._mode == CHECK and not self._sending:
            self._go(ONE if self._key else ALL)
        elif self._from_all:
            self._go(ALL)
        else:
            self.saving.close()

    def keep(self) -> bool:
        """Write what is answered to the disk; whether all of it is kept."""
        return self.saving.keep_at_once()

    @property
    def written(self) -> Answers:
        return self.answers

    def reopening(self) -> "Reopening | None":
        """At the same question, or in the same view of all."""
        if self.saving.done:
            return None
        patient, mine, at = self._whose, self.saving.filling, (self._mode, self._key)
        portal = self.shell.portal

        async def reopened() -> ClipboardScreen:
            clipboards = (await portal.messaging()).clipboards
            return ClipboardScreen(patient, await clipboards.resume(mine), clipboards, at)

        return reopened

    def go_on_with(self, post: "Messaging") -> None:
        self.saving.work = post.clipboards

    def on_unmount(self) -> None:
        """Whatever made the screen go, the answers stay, and keys wait for nothing here."""
        self.saving.keep_at_once()
        self._waiting.close()

    # handing in

    def action_submit(self) -> None:
        """`y`: once; no screen cancels it."""
        self._sending = True
        self.saving.stop()
        self.keep()
        self.query_one(HeadRow).kept = "submitting"
        self.refresh_bindings()
        self._waiting.enter_context(self.shell.opening(leave=True))
        self.app.run_worker(self._submit(), group="act")

    async def _submit(self) -> None:
        with self._waiting:
            await self._hand_in()

    async def _hand_in(self) -> None:
        filling = self.saving.filling
        try:
            self.go_on_with(await self.shell.portal.messaging())
            await self.saving.work.submit(filling)
        except ApiError as error:
            self._sending = False
            self._not_submitted(error)
            return
        self.saving.done = True
        self.shell.say("Submitted.", f"{filling.clipboard.what}: the clinic has your answers.")
        if self.is_current:
            self.app.pop_screen()

    def _not_submitted(self, error: ApiError) -> None:
        if isinstance(error, Refused) and error.reason == "stale-version":
            self.saving.keep_on_server()
        elif isinstance(error, Refused):
            self.refused(error)
        elif isinstance(error, Unreachable):
            kept = f"Your answers are kept{' here' if self.saving.work.lasts else ' until you quit'}"
            self.shell.say(NOT_SUBMITTED, f"{kept}; y submits them once it can be reached.", ok=False, about=UNREACHED)
        else:
            self.shell.report(error)
        self.saving.show_before()
        if self.is_mounted:
            self.show_all()
            self.refresh_bindings()

    def refused(self, error: Refused) -> None:
        """The clinic takes it no more, or asks for more."""
        self.shell.report(error)
        if error.reason in ("already-submitted", "already-started", "status-change"):
            self.reload()

    @work(exclusive=True, group="reload")
    async def reload(self) -> None:
        """As it is at the clinic: it can't be changed here any more."""
        try:
            known = await self.saving.work.named(self.clipboard.patient_id, self.clipboard.id)
        except ApiError:
            return
        self.saving.filling = replace(self.saving.filling, clipboard=known, answers=known.answers or self.answers)
        self._why_closed = closed_text(known)
        self.saving.done = bool(self._why_closed)
        self.query_one(ProgressRow).words = one_line(self._why_closed)
        self._go(ALL if self._why_closed else self._mode)

    def conflicted(self, conflict: ClipboardConflict) -> None:
        """Both versions, once."""
        if not isinstance(self.app.screen, ClipboardConflictDialog):
            self.shell.unasked()
            self.app.push_screen(ClipboardConflictDialog(self._whose, conflict), partial(self._settle, conflict))

    def _settle(self, conflict: ClipboardConflict, mine: bool | None) -> None:
        if mine is not None:
            self.settle(conflict, mine=mine)

    @work(exclusive=True, group="server")
    async def settle(self, conflict: ClipboardConflict, *, mine: bool) -> None:
        """Keep one of the two."""
        try:
            with self.shell.opening():
                chosen = replace(conflict, mine=self.saving.filling)
                self.saving.filling = await self.saving.work.settle(chosen, mine=mine)
        except ApiError as error:
            self.shell.report(error)
            return
        self.query_one(QuestionPane).stop = None
        self.show_kept(f"saved {self.shell.now():%H:%M}", ok=True)
        self.show_all()
