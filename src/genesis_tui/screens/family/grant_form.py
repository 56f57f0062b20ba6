"""`n`: give another adult access to one's own record (FAM-5): a form, then the preview."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.screens.base.confirm import PatientHeading
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.forms.field import Field
from genesis_tui.widgets.forms.toggle import Toggle
from genesis_tui.widgets.page import Page, Para

HINT = "To: the other person's DS Logon user name. Last day: such as 2027-06-30, or empty for no end."
SCOPES = (Access.FULL, Access.LIMITED)


@dataclass(frozen=True, slots=True)
class Wish:
    """A grant that is to be previewed."""

    receiver: str
    scope: Access
    until: date | None


def day(text: str, today: date) -> date | None:
    """`2027-06-30` as a date, None for nothing. Raises ValueError, in words for the person, for anything else."""
    if not text.strip():
        return None
    try:
        until = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("Write the last day as year-month-day, such as 2027-06-30, or leave it empty.") from None
    if until < today:
        raise ValueError("The last day is in the past.")
    return until


class GrantForm(Dialog[Wish]):
    """Who, how much, until when. Nothing is sent from here."""

    DEFAULT_CSS = """
    GrantForm PatientHeading { margin-bottom: 1; }
    GrantForm.-short PatientHeading { margin-bottom: 0; }
    """
    HEADING = "Give access to your record"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "preview", id="grant.preview"),
        Binding("escape", "close", "don't", id="grant.stay"),
    ]

    def __init__(self, owner: FamilyMember, today: date) -> None:
        super().__init__()
        self._owner = owner
        self._today = today

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._owner)
        yield Field("To", id="receiver")
        yield Toggle("Access", [f"{scope.value} access" for scope in SCOPES], id="scope")
        yield Field("Last day", id="until")
        yield Page(id="words")

    def on_mount(self) -> None:
        self.query_one("#words", Page).can_focus = False
        self._say(
            Para("To: the other person's DS Logon user name. Last day: 2027-06-30, or empty for no end.", "muted")
        )

    def _say(self, para: Para) -> None:
        page = self.query_one("#words", Page)
        page.rows = (Para(), para)
        page.styles.height = page.height_for(min(74, self.room().width))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        """`enter`: to the preview, once everything is filled in."""
        receiver, until = (self.query_one(f"#{id}", Input) for id in ("receiver", "until"))
        if not receiver.value.strip():
            self._say(Para("To whom? The other person's DS Logon user name.", "abnormal"))
            receiver.focus()
            return
        try:
            last = day(until.value, self._today)
        except ValueError as error:
            self._say(Para(str(error), "abnormal"))
            until.focus()
            return
        self.dismiss(Wish(receiver.value.strip(), SCOPES[self.query_one(Toggle).chosen], last))
