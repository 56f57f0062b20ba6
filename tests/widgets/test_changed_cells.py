"""What is sent of an update: the terminal ends up with the same cells as if all of it had been sent, for less."""

from itertools import pairwise
from random import Random

import pyte
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from genesis_tui.widgets.drawing.changed_cells import ChangedCells, TerminalCells

WIDTH, HEIGHT = 40, 6
STYLES = [
    Style(color="#d6dbe2", bgcolor="#11151a"),
    Style(color="#e9b44c", bgcolor="#11151a", bold=True),
    Style(color="#e9b44c", bgcolor="#2a3442", bold=True, underline=True),
    Style(color="bright_red", bgcolor="color(236)", italic=True),
    Style(reverse=True),
    Style(),
    None,
]
WORDS = ["LDL cholesterol ", "148 mg/dL", " ", "│", "▌ ", "high", "             ", "漢字", "⟨U+202E⟩", "e\u0301"]


class Terminal:
    """A terminal, and how many bytes it was sent."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self.screen)
        self._console = Console(color_system="truecolor", force_terminal=True)
        self.sent = 0

    def show(self, update: CompositorUpdate) -> int:
        sent = update.render_segments(self._console).encode()
        self._stream.feed(sent.replace(b"\n", b""))
        self.sent += len(sent)
        return len(sent)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        return [[self.screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]


def row(random: Random, width: int) -> Strip:
    """A row of words in two styles, cut to its width."""
    segments = [Segment(random.choice(WORDS), random.choice(STYLES)) for _ in range(width)]
    return Strip(segments).crop(0, width)


def updates(seed: int) -> list[ChopsUpdate | LayoutUpdate]:
    """A whole screen, then parts of it that mostly stay what they were, at borders that move."""
    random = Random(seed)
    rows = [row(random, WIDTH) for _ in range(HEIGHT)]
    made: list[ChopsUpdate | LayoutUpdate] = [LayoutUpdate([[one] for one in rows], Region(0, 0, WIDTH, HEIGHT))]
    for n in range(60):
        border = random.choice([0, 12, 13, 30])
        y = random.randrange(HEIGHT)
        if random.random() < 0.5:
            at = random.randrange(WIDTH - 4)
            middle = row(random, 3)
            rows[y] = Strip.join([rows[y].crop(0, at), middle, rows[y].crop(at + 3)]).crop(0, WIDTH)
        cuts = [0, border, WIDTH] if border else [0, WIDTH]
        chops = [
            {x: one.crop(x, end) for x, end in pairwise(cuts)} if many == y or n % 3 else {0: None}
            for many, one in enumerate(rows)
        ]
        spans = [(many, 0, WIDTH) for many in range(HEIGHT) if n % 3 or many == y]
        made.append(ChopsUpdate(chops, spans, [cuts[1:]] * HEIGHT))
    made.append(LayoutUpdate([[one] for one in rows], Region(0, 0, WIDTH, HEIGHT)))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_a_terminal_that_is_sent_what_changes_shows_what_one_shows_that_is_sent_all(seed: int) -> None:
    all_of_it, changes, known = Terminal(), Terminal(), TerminalCells()
    for update in updates(seed):
        all_of_it.show(update)
        changes.show(ChangedCells(update, known.sequences))
        assert changes.cells == all_of_it.cells
    assert changes.sent < all_of_it.sent


def test_a_colour_that_is_in_force_is_not_sent_again() -> None:
    terminal, known = Terminal(), TerminalCells()
    plain, bold, lit = STYLES[0], Style(color="#e9b44c", bgcolor="#11151a"), STYLES[1]
    line = Strip([Segment("one ", plain), Segment("two ", bold), Segment("three ", lit), Segment("four", plain)])
    chops = [{0: line}, {0: line}]
    update = ChopsUpdate(chops, [(y, 0, line.cell_length) for y in (0, 1)], [[line.cell_length]] * 2)
    sent = known.sequences(update, Console(color_system="truecolor", force_terminal=True))
    once = "\x1b[38;2;233;180;76mtwo \x1b[1mthree \x1b[0;38;2;214;219;226;48;2;17;21;26mfour"
    assert sent == f"\x1b[1;1H\x1b[38;2;214;219;226;48;2;17;21;26mone {once}\x1b[2;1Hone {once}\x1b[0m"
    assert terminal.show(ChangedCells(update, known.sequences)) == 0


def test_only_the_cells_that_change_are_sent_until_the_terminal_is_empty_again() -> None:
    terminal, known = Terminal(), TerminalCells()

    def sent(text: str) -> int:
        chops = [{0: Strip([Segment(text, STYLES[0])])}]
        return terminal.show(ChangedCells(ChopsUpdate(chops, [(0, 0, WIDTH)], [[WIDTH]]), known.sequences))

    whole = sent("Potassium      4.1 mmol/L".ljust(WIDTH))
    assert sent("Potassium      4.1 mmol/L".ljust(WIDTH)) == 0
    assert sent("Potassium      4.3 mmol/L".ljust(WIDTH)) < whole - 35
    assert terminal.screen.display[0].rstrip() == "Potassium      4.3 mmol/L"
    known.forget()
    assert sent("Potassium      4.3 mmol/L".ljust(WIDTH)) == whole
