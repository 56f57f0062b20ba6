"""Home: what is new since the last visit, for the whole family, by person (MOCKUPS §1)."""

import asyncio
from typing import ClassVar

from rich.segment import Segment
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive

from genesis_tui.models.base.dates import clock, weekday
from genesis_tui.models.base.errors import ApiError, SignedOut
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.models.home import NewItem, PersonNews
from genesis_tui.screens.base.error_notice import no_portal
from genesis_tui.screens.base.place import Place
from genesis_tui.screens.home.aside import Aside
from genesis_tui.screens.home.rows import (
    AccessRow,
    Account,
    AwaitedRow,
    HomeRow,
    HomeView,
    NewsRow,
    SupplyRow,
    TextRow,
    UpcomingRow,
    access_rows,
    counted,
    home_rows,
)
from genesis_tui.widgets.drawing.lines import Line, spread, styled
from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.load_state import LoadState, failed
from genesis_tui.widgets.virtual_list import VirtualList

AT_ONCE = 4
"""People whose news are asked for at the same time."""


class HomeHead(Row):
    """Since when, and how much."""

    since: reactive[str] = reactive("")
    count: reactive[str] = reactive("")

    def segments(self, width: int) -> list[Segment]:
        line: Line = spread([(f"  {self.since}", "bold")], [(self.count, "muted"), ("  ", "")], width)
        return [Segment(text, styled(painted(self), role)) for text, role in line]


class HomeList(VirtualList[HomeRow]):
    """People and what is new for them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "open as that person", id="home.open")]


class HomeScreen(Place):
    """The whole family's news."""

    PLACE = "home"
    FAMILY_WIDE = True
    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "HomeList"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5,full_stop", "reload", "refresh", id="home.reload")]

    def __init__(self) -> None:
        super().__init__()
        self._news: dict[str, PersonNews | str] = {}
        self._unsent: dict[str, tuple[NewItem, ...]] = {}
        self._deers_read = ""
        self._asks: tuple[str, ...] = ()
        """Kinds of results that ask first, as of what shows."""
        self._came = False
        """Whether something came that does not show yet."""

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="home"):
            with Vertical(id="news", classes="pane"):
                yield HomeHead()
                yield LoadState()
                yield HomeList(HomeView())
            yield Aside(classes="pane divided")

    def on_mount(self) -> None:
        me = self.shell.portal.sign_in.me
        last = self.shell.local(me.last_visit) if me and me.last_visit else None
        self.query_one(HomeHead).since = f"New since {weekday(last)} {clock(last)}" if last else "New for you"

    def on_screen_resume(self) -> None:
        """What was new may have been read meanwhile; what asks before it opens by now is not told as it was (REL-6)."""
        me = self.shell.portal.sign_in.me
        if me is not None and me.ask_first != self._asks:
            self._asks = me.ask_first
            self._news.clear()
            self._show()
        self.load()

    def mail_moved(self) -> None:
        """Something became of a message on its way."""
        if self.is_current:
            self.load()

    def on_resize(self) -> None:
        self._show()

    def action_reload(self) -> None:
        self.load()

    @work(exclusive=True, group="home")
    async def load(self) -> None:
        """The family, then everybody's news, each as it comes; old rows stay until then.

        The first time the family has just been asked for, at the sign-in.
        """
        if not self.shell.portal.connection.has_portal:
            self._say_no_portal()
            return
        before = self.fetched
        self.fetched = before._replace(state="fetching")
        await self._read_unsent()
        self._show_soon()
        try:
            self.shell.people = await self.shell.portal.family.load(fresh=before.at is not None)
            self._show_soon()
            turns = asyncio.Semaphore(AT_ONCE)
            open_ones = [p for p in self.shell.people.people if p.access is not Access.NONE]
            await asyncio.gather(*(self._ask(person, turns) for person in open_ones), self._read_account())
        except ApiError as error:
            self.not_fetched(before, error)
            self._failed(error)
        else:
            self.query_one(LoadState).notice = None
            self.fetched = Fetched("ready", self.shell.now())

    def _say_no_portal(self) -> None:
        for part in (HomeHead, HomeList, Aside):
            self.query_one(part).display = False
        self.query_one(LoadState).notice = no_portal()

    async def _read_unsent(self) -> None:
        """What is not sent shows at once, whatever the server does."""
        for person in self.shell.people.people if self.shell.people else ():
            known = self._news.get(person.id)
            news = await self.shell.portal.home.unsent(person, known if isinstance(known, PersonNews) else None)
            self._unsent[person.id] = tuple(item for item in news.items if item.is_draft)
            if isinstance(known, PersonNews):
                self._news[person.id] = news

    async def _ask(self, person: FamilyMember, turns: asyncio.Semaphore) -> None:
        """One person's news; a failure is that person's own line."""
        async with turns:
            try:
                self._news[person.id] = await self.shell.portal.home.news(person)
            except SignedOut:
                raise
            except ApiError as error:
                self._news[person.id] = " ".join(part for part in (error.title, error.next) if part)
        self._show_soon()

    async def _read_account(self) -> None:
        """When DEERS was last read for the person signed in; nothing is said where that can't be told."""
        people = self.shell.people
        if not self.wide or people is None:
            return
        try:
            profile = await self.shell.portal.family.profile(people.people[0])
        except SignedOut:
            raise
        except ApiError:
            return
        if profile.deers_read is not None:
            read = self.shell.local(profile.deers_read)
            today = read.date() == self.shell.now().date()
            self._deers_read = clock(read) if today else f"{weekday(read)} {clock(read)}"
            self._show_soon()

    def _failed(self, error: ApiError) -> None:
        if isinstance(error, SignedOut):
            self.shell.report(error)
            return
        cause = " ".join(dict.fromkeys(part for part in (error.title, error.detail) if part))
        keys = (("f5", "try again"), ("f1", "who to call"))
        self.query_one(LoadState).notice = failed(
            "Can't load the family's news", cause, error.next, request=error.request_id, keys=keys
        )

    def _show_soon(self) -> None:
        """Show what came, once for all that comes meanwhile."""
        if not self._came:
            self._came = True
            self.call_later(self._show_what_came)

    def _show_what_came(self) -> None:
        if self._came:
            self._show()

    def _show(self) -> None:
        self._came = False
        people = self.shell.people.people if self.shell.people else ()
        found = [(person, self._news.get(person.id)) for person in people]
        access = access_rows(self.shell.people)
        height = self.app.size.height
        me = self.shell.portal.sign_in.me
        view = HomeView(two_rows=self.two_rows, zone=me.zone if me else "")
        self.query_one(HomeList).show(
            home_rows(found, gaps=height >= 30, ahead=not self.wide, unsent=self._unsent, access=access), view
        )
        self.query_one(HomeHead).count = counted(found, access=len(access))
        aside = self.query_one(Aside)
        aside.news = tuple(news for _, news in found if isinstance(news, PersonNews))
        aside.account = Account(me.method, me.level, self._deers_read, me.zone) if me else Account("", "")
        self.refresh_frame()

    @on(HomeList.Opened)
    def _opened(self, event: HomeList.Opened) -> None:
        row = event.row
        if isinstance(row, NewsRow):
            self.shell.open_record(row.person, row.item.place, row.item.key)
        elif isinstance(row, UpcomingRow):
            self.shell.open_record(row.person, "appointments", row.coming.key)
        elif isinstance(row, AwaitedRow):
            self.shell.open_record(row.person, "inbox", row.awaited.key)
        elif isinstance(row, SupplyRow):
            self.shell.open_record(row.person, "refills", row.supply.key)
        elif isinstance(row, AccessRow):
            self.shell.go("family")
        elif isinstance(row, TextRow):
            self.shell.open_record(row.person, "results")
