"""Resources to entries of the record: whose they are, whether they may show, what they say."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import msgspec

from genesis_tui.api_client.fhir import structs
from genesis_tui.api_client.fhir.paths import (
    RawResource,
    Tree,
    all_words,
    at,
    fact_of,
    first_time,
    first_words,
    in_words,
    paragraphs,
)
from genesis_tui.api_client.fhir.record.mappings.care import CARE
from genesis_tui.api_client.fhir.record.mappings.mapping import ENDED, HIDDEN, WAITING, EntryMapping
from genesis_tui.api_client.fhir.record.mappings.medications import MEDICINES
from genesis_tui.api_client.fhir.record.mappings.other import AROUND
from genesis_tui.api_client.fhir.results.observations import CORRECTED, ORIGIN, Labels, labels, owned
from genesis_tui.api_client.fhir.values import NONE_RECORDED, BadEntry
from genesis_tui.models.record import Entry, Fact
from genesis_tui.sanitize import plain

_CDT = frozenset({"http://www.ada.org/cdt", "urn:oid:2.16.840.1.113883.6.13"})
"""The code of dental procedures: what carries it is dental care."""
_LONG = 20
"""Longer words than this are not said twice."""
_NEGATED = frozenset({"not-done", "not-taken", "noshow", "cancelled", "declined", "rejected"})

MAPPINGS: dict[str, EntryMapping] = {**MEDICINES, **CARE, **AROUND}


class DecodedEntry(NamedTuple):
    """An entry, and what still has to be looked up for it."""

    entry: Entry
    labels: Labels
    shown: bool
    """False for what never shows (REL-3): it takes an earlier version away with it."""
    status: str = ""
    named_in: str = ""
    """`Medication/id` where the name stands in another resource."""


def entry_of(source: RawResource, section: str, patient_id: str, *, inside: str = "") -> DecodedEntry:
    """An entry of a simple type, by its mapping.

    Args:
        source: the resource.
        section: where it shows.
        patient_id: whose it must be.
        inside: key of the resource that it travelled in, which was checked for its owner.

    Raises:
        BadEntry: it can't be shown, or is not of this patient.
    """
    tree, kind = source.tree, source.resource_type
    mapping = MAPPINGS[kind]
    if not inside:
        _check_owner(tree, mapping.owner, patient_id)
    key = f"{inside}#{identity(tree)}" if inside else f"{kind}/{identity(tree)}"
    status, said = _status(tree, mapping), said_of(tree)
    title = first_words(tree, mapping.title)
    reference = "" if title else _elsewhere(tree)
    entry = Entry(
        key=plain(key),
        section=section,
        title=title or _contained_name(tree) or mapping.nameless,
        at=first_time(tree, mapping.at),
        state="" if status in (mapping.usual, "") else in_words(status),
        tone=_tone(status),
        summary=_summary(tree, mapping, title),
        group=mapping.group,
        facts=tuple(_facts(tree, mapping)),
        texts=tuple(_texts(tree, mapping)),
        community=said.partner,
        imported=said.imported,
        corrected=not CORRECTED.isdisjoint((status, *map(str, at(tree, "docStatus")))),
        marks=marks_of(tree),
    )
    return DecodedEntry(entry, said, status not in HIDDEN and not _withdrawn(tree), status, reference)


def identity(tree: Tree) -> str:
    """The resource's id.

    Raises:
        BadEntry: it has none.
    """
    id = tree.get("id")
    if not isinstance(id, str) or not id:
        raise BadEntry("an entry without an id")
    return id


def said_of(tree: Tree) -> Labels:
    """What the server says about a resource, beside its content."""
    meta = msgspec.convert(tree.get("meta") or {}, structs.Meta)
    return labels(meta, msgspec.convert(tree.get("extension") or [], list[structs.Extension]))


def marks_of(tree: Tree) -> frozenset[str]:
    """Sections across sections that it is plainly part of."""
    marks = {"dental"} if any(system in _CDT for system in at(tree, "code.coding.system")) else set()
    for tag in at(tree, "meta.tag"):
        if isinstance(tag, dict) and tag.get("code") == "va" and str(tag.get("system", "")).endswith(ORIGIN):
            marks.add("va")
    return frozenset(marks)


def named(entry: Entry, name: str) -> Entry:
    """The entry with the name that stood elsewhere."""
    return replace(entry, title=name) if name else entry


def inside_of(source: RawResource, kind: str) -> Iterable[RawResource]:
    """Resources of a type that travel inside another one."""
    found = (RawResource(one) for one in at(source.tree, "contained") if isinstance(one, dict))
    return (one for one in found if one.resource_type == kind)


def _check_owner(tree: Tree, path: str, patient_id: str) -> None:
    references = [value.get("reference") for value in at(tree, path) if isinstance(value, dict)]
    patients = [one for one in references if isinstance(one, str) and _of_patient(one)]
    for one in patients or [""]:
        owned(structs.Reference(reference=one), patient_id)


def _of_patient(reference: str) -> bool:
    return reference.startswith("Patient/") or "/Patient/" in reference


def _status(tree: Tree, mapping: EntryMapping) -> str:
    given = next((value for value in at(tree, mapping.status) if isinstance(value, str)), "")
    if (mapping.needs_status and not given) or (mapping.statuses and given and given not in mapping.statuses):
        raise BadEntry("a status that is none")
    return given


def _withdrawn(tree: Tree) -> bool:
    """What its other statuses say: of a finding how certain it is, of a document how far it is written."""
    said = (*at(tree, "verificationStatus.coding.code"), *at(tree, "docStatus"))
    return any(one in HIDDEN for one in said)


def _tone(status: str) -> str:
    if status in _NEGATED:
        return "abnormal"
    return "muted" if status in ENDED else "pending" if status in WAITING else ""


def _elsewhere(tree: Tree) -> str:
    found = next((v for v in at(tree, "medicationReference.reference") if isinstance(v, str)), "")
    path = found.partition("/_history/")[0].split("/")
    return "/".join(path[-2:]) if len(path) >= 2 and path[-2] == "Medication" else ""


def _contained_name(tree: Tree) -> str:
    wanted = next((v for v in at(tree, "medicationReference.reference") if isinstance(v, str)), "")
    for one in at(tree, "contained"):
        if isinstance(one, dict) and wanted == f"#{one.get('id')}":
            return name_in(one)
    return ""


def name_in(tree: Tree) -> str:
    """The name of a Medication."""
    return first_words(tree, ("code", "ingredient.itemCodeableConcept", "form"))


def _summary(tree: Tree, mapping: EntryMapping, title: str) -> str:
    said = (path(tree) if callable(path) else all_words(tree, path) for path in mapping.summary)
    return next((words for words in said if words and words != title), "")


def _facts(tree: Tree, mapping: EntryMapping) -> Iterable[Fact]:
    said: set[str] = set()
    for label, path in mapping.facts:
        found = fact_of(tree, label.removesuffix("*"), path)
        if found is not None and not (len(found.text) > _LONG and found.text in said):
            said.add(found.text)
            yield found
        elif found is None and label.endswith("*"):
            yield Fact(label.removesuffix("*"), NONE_RECORDED)
    for read in mapping.lists:
        yield from (fact for fact in read(tree) if fact.text)


def _texts(tree: Tree, mapping: EntryMapping) -> Iterable[tuple[str, str]]:
    found = ((heading, paragraphs(tree, path)) for heading, path in mapping.texts)
    return ((heading, text) for heading, text in found if text)
