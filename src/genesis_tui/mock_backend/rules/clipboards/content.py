"""What a response may hold: answers to questions that are asked, of the kind and in the number that was asked for."""

from collections.abc import Iterator
from typing import Any, Final

from genesis_tui.mock_backend.rules.clipboards.questions import Asked, Json

_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "boolean": ("valueBoolean",),
    "decimal": ("valueDecimal", "valueInteger"),
    "integer": ("valueInteger",),
    "date": ("valueDate",),
    "dateTime": ("valueDateTime", "valueDate"),
    "time": ("valueTime",),
    "string": ("valueString",),
    "text": ("valueString",),
    "url": ("valueUri",),
    "choice": ("valueCoding",),
    "open-choice": ("valueCoding", "valueString"),
    "quantity": ("valueQuantity",),
    "attachment": ("valueAttachment",),
    "reference": ("valueReference",),
}
_MAX_OCCURS: Final = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs"
_LEAST: Final = "http://hl7.org/fhir/StructureDefinition/minValue"
_MOST: Final = "http://hl7.org/fhir/StructureDefinition/maxValue"


def unknown(items: list[Json], given: list[Json]) -> list[str]:
    """Ids in a response that its questionnaire does not have at that place."""
    known = {item.get("linkId"): item for item in items}
    found = []
    for one in given:
        item = known.get(one.get("linkId"))
        if item is None:
            found.append(str(one.get("linkId")))
            continue
        below = [*one.get("item", ()), *(inner for answer in one.get("answer", ()) for inner in answer.get("item", ()))]
        found += unknown(item.get("item", []), below)
    return found


def faults(root: Asked, most: int) -> Iterator[str]:
    """What is wrong with the answers, in words. `most`: characters that a text may have, whatever its question says."""
    for one in root.within():
        if one.given and not one.enabled:
            yield f"This is not asked: {one.text}"
        elif one.given:
            yield from (f"{words}: {one.text}" for words in _of_question(one, most))


def _of_question(one: Asked, most: int) -> Iterator[str]:
    item, longest = one.item, _longest(one.item, most)
    if len(one.given) > _most(item):
        yield "There are too many answers"
    for answer in one.given:
        names = [name for name in answer if name.startswith("value")]
        options = list(item.get("answerOption", ()))
        if len(names) != 1 or names[0] not in (*_KINDS.get(item.get("type", ""), ()), *_kinds_of(options)):
            yield "The answer is of another kind than asked for"
        elif item.get("type") == "choice" and options and not any(_is_of(answer, names[0], one) for one in options):
            yield "The answer is none of those to choose from"
        elif any(len(text) > longest for text in _texts(answer)):
            yield f"The answer is longer than {longest} characters"
        elif _out_of_bounds(item, answer[names[0]]):
            yield "The answer is smaller or greater than it may be"


def _most(item: Json) -> float:
    if not item.get("repeats"):
        return 1
    given = (one.get("valueInteger") for one in item.get("extension", ()) if one.get("url") == _MAX_OCCURS)
    return next((one for one in given if isinstance(one, int)), float("inf"))


def _kinds_of(options: list[Json]) -> set[str]:
    return {name for one in options for name in one if name.startswith("value")}


def _is_of(answer: Json, name: str, option: Json) -> bool:
    value, offered = answer[name], option.get(name)
    if isinstance(value, dict) and isinstance(offered, dict):
        keys = ("reference",) if name == "valueReference" else ("system", "code") if "code" in offered else ("display",)
        return all(value.get(key) == offered.get(key) for key in keys)
    return bool(value == offered)


def _longest(item: Json, most: int) -> int:
    said = item.get("maxLength")
    return min(said, most) if isinstance(said, int) else most


def _texts(answer: Json) -> list[str]:
    """What of an answer may be in a person's own words."""
    coding, amount = answer.get("valueCoding", {}), answer.get("valueQuantity", {})
    found = (answer.get("valueString"), answer.get("valueUri"), coding.get("display"), amount.get("unit"))
    return [text for text in found if text]


def _out_of_bounds(item: Json, value: Any) -> bool:
    number = value.get("value") if isinstance(value, dict) else value
    least, most = (_bound(item, url) for url in (_LEAST, _MOST))
    try:
        return (least is not None and number < least) or (most is not None and number > most)
    except TypeError:
        return False


def _bound(item: Json, url: str) -> Any:
    bounds = (one for one in item.get("extension", ()) if one.get("url") == url)
    return next((value for one in bounds for name, value in one.items() if name.startswith("value")), None)
