"""FHIR's Questionnaire as questions. A part that is not what FHIR says costs itself."""

from collections.abc import Iterator
from typing import Any

from genesis_tui.api_client.portal.appointments.clipboards.values import value_of
from genesis_tui.models.appointments.clipboards.questions import (
    AnswerOption,
    Coded,
    Condition,
    FormItem,
    QuestionKind,
    Value,
)
from genesis_tui.sanitize import one_line, plain

Json = dict[str, Any]
_HL7 = "http://hl7.org/fhir/StructureDefinition/"
_DEEPEST = 20
"""Levels of groups and questions that are read."""
_LONGEST_LIST = 500
"""Answers of one list that are read."""


def questions_of(questionnaire: Any) -> tuple[FormItem, ...]:
    """Its items; of types that nobody knows only the words."""
    if not isinstance(questionnaire, dict):
        return ()
    return tuple(_questions(questionnaire.get("item"), _value_sets(questionnaire), 0))


def _questions(items: Any, lists: dict[str, tuple[AnswerOption, ...]], depth: int) -> Iterator[FormItem]:
    for item in _objects(items) if depth < _DEEPEST else ():
        if isinstance(item.get("linkId"), str):
            yield _question(item, lists, depth)


def _question(item: Json, lists: dict[str, tuple[AnswerOption, ...]], depth: int) -> FormItem:
    named = item.get("type")
    kind = QuestionKind(named) if named in list(QuestionKind) else QuestionKind.DISPLAY
    choices = tuple(_choices(item)) or lists.get(str(item.get("answerValueSet", "")).lstrip("#"), ())
    return FormItem(
        id=item["linkId"],
        kind=kind,
        text=_text(item.get("text"), lines=True),
        prefix=_text(item.get("prefix")),
        required=item.get("required") is True,
        repeats=item.get("repeats") is True,
        read_only=item.get("readOnly") is True,
        hidden=_extension(item, "questionnaire-hidden") is True,
        longest=_whole(item.get("maxLength")),
        most=_whole(_extension(item, "questionnaire-maxOccurs")),
        lower=_bound(_extension(item, "minValue")),
        upper=_bound(_extension(item, "maxValue")),
        units=tuple(_units(item)),
        choices=choices,
        conditions=tuple(_conditions(item)),
        all_of=item.get("enableBehavior") == "all",
        initial=tuple(_values(item.get("initial"))),
        inside=tuple(_questions(item.get("item"), lists, depth + 1)),
    )


def _values(rows: Any) -> Iterator[Value]:
    for row in _objects(rows):
        found = value_of(row, "value")
        if found is not None:
            yield found[1]


def _choices(item: Json) -> Iterator[AnswerOption]:
    for row in _objects(item.get("answerOption"))[:_LONGEST_LIST]:
        found = value_of(row, "value")
        if found is not None:
            form, value = found
            prefix = _extension(row, "questionnaire-optionPrefix")
            yield AnswerOption(value, _choice_text(value, prefix), form, row.get("initialSelected") is True)


def _choice_text(value: Value, prefix: object = None) -> str:
    words = value.display or value.code if isinstance(value, Coded) else getattr(value, "display", "") or str(value)
    return f"{_text(prefix)} {words}".strip()


def _conditions(item: Json) -> Iterator[Condition]:
    for row in _objects(item.get("enableWhen")):
        found = value_of(row, "answer")
        question, operator = row.get("question"), row.get("operator")
        if found is not None and isinstance(question, str) and isinstance(operator, str):
            yield Condition(question, operator, *found)


def _units(item: Json) -> Iterator[Coded]:
    urls = (f"{_HL7}questionnaire-unitOption", f"{_HL7}questionnaire-unit")
    for row in _objects(item.get("extension")):
        found = value_of(row, "value") if row.get("url") in urls else None
        if found is not None and isinstance(found[1], Coded):
            yield found[1]


def _value_sets(questionnaire: Json) -> dict[str, tuple[AnswerOption, ...]]:
    """The lists that come inside of the questionnaire, by id."""
    found = {}
    for one in _objects(questionnaire.get("contained")):
        if one.get("resourceType") == "ValueSet" and isinstance(one.get("id"), str):
            found[one["id"]] = tuple(_listed(one))[:_LONGEST_LIST]
    return found


def _listed(value_set: Json) -> Iterator[AnswerOption]:
    expansion, compose = value_set.get("expansion"), value_set.get("compose")
    rows = _objects(expansion.get("contains")) if isinstance(expansion, dict) else []
    if not rows and isinstance(compose, dict):
        for include in _objects(compose.get("include")):
            rows += [{"system": include.get("system", "")} | one for one in _objects(include.get("concept"))]
    for row in rows:
        found = value_of({"valueCoding": row}, "value")
        if found is not None:
            yield AnswerOption(found[1], _choice_text(found[1]))


def _extension(item: Json, name: str) -> object:
    """The value of HL7's extension of this name; None where there is none."""
    for row in _objects(item.get("extension")):
        if row.get("url") == _HL7 + name:
            return next((value for key, value in row.items() if key.startswith("value")), None)
    return None


def _bound(value: object) -> float | str | None:
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _objects(rows: Any) -> list[Json]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(value: object, *, lines: bool = False) -> str:
    if not isinstance(value, str):
        return ""
    return plain(value, lines=True) if lines else one_line(value)
