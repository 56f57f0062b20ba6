"""`clipboards fill`: answers from options, from a file, or as they are asked for on a terminal."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import interruptible
from genesis_tui.models.appointments.clipboards.editing import answered
from genesis_tui.models.appointments.clipboards.form import AskedItem, laid_out, questions_asked
from genesis_tui.models.appointments.clipboards.keys import found, key_of
from genesis_tui.models.appointments.clipboards.questions import Answers, Filling
from genesis_tui.models.appointments.clipboards.reading import read_value
from genesis_tui.models.appointments.clipboards.wording import asks_for, values_text

if TYPE_CHECKING:
    from datetime import tzinfo


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """The answers to a question as they are typed; none empties it. `where`: the place in the file that names it."""

    texts: list[str]
    where: str = ""


Given = Mapping[str, TypedAnswer]
"""Key or number of a question -> its answers."""


@dataclass(frozen=True, slots=True)
class TypedAnswers:
    """What a command is given: `--set`, `--clear`, `--from`."""

    set: tuple[str, ...]
    clear: tuple[str, ...]
    file: Path | None

    @property
    def anything(self) -> bool:
        return bool(self.set or self.clear or self.file)

    def given(self) -> Given:
        """All of it; what stands on the command line counts over the file. Raises UsageError."""
        told = dict(_of_file(self.file)) if self.file is not None else {}
        here = {key: TypedAnswer([]) for key in self.clear}
        for one in self.set:
            key, equals, text = one.partition("=")
            if not equals:
                raise click.UsageError(f"--set takes QUESTION=ANSWER, not {one!r}.")
            here.setdefault(key, TypedAnswer([])).texts.append(text)
        return told | here


def _of_file(file: Path) -> Iterator[tuple[str, TypedAnswer]]:
    try:
        text = file.read_text(encoding="utf-8")
        tree = json.loads(text, object_pairs_hook=_once_each)
    except OSError as error:
        raise click.UsageError(f"{file} can't be read: {error.strerror}.") from None
    except json.JSONDecodeError as error:
        raise click.UsageError(f"{file}, line {error.lineno}: it is no JSON: {error.msg}.") from None
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{file} is no JSON: {error}") from None
    if not isinstance(tree, dict):
        raise click.UsageError(f"{file} must hold an object: question -> answer, or a list of answers.")
    for key, value in tree.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        where = f"{file.name}, line {_line_of(key, text)}: "
        yield key, TypedAnswer([_word(one, f"{where}{key!r}") for one in values], where)


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object. Raises ValueError where a key stands twice: nobody could say which counts."""
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!r} stands there twice.")
    return dict(pairs)


def _line_of(key: str, text: str) -> int:
    """Where a key stands as a key; the first line where it is written otherwise than here."""
    named = re.search(rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:", text)
    return text.count("\n", 0, named.start()) + 1 if named else 1


def _word(value: object, named: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int | float):
        raise click.UsageError(f"{named}: an answer is a text, a number, true or false.")
    return str(value)


def filled(filling: Filling, given: Given, zone: "tzinfo | None") -> Filling:
    """With these answers. Raises UsageError with every question that there is not, and all that is no answer."""
    questions, answers = filling.clipboard.questions, filling.answers
    faults = []
    for key, typed in given.items():
        answers, one = found(questions, answers, key)
        try:
            if one is None:
                raise click.UsageError(f"There is no question {key!r}. See: genesis-tui clipboards show")
            answers = _with(answers, one, typed.texts, zone)
        except click.UsageError as error:
            faults.append(f"{typed.where}{error.message}")
    for key, typed in given.items():
        _, one = found(questions, answers, key)
        if one is not None and not one.enabled and one.values:
            faults.append(f"{typed.where}{key!r} is not asked: it hangs on another answer.")
    if faults:
        raise click.UsageError("\n".join(faults))
    return replace(filling, answers=answers)


def _with(answers: Answers, one: AskedItem, texts: Iterable[str], zone: "tzinfo | None") -> Answers:
    question, key = one.question, key_of(one)
    wanted = [text for text in texts if text.strip()]
    if wanted and not question.can_be_given:
        raise click.UsageError(f"{key!r} can't be answered here: bring it to the visit.")
    if len(wanted) > 1 and not question.repeats:
        raise click.UsageError(f"{key!r} takes one answer.")
    try:
        return answered(answers, one.path, [read_value(question, text, zone) for text in wanted])
    except ValueError as error:
        raise click.UsageError(f"{key!r}: {error}") from None


def asked_for(filling: Filling, zone: "tzinfo | None") -> Iterator[Filling]:
    """Each question on the terminal, one after the other; after each answer the form as it is then."""
    done: set[str] = set()
    while True:
        root = laid_out(filling.clipboard.questions, filling.answers)
        one = next((one for one in questions_asked(root) if key_of(one) not in done), None)
        if one is None:
            return
        done.add(key_of(one))
        filling = replace(filling, answers=_ask(filling.answers, one, zone))
        yield filling


def _ask(answers: Answers, one: AskedItem, zone: "tzinfo | None") -> Answers:
    question = one.question
    section = f"{one.section.question.text.upper()}\n" if one.section is not None and one.which == 0 else ""
    words = f"{section}{one.number} {question.words}  ({asks_for(question)}{', required' if question.required else ''})"
    say(words)
    for number, choice in enumerate(question.choices, start=1):
        say(f"   {number}  {choice.text}")
    now = values_text(question, one.values)
    while True:
        text = _typed(now)
        if not text.strip():
            return answers
        parts = [part.strip() for part in text.split(";")] if question.repeats else [text]
        texts = ["" if part == "-" else _chosen(one, part) for part in parts]
        try:
            return _with(answers, one, texts, zone)
        except click.UsageError as error:
            say(error.message)


def _chosen(one: AskedItem, text: str) -> str:
    """The number of a list's line as its words."""
    choices = one.question.choices
    named = any(text.casefold() == choice.text.casefold() for choice in choices)
    if choices and not named and text.isascii() and text.isdigit() and 0 < int(text) <= len(choices):
        return choices[int(text) - 1].text
    return text


def _typed(now: str) -> str:
    with interruptible():
        return str(click.prompt(f"  [{now}]" if now else " ", default="", show_default=False, err=True))
