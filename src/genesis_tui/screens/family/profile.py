"""`p`: Patient Information. DEERS data is shown and can't be changed here (DEERS-1, MSG-2)."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var

from genesis_tui.models.base.dates import Moment, Precision, day
from genesis_tui.models.base.errors import ApiError, NotOffered, RecordClosed
from genesis_tui.models.family import FamilyMember
from genesis_tui.screens.base.place import Place
from genesis_tui.screens.family.ask_first_form import AskFirstForm, ask_first_paras
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.page import Page, Para, error_paras, fact, heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genesis_tui.models.family import DeersView, Profile
    from genesis_tui.models.sign_in import ScriptSignIn

EDITED_IN = "These come from DEERS. They are changed in milConnect or at an ID card office, not here."
NO_PCM = "No primary care manager is linked. Your clinic can link one; you can call the clinic meanwhile."


def profile_paras(profile: "Profile", person: FamilyMember, read: str) -> list[Para]:
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
        fact("Status", profile.status.replace("-", " ").capitalize()),
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
        fact("Your access", f"{person.access_text}{', ' if ':' in person.access_text else ': '}{person.why}"),
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


def beside_paras(view: "DeersView") -> list[Para]:
    """The portal and DEERS, where they differed at this read (DEERS-2); an error of DEERS with its next step."""
    if view.error:
        return [Para(), heading("DEERS can't be read"), Para(view.error, "critical bold"), Para(view.next)]
    different = [field for field in view.fields if not field.same]
    if not different:
        return [Para(), heading("The portal beside DEERS"), Para("✓ everything agrees", "ok")]
    rows = [
        Para(),
        heading("The portal beside DEERS"),
        Para("! changed in DEERS since the portal last read it", "abnormal"),
    ]
    for field in different:
        rows += [
            fact(field.title, ""),
            Para(_line(field.portal), label="  portal"),
            Para(_line(field.deers), label="  DEERS"),
        ]
    return rows


def _line(text: str) -> str:
    return ", ".join(text.splitlines()) or "None recorded"


def sign_in_paras(where: str, scripts: "Sequence[ScriptSignIn]", local: "Callable[[datetime], datetime]") -> list[Para]:
    """Where the sign-in is kept, and the sign-ins for scripts (SESS-4)."""
    rows = [Para(), heading("This sign-in"), fact("Kept in", where)]
    for one in scripts:
        until = f" until {local(one.ends):%d %b %Y}" if one.ends else ""
        rows.append(Para(f"reads {one.reads}{until}", "pending", label="For scripts"))
    return rows


class PatientScreen(Place):
    """One person's information, read only."""

    PLACE = "patient"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,full_stop", "reload", "refresh", id="patient.reload"),
        Binding("P", "premium", "become Premium", id="patient.premium"),
        Binding("a", "ask_first", "ask me first", id="patient.ask_first"),
        Binding("d", "end_scripts", "end scripts' sign-ins", id="patient.end_scripts"),
    ]
    scripts: "var[tuple[ScriptSignIn, ...]]" = var(())

    def compose_body(self) -> ComposeResult:
        yield Page([Para(f"Loading{symbols.get('more')}", "italic muted")], id="text")

    def on_mount(self) -> None:
        self.load()

    def action_reload(self) -> None:
        self.load()

    @work(exclusive=True, group="profile")
    async def load(self) -> None:
        """Ask for the profile; what is shown stays until there is something new."""
        record = self.shell.portal.record
        if record is None:
            return
        before = self.fetched
        self.fetched = before._replace(state="fetching")
        try:
            more = await self._own(record.patient)  # first: reading the profile brings the portal up to date
            profile = await record.profile()
        except RecordClosed:
            return
        except ApiError as error:
            self.not_fetched(before, error)
            name = record.patient.given
            heading = "Not offered here" if isinstance(error, NotOffered) else f"Can't show {name}'s information"
            self.query_one(Page).rows = tuple(error_paras(error, heading))
        else:
            self.fetched = Fetched("ready", self.shell.now())
            self._show(profile, record.patient, more)

    @property
    def _is_own(self) -> bool:
        """Whether it is one's own, and the server can be asked."""
        portal, patient = self.shell.portal, self.patient
        me = portal.sign_in.me
        return me is not None and patient is not None and patient.id == me.id and portal.offline.since is None

    async def _own(self, person: FamilyMember) -> list[Para]:
        """What is told of oneself alone."""
        portal = self.shell.portal
        if portal.sign_in.me is None or not self._is_own:
            return []
        view, self.scripts = await portal.sign_in.accounts.deers(person.id), await portal.sign_in.script_sign_ins()
        self.refresh_bindings()
        kept = sign_in_paras(portal.sign_in.saved.where, self.scripts, self.shell.local)
        return [*beside_paras(view), *ask_first_paras(portal.sign_in.me.ask_first), *kept]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what there is to do is a key."""
        me = self.shell.portal.sign_in.me
        if action == "premium":
            return me is not None and me.level == "Basic"
        if action == "ask_first":
            return self._is_own
        if action == "end_scripts":
            return bool(self.scripts)
        return super().check_action(action, parameters)

    def action_premium(self) -> None:
        """`P`: a few questions; then all that Premium opens is open at once."""
        from genesis_tui.screens.family.premium_form import PremiumForm

        self.app.push_screen(PremiumForm(), self._became_premium)

    def _became_premium(self, done: bool | None) -> None:
        if done:
            self.shell.refresh_person()

    def action_ask_first(self) -> None:
        """`a`: choose which kinds of results ask before they open (REL-6)."""
        self.app.push_screen(AskFirstForm(), self._chose)

    def _chose(self, done: bool | None) -> None:
        if done:
            self.shell.say("Saved.", "It holds from now on, for you alone.")
            self.load()

    def action_end_scripts(self) -> None:
        """`d`: end the sign-ins that scripts go on with, once it was confirmed (SESS-4)."""
        from genesis_tui.screens.base.confirm import ActPreview, Confirm

        if self.patient is None:
            return
        facts = [Para(f"reads {one.reads}", label="Sign-in") for one in self.scripts]
        preview = ActPreview(
            self.patient, "End the sign-ins for scripts", "end them", facts, "Scripts stop working at once."
        )
        self.app.push_screen(Confirm(preview, self._end_scripts), self._ended_scripts)

    def _ended_scripts(self, done: bool | None) -> None:
        if done:
            self.load()

    async def _end_scripts(self) -> None:
        for one in self.scripts:
            await self.shell.portal.sign_in.end_script_sign_in(one.id)

    def _show(self, profile: "Profile", person: FamilyMember, more: "Sequence[Para]" = ()) -> None:
        at = self.shell.local(profile.deers_read) if profile.deers_read else None
        read = f"{at:%a} {at.day} {at:%b %Y %H:%M %Z}" if at else ""
        self.query_one(Page).rows = (*profile_paras(profile, person, read), *more)
