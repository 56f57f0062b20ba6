"""Place 7: the family, access given and received, and who opened my record (FAM-1 to FAM-6, AUD-1)."""

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.family import Access, AccessRequest, FamilyMember, Grant
from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.base.place import Place
from genesis_tui.screens.family.access_log import AccessLogScreen
from genesis_tui.screens.family.grant_form import NOTHING, AskForm, GrantForm, Wish
from genesis_tui.screens.family.previews import (
    Waiting,
    answered_words,
    ask_preview,
    end_preview,
    give_preview,
    offer_preview,
    request_preview,
)
from genesis_tui.screens.family.rows import (
    EventRow,
    FamilyRow,
    FamilyView,
    GrantRow,
    LogSummaryRow,
    PersonRow,
    RequestRow,
    event_rows,
    family_rows,
)
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.page import Para, heading
from genesis_tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from genesis_tui.models.family import AccessPage, Family


class FamilyScreen(Place):
    """People, grants and the sum of who opened the record at the left; the newest of its log at the right."""

    DEFAULT_CSS = """
    FamilyScreen #family { width: 1fr; }
    FamilyScreen #log { width: 45; }
    """
    PLACE = "family"
    FAMILY_WIDE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "give", "give access", id="family.give", tooltip="give somebody access to your record"),
        Binding("a", "ask", "ask for access", id="family.ask", tooltip="ask an adult for access to their record"),
        Binding("o", "log", "who opened it", id="family.log", tooltip="who opened this record"),
        Binding("d", "revoke", "end access", id="family.revoke", tooltip="end an access that you gave"),
        Binding("f5,full_stop", "reload", "refresh", id="family.reload"),
    ]

    def compose_body(self) -> ComposeResult:
        """Two panes; the right one only where there is room."""
        with Horizontal():
            yield VirtualList(FamilyView(), id="family", classes="pane")
            yield VirtualList(FamilyView(), id="log", classes="pane divided")

    def on_mount(self) -> None:
        self._page: AccessPage | None = None
        """The newest of who opened the viewer's record; None until it is there."""
        if self.shell.people is not None:
            self._show(self.shell.people)
        self.load()

    def on_resize(self) -> None:
        """The log has a pane only where there is room."""
        if self.shell.people is not None:
            self._show(self.shell.people)

    def action_reload(self) -> None:
        self.load()

    @work(exclusive=True, group="family")
    async def load(self) -> None:
        """The family, then who opened the viewer's own record."""
        before = self.fetched
        self.fetched = before._replace(state="fetching")
        try:
            self.shell.people = family = await self.shell.portal.family.load()
            self._show(family)
            self._page = await self.shell.portal.family.access_log(family.people[0])
        except ApiError as error:
            self.not_fetched(before, error)
            self.shell.report(error)
        else:
            self.fetched = Fetched("ready", self.shell.now())
            self._show(family)

    def _show(self, family: "Family") -> None:
        record = self.shell.portal.record
        rows = family_rows(family, record.patient.id if record else "", self.shell.local)
        log = event_rows(self._page.events, self.shell.local) if self._page else []
        if self._page is not None:
            last = next((row for row in log if isinstance(row, EventRow)), None)
            rows += [Para(), LogSummaryRow(self._page.total, self._page.days, last)]
        people, right = (self.query_one(f"#{id}", VirtualList) for id in ("family", "log"))
        right.display = self.wide
        people.rows = tuple(rows)
        right.rows = tuple([heading("Who opened my record"), *log] if self.wide and self._page else ())
        self.refresh_frame()

    @on(VirtualList.Highlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened) -> None:
        row = cast(FamilyRow, event.row)
        if isinstance(row, RequestRow):
            self._answer_request(row.request)
        elif isinstance(row, GrantRow) and row.grant.waits_for_me:
            self._answer_offer(row.grant)
        elif isinstance(row, LogSummaryRow):
            self.action_log()
        if not isinstance(row, PersonRow):
            return
        person = row.person
        if person.access is Access.NONE:
            self.shell.say(f"{person.given}'s record is not open to you: {person.why}.", person.next, ok=False)
        else:
            self.shell.open_record(person)

    # giving and ending access

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`d` only on an access that the viewer gave and that still holds."""
        grant = self._grant()
        return grant is not None and grant.can_be_ended if action == "revoke" else True

    def _grant(self) -> Grant | None:
        row = self.query_one("#family", VirtualList).current if self.is_mounted else None
        return row.grant if isinstance(row, GrantRow) else None

    def action_log(self) -> None:
        """`o`: the log of the person under the cursor, else the viewer's own."""
        row = self.query_one("#family", VirtualList).current
        person = row.person if isinstance(row, PersonRow) else self._me()
        if person is not None:
            self.app.push_screen(AccessLogScreen(person))

    def _me(self) -> FamilyMember | None:
        return self.shell.people.people[0] if self.shell.people else None

    def action_give(self) -> None:
        self._give()

    def _give(self, filled: Wish = NOTHING) -> None:
        me, access = self._me(), self.shell.portal.family
        if me is not None:
            form = GrantForm(
                me,
                self.shell.now().date(),
                partial(give_preview, me),
                lambda wish: self._shown(access.grant(wish.receiver, wish.scope, until=wish.until)),
                filled=filled,
            )
            self.app.push_screen(form, partial(self._sent, "Offered to {}, who has to accept it."))

    def _sent(self, words: str, wish: Wish | None) -> None:
        if wish is not None:
            self._done(words.format(wish.receiver), True)

    def action_revoke(self) -> None:
        me, grant = self._me(), self._grant()
        if me is not None and grant is not None and grant.can_be_ended:
            access, done = self.shell.portal.family, partial(self._done, f"{grant.receiver} no longer has access.")
            confirm = Confirm(end_preview(me, grant), lambda: self._shown(access.revoke(grant)))
            self.app.push_screen(confirm, done)

    def action_ask(self) -> None:
        me, access = self._me(), self.shell.portal.family
        if me is not None:
            form = AskForm(
                me,
                self.shell.now().date(),
                partial(ask_preview, me),
                lambda wish: self._shown(access.ask(wish.receiver, wish.scope)),
            )
            self.app.push_screen(form, partial(self._sent, "If the user name {} exists, its owner has been asked."))

    # answering

    def _answer_offer(self, grant: Grant) -> None:
        me, access = self._me(), self.shell.portal.family

        async def answer(*, accepted: bool) -> None:
            await self._shown(access.answer(grant, accepted=accepted))

        if me is not None:
            dialog = Waiting(offer_preview(me, grant), partial(answer, accepted=True), partial(answer, accepted=False))

            def done(answered: bool | None) -> None:
                self._done(answered_words(grant, accepted=not dialog.refused), answered)

            self.app.push_screen(dialog, done)

    def _answer_request(self, request: AccessRequest) -> None:
        me, access = self._me(), self.shell.portal.family
        if me is not None:
            refuse = partial(access.refuse, request)
            dialog = Waiting(request_preview(me, request), _form_opens, lambda: self._shown(refuse()))

            def done(answered: bool | None) -> None:
                if answered and not dialog.refused:
                    self._give(Wish(request.user_name, request.scope, None))
                else:
                    self._done(f"{request.user_name} gets no access.", answered)

            self.app.push_screen(dialog, done)

    def _done(self, words: str, done: bool | None) -> None:
        if done:
            self.shell.say(words)

    async def _shown(self, act: Awaitable[object]) -> None:
        """What becomes of an act shows here, whether or not its dialog was waited in."""
        try:
            await act
        finally:
            self.call_next(self.load)


async def _form_opens() -> None:
    """Saying yes to a request does nothing yet."""
