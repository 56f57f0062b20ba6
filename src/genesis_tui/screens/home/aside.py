"""The pane at the right of Home, from 120 columns: what is coming, the account, who helps."""

from collections.abc import Sequence

from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.models.home import PersonNews
from genesis_tui.models.support import CENTER, HOURS, PHONE
from genesis_tui.screens.home.rows import Account, coming_lines, waiting_lines
from genesis_tui.widgets.drawing.cells import left
from genesis_tui.widgets.drawing.lines import Line, spread, strip
from genesis_tui.widgets.drawing.row import ground, painted


def aside_lines(news: Sequence[PersonNews], account: Account, width: int) -> list[Line]:
    """Everything, from top to bottom."""
    title = spread([(" COMING UP", "bold muted")], [("next 14 days ", "muted")], width)
    lines: list[Line] = [title, *coming_lines(news, width, account.zone), []]
    if waiting := waiting_lines(news, width):
        lines += [[(" WAITING FOR AN ANSWER", "bold muted")], *waiting, []]
    lines.append([(" ACCOUNT", "bold muted")])
    if account.deers_read:
        lines.append(_checked("DEERS", f"read {account.deers_read}"))
    lines.append(_checked(account.method, account.level))
    return [*lines, [], [(" HELP", "bold muted")], [(f" {CENTER}, {HOURS}", "")], [(f" {PHONE}", "bold")]]


def fitted_lines(lines: list[Line], height: int) -> list[Line]:
    """As many as there is room for; the last row says how many more there are."""
    if len(lines) <= height:
        return lines
    kept, left_out = lines[: max(0, height - 1)], sum(map(bool, lines[max(0, height - 1) :]))
    return [*kept, [(" ↓ ", "sign accent"), (f"{left_out} more rows in a higher window", "muted")]]


def _checked(what: str, words: str) -> Line:
    return [(" ✓ ", "sign ok"), (left(what, 9) + " ", "ok"), (words, "muted")]


class Aside(Widget):
    """Read only; it never takes the focus."""

    can_focus = False
    news: reactive[tuple[PersonNews, ...]] = reactive(())
    account: reactive[Account] = reactive(Account("", ""))

    _lines: Sequence[Line] = ()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Say once what all the lines that are drawn now hold."""
        self._lines = fitted_lines(aside_lines(self.news, self.account, self.size.width), self.size.height)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else ()
        return strip(painted(self), line, self.size.width, ground=ground(self))
