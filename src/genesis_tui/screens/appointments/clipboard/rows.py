"""How a clipboard looks: all questions, the answers of a list, and the summary before it is handed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from genesis_tui.models.appointments.clipboards.form import (
    AskedItem,
    laid_out,
    missing,
    not_sent,
    unasked,
)
from genesis_tui.models.appointments.clipboards.questions import Answers, FormItem, Value
from genesis_tui.models.appointments.clipboards.stops import Stop, stops
from genesis_tui.models.appointments.clipboards.wording import because, value_text, values_text
from genesis_tui.sanitize import shown
from genesis_tui.widgets.drawing.cells import left, right, wrap
from genesis_tui.widgets.drawing.lines import Line, Span
from genesis_tui.widgets.virtual_list import Gap, GroupedView, GroupHeading

_MARK, _NUMBER, _QUESTION = 2, 3, 36
_INDENT = _MARK + _NUMBER + 1


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its answer; `key` is that of its stop, empty where there is nothing to go to."""

    key: str
    text: str
    answer: str
    number: int = 0
    mark: str = ""
    mark_role: str = ""
    answer_role: str = ""
    branch: bool = False


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Words of the form between its questions."""

    text: str


Row = QuestionRow | NoteRow
Rows = list[Row | Gap | GroupHeading]


class QuestionView(GroupedView[Row]):
    """Mark, number, question, answer; in a narrow window the answer takes the next row."""

    def __init__(self, *, narrow: bool) -> None:
        self._narrow = narrow

    def key_of(self, row: Row) -> str:
        return row.key if isinstance(row, QuestionRow) else ""

    def lines_of(self, row: Row, width: int) -> Sequence[Line]:
        if isinstance(row, NoteRow):
            return [[(" " * _INDENT, ""), (text, "muted")] for text in wrap(row.text, width - _INDENT)]
        room = width - _INDENT if self._narrow else min(_QUESTION, (width - _INDENT) * 3 // 5)
        words = wrap(row.text, room - (2 if row.branch else 0))
        head: list[Span] = [(left(row.mark, _MARK), f"sign {row.mark_role}")]
        head.append((right(str(row.number) if row.number else "", _NUMBER) + " ", "muted"))
        guide: list[Span] = [("┆ ", "sign muted")] if row.branch else []
        rest = width - _INDENT - 2 - (0 if self._narrow else room)
        answers = wrap(row.answer, max(8, rest)) if row.answer else []
        lines = [[*(head if n == 0 else [(" " * _INDENT, "")]), *guide, (text, "")] for n, text in enumerate(words)]
        if self._narrow:
            return [*lines, *([(" " * (_INDENT + 2), ""), (text, row.answer_role or "bold")] for text in answers)]
        return _beside(lines, answers, room, row.answer_role or "bold")


def _beside(lines: list[list[Span]], answers: list[str], room: int, role: str) -> list[Line]:
    """The answer right of the question."""
    found: list[Line] = []
    for n in range(max(len(lines), len(answers))):
        line = list(lines[n]) if n < len(lines) else [(" " * (_INDENT + room), "")]
        if n < len(answers):
            line[-1] = (left(line[-1][0], _INDENT + room - sum(len(text) for text, _ in line[:-1])), line[-1][1])
            line += [("  ", ""), (answers[n], role)]
        found.append(line)
    return found


def all_rows(questions: tuple[FormItem, ...], answers: Answers, *, closed: bool = False) -> Rows:
    """Every stop under its group's heading; what a terminal can't ask stands last."""
    rows: Rows = []
    section: AskedItem | None = None
    root = laid_out(questions, answers)
    empty = {one.path for one in missing(root)}
    for stop in stops(questions, answers):
        if closed and (stop.again or stop.value is None):
            continue
        if stop.item.section is not None and stop.item.section is not section and not stop.again:
            section = stop.item.section
            rows.append(GroupHeading(shown(_section_text(section))))
        rows += [NoteRow(shown(text)) for text in stop.notes]
        rows.append(_stop_row(stop, required=stop.item.path in empty))
    return [*rows, *_bring(root)]


def _section_text(section: AskedItem) -> str:
    which = f" {section.path[-1][1] + 1}" if section.question.repeats else ""
    return f"{section.question.text}{which}"


def _stop_row(stop: Stop, *, required: bool) -> QuestionRow:
    item = stop.item
    if stop.again:
        return QuestionRow(stop.key, f"add another: {shown(item.question.words)}", "", answer_role="muted")
    told = _answer(item, (stop.value,) if stop.one_of_several and stop.value is not None else item.values)
    if stop.one_of_several and stop.index >= len(item.values):
        told = "" if item.values else told
    number = item.number if stop.index == 0 else 0
    words = shown(item.question.words) if stop.index == 0 else f"add another{'' if told else ' answer'}"
    hangs = because(item)
    text = "  ".join(filter(None, (words, shown(hangs))))
    if item.unread:
        return QuestionRow(stop.key, text, told, number, "!", "bold abnormal", "abnormal", bool(hangs))
    if item.given and told:
        return QuestionRow(stop.key, text, told, number, "✓", "ok", "", bool(hangs))
    if required:
        return QuestionRow(stop.key, text, "required", number, "!", "bold abnormal", "abnormal", bool(hangs))
    return QuestionRow(stop.key, text, told, number, branch=bool(hangs))


def _answer(item: AskedItem, values: tuple[Value, ...]) -> str:
    return shown(" ".join(values_text(item.question, values).split()))


def _bring(root: AskedItem) -> Rows:
    found = unasked(root)
    rows: Rows = [GroupHeading("Bring it to the visit")] if found else []
    return [*rows, *(NoteRow(shown(one.question.words)) for one in found)]


def check_rows(questions: tuple[FormItem, ...], answers: Answers) -> Rows:
    """What is still missing, what is answered, what is not sent though it is answered, what to bring."""
    root = laid_out(questions, answers)
    empty = missing(root)
    given = [one for one in root.within() if one.to_answer and one.given and one not in empty]
    hidden = not_sent(root)
    lacking: list[Row] = [_missing_row(one, _first_stop(one, questions, answers)) for one in empty]
    parts: tuple[tuple[str, Sequence[Row]], ...] = (
        (f"Still missing  {len(empty)}", [*lacking, NoteRow(UNTIL_THEN)] if empty else []),
        (f"Answered  {len(given)}", [_given_row(one) for one in given]),
        (f"Not sent  {len(hidden)}", [_hidden_row(one) for one in hidden]),
    )
    rows: Rows = []
    for name, found in parts:
        if found:
            rows += [GroupHeading(name), *found]
    return [*rows, *_bring(root)]


def _first_stop(one: AskedItem, questions: tuple[FormItem, ...], answers: Answers) -> str:
    """Where to go for it: of a group to its first question."""
    return next((s.key for s in stops(questions, answers) if s.item.path[: len(one.path)] == one.path), "")


def _missing_row(one: AskedItem, key: str) -> QuestionRow:
    why = f"no answer yet: {one.unread}" if one.unread else "required, empty"
    return QuestionRow(key, shown(one.question.words), shown(why), one.number, "!", "bold abnormal", "abnormal")


def _given_row(one: AskedItem) -> QuestionRow:
    return QuestionRow(Stop(one).key, shown(one.question.words), _answer(one, one.given), one.number)


def _hidden_row(one: AskedItem) -> QuestionRow:
    return QuestionRow(
        "", shown(one.question.words), f"no longer asked: {_answer(one, one.values)}", 0, "", "", "muted"
    )


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer to choose; `value` is None for words of one's own, and for what is no answer."""

    key: str
    text: str
    chosen: bool
    several: bool
    value: Value | None = None


class AnswerView(GroupedView[AnswerRow]):
    """`(x)` one answer, `[x]` several."""

    def key_of(self, row: AnswerRow) -> str:
        return row.key

    def lines_of(self, row: AnswerRow, width: int) -> Sequence[Line]:
        box = ("[x]" if row.chosen else "[ ]") if row.several else ("(x)" if row.chosen else "( )")
        role = "accent bold" if row.chosen else ""
        words = wrap(row.text, max(8, width - 8))
        return [[("   ", ""), (box if n == 0 else "   ", role), (f" {text}", role)] for n, text in enumerate(words)]


UNTIL_THEN = "y submits once nothing is missing."
OWN = "own"
MORE, ON = "more", "on"


def option_rows(stop: Stop) -> list[AnswerRow]:
    """What can be chosen at a stop; nothing where something is typed."""
    question, values = stop.item.question, stop.item.values
    if stop.again:
        return [AnswerRow(ON, "no, go on", chosen=True, several=False), AnswerRow(MORE, "add another", False, False)]
    if question.kind == "boolean":
        told = ((True, "yes"), (False, "no"))
        return [AnswerRow(text, text, any(one is value for one in values), False, value) for value, text in told]
    several = question.several
    rows = [
        AnswerRow(f"{n}", shown(choice.text), choice.value in values, several, choice.value)
        for n, choice in enumerate(question.choices)
    ]
    if rows and question.kind == "open-choice":
        own = own_value(stop)
        words = f"something else: {shown(value_text(question, own))}" if own is not None else "something else"
        rows.append(AnswerRow(OWN, words, own is not None, several))
    return rows


def own_value(stop: Stop) -> Value | None:
    """The answer in words of one's own, beside those of the list."""
    known = [choice.value for choice in stop.item.question.choices]
    return next((value for value in stop.item.values if value not in known), None)
