"""The terminal app: places, keys that work everywhere, theme, and what becomes of errors."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import QueryError
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMError
from textual.widget import MountError
from textual.worker import WorkerFailed, get_current_worker

from genesis_tui.app import shutdown
from genesis_tui.app.compose import Composer
from genesis_tui.app.idle_lock import IdleLock
from genesis_tui.app.navigation import CALL, COMMANDS, KEYS, SIGN_IN, SUPPORT, Navigation
from genesis_tui.app.pending import PendingActs
from genesis_tui.app.status import StatusMessages
from genesis_tui.app.type_ahead import Passed, TypeAhead
from genesis_tui.models.base.errors import ApiError, SignedOut
from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.frame.status import Status

if TYPE_CHECKING:
    from textual.worker import Worker

    from genesis_tui.models.family import Family, FamilyMember
    from genesis_tui.models.messages.drafts import Draft
    from genesis_tui.models.messages.threads import ThreadRow
    from genesis_tui.models.sign_in import Host, SignedIn
    from genesis_tui.screens.base.place import Framed
    from genesis_tui.session.portal import Portal
    from genesis_tui.settings.settings import Settings

FAR = timedelta(minutes=2)
"""Beyond it a clock that is wrong is worth telling."""


class GenesisApp(App[int]):
    """One server, one person signed in, one record open at a time."""

    _variables: tuple[str, dict[str, str]] | None = None

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

    def __init__(self, portal: Portal, settings: Settings, keys: Mapping[str, str] | None = None) -> None:
        """Nothing is sent and nothing is read from disk here.

        Args:
            portal: the server to sign in to.
            settings: an empty theme lets the terminal decide.
            keys: binding id -> keys, as `launch.prepare` gives them.
        """
        super().__init__()
        self.stylesheet = CalmStylesheet()
        self.status = StatusMessages(self, self._sign_in_ended)
        self.portal = portal
        self.type_ahead = TypeAhead(self, super().on_event)
        self.navigation = Navigation(self, portal, self.status, self.type_ahead)
        self.idle_lock = IdleLock(self, portal, self.status, self.navigation, self.action_sign_out)
        self.pending = PendingActs(self, portal, self.status)
        self.composer = Composer(self, portal, self.status, self.pending, self.type_ahead, self.now)
        self.settings = settings
        self.host: Host | None = None
        self._ahead = timedelta()
        for name in themes.NAMES:
            self.register_theme(themes.theme(name))
        self._dress(settings.theme or themes.fitting(os.environ, low_bandwidth=settings.low_bandwidth))
        self.animation_level = "none"
        if keys:
            self.set_keymap(dict(keys))

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

    def local(self, at: datetime) -> datetime:
        """An instant in the zone of the person signed in; in the computer's own before that."""
        from genesis_tui.models.base.dates import in_zone

        return in_zone(at, self.portal.me.zone if self.portal.me else "")

    def now(self) -> datetime:
        """The server's time at sign-in and what has passed since, in the zone of the person signed in."""
        return self.local(datetime.now(UTC) + self._ahead)

    # start and end

    def on_mount(self) -> None:
        """End with the terminal."""
        shutdown.on_signals(self.end)
        if shutdown.has_terminal():
            self.set_interval(shutdown.SECONDS_BETWEEN_LOOKS, self._look_for_terminal)

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

    async def on_event(self, event: events.Event) -> None:
        self.idle_lock.notice(event)
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

    def action_help_quit(self) -> None:
        """`ctrl+c` is for copying; whoever meant to leave is told how."""
        self.say("ctrl+q quits.")

    # signing in and out

    async def enter(self, me: SignedIn) -> None:
        """Open the app for the person who signed in; a support agent gets a page of their own (SUP-5)."""
        with self.type_ahead.opening():
            await self._enter(me)

    async def _enter(self, me: SignedIn) -> None:
        self.status.clear()
        self._ahead = me.server_now - datetime.now(UTC)
        if await self.idle_lock.unlocked(me):
            self.pending.go_on_writing()
            return
        self.idle_lock.watch_over(me)
        if me.role == "support":
            self.switch_mode(SUPPORT)
            return
        self.people = await self.portal.family()
        if self.people.people and not self.portal.has_portal:
            self.navigation.open_record(self.people.people[0])
        else:
            self.navigation.go(self.navigation.start)
        self._tell_limits(me)
        self.pending.go_on_writing()

    def _tell_limits(self, me: SignedIn) -> None:
        """ID-5: what a Basic sign-in does not open, in the server's words; SUP-6: outages, with what still works."""
        people = self.people.people if self.people else ()
        notes = [Status(o.title, f"{o.detail} {o.still_works}".strip(), "pending") for o in me.outages]
        if skew := self._skew_words():
            notes.append(Status("Clock.", skew, "pending"))
        closed = next((c for p in people[:1] for c in p.can if c.rule == "ID-5"), None)
        if closed is not None:
            notes.append(Status(f"{me.level} sign-in.", f"{closed.title} {closed.next}".strip(), "pending"))
        self.status.show(tuple(notes))
        if not notes and self.portal.keeps:
            self.say("Signed in.", f"Kept in {self.portal.where_kept}.")

    def _skew_words(self) -> str:
        """How far this computer's clock is wrong, where that is worth telling."""
        skew = self.portal.skew
        if abs(skew) < FAR:
            return ""
        minutes = round(abs(skew).total_seconds() / 60)
        side = "behind" if skew > timedelta() else "ahead of"
        return f"This computer's clock is {minutes} minutes {side} the server's. Times here follow the server."

    @work(exclusive=True, group="sign-out")
    async def action_sign_out(self) -> None:
        """Remove every screen that showed something of the person, forget them here, then revoke the sign-in."""
        self.idle_lock.stop_watching()
        self.navigation.pop_to_base()
        self.portal.leave()
        self.people = None
        self.switch_mode(SIGN_IN)
        await self.navigation.remove_places(list(self.navigation.opened))
        try:
            await self.portal.sign_out()
        except ApiError as error:
            if not isinstance(error, SignedOut):
                self.report(error)
        self.refresh_frame()

    @work(exclusive=True, group="person")
    async def refresh_person(self) -> None:
        """Ask again who is signed in and what is open to them; the places begin anew."""
        try:
            await self.enter(await self.portal.ask_again())
        except ApiError as error:
            self.report(error)
        else:
            await self.navigation.remove_places([mode for mode in self.navigation.opened if mode != self.current_mode])
            self.say("Premium.", "All of your record is open now.")

    def refresh_frame(self) -> None:
        """Bring the rows around the screen on top up to date."""
        if hasattr(self.screen, "refresh_frame"):
            cast("Framed", self.screen).refresh_frame()

    # places

    @property
    def people(self) -> Family | None:
        """The last answer of `Portal.family`; None before the first."""
        return self.navigation.people

    @people.setter
    def people(self, people: Family | None) -> None:
        self.navigation.people = people

    @property
    def wanted(self) -> str:
        """The key of what the place should show."""
        return self.navigation.wanted

    @wanted.setter
    def wanted(self, key: str) -> None:
        self.navigation.wanted = key

    def take_wanted(self) -> str:
        """The key of what the place should show, once."""
        return self.navigation.take_wanted()

    def go(self, place: str) -> None:
        """Open a place by its id."""
        self.navigation.go(place)

    def open_record(self, member: FamilyMember, place: str = "results", item: str = "") -> None:
        """Close the open record and open `member`'s; the arguments are those of `Navigation.open_record`."""
        self.navigation.open_record(member, place, item)

    def sign_in_again(self) -> None:
        """Go to the sign-in screen with everybody who is signed in for staying so."""
        self.navigation.sign_in_again()

    def back(self) -> None:
        """Put messages away, else close what is on top."""
        self.navigation.back()

    def opening(self) -> AbstractContextManager[None]:
        """Keys wait until this ends: they are for what it opens."""
        return self.type_ahead.opening()

    def unasked(self) -> None:
        """A question comes that nobody asked for."""
        self.type_ahead.unasked()

    # messages

    def write(
        self,
        patient: FamilyMember,
        *,
        draft: Draft | None = None,
        thread: ThreadRow | None = None,
        subject: str = "",
        body: str = "",
        category: str = "",
        entry: str = "",
    ) -> Worker[None]:
        """Open the form for a message; the arguments are those of `Composer.write`."""
        return self.composer.write(
            patient, draft=draft, thread=thread, subject=subject, body=body, category=category, entry=entry
        )

    @property
    def notes(self) -> tuple[Status, ...]:
        """The messages that are shown."""
        return self.status.notes

    def report(self, error: ApiError) -> None:
        """Put an error in the message line."""
        self.status.report(error)

    def say(self, lead: str, text: str = "", *, ok: bool = True, about: str = "") -> None:
        """Put words in the message line."""
        self.status.say(lead, text, ok=ok, about=about)

    def unsay(self, about: str) -> None:
        """What was said about this holds no longer."""
        self.status.unsay(about)

    def clear_notes(self) -> None:
        """Put the messages away."""
        self.status.clear()

    def _sign_in_ended(self) -> None:
        if self.current_mode != SIGN_IN:
            self.action_sign_out()


def _of_what_goes(error: Exception) -> bool:
    """Whether a worker looked for a part of its screen while the screen was being removed."""
    if not (isinstance(error, WorkerFailed) and isinstance(error.error, DOMError | QueryError | MountError)):
        return False
    node = get_current_worker().node
    return not node.is_running or not node.is_attached or node._pruning


class CalmStylesheet(Stylesheet):
    """Textual reads all styles again at the start and at every change of place; with the same variables in vain."""

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the variables of another theme; the same ones change nothing."""
        if variables != self._variables:
            super().set_variables(variables)
            self._require_parse = True
            self._rules_map = None

    def reparse(self) -> None:
        """What changed is read when rules are next asked for."""
