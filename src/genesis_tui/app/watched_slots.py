"""Earlier slots: while something is watched, the server is asked for what is found, and it is told on any screen."""

import asyncio
from typing import TYPE_CHECKING

from textual.app import App

from genesis_tui.app.navigation import Navigation
from genesis_tui.app.status import StatusMessages
from genesis_tui.models.base.errors import ApiError, SignedOut

if TYPE_CHECKING:
    from genesis_tui.models.appointments.booking import FoundSlot
    from genesis_tui.session.portal import Portal

FOUND = "slot found"
"""What is said of one slot stands in place of what was said of the one before."""
_PAUSE = 30.0
"""Seconds after which it is asked again where the server could not be."""


class WatchedSlots:
    """Asks from the first watch of a sign-in on, until its end."""

    def __init__(self, app: App[int], portal: "Portal", status: StatusMessages, navigation: Navigation) -> None:
        """Nothing is asked before `follow`."""
        self.app = app
        self.portal = portal
        self.status = status
        self.navigation = navigation
        self._whose = ""

    def follow(self) -> None:
        """Something is watched; what is asked already goes on."""
        me = self.portal.sign_in.me
        if me is not None and me.id != self._whose:
            self._whose = me.id
            self.app.run_worker(self._follow(me.id), group="slots", exclusive=True)

    async def _follow(self, whose: str) -> None:
        slots = self.portal.earlier_slots()
        try:
            while (me := self.portal.sign_in.me) is not None and me.id == whose:
                try:
                    found = await slots.next()
                except SignedOut:
                    return
                except ApiError:
                    await asyncio.sleep(_PAUSE)
                    continue
                for one in found:
                    self._tell(one)
        finally:
            self._whose = ""

    def _tell(self, found: "FoundSlot") -> None:
        from genesis_tui.models.appointments.booking import slot_text

        people = self.navigation.people.people if self.navigation.people else ()
        name = next((one.given for one in people if one.id == found.patient_id), "")
        if self.portal.sign_in.locked is None:
            told = f"{slot_text(found.slot)}, {found.slot.clinic}. In Appointments m moves the visit."
            self.status.say(f"An earlier slot{f' for {name}' if name else ''}:", told, ok=False, about=FOUND)
