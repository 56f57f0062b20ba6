"""Signing in. The first frame of the program: what is not on it is loaded only once it stands."""

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models import support
from genesis_tui.screens.base.place import Framed
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, clip, painted
from genesis_tui.widgets.frame.focus_rule import FocusRule
from genesis_tui.widgets.frame.keys_row import KeysRow

if TYPE_CHECKING:
    from genesis_tui.screens.sign_in.panel import SignInPanel
    from genesis_tui.widgets.frame.bar import BarFacts

AFTER_FIRST_FRAME = 0.01
"""Seconds until the server is asked."""


class LoadingRow(Row):
    """Which server is being verified."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def segments(self, width: int) -> list[Segment]:
        """The address, and that nothing is known of it yet."""
        paint, more = painted(self), symbols.get("more")
        return [
            Segment("  HOST  ", paint("muted", bold=True)),
            Segment(clip(self._address, width - 24), paint("foreground", bold=True)),
            Segment(f"  verifying it{more}", paint("muted", italic=True)),
        ]


class SignInScreen(Framed):
    """The host and its verification first, then what can be chosen or typed (HOST-1, HOST-2, ID-4)."""

    DEFAULT_CSS = "SignInScreen #body { align-horizontal: center; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{key}')", show=False) for key in "1234567890bdrfox"),
        Binding("f3", "forgot", "forgot password", id="sign_in.forgot"),
        Binding("f5,full_stop", "retry", "try again", id="sign_in.retry"),
        Binding("escape", "back", "back", id="sign_in.back"),
        Binding("q", "leave", "quit", id="sign_in.quit"),
        Binding("question_mark", "app.keys", "keys", show=False, id="app.keys"),
    ]
    FIXED_KEYS = ("app.keys", "app.call")
    FIXED_TYPING = ("app.call",)

    panel: "SignInPanel | None" = None
    _covered = False

    def compose_body(self) -> ComposeResult:
        yield LoadingRow(self.shell.portal.profile.url)

    def on_mount(self) -> None:
        """Verify the server as soon as the first frame stands."""
        self.query_one(FocusRule).thin = True
        self.query_one(KeysRow).tail = f"{support.CENTER} {support.PHONE}, {support.HOURS}"
        self.call_after_refresh(self.set_timer, AFTER_FIRST_FRAME, self._build)

    async def _build(self) -> None:
        from genesis_tui.screens.sign_in.panel import SignInPanel

        self.panel = SignInPanel()
        await self.query_one("#body").mount(self.panel)
        await self.query_one(LoadingRow).remove()
        if self.panel.children:  # an app that is left meanwhile mounts nothing more
            self.panel.verify()

    def on_screen_suspend(self) -> None:
        """A dialog lies over it, or it is left for a place."""
        self._covered = self in self.app.screen_stack

    def on_screen_resume(self) -> None:
        """What was under a dialog stays as it was; whoever comes from a place begins anew."""
        covered, self._covered = self._covered, False
        if self.panel is not None and not covered:
            self.panel.start_again()

    def bar_facts(self) -> "BarFacts":
        """With the host where its block may scroll out of sight (HOST-2)."""
        facts = super().bar_facts()
        return facts if self.has_class("-short") else facts._replace(host=None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what works now is a key."""
        if action == "back" and self.has_trouble:
            return True
        if action in ("retry", "back", "choose", "forgot", "leave"):
            return self.panel.may(action) if self.panel is not None else action == "leave"
        return True

    def action_choose(self, digit: str) -> None:
        """A digit or letter chooses at once."""
        if self.panel is not None:
            self.panel.choose(digit)

    def offered(self) -> list[tuple[str, str, str]]:
        """What digits and letters choose, for the help sheet and the palette: key, words, action."""
        rows = self.panel.choices() if self.panel is not None else []
        return [(key, text, f"screen.choose('{key}')") for key, text in rows if key]

    def action_forgot(self) -> None:
        """`f3`: a new password."""
        if self.panel is not None:
            self.panel.forgot()

    def action_retry(self) -> None:
        """`f5`: verify the server again."""
        if self.panel is not None:
            self.panel.verify()

    def action_leave(self) -> None:
        """`q`: quit."""
        self.shell.action_leave()

    def action_back(self) -> None:
        """`esc`: end a wait, put messages away, else back to the choices."""
        waits = self.panel is not None and self.panel.waits
        if self.panel is None or (self.has_trouble and not waits):
            super().action_back()
        else:
            self.panel.leave()
