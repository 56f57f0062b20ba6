"""A field for words to somebody, with how many characters of how many there are at its end."""

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.reactive import reactive
from textual.widgets import Input

from genesis_tui.widgets.drawing.cells import right, width_of
from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.forms.field import Field

_COUNT = 9


class CharacterCount(Row):
    """`41/250`; before it whom the words go to, where there is room."""

    count: reactive[int] = reactive(0)

    def __init__(self, most: int, to: str = "") -> None:
        super().__init__()
        self.most = most
        self._to = to
        self.fit(narrow=False)

    def fit(self, *, narrow: bool) -> None:
        """Take the room that the window leaves."""
        self.styles.width = _COUNT + (width_of(self._to) + 2 if self._to and not narrow else 0)

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        count = f"{self.count}/{self.most} "
        to = right(self._to, max(0, width - len(count) - 2)) + "  " if width > _COUNT else ""
        return [
            Segment(to, paint("muted")),
            Segment(right(count, width - width_of(to)), paint("abnormal" if self.count > self.most else "muted")),
        ]


class CountedField(Field):
    """Words of a person, as they are spelled."""

    def __init__(self, label: str, most: int, *, id: str, to: str = "") -> None:
        super().__init__(label, id=id, prose=True)
        self.count = CharacterCount(most, to)
        self._to = to

    def fit(self, *, narrow: bool) -> None:
        """Take the room that the window leaves; where that is little, an empty field says whom it goes to."""
        self.count.fit(narrow=narrow)
        self.input.placeholder = self._to if narrow else ""

    @property
    def is_too_long(self) -> bool:
        """Whether there are more characters than the server takes."""
        return len(self.input.value.strip()) > self.count.most

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.count

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.count.count = len(event.value.strip())
