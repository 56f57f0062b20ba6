"""The inside of the sign-in screen: host block, choices, fields, and what became of a sign-in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var

from genesis_tui.models import support
from genesis_tui.models.base.errors import ApiError, Refused, SignedOut, SignInRefused, Unreachable
from genesis_tui.models.sign_in import MethodKind
from genesis_tui.screens.sign_in.flows import Flows, Values
from genesis_tui.screens.sign_in.form import Form, FormField
from genesis_tui.screens.sign_in.rows import (
    COPY,
    LEAVE,
    OPEN,
    ChoiceRow,
    Entry,
    SignInList,
    SignInRowView,
    account_line,
    choice_rows,
    deed_choices,
    host_rows,
    locked_rows,
    title_of,
    trusted,
)
from genesis_tui.screens.sign_in.wording import (
    MISMATCH,
    at_hand,
    browser_paras,
    card_gone_paras,
    card_note,
    desk_paras,
    fault_of,
    is_fault,
    mismatch_paras,
    refusal_paras,
)
from genesis_tui.session.sign_in.default_method import fitting
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.frame.focus_rule import FocusRule
from genesis_tui.widgets.page import Page, Para, error_paras, heading
from genesis_tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from genesis_tui.models.sign_in import Card, DeviceCode
    from genesis_tui.models.testing import Persona
    from genesis_tui.screens.base.place import Framed
    from genesis_tui.screens.base.shell import Shell

BETWEEN_CARDS = 4.0
"""Seconds between two looks at what is in the reader."""
UNTRUSTED = "This server was not verified, so nothing can be typed here."


class SignInPhase(Enum):
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


WAITS = frozenset({SignInPhase.CHECKING, SignInPhase.BUSY})
"""Where something is waited for, and `esc` ends that."""


class SignInPanel(Vertical):
    """What is typed goes from the fields to the session and is kept nowhere else."""

    DEFAULT_CSS = """
    SignInPanel { max-width: 88; }
    SignInPanel #entries { height: 1fr; }
    SignInPanel #account { height: 1; display: none; }
    SignInPanel #outcome { height: 1fr; display: none; }
    SignInPanel #desk { height: 2; dock: bottom; display: none; }
    """

    phase: var[SignInPhase] = var(SignInPhase.CHECKING, init=False)

    def __init__(self) -> None:
        super().__init__()
        self._personas: tuple[Persona, ...] = ()
        self._notes: dict[str, str] = {}
        self._then: Callable[[Values], Awaitable[None]] | None = None
        self._signed_in_before = False

    @property
    def shell(self) -> "Shell":
        """The app, as screens know it."""
        return cast("Shell", self.app)

    def compose(self) -> ComposeResult:
        """Host block with choices, outcome, and the service center."""
        yield SignInList(SignInRowView(), id="entries")
        yield Page(id="account")
        yield Page(id="outcome")
        yield Page([Para(f"{support.CENTER}, {support.HOURS}", "muted"), Para(support.PHONE, "bold")], id="desk")

    def on_mount(self) -> None:
        """Nothing takes the focus before the server is verified."""
        self._flows = Flows(self, self.shell)
        for widget in self.query(VirtualList):
            widget.can_focus = False
        self.set_interval(BETWEEN_CARDS, self.watch_cards)

    def on_resize(self) -> None:
        """Who to call stands at the bottom where the row of keys has no room for it."""
        self.query_one("#desk").display = self.app.size.width < 60 and self.app.size.height >= 16

    # verifying

    @work(exclusive=True, group="host")
    async def verify(self) -> None:
        """HOST-1 and HOST-2: ask for the host's checks; a sign-in that was kept goes on by itself."""
        self.phase = SignInPhase.CHECKING
        wait = Para(f"Verifying it{symbols.get('more')}", "italic muted")
        self._show([heading("Host"), Para(self.shell.portal.profile.url, "bold"), wait])
        self._say()
        try:
            await self._ask_host()
        except ApiError as error:
            self._halt(*error_paras(error), offers=isinstance(error, Unreachable))

    def _halt(self, *paras: Para, offers: bool = True) -> None:
        """Say why nothing can be chosen; `offers`: but what is kept on this computer."""
        self.phase = SignInPhase.HALTED
        turned_on = offers and self.shell.portal.offline.turned_on
        rows: list[Entry] = [Para(), *deed_choices(COPY)] if turned_on else []
        self._show([heading("Host"), Para(self.shell.portal.profile.url, "bold"), *rows])
        self._say(*paras)

    async def _ask_host(self) -> None:
        portal = self.shell.portal
        self.shell.host = host = await portal.connection.verify()
        cast("Framed", self.screen).refresh_frame()
        if not trusted(host):
            self.phase = SignInPhase.HALTED
            self._show(host_rows(host))
            self._say(Para(UNTRUSTED, "critical bold"))
            return
        self._personas = await self._test_people()
        me = await portal.sign_in.resume(attended=True)
        if me is None:
            self._offer()
            self.call_after_refresh(self._after_offer)
        else:
            self.phase = SignInPhase.BUSY
            await self.shell.enter(me)

    async def _test_people(self) -> "tuple[Persona, ...]":
        """Nobody where the mock does not take the tester token, which is told; people can sign in all the same."""
        try:
            return await self.shell.portal.connection.personas()
        except Refused as error:
            self.shell.tell("No test people are listed:", f"the mock does not know this tester token. {error.title}")
        except ApiError as error:
            self.shell.say("No test people are listed:", error.title, ok=False)
        return ()

    @work(exclusive=True, group="prepare")
    async def _after_offer(self) -> None:
        """What the choices need not wait for: the cards at hand, and what reads the portal's answers."""
        self._look_for_cards()
        with suppress(ApiError):
            await self.shell.portal.connection.prepare()

    @work(exclusive=True, group="cards")
    async def _look_for_cards(self) -> None:
        """What is in the reader, beside the ways that a card is for; the one that fits where we are comes first."""
        host = self.shell.host
        ways = host.methods if host is not None else ()
        if not any(way.kind is MethodKind.CARD for way in ways):
            return
        before, used = self._notes, self._flows.card
        cards: tuple[Card, ...] = ()
        try:
            cards = await self.shell.portal.sign_in.cards()
        except ApiError as error:
            self._notes = {way.id: error.title for way in ways if way.kind is MethodKind.CARD}
        else:
            self._notes = {way.id: card_note(way, cards) for way in ways if way.kind is MethodKind.CARD}
        if self.phase is SignInPhase.CHOOSING and before != self._notes:
            self._offer(card=bool(cards))
        elif self.phase is SignInPhase.FORM and used is not None and self.query("#pin") and not at_hand(used, cards):
            self.page(*card_gone_paras())

    def watch_cards(self) -> None:
        """A card that is pulled, put in or changed while this is on the screen is noticed."""
        if self.screen.is_current and self.phase in (SignInPhase.CHOOSING, SignInPhase.FORM):
            self._look_for_cards()

    def may(self, action: str) -> bool:
        """Whether a key of the screen works now."""
        phases = {
            "retry": {SignInPhase.HALTED},
            "back": {SignInPhase.FORM, SignInPhase.REFUSED, *WAITS, *self._leaving()},
            "leave": set(SignInPhase) - {SignInPhase.BUSY},
            "choose": {SignInPhase.CHOOSING, SignInPhase.HALTED},
            "forgot": {SignInPhase.FORM, SignInPhase.REFUSED}
            if self.shell.host and self.shell.host.accounts
            else set(),
        }
        return self.phase in phases[action]

    def _leaving(self) -> set[SignInPhase]:
        """Where `esc` leads back too: to whoever is signed in already."""
        return {SignInPhase.CHOOSING} if self._is_signed_in else set()

    @property
    def _is_signed_in(self) -> bool:
        return self.shell.portal.sign_in.me is not None and self.shell.portal.sign_in.locked is None

    @property
    def waits(self) -> bool:
        """Whether something is waited for: the server, a browser, another device, a card."""
        return self.phase in WAITS

    def leave(self) -> None:
        """`esc`: give up waiting, or go back to the choices, or to the places."""
        if self.phase is SignInPhase.CHOOSING:
            self.shell.go("family")
            return
        for group in ("sign-in", "host") if self.waits else ():
            self.workers.cancel_group(self, group)
        if self.phase is SignInPhase.BUSY and self._is_signed_in and not self._signed_in_before:
            self.shell.action_sign_out()
        if self.phase is SignInPhase.CHECKING:
            self._halt(Para("You stopped waiting for it.", "critical bold"))
        elif self.shell.host is None:
            self.verify()
        else:
            self.start_again()

    @work(exclusive=True, group="leave")
    async def leave_locked(self) -> None:
        """Sign out instead of unlocking."""
        await self.shell.action_sign_out().wait()
        self._offer()

    def watch_phase(self) -> None:
        self.screen.refresh_bindings()

    def start_again(self) -> None:
        """Back to the choices, wherever a sign-in was."""
        if self.phase in (SignInPhase.FORM, SignInPhase.BUSY, SignInPhase.REFUSED, SignInPhase.CHOOSING):
            self._offer()

    # showing

    def _offer(self, *, card: bool = False) -> None:
        host, locked = self.shell.host, self.shell.portal.sign_in.locked
        if host is None:
            return
        self.phase = SignInPhase.CHOOSING
        self._clear()
        if locked is not None:
            self._show([*host_rows(host), *locked_rows(host, self._personas, locked)])
            return
        self._show([*host_rows(host), *choice_rows(host, self._personas, self._notes)])
        first = fitting(host.methods, card=card)
        if first is not None:
            self._point_at(first.id)

    def offer(self, rows: Sequence[Entry]) -> None:
        """Have one of these chosen."""
        host = self.shell.host
        self.phase = SignInPhase.CHOOSING
        self._clear()
        self._show([*(host_rows(host) if host else []), *rows])

    def _point_at(self, way: str) -> None:
        """The cursor stands on the way that fits here; any other is a key away."""
        entries = self.query_one("#entries", SignInList)
        for number, row in enumerate(entries.rows):
            if isinstance(row, ChoiceRow) and getattr(row.target, "id", "") == way:
                entries.cursor = number
                entries.scroll_to(y=0, animate=False)
                if self.screen.has_class("-short"):
                    self.call_after_refresh(entries.fit)
                return

    def _clear(self) -> None:
        self.query(Form).remove()
        self.query("DeviceCodePage").remove()
        self._say()

    def _show_host(self) -> None:
        rows = host_rows(self.shell.host) if self.shell.host else []
        self._show(rows[1:] if self.screen.has_class("-short") else rows)

    def _show(self, rows: Sequence[Entry]) -> None:
        entries = self.query_one("#entries", SignInList)
        entries.display = bool(rows)
        entries.rows = tuple(rows)
        entries.can_focus = any(isinstance(row, ChoiceRow) for row in rows)
        self._tell(None)
        choosing = self.phase is SignInPhase.CHOOSING
        entries.styles.height = None if choosing else self._height(entries)
        if entries.can_focus:
            entries.focus()
        else:
            self.screen.query_one(FocusRule).forget_places()

    def _height(self, entries: SignInList) -> int:
        """All of the host block, but for what the form and a word about it need in a low window."""
        needed = entries.virtual_size.height
        return min(needed, max(2, self.size.height - 4)) if self.screen.has_class("-short") else needed

    def _say(self, *paras: Para) -> None:
        page = self.query_one("#outcome", Page)
        page.rows = (Para(), *paras) if paras else ()
        page.display = bool(paras)
        page.can_focus = bool(paras) and self.phase in (SignInPhase.REFUSED, SignInPhase.HALTED)
        if page.can_focus and not self.query_one("#entries", SignInList).can_focus:
            page.focus()

    # choosing

    @on(VirtualList.Highlighted)
    def _highlighted(self, event: VirtualList.Highlighted) -> None:
        self._tell(event.row)

    def _tell(self, row: object) -> None:
        """The user name and password of the test person under the cursor, to type elsewhere too."""
        account = self.query_one("#account", Page)
        told = isinstance(row, ChoiceRow) and account_line(row.target, self.size.width)
        account.rows = (Para(told, "muted"),) if told else ()
        account.display = bool(told) and self.phase is SignInPhase.CHOOSING and not self.screen.has_class("-short")

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened) -> None:
        if self.may("choose"):
            self._take(cast(ChoiceRow, event.row))

    def choose(self, key: str) -> None:
        """The row with that key."""
        rows = self.query_one("#entries", SignInList).rows
        chosen = next((row for row in rows if isinstance(row, ChoiceRow) and row.digit == key), None)
        if chosen is not None and self.may("choose"):
            self._take(chosen)

    def choices(self) -> list[tuple[str, str]]:
        """Keys of the rows that can be chosen now, and what they choose."""
        rows = self.query_one("#entries", SignInList).rows if self.may("choose") else ()
        return [(row.digit, f"Sign in: {title_of(row)}") for row in rows if isinstance(row, ChoiceRow)]

    def _take(self, chosen: ChoiceRow) -> None:
        """Begin what was chosen: a server that needs no sign-in is verified again, and then lets the person in."""
        if chosen.target == OPEN:
            self.verify()
        elif chosen.target == LEAVE:
            self.leave_locked()
        else:
            self._flows.take(chosen)

    def forgot(self) -> None:
        """`f3`: a new password, for the name that was typed."""
        fields = self.query("#username")
        self._flows.forgot(str(getattr(fields.first(), "value", "")) if fields else "")

    # what the flows ask for: `FlowView`

    def ask(
        self,
        asked: Sequence[FormField],
        then: Callable[[Values], Awaitable[None]],
        *words: Para,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Show fields with words above them, and go on with what is filled in."""
        self._then = then
        self._open_form(tuple(asked), words, dict(values or {}))

    @work(exclusive=True, group="form")
    async def _open_form(self, asked: tuple[FormField, ...], words: Sequence[Para], values: dict[str, str]) -> None:
        self.phase = SignInPhase.FORM
        await self.query(Form).remove()
        self._show([*self._host_lines(), *([Para(), *words] if words else [])])
        self._say()
        form = Form(asked, values)
        await self.mount(form, before="#outcome")
        form.focus_first()

    def _host_lines(self) -> list[Entry]:
        rows = host_rows(self.shell.host) if self.shell.host else []
        return rows[1:] if self.screen.has_class("-short") else rows

    @on(Form.Sent)
    def _sent(self, event: Form.Sent) -> None:
        event.stop()
        then = self._then
        if then is not None and self.phase is SignInPhase.FORM:
            self.run(lambda: then(event.values), form=True)

    @on(Form.Unchanged)
    def _unchanged(self, event: Form.Unchanged) -> None:
        event.stop()
        self.shell.tell("Nothing has changed since it was refused.", "Change a field first: it was not sent.")

    @work(exclusive=True, group="sign-in")
    async def run(self, step: Callable[[], Awaitable[None]], person: str = "", *, form: bool = False) -> None:
        """Do one step of a sign-in; what it raises is told. `person`: the invented person that was picked."""
        if self.phase is SignInPhase.BUSY:
            return
        self._signed_in_before = self._is_signed_in
        self.phase = SignInPhase.BUSY
        if not form:
            self._clear()
            self._show_host()
        who = f" as {person}" if person else ""
        self._say(Para(f"Signing in{who}{symbols.get('more')}", "italic muted"))
        try:
            with self.shell.deaf():
                await step()
        except ApiError as error:
            self._complain(error, form=form)

    def go_there(self, address: str, opened: bool) -> None:
        """Where the browser's pages are."""
        self._say(*browser_paras(address, opened=opened))
        self.screen.refresh_bindings()

    def show_code(self, code: "DeviceCode") -> None:
        """The code for another device."""
        from genesis_tui.screens.sign_in.device_code import DeviceCodePage

        self._show([])
        self._say()
        self.mount(DeviceCodePage(code), before="#outcome")
        self.screen.refresh_bindings()

    # what became of it

    def _complain(self, error: ApiError, *, form: bool) -> None:
        """Under the fields, where they are to be filled in again; else on a page of its own."""
        if isinstance(error, SignInRefused) and error.reason == MISMATCH:
            self.page(*mismatch_paras(error))
        elif isinstance(error, SignedOut) or not (form and self.query(Form)):
            self.page(*self._words(error))
        else:
            self.phase = SignInPhase.FORM
            self._say(*self._words(error))
            form_shown = self.query_one(Form)
            if is_fault(error):
                form_shown.refuse(fault_of(error))
            else:
                form_shown.focus_last()

    def _words(self, error: ApiError) -> list[Para]:
        if isinstance(error, SignInRefused) and (error.tries_left is not None or error.locked_until is not None):
            return refusal_paras(error, self.shell.local)
        return desk_paras(error) if isinstance(error, SignInRefused) else error_paras(error)

    def page(self, *paras: Para) -> None:
        """Words on a page of their own; `esc` leads back to the choices."""
        self.phase = SignInPhase.REFUSED
        self.query(Form).remove()
        self.query("DeviceCodePage").remove()
        self._show_host()
        self._say(*paras)
