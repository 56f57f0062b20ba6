"""FHIR's QuestionnaireResponse as answers, and back."""

from collections.abc import Iterable
from typing import Any

import msgspec

from genesis_tui.api_client.portal.appointments.clipboards.values import told, value_of
from genesis_tui.models.appointments.clipboards.enabling import form_of
from genesis_tui.models.appointments.clipboards.form import AskedItem, laid_out
from genesis_tui.models.appointments.clipboards.questions import (
    Answers,
    Clipboard,
    FormItem,
    Path,
    QuestionKind,
    Value,
)

Json = dict[str, Any]


def answers_of(questions: Iterable[FormItem], response: Any) -> Answers:
    """What a response says; what it says of questions that there are not is left out."""
    values: dict[Path, tuple[Value, ...]] = {}
    counts: dict[Path, int] = {}
    _read(questions, response.get("item") if isinstance(response, dict) else None, (), values, counts)
    return Answers(values, counts)


def _read(
    questions: Iterable[FormItem],
    items: Any,
    around: Path,
    values: dict[Path, tuple[Value, ...]],
    counts: dict[Path, int],
) -> None:
    for question in questions:
        mine = [one for one in _objects(items) if one.get("linkId") == question.id]
        if not question.is_question:
            if len(mine) > 1:
                counts[(*around, (question.id, 0))] = len(mine)
            for number, one in enumerate(mine):
                _read(question.inside, one.get("item"), (*around, (question.id, number)), values, counts)
            continue
        given = [answer for one in mine for answer in _objects(one.get("answer"))]
        found = [(answer, value[1]) for answer in given if (value := value_of(answer, "value")) is not None]
        if found:
            values[(*around, (question.id, 0))] = tuple(value for _, value in found)
        for number, (answer, _) in enumerate(found):
            _read(question.inside, answer.get("item"), (*around, (question.id, number)), values, counts)


def response_of(clipboard: Clipboard, answers: Answers, *, whole: bool) -> str:
    """The response as it is sent: what is asked and answered, and nothing else. `whole`: it is handed in."""
    items = _items(laid_out(clipboard.questions, answers).inside)
    body: Json = {"resourceType": "QuestionnaireResponse", "status": "completed" if whole else "in-progress"}
    body |= {"questionnaire": clipboard.canonical} if clipboard.canonical else {}
    return msgspec.json.encode(body | {"item": items}).decode()


def _items(asked: Iterable[AskedItem]) -> list[Json]:
    found = []
    for one in asked:
        if not one.enabled or one.question.kind is QuestionKind.DISPLAY:
            continue
        made: Json = {"linkId": one.question.id}
        if not one.question.is_question:
            made["item"] = _items(one.inside)
        elif one.question.can_be_given:
            made["answer"] = _answers(one)
        if made.get("item") or made.get("answer"):
            found.append(made)
    return found


def _answers(one: AskedItem) -> list[Json]:
    """Each answer with what is answered inside of it."""
    found = []
    for number, value in enumerate(one.values):
        made = told(form_of(one.question, value), value)
        if not made:
            continue
        inside = _items(other for other in one.inside if other.path[len(one.path) - 1][1] == number)
        found.append({**made, **({"item": inside} if inside else {})})
    return found


def _objects(rows: Any) -> list[Json]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
