"""What is one row of Results: a report with its readings; else tests of one order and time; else a single test."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from genesis_tui.api_client.fhir.linked.provenance import SOME_PARTNER, CommunitySource
from genesis_tui.api_client.fhir.linked.references import ReferenceNames
from genesis_tui.api_client.fhir.results.documents import ClinicalDocument
from genesis_tui.api_client.fhir.results.members import OpenedPanel
from genesis_tui.api_client.fhir.results.observations import CORRECTED, Lab, People
from genesis_tui.api_client.fhir.results.people import Around, around
from genesis_tui.models.base.dates import Moment
from genesis_tui.models.results.result import Reading, Result, ResultKind


class Known(NamedTuple):
    """What rows are made of beside reports and notes."""

    labs: Mapping[str, Lab]
    linked: Mapping[str, Lab]
    origins: Mapping[str, CommunitySource]
    names: ReferenceNames
    told: dict[People, Around]
    """People and places whose names have been looked up."""

    def around(self, people: People) -> Around:
        """The people and places of a result, in words."""
        found = self.told.get(people)
        if found is None:
            found = self.told[people] = around(people, self.names)
        return found


def assemble(
    reports: Iterable[ClinicalDocument],
    notes: Iterable[ClinicalDocument],
    known: Known,
    *,
    all_reports: bool,
    all_labs: bool,
    all_linked: bool,
) -> tuple[Result, ...]:
    """Rows, newest first.

    Until all pages are there, what may still change its shape is held back: a report whose readings are not all
    there yet, and tests that a report still to come may claim.
    """
    rows: list[Result] = []
    claimed: set[str] = set()
    community = {p.row.key for p in (*reports, *notes) if p.labels.community}
    for paper in reports:
        tests = OpenedPanel(paper.inside, known.labs, known.linked)
        tests.add(paper.members)
        claimed |= tests.seen
        if (all_labs and all_linked) or not tests.missing:
            rows.append(_with_readings(_with_people(paper, known), paper, tests))
    rows.extend(_told_apart([_with_people(paper, known) for paper in notes]))
    if all_reports and all_labs:
        for group in _groups(known, claimed):
            rows.append(_lone(group, known))
            if group.labs[0].labels.community:
                community.add(rows[-1].key)
    marked = (_from_partner(row, known.origins) if row.key in community else row for row in rows)
    return tuple(sorted(marked, key=_age, reverse=True))


def _told_apart(notes: list[Result]) -> Iterator[Result]:
    """Notes of one title that are documents of several kinds, each with its kind in the title."""
    kinds: dict[str, set[str]] = {}
    for row in notes:
        kinds.setdefault(row.title, set()).add(row.document_type)
    for row in notes:
        kind = row.document_type if len(kinds[row.title]) > 1 else ""
        yield row._replace(title=f"{row.title} ({kind})") if kind and kind != row.title else row


def _age(row: Result) -> tuple[datetime, str]:
    return row.at.instant, row.key


def _with_people(paper: ClinicalDocument, known: Known) -> Result:
    found = known.around(paper.people)
    note = paper.row.kind is ResultKind.NOTE and paper.row.key.startswith("DocumentReference/")
    return paper.row._replace(
        performer="" if note else found.by,
        author=found.by if note else "",
        place=found.place,
        reader=found.reader,
        orderer=found.orderer,
        specimen=found.specimen,
    )


def _with_readings(row: Result, paper: ClinicalDocument, tests: OpenedPanel) -> Result:
    if not (tests.labs or tests.missing):
        return row
    return row._replace(
        readings=tuple(tests.readings),
        corrected=row.corrected or any(lab.status in CORRECTED for lab in tests.labs),
        specimen=row.specimen or next((lab.specimen for lab in tests.labs), ""),
        missing=(*row.missing, *tests.cant_be_had()),
        text=row.text or (paper.narrative if tests.missing and not row.unread else ""),
    )


class _Group(NamedTuple):
    """Tests that no report holds and that make one row."""

    labs: list[Lab]
    readings: tuple[Reading, ...]
    missing: tuple[str, ...] = ()


def _groups(known: Known, claimed: set[str]) -> Iterator[_Group]:
    """A panel with its members, tests of one order and time, single ones."""
    labs = known.labs
    members = {m.id for lab in labs.values() if lab.members for m in lab.members}
    orders: dict[tuple[str, Moment], list[Lab]] = {}
    for id, lab in labs.items():
        if id in claimed or id in members or lab.members:
            continue
        if lab.based_on:
            orders.setdefault((lab.based_on, lab.reading.at), []).append(lab)
        else:
            yield _Group([lab], (lab.reading,))
    done = set(claimed)
    panels = sorted((id for id, lab in labs.items() if lab.members), key=lambda id: (id in members, len(id), id))
    for id in panels:  # those that none is part of first; then what is left leads in a circle
        if id not in done:
            made = OpenedPanel(labs, known.linked)
            made.open(labs[id])
            done |= made.seen
            yield _Group(made.labs, tuple(made.readings) or (labs[id].reading,), made.cant_be_had())
    for group in orders.values():
        group.sort(key=_place)
        yield _Group(group, tuple(lab.reading for lab in group))


def _place(lab: Lab) -> tuple[int, str]:
    """By id, so that the row's key does not hang on the order of arrival."""
    return len(lab.reading.id), lab.reading.id


def _lone(group: _Group, known: Known) -> Result:
    labs, readings, missing = group
    first = labs[0]
    found = known.around(first.people)
    return Result(
        key=f"Observation/{first.reading.id}",
        kind=ResultKind.LAB,
        title=first.reading.name if first.members or len(readings) == 1 else _title(first, readings, known.names),
        at=first.reading.at,
        until=first.reading.until,
        issued=first.issued,
        status=first.status,
        corrected=not CORRECTED.isdisjoint([lab.status for lab in labs]),
        reviewed=_reviewed(labs),
        readings=readings,
        specimen=found.specimen,
        performer=found.by,
        place=found.place,
        orderer=found.orderer,
        missing=missing,
        updated=_updated(labs),
    )


def _reviewed(group: list[Lab]) -> bool | None:
    """One test that nobody has reviewed yet leaves the row not reviewed (REL-4)."""
    if len(group) > 1 and any(lab.labels.reviewed is False for lab in group):
        return False
    return group[0].labels.reviewed


def _updated(group: list[Lab]) -> datetime | None:
    if len(group) == 1:
        return group[0].labels.updated
    return max((lab.labels.updated for lab in group if lab.labels.updated), default=None)


def _title(first: Lab, readings: tuple[Reading, ...], names: ReferenceNames) -> str:
    order = names.name(first.based_on) if names.resource(first.based_on) is not None else ""
    return first.order or order or f"{readings[0].name} and {len(readings) - 1} more"


def _from_partner(row: Result, origins: Mapping[str, CommunitySource]) -> Result:
    origin = origins.get(row.key, CommunitySource(SOME_PARTNER, None))
    return row._replace(community=origin.partner, imported=origin.imported)
