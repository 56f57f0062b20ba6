"""A clipboard as it is walked through: one stop a question, one more where another answer can be added."""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_tui.models.appointments.clipboards.form import AskedItem, laid_out
from genesis_tui.models.appointments.clipboards.questions import Answers, FormItem, QuestionKind, Value


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody stands: at a question, at one of its several answers, or at a group that can be there again."""

    item: AskedItem
    index: int = 0
    """Which answer of a question that takes several in words."""
    again: bool = False
    """Whether it asks for a group once more."""
    notes: tuple[str, ...] = ()
    """What the form says before it."""

    @property
    def key(self) -> str:
        """The same for the same place, whatever is answered."""
        steps = "/".join(f"{id}#{number}" for id, number in self.item.path)
        return f"{steps}{'+' if self.again else f'.{self.index}'}"

    @property
    def value(self) -> Value | None:
        """The answer here."""
        values = self.item.values
        return values[self.index] if self.index < len(values) else None

    @property
    def one_of_several(self) -> bool:
        """Whether it is one of several answers in words."""
        return self.item.question.repeats and not self.item.question.several and not self.again


def stops(questions: tuple[FormItem, ...], answers: Answers) -> tuple[Stop, ...]:
    """All of them, in the order of the form."""
    notes: list[str] = []
    return tuple(_stops(laid_out(questions, answers), notes))


def _stops(parent: AskedItem, notes: list[str]) -> Iterator[Stop]:
    for place, one in enumerate(parent.inside):
        if not one.enabled:
            continue
        if one.question.kind is QuestionKind.DISPLAY:
            notes.append(one.question.text)
            continue
        if one.to_answer:
            for index in range(_places(one)):
                yield Stop(one, index, notes=tuple(notes))
                notes.clear()
        yield from _stops(one, notes)
        if one.question.kind is QuestionKind.GROUP and one.question.repeats and _is_last(parent, place, one):
            yield Stop(one, again=True)


def _places(one: AskedItem) -> int:
    if not one.question.repeats or one.question.several:
        return 1
    return min(len(one.values) + 1, one.question.most or len(one.values) + 1)


def _is_last(parent: AskedItem, place: int, one: AskedItem) -> bool:
    """Whether nothing of the same comes after it, and there is something to answer in it."""
    after = parent.inside[place + 1 :]
    last = not any(other.question is one.question for other in after)
    most = one.question.most or one.path[-1][1] + 2
    return last and one.path[-1][1] + 1 < most and any(other.to_answer for other in one.within())
