"""Who did, ordered and read a result, and where: references as the names that they lead to."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from genesis_tui.api_client.fhir.linked.references import ReferenceNames
from genesis_tui.api_client.fhir.results.documents import ClinicalDocument
from genesis_tui.api_client.fhir.results.observations import Lab, People, named
from genesis_tui.api_client.fhir.structs import Reference
from genesis_tui.sanitize import one_line

_PLACES = ("Organization", "Location", "HealthcareService")


class Around(NamedTuple):
    """The people and places of a result, in words."""

    by: str
    place: str
    reader: str
    orderer: str
    specimen: str


def around(people: People, names: ReferenceNames) -> Around:
    """All that is known of them so far."""
    places = [one for one in people.by if is_place(one)]
    return Around(
        by=said(tuple(one for one in people.by if one not in places), names),
        place=said((*places, *people.place), names),
        reader=said(people.read_by, names),
        orderer=", ".join(dict.fromkeys(filter(None, _orderers(people, names)))),
        specimen=said(people.specimen, names),
    )


def is_place(reference: Reference) -> bool:
    """Whether it leads to a place, and not to a person."""
    return any(f"{kind}/" in (reference.reference or "") for kind in _PLACES)


def said(references: Iterable[Reference], names: ReferenceNames) -> str:
    """Their names in one line, each once."""
    return ", ".join(dict.fromkeys(filter(None, (_name(one, names) for one in references))))


def nameless_in(
    reports: Iterable[ClinicalDocument], notes: Iterable[ClinicalDocument], labs: Iterable[Lab]
) -> set[str]:
    """The references that have no display, and all orders, as only they say who asked."""
    found: set[str] = set()
    for people in {*(p.people for p in (*reports, *notes)), *(lab.people for lab in labs)}:
        parts = (people.by, people.read_by, people.place, people.specimen, people.ordered_by)
        wanted = [one for part in parts for one in part]
        found.update(one.reference for one in wanted if one.reference and not one.display)
        found.update(one.reference for one in people.orders if one.reference)
    return {one for one in found if not one.startswith("#")}


def _name(reference: Reference, names: ReferenceNames) -> str:
    return named(reference) or (names.name(reference.reference) if reference.reference else "")


def _orderers(people: People, names: ReferenceNames) -> Iterator[str]:
    yield from (_name(one, names) for one in people.ordered_by)
    yield from (_orderer(one, names) for one in people.orders)


def _orderer(order: Reference, names: ReferenceNames) -> str:
    tree = names.resource(order.reference) if order.reference else None
    asked = (tree.get("requester") or tree.get("author")) if tree else None
    if not isinstance(asked, dict):
        return ""
    shown, literal = asked.get("display"), asked.get("reference")
    if isinstance(shown, str) and shown.strip():
        return one_line(shown)
    return names.name(literal) if isinstance(literal, str) else ""
