"""What is on record of an entry beyond what its detail says: the generic reading, told what the entry said already."""

from collections.abc import Iterator, Mapping

import msgspec

from genesis_tui.api_client.fhir.also_recorded.reading import Owner, read_rest
from genesis_tui.api_client.fhir.also_recorded.said import Said, Visible
from genesis_tui.api_client.fhir.linked.references import ReferenceNames
from genesis_tui.api_client.fhir.paths import Tree, at, decode
from genesis_tui.api_client.fhir.record.entries import mapping_of
from genesis_tui.api_client.fhir.record.mappings.mapping import EntryMapping, FactReader
from genesis_tui.api_client.fhir.results.rest import said_of_file, said_of_value
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.base.dates import long_time
from genesis_tui.models.record import EARLIER, Entry


def rest_of(entry: Entry, raw: Mapping[str, msgspec.Raw], names: ReferenceNames) -> tuple[AlsoRecorded, ...]:
    """All of an entry's resources that its detail does not say.

    Args:
        entry: with whatever text it has by now.
        raw: what came of each resource, by key.
        names: of what they refer to; whose they are.
    """
    if entry.readings:
        return tuple(_of_readings(entry, raw, names))
    known = raw.get(entry.key)
    if known is None:
        return ()
    source = _inside(decode(known).resource.tree, entry.key)
    mapping = mapping_of(source)
    owner, said = Owner(names.patient_id, mapping.owner), list(_said(entry, mapping))
    found = read_rest(names.filled(source), Visible(said), owner)
    for reference in at(source, "medicationReference.reference"):
        medication = names.resource(reference) if isinstance(reference, str) else None
        if medication is not None:
            about = [Said(entry.title, paths=("code",)), *(Said(one.text, one.label) for one in said)]
            found += read_rest(names.filled(medication), Visible(about), owner, of="Medication")
    return tuple(found)


def _inside(tree: Tree, key: str) -> Tree:
    """The resource of the key, which may travel inside another one."""
    id = key.partition("#")[2]
    return next((one for one in tree.get("contained", ()) if id and one.get("id") == id), tree)


def _said(entry: Entry, mapping: EntryMapping) -> Iterator[Said]:
    """What the detail of a simple entry says, and where that was read."""
    yield Said(entry.title, paths=tuple(path for path in mapping.title if isinstance(path, str)))
    yield Said("", paths=mapping.at, times=(entry.at,))
    yield Said(entry.state, paths=(mapping.status, "verificationStatus"))
    yield Said(entry.status, paths=(mapping.status,))
    yield Said(", ".join(entry.modifiers), paths=("intent", "doNotPerform", "isSubpotent"))
    yield Said(entry.community, paths=("meta.tag",))
    paths: dict[str, list[str]] = {}
    for label, path in (*(one for one in mapping.facts if isinstance(one, tuple)), *mapping.texts):
        paths.setdefault(label.removesuffix("*"), []).append(path)
    read = tuple(path for one in mapping.facts if isinstance(one, FactReader) for path in one.paths)
    for fact in entry.facts:
        times = tuple(one for one in (fact.at, fact.until) if one is not None)
        yield Said(fact.text, fact.label, tuple(paths.get(fact.label, read)), times)
    for heading, text in entry.texts:
        yield Said(text, heading, tuple(paths.get(heading, ())) if heading else ("content.attachment",))
    for file in entry.attachments:
        yield said_of_file(file)


def _of_readings(entry: Entry, raw: Mapping[str, msgspec.Raw], names: ReferenceNames) -> Iterator[AlsoRecorded]:
    """Of every measurement of one test; the latest is told with more than the earlier ones."""
    owner = Owner(names.patient_id)
    for n, reading in enumerate(entry.readings):
        known = raw.get(f"Observation/{reading.id}")
        if known is None:
            continue
        said = [Said(entry.title, paths=("code",)), Said(entry.community, paths=("meta.tag",))]
        if n == 0:
            said += said_of_value(reading, at_its_time=True)
            said += [Said(f.text, f.label, ("component",)) for f in entry.facts]
            said += [Said(text, paths=("note",)) for _, text in entry.texts]
        elif n <= EARLIER:
            said += said_of_value(reading, at_its_time=False)
        of = long_time(reading.at) if len(entry.readings) > 1 else ""
        tree = names.filled(decode(known).resource.tree)
        yield from read_rest(tree, Visible(said), owner, of=of)
