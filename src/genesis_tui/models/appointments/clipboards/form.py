"""Which questions are asked, given the answers so far, and what is still to be answered (CLIP-2).

A question inside a question is asked once that one has an answer; where several of a list can be chosen, once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from genesis_tui.models.appointments.clipboards.enabling import holds
from genesis_tui.models.appointments.clipboards.questions import Answers, FormItem, Path, QuestionKind, Unread, Value

ROOT = FormItem("", QuestionKind.GROUP)


@dataclass(eq=False, slots=True)
class AskedItem:
    """One item of the form: a group once for each time it is there, a question once."""

    question: FormItem
    path: Path = ()
    values: tuple[Value, ...] = ()
    parent: "AskedItem | None" = None
    inside: "list[AskedItem]" = field(default_factory=list)
    number: int = 0
    """Of a question that is asked, counted from 1; 0 for everything else."""
    enabled: bool | None = None

    @property
    def to_answer(self) -> bool:
        """Whether somebody is asked for an answer."""
        return bool(self.enabled) and self.question.can_be_given

    @property
    def given(self) -> tuple[Value, ...]:
        """The answers that can be sent."""
        return tuple(value for value in self.values if not isinstance(value, Unread))

    @property
    def unread(self) -> str:
        """What was typed and is no answer; empty for nothing."""
        return next((value.text for value in self.values if isinstance(value, Unread)), "")

    @property
    def which(self) -> int:
        """How many of the same come before this one."""
        return self.path[-1][1] if self.path else 0

    @property
    def section(self) -> "AskedItem | None":
        """The group around it that has a name."""
        around = self.parent
        while around is not None and not (around.question.text and around.question.kind is QuestionKind.GROUP):
            around = around.parent
        return around

    def within(self) -> "Iterator[AskedItem]":
        """Everything below it, in the order of the form."""
        for one in self.inside:
            yield one
            yield from one.within()


def laid_out(questions: Iterable[FormItem], answers: Answers) -> AskedItem:
    """The form with its answers, below a root that is no item itself."""
    root = AskedItem(ROOT, enabled=True)
    _fill(root, questions, answers)
    number = 0
    for one in root.within():
        _is_enabled(one)
        if one.to_answer:
            number += 1
            one.number = number
    return root


def _fill(parent: AskedItem, questions: Iterable[FormItem], answers: Answers) -> None:
    for question in questions:
        first = (*parent.path, (question.id, 0))
        if not question.is_question:
            for number in range(max(1, answers.counts.get(first, 1))):
                _fill(_added(parent, question, (*parent.path, (question.id, number))), question.inside, answers)
            continue
        values = answers.values.get(first, ())
        made = _added(parent, question, first, values)
        for number in range(min(1, len(values)) if question.several else len(values)):
            made.path = (*parent.path, (question.id, number))
            _fill(made, question.inside, answers)
        made.path = first


def _added(parent: AskedItem, question: FormItem, path: Path, values: tuple[Value, ...] = ()) -> AskedItem:
    made = AskedItem(question, path, values, parent)
    parent.inside.append(made)
    return made


def _is_enabled(one: AskedItem) -> bool:
    """Whether it is asked: what is around it is, and its conditions hold. What waits for itself is not."""
    if one.enabled is None:
        one.enabled = False
        around = one.parent is None or _is_enabled(one.parent)
        one.enabled = around and not one.question.hidden and _conditions_hold(one)
    return one.enabled


def _conditions_hold(one: AskedItem) -> bool:
    conditions = one.question.conditions
    together = all if one.question.all_of else any
    return not conditions or together(holds(each, *answers_to(one, each.question)) for each in conditions)


def answers_to(one: AskedItem, id: str) -> tuple[FormItem | None, list[Value]]:
    """The answers to the question of this id that stands nearest: in the same repetition of a group, else outside."""
    around = one.parent
    while around is not None:
        found = [other for other in around.within() if other.question.id == id]
        if found:
            return found[0].question, [value for other in found if _is_enabled(other) for value in other.values]
        around = around.parent
    return None, []


def missing(root: AskedItem) -> list[AskedItem]:
    """What is required and has no answer, and what was typed and is none, in the order of the form."""
    found: list[AskedItem] = []
    for one in root.inside:
        if not one.enabled:
            continue
        if one.question.is_question:
            empty = one.to_answer and (bool(one.unread) or (one.question.required and not one.given))
            found += [*([one] if empty else []), *missing(one)]
            continue
        inside = missing(one)
        asked = [other for other in one.within() if other.to_answer]
        if one.question.required and asked and not inside and not any(other.given for other in asked):
            inside = [one]
        found += inside
    return found


def questions_asked(root: AskedItem) -> list[AskedItem]:
    """All that somebody is asked to answer."""
    return [one for one in root.within() if one.to_answer]


def not_sent(root: AskedItem) -> list[AskedItem]:
    """What has an answer here and is no longer asked."""
    return [one for one in root.within() if one.values and not one.enabled and not one.question.hidden]


def unasked(root: AskedItem) -> list[AskedItem]:
    """What a terminal can't ask: to be brought to the visit."""
    return [
        one
        for one in root.within()
        if one.enabled and one.question.is_question and not one.question.can_be_given and not one.question.read_only
    ]
