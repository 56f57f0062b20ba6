"""Going from place to place: every patient's screens are removed, not hidden, when another record opens (FAM-9)."""

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import App
from textual.screen import Screen

from genesis_tui.app.status import StatusMessages
from genesis_tui.app.type_ahead import TypeAhead
from genesis_tui.models.base.errors import ApiError
from genesis_tui.screens.base import places

if TYPE_CHECKING:
    from textual.worker import Worker

    from genesis_tui.models.family import Family, FamilyMember
    from genesis_tui.session.portal import Portal

SIGN_IN = "sign-in"
SUPPORT = "support"
PATIENTS = "genesis_tui.screens.family.patients:PatientsScreen"
"""Stands in the place of Family where there is no portal, and so no family."""
CALL = "genesis_tui.screens.support.call:CallDialog"
COMMANDS = "genesis_tui.screens.help.palette:Palette"
KEYS = "genesis_tui.screens.help.keys:KeysDialog"
FAMILY = "genesis_tui.screens.family.switcher:FamilySwitcher"
_SCREENS = {
    SIGN_IN: "genesis_tui.screens.sign_in.screen:SignInScreen",
    SUPPORT: "genesis_tui.screens.support.agent:AgentScreen",
}


def loader(path: str) -> Callable[[], Screen[None]]:
    """Makes the screen at `module:class`, imported when it is first wanted."""

    def load() -> Screen[None]:
        module, _, name = path.partition(":")
        return cast("Screen[None]", getattr(import_module(module), name)())

    return load


class Navigation:
    """Places as modes of the app: one for each family-wide place, one for each place of the open record."""

    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {n: loader(p) for n, p in _SCREENS.items()}

    def __init__(self, app: App[int], portal: "Portal", status: StatusMessages, type_ahead: TypeAhead) -> None:
        self.app = app
        self.portal = portal
        self.status = status
        self.type_ahead = type_ahead
        self.people: Family | None = None
        """The last answer of `Portal.family`; None before the first."""
        self.opened: list[str] = []
        """Modes that have a screen, apart from those of `MODES`."""
        self.wanted = ""
        """The key of what the place should show; `take_wanted` gives it once."""
        self._round = 0
        self._before = ""
        self._sent_from = ""

    @property
    def start(self) -> str:
        """The place that a sign-in leads to, and `q` before it quits: Home; choosing a patient where there is none."""
        return "home" if self.portal.connection.has_portal else "family"

    def sign_in_again(self) -> None:
        """Go to the sign-in screen with everybody who is signed in for staying so."""
        self.pop_to_base()
        self.app.switch_mode(SIGN_IN)

    def go(self, place: str) -> None:
        """Open a place by its id. One that shows a patient opens the viewer's own record where none is open."""
        if self.portal.sign_in.locked is not None:
            return
        self._sent_from = ""
        target = places.place(place)
        if target.of_patient and self.portal.record is None:
            if self.people is not None and self.people.people:
                self.open_record(self.people.people[0], place, insist=True)
            elif not self.portal.connection.has_portal:
                self.go("family")
            return
        mode = f"{place}@{self._round}" if target.of_patient else place
        if mode == self.app.current_mode:
            self.pop_to_base()
        else:
            self._show(mode, target.path if self.portal.connection.has_portal or place != "family" else PATIENTS)

    def _show(self, mode: str, path: str) -> None:
        if mode not in self.opened:
            self.app.add_mode(mode, loader(path))
            self.opened.append(mode)
        self._before = self.app.current_mode
        self.app.switch_mode(mode)

    @property
    def screens(self) -> tuple[Screen[Any], ...]:
        """Every screen there is, in all places."""
        return tuple(screen for stack in self.app._screen_stacks.values() for screen in stack)

    def pop_to_base(self) -> None:
        """Close what lies over the place."""
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def open_record(
        self, member: "FamilyMember", place: str = "results", item: str = "", *, insist: bool = False
    ) -> "Worker[None]":
        """Close the open record and remove its screens; open `member`'s at `place`, or at what is open to the viewer.

        Screens that lie over a place, such as the family switcher, are closed first. `item` is the key of what the
        place should show; it asks for it with `take_wanted`. `insist` opens the place even where it will only explain
        that it is closed.
        """
        opening = partial(self._open_record, member, place, item, insist=insist)
        return self.app.run_worker(opening, group="open", exclusive=True)

    async def _open_record(self, member: "FamilyMember", place: str, item: str, *, insist: bool) -> None:
        if self.portal.sign_in.locked is None:
            with self.type_ahead.opening():
                await self._close_and_open(member, place, item, insist=insist)

    async def _close_and_open(self, member: "FamilyMember", place: str, item: str, *, insist: bool) -> None:
        self.pop_to_base()
        self.wanted, sent_from = item, self.app.current_mode if item else ""
        target = places.place(place)
        if not insist and target.of_patient and not member.may(target.action).allowed:
            place = places.PATIENT.id
        self.go(place if await self._changed_to(member) else self.start)
        self._sent_from = sent_from
        await self.remove_places(m for m in self.opened if "@" in m and not m.endswith(f"@{self._round}"))

    async def _changed_to(self, member: "FamilyMember") -> bool:
        """Whether the record of `member` is the open one now. Where it was refused, none is."""
        record = self.portal.record
        if record is not None and record.patient.id == member.id:
            return True
        self._round += 1
        try:
            await self.portal.open(member)
        except ApiError as error:
            self.status.report(error)
            return False
        return True

    def access_ended(self) -> "Worker[None]":
        """The access to the open record has ended: nothing of it stays on the screen (FAM-11)."""
        return self.app.run_worker(self._access_ended, group="open", exclusive=True)

    async def _access_ended(self) -> None:
        self.pop_to_base()
        self.go(self.start)
        await self.remove_places([mode for mode in self.opened if "@" in mode])
        self.status.say(
            "Your access to that record has ended.", "What this computer kept of it has been deleted.", ok=False
        )

    def take_wanted(self) -> str:
        """The key of what the place should show, once; empty where nothing in particular was asked for."""
        wanted, self.wanted = self.wanted, ""
        return wanted

    async def remove_places(self, modes: Iterable[str]) -> None:
        """Remove the screens of these places, except the one on top."""
        for mode in [m for m in modes if m != self.app.current_mode]:
            if mode in self.opened:
                self.opened.remove(mode)
                await self.app.remove_mode(mode)

    def back(self) -> None:
        """Put away messages that wait; else close the screen on top; else go back to where this was asked for.

        That is the place from which one thing was opened here, and for Patient Information the place before it.
        """
        if self.status.put_away():
            return
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        elif self._sent_from in self.opened:
            mode, self._sent_from = self._sent_from, ""
            self.app.switch_mode(mode)
        elif self.app.current_mode.startswith(places.PATIENT.id) and self._before in self.opened:
            self.app.switch_mode(self._before)

    def leave(self, may_quit: Callable[[], bool]) -> None:
        """Close the screen on top; else go to where a sign-in leads; else quit, there only if `may_quit` says so."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        elif self.app.current_mode in (self.start, SIGN_IN, SUPPORT):
            if may_quit():
                self.app.exit()
        else:
            self.go(self.start)

    # dialogs over any screen

    def choose_family(self) -> None:
        """Ask whose record to open; where there is no family, go to the place to choose a patient."""
        if self.portal.sign_in.locked is not None:
            return
        if not self.portal.connection.has_portal:
            self.pop_to_base()
            self.go("family")
            return
        self.push_once(FAMILY)

    def push_once(self, path: str) -> None:
        """Open the dialog at `module:class`, unless it is open already."""
        if type(self.app.screen).__name__ != path.rpartition(":")[2]:
            self.app.push_screen(loader(path)())
