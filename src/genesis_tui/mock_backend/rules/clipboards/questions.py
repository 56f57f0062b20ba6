"""CLIP-2: which questions of a FHIR Questionnaire are asked, given what is answered, and which of them must be.

Pure functions on FHIR's JSON. A question inside a question is asked once that one has an answer; where several of a
list can be chosen, once, with the first of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from genesis_tui.mock_backend.rules.clipboards.enabling import compared

Json = dict[str, Any]
HIDDEN: Final = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
_CHOICES: Final = ("choice", "open-choice")
_UNASKED: Final = ("attachment", "reference")
"""What nobody can give here; it never stops a submission."""


@dataclass(eq=False, slots=True)
class Asked:
    """One item of a questionnaire as a response has it: a group once for each time it is there, a question once."""

    item: Json
    given: list[Json] = field(default_factory=list)
    """The answers of a question."""
    parent: "Asked | None" = None
    inside: list["Asked"] = field(default_factory=list)
    enabled: bool | None = None

    @property
    def link_id(self) -> str:
        return str(self.item.get("linkId", ""))

    @property
    def is_question(self) -> bool:
        return self.item.get("type") not in ("group", "display", None)

    @property
    def to_answer(self) -> bool:
        """Whether a person is to give an answer to it."""
        return self.is_question and can_be_given(self.item)

    @property
    def text(self) -> str:
        """What is asked, in words; its id where there are none."""
        return str(self.item.get("text") or self.item.get("prefix") or self.link_id)

    def within(self) -> Iterator["Asked"]:
        """Everything below it."""
        for one in self.inside:
            yield one
            yield from one.within()


def can_be_given(item: Json) -> bool:
    """Whether a person can answer it here: no file, no reference that is not in a list, nothing hidden or fixed."""
    options = any("valueReference" in one for one in item.get("answerOption", ()))
    unasked = item.get("type") in _UNASKED and not options
    return not (unasked or item.get("readOnly") or is_hidden(item))


def is_hidden(item: Json) -> bool:
    return any(one.get("url") == HIDDEN and one.get("valueBoolean") is True for one in item.get("extension", ()))


def several(item: Json) -> bool:
    """Whether several of a list may be chosen, so that its answers are one answer to whoever reads them."""
    return item.get("type") in _CHOICES and bool(item.get("repeats"))


def laid_out(items: Iterable[Json], given: Iterable[Json]) -> Asked:
    """The questionnaire's `items` with what the response's `item`s give; below a root that is no item itself."""
    root = Asked({"type": "group"}, enabled=True)
    _fill(root, items, list(given))
    for one in root.within():
        is_enabled(one)
    return root


def _fill(parent: Asked, items: Iterable[Json], given: list[Json]) -> None:
    for item in items:
        mine = [one for one in given if one.get("linkId") == item.get("linkId")]
        if item.get("type") in ("group", "display"):
            for one in mine or [{}]:
                _fill(_added(parent, item), item.get("item", ()), one.get("item", []))
            continue
        answers = [answer for one in mine for answer in one.get("answer", ())]
        question = _added(parent, item, answers)
        for answer in answers[:1] if several(item) else answers:
            _fill(question, item.get("item", ()), answer.get("item", []))


def _added(parent: Asked, item: Json, answers: list[Json] | None = None) -> Asked:
    made = Asked(item, answers or [], parent)
    parent.inside.append(made)
    return made


def is_enabled(one: Asked) -> bool:
    """Whether it is asked: what is around it is, and its `enableWhen` holds. What waits for itself is not."""
    if one.enabled is None:
        one.enabled = False
        around = one.parent is None or is_enabled(one.parent)
        one.enabled = around and not is_hidden(one.item) and _conditions_hold(one)
    return one.enabled


def _conditions_hold(one: Asked) -> bool:
    conditions = one.item.get("enableWhen", ())
    together = all if one.item.get("enableBehavior") == "all" else any
    return not conditions or together(compared(when, _answers_to(one, when.get("question", ""))) for when in conditions)


def _answers_to(one: Asked, link_id: str) -> list[Json]:
    """The answers to the question of this id that stands nearest: in the same repetition of a group, else outside."""
    around = one.parent
    while around is not None:
        found = [other for other in around.within() if other.link_id == link_id]
        if found:
            return [answer for other in found if is_enabled(other) for answer in other.given]
        around = around.parent
    return []


def missing(root: Asked) -> list[Asked]:
    """What is required, asked, and has no answer, in the order of the form; of a group, that nothing in it has one."""
    found: list[Asked] = []
    for one in root.inside:
        if not one.enabled:
            continue
        if one.is_question:
            empty = one.to_answer and bool(one.item.get("required")) and not one.given
            found += [*([one] if empty else []), *missing(one)]
            continue
        inside = missing(one)
        asked = [other for other in one.within() if other.enabled and other.to_answer]
        if one.item.get("required") and asked and not inside and not any(other.given for other in asked):
            inside = [one]
        found += inside
    return found


def progress(root: Asked) -> tuple[int, int]:
    """How many of the questions that are asked have an answer, and how many there are."""
    asked = [one for one in root.within() if one.enabled and one.to_answer]
    return sum(bool(one.given) for one in asked), len(asked)
