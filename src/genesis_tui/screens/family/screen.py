"""Place 7: the family, access given and received, and who opened my record (FAM-1 to FAM-6, AUD-1)."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.family import Access, FamilyMember, Grant
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.place import Place
from genesis_tui.screens.family.grant_form import AskForm, GrantForm, Wish
from genesis_tui.screens.family.previews import answer_preview, answered_words, ask_preview
from genesis_tui.screens.family.rows import (
    FamilyRow,
    FamilyView,
    GrantRow,
    PersonRow,
    RequestRow,
    day_words,
    event_rows,
    family_rows,
    grant_words,
)
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.page import fact
from genesis_tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from genesis_tui.models.family import AccessEvent, Family


class FamilyScreen(Place):
    """People and grants at the left; who opened the record at the right, or below where it is narrow."""

    DEFAULT_CSS = """
    FamilyScreen #family { width: 1fr; }
    FamilyScreen #log { width: 45; }
    """
    PLACE = "family"
    FAMILY_WIDE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "give", "give access", id="family.give", tooltip="give somebody access to your record"),
        Binding("a", "accept", "accept", id="family.accept", tooltip="accept access that is offered to you"),
        Binding("x", "refuse", "refuse", id="family.refuse", tooltip="refuse access that is offered to you"),
        Binding("w", "ask", "ask for access", id="family.ask", tooltip="ask an adult for access to their record"),
        Binding("d", "revoke", "end access", id="family.revoke", tooltip="end an access that you gave"),
        Binding("f5,full_stop", "reload", "refresh", id="family.reload"),
    ]

    def compose_body(self) -> ComposeResult:
        """Two panes; the right one only where there is room."""
        with Horizontal():
            yield VirtualList(FamilyView(), id="family", classes="pane")
            yield VirtualList(FamilyView(), id="log", classes="pane divided")

    def on_mount(self) -> None:
        self._events: tuple[AccessEvent, ...] = ()
        self._older = ""
        """Where the log goes on; empty at its end."""
        if self.shell.people is not None:
            self._show(self.shell.people)
        self.load()

    def on_resize(self) -> None:
        """The log moves between its own pane and the end of the list."""
        if self.shell.people is not None:
            self._show(self.shell.people)

    def action_reload(self) -> None:
        self.load()

    @work(exclusive=True, group="family")
    async def load(self) -> None:
        """The family, then who opened the viewer's own record."""
        before = self.fetched
        self.fetched = replace(before, state="fetching")
        try:
            self.shell.people = family = await self.shell.portal.family.load()
            self._show(family)
            page = await self.shell.portal.family.access_log(family.people[0])
        except ApiError as error:
            self.not_fetched(before, error)
            self.shell.report(error)
        else:
            self._events, self._older = page.events, page.next
            self.fetched = Fetched("ready", self.shell.now())
            self._show(family)

    @on(VirtualList.Positioned)
    def _positioned_log(self, event: VirtualList.Positioned) -> None:
        """The next page of the log is fetched before its last line comes into sight."""
        shown = event.record_list
        near = shown.scroll_offset.y + 2 * shown.size.height >= shown.virtual_size.height
        online = self.shell.portal.offline.since is None
        if online and self._older and near and shown.id == ("log" if self.wide else "family"):
            self.load_older()

    @work(group="older")
    async def load_older(self) -> None:
        """More of who opened the viewer's record, after what is there."""
        family, before = self.shell.people, self._older
        self._older = ""
        if family is None or not before:
            return
        try:
            page = await self.shell.portal.family.access_log(family.people[0], before=before)
        except ApiError as error:
            self._older = before
            self.shell.report(error)
        else:
            self._events, self._older = (*self._events, *page.events), page.next
            self._show(family)

    def _show(self, family: "Family") -> None:
        record = self.shell.portal.record
        rows = family_rows(family, record.patient.id if record else "", self.shell.local)
        log = event_rows(self._events, self.shell.local)
        people, right = (self.query_one(f"#{id}", VirtualList) for id in ("family", "log"))
        right.display = self.wide
        people.rows = tuple(rows if self.wide else [*rows, *log])
        right.rows = tuple(log[1:] if self.wide else ())
        self.refresh_frame()

    @on(VirtualList.Highlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened) -> None:
        row = cast(FamilyRow, event.row)
        if isinstance(row, RequestRow):
            self._give(row.request.user_name, row.request.scope)
        if not isinstance(row, PersonRow):
            return
        person = row.person
        if person.access is Access.NONE:
            self.shell.say(f"{person.given}'s record is not open to you: {person.why}.", person.next, ok=False)
        else:
            self.shell.open_record(person)

    # giving and ending access

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`d` only on an access that the viewer gave and that still holds, `a` and `x` on what waits for them."""
        grant = self._grant()
        if action in ("accept", "refuse"):
            return grant is not None and grant.waits_for_me
        return grant is not None and grant.can_be_ended if action == "revoke" else True

    def _grant(self) -> Grant | None:
        row = self.query_one("#family", VirtualList).current if self.is_mounted else None
        return row.grant if isinstance(row, GrantRow) else None

    def _me(self) -> FamilyMember | None:
        return self.shell.people.people[0] if self.shell.people else None

    def action_give(self) -> None:
        self._give()

    def _give(self, receiver: str = "", scope: Access = Access.FULL) -> None:
        me = self._me()
        if me is not None:
            form = GrantForm(me, self.shell.now().date(), receiver=receiver, scope=scope)
            self.app.push_screen(form, partial(self._preview_grant, me))

    def _preview_grant(self, me: FamilyMember, wish: Wish | None) -> None:
        if wish is None:
            return
        preview = ActPreview(
            me,
            f"Give {wish.scope.value} access to {wish.receiver}",
            "give access",
            (fact("Until", day_words(wish.until) if wish.until else "you end it"),),
            "It opens nothing until they accept it under Family. You can end it here at any time.",
        )
        act = partial(self.shell.portal.family.grant, wish.receiver, wish.scope, until=wish.until)
        self.app.push_screen(
            Confirm(preview, act), partial(self._done, f"Offered to {wish.receiver}, who has to accept it.")
        )

    def action_revoke(self) -> None:
        me, grant = self._me(), self._grant()
        if me is None or grant is None or not grant.can_be_ended:
            return
        preview = ActPreview(
            me,
            f"End the access of {grant.receiver}",
            "end access",
            (fact("Access", grant_words(grant)),),
            "Their next request is refused. You can give access again.",
        )
        act = partial(self.shell.portal.family.revoke, grant)
        self.app.push_screen(Confirm(preview, act), partial(self._done, f"{grant.receiver} has no access any more."))

    def action_accept(self) -> None:
        self._answer(accepted=True)

    def action_refuse(self) -> None:
        self._answer(accepted=False)

    def _answer(self, *, accepted: bool) -> None:
        me, grant = self._me(), self._grant()
        if me is not None and grant is not None and grant.waits_for_me:
            act = partial(self.shell.portal.family.answer, grant, accepted=accepted)
            done = partial(self._done, answered_words(grant, accepted=accepted))
            self.app.push_screen(Confirm(answer_preview(me, grant, accepted=accepted), act), done)

    def action_ask(self) -> None:
        me = self._me()
        if me is not None:
            self.app.push_screen(AskForm(me, self.shell.now().date()), partial(self._preview_ask, me))

    def _preview_ask(self, me: FamilyMember, wish: Wish | None) -> None:
        if wish is not None:
            act = partial(self.shell.portal.family.ask, wish.receiver, wish.scope)
            done = partial(self._done, f"{wish.receiver} is asked, if anybody has that user name.")
            self.app.push_screen(Confirm(ask_preview(me, wish), act), done)

    def _done(self, words: str, done: bool | None) -> None:
        if done:
            self.shell.say(words)
            self.load()
