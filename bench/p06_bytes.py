"""P6: bytes that the app sends to the terminal for a cursor move, a page, a dialog, nothing at all, and the mouse."""

from collections.abc import Callable, Iterator

from bench.figure import Row, quantile
from bench.signed_in import results
from bench.terminal import Terminal

_IDLE_SECONDS = 10


def _sent(terminal: Terminal, act: Callable[[], None], quiet: float = 0.4) -> int:
    terminal.settle(quiet)
    act()
    return len(terminal.settle(quiet))


def _move_mouse(terminal: Terminal) -> None:
    for column in range(10, 110, 5):
        terminal.type(f"\x1b[<35;{column};{5 + column // 6}M")


def _idle(terminal: Terminal) -> int:
    terminal.settle(0.5)
    return len(terminal.settle(_IDLE_SECONDS, most=_IDLE_SECONDS))


def _median(terminal: Terminal, key: str, times: int) -> int:
    return round(quantile([_sent(terminal, lambda: terminal.press(key)) for _ in range(times)], 0.5))


def measure() -> Iterator[Row]:
    """On Results: the list alone, then with the detail beside it, which each move draws anew."""
    with results(columns=119) as terminal:
        yield _row("cursor move in the list", 600, _median(terminal, "j", 10))
        yield _row("page of the list", 10_000, _median(terminal, "pagedown", 2))
    with results() as terminal:
        yield _row("cursor move, and another result in the detail", None, _median(terminal, "j", 10))
        yield _row("page, and another result in the detail", None, _median(terminal, "pagedown", 2))
        yield _row("dialog: who to call", 30_000, _sent(terminal, lambda: terminal.press("f1")))
        terminal.press("escape")
        yield _row("dialog: family switcher", 30_000, _sent(terminal, lambda: terminal.press("f")))
        terminal.press("escape")
        yield _row(f"idle for {_IDLE_SECONDS} s", 0, _idle(terminal))
        terminal.press("/")
        yield _row(f"idle for {_IDLE_SECONDS} s in the search field", 0, _idle(terminal))
        yield _row("20 movements of the mouse", 0, _sent(terminal, lambda: _move_mouse(terminal)))


def _row(what: str, bar: int | None, sent: int) -> Row:
    limit = "" if bar is None else f"<= {bar:,} B" if bar else "0"
    return Row("P6", f"bytes: {what}", limit, f"{sent:,} B", bar is None or sent <= bar)
