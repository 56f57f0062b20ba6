"""Place 7 where there is no portal: the patients of the server, to choose whose record to open."""

from collections.abc import AsyncIterator
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.base.search import folded
from genesis_tui.models.family import Patient, PatientPage, unreadable_words
from genesis_tui.screens.base.error_notice import cause_of
from genesis_tui.screens.base.list_detail import RowList
from genesis_tui.screens.base.place import Place
from genesis_tui.screens.family.patient_rows import PatientRow, PatientView, count_words, head_paras
from genesis_tui.widgets.forms.search_field import SearchRow
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.load_state import LoadState, Notice, empty, failed, loading
from genesis_tui.widgets.page import Page, Para
from genesis_tui.widgets.virtual_list import VirtualList

AHEAD = 10
"""Rows before the end at which the next page is asked for."""
Pages = AsyncIterator[PatientPage]


class PatientList(RowList[PatientRow]):
    """The patients under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "open record", id="patients.open")]


class PatientsScreen(Place):
    """An open server is paged through as the cursor goes down; one with a sign-in shows those signed in for."""

    DEFAULT_CSS = """
    PatientsScreen #listing { height: 1fr; }
    PatientsScreen #rows { height: 1fr; }
    PatientsScreen #count { height: 1; }
    """
    PLACE = "family"
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "find by name or id", id="patients.search"),
        Binding("n", "another", "sign in for another", id="patients.another"),
        Binding("f5,full_stop", "reload", "refresh", id="patients.reload"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: list[Patient] = []
        self._found: list[Patient] | None = None
        """What the server found for the words; None while nothing was searched for."""
        self._unreadable: list[str] = []
        """Those of the list who can't be read."""
        self._pages: Pages | None = None
        self._more = False

    def compose_body(self) -> ComposeResult:
        with Vertical(id="listing", classes="pane"):
            yield Page(id="head")
            yield SearchRow("name or id, then enter", id="search")
            yield Page(id="count")
            yield LoadState(id="state")
            yield PatientList(PatientView(self.shell.now().date()), id="rows")

    def on_mount(self) -> None:
        for page in self.query(Page):
            page.can_focus = False
        self._arrange()
        self.load()

    def on_resize(self) -> None:
        """Another size may leave out what is known by now."""
        self._arrange()

    def on_screen_resume(self) -> None:
        """Another record may be open, and others may have been signed in for."""
        if self.shell.portal.family.by_sign_in:
            self._known = list(self.shell.portal.family.picked)
        self._arrange()

    @property
    def people(self) -> VirtualList[PatientRow]:
        """The rows."""
        return cast("VirtualList[PatientRow]", self.query_one("#rows", VirtualList))

    # loading

    def action_reload(self) -> None:
        self.load()

    @work(exclusive=True, group="patients")
    async def load(self) -> None:
        """The first page; old rows stay until it is there."""
        portal = self.shell.portal
        if portal.family.by_sign_in:
            self._known, self._more = list(portal.family.picked), False
            self.fetched = Fetched("ready", self.shell.now())
            self._arrange()
            return
        self._pages, self._more = portal.family.patients(), True
        self._unreadable.clear()
        await self._take(self._pages, [])

    @work(exclusive=True, group="patients")
    async def load_more(self) -> None:
        """The page after those that are there."""
        if self._pages is not None:
            await self._take(self._pages, self._known)

    async def _take(self, pages: Pages, known: list[Patient]) -> None:
        before = self.fetched
        self.fetched = before._replace(state="fetching")
        if not self._known:
            self._say(loading())
        try:
            page = await anext(pages, None)
        except ApiError as error:
            self.fetched, self._more = before, False
            self._say(_failed(error, begun=bool(known)))
            return
        self._more = page is not None
        self._unreadable += page.unreadable if page else ()
        ids = {p.id for p in known}
        self._known = [*known, *(p for p in page or () if p.id not in ids)]
        self.fetched = Fetched("ready", self.shell.now())
        self._say(None)
        self._arrange()
        if self._more and len(self._known) <= self.people.cursor + AHEAD:
            self.load_more()

    @on(VirtualList.Highlighted)
    def _moved(self) -> None:
        if self._more and self._found is None and self.people.cursor + AHEAD >= len(self.people.rows):
            self.load_more()

    # showing

    def _say(self, notice: Notice | None) -> None:
        self.query_one("#state", LoadState).notice = notice

    def _arrange(self) -> None:
        words = self.query_one(SearchRow).words
        known = self._known if self._found is None else self._found
        shown = sorted((p for p in known if p.fits(words)), key=lambda p: (folded(p.family), folded(p.name)))
        record = self.shell.portal.record
        here = record.patient.id if record else ""
        view = PatientView(self.shell.now().date())
        self.people.show([PatientRow(p, open=p.id == here) for p in shown], view)
        more = self._more and self._found is None
        count = self.query_one("#count", Page)
        lost = unreadable_words(self._unreadable)
        counted = Para(count_words(len(shown), len(known), more=more), "muted")
        count.rows = (counted, *([Para(lost, "pending")] if lost else []))
        count.styles.height = min(3, count.height_for(max(20, self.app.size.width)))
        if self.fetched.state == "ready" and not shown:
            self._say(_nothing(words, asked=self._found is not None))
        elif shown:
            self._say(None)
        self._head()
        self.refresh_bindings()
        self.refresh_frame()

    def _head(self) -> None:
        head = self.query_one("#head", Page)
        low = self.app.size.height < 16
        head.rows = tuple(head_paras(self.shell.host, listed=not self.shell.portal.family.by_sign_in, low=low))
        head.styles.height = head.height_for(max(20, self.app.size.width))

    # searching

    def action_search(self) -> None:
        self.query_one(SearchRow).open()

    @on(SearchRow.Asked)
    def _asked(self, event: SearchRow.Asked) -> None:
        event.stop()
        self._found = None
        self._arrange()

    @on(SearchRow.Left)
    def _left(self, event: SearchRow.Left) -> None:
        event.stop()
        self.people.focus()
        if event.entered and not self.shell.portal.family.by_sign_in:
            self.find(self.query_one(SearchRow).words)

    @work(exclusive=True, group="find")
    async def find(self, words: str) -> None:
        """Ask the server for this name or id; the rows stay until it has answered."""
        before = self.fetched
        self.fetched = before._replace(state="fetching")
        found: list[Patient] = []
        try:
            async for page in self.shell.portal.family.patients(words):
                found += page.patients
        except ApiError as error:
            self.not_fetched(before, error)
            self.shell.report(error)
            return
        self.fetched = Fetched("ready", self.shell.now())
        if words == self.query_one(SearchRow).words:
            self._found = found
            self._arrange()

    def action_back(self) -> None:
        """`esc`: everybody again, else put messages away."""
        if self.query_one(SearchRow).words and not self.shell.notes:
            self.query_one(SearchRow).clear()
        else:
            super().action_back()

    # choosing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something on this server."""
        return self.shell.portal.family.by_sign_in if action == "another" else True

    def action_another(self) -> None:
        """`n`: sign in again, for another patient; those signed in for stay."""
        self.shell.sign_in_again()

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened) -> None:
        self.choose(cast(PatientRow, event.row).patient)

    @work(exclusive=True, group="choose")
    async def choose(self, patient: Patient) -> None:
        member = self.shell.portal.family.pick(patient)
        self.shell.people = await self.shell.portal.family.load()
        self.shell.open_record(member)


def _failed(error: ApiError, *, begun: bool = False) -> Notice:
    keys = (("f5", "try again"), ("/", "find by name or id"))
    what = "all patients" if begun else "patients"
    return failed(
        f"Can't list {what}",
        cause_of(error),
        error.next,
        request=error.request_id,
        keys=keys,
    )


def _nothing(words: str, *, asked: bool) -> Notice:
    if not words:
        return empty("No patients", "This server lists nobody.")
    if asked:
        return Notice(f"Nobody found for “{words}”.", keys=(("esc", "shows everybody"),))
    return Notice(f"Nobody listed so far for “{words}”.", keys=(("enter", "asks the server"),))
