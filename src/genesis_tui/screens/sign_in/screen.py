"""Signing in: the host and its verification first, then what can be chosen or typed (HOST-1, HOST-2, ID-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import var

from genesis_tui import desks, symbols
from genesis_tui.screens.place import Framed
from genesis_tui.screens.sign_in.rows import Choice, Entry, EntryView, Method, choice_rows, host_rows, trusted
from genesis_tui.screens.sign_in.words import MISMATCH, mismatch_paras, refusal_paras
from genesis_tui.session.errors import ApiError, SignInRefused
from genesis_tui.widgets.bar import BarFacts
from genesis_tui.widgets.error_text import error_paras
from genesis_tui.widgets.focus_rule import FocusRule
from genesis_tui.widgets.keys_row import KeysRow
from genesis_tui.widgets.page import Page, Para, heading
from genesis_tui.widgets.record_list import RecordList

if TYPE_CHECKING:
    from genesis_tui.models.people import Persona, SignedIn
    from genesis_tui.screens.sign_in.form import Form


AFTER_FIRST_FRAME = 0.05
"""Seconds until the server is asked: what that needs is loaded only once the screen stands."""


class Phase(Enum):
    """What the screen is at."""

    CHECKING = auto()
    """The server is being verified: nothing can be chosen or typed."""
    HALTED = auto()
    """It was not verified, or can't be reached."""
    CHOOSING = auto()
    FORM = auto()
    BUSY = auto()
    REFUSED = auto()
    """A page about a sign-in that was refused."""


class EntryList(RecordList[Entry]):
    """Methods and people."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "sign in", id="sign_in.open")]


class SignInScreen(Framed):
    """The first screen. Passwords go from the field to the session and are kept nowhere else."""

    DEFAULT_CSS = """
    SignInScreen #body { align-horizontal: center; }
    #sign-in { max-width: 88; }
    #entries { height: 1fr; }
    #outcome { height: 1fr; display: none; }
    #desk { height: 2; dock: bottom; display: none; }
    SignInScreen.-phone.-tall #desk, SignInScreen.-phone.-roomy #desk { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(digit, f"choose('{digit}')", show=False) for digit in "1234567890"),
        Binding("f5,full_stop", "retry", "try again", id="sign_in.retry"),
        Binding("escape", "back", "back", id="sign_in.back"),
        Binding("q", "app.leave", "quit", id="sign_in.quit"),
    ]
    FIXED_KEYS = ("app.call",)
    FIXED_TYPING = ("app.call",)

    phase: var[Phase] = var(Phase.CHECKING, init=False)

    def compose_body(self) -> ComposeResult:
        """Host block with choices, form, outcome, and the service center."""
        with Vertical(id="sign-in"):
            yield EntryList(EntryView(), id="entries")
            yield Page(id="outcome")
            yield Page([Para(f"{desks.CENTER}, {desks.HOURS}", "muted"), Para(desks.PHONE, "bold")], id="desk")

    def on_mount(self) -> None:
        """Verify the server as soon as the first frame stands."""
        super().on_mount()
        self._personas: tuple[Persona, ...] = ()
        self.query_one(FocusRule).thin = True
        self.query_one(KeysRow).tail = f"{desks.CENTER} {desks.PHONE}, {desks.HOURS}"
        self._show_address()
        self.set_timer(AFTER_FIRST_FRAME, self.verify)

    def on_screen_resume(self) -> None:
        """After signing out: choose again."""
        super().on_screen_resume()
        if self.phase in (Phase.BUSY, Phase.REFUSED, Phase.FORM):
            self.phase = Phase.CHOOSING

    def bar_facts(self) -> BarFacts:
        """With the host where its block may scroll out of sight (HOST-2)."""
        facts = super().bar_facts()
        return facts if self.has_class("-short") else replace(facts, host=None)

    def _show_address(self) -> None:
        wait = f"Verifying it{symbols.get('more')}"
        self._entries([heading("Host"), Para(self.shell.portal.profile.url, "bold"), Para(wait, "italic muted")])

    def _entries(self, rows: Sequence[Entry]) -> None:
        entries = self.query_one(EntryList)
        entries.rows = tuple(rows)
        entries.can_focus = self.phase is Phase.CHOOSING
        entries.styles.height = None if self.phase is Phase.CHOOSING else min(len(rows), 7)
        if self.phase is Phase.CHOOSING:
            entries.focus()

    @work(exclusive=True, group="host")
    async def verify(self) -> None:
        """HOST-1 and HOST-2: ask for the host's checks; a sign-in that was kept goes on by itself."""
        portal = self.shell.portal
        try:
            host = await portal.host()
            self.shell.host = host
            self.refresh_frame()
            self._personas = await portal.personas() if trusted(host) else ()
            me = await portal.resume() if trusted(host) else None
        except ApiError as error:
            self.phase = Phase.HALTED
            self._outcome([Para(), *error_paras(error)])
            return
        if not trusted(host):
            self.phase = Phase.HALTED
            self._entries(host_rows(host))
            self._outcome(
                [Para(), Para("This server was not verified, so nothing can be typed here.", "critical bold")]
            )
        elif me is not None:
            await self._enter(me)
        else:
            self.phase = Phase.CHOOSING

    def watch_phase(self, phase: Phase) -> None:
        """Show the parts of the phase."""
        if phase is Phase.CHECKING:
            self._show_address()
            self._outcome([])
        elif phase is Phase.CHOOSING:
            self._outcome([])
            self._close_form()
            self._show_choices()
        elif phase in (Phase.FORM, Phase.REFUSED):
            self._show_host()
        self.refresh_bindings()

    def _show_choices(self) -> None:
        host = self.shell.host
        if host is not None:
            self._entries([*host_rows(host), *choice_rows(host, self._personas)])

    def _show_host(self) -> None:
        host = self.shell.host
        if host is not None:
            rows = host_rows(host)
            self._entries(rows[1:3] if self.has_class("-short") else rows)

    def _outcome(self, paras: Sequence[Para]) -> None:
        page = self.query_one("#outcome", Page)
        page.rows = tuple(paras)
        page.display = bool(paras)
        page.can_focus = self.phase in (Phase.REFUSED, Phase.HALTED)
        if page.can_focus and paras:
            page.focus()

    # choosing

    @on(RecordList.Opened)
    def _chosen(self, event: RecordList.Opened) -> None:
        if self.phase is Phase.CHOOSING and isinstance(event.row, Choice):
            self._take(event.row)

    def action_choose(self, digit: str) -> None:
        """A digit chooses at once."""
        rows = self.query_one(EntryList).rows
        chosen = next((r for r in rows if isinstance(r, Choice) and r.digit == digit), None)
        if chosen is not None and self.phase is Phase.CHOOSING:
            self._take(chosen)

    def _take(self, choice: Choice) -> None:
        if isinstance(choice.target, Method):
            self._open_form()
        else:
            self.sign_in(choice.target.username, choice.target.password, choice.target.name)

    def _open_form(self) -> None:
        from genesis_tui.screens.sign_in.form import Form

        self.phase = Phase.FORM
        form = Form(id="form")
        self.query_one("#sign-in").mount(form, before="#outcome")
        form.call_after_refresh(lambda: self.screen.query_one("#username").focus())

    def _close_form(self) -> None:
        self.query("#form").remove()

    # signing in

    def on_form_sent(self, event: Form.Sent) -> None:
        """Both fields are filled in."""
        event.stop()
        self.sign_in(event.username, event.password, "")

    @work(exclusive=True, group="sign-in")
    async def sign_in(self, username: str, password: str, person: str) -> None:
        """Sign in. `person`: the invented person that was picked, empty for a typed sign-in."""
        if self.phase is Phase.BUSY:
            return
        self.phase = Phase.BUSY
        who = f" as {person}" if person else ""
        self._outcome([Para(), Para(f"Signing in{who}{symbols.get('more')}", "italic muted")])
        try:
            await self._enter(await self.shell.portal.sign_in(username, password))
        except SignInRefused as error:
            self._refused(error, typed=not person)
        except ApiError as error:
            self.phase = Phase.REFUSED
            self._outcome([Para(), *error_paras(error)])

    async def _enter(self, me: SignedIn) -> None:
        await self.shell.enter(me)

    def _refused(self, error: SignInRefused, *, typed: bool) -> None:
        mismatch = error.reason == MISMATCH
        self.phase = Phase.FORM if typed and not mismatch else Phase.REFUSED
        if mismatch:
            self._close_form()
        paras = mismatch_paras(error) if mismatch else refusal_paras(error, self.shell.local)
        self._outcome([Para(), *paras])
        if self.phase is Phase.FORM:
            self.query_one("#password").focus()

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what works in this phase is a key."""
        match action:
            case "retry":
                return self.phase is Phase.HALTED
            case "back":
                return self.phase in (Phase.FORM, Phase.REFUSED) or bool(self.shell.notes)
            case "choose":
                return self.phase is Phase.CHOOSING
            case _:
                return True

    def action_retry(self) -> None:
        """`f5`: verify the server again."""
        self.phase = Phase.CHECKING
        self.verify()

    def action_back(self) -> None:
        """`esc`: put messages away, else back to the choices."""
        if self.shell.notes:
            super().action_back()
        else:
            self.phase = Phase.CHOOSING
