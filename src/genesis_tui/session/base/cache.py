"""What the running session remembers of each record: it writes nothing to disk, and shares nothing.

The key of everything is the patient's id; there is no way to ask for rows without naming the patient (FAM-9).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.api_client.fhir.record.patient_section import PatientSection
    from genesis_tui.api_client.fhir.results.patient_results import PatientResults
    from genesis_tui.models.base.ledger import Missing


def _nobody(patient_id: str) -> None:
    """Nobody is told."""


@dataclass(slots=True)
class RecordCache:
    """Charts by patient id; shelves by patient id and section."""

    closed: Callable[[str], None] = _nobody
    """Told whose record, or a part of it, is closed to the viewer, so that nothing of it stays elsewhere (FAM-11)."""
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
        self._charts.clear()
        self._shelves.clear()
