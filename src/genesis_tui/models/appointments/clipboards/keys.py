"""A name for each question of a form that somebody can type: its id, with its place where a group repeats."""

from genesis_tui.models.appointments.clipboards.editing import once_more
from genesis_tui.models.appointments.clipboards.form import AskedItem, laid_out
from genesis_tui.models.appointments.clipboards.questions import Answers, FormItem

_MOST = 20
"""How often a group is there at most where it is only named."""


def key_of(one: AskedItem) -> str:
    """`peak-flow`; `other-name#2` in the second place of its group."""
    places = [number for _, number in one.path[:-1]]
    return one.question.id + (f"#{max(places) + 1}" if any(places) else "")


def found(questions: tuple[FormItem, ...], answers: Answers, key: str) -> tuple[Answers, AskedItem | None]:
    """What a key or a number means, and the answers with the group that it asks for; None for nothing."""
    root = laid_out(questions, answers)
    here = _named(root, key)
    id, _, place = key.rpartition("#")
    if here is not None or not (place.isascii() and place.isdigit() and int(place) <= _MOST):
        return answers, here
    first = _named(root, id)
    group = first.parent if first is not None else None
    if group is None or not group.question.repeats:
        return answers, None
    while _named(laid_out(questions, answers), key) is None:
        answers = once_more(answers, group.path)
    return answers, _named(laid_out(questions, answers), key)


def _named(root: AskedItem, key: str) -> AskedItem | None:
    asked = [one for one in root.within() if one.question.is_question]
    named = next((one for one in asked if key_of(one) == key), None)
    return named or next((one for one in asked if one.number and str(one.number) == key), None)
