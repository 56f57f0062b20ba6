"""Where a record came from when it came from a community partner (JHIE-1)."""

from datetime import datetime

from genesis_tui.mock_backend.world.book import Chart
from genesis_tui.mock_backend.world.elements import TERMS, concept, reference, stamp
from genesis_tui.mock_backend.world.shape import Json


def add_provenance(chart: Chart, bodies: list[Json], partner: str, imported: datetime) -> None:
    """Says that `partner` wrote these resources and when they were imported."""
    organization = chart.book.directory.organization(partner)
    own = chart.book.directory.organization(chart.person.facility)
    chart.put(
        {
            "resourceType": "Provenance",
            "id": chart.book.new_id("Provenance"),
            "target": [reference(body["resourceType"], body["id"]) for body in bodies],
            "recorded": stamp(imported),
            "agent": [_agent("author", "Author", organization), _agent("transmitter", "Transmitter", own)],
        }
    )


def _agent(code: str, display: str, who: Json) -> Json:
    system = f"{TERMS}/provenance-participant-type"
    if code == "transmitter":
        system = "http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type"
    return {"type": concept(system, code, display), "who": who}
