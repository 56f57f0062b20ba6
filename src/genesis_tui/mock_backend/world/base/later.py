"""When what is still to come happens, and when a clinician looked at a result."""

from datetime import datetime, timedelta

from genesis_tui.mock_backend.world.authored.records import Marks
from genesis_tui.mock_backend.world.base.builder import Chart
from genesis_tui.mock_backend.world.base.elements import imported
from genesis_tui.mock_backend.world.base.world import Json


def due_at(chart: Chart, days: int) -> datetime:
    """`days` times 24 hours from the start, in the zone of the patient's facility."""
    zone = chart.at(0, "12:00").tzinfo
    return (chart.book.calendar.start + timedelta(days=days)).astimezone(zone)


def origin(chart: Chart, issued: datetime, marks: Marks) -> tuple[str, list[Json]]:
    """The partner's name and the extension with the time of import; empty for what is our own."""
    if not marks.partner:
        return "", []
    return chart.book.directory.facilities[marks.partner].name, [imported(issued + timedelta(days=marks.import_days))]


def review_time(issued: datetime, marks: Marks) -> datetime | None:
    """When a clinician reviewed it; None where nobody has."""
    return None if marks.review_days is None else issued + timedelta(days=marks.review_days)
