"""What a resource holds beyond what an entry or a result says of it."""

from collections.abc import Iterable
from dataclasses import dataclass

BETWEEN = " › "
EACH = "Each"
ALSO_RECORDED = "Also recorded"
"""The heading that it stands under."""


@dataclass(frozen=True, slots=True)
class AlsoRecorded:
    """One element, in words."""

    resource: str
    """`Type/id` of what holds it."""
    element: str
    """Where it stands there: `dosageInstruction[1].additionalInstruction[0]`."""
    label: str
    """The same in words: `Dosage instruction, 2 › Additional instruction`."""
    text: str
    """What stands there; it may have several lines."""
    of: str = ""
    """The test, or the value, that the resource stands for where there are several."""


def labelled(found: Iterable[AlsoRecorded]) -> list[tuple[str, str]]:
    """Labels with texts, as they show: what is the same for each of several resources stands once."""
    found = tuple(found)
    several = dict.fromkeys(one.of for one in found if one.of)
    holders: dict[tuple[str, str], set[str]] = {}
    for one in found:
        holders.setdefault((one.label, one.text), set()).add(one.of)
    pairs = (
        (_label(one, everybody=len(several) > 1 and several.keys() <= holders[one.label, one.text]), one.text)
        for one in found
    )
    return list(dict.fromkeys(pairs))


def _label(one: AlsoRecorded, *, everybody: bool) -> str:
    return BETWEEN.join(filter(None, (EACH if everybody and one.of else one.of, one.label)))
