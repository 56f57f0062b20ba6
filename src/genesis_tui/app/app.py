"""The terminal app: its parts, the keys that work everywhere, theme, and what becomes of faults."""

import signal
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from rich.text import Text
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.css.query import QueryError
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMError, DOMNode
from textual.filter import Monochrome, NoColor
from textual.widget import MountError
from textual.worker import WorkerFailed, get_current_worker

from genesis_tui.app import shutdown
from genesis_tui.app.compose import Composer
from genesis_tui.app.idle_lock import IdleLock
from genesis_tui.app.navigation import CALL, COMMANDS, KEYS, SIGN_IN, Navigation
from genesis_tui.app.pending import PendingActs
from genesis_tui.app.sign_in import UserSession
from genesis_tui.app.status import StatusMessages
from genesis_tui.app.type_ahead import Passed, TypeAhead
from genesis_tui.app.watched_slots import WatchedSlots
from genesis_tui.models.base.errors import ApiError, SignedOut
from genesis_tui.widgets.drawing import symbols, themes
from genesis_tui.widgets.drawing.changed_cells import ChangedCells, TerminalCells

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.css.model import RuleSet
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.worker import Worker

    from genesis_tui.models.family import Family, FamilyMember
    from genesis_tui.models.messages.drafts import Draft
    from genesis_tui.models.messages.threads import ThreadRow
    from genesis_tui.models.sign_in import Host, SignedIn
    from genesis_tui.screens.base.shell import Shell
    from genesis_tui.session.portal import Portal
    from genesis_tui.settings.settings import Settings
    from genesis_tui.widgets.frame.status import Status


class GenesisApp(App[int]):
    """One server, one person signed in, one record open at a time."""

    farewell = ""
    """Whether the person stays signed in, once the app was left; empty where nobody was signed in."""
    _variables: tuple[str, dict[str, str]] | None = None
    user: UserSession
    composer: Composer

    TITLE = "genesis-tui"
    CSS_PATH = "app.tcss"
    MODES = Navigation.MODES
    DEFAULT_MODE = SIGN_IN
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *IdleLock.BINDINGS,
        *PendingActs.BINDINGS,
        Binding("f1", "call", "who to call", show=False, priority=True, id="app.call"),
        Binding("ctrl+p", "commands", "commands", show=False, priority=True, id="app.commands"),
    ]

    def __init__(self, portal: "Portal", settings: "Settings", keys: Mapping[str, str] | None = None) -> None:
        """Nothing is sent and nothing is read from disk here.

        Args:
            portal: the server to sign in to.
            settings: an empty theme lets the terminal decide.
            keys: binding id -> keys, as `startup.prepare` gives them.
        """
        super().__init__()
        self.stylesheet = CalmStylesheet()
        self.terminal_cells = TerminalCells()
        self.portal = portal
        self.settings = settings
        self.host: Host | None = None
        self._make_parts(portal)
        for name in themes.NAMES:
            self.register_theme(themes.theme(name))
        low, colourless = settings.low_bandwidth, self.no_color
        self._dress(themes.fitting(settings.theme, low_bandwidth=low, colourless=colourless))
        self._filter_lines()
        self.animation_level = "none"
        if keys:
            self.set_keymap(dict(keys))

    def _make_parts(self, portal: "Portal") -> None:
        """Each part is handed the parts that it works with; a sign-in that ends leads on to one that is made later."""
        self.status = StatusMessages(self, lambda: self.user.ended())
        portal.offline.told = self.status.report
        self.type_ahead = TypeAhead(self, super().on_event)
        self.navigation = Navigation(self, portal, self.status, self.type_ahead)
        sign_out, interrupt = lambda: self.user.sign_out(), lambda: self.composer.interrupt()
        self.idle_lock = IdleLock(self, portal, self.status, self.navigation, sign_out, interrupt)
        self.pending = PendingActs(self, portal, self.status, lambda: self.composer.keep())
        self.user = UserSession(
            self,
            portal,
            self.status,
            self.type_ahead,
            self.navigation,
            self.idle_lock,
            self.pending,
            lambda: self.composer,
        )
        self.watched_slots = WatchedSlots(self, portal, self.status, self.navigation)
        self.composer = Composer(self, portal, self.status, self.type_ahead, self.navigation, self.user.now)

    def _filter_lines(self) -> None:
        """Under `NO_COLOR` no colour, where Textual would send greys; ASCII alone where the terminal asks for it."""
        self._filters = [NoColor() if isinstance(one, Monochrome) else one for one in self._filters]
        if symbols.ascii_only():
            from genesis_tui.widgets.drawing.ascii_filter import AsciiFilter

            self._filters.append(AsciiFilter())

    def _dress(self, name: str) -> None:
        """The first theme, set before any stylesheet is read: as a change it would have all of them read again."""
        self.set_reactive(App.theme, name)
        self.set_class(self.current_theme.dark, "-dark-mode")
        self.set_class(not self.current_theme.dark, "-light-mode")
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """The variables of the theme in force; none before one of ours is."""
        if self.theme not in themes.NAMES:
            return {}
        if self._variables is None or self._variables[0] != self.theme:
            self._variables = self.theme, super().get_css_variables()
        return self._variables[1]

    @property
    def paint(self) -> themes.Paint:
        """Styles of the theme in force."""
        return themes.paint(self.theme, colourless=self.no_color)

    # start and end

    def get_driver_class(self) -> "type[Driver]":
        return shutdown.clearing(super().get_driver_class(), lambda: self.terminal_cells.forget())

    def _display(self, screen: "Screen[Any]", renderable: "RenderableType | None") -> None:
        """Send what changes on the terminal, not all that is drawn anew."""
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            changed = ChangedCells(renderable, self.terminal_cells.sequences)
            super()._display(screen, changed)  # type: ignore[arg-type]
        else:
            super()._display(screen, renderable)

    def on_mount(self) -> None:
        if shutdown.has_terminal():
            shutdown.on_signals(self.end)
            self.set_interval(shutdown.SECONDS_BETWEEN_LOOKS, self._look_for_terminal)

    def on_resize(self) -> None:
        """A window of another size shows what its terminal makes of the rows before."""
        self.terminal_cells.forget()

    async def run_async(self, **how: Any) -> int | None:
        """Run until it is left, then end what no later process goes on with."""
        try:
            return await super().run_async(**how)
        finally:
            self.farewell = await self.user.farewell()

    def end(self, code: int) -> None:
        """Leave now, with this exit code, whatever the terminal does."""
        shutdown.end_within(shutdown.SECONDS_TO_CLOSE, code)
        self.exit(code, return_code=code)

    def _look_for_terminal(self) -> None:
        if shutdown.terminal_is_gone():
            self.end(128 + signal.SIGHUP)

    def _handle_exception(self, error: Exception) -> None:
        """What was under way for a screen, and finds it gone, is no fault."""
        if not (self._exit or _of_what_goes(error)):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Print where the fault was, and no value."""
        self._return_code = 1
        self._exit_renderables.append(Text(shutdown.report(self._exception)))
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """Errors that would draw themselves may show what they hold."""
        self._fatal_error()

    # what the toolkit hands to the app

    async def on_event(self, event: events.Event) -> None:
        """Every event passes the parts first: idle time begins anew with some, and keys may have to wait."""
        if not self.idle_lock.notice(event):
            await self.type_ahead.take(event)

    def on_passed(self, event: Passed) -> None:
        self.type_ahead.passed(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.idle_lock.may_lock if action == "lock" else super().check_action(action, parameters)

    def action_lock(self) -> None:
        self.idle_lock.lock()

    async def action_suspend(self) -> None:
        await self.idle_lock.suspend()

    async def action_quit(self) -> None:
        self.pending.quit()

    def action_help_quit(self) -> None:
        """`ctrl+c` is for copying; whoever meant to leave is told how."""
        self.tell("ctrl+q quits.")

    def action_leave(self) -> None:
        self.navigation.leave(self.pending.may_leave)

    def action_go(self, place: str) -> None:
        self.navigation.go(place)

    def action_call(self) -> None:
        self.navigation.push_once(CALL)

    def action_commands(self) -> None:
        self.navigation.push_once(COMMANDS)

    def action_keys(self) -> None:
        self.navigation.push_once(KEYS)

    def action_family(self) -> None:
        self.navigation.choose_family()

    def action_sign_out(self) -> "Worker[None]":
        return self.user.ask_and_sign_out()

    # what screens ask for: `screens.base.shell.Shell` says what each of these does

    @property
    def people(self) -> "Family | None":
        return self.navigation.people

    @people.setter
    def people(self, people: "Family | None") -> None:
        self.navigation.people = people

    @property
    def unfinished(self) -> dict[str, Any]:
        return self.composer.unfinished

    @property
    def wanted(self) -> str:
        return self.navigation.wanted

    @wanted.setter
    def wanted(self, key: str) -> None:
        self.navigation.wanted = key

    @property
    def notes(self) -> "tuple[Status, ...]":
        return self.status.notes

    def report(self, error: ApiError) -> None:
        if isinstance(error, SignedOut) and self.portal.sign_in.locked is not None:
            return  # what was being read when it locked
        self.status.report(error)

    def say(self, lead: str, text: str = "", *, ok: bool = True, about: str = "") -> None:
        self.status.say(lead, text, ok=ok, about=about)

    def tell(self, lead: str, text: str = "", *, about: str = "") -> None:
        self.status.tell(lead, text, about=about)

    def unsay(self, about: str) -> None:
        self.status.unsay(about)

    def clear_notes(self) -> None:
        self.status.clear()

    def go(self, place: str) -> None:
        self.navigation.go(place)

    def back(self) -> None:
        self.navigation.back()

    def open_record(self, member: "FamilyMember", place: str = "results", item: str = "") -> None:
        self.navigation.open_record(member, place, item)

    def take_wanted(self) -> str:
        return self.navigation.take_wanted()

    def sign_in_again(self) -> None:
        self.navigation.sign_in_again()

    def opening(self, *, leave: bool = False) -> AbstractContextManager[None]:
        return self.type_ahead.opening(leave=leave)

    def deaf(self) -> AbstractContextManager[None]:
        return self.type_ahead.deaf()

    def unasked(self) -> None:
        self.type_ahead.unasked()

    async def enter(self, me: "SignedIn") -> None:
        await self.user.enter(me)

    def refresh_person(self) -> "Worker[None]":
        return self.user.refresh()

    def local(self, at: datetime) -> datetime:
        return self.user.local(at)

    def now(self) -> datetime:
        return self.user.now()

    def follow_slots(self) -> None:
        self.watched_slots.follow()

    def write(
        self,
        patient: "FamilyMember",
        *,
        draft: "Draft | None" = None,
        thread: "ThreadRow | None" = None,
        subject: str = "",
        body: str = "",
        category: str = "",
        entry: str = "",
        to: tuple[str, ...] = (),
    ) -> "Worker[None]":
        return self.composer.write(
            patient, draft=draft, thread=thread, subject=subject, body=body, category=category, entry=entry, to=to
        )


if TYPE_CHECKING:

    def as_shell(app: GenesisApp) -> "Shell":
        """Screens cast the app to `Shell`, so it is here that a type checker sees whether it is one."""
        return app


def _of_what_goes(error: Exception) -> bool:
    """Whether a worker looked for a part of its screen while the screen was being removed."""
    if not (isinstance(error, WorkerFailed) and isinstance(error.error, DOMError | QueryError | MountError)):
        return False
    node = get_current_worker().node
    return not node.is_running or not node.is_attached or node._pruning


@cache
def _parsed_with(_variables: tuple[tuple[str, str], ...]) -> "LRUCache[tuple[Any, ...], list[RuleSet]]":
    """What was read with these variables, for every app of this process and for the theme that comes again."""
    return LRUCache(256)


class CalmStylesheet(Stylesheet):
    """Textual reads all styles again at the start and at every change of place, and gives them to every widget again;
    with the same variables in vain."""

    def __init__(self) -> None:
        super().__init__()
        self._styled: WeakSet[DOMNode] = WeakSet()
        """The screens that have had the styles of these variables; their widgets get theirs as they are mounted."""

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the variables of another theme; the same ones change nothing."""
        if variables != self._variables:
            self._parse_cache = LRUCache(1)
            super().set_variables(variables)
            self._parse_cache = _parsed_with(tuple(variables.items()))
            self._require_parse = True
            self._rules_map = None
            self._styled.clear()

    def update(self, root: DOMNode, animate: bool = False) -> None:
        """Style a screen, or the one that the app shows. Those of another place, read since, are for that one alone."""
        screen = root.screen
        if screen not in self._styled:
            self._styled.add(screen)
            super().update(root, animate)

    def reparse(self) -> None:
        """What changed is read when rules are next asked for."""
