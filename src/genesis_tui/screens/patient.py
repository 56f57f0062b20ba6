"""`p`: Patient Information. DEERS data is shown and can't be changed here (DEERS-1, MSG-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui import symbols
from genesis_tui.models.days import day
from genesis_tui.models.moment import Moment, Precision
from genesis_tui.models.people import FamilyMember
from genesis_tui.screens.place import Place
from genesis_tui.session.errors import ApiError, NotOffered, RecordClosed
from genesis_tui.widgets.bar import Fetched
from genesis_tui.widgets.error_text import error_paras
from genesis_tui.widgets.page import Page, Para, fact, heading

if TYPE_CHECKING:
    from genesis_tui.models.people import Profile

EDITED_IN = "These come from DEERS. They are changed in milConnect or at an ID card office, not here."
NO_PCM = "No primary care manager is linked. Your clinic can link one; it can be called without."


def profile_paras(profile: Profile, person: FamilyMember, read: str) -> list[Para]:
    """All of it, in groups. `read`: when the portal last read DEERS, in words."""
    return [
        heading("DEERS"),
        fact("Name", profile.name),
        fact("Born", _day(profile.birth_date)),
        fact("DoD ID", profile.dod_id),
        fact("Sex", profile.sex),
        fact("Address", profile.address),
        fact("E-mail", profile.email),
        fact("Phone", profile.phone),
        fact("Status", profile.status),
        fact("Read", read),
        Para(EDITED_IN, "muted"),
        Para(),
        heading("Care team"),
        fact("PCM", profile.pcm) if profile.pcm else Para(NO_PCM, "pending", label="PCM"),
        fact("Team", profile.team),
        fact("Clinics", profile.clinics),
        Para(),
        heading("Signing in"),
        fact("By", ", ".join(profile.methods)),
        fact("Level", profile.level),
        Para(),
        heading("Access and sharing"),
        fact("Your access", f"{person.access.value} access: {person.why}"),
        *_closed(person),
        fact("Sharing", profile.sharing),
    ]


def _day(text: str) -> str:
    """A full date in words, anything less as it was given (REC-6)."""
    try:
        return day(Moment(datetime.fromisoformat(text), Precision.DAY))
    except ValueError:
        return text


def _closed(person: FamilyMember) -> list[Para]:
    """What of the record is closed to the viewer, in the server's words; each reason once."""
    refused = {can.title: can for can in person.can if not can.allowed and can.title}
    return [
        Para(f"{can.title} {can.next}".strip() + (f" ({can.rule})" if can.rule else ""), "pending", label="Closed")
        for can in refused.values()
    ]


class PatientScreen(Place):
    """One person's information, read only."""

    PLACE = "patient"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5,full_stop", "reload", "refresh", id="patient.reload")]

    def compose_body(self) -> ComposeResult:
        """The page."""
        yield Page([Para(f"Loading{symbols.get('more')}", "italic muted")], id="text")

    def on_mount(self) -> None:
        """Load at once."""
        super().on_mount()
        self.load()

    def action_reload(self) -> None:
        """`f5`."""
        self.load()

    @work(exclusive=True, group="profile")
    async def load(self) -> None:
        """Ask for the profile; what is shown stays until there is something new."""
        record = self.shell.portal.record
        if record is None:
            return
        before = self.fetched
        self.fetched = replace(before, state="fetching")
        try:
            profile = await record.profile()
        except RecordClosed:
            return
        except ApiError as error:
            self.fetched = before
            name = record.patient.given
            heading = "Not offered here" if isinstance(error, NotOffered) else f"Can't show {name}'s information"
            self.query_one(Page).rows = tuple(error_paras(error, heading))
        else:
            self.fetched = Fetched("ready", self.shell.now())
            self._show(profile, record.patient)

    def _show(self, profile: Profile, person: FamilyMember) -> None:
        at = self.shell.local(profile.deers_read) if profile.deers_read else None
        read = f"{at:%a} {at.day} {at:%b %Y %H:%M %Z}" if at else ""
        self.query_one(Page).rows = tuple(profile_paras(profile, person, read))
