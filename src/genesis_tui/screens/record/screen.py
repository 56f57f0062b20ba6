"""Place 6: the record by section; sections, entries and detail, side by side from 120 columns (REC-1)."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from genesis_tui.models.base.dates import NEVER, long_day
from genesis_tui.models.base.errors import ApiError, RecordClosed, SignedOut, Unreachable
from genesis_tui.models.record import LEDGER, Entries, Entry, Section, has_text, matching, measured, of_ledger
from genesis_tui.models.record import section as section_of
from genesis_tui.models.results.result import ResultKind, leading
from genesis_tui.screens.base.care_team import AskCareTeam, Subject
from genesis_tui.screens.base.error_notice import error_notice, lacking_text, reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.base.trend import Trends
from genesis_tui.screens.record.detail import EntrySpace, fact_text, told
from genesis_tui.screens.record.exports import RecordExports
from genesis_tui.screens.record.files import EntryFiles
from genesis_tui.screens.record.loaded import LoadedSections
from genesis_tui.screens.record.panes import EntryPane, SectionList, SectionPane, Title
from genesis_tui.screens.record.rows import EntryRow, EntryView, SectionView, with_headings
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.load_state import LoadState, Notice, empty, loading
from genesis_tui.widgets.page import Shown
from genesis_tui.widgets.virtual_list import VirtualList, columns_for

if TYPE_CHECKING:
    from genesis_tui.models.base.also_recorded import AlsoRecorded
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.open_record import OpenRecord

_BETWEEN_PAGES = 0.25
"""Seconds between two drawings of the list while pages come in."""


class RecordScreen(ListDetail[EntryRow]):
    """Everything that is on record of the open patient."""

    PLACE = "record"
    WHAT = "record"
    SEARCH = "any word of an entry"
    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#sections"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "trend", "trend", id="record.trend"),
        Binding("T", "any_trend", "trend of any test", show=False, id="record.any-trend"),
        Binding("e", "export", "export", id="record.export"),
        *AskCareTeam.BINDINGS,
        Binding("slash", "search", "find", id="record.find"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known = LoadedSections()
        self._here: Section | None = None
        self._inside = False
        self._also: tuple[Entry | None, tuple[AlsoRecorded, ...]] = None, ()
        self.ask = AskCareTeam(self, self.about, self.follow)
        self.files = EntryFiles(self)
        self.exports = RecordExports(self, self._known, self._on_sight)
        self.trends = Trends(self, self.open_value)

    def compose_before(self) -> ComposeResult:
        yield SectionPane(id="chooser", classes="pane")

    def compose_above(self) -> ComposeResult:
        yield Title()

    def make_detail(self) -> Widget:
        return EntryPane(id="detail")

    @property
    def what(self) -> str:
        return self._here.noun if self._here else self.WHAT

    @property
    def chooser(self) -> SectionList:
        """The sections."""
        return self.query_one(SectionList)

    def _lay_out(self) -> None:
        super()._lay_out()
        self.query_one("#chooser").display = self.wide or not (self._inside or self._reading)
        listing = self.query_one("#listing")
        listing.display = self.wide or (self._inside and not self._reading)
        listing.set_class(self.wide, "divided")

    # loading

    async def read(self, record: "OpenRecord") -> None:
        """The sections there are, then the open one."""
        if not self._known.sections:
            self._known.sections = (*await record.entries.sections(), LEDGER)
            for section in self._known.sections:
                self._known.close(section, record.entries.refused(section))
            self._show_sections()
        if self._here is not None:
            await self._read_section(record, self._here)
        self.count(record)
        self.ask.read_corrections(record)

    async def _read_section(self, record: "OpenRecord", section: Section) -> None:
        if section is LEDGER:
            self._known.take(section, of_ledger(await record.ledger.load()))
            self.show_rows()
            return
        drawn = 0.0
        async for page in record.entries.load(section):
            self._known.take(section, page)
            if self._here is section and (page.complete or time.monotonic() - drawn >= _BETWEEN_PAGES):
                self.show_rows()
                drawn = time.monotonic()

    @work(exclusive=True, group="count")
    async def count(self, record: "OpenRecord") -> None:
        """The other sections, one after the other, so that their counts stand beside their names.

        What is made of all of them is made once, or as they come where somebody looks at it.
        """
        for section in self._known.sections:
            if section.across or section.on_request or not self._known.unknown(section):
                continue
            try:
                await self._fetch(record, section)
            except RecordClosed:
                return
            except Unreachable:
                break
            except SignedOut as error:
                self.shell.report(error)
                return
            except ApiError as error:
                self._known.fail(section, error)
            self._show_sections()
            if self._here is not None and self._here.across:
                await self._gather(record)
        await self._gather(record)

    async def _fetch(self, record: "OpenRecord", section: Section) -> None:
        async for page in record.entries.load(section, fresh=False):
            if page.complete:
                self._known.take(section, page)

    async def _gather(self, record: "OpenRecord") -> None:
        """The sections that are made of what the others hold."""
        for section in self._known.sections:
            if section.across:
                await self._fetch(record, section)
        self._show_sections()
        if self._here is not None and self._here.across:
            self.show_rows()

    def _failed(self, error: ApiError, person: "FamilyMember") -> None:
        if self._here is not None and not isinstance(error, SignedOut):
            self._known.fail(self._here, error)
        super()._failed(error, person)
        self._show_sections()

    def say(self, notice: Notice | None) -> None:
        """Over the entries, and where those don't show over the sections."""
        super().say(notice)
        self.query_one("#trouble", LoadState).notice = notice if self._here is None else None

    def forget(self) -> None:
        if self._here is not None:
            self._known.forget(self._here)

    # sections

    def _show_sections(self) -> None:
        self.chooser.show(self._known.rows(), SectionView())

    @on(VirtualList.Highlighted, "#sections")
    def _section_highlighted(self) -> None:
        if self.wide:
            if self._timer is not None:
                self._timer.stop()
            self._timer = self.set_timer(0.06, self._follow_section)

    def _follow_section(self) -> None:
        section = self.chooser.section
        if section is not None and section is not self._here:
            self.choose(section)

    @on(VirtualList.Opened, "#sections")
    def _section_opened(self) -> None:
        section = self.chooser.section
        if section is None:
            return
        if section is not self._here:
            self.choose(section)
        self._inside = True
        self._lay_out()
        self.list.focus()
        self.follow()

    def choose(self, section: Section) -> None:
        """Show a section: what is known of it, else what the server answers."""
        self._here, self._error = section, self._known.errors.get(section.id)
        self.stop_searching()
        self.show_rows()
        self.list.action_first()
        if self._error is not None and self.record is not None:
            self.say(error_notice(self._error, self.record.patient, self.what))
        elif self._known.unknown(section):
            self.load()

    # entries

    def show_rows(self) -> None:
        """The entries of the open section, or those of them that are looked for."""
        self._show_sections()
        known = self._known.entries.get(self._here.id) if self._here else None
        entries = matching(known.rows, self.words) if known else ()
        width = 42 if self.wide else self.app.size.width
        view = EntryView(columns_for(width, two_rows=self.two_rows), entries)
        self.put(with_headings(entries), view, nothing=self._nothing(known))
        self._show_title(known, len(entries))

    def _show_title(self, known: Entries | None, shown: int) -> None:
        total = len(known.rows) if known else 0
        count = f"{shown:,} of {total:,}" if self.words else f"{total:,}" if known and known.complete else ""
        self.query_one(Title).line = (self._here.title if self._here else "", count)
        self.say_unreadable(lacking_text(known.unreadable, known.missing) if known else "")

    def _nothing(self, known: Entries | None) -> Notice | None:
        if self._here is None:
            return None
        if known is None or not known.complete:
            return loading()
        if self.words:
            return Notice(f"No {self._here.noun} with these words.", keys=(("esc", "shows all"),))
        if known.lacking:
            return empty(f"No {self._here.noun} to show", "There may be some that could not be had.")
        return empty(f"No {self._here.noun} recorded", "What the server has on record shows here.")

    def open_row(self) -> None:
        """`enter`: the entry; a result opens in Results, where its values and trends are, unless files came with it."""
        row, record = self.list.current, self.record
        if isinstance(row, Entry) and record is not None and self._in_results(row):
            self.shell.open_record(record.patient, "results", row.key)
        else:
            self._inside = True
            super().open_row()

    @staticmethod
    def _in_results(entry: Entry) -> bool:
        return section_of(entry.section).kind is not None and not entry.attachments

    def opened(self, row: EntryRow) -> None:
        """REL-5: a result that is read here is no longer new to the viewer."""
        if isinstance(row, Entry) and section_of(row.section).kind is not None:
            self.mark_seen(row)

    @work(group="seen")
    async def mark_seen(self, entry: Entry) -> None:
        """Tells the server that the viewer opened the entry."""
        with reported(self.shell):
            if self.record is not None:
                await self.record.entries.mark_seen(entry)

    # one entry

    def detail_of(self, row: EntryRow | None) -> Sequence[Shown]:
        """All that is known of the entry."""
        if not isinstance(row, Entry):
            return ()
        known = self._known.read.get(row.key, row)
        waits = known is row and has_text(row)
        me = self.shell.portal.sign_in.me
        width = self.detail.size.width or self.app.size.width
        space = EntrySpace(
            width,
            self._place,
            me.zone if me else "",
            loading=waits,
            in_results=self._in_results(row),
            correction=self.ask.correction_on(row.key),
        )
        return cast("Sequence[Shown]", told(known, space, self._also_of(known)))

    def _also_of(self, entry: Entry) -> "tuple[AlsoRecorded, ...]":
        """What else is on record; kept for the entry that shows, as it is drawn at each change of width."""
        if self.record is None or self.record.closed:
            return ()
        if self._also[0] is not entry:
            self._also = entry, self.record.entries.also(entry)
        return self._also[1]

    def about(self) -> Subject | None:
        """The entry under the cursor; in the list of sections there is none."""
        row = self.list.current if self.focused is not self.chooser else None
        if not isinstance(row, Entry) or row.section == LEDGER.id:
            return None
        facts = [f"{fact.label}: {fact_text(fact, self._zone)}" for fact in row.facts]
        title = f"{row.title}, {long_day(row.at)}" if row.at != NEVER else row.title
        return Subject(row.key, row.title, "\n".join([title, *filter(None, (row.summary,)), *facts]))

    @property
    def _zone(self) -> str:
        return self.shell.portal.sign_in.me.zone if self.shell.portal.sign_in.me else ""

    @property
    def _place(self) -> str:
        entries = [row for row in self.list.rows if isinstance(row, Entry)]
        row = self.list.current
        return f"{entries.index(row) + 1} of {len(entries)}" if isinstance(row, Entry) and row in entries else ""

    def arrived(self, row: EntryRow) -> None:
        """Text is fetched when its entry shows; other files never by themselves."""
        if isinstance(row, Entry) and row.key not in self._known.read and has_text(row):
            self.fetch_text(row)

    @work(exclusive=True, group="text")
    async def fetch_text(self, entry: Entry) -> None:
        """The text of a document, as soon as it is there."""
        if self.record is None:
            return
        try:
            whole = await self.record.entries.read(entry)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
            whole = entry
        self._known.read[entry.key] = whole
        if self.list.key == entry.key:
            self.follow()

    def line_of(self, row: EntryRow) -> str:
        if not isinstance(row, Entry):
            return ""
        parts = (long_day(row.at), row.title, row.state, row.summary)
        return f" {symbols.get('dot')} ".join(part for part in parts if part)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return True
        if action == "copy" and self.focused is self.chooser:
            return bool(self._error and self._error.request_id)
        if action == "search":
            known = self._known.entries.get(self._here.id) if self._here else None
            return bool(known and known.rows)
        if action == "trend":
            return self._measured is not None
        if action == "save":
            return self.files.current is not None
        if action == "export":
            return self.exports.any()
        return self.ask.may(action) and super().check_action(action, parameters)

    def action_ask(self) -> None:
        self.ask.ask()

    def action_wrong(self) -> None:
        self.ask.wrong()

    @property
    def _measured(self) -> Entry | None:
        """The entry under the cursor, where it may have values."""
        row = self.list.current if self.focused is not self.chooser else None
        found = isinstance(row, Entry) and (row.readings or section_of(row.section).kind is ResultKind.LAB)
        return row if isinstance(row, Entry) and found else None

    def action_trend(self) -> None:
        """`t`: the entry's test over the years."""
        entry = self._measured
        if entry is not None and entry.readings:
            self.trends.plot(measured((entry,)), entry.readings[0].code, entry.readings[0].id)
        elif entry is not None:
            self.start("tests", self._plot_result, entry, exclusive=True)

    async def _plot_result(self, entry: Entry) -> None:
        """A result's values come from Results: of its tests the one that the list speaks of."""
        if self.record is not None:
            with reported(self.shell):
                index = await self.record.entries.measured()
                found = [reading for pairs in index.values() for origin, reading in pairs if origin.key == entry.key]
                worst = leading(found)
                self.trends.plot(index, worst.code if worst else "", worst.id if worst else "")

    def action_any_trend(self) -> None:
        self.trends.choose()

    def open_value(self, key: str, reading: str) -> None:
        """`enter` on a point: its entry here, or its result in Results."""
        rows = (row for known in self._known.entries.values() for row in known.rows)
        entry = next((row for row in rows if row.key == key and row.readings), None)
        if entry is not None:
            self._inside = True
            self.choose(section_of(entry.section))
            self.list.show(self.list.rows, self.list.view, key=key)
            self.open_row()
        elif self.record is not None:
            self.shell.open_record(self.record.patient, "results", key)

    def action_save(self) -> None:
        self.files.save()

    def _on_sight(self) -> tuple[Section | None, str]:
        """The section that shows, or that the cursor stands on, and what it is searched for."""
        return (self._here, self.words) if self.wide or self._inside else (self.chooser.section, "")

    def action_export(self) -> None:
        self.exports.offer()

    @on(VirtualList.Opened, "#detail")
    def _file_opened(self) -> None:
        self.files.open()

    def on_screen_resume(self) -> None:
        """Something may have been reported meanwhile, opened, or chosen to ask before it opens."""
        record = self.shell.portal.record
        self.ask.read_corrections(record)
        if record is not None and record is self.record and self._asks:
            self.start("asking", self._ask_anew, record, exclusive=True)

    @property
    def _asks(self) -> bool:
        """REL-6: whether results ask before they open, or did so when they were read."""
        me = self.shell.portal.sign_in.me
        known = self._known.entries.values()
        return bool(me and me.ask_first) or any(row.asks for one in known for row in one.rows)

    async def _ask_anew(self, record: "OpenRecord") -> None:
        """What is in memory of results, as far as it is open by now."""
        with suppress(RecordClosed):
            for section in self._known.sections:
                known = self._known.entries.get(section.id)
                if section.kind is not None and known is not None and known.complete:
                    self._known.forget(section)
                    self._known.take(section, known)
                    await self._fetch(record, section)
            await self._gather(record)
        self.show_rows()

    def action_search(self) -> None:
        """In the entries, which may be out of sight behind the sections."""
        self._inside = True
        self._lay_out()
        super().action_search()

    def action_back(self) -> None:
        """`esc`: from the detail to the entries, then to all of them, then to the sections."""
        if self.has_trouble or self.focused is self.chooser:
            self.shell.back()
        elif self.in_detail:
            self.to_list()
        elif self.focused is self.list and self.words:
            self.search.clear()
        else:
            self._inside = False
            self._lay_out()
            self.chooser.focus()

    def action_turn(self) -> None:
        """`tab`: sections, entries, detail, and round again."""
        if not self.wide:
            super().action_turn()
        elif self.in_detail:
            self._reading = self._inside = False
            self.chooser.focus()
        elif self.focused is self.list and self.list.current is not None:
            self._reading = True
            self.detail.focus()
        else:
            self._section_opened()
