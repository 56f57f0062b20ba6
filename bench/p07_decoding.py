"""P7: a FHIR page into models, laboratory results a second, against `fhir.resources` reading the same page."""

import json
import time
from collections.abc import Callable, Iterator

from fhir.resources.R4B.observation import Observation

from bench.figure import Row, ratio_of
from bench.records import page, richest
from genesis_tui.api_client.fhir.bundles import page_of
from genesis_tui.api_client.fhir.results.patient_results import PatientResults

_ENTRIES = 200
_BAR = 25_000


def _rate(work: Callable[[], int], seconds: float = 0.5) -> float:
    """Entries a second."""
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        done += work()
    return done / (time.perf_counter() - start)


def measure() -> Iterator[Row]:
    """Decoded into rows of Results, from the bytes on."""
    answer, patient = page(_ENTRIES), richest()[0]

    def ours() -> int:
        chart = PatientResults(patient)
        chart.take("Observation", page_of(answer))
        assert chart.results().unreadable.count == 0
        return _ENTRIES

    def theirs() -> int:
        for entry in json.loads(answer.body)["entry"][:50]:
            Observation.model_validate(entry["resource"])
        return 50

    rate, other, ratio = ratio_of(lambda: _rate(ours), lambda: _rate(theirs), runs=9)
    yield Row(
        "P7",
        "FHIR page to rows of Results, labs a second",
        f">= {_BAR:,}/s",
        f"{rate:,.0f}/s",
        rate >= _BAR,
        f"{ratio:.1f} x fhir.resources {other:,.0f}/s",
    )
