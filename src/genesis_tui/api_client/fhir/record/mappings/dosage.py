"""Dosage whole, in words: its text with whatever of the structure the text leaves out, or the structure alone."""

from collections.abc import Callable, Iterator

from genesis_tui.api_client.fhir.elements.timing import counted, timing_words
from genesis_tui.api_client.fhir.paths import Tree, all_words, at, paragraphs, words
from genesis_tui.api_client.fhir.record.mappings.mapping import FactReader
from genesis_tui.api_client.fhir.values import NONE_RECORDED
from genesis_tui.models.record import Fact

_COUNTABLE = (
    *("tablet", "capsule", "puff", "drop", "spray", "patch", "dose", "unit", "application", "suppository", "lozenge"),
    *("vial", "ampule", "sachet", "packet", "injection", "inhalation", "teaspoon", "tablespoon"),
)
"""Units that take an s."""


def dosages(path: str, label: str, *, expected: bool = False) -> FactReader:
    """A fact for each Dosage at the path, each followed by what its own text does not say.

    Args:
        path: of the dosages.
        label: of the first; the next ones are `Then`, or `And` where they go on at the same time.
        expected: say that none is recorded where there is none.
    """

    def read(tree: Tree) -> Iterator[Fact]:
        found = _in_order(tree, path)
        if expected and tree.get("doNotPerform") is not True and not any(map(dosage_words, found)):
            yield Fact(label, NONE_RECORDED)
        before: object = None
        for place, dosage in enumerate(found):
            heading = "And" if place and dosage.get("sequence") in (before, None) else "Then" if place else label
            before = dosage.get("sequence")
            yield from _facts(dosage, heading)

    return FactReader(read, (path,))


def dosage_summary(path: str) -> Callable[[Tree], str]:
    """All dosages at the path in one line, for a list."""
    return lambda tree: "; ".join(filter(None, map(dosage_words, _in_order(tree, path))))


def dosage_words(dosage: Tree) -> str:
    """One Dosage in one line."""
    text = words(dosage.get("text"))
    return ", ".join(filter(None, (text, *(said for _, said in _beyond(dosage, text)))))


def _facts(dosage: Tree, label: str) -> Iterator[Fact]:
    text = words(dosage.get("text"))
    yield Fact(label, text or dosage_words(dosage))
    if text:
        yield from (Fact(name, said) for name, said in _beyond(dosage, text))


def _beyond(dosage: Tree, text: str) -> Iterator[tuple[str, str]]:
    known = text.casefold()
    return ((label, said) for label, said in _parts(dosage) if said and said.casefold() not in known)


def _parts(dosage: Tree) -> Iterator[tuple[str, str]]:
    yield "Dose", _amounts(dosage, "dose")
    rate = _amounts(dosage, "rate")
    yield "Rate", f"at {rate}" if rate else ""
    yield from ((label, all_words(dosage, path)) for label, path in (("How", "method"), ("Route", "route")))
    yield "Site", all_words(dosage, "site")
    yield "How often", "; ".join(timing_words(one) for one in at(dosage, "timing") if isinstance(one, dict))
    yield "When needed", _as_needed(dosage)
    yield "At most", ", ".join(filter(None, _most(dosage)))
    yield "Also", all_words(dosage, "additionalInstruction")
    yield "For you", paragraphs(dosage, "patientInstruction")


def _amounts(dosage: Tree, name: str) -> str:
    """Doses or rates, with the kind of each where it has one: `5 mg (calculated)`."""
    inside = [one for one in at(dosage, "doseAndRate") if isinstance(one, dict)]
    said = [(_amount(value), all_words(one, "type")) for one in (*inside, dosage) for value in at(one, f"{name}[x]")]
    said += [(_amount(value), "") for value in at(dosage, name)]
    return " or ".join(f"{amount} ({kind})" if kind else amount for amount, kind in said if amount)


def _amount(value: object) -> str:
    """A Quantity, Range or Ratio, with units as they are said."""
    if not isinstance(value, dict):
        return words(value)
    if not value.keys().isdisjoint(("low", "high")):
        low, high = _amount(value.get("low")), _amount(value.get("high"))
        units = [words(value.get(side)).partition(" ")[2] for side in ("low", "high")]
        least = low.partition(" ")[0] if units[0] == units[1] else low
        return f"{least} to {high}" if low and high else f"{low} or more" if low else f"up to {high}" if high else ""
    if "numerator" in value:
        return f"{_amount(value['numerator'])} {_per(value.get('denominator'))}".strip()
    said = words(value)
    number, _, unit = said.partition(" ")
    return f"{said}s" if unit in _COUNTABLE and number != "1" else said


def _per(value: object) -> str:
    """`a day`, `every 2 days`."""
    if not isinstance(value, dict):
        return ""
    number, unit = words(value.get("value")), words(value.get("unit")) or words(value.get("code"))
    one = counted("1", unit).partition(" ")[2]
    return f"every {counted(number, unit)}" if number not in ("", "1") else f"a{'n' if one == 'hour' else ''} {one}"


def _as_needed(dosage: Tree) -> str:
    """`as needed`, and for what."""
    reasons = [words(one) for one in at(dosage, "asNeeded[x]") if not isinstance(one, bool)]
    said = ", ".join(filter(None, dict.fromkeys(reasons)))
    needed = dosage.get("asNeededBoolean") is True or dosage.get("asNeeded") is True
    return f"as needed: {said}" if said else "as needed" if needed else ""


def _most(dosage: Tree) -> Iterator[str]:
    for path, about in (("Period", ""), ("Administration", " at once"), ("Lifetime", " in a lifetime")):
        for value in at(dosage, f"maxDosePer{path}"):
            yield f"at most {_amount(value)}{about}" if _amount(value) else ""


def _in_order(tree: Tree, path: str) -> list[Tree]:
    found = [one for one in at(tree, path) if isinstance(one, dict)]
    return sorted(found, key=lambda one: one["sequence"] if isinstance(one.get("sequence"), int) else 0)
