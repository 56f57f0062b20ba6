"""What a path alone can't say: people with their roles, questions with their answers, relatives, activities, series."""

import re
from collections.abc import Iterator

from genesis_tui.api_client.fhir.elements.visits import visit_classes
from genesis_tui.api_client.fhir.paths import Stamp, Tree, all_words, at, first_words, in_words, words
from genesis_tui.api_client.fhir.record.mappings.mapping import FactReader
from genesis_tui.api_client.fhir.record.mappings.modifiers import status_words
from genesis_tui.api_client.fhir.values import moment
from genesis_tui.models.base.dates import long_time
from genesis_tui.models.record import Fact
from genesis_tui.sanitize import one_line

DEEPEST = 20
"""Levels of questions within questions that are followed."""


_NUMBER = re.compile(r"[0-9][0-9.\-]*")
_RANDOM = re.compile(r"|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|urn:.*")
_TO_DO = {"not-started": "To do", "": "To do", "completed": "Done", "in-progress": "Under way"}
"""How far an activity is, where FHIR's own word is none that a person would use."""


def people(path: str, role: str, member: str, label: str = "Member") -> FactReader:
    """Facts of a list of people: their role (or the label), their name, whom they act for, and since when."""

    def read(tree: Tree) -> Iterator[Fact]:
        for one in _trees(tree, path):
            period = one.get("period")
            when = words(period) if period != tree.get("period") else ""
            name = ", ".join(filter(None, (all_words(one, member), all_words(one, "onBehalfOf"), when)))
            if name:
                yield Fact(_first_up(all_words(one, role)) or label, name)

    return FactReader(read, (path,))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def form_inside(tree: Tree) -> str:
    """The title of the form that travels inside its answers."""
    inside = (one for one in _trees(tree, "contained") if f"#{one.get('id')}" == tree.get("questionnaire"))
    return next((said for one in inside if (said := first_words(one, ("title", "name")))), "")


def form_address(tree: Tree) -> str:
    """The last part of a form's address, as far as it says something: `phq-9`, `Questionnaire 54127-6`."""
    address = tree.get("questionnaire")
    if not isinstance(address, str) or address.startswith("#"):
        return ""
    last = one_line(address.partition("|")[0].rstrip("/").rpartition("/")[2])
    if _RANDOM.fullmatch(last):
        return ""
    return f"Questionnaire {last}" if _NUMBER.fullmatch(last) else last


def status_reason(*paths: str) -> FactReader:
    """Why an entry has the status that it has: `Not given because`, `Stopped because`."""

    def read(tree: Tree) -> Iterator[Fact]:
        said = first_words(tree, paths)
        status = tree.get("status") or tree.get("lifecycleStatus")
        word = status_words(str(tree.get("resourceType")), status) if isinstance(status, str) else ""
        if said:
            yield Fact(f"{word} because" if word else "Because", said)

    return FactReader(read, paths)


def first_given(label: str, *paths: str) -> FactReader:
    """A label with all that stands at the paths, in one line, each thing once."""

    def read(tree: Tree) -> Iterator[Fact]:
        said = dict.fromkeys(said for path in paths for value in at(tree, path) if (said := words(value)))
        if said:
            yield Fact(label, ", ".join(said))

    return FactReader(read, paths)


def with_whom(tree: Tree) -> str:
    """Who takes part besides the patient, and where."""
    actors = (one for one in at(tree, "participant.actor") if isinstance(one, dict))
    others = (one for one in actors if "Patient/" not in str(one.get("reference", "")))
    return ", ".join(filter(None, map(words, others)))


def activities_of(tree: Tree) -> list[Fact]:
    """What a care plan asks for, or forbids, and how far it is."""
    found = (_activity(one) for one in _trees(tree, "activity"))
    return [fact for fact in found if fact.text]


def activity_summary(tree: Tree) -> str:
    """The activities in one line; what is not plainly to be done says so."""
    plain = {"To do", "Scheduled", "Under way"}
    return ", ".join(one.text if one.label in plain else f"{one.label}: {one.text}" for one in activities_of(tree))


def _activity(tree: Tree) -> Fact:
    detail = next(_trees(tree, "detail"), {})
    status = str(detail.get("status", "")) if isinstance(detail.get("status"), str) else ""
    label = _TO_DO.get(status) or in_words(status)
    if detail.get("doNotPerform") is True:
        label = f"{label}: do not" if label not in _TO_DO.values() else "Do not"
    what = first_words(detail, ("code", "description", "kind")) or first_words(tree, ("reference",))
    more = ("description", "scheduled[x]", "product[x]", "dailyAmount", "quantity", "location", "performer")
    rest = [all_words(detail, path) for path in (*more, "statusReason", "reasonCode", "reasonReference", "goal")]
    rest += [all_words(tree, path) for path in ("progress.text", "outcomeCodeableConcept", "outcomeReference")]
    return Fact(label, "; ".join(dict.fromkeys(filter(None, (what, *rest)))))


def _relatives(tree: Tree) -> Iterator[Fact]:
    """A relative's conditions, with when they began and what came of them."""
    for one in _trees(tree, "condition"):
        began = ", ".join(filter(None, map(spoken, at(one, "onset[x]"))))
        more = [f"from {began}" if began else "", all_words(one, "outcome"), all_words(one, "note.text")]
        more.append("contributed to their death" if one.get("contributedToDeath") is True else "")
        said = ", ".join(dict.fromkeys(filter(None, (all_words(one, "code"), *more))))
        if said:
            yield Fact("Had", said)


def about(label: str, path: str, estimated: str) -> FactReader:
    """An age or a date, said to be an estimate where an element of the name says so."""

    def read(tree: Tree) -> Iterator[Fact]:
        guess = "about " if tree.get(estimated) is True else ""
        for value in at(tree, path):
            if said := spoken(value):
                yield Fact(label, guess + said)

    return FactReader(read, (path,))


def _series_of(tree: Tree) -> list[Fact]:
    """The series of an imaging study: how it was taken, of what, when, how many pictures, by whom."""
    return [Fact("Series", said) for one in _trees(tree, "series") if (said := _series(one))]


def _series(tree: Tree) -> str:
    pictures = all_words(tree, "numberOfInstances")
    what = " ".join(filter(None, (all_words(tree, "modality"), first_words(tree, ("description", "bodySite")))))
    parts = [
        what,
        all_words(tree, "bodySite"),
        all_words(tree, "laterality"),
        f"{pictures} pictures" if pictures else "",
    ]
    parts += [*map(spoken, at(tree, "@started")), all_words(tree, "performer.actor")]
    return ", ".join(dict.fromkeys(filter(None, parts)))


def spoken(value: object) -> str:
    """A value of any type in words, dates too."""
    return long_time(moment(str(value))) if isinstance(value, Stamp) else words(value)


def _answers(tree: Tree) -> list[Fact]:
    """Questions and what was answered, in their order."""
    return list(_answered(tree, 0))


def _answered(tree: Tree, depth: int) -> Iterator[Fact]:
    for item in _trees(tree, "item") if depth < DEEPEST else ():
        question = first_words(item, ("text", "linkId"))
        given = list(_trees(item, "answer"))
        said = ", ".join(filter(None, map(_answer, given)))
        if said or not (given or "item" in item):
            yield Fact(question, said or "Not answered")
        yield from _answered(item, depth + 1)
        for one in given:
            yield from _answered(one, depth + 1)


def _answer(tree: Tree) -> str:
    for value in at(tree, "value[x]"):
        if isinstance(value, dict) and (title := words(value.get("title"))):
            return title
        return spoken(value)
    return ""


def _trees(tree: Tree, path: str) -> Iterator[Tree]:
    return (one for one in at(tree, path) if isinstance(one, dict))


ACTIVITIES = FactReader(activities_of, ("activity",))
RELATIVES = FactReader(_relatives, ("condition",))
SERIES = FactReader(_series_of, ("series",))
VISIT = FactReader(lambda tree: [Fact("Kind", visit_classes(tree))], ("class",))
ANSWERS = FactReader(_answers, ("item",))
COMPANY = FactReader(lambda tree: [Fact("With", with_whom(tree))], ("participant.actor",))
"""With whom an appointment is."""
