"""What is one row of Results: a report with its readings; else tests of one order and time; else a single test."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from genesis_tui.api_client.fhir.linked.provenance import SOME_PARTNER, CommunitySource
from genesis_tui.api_client.fhir.results.documents import ClinicalDocument
from genesis_tui.api_client.fhir.results.observations import CORRECTED, Lab
from genesis_tui.models.results.result import Reading, Result, ResultKind


def assemble(
    reports: Iterable[ClinicalDocument],
    notes: Iterable[ClinicalDocument],
    labs: Mapping[str, Lab],
    origins: Mapping[str, CommunitySource],
    *,
    all_reports: bool,
    all_labs: bool,
) -> tuple[Result, ...]:
    """Rows, newest first.

    Until all pages are there, what may still change its shape is held back: a report whose readings are not all
    there yet, and tests that a report still to come may claim.
    """
    rows: list[Result] = []
    claimed: set[str] = set()
    for paper in reports:
        claimed.update(paper.results)
        if all_labs or all(id in labs for id in paper.results):
            rows.append(_with_readings(paper, labs))
    rows.extend(paper.row for paper in notes)
    community = {p.row.key for p in (*reports, *notes) if p.labels.community}
    if all_reports and all_labs:
        for group in _groups(labs, claimed):
            rows.append(_lone(group))
            if group[0].labels.community:
                community.add(rows[-1].key)
    marked = (_from_partner(row, origins) if row.key in community else row for row in rows)
    return tuple(sorted(marked, key=_age, reverse=True))


def _age(row: Result) -> tuple[datetime, str]:
    return row.at.instant, row.key


def _with_readings(paper: ClinicalDocument, labs: Mapping[str, Lab]) -> Result:
    found = [labs[id] for id in paper.results if id in labs]
    if not found:
        return paper.row
    return replace(
        paper.row,
        readings=tuple(lab.reading for lab in found),
        corrected=paper.row.corrected or any(lab.status in CORRECTED for lab in found),
        specimen=paper.row.specimen or found[0].specimen,
    )


def _groups(labs: Mapping[str, Lab], claimed: set[str]) -> list[list[Lab]]:
    claimed |= {id for lab in labs.values() for id in lab.members}
    groups: dict[tuple[str, object], list[Lab]] = {}
    for id, lab in labs.items():
        if id in claimed:
            continue
        if lab.members:
            groups[id, None] = [lab, *(labs[m] for m in lab.members if m in labs)]
        else:
            key = (lab.based_on, lab.reading.at) if lab.based_on else (id, None)
            groups.setdefault(key, []).append(lab)
    return [sorted(group, key=_place) if len(group) > 1 else group for group in groups.values()]


def _place(lab: Lab) -> tuple[bool, int, str]:
    """A panel before its members; then by id, so that the row's key does not hang on the order of arrival."""
    return not lab.members, len(lab.reading.id), lab.reading.id


def _lone(group: list[Lab]) -> Result:
    first = group[0]
    readings = tuple(lab.reading for lab in (group[1:] if first.members and len(group) > 1 else group))
    return Result(
        key=f"Observation/{first.reading.id}",
        kind=ResultKind.LAB,
        title=first.reading.name if first.members or len(readings) == 1 else _title(first, readings),
        at=first.reading.at,
        issued=first.issued,
        status=first.status,
        corrected=any(lab.status in CORRECTED for lab in group),
        reviewed=_reviewed(group),
        readings=readings,
        specimen=first.specimen,
        performer=first.performer,
        updated=max([lab.labels.updated for lab in group if lab.labels.updated], default=None),
    )


def _reviewed(group: list[Lab]) -> bool | None:
    """One test that nobody has reviewed yet leaves the row not reviewed (REL-4)."""
    if len(group) > 1 and any(lab.labels.reviewed is False for lab in group):
        return False
    return group[0].labels.reviewed


def _title(first: Lab, readings: tuple[Reading, ...]) -> str:
    return first.order or f"{readings[0].name} and {len(readings) - 1} more"


def _from_partner(row: Result, origins: Mapping[str, CommunitySource]) -> Result:
    origin = origins.get(row.key, CommunitySource(SOME_PARTNER, None))
    return replace(row, community=origin.partner, imported=origin.imported)
