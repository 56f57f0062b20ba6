"""Answers as they change: one given, a group once more or once less, and those that a form begins with."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from genesis_tui.models.appointments.clipboards.questions import Answers, FormItem, Path, QuestionKind, Value


def answered(answers: Answers, path: Path, values: Iterable[Value]) -> Answers:
    """With these values at a place; none takes away what is there."""
    given = tuple(values)
    kept = {**answers.values, path: given}
    if not given:
        del kept[path]
    return replace(answers, values=kept)


def once_more(answers: Answers, group: Path) -> Answers:
    """With a group once more; `group` is any of its places."""
    first = _first(group)
    return replace(answers, counts={**answers.counts, first: max(1, answers.counts.get(first, 1)) + 1})


def once_less(answers: Answers, group: Path) -> Answers:
    """Without one of the places of a group; those after it move up. The last one only becomes empty."""
    first, (id, gone) = _first(group), group[-1]
    count = max(1, answers.counts.get(first, 1))
    return Answers(
        {moved: values for path, values in answers.values.items() if (moved := _moved(path, group[:-1], id, gone))},
        {
            **{moved: n for path, n in answers.counts.items() if (moved := _moved(path, group[:-1], id, gone))},
            first: max(1, count - 1),
        },
    )


def _moved(path: Path, around: Path, id: str, gone: int) -> Path | None:
    """Where a place is once that group is gone; None where it goes with it."""
    at = len(around)
    if path[:at] != around or len(path) <= at + 1 or path[at][0] != id or path[at][1] < gone:
        return path
    if path[at][1] == gone:
        return None
    return (*around, (id, path[at][1] - 1), *path[at + 1 :])


def begun(questions: Iterable[FormItem]) -> Answers:
    """What a form begins with: the values that it says, and those of its lists that are chosen already."""
    return Answers(dict(_initial(questions, ())))


def _initial(questions: Iterable[FormItem], around: Path) -> Iterator[tuple[Path, tuple[Value, ...]]]:
    for question in questions:
        path = (*around, (question.id, 0))
        chosen = tuple(one.value for one in question.choices if one.chosen)
        values = question.initial or (chosen if question.repeats else chosen[:1])
        if question.is_question and values:
            yield path, values
        if question.kind is QuestionKind.GROUP or values:
            yield from _initial(question.inside, path)


def _first(group: Path) -> Path:
    return (*group[:-1], (group[-1][0], 0))
