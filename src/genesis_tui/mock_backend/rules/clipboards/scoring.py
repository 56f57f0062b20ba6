"""What the answers of a screening add up to; for the clinic alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from genesis_tui.mock_backend.rules.clipboards.questions import Asked


@dataclass(frozen=True, slots=True)
class Scale:
    """One sum: which questions it is made of, what each code counts, and from which sum on it is told as what."""

    name: str
    questions: tuple[str, ...]
    points: Mapping[str, int]
    bands: tuple[tuple[int, str], ...]
    """Least sum, words; ascending."""


def scores(root: Asked, scales: Iterable[Scale]) -> list[dict[str, Any]]:
    """Name, sum and words of each scale all of whose questions have an answer."""
    codes = {one.link_id: _code(one) for one in root.within() if one.enabled and one.given}
    told = []
    for scale in scales:
        if all(codes.get(question) in scale.points for question in scale.questions):
            total = sum(scale.points[codes[question]] for question in scale.questions)
            words = [text for least, text in scale.bands if total >= least]
            told.append({"name": scale.name, "sum": total, "words": words[-1] if words else ""})
    return told


def _code(one: Asked) -> str:
    return str(one.given[0].get("valueCoding", {}).get("code", ""))
