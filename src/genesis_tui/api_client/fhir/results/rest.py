"""What is on record of a result beyond what is shown of it, whatever number of resources it stands for."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from genesis_tui.api_client.fhir.also_recorded.reading import Owner, read_rest
from genesis_tui.api_client.fhir.also_recorded.said import Said, Visible
from genesis_tui.api_client.fhir.linked.references import ReferenceNames
from genesis_tui.api_client.fhir.paths import Tree, at, decode, first_words
from genesis_tui.api_client.fhir.results.observations import members_of
from genesis_tui.api_client.fhir.structs import Reference
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.record import Entry
from genesis_tui.models.results.result import Reading, Result, range_text, reading_text, reading_word

_TIMES = ("effective[x]", "issued")
_FILES = ("content.attachment", "presentedForm")
_SHORT = 18
"""Characters of a name that stand in a row of its own at every width."""


def rest_of_result(result: Result, raw: Mapping[str, msgspec.Raw], names: ReferenceNames) -> tuple[AlsoRecorded, ...]:
    """Of the detail in Results."""
    said = [
        Said(result.title, paths=("code", "type", "description")),
        Said("", paths=("effective[x]", "context.period", "date"), times=_times(result.at, result.until)),
        Said(result.specimen, paths=("specimen",)),
        Said(f"{result.place} {result.performer}", paths=("performer", "custodian")),
        Said(result.author, paths=("author",)),
        Said(result.reader, paths=("resultsInterpreter",)),
        Said(result.orderer, paths=("basedOn",)),
        Said(result.community, paths=("meta.tag",)),
        Said(" ".join(result.missing), paths=("result", "hasMember")),
        *_long_texts(result.text, result.conclusion),
    ]
    shown = {f"Observation/{one.id}": _row(one, result) for one in result.readings}
    return tuple(_rest(result.key, said, shown, raw, names))


def rest_of_entry(entry: Entry, raw: Mapping[str, msgspec.Raw], names: ReferenceNames) -> tuple[AlsoRecorded, ...]:
    """Of the detail in Record, which lists values without their ranges and comments."""
    named = {"Ordered by": ("basedOn",), "By": ("author", "performer"), "Read by": ("resultsInterpreter",)}
    named |= {"Place": ("performer", "custodian"), "Specimen": ("specimen",)}
    said = [
        Said(entry.title, paths=("code", "type", "description")),
        Said("", paths=("effective[x]", "context.period", "date"), times=(entry.at,)),
        Said(entry.community, paths=("meta.tag",)),
        *(Said(fact.text, fact.label, named.get(fact.label, ())) for fact in entry.facts),
        *_long_texts(*(text for _, text in entry.texts)),
        *map(said_of_file, entry.attachments),
    ]
    return tuple(_rest(entry.key, said, dict.fromkeys(entry.tests, ()), raw, names))


def said_of_value(reading: Reading, *, at_its_time: bool) -> list[Said]:
    """What is shown of a value in a list of one test's values; `at_its_time` where its time stands beside it."""
    said = [
        Said(reading_text(reading), paths=("value[x]", "component", "dataAbsentReason")),
        Said(reading_word(reading), paths=("interpretation",)),
    ]
    if at_its_time:
        said.append(Said("", paths=_TIMES[:1], times=(reading.at,)))
        said.append(Said(range_text(reading.range), paths=("referenceRange",)))
    return said


def said_of_file(file: Attachment) -> Said:
    """What stands in the row of a file at every width."""
    return Said(file.title if len(file.title) <= _SHORT else "", paths=_FILES)


def _row(reading: Reading, result: Result) -> list[Said]:
    """What stands in a test's row of the detail, and below all of them."""
    return [
        Said(f"{reading.panel} {reading.name}", paths=("code",)),
        Said(reading.lines or reading_text(reading), paths=("value[x]", "component", "dataAbsentReason")),
        Said(reading_word(reading), paths=("interpretation",)),
        Said(range_text(reading.range), paths=("referenceRange",)),
        *(one for part in reading.parts for one in _of_part(part)),
        Said(reading.note, paths=("note",)),
        Said("", paths=_TIMES[:1], times=_times(reading.at, reading.until)),
    ]


def _of_part(part: Reading) -> Iterator[Said]:
    """What stands in the row of a component."""
    yield Said(f"{part.name} {reading_text(part)} {reading_word(part)} {range_text(part.range)}", paths=("component",))


def _times(*moments: Moment | None) -> tuple[Moment, ...]:
    return tuple(one for one in moments if one is not None and one.precision is not Precision.NONE)


def _long_texts(*texts: str) -> list[Said]:
    return [Said(text, paths=("conclusion", *_FILES, "conclusionCode")) for text in texts]


def _rest(
    key: str,
    said: list[Said],
    shown: Mapping[str, Iterable[Said]],
    raw: Mapping[str, msgspec.Raw],
    names: ReferenceNames,
) -> Iterator[AlsoRecorded]:
    """Of every resource that the row stands for; `shown` is what its rows say of some."""
    owner = Owner(names.patient_id)
    for name, source in _resources((key, *shown), raw, names):
        tree = names.filled(source)
        of = "" if name == key and key not in shown else first_words(tree, ("code",))
        alone = len(shown) == 1 and name == key
        here = [*said, *shown.get(name, ())]
        yield from read_rest(tree, Visible(here), owner, of="" if alone else of)


def _resources(
    keys: Iterable[str], raw: Mapping[str, msgspec.Raw], names: ReferenceNames
) -> Iterator[tuple[str, Tree]]:
    """The resources of the keys, and what they report or have as members, each once."""
    wanted, found = list(keys), set[str]()
    while wanted:
        key = wanted.pop(0)
        if key in found or key not in raw:
            continue
        found.add(key)
        tree = decode(raw[key]).resource.tree
        yield key, tree
        named = (*at(tree, "result.reference"), *at(tree, "hasMember.reference"))
        references = [Reference(one) for one in named if isinstance(one, str)]
        members = members_of(references, key.partition("/")[2], names.elsewhere)
        wanted += [f"Observation/{one.id}" for one in members]
