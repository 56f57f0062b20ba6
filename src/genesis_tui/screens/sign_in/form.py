"""The typed DS Logon sign-in: user name and password (ID-4)."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from genesis_tui.widgets.field import Field


class Form(Vertical):
    """Two fields. `enter` in the first goes to the second, `enter` in the second sends both."""

    DEFAULT_CSS = "Form { height: 2; margin-top: 1; }"

    @dataclass
    class Sent(Message):
        """Both fields are filled in. The password goes to the session and nowhere else."""

        username: str
        password: str

        def __repr__(self) -> str:
            return "Form.Sent()"

        def __rich_repr__(self) -> list[str]:
            """Nothing of it is ever printed."""
            return []

    def compose(self) -> ComposeResult:
        """User name, then password."""
        yield Field("User name", id="username")
        yield Field("Password", id="password", password=True)

    def focus_first(self) -> None:
        """Type the user name."""
        self.query_one("#username", Input).focus()

    def focus_password(self) -> None:
        """Type the password again."""
        self.query_one("#password", Input).focus()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        username, password = (self.query_one(f"#{id}", Input) for id in ("username", "password"))
        if not username.value.strip():
            username.focus()
        elif not password.value or event.input is username:
            password.focus()
        else:
            sent = self.Sent(username.value.strip(), password.value)
            password.value = ""
            self.post_message(sent)
