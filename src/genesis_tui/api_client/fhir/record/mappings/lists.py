"""What a path alone can't say: people with their roles, questions with their answers, relatives, activities, series."""

from collections.abc import Callable, Iterator

from genesis_tui.api_client.fhir.paths import Stamp, Tree, all_words, at, fact_of, first_words, words
from genesis_tui.api_client.fhir.values import moment
from genesis_tui.models.record import Fact

DEEPEST = 20
"""Levels of questions within questions that are followed."""


def people(path: str, role: str, member: str) -> Callable[[Tree], list[Fact]]:
    """Facts of a list of people: their role, their name."""

    def read(tree: Tree) -> list[Fact]:
        found = ((all_words(one, role), all_words(one, member)) for one in _trees(tree, path))
        return [Fact(said or "Member", name) for said, name in found if name]

    return read


def with_whom(tree: Tree) -> str:
    """Who takes part besides the patient, and where."""
    actors = (one for one in at(tree, "participant.actor") if isinstance(one, dict))
    others = (one for one in actors if "Patient/" not in str(one.get("reference", "")))
    return ", ".join(filter(None, map(words, others)))


def activities(tree: Tree) -> list[Fact]:
    """What a care plan asks for."""
    found = (
        first_words(one, ("detail.code", "detail.description", "reference", "outcomeCodeableConcept"))
        for one in _trees(tree, "activity")
    )
    return [Fact("To do", said) for said in found if said]


def relatives(tree: Tree) -> list[Fact]:
    """A relative's conditions, with the age at which they began."""
    found: list[Fact] = []
    for one in _trees(tree, "condition"):
        since = fact_of(one, "", "onset[x]")
        began = f", from {since.text}" if since is not None and since.text else ""
        found.append(Fact("Had", first_words(one, ("code", "outcome")) + began))
    return [fact for fact in found if fact.text]


def series(tree: Tree) -> list[Fact]:
    """The series of an imaging study."""
    found = (
        (all_words(one, "modality"), first_words(one, ("description", "bodySite"))) for one in _trees(tree, "series")
    )
    return [Fact("Series", " ".join(filter(None, pair))) for pair in found if any(pair)]


def answers(tree: Tree) -> list[Fact]:
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
        if isinstance(value, Stamp):
            from genesis_tui.models.base.dates import long_time

            return long_time(moment(str(value)))
        if isinstance(value, dict) and (title := words(value.get("title"))):
            return title
        return words(value)
    return ""


def _trees(tree: Tree, path: str) -> Iterator[Tree]:
    return (one for one in at(tree, path) if isinstance(one, dict))
