"""What a support agent's sign-in sees: that clinical screens are not for it, and the facts of the session (SUP-5)."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.screens.base.place import Framed
from genesis_tui.widgets.frame.focus_rule import FocusRule
from genesis_tui.widgets.page import Page, Para, fact, heading


class AgentScreen(Framed):
    """A page in place of all places."""

    FIXED_KEYS = ("app.call",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("Q", "app.sign_out", "sign out", id="app.sign_out"),
        Binding("escape", "back", "back", show=False, id="app.back"),
        Binding("question_mark", "app.keys", "keys", show=False, id="app.keys"),
        Binding("q", "app.leave", "quit", id="app.leave"),
    ]

    def compose_body(self) -> ComposeResult:
        yield Page(id="text")

    def on_screen_resume(self) -> None:
        self.query_one(FocusRule).thin = True
        self.query_one(Page).rows = tuple(self._paras())

    def _paras(self) -> list[Para]:
        me = self.shell.portal.sign_in.me
        if me is None:
            return []
        ends = self.shell.local(me.ends) if me.ends else None
        return [
            Para("This is a support sign-in", "bold"),
            Para("Records, results and messages are not for support agents. The server refuses each of them (SUP-5)."),
            Para(),
            heading("This session"),
            fact("Signed in as", me.name),
            fact("By", f"{me.method}, {me.level}"),
            fact("Role", me.role),
            fact("Ends", f"{ends:%a} {ends.day} {ends:%b %Y %H:%M %Z}" if ends else ""),
            Para(),
            heading("What a support agent may see"),
            Para("Sign-in state, assurance level, lock, DEERS match, sessions and request ids of an account."),
        ]
