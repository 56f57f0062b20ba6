"""What a laboratory measured of one sample, as far as it is known at some moment."""

from dataclasses import dataclass
from datetime import datetime

from genesis_tui.mock_backend.world.authored.catalogue import LabTest, Panel, RangeRow
from genesis_tui.mock_backend.world.authored.records import AuthoredLabs, ReleaseMarks
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, review_time


@dataclass(frozen=True, slots=True)
class Measurement:
    """One test of a draw: a number, or a word."""

    key: str
    test: LabTest
    value: float | int | str
    bounds: RangeRow | None
    flag: str


@dataclass(frozen=True, slots=True)
class Collection:
    """One panel collected once, as far as it is known at some moment."""

    record: RecordBuilder
    draw: AuthoredLabs
    panel: Panel
    day: int
    collected: datetime
    issued: datetime
    marks: ReleaseMarks
    measurements: tuple[Measurement, ...]
    report_id: str
    ids: tuple[str, ...]

    @property
    def facility(self) -> str:
        """Whose laboratory it was: the partner's, the draw's own, or the patient's."""
        return self.marks.partner or self.draw.facility or self.record.person.facility

    @property
    def reviewed_at(self) -> datetime | None:
        """When a clinician reviewed it; None until then."""
        return review_time(self.issued, self.marks)
