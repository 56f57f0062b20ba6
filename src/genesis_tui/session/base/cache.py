"""What the running session remembers of each record: it writes nothing to disk, and shares nothing.

The key of everything is the patient's id; there is no way to ask for rows without naming the patient (FAM-9).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.api_client.fhir.record.patient_section import PatientSection
    from genesis_tui.api_client.fhir.results.patient_results import PatientResults
    from genesis_tui.models.base.ledger import Missing
    from genesis_tui.models.results.result import Result, Results


def _nobody(patient_id: str) -> None:
    """Nobody is told."""


@dataclass(slots=True)
class RecordCache:
    """Charts by patient id; shelves by patient id and section."""

    closed: Callable[[str], None] = _nobody
    """Told whose record, or a part of it, is closed to the viewer, so that nothing of it stays elsewhere (FAM-11)."""
    chosen: Callable[[], Iterable[str]] = tuple
    """REL-6: gives the kinds of results that ask before they open, in the portal's words."""
    opened: set[str] = field(default_factory=set)
    """REL-6: keys of the results that were opened after the question, in this sign-in."""
    zone: str = ""
    """IANA name of the viewer's zone, which times are put into; empty leaves them as they were recorded."""
    _charts: "dict[str, PatientResults]" = field(default_factory=dict)
    _shelves: "dict[str, dict[str, PatientSection]]" = field(default_factory=dict)

    def chart(self, patient_id: str) -> "PatientResults":
        """The chart of one patient, made when there is none; it refuses resources of anybody else."""
        known = self._charts.get(patient_id)
        if known is None:
            from genesis_tui.api_client.fhir.results.patient_results import PatientResults
            from genesis_tui.models.base.dates import zone_of

            known = self._charts[patient_id] = PatientResults(patient_id, zone_of(self.zone))
        return known

    def results(self, patient_id: str, *, complete: bool = True) -> "Results":
        """What is known of one patient's results, as `asking` leaves them."""
        return self.asking(self.chart(patient_id).results(complete=complete))

    def asking(self, page: "Results") -> "Results":
        """REL-6: the same, but nothing of what was found where a result asks first and was not opened yet."""
        chosen = tuple(self.chosen())
        if not chosen:
            return page
        from genesis_tui.models.results.ask_first import asking, asking_kinds

        return replace(page, rows=asking(page.rows, asking_kinds(chosen), self.opened))

    def open_result(self, patient_id: str, result: "Result") -> "Result":
        """REL-6: the person was asked and wants it open: all of it, from now until the sign-in ends."""
        self.opened.update(result.asks)
        rows = self.results(patient_id).rows
        return next((row for row in rows if row.key == result.key and not row.asks), result)

    def open_results(self, patient_id: str) -> None:
        """REL-6: the same for everything that is known of one patient."""
        self.opened.update(key for row in self.results(patient_id).rows for key in row.asks)

    def shelves(self, patient_id: str) -> "dict[str, PatientSection]":
        """The sections of one patient that were fetched whole, by id."""
        return self._shelves.setdefault(patient_id, {})

    def drop(self, patient_id: str) -> None:
        """Forget one patient's results, to fetch them anew."""
        self._charts.pop(patient_id, None)

    def refused(self, patient_id: str, section: str = "") -> None:
        """Forget one patient's results, or one section, as a refusal asks for (FAM-11)."""
        if section:
            self.shelves(patient_id).pop(section, None)
        else:
            self.drop(patient_id)
        self.closed(patient_id)

    def check(self, patient_id: str, missing: "Iterable[Missing]") -> None:
        """A rule closed a part of what was asked for: nothing of it stays elsewhere (FAM-11)."""
        if any(one.rule for one in missing):
            self.closed(patient_id)

    def forget(self, patient_id: str) -> None:
        """Forget everything of one patient: their record is closed to the viewer (FAM-11)."""
        self.drop(patient_id)
        self._shelves.pop(patient_id, None)
        self.closed(patient_id)

    def keep_only(self, patient_ids: Iterable[str]) -> None:
        """Forget everybody else: their records are closed to the viewer by now (FAM-11)."""
        kept = set(patient_ids)
        for closed in (self._charts.keys() | self._shelves.keys()) - kept:
            self.forget(closed)

    def clear(self) -> None:
        self.opened.clear()
        self._charts.clear()
        self._shelves.clear()
