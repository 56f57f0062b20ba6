"""Resources with other values: every leaf another one, or elements that nobody knows somewhere in them."""

import json
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

from tests.coverage.leaves import Body

_KEPT = re.compile(
    r"(^|\.)(id|resourceType|language|contentType|data|system|comparator)$|^meta\.|^(subject|patient|beneficiary)\.reference$"
    r"|^(status|docStatus|lifecycleStatus|participant\.actor\.reference)$|^(clinical|verification)Status\.|^category\."
    r"|\.url$"
)
"""What says what it is, whose it is, where it shows and whether: another value there is another case."""
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?$")


def replaced(body: Body) -> Body:
    """The resource with another value in each leaf, of the same kind."""
    numbers = count(1)
    return {key: _other(value, key, numbers) for key, value in body.items()}


def _other(value: Any, path: str, numbers: "count[int]") -> Any:
    if isinstance(value, dict):
        return {key: _other(one, f"{path}.{key}", numbers) for key, one in value.items()}
    if isinstance(value, list):
        return [_other(one, path, numbers) for one in value]
    if value is None or isinstance(value, bool) or _KEPT.search(path):
        return value
    number = next(numbers)
    if isinstance(value, int):
        return 70_000 + number
    if isinstance(value, float):
        return 70_000.25 + number
    return _text(value, path, number)


def _text(value: str, path: str, number: int) -> str:
    if path.endswith(".div"):
        return f'<div xmlns="http://www.w3.org/1999/xhtml"><p>pebble{number} <b>shore{number}</b></p></div>'
    if not _DATE.match(value):
        return f"pebble{number}" + (f" on shore{number}" if " " in value else "")
    day = (date(1931, 1, 1) + timedelta(days=31 * number)).isoformat()
    return day[: len(value)] if len(value) <= 10 else f"{day}T{number % 24:02}:{number % 60:02}:00Z"


def planted(body: Body, chance: random.Random) -> tuple[Body, list[str], str]:
    """The resource with unknown elements and extensions at a place by chance; the words planted; where that is."""
    other = json.loads(json.dumps(body))
    where, spot = chance.choice(list(_spots(other, "")))
    key = chance.choice([name for name in spot if not name.startswith("_")] or ["status"])
    words = [f"pebble{chance.randrange(10**6)}" for _ in range(6)]
    spot["unheardOf"] = words[0]
    spot["unknownThing"] = [{"deeper": {"value": words[1]}}, {"deeper": [words[2]]}]
    spot.setdefault("extension", []).append(
        {"url": "http://a.example/StructureDefinition/odd-one", "valueCode": words[3]}
    )
    other.setdefault("modifierExtension", []).append({"url": "http://a.example/not-so", "valueString": words[4]})
    if f"_{key}" not in spot and isinstance(spot.get(key), str):
        spot[f"_{key}"] = {"extension": [{"url": "http://a.example/beside", "valueString": words[5]}]}
    else:
        words.pop()
    return other, words, where


def _spots(value: Any, path: str) -> Iterator[tuple[str, Body]]:
    if isinstance(value, dict):
        yield path, value
    for key, one in value.items() if isinstance(value, dict) else ():
        for item in one if isinstance(one, list) else [one]:
            yield from _spots(item, f"{path}.{key}")
