"""Resources of any type as they came, read by paths: what is not where FHIR puts it counts as missing.

Numbers stay the digits that were sent (`Digits`), so that `5.40` prints as it was measured.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from genesis_tui.api_client.fhir.elements.names import person_name
from genesis_tui.api_client.fhir.elements.timing import timing_words
from genesis_tui.api_client.fhir.values import moment
from genesis_tui.models.base.dates import Moment
from genesis_tui.models.record import Fact
from genesis_tui.sanitize import one_line, plain

Tree = dict[str, Any]
_ABSENT = "/StructureDefinition/data-absent-reason"
_DATES = ("DateTime", "Date", "Instant")


class Digits(str):
    """A number as it was written."""

    __slots__ = ()


class Stamp(str):
    """A FHIR date or time, as it was written."""

    __slots__ = ()


class Code(str):
    """A code that stands alone, as FHIR writes it."""

    __slots__ = ()


class RawResource(NamedTuple):
    """One resource."""

    tree: Tree

    @property
    def resource_type(self) -> str:
        """What it says to be; empty where it does not say."""
        kind = self.tree.get("resourceType")
        return kind if isinstance(kind, str) else ""

    @property
    def id(self) -> str:
        """Its id; empty where it has none."""
        id = self.tree.get("id")
        return id if isinstance(id, str) else ""


class Holding(NamedTuple):
    """An entry with its resource."""

    resource: RawResource


class _Entry(msgspec.Struct, frozen=True):
    resource: Tree


_decoder = msgspec.json.Decoder(_Entry, float_hook=Digits)
_tree = msgspec.json.Decoder(Tree, float_hook=Digits)


def decode(raw: msgspec.Raw) -> Holding:
    """An entry of a Bundle. Raises msgspec.DecodeError where it holds no resource."""
    return Holding(RawResource(_decoder.decode(raw).resource))


def decode_one(body: bytes) -> Tree:
    """A resource that came alone. Raises msgspec.DecodeError where it is no JSON object."""
    return _tree.decode(body)


def at(tree: Tree, path: str) -> list[object]:
    """Every value at a dotted path, through lists. `name[x]` is a choice of types.

    `@` before the path says that dates stand there, `~` that codes do. A value that the server says is absent gives
    the reason in words (REC-6).
    """
    kind = {"@": Stamp, "~": Code}.get(path[:1], str)
    found: list[object] = [tree]
    for step in path.lstrip("@~").split("."):
        found = [value for one in found if isinstance(one, dict) for value in _step(one, step)]
    return found if kind is str else [kind(value) if isinstance(value, str) else value for value in found]


def _step(tree: Tree, step: str) -> Iterator[object]:
    if step.endswith("[x]"):
        yield from _choice(tree, step.removesuffix("[x]"))
        return
    value = tree.get(step)
    if value is None:
        yield from _absent(tree.get(f"_{step}"))
    elif isinstance(value, list):
        yield from value
    else:
        yield value


def _choice(tree: Tree, name: str) -> Iterator[object]:
    for key, value in tree.items():
        if key.startswith(name) and key[len(name) :][:1].isupper():
            yield Stamp(value) if isinstance(value, str) and key.endswith(_DATES) else value


def _absent(beside: object) -> Iterator[str]:
    extensions = beside.get("extension") if isinstance(beside, dict) else None
    for extension in extensions if isinstance(extensions, list) else ():
        if isinstance(extension, dict) and str(extension.get("url", "")).endswith(_ABSENT):
            yield in_words(str(extension.get("valueCode", "")))


def first_words(tree: Tree, paths: tuple[str, ...]) -> str:
    """What the first path that says something says."""
    return next((said for path in paths if (said := all_words(tree, path))), "")


def all_words(tree: Tree, path: str) -> str:
    """Everything at a path in one line, each thing once."""
    return ", ".join(dict.fromkeys(filter(None, map(words, at(tree, path)))))


def paragraphs(tree: Tree, path: str) -> str:
    """The texts at a path, line ends kept."""
    return "\n\n".join(plain(text, lines=True) for text in at(tree, path) if isinstance(text, str) and text.strip())


def first_time(tree: Tree, paths: tuple[str, ...]) -> Moment:
    """The first date at the paths, of a period its start; without one the moment of no date.

    Raises:
        BadEntry: it is no date.
    """
    for path in paths:
        for value in at(tree, path):
            if isinstance(value, dict):
                value = next((end for end in (value.get("start"), value.get("end")) if isinstance(end, str)), None)
            if isinstance(value, str):
                return moment(str(value))
    return moment(None)


def fact_of(tree: Tree, label: str, path: str) -> Fact | None:
    """A label with what is at the path: a date, a period, or words; None where there is nothing.

    Raises:
        BadEntry: a date is none.
    """
    for value in at(tree, path):
        if isinstance(value, Stamp):
            return Fact(label, at=moment(str(value)))
        if isinstance(value, dict) and not value.keys().isdisjoint(("start", "end")):
            return _span(label, value)
    said = all_words(tree, path)
    return Fact(label, said) if said else None


def _span(label: str, period: Tree) -> Fact | None:
    start, end = (moment(t) if isinstance(t, str) else None for t in (period.get("start"), period.get("end")))
    return Fact(label, "" if start else "until", at=start, until=end) if start or end else None


def in_words(code: str) -> str:
    """`entered-in-error` as `Entered in error`."""
    said = one_line(code).replace("-", " ")
    return said[:1].upper() + said[1:]


def words(value: object) -> str:
    """A value of any of FHIR's shapes in one line; empty where it says nothing to a person."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Code):
        return in_words(value)
    if isinstance(value, str | int | float):
        return one_line(str(value))
    if not isinstance(value, dict):
        return ""
    return next((said for keys, read in _SHAPES if not value.keys().isdisjoint(keys) and (said := read(value))), "")


def _text(value: Tree, *keys: str) -> str:
    return next((one_line(value[key]) for key in keys if isinstance(value.get(key), str) and value[key].strip()), "")


def _concept(value: Tree) -> str:
    codings = [c for c in _list(value.get("coding")) if isinstance(c, dict)]
    said = _text(value, "text") or next((d for c in codings if (d := _text(c, "display"))), "")
    return said or next((c for coding in codings if (c := _text(coding, "code"))), "")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _quantity(value: Tree) -> str:
    number = value.get("value")
    if number is None or isinstance(number, dict | list | bool):
        return ""
    unit = _text(value, "unit") or _text(value, "code")
    return f"{_text(value, 'comparator')}{one_line(str(number))} {'' if unit.startswith('{') else unit}".rstrip()


def _range(value: Tree) -> str:
    low, high = words(value.get("low")), words(value.get("high"))
    return f"{low} to {high}" if low and high else f"{low} or more" if low else f"up to {high}" if high else ""


def _ratio(value: Tree) -> str:
    over, under = words(value.get("numerator")), words(value.get("denominator"))
    return f"{over} per {under}" if over and under not in ("", "1") else over


def _name(value: Tree) -> str:
    return person_name(value).titled


_SHAPES: tuple[tuple[tuple[str, ...], Callable[[Tree], str]], ...] = (
    (("repeat", "event"), timing_words),
    (("family", "given"), _name),
    (("coding", "text"), _concept),
    (("value",), _quantity),
    (("low", "high"), _range),
    (("numerator",), _ratio),
    (("display", "code"), lambda value: _text(value, "display", "code")),
    (("concept",), lambda value: words(value.get("concept"))),
    (("identifier",), lambda value: words(value.get("identifier"))),
)
"""Keys that tell a shape, and how it reads. References without a display say nothing."""
