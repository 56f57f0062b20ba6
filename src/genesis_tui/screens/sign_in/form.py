"""Fields to fill in on the sign-in screen: user name and password, a PIN, a code, a registration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input

from genesis_tui.widgets.forms.field import Field


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: the name of its value, its label, and whether what is typed shows as dots."""

    id: str
    label: str
    secret: bool = False


CODE = FormField("code", "Code")
AGAIN = FormField("again", "Once more", secret=True)
USERNAME = FormField("username", "User name")
PASSWORD = FormField("password", "Password", secret=True)
LOGON = (USERNAME, PASSWORD)


class Form(VerticalScroll):
    """`enter` in a field goes to the next one that is empty; once all are filled in it sends them."""

    DEFAULT_CSS = "Form { height: auto; margin-top: 1; }"
    can_focus = False

    @dataclass
    class Sent(Message):
        """Everything is filled in. What is typed goes to the session and nowhere else."""

        values: dict[str, str] = field(repr=False)

        def __rich_repr__(self) -> list[str]:
            """Nothing of it is ever printed."""
            return []

    class Unchanged(Message):
        """Sent again as it was refused: that would only cost a try."""

    def __init__(self, asked: Sequence[FormField], values: Mapping[str, str] | None = None) -> None:
        """`values` are filled in already, by field."""
        super().__init__()
        self._asked = tuple(asked)
        self._values = dict(values or {})
        self._refused: dict[str, str] | None = None
        """What was filled in when it was refused."""

    def compose(self) -> ComposeResult:
        for one in self._asked:
            made = Field(one.label, id=one.id, password=one.secret)
            made.input.value = self._values.get(one.id, "")
            yield made

    def focus_first(self) -> None:
        """Type what is still empty."""
        empty = next((one for one in self._asked if not self._input(one.id).value), self._asked[-1])
        self._input(empty.id).focus()

    def focus_last(self) -> None:
        """Nothing is wrong with what was typed: `enter` sends it once more."""
        self._input(self._asked[-1].id).focus()

    def refuse(self, field: str) -> None:
        """Have one field typed again, with the cursor in it; what was typed there goes where it shows as dots.

        Args:
            field: its id; the first secret where it is empty, or asked for by no field here, else the first field.
        """
        known = next((one for one in self._asked if one.id == field), None)
        first = next((one for one in self._asked if one.secret), self._asked[0])
        fault = known or (self._asked[0] if field else first)
        if fault.secret or fault == CODE:
            both = fault.id == PASSWORD.id and AGAIN in self._asked
            for one in (fault, AGAIN) if both else (fault,):
                self._input(one.id).value = ""
        self._input(fault.id).focus()
        self._refused = self._typed()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        order = [one.id for one in self._asked]
        place = order.index(event.input.id or order[0])
        following = [*order[place + 1 :], *order[: place + 1]]
        empty = next((id for id in following if not self._input(id).value.strip()), None)
        if empty is not None:
            self._input(empty).focus()
            return
        typed = self._typed()
        self.post_message(self.Unchanged() if typed == self._refused else self.Sent(typed))

    def _typed(self) -> dict[str, str]:
        """What is filled in, by field."""
        typed = {one.id: self._input(one.id).value for one in self._asked}
        return {one.id: typed[one.id] if one.secret else typed[one.id].strip() for one in self._asked}

    def _input(self, id: str) -> Input:
        return self.query_one(f"#{id}", Input)
