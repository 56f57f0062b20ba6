"""The inside of the sign-in screen: host block, choices, form, and what became of a sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var

from genesis_tui import desks, symbols
from genesis_tui.models.sign_in import Kind, Way
from genesis_tui.screens.sign_in.form import Form
from genesis_tui.screens.sign_in.rows import (
    OPEN,
    Choice,
    Entry,
    EntryList,
    EntryView,
    account_line,
    choice_rows,
    host_rows,
    trusted,
)
from genesis_tui.screens.sign_in.words import MISMATCH, browser_paras, mismatch_paras, refusal_paras
from genesis_tui.session.errors import ApiError, SignInRefused
from genesis_tui.widgets.error_text import error_paras
from genesis_tui.widgets.page import Page, Para, heading
from genesis_tui.widgets.record_list import RecordList

if TYPE_CHECKING:
    from genesis_tui.models.people import Persona
    from genesis_tui.screens.place import Framed
    from genesis_tui.screens.shell import Shell

UNTRUSTED = "This server was not verified, so nothing can be typed here."


class Phase(Enum):
    """What the sign-in is at."""

    CHECKING = auto()
    """The server is being verified: nothing can be chosen or typed."""
    HALTED = auto()
    """It was not verified, or can't be reached."""
    CHOOSING = auto()
    FORM = auto()
    BUSY = auto()
    REFUSED = auto()
    """A page about a sign-in that was refused."""


class Door(Vertical):
    """Passwords go from the field to the session and are kept nowhere else."""

    DEFAULT_CSS = """
    Door { max-width: 88; }
    Door #entries { height: 1fr; }
    Door #account { height: 1; display: none; }
    Door #outcome { height: 1fr; display: none; }
    Door #desk { height: 2; dock: bottom; display: none; }
    """

    phase: var[Phase] = var(Phase.CHECKING, init=False)

    def __init__(self) -> None:
        super().__init__()
        self._personas: tuple[Persona, ...] = ()
        self._waits = False
        """True while the browser is waited for."""

    @property
    def shell(self) -> Shell:
        """The app, as screens know it."""
        return cast("Shell", self.app)

    def compose(self) -> ComposeResult:
        """Host block with choices, outcome, and the service center."""
        yield EntryList(EntryView(), id="entries")
        yield Page(id="account")
        yield Page(id="outcome")
        yield Page([Para(f"{desks.CENTER}, {desks.HOURS}", "muted"), Para(desks.PHONE, "bold")], id="desk")

    def on_mount(self) -> None:
        """Nothing takes the focus before the server is verified."""
        for widget in self.query(RecordList):
            widget.can_focus = False

    def on_resize(self) -> None:
        """Who to call stands at the bottom where the row of keys has no room for it."""
        self.query_one("#desk").display = self.app.size.width < 60 and self.app.size.height >= 16

    # verifying

    @work(exclusive=True, group="host")
    async def verify(self) -> None:
        """HOST-1 and HOST-2: ask for the host's checks; a sign-in that was kept goes on by itself."""
        self.phase = Phase.CHECKING
        wait = Para(f"Verifying it{symbols.get('more')}", "italic muted")
        self._show([heading("Host"), Para(self.shell.portal.profile.url, "bold"), wait])
        self._say()
        try:
            await self._ask()
        except ApiError as error:
            self.phase = Phase.HALTED
            self._show([heading("Host"), Para(self.shell.portal.profile.url, "bold")])
            self._say(*error_paras(error))

    async def _ask(self) -> None:
        portal = self.shell.portal
        self.shell.host = host = await portal.host()
        cast("Framed", self.screen).refresh_frame()
        if not trusted(host):
            self.phase = Phase.HALTED
            self._show(host_rows(host))
            self._say(Para(UNTRUSTED, "critical bold"))
            return
        self._personas = await portal.personas()
        me = await portal.resume()
        if me is None:
            self._offer()
            await portal.prepare()
        else:
            self.phase = Phase.BUSY
            await self.shell.enter(me)

    def may(self, action: str) -> bool:
        """Whether a key of the screen works now."""
        phases = {
            "retry": {Phase.HALTED},
            "back": {Phase.FORM, Phase.REFUSED, *self._leaving()},
            "choose": {Phase.CHOOSING},
        }
        return self.phase in phases[action]

    def _leaving(self) -> set[Phase]:
        """Where `esc` leads back too: from the browser's sign-in, and to whoever is signed in already."""
        waiting = {Phase.BUSY} if self._waits else set()
        return waiting | ({Phase.CHOOSING} if self.shell.portal.me is not None else set())

    def leave(self) -> None:
        """`esc`: give up waiting for the browser, or go back to the choices, or to the places."""
        if self.phase is Phase.CHOOSING:
            self.shell.go("family")
            return
        if self._waits:
            self.workers.cancel_group(self, "sign-in")
            self._waits = False
        self.start_again()

    def watch_phase(self) -> None:
        """Other keys work now."""
        self.screen.refresh_bindings()

    def start_again(self) -> None:
        """Back to the choices, wherever a sign-in was."""
        if self.phase in (Phase.FORM, Phase.BUSY, Phase.REFUSED):
            self._offer()

    # showing

    def _offer(self) -> None:
        host = self.shell.host
        if host is None:
            return
        self.phase = Phase.CHOOSING
        self.query(Form).remove()
        self._say()
        self._show([*host_rows(host), *choice_rows(host, self._personas)])

    def _show_host(self) -> None:
        rows = host_rows(self.shell.host) if self.shell.host else []
        self._show(rows[1:] if self.screen.has_class("-short") else rows)

    def _show(self, rows: Sequence[Entry]) -> None:
        entries = self.query_one("#entries", EntryList)
        entries.rows = tuple(rows)
        entries.can_focus = self.phase is Phase.CHOOSING
        self._tell(None)
        entries.styles.height = None if entries.can_focus else self._height(entries)
        if entries.can_focus:
            entries.focus()

    def _height(self, entries: EntryList) -> int:
        """All of the host block, but for what the form and a word about it need in a low window."""
        needed = entries.virtual_size.height
        return min(needed, max(2, self.size.height - 4)) if self.screen.has_class("-short") else needed

    def _say(self, *paras: Para) -> None:
        page = self.query_one("#outcome", Page)
        page.rows = (Para(), *paras) if paras else ()
        page.display = bool(paras)
        page.can_focus = bool(paras) and self.phase in (Phase.REFUSED, Phase.HALTED)
        if page.can_focus:
            page.focus()

    # choosing

    @on(RecordList.Highlighted)
    def _highlighted(self, event: RecordList.Highlighted) -> None:
        self._tell(event.row)

    def _tell(self, row: object) -> None:
        """The user name and password of the test person under the cursor, to type elsewhere too."""
        account = self.query_one("#account", Page)
        told = isinstance(row, Choice) and account_line(row.target, self.size.width)
        account.rows = (Para(told, "muted"),) if told else ()
        account.display = bool(told) and self.phase is Phase.CHOOSING and not self.screen.has_class("-short")

    @on(RecordList.Opened)
    def _opened(self, event: RecordList.Opened) -> None:
        if self.phase is Phase.CHOOSING:
            self._take(cast(Choice, event.row))

    def choose(self, digit: str) -> None:
        """The row with that digit."""
        rows = self.query_one("#entries", EntryList).rows
        chosen = next((row for row in rows if isinstance(row, Choice) and row.digit == digit), None)
        if chosen is not None and self.phase is Phase.CHOOSING:
            self._take(chosen)

    def _take(self, choice: Choice) -> None:
        if choice.target == OPEN:
            self.verify()
        elif isinstance(choice.target, Way) and choice.target.kind is Kind.BROWSER:
            self._sign_in_by_browser()
        elif isinstance(choice.target, Way):
            self._open_form()
        else:
            self._sign_in(choice.target.username, choice.target.password, choice.target.name)

    @work(exclusive=True, group="form")
    async def _open_form(self) -> None:
        self.phase = Phase.FORM
        self._show_host()
        form = Form()
        await self.mount(form, before="#outcome")
        form.focus_first()

    # signing in

    @on(Form.Sent)
    def _sent(self, event: Form.Sent) -> None:
        event.stop()
        self._sign_in(event.username, event.password, "")

    @work(exclusive=True, group="sign-in")
    async def _sign_in(self, username: str, password: str, person: str) -> None:
        """`person`: the invented person that was picked; empty for a typed sign-in."""
        if self.phase is Phase.BUSY:
            return
        self.phase = Phase.BUSY
        self._show_host()
        who = f" as {person}" if person else ""
        self._say(Para(f"Signing in{who}{symbols.get('more')}", "italic muted"))
        try:
            await self.shell.enter(await self.shell.portal.sign_in(username, password))
        except SignInRefused as error:
            self._refused(error, typed=not person)
        except ApiError as error:
            self._page(*error_paras(error))

    @work(exclusive=True, group="sign-in")
    async def _sign_in_by_browser(self) -> None:
        """Wait for the browser to come back; `esc` gives up."""
        self._waits = True
        self.phase = Phase.BUSY
        self._show_host()
        self._say(Para(f"Asking for the sign-in{symbols.get('more')}", "italic muted"))
        try:
            me = await self.shell.portal.sign_in_by_browser(self._go_there)
        except ApiError as error:
            self._page(*error_paras(error))
        else:
            await self.shell.enter(me)
        finally:
            self._waits = False

    def _go_there(self, address: str, opened: bool) -> None:
        self._say(*browser_paras(address, opened=opened))
        self.screen.refresh_bindings()

    def _refused(self, error: SignInRefused, *, typed: bool) -> None:
        if error.reason == MISMATCH:
            self._page(*mismatch_paras(error))
        elif not typed:
            self._page(*refusal_paras(error, self.shell.local))
        else:
            self.phase = Phase.FORM
            self._say(*refusal_paras(error, self.shell.local))
            self.query_one(Form).focus_password()

    def _page(self, *paras: Para) -> None:
        self.phase = Phase.REFUSED
        self.query(Form).remove()
        self._say(*paras)
