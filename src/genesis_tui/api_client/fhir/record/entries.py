"""Resources to entries of the record: whose they are, whether they may show, what they say."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from genesis_tui.api_client.fhir import structs
from genesis_tui.api_client.fhir.paths import (
    RawResource,
    Tree,
    all_words,
    at,
    facts_of,
    first_time,
    first_words,
    paragraphs,
)
from genesis_tui.api_client.fhir.record.mappings.care import CARE
from genesis_tui.api_client.fhir.record.mappings.mapping import (
    ANYTHING,
    ENDED,
    HIDDEN,
    WAITING,
    EntryMapping,
    FactReader,
)
from genesis_tui.api_client.fhir.record.mappings.medications import MEDICINES
from genesis_tui.api_client.fhir.record.mappings.modifiers import (
    NEGATED,
    certainty,
    group_of,
    modifiers_of,
    status_words,
)
from genesis_tui.api_client.fhir.record.mappings.other import AROUND
from genesis_tui.api_client.fhir.results.observations import CORRECTED, ORIGIN, Labels, labels, owned
from genesis_tui.api_client.fhir.values import NONE_RECORDED, BadEntry
from genesis_tui.api_client.http.tolerant import tolerant
from genesis_tui.models.base.ledger import singular, type_words
from genesis_tui.models.record import Entry, Fact
from genesis_tui.sanitize import plain

_CDT = frozenset({"http://www.ada.org/cdt", "urn:oid:2.16.840.1.113883.6.13"})
"""The code of dental procedures: what carries it is dental care."""
_LONG = 20
"""Longer words than this are not said twice."""
_HAPPENED = frozenset({"Given", "Done", "Taken", "Handed over", "Prepared"})
"""Labels that say that something was done; of what was not done they are `When`."""
_OWNERS = ("subject", "patient", "beneficiary", "for", "individual", "source")
"""Where a resource says whose it is."""

MAPPINGS: dict[str, EntryMapping] = {**MEDICINES, **CARE, **AROUND}


class DecodedEntry(NamedTuple):
    """An entry, and what still has to be looked up for it."""

    entry: Entry
    labels: Labels
    shown: bool
    """False for what never shows (REL-3): it takes an earlier version away with it."""
    status: str = ""


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
    mapping = mapping_of(tree)
    if not inside:
        _check_owner(tree, mapping.owner, patient_id)
    key = f"{inside}#{identity(tree)}" if inside else f"{kind}/{identity(tree)}"
    status, said = _status(tree, mapping), said_of(tree)
    title = first_words(tree, mapping.title)
    modifiers = modifiers_of(tree, status)
    entry = Entry(
        key=plain(key),
        section=section,
        title=": ".join((*modifiers, title or mapping.nameless)),
        at=first_time(tree, mapping.at),
        state=_state(tree, mapping, status),
        tone=_tone(status, modifiers),
        summary=_summary(tree, mapping, title),
        group=group_of(tree, status, mapping.group) if mapping.group else "",
        facts=tuple(_facts(tree, mapping, status)),
        texts=tuple(_texts(tree, mapping)),
        community=said.partner,
        imported=said.imported,
        corrected=not CORRECTED.isdisjoint((status, *map(str, at(tree, "docStatus")))),
        marks=marks_of(tree),
        modifiers=modifiers,
        status=status_words(kind, status),
        status_code=plain(status),
    )
    return DecodedEntry(entry, said, status not in HIDDEN and not _withdrawn(tree), status)


def mapping_of(tree: Tree) -> EntryMapping:
    """That of its type; of a type that nothing here is made for one that fits any, as the rest shows by itself."""
    kind = str(tree.get("resourceType"))
    known = MAPPINGS.get(kind)
    if known is not None:
        return known
    owner = next((name for name in _OWNERS if name in tree), _OWNERS[0])
    return replace(ANYTHING, owner=owner, group=type_words(kind), nameless=singular(kind))


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
    said = tolerant({name: tree.get(name) for name in ("meta", "extension")}, structs.Labelled)
    return labels(said.meta, said.extension)


def marks_of(tree: Tree) -> frozenset[str]:
    """Sections across sections that it is plainly part of."""
    marks = {"dental"} if any(system in _CDT for system in at(tree, "code.coding.system")) else set()
    for tag in at(tree, "meta.tag"):
        if isinstance(tag, dict) and tag.get("code") == "va" and str(tag.get("system", "")).endswith(ORIGIN):
            marks.add("va")
    return frozenset(marks)


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
        raise BadEntry("an invalid status")
    return given


def _withdrawn(tree: Tree) -> bool:
    """What its other statuses say: of a finding how certain it is, of a document how far it is written."""
    said = (*at(tree, "verificationStatus.coding.code"), *at(tree, "docStatus"))
    return any(isinstance(one, str) and one in HIDDEN for one in said)


def _state(tree: Tree, mapping: EntryMapping, status: str) -> str:
    """What has become of it; of a finding that is not certain, that it is not."""
    doubt = certainty(tree)
    return doubt or ("" if status in (mapping.usual, "") else status_words(str(tree.get("resourceType")), status))


def _tone(status: str, modifiers: tuple[str, ...]) -> str:
    if modifiers:
        return "abnormal"
    return "muted" if status in ENDED else "pending" if status in WAITING else ""


def _summary(tree: Tree, mapping: EntryMapping, title: str) -> str:
    said = (path(tree) if callable(path) else all_words(tree, path) for path in mapping.summary)
    return next((words for words in said if words and words != title), "")


def _facts(tree: Tree, mapping: EntryMapping, status: str) -> Iterable[Fact]:
    said: set[str] = set()
    for source in mapping.facts:
        for fact in _read(tree, source):
            if not (len(fact.text) > _LONG and fact.text in said):
                said.add(fact.text)
                yield replace(fact, label="When") if status in NEGATED and fact.label in _HAPPENED else fact


def _read(tree: Tree, source: tuple[str, str] | FactReader) -> Iterable[Fact]:
    if isinstance(source, FactReader):
        return [fact for fact in source.read(tree) if fact.text]
    label, path = source
    found = facts_of(tree, label.removesuffix("*"), path)
    return found or ([Fact(label.removesuffix("*"), NONE_RECORDED)] if label.endswith("*") else [])


def _texts(tree: Tree, mapping: EntryMapping) -> Iterable[tuple[str, str]]:
    found = ((heading, paragraphs(tree, path)) for heading, path in mapping.texts)
    return ((heading, text) for heading, text in found if text)
