"""Resources of any type as they came, read by paths: what is not where FHIR puts it counts as missing.

Numbers stay the digits that were sent (`Digits`), so that `5.40` prints as it was measured.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from genesis_tui.api_client.fhir.elements.names import person_name
from genesis_tui.api_client.fhir.elements.slips import Digits
from genesis_tui.api_client.fhir.elements.timing import counted, timing_words
from genesis_tui.api_client.fhir.values import moment
from genesis_tui.models.base.dates import Moment, long_time
from genesis_tui.models.record import Fact
from genesis_tui.sanitize import one_line, plain

Tree = dict[str, Any]
_ABSENT = "/StructureDefinition/data-absent-reason"
_DATES = ("DateTime", "Date", "Instant")


class Stamp(str):
    """A FHIR date or time, as it was written."""

    __slots__ = ()


class Code(str):
    """A code that stands alone, as FHIR writes it."""

    __slots__ = ()


class AbsentReason(str):
    """Why there is no value, in words (REC-6)."""

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
    return found if kind is str else [kind(value) if type(value) is str else value for value in found]


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
        if key.startswith(f"_{name}") and key[1:] not in tree:
            yield from _absent(value)
        elif key.startswith(name) and key[len(name) :][:1].isupper():
            for one in value if isinstance(value, list) else (value,):
                yield Stamp(one) if isinstance(one, str) and key.endswith(_DATES) else one


def _absent(beside: object) -> Iterator[AbsentReason]:
    extensions = beside.get("extension") if isinstance(beside, dict) else None
    for extension in extensions if isinstance(extensions, list) else ():
        if isinstance(extension, dict) and str(extension.get("url", "")).endswith(_ABSENT):
            yield AbsentReason(in_words(str(extension.get("valueCode", ""))))


def first_words(tree: Tree, paths: tuple[str | Callable[[Tree], str], ...]) -> str:
    """What the first path, or function, that says something says."""
    found = (path(tree) if callable(path) else all_words(tree, path) for path in paths)
    return next(filter(None, found), "")


def all_words(tree: Tree, path: str) -> str:
    """Everything at a path in one line, each thing once."""
    return ", ".join(dict.fromkeys(filter(None, map(words, at(tree, path)))))


def paragraphs(tree: Tree, path: str) -> str:
    """The texts at a path, line ends kept."""
    return "\n\n".join(plain(text, lines=True) for text in at(tree, path) if isinstance(text, str) and text.strip())


def first_time(tree: Tree, paths: tuple[str, ...]) -> Moment:
    """The first date at the paths, of a period or a Timing its start; without one the moment of no date."""
    found = (start for path in paths for value in at(tree, path) if (start := _start(value)))
    return moment(next(found, None))


def _start(value: object) -> str:
    """The first date of a value of any type; empty where it has none, as an age or words have."""
    if isinstance(value, Stamp):
        return str(value)
    if not isinstance(value, dict):
        return ""
    repeat = value.get("repeat")
    bounds = repeat.get("boundsPeriod") if isinstance(repeat, dict) else None
    ends = [*_list(value.get("event")), value.get("start"), value.get("end")]
    ends += [bounds.get("start")] if isinstance(bounds, dict) else []
    return next((end for end in ends if isinstance(end, str)), "")


def facts_of(tree: Tree, label: str, path: str) -> list[Fact]:
    """A label with what is at the path: each date and each period by itself, all words together."""
    found = at(tree, path)
    dated = [fact for value in found if (fact := _dated(label, value)) is not None]
    said = ", ".join(dict.fromkeys(filter(None, (words(value) for value in found if not _is_dated(value)))))
    return [*dated, *([Fact(label, said)] if said else [])]


def _is_dated(value: object) -> bool:
    return isinstance(value, Stamp) or (isinstance(value, dict) and not value.keys().isdisjoint(("start", "end")))


def _dated(label: str, value: object) -> Fact | None:
    if isinstance(value, Stamp):
        return Fact(label, at=moment(str(value)))
    return _span(label, value) if isinstance(value, dict) and _is_dated(value) else None


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
    unit = _text(value, "unit") or _text(value, "code") or _text(value, "currency")
    said = one_line(str(number))
    return f"{_text(value, 'comparator')}{said if unit.startswith('{') else counted(said, unit)}"


def _range(value: Tree) -> str:
    low, high = words(value.get("low")), words(value.get("high"))
    return f"{low} to {high}" if low and high else f"{low} or more" if low else f"up to {high}" if high else ""


def _ratio(value: Tree) -> str:
    over, under = words(value.get("numerator")), words(value.get("denominator"))
    return f"{over} per {under}" if over and under not in ("", "1") else over


def _period(value: Tree) -> str:
    ends = [long_time(moment(end)) if isinstance(end := value.get(side), str) else "" for side in ("start", "end")]
    return f"{ends[0]} to {ends[1]}" if all(ends) else f"since {ends[0]}" if ends[0] else f"until {ends[1]}"


def _name(value: Tree) -> str:
    return person_name(value).titled


_SHAPES: tuple[tuple[tuple[str, ...], Callable[[Tree], str]], ...] = (
    (("repeat", "event"), timing_words),
    (("family", "given"), _name),
    (("coding", "text"), _concept),
    (("value",), _quantity),
    (("low", "high"), _range),
    (("numerator",), _ratio),
    (("start", "end"), _period),
    (("display", "code"), lambda value: _text(value, "display", "code") or words(value.get("code"))),
    (("concept",), lambda value: words(value.get("concept"))),
    (("identifier",), lambda value: words(value.get("identifier"))),
)
"""Keys that tell a shape, and how it reads. References without a display say nothing."""
