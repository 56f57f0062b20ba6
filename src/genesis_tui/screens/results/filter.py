"""Which results the list shows, and in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from genesis_tui.models.base.search import folded
from genesis_tui.models.results.result import Result, ResultKind


class ResultOrder(StrEnum):
    """The orders that `o` goes through; the value is what the row of filters says."""

    NEWEST = "newest first"
    OLDEST = "oldest first"
    TITLE = "by name"
    GRAVEST = "abnormal first"

    @property
    def next(self) -> "ResultOrder":
        """The order after this one."""
        orders = list(ResultOrder)
        return orders[(orders.index(self) + 1) % len(orders)]


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """What a person asked to see: a kind (None: all), abnormal ones only, words to find, an order."""

    kind: ResultKind | None = None
    abnormal: bool = False
    words: str = ""
    order: ResultOrder = ResultOrder.NEWEST

    @property
    def narrowed(self) -> bool:
        """True where some results may be left out."""
        return self.kind is not None or self.abnormal or bool(self.words.strip())


_BY: dict[ResultOrder, Callable[[Result], object]] = {
    ResultOrder.NEWEST: lambda r: r.at.instant,
    ResultOrder.OLDEST: lambda r: r.at.instant,
    ResultOrder.TITLE: lambda r: r.title.casefold(),
    ResultOrder.GRAVEST: lambda r: r.flag.severity,
}
_DOWNWARDS = frozenset({ResultOrder.NEWEST, ResultOrder.GRAVEST})


def searched_text(result: Result) -> str:
    """What search looks through: title, kind, tests with values, words and comments, people, place, partner, texts."""
    parts = [result.title, result.kind, result.author, result.orderer, result.reader, result.performer]
    parts += [result.place, result.community, result.specimen, *result.missing]
    parts += [f"{r.panel} {r.note}" for r in result.readings]
    parts += [f"{p.name} {p.text} {p.word}" for r in result.readings for p in r.parts]
    parts += [result.conclusion, result.text, *(f"{r.name} {r.text} {r.unit} {r.word}" for r in result.readings)]
    return folded("\n".join(parts))


class FilteredResults:
    """The results of one load, with their searched text made once, at the first search."""

    def __init__(self, rows: Sequence[Result] = ()) -> None:
        """`rows` newest first, as the session gives them."""
        self.rows = rows
        self._texts: list[str] | None = None

    def chosen(self, choice: ResultFilter) -> list[Result]:
        """The rows that the choice asks for, in its order; rows of one rank stay newest first."""
        rows = [
            row
            for row in self._found(choice.words)
            if (choice.kind is None or row.kind is choice.kind) and (not choice.abnormal or row.flag.severity)
        ]
        if choice.order is not ResultOrder.NEWEST:
            rows.sort(key=_BY[choice.order], reverse=choice.order in _DOWNWARDS)  # type: ignore[arg-type]
        return rows

    def _found(self, words: str) -> Sequence[Result]:
        wanted = folded(words).split()
        if not wanted:
            return self.rows
        if self._texts is None:
            self._texts = [searched_text(row) for row in self.rows]
        return [r for r, text in zip(self.rows, self._texts, strict=True) if all(word in text for word in wanted)]
