"""`n`, `w`: give another adult access to one's own record (FAM-5), ask for access to theirs (FAM-12)."""

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
    HINT = "To: the other person's DS Logon user name. Last day: 2027-06-30, or empty for no end."
    NOBODY = "To whom? The other person's DS Logon user name."
    ENDS = True
    """Whether a last day is asked for."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "preview", id="grant.preview"),
        Binding("escape", "close", "don't", id="grant.stay"),
    ]

    def __init__(self, owner: FamilyMember, today: date, *, receiver: str = "", scope: Access = Access.FULL) -> None:
        """`receiver` and `scope` are filled in already."""
        super().__init__()
        self._owner = owner
        self._today = today
        self._filled = Wish(receiver, scope, None)

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._owner)
        yield Field("To", id="receiver")
        yield Toggle("Access", [f"{scope.value} access" for scope in SCOPES], id="scope")
        if self.ENDS:
            yield Field("Last day", id="until")
        yield Page(id="words")

    def on_mount(self) -> None:
        self.query_one("#words", Page).can_focus = False
        self._say(Para(self.HINT, "muted"))
        self.query_one("#receiver", Input).value = self._filled.receiver
        self.query_one(Toggle).chosen = SCOPES.index(self._filled.scope)

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
        receiver = self.query_one("#receiver", Input)
        if not receiver.value.strip():
            self._say(Para(self.NOBODY, "abnormal"))
            receiver.focus()
            return
        try:
            last = self._last_day()
        except ValueError as error:
            self._say(Para(str(error), "abnormal"))
            self.query_one("#until", Input).focus()
            return
        self.dismiss(Wish(receiver.value.strip(), SCOPES[self.query_one(Toggle).chosen], last))

    def _last_day(self) -> date | None:
        """Raises ValueError, in words for the person."""
        return day(self.query_one("#until", Input).value, self._today) if self.ENDS else None


class AskForm(GrantForm):
    """Whose record, and how much of it."""

    HEADING = "Ask for access to a record"
    HINT = "To: the other person's DS Logon user name. They alone see that you ask."
    NOBODY = "Whom? The other person's DS Logon user name."
    ENDS = False
