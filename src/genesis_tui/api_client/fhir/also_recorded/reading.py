"""One generic reading of a resource: whatever its type, each element that the detail does not say, in words.

It knows FHIR's shapes, no types: a new type, element or extension needs no code to be seen. What is left out on purpose
stands in `_silent` and `_needless`, and in no other place.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from genesis_tui.api_client.fhir.also_recorded.lines import UCUM, in_line, scalar
from genesis_tui.api_client.fhir.also_recorded.names import element_name, extension_name
from genesis_tui.api_client.fhir.also_recorded.said import Path, Visible, normal
from genesis_tui.api_client.fhir.attachments.content import bytes_of, inlined, readable
from genesis_tui.api_client.fhir.attachments.files import is_text
from genesis_tui.api_client.fhir.attachments.markup import text_of_markup
from genesis_tui.api_client.fhir.paths import Tree, at
from genesis_tui.api_client.fhir.structs import FhirAttachment
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.models.base.also_recorded import BETWEEN, AlsoRecorded
from genesis_tui.sanitize import one_line, plain

_DEEPEST = 60
"""Levels that are read element by element; what lies deeper shows as JSON."""
_SHORT = 100
"""Characters of base64 up to which it shows as it is."""
_MODIFIER = "modifierExtension"
_OWN = frozenset({"resourceType", "id", "language"})
_SILENT_OF_META = frozenset({"versionId", "lastUpdated", "source", "profile"})
_EXTENSIONS = ("extension", _MODIFIER)


class Owner(NamedTuple):
    """Whose record it is: the reference that says so stands beside the resource's own address."""

    patient_id: str
    path: str = "subject"
    """The element that names the patient."""

    def named_by(self, path: Path, reference: object) -> bool:
        """Whether it is the reference that says whose the resource is."""
        return ".".join(path) == f"{self.path}.reference" and self.is_patient(reference)

    def is_patient(self, reference: object) -> bool:
        """Whether it leads to the patient."""
        if not isinstance(reference, str):
            return False
        return reference == f"Patient/{self.patient_id}" or reference.endswith(f"/Patient/{self.patient_id}")


class _Place(NamedTuple):
    """Where an element stands."""

    path: Path
    element: str
    label: str
    around: frozenset[str] = frozenset()
    depth: int = 0
    always: bool = False
    """True within a modifier: it shows whatever else is said."""

    def below(self, key: str, label: str, index: int = -1, around: frozenset[str] = frozenset()) -> "_Place":
        """A child's place, with the `label` that it adds."""
        step = f"{key}[{index}]" if index >= 0 else key
        return _Place(
            (*self.path, key),
            f"{self.element}.{step}" if self.element else step,
            BETWEEN.join(filter(None, (self.label, label))),
            around or self.around,
            self.depth + 1,
            self.always or key == _MODIFIER,
        )


def read_rest(tree: Tree, visible: Visible, owner: Owner, *, of: str = "") -> list[AlsoRecorded]:
    """All that the resource holds and `visible` does not say: what changes its meaning first, its narrative last, and
    where its codes, units and extensions are defined, and what the server calls it.

    Args:
        tree: the resource.
        visible: what is said of it.
        owner: whose it is.
        of: the test that it stands for, where several stand together.
    """
    resource = one_line(f"{tree.get('resourceType')}/{tree.get('id')}")
    reader = _Reader(visible, owner)
    found = list(reader.read(tree, _Place((), "", "", reader.around(tree))))
    found.sort(key=lambda one: (_MODIFIER not in one[0].path, one[0].path[:1] == ("text",)))
    whose = [f"of {one_line(str(one))}" for one in at(tree, f"{owner.path}.reference") if owner.is_patient(one)]
    ends = [
        (_Place((), "", "Terms are from"), ", ".join(dict.fromkeys(_sources(tree, "")))),
        (_Place((), "id", "On the server"), " ".join(dict.fromkeys([resource, *whose]))),
    ]
    return [
        AlsoRecorded(resource, place.element, place.label, text, of) for place, text in (*found, *ends) if text.strip()
    ]


class _Reader:
    """One resource."""

    def __init__(self, visible: Visible, owner: Owner) -> None:
        self._visible = visible
        self._owner = owner

    def read(self, tree: Tree, place: _Place) -> Iterator[tuple[_Place, str]]:
        """Its elements one after the other."""
        for key, value in tree.items():
            if not _silent(key, value, place.path):
                yield from self._child(key, value, place)

    def _child(self, key: str, value: object, place: _Place) -> Iterator[tuple[_Place, str]]:
        of_extension = key.startswith("value") and _in_extension(place.path)
        if isinstance(value, list):
            many = len(value) > 1
            for n, one in enumerate(value):
                yield from self._element(one, place.below(key, _label(key, one, n, many=many), n, self.around(one)))
        else:
            yield from self._element(value, place.below(key, "" if of_extension else _label(key, value)))

    def around(self, item: object) -> frozenset[str]:
        """Labels of the detail that stand in the item of a list as texts: a question, the name of a component."""
        if not isinstance(item, dict) or not self._visible.labels:
            return frozenset()
        return frozenset(normal(text) for text in _texts(item, 3)) & self._visible.labels

    def _element(self, value: object, place: _Place) -> Iterator[tuple[_Place, str]]:
        if value is None or value == "" or (not place.always and self._is_said(value, place)):
            return
        if not isinstance(value, dict | list):
            yield place, scalar(value)
        elif place.depth >= _DEEPEST:
            yield place, one_line(msgspec.json.encode(value).decode())
        elif isinstance(value, list):
            yield from self._child(place.path[-1], value, place)
        elif said := in_line(value):
            yield place, said
        elif isinstance(value.get("div"), str):
            yield from self._narrative(value, place)
        elif _holds_file(value):
            yield from self._attachment(value, place)
        else:
            yield from self.read(value, place)

    def _is_said(self, value: object, place: _Place) -> bool:
        """Whether the detail says each part of it."""
        if isinstance(value, dict):
            if place.depth >= _DEEPEST or not value:
                return not value
            return bool(in_line(value)) and all(
                self._is_said(one, place.below(key, ""))
                for key, one in value.items()
                if not self._needless(key, value, place.path)
            )
        if isinstance(value, list):
            return all(self._is_said(one, place) for one in value)
        return value is None or self._visible.says(value, place.path, place.around)

    def _needless(self, key: str, element: Tree, path: Path) -> bool:
        """Whether a part of a one-line element needs no saying where the others are said."""
        value = element[key]
        if key in ("system", "version"):
            return value == UCUM or _is_coding(element)
        if key == "code" and "value" in element:
            return bool(value == element.get("unit"))
        return self._owner.named_by((*path, key), value)

    def _attachment(self, value: Tree, place: _Place) -> Iterator[tuple[_Place, str]]:
        """A file that stands inside: text in words, of others how long they are, of short ones as they stand there."""
        held = "data" if value.get("data") else "url"
        yield from self.read({key: one for key, one in value.items() if key != held}, place)
        told, raw = value.get("contentType"), str(value[held])
        as_it_is = f": {raw}" if len(raw) <= _SHORT else ""
        source = inlined(FhirAttachment(told if isinstance(told, str) else "", **{held: raw}))
        try:
            content = bytes_of(source.data or "")
        except BadEntry as bad:
            yield place.below(held, ""), f"{bad}{as_it_is}"
            return
        kind = source.content_type or ""
        text = readable(content, kind) if is_text(kind.partition(";")[0].strip().lower()) else ""
        inside = place.below(held, "")
        lines = [line for line in text.splitlines() if line.strip()]
        if not lines or not all(self._visible.says(line, inside.path) for line in lines):
            yield inside, text if lines else f"{len(content):,} bytes{as_it_is}"

    def _narrative(self, narrative: Tree, place: _Place) -> Iterator[tuple[_Place, str]]:
        status = narrative.get("status")
        label = f"Narrative ({one_line(status)})" if isinstance(status, str) else "Narrative"
        named = place._replace(label=BETWEEN.join([*place.label.split(BETWEEN)[:-1], label]))
        rest = {key: value for key, value in narrative.items() if key not in ("div", "status")}
        text = plain(text_of_markup(str(narrative["div"]), html=True), lines=True)
        yield named, "\n".join(line for line in text.split("\n") if line.strip())
        yield from self.read(rest, place)


def _holds_file(value: Tree) -> bool:
    """Whether the content of a file stands in the element, or in its address."""
    if isinstance(value.get("data"), str) and value["data"]:
        return "contentType" in value or "sigFormat" in value
    return isinstance(value.get("url"), str) and value["url"].lstrip()[:5].casefold() == "data:"


def _in_extension(path: Path) -> bool:
    return bool(path) and path[-1] in _EXTENSIONS


def _silent(key: str, value: object, path: Path) -> bool:
    """What is left out on purpose; `left_out.toml` of the tests says why."""
    if not path and key in _OWN:
        return isinstance(value, str)
    if path == ("meta",):
        return key in _SILENT_OF_META
    if key == "url" and _in_extension(path):
        return isinstance(value, str)
    return (key == "system" and value == UCUM) or (path[-1:] == ("contained",) and key == "resourceType")


def _label(key: str, value: object, index: int = 0, *, many: bool = False) -> str:
    """An element's name in words, its place among several; an extension's own name in place of it."""
    url = value.get("url") if isinstance(value, dict) else None
    if key in _EXTENSIONS and isinstance(url, str):
        return f"Changes what is said: {extension_name(url)}" if key == _MODIFIER else extension_name(url)
    name = element_name(key.lstrip("_"))
    if key == "contained" and isinstance(value, dict):
        name = f"Contained {element_name(str(value.get('resourceType', 'resource'))).lower()}"
    return f"{name}, {index + 1}" if many else name


def _sources(value: object, key: str) -> Iterator[str]:
    """Where what is in there is defined: addresses of code systems, of units, of extensions."""
    if isinstance(value, list):
        for one in value:
            yield from _sources(one, key)
    elif isinstance(value, dict):
        system, version, url = value.get("system"), value.get("version"), value.get("url")
        if isinstance(system, str) and (system == UCUM or _is_coding(value)):
            yield one_line(f"{system}|{version}" if isinstance(version, str) and _is_coding(value) else system)
        if key in _EXTENSIONS and isinstance(url, str):
            yield one_line(url)
        for name, one in value.items():
            yield from _sources(one, name)


def _is_coding(element: Tree) -> bool:
    return "code" in element and "value" not in element


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one, depth - 1)
