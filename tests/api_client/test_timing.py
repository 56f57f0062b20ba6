"""Timing in words, element by element and together."""

from typing import Any

import pytest

from genesis_tui.api_client.fhir.elements.timing import timing_words


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        ({"frequency": 1, "period": 1, "periodUnit": "d"}, "every day"),
        ({"frequency": 2, "period": 1, "periodUnit": "d"}, "twice a day"),
        ({"frequency": 3, "period": 1, "periodUnit": "h"}, "3 times an hour"),
        ({"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}, "1 to 2 times a day"),
        ({"frequency": 1, "period": 6, "periodUnit": "h"}, "every 6 hours"),
        ({"period": 4, "periodMax": 6, "periodUnit": "h"}, "every 4 to 6 hours"),
        ({"frequency": 3, "period": 2, "periodUnit": "wk"}, "3 times every 2 weeks"),
        ({"frequency": 1}, "once"),
        ({"frequencyMax": 4, "period": 1, "periodUnit": "d"}, "up to 4 times a day"),
        (
            {"dayOfWeek": ["mon", "wed", "fri"], "timeOfDay": ["08:00:00", "20:30:00"]},
            "on Mon, Wed and Fri, at 08:00 and 20:30",
        ),
        ({"when": ["ACM"], "offset": 30}, "30 minutes before breakfast"),
        ({"when": ["PC", "HS"], "offset": 120}, "2 hours after meals and before sleep"),
        ({"duration": 30, "durationMax": 60, "durationUnit": "min"}, "for 30 to 60 minutes each time"),
        ({"count": 3, "countMax": 5}, "3 to 5 times in all"),
        ({"boundsDuration": {"value": 10, "code": "d"}}, "for 10 days"),
        (
            {"boundsRange": {"low": {"value": 7, "unit": "d"}, "high": {"value": 10, "unit": "d"}}},
            "for 7 days to 10 days",
        ),
        ({"boundsRange": {"low": {"value": 7, "unit": "days"}}}, "for 7 days or more"),
        ({"boundsPeriod": {"start": "2026-01-02", "end": "2026-02"}}, "from Fri 2 Jan 2026 until Feb 2026"),
        ({"frequency": "x", "period": None, "when": 3, "dayOfWeek": {}, "boundsRange": []}, "x times"),
    ],
)
def test_a_repetition_is_words(repeat: dict[str, Any], said: str) -> None:
    assert timing_words({"repeat": repeat}) == said


def test_code_repetition_and_dates_stand_together() -> None:
    daily = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
    bid = {"coding": [{"code": "BID"}]}
    assert timing_words({"code": bid}) == timing_words({"code": bid, **daily}) == "twice a day"
    assert timing_words({"code": {"text": "with food"}, **daily}) == "with food, twice a day"
    assert timing_words({"event": ["2026-01-02", "2026-03"]}) == "on Fri 2 Jan 2026 and Mar 2026"
