"""What a list says instead of rows, or above them: loading, empty, failed, refused (MOCKUPS §8)."""

from dataclasses import dataclass

from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import wrap
from genesis_tui.widgets.drawing.lines import Line, strip
from genesis_tui.widgets.drawing.row import ground, painted


@dataclass(frozen=True, slots=True)
class Notice:
    """Words in the order they stand: a heading, its text, a small line, and keys with what they do."""

    heading: str
    role: str = "bold"
    text: tuple[str, ...] = ()
    text_role: str = ""
    small: str = ""
    keys: tuple[tuple[str, str], ...] = ()


def loading() -> Notice:
    """The first load, while nothing is there to show."""
    return Notice(f"Loading{symbols.get('more')}", "italic muted")


def empty(heading: str, text: str) -> Notice:
    """Nothing is there, and that is an answer."""
    return Notice(heading, text=(text,), text_role="muted")


def failed(
    what: str, cause: str, next: str = "", *, request: str = "", keys: tuple[tuple[str, str], ...] = ()
) -> Notice:
    """A load that failed: what, why, what to do, the request's id, and the keys that help."""
    words = tuple(part for part in (cause, next) if part)
    return Notice(what, "bold critical", words, small=f"request {request}" if request else "", keys=keys)


def refused(
    what: str,
    why: str,
    next: str = "",
    *,
    rule: str = "",
    request: str = "",
    keys: tuple[tuple[str, str], ...] = (),
) -> Notice:
    """A refusal in the rule's own words, with the rule's id and the ways that are open."""
    small = [f"Rule {rule}" if rule else "", f"request {request}" if request else ""]
    words = tuple(part for part in (why, next) if part)
    dot = f" {symbols.get('dot')} "
    return Notice(what, "bold critical", words, small=dot.join(part for part in small if part), keys=keys)


def notice_lines(notice: Notice, width: int, *, blanks: bool = True) -> list[Line]:
    """The rows of a notice in `width` cells, one of them free at the left and one at the right."""
    room = max(10, width - 3)
    rows: list[Line] = [[("  ", ""), (row, notice.role)] for row in wrap(notice.heading, room)]
    for part in notice.text:
        rows += [[("  ", ""), (row, notice.text_role)] for row in wrap(part, room)]
    if notice.small:
        rows += [[("  ", ""), (row, "muted")] for row in wrap(notice.small, room)]
    if notice.keys:
        rows += [[]] if blanks else []
        deep = max(len(key) for key, _ in notice.keys)
        rows += [[("  ", ""), (f"{key:<{deep}} ", "bold accent"), (words, "")] for key, words in notice.keys]
    return rows


class LoadState(Widget):
    """Shows a notice in as many rows as it takes, and takes none without one."""

    can_focus = False
    DEFAULT_CSS = "LoadState { height: auto; }"

    notice: reactive[Notice | None] = reactive(None, layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Line]:
        return notice_lines(self.notice, width, blanks=self.app.size.height >= 16) if self.notice else []

    def watch_notice(self) -> None:
        """Takes part in the layout only with something to say."""
        self.display = self.notice is not None

    def render_line(self, y: int) -> Strip:
        rows = self._rows(self.size.width)
        line = rows[y] if y < len(rows) else ()
        return strip(painted(self), line, self.size.width, ground=ground(self))
