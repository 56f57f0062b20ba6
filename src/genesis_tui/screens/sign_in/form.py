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

    def __init__(self, asked: Sequence[FormField], values: Mapping[str, str] | None = None) -> None:
        """`values` are filled in already, by field."""
        super().__init__()
        self._asked = tuple(asked)
        self._values = dict(values or {})

    def compose(self) -> ComposeResult:
        for one in self._asked:
            made = Field(one.label, id=one.id, password=one.secret)
            made.input.value = self._values.get(one.id, "")
            yield made

    def focus_first(self) -> None:
        """Type what is still empty."""
        empty = next((one for one in self._asked if not self._input(one.id).value), self._asked[-1])
        self._input(empty.id).focus()

    def focus_again(self) -> None:
        """Type the first secret again: what was typed was not taken."""
        secret = next((one for one in self._asked if one.secret), self._asked[0])
        self._input(secret.id).focus()

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
        self.post_message(self.Sent({one.id: self._taken(one) for one in self._asked}))

    def _taken(self, one: FormField) -> str:
        """What was typed; a secret is taken out of its field."""
        field = self._input(one.id)
        value = field.value
        if one.secret:
            field.value = ""
            return value
        return value.strip()

    def _input(self, id: str) -> Input:
        return self.query_one(f"#{id}", Input)
