"""`n`, `a`: give another adult access to one's own record (FAM-5), ask for access to theirs (FAM-12)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.screens.base.confirm import ActPreview, Confirm, PatientHeading
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.forms.field import Field
from genesis_tui.widgets.forms.toggle import Toggle
from genesis_tui.widgets.page import Page, Para, fact

SCOPES = (Access.FULL, Access.LIMITED)


@dataclass(frozen=True, slots=True)
class Wish:
    """A grant as it is typed."""

    receiver: str
    scope: Access
    until: date | None


NOTHING = Wish("", Access.FULL, None)
Previewed = Callable[[Wish], ActPreview]
Done = Callable[[Wish], Awaitable[object]]


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
    """Who, how much, until when. It stands until what it asks for is done, so that nothing is typed twice."""

    DEFAULT_CSS = """
    GrantForm PatientHeading { margin-bottom: 1; }
    GrantForm.-short PatientHeading { margin-bottom: 0; }
    """
    HEADING = "Give access to your record"
    HINT = "To: the other person's DS Logon user name. Last day: 2027-06-30, or empty for no end."
    KINDS = (
        "everything in your record but what is marked sensitive; they can write and act for you.",
        "your details, appointments, immunizations and allergies, and messages that they wrote or received.",
    )
    NOBODY = "To whom? The other person's DS Logon user name."
    ENDS = True
    """Whether a last day is asked for."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "next field", id="grant.next"),
        Binding("ctrl+r", "review", "review", id="grant.preview"),
        Binding("escape", "close", "don't", id="grant.stay"),
    ]

    def __init__(
        self,
        owner: FamilyMember,
        today: date,
        preview: Previewed,
        act: Done,
        *,
        filled: Wish = NOTHING,
    ) -> None:
        """`filled` stands in the fields already; `act` is done after its `preview` was agreed to."""
        super().__init__()
        self._owner = owner
        self._today = today
        self._preview = preview
        self._act = act
        self._filled = filled

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._owner)
        yield Field("To", id="receiver")
        yield Toggle("Access", [scope.value for scope in SCOPES], id="scope")
        if self.ENDS:
            yield Field("Last day", id="until")
        yield Page(id="words")

    def on_mount(self) -> None:
        self.query_one("#words", Page).can_focus = False
        self._say(Para(self.HINT, "muted"))
        self.query_one("#receiver", Input).value = self._filled.receiver
        self.query_one(Toggle).chosen = SCOPES.index(self._filled.scope)

    def on_resize(self) -> None:
        self._fit()

    def _say(self, para: Para) -> None:
        kinds = (fact(scope.value.capitalize(), words) for scope, words in zip(SCOPES, self.KINDS, strict=True))
        self.query_one("#words", Page).rows = (Para(), para, Para(), *kinds)
        self._fit()

    def _fit(self) -> None:
        page, room = self.query_one("#words", Page), self.room()
        page.styles.height = max(1, min(page.height_for(min(74, room.width)), room.height - 5))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_next()

    def action_next(self) -> None:
        """`enter`: to the next field, from the last one to the preview."""
        fields = [one for one in self.focus_chain if one.display]
        if self.focused is fields[-1]:
            self.action_review()
        else:
            self.focus_next()

    def action_review(self) -> None:
        """`ctrl+r`: to the preview, once everything is filled in."""
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
        self._say(Para(self.HINT, "muted"))
        wish = Wish(receiver.value.strip(), SCOPES[self.query_one(Toggle).chosen], last)
        self.app.push_screen(Confirm(self._preview(wish), partial(self._act, wish)), partial(self._answered, wish))

    def _last_day(self) -> date | None:
        """Raises ValueError, in words for the person."""
        return day(self.query_one("#until", Input).value, self._today) if self.ENDS else None

    def _answered(self, wish: Wish, done: bool | None) -> None:
        if done:
            self.dismiss(wish)


class AskForm(GrantForm):
    """Whose record, and how much of it."""

    HEADING = "Ask for access to a record"
    HINT = "To: the other person's DS Logon user name. They alone see that you ask."
    KINDS = (
        "everything in their record but what is marked sensitive; you can write and act for them.",
        "their details, appointments, immunizations and allergies, and messages that you wrote or received.",
    )
    NOBODY = "Whom? The other person's DS Logon user name."
    ENDS = False
