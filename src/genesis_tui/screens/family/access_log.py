"""Who opened a record: when, who, what they did, and why they could or could not (AUD-1, FAM-10)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.base.dates import MONTHS, instant_text
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.base.search import folded
from genesis_tui.models.family import AccessEvent, FamilyMember, LogKind
from genesis_tui.screens.base.error_notice import whose
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.family.rows import EventRow, event_when
from genesis_tui.widgets.chips import Chip, ChipsRow
from genesis_tui.widgets.drawing.cells import fit, left
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.load_state import Notice, empty, loading
from genesis_tui.widgets.page import Para, Shown, fact, heading, para_lines
from genesis_tui.widgets.virtual_list import RowView

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

LogRow = EventRow | Para
CHIPS = tuple(Chip(str(kind), str(kind).capitalize()) for kind in LogKind)
MOST = 1_000
"""Events that are fetched at most."""
_NARROW = 60
_WHEN, _WHO, _DID = 16, 17, 27


def log_rows(events: Sequence[AccessEvent], local: Callable[[datetime], datetime], words: str = "") -> list[LogRow]:
    """Events that hold each word typed, newest first, under their months."""
    rows: list[LogRow] = []
    month = ""
    for event in events:
        row = EventRow(event, local(event.at))
        if not _holds(row, words):
            continue
        if month != (month := f"{MONTHS[row.at.month - 1]} {row.at.year}"):
            rows.append(heading(f"{row.at:%B %Y}"))
        rows.append(row)
    return rows


def _holds(row: EventRow, words: str) -> bool:
    text = folded(f"{event_when(row.at)} {row.at:%B %Y} {row.event.by} {row.event.words} {row.event.why}")
    return all(word in text for word in folded(words).split())


class LogView(RowView[LogRow]):
    """When, who, what and why in one row; in two where it is narrow."""

    def key(self, row: LogRow) -> str:
        return f"{row.at.isoformat()} {row.event.who} {row.event.words}" if isinstance(row, EventRow) else ""

    def selectable(self, row: LogRow) -> bool:
        return isinstance(row, EventRow)

    def heights(self, rows: Sequence[LogRow], width: int) -> list[int]:
        return [2 if width < _NARROW and isinstance(row, EventRow) else 1 for row in rows]

    def draw(self, row: LogRow, width: int) -> Sequence[Line]:
        if isinstance(row, Para):
            return para_lines(row, width)[:1]
        event = row.event
        when, role = left(event_when(row.at), _WHEN), "abnormal" if event.refused else ""
        if width < _NARROW:
            return [
                [(f" {when}  ", "muted"), (fit(event.why, width - _WHEN - 4), "muted")],
                [("   ", ""), (fit(f"{event.by} {event.words}", width - 4), role)],
            ]
        room = width - _WHEN - _WHO - 6
        did = fit(event.words, room)
        did = left(did, min(_DID, room)) if len(did) <= _DID else did
        return [
            [
                (f" {when}  ", "muted"),
                (f"{left(fit(event.by, _WHO), _WHO)} ", ""),
                (did, role),
                (f"  {fit(event.why, max(0, room - len(did) - 1))}" if room - len(did) > 3 else "", "muted"),
            ]
        ]


class AccessLogScreen(ListDetail[LogRow]):
    """The log of one person's record, and one event of it in full."""

    PLACE = "family"
    FAMILY_WIDE = True
    WHAT = "access log"
    SEARCH = "name, day or what"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "kind(-1)", "kind", key_display="← →", id="access-log.kind-before"),
        Binding("right", "kind(1)", show=False, id="access-log.kind"),
        Binding("slash", "search", "find", id="access-log.search"),
    ]

    def __init__(self, person: FamilyMember) -> None:
        super().__init__()
        self._person = person
        self._kind = LogKind.ALL
        self._events: tuple[AccessEvent, ...] = ()
        self._total, self._days = 0, 0
        self._known = False

    def compose_above(self) -> ComposeResult:
        yield ChipsRow(id="kinds")

    def on_mount(self) -> None:
        row = self.query_one(ChipsRow)
        row.chips, row.here = CHIPS, str(self._kind)

    # loading

    async def read(self, record: "OpenRecord | None" = None) -> None:
        """Page after page of the kind that is chosen, shown as they come."""
        kind, events, before = self._kind, tuple[AccessEvent, ...](), ""
        while True:
            page = await self.shell.portal.family.access_log(self._person, kind=kind, before=before)
            if kind is not self._kind:
                return
            events, before = (*events, *page.events), page.next
            self._events, self._total, self._days, self._known = events, page.total, page.days, True
            self.show_rows()
            if not before or len(events) >= MOST or self.shell.portal.offline.since is not None:
                return

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Old rows stay until new ones are there; no record need be open."""
        before, self._error = self.fetched, None
        self.fetched = before._replace(state="fetching")
        if not self.list.rows:
            self.say(loading())
        try:
            await self.read()
        except ApiError as error:
            self.not_fetched(before, error)
            self._failed(error, self._person)
        else:
            self.fetched = Fetched("ready", self.shell.now())

    def forget(self) -> None:
        self._events, self._total, self._known = (), 0, False

    # showing

    def show_rows(self) -> None:
        rows = log_rows(self._events, self.shell.local, self.words)
        chips = self.query_one(ChipsRow)
        chips.here = str(self._kind)
        chips.end = ((f"{self._title()}: {self._total} in {self._days} days ", "muted"),) if self._known else ()
        self.put(rows, LogView(), nothing=self._nothing() if self._known else None)

    def _title(self) -> str:
        return f"Who opened {'my' if self._person.relation == 'you' else whose(self._person)} record"

    def _nothing(self) -> Notice:
        if self.words and self._events:
            return Notice(f"Nothing with “{self.words}” among {len(self._events):,}.", keys=(("esc", "shows all"),))
        if self._kind is LogKind.ALL:
            return empty(f"Nobody but you in {self._days} days", "Mine shows what you did yourself.")
        return empty(f"Nothing of this kind in {self._days} days", "← → shows other kinds.")

    def detail_of(self, row: LogRow | None) -> Sequence[Shown]:
        """All that is known of one event."""
        if not isinstance(row, EventRow):
            return ()
        event, me = row.event, self.shell.portal.sign_in.me
        return [
            Para(f"{event.by} {event.words}", "bold abnormal" if event.refused else "bold"),
            Para(),
            fact("When", instant_text(event.at, me.zone if me else None)),
            fact("Who", f"{event.who} (you)" if event.mine else event.who),
            fact("For whom", self._person.name),
            fact("Outcome", "refused" if event.refused else "allowed"),
            *([fact("Why", event.why)] if event.why else []),
            *([fact("Rule", event.rule)] if event.rule else []),
            *([fact("Request", event.request_id)] if event.request_id else []),
        ]

    def line_of(self, row: LogRow) -> str:
        if not isinstance(row, EventRow):
            return ""
        event, me = row.event, self.shell.portal.sign_in.me
        when = instant_text(event.at, me.zone if me else None)
        why = f" ({event.why})" if event.why else ""
        return f"{when}: {event.by} {event.words}{why}, request {event.request_id}"

    # keys

    def action_kind(self, by: int) -> None:
        self._choose(self.query_one(ChipsRow).after(by))

    @on(ChipsRow.Chosen)
    def _chip(self, event: ChipsRow.Chosen) -> None:
        self._choose(event.id)

    def _choose(self, kind: str) -> None:
        self._kind = LogKind(kind)
        self.forget()
        self.show_rows()
        self.load()
