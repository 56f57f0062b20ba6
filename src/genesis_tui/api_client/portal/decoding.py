"""The portal's JSON as models: texts made harmless first, unknown fields ignored, a broken row at its own cost.

`Decoder` makes the model itself; where a model is cut otherwise than its JSON, a `PortalJson` stands between.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, cached_property
from itertools import repeat
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    NamedTuple,
    Protocol,
    Self,
    TypedDict,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from genesis_tui.api_client.http import bounds
from genesis_tui.models.base.permission import Permission
from genesis_tui.sanitize import one_line, plain, shown, written

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Read = Callable[[Any], Any]
"""Makes the value of one field harmless, or more than that; what it does not know it gives back as it is."""


def as_sent(value: Any) -> Any:
    """What goes back to the server, or is only compared: it is never shown."""
    return value


def line(value: Any) -> Any:
    """Text for a row or a title; every text that is not read in another way."""
    return one_line(value) if isinstance(value, str) else value


def lines(value: Any) -> Any:
    """Text with line ends."""
    return plain(value, lines=True) if isinstance(value, str) else value


def said(value: Any) -> Any:
    """What somebody wrote to somebody, to be read."""
    return one_line(shown(value)) if isinstance(value, str) else value


def said_lines(value: Any) -> Any:
    """The same with line ends."""
    return plain(shown(value), lines=True) if isinstance(value, str) else value


def own(value: Any) -> Any:
    """What the person wrote, to go on writing it."""
    return written(value) if isinstance(value, str) else value


def own_lines(value: Any) -> Any:
    """The same with line ends."""
    return written(value, lines=True) if isinstance(value, str) else value


def instant(value: Any) -> Any:
    """An aware moment. Raises ValidationError for anything else."""
    at = bounds.instant(value)
    if at is None and value is not None:
        raise msgspec.ValidationError("an invalid time")
    return at


def day(value: Any) -> Any:
    """A day. Raises ValidationError for one that nobody can reckon with."""
    at = _iso_day(value) or msgspec.convert(value, date | None)
    if at is not None and not bounds.within(at):
        raise msgspec.ValidationError("an invalid day")
    return at


def _iso_day(value: Any) -> date | None:
    """`2026-11-30`; None for what has another form, and for what is no day."""
    if not isinstance(value, str) or len(value) != 10 or not value[4] == value[7] == "-":
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def count(value: Any) -> Any:
    """A whole number. Raises ValidationError for one that counts nothing."""
    whole = msgspec.convert(value, int | None, strict=False) if not isinstance(value, int) else value
    if whole is not None and bounds.count(whole) is None:
        raise msgspec.ValidationError("a number that counts nothing")
    return whole


def measured(value: Any) -> Any:
    """A number. Raises ValidationError for one that no measurement is."""
    if isinstance(value, int | float) and not abs(value) <= bounds.LARGEST_NUMBER:
        raise msgspec.ValidationError("a number that measures nothing")
    return value


AsSent = Annotated[str, as_sent]
Said = Annotated[str, said]
SaidLines = Annotated[str, said_lines]
Own = Annotated[str, own]
OwnLines = Annotated[str, own_lines]


class Decodes(Protocol[T_co]):
    """Something that can be made of JSON: a `PortalJson` class, or a `Decoder`."""

    def decoded(self, tree: Any) -> T_co:
        """Raises ValidationError where it can't be made of this."""


_MISSING = object()


class _Declared(NamedTuple):
    """A field of what is made: its name, its name in JSON or in the model, and whether it has no default."""

    name: str
    encoded: str
    demanded: bool


class _Field(NamedTuple):
    """How a field is found and read."""

    name: str
    holders: tuple[str, ...]
    """Names of the objects around it."""
    key: str
    read: Read
    may_be_empty: bool
    """A text that JSON may leave out: null is as good as left out."""
    needed: bool
    absent: object
    """What stands for it where JSON leaves it out."""

    @property
    def is_particular(self) -> bool:
        """Whether more is to be done with it than to read what stands under its name."""
        elsewhere = bool(self.holders) or self.key != self.name
        empty = self.may_be_empty and self.read is not line
        return elsewhere or empty or self.needed or self.absent is not _MISSING


def shape(fields: dict[str, Any]) -> Any:
    """An object of JSON as a type for `bounds.tree`: nothing but these fields, each of its type."""
    return TypedDict("Shape", fields, total=False)  # type: ignore[operator]


class Decoder(Generic[T]):
    """Makes one type of JSON objects: a model, or a `PortalJson`."""

    def __init__(
        self,
        target: type[T],
        *,
        names: Mapping[str, str] | None = None,
        absent: Mapping[str, object] | None = None,
        needed: Sequence[str] = (),
        read: Mapping[str, Read] | None = None,
    ) -> None:
        """What is not named here is read as the fields of the target say.

        Args:
            target: what is made.
            names: where a field stands in JSON, when that is not its own name: `from`, `deers.name`.
            absent: what stands for a field that JSON leaves out and the target demands.
            needed: fields that JSON may not leave out, though the target has a default.
            read: how a field is read, when its type does not say so.
        """
        self._target = target
        self._names = names or {}
        self._absent = absent or {}
        self._needed = needed
        self._read = read or {}

    def decoded(self, tree: Any) -> T:
        """The target, made of a JSON object. Raises ValidationError."""
        return msgspec.convert(self._harmless(tree), self._target, strict=False)

    def shape(self, *, raw: str) -> Any:
        """Its JSON as a type for `bounds.tree`: nothing but its fields, of which `raw` is left as it was sent."""
        return shape({field.key: Any for field in self._fields} | {raw: msgspec.Raw})

    def each(self, rows: Any) -> list[T]:
        """What could be made of a list; a broken row costs itself. Raises ValidationError for what is no list."""
        if not isinstance(rows, list | tuple):
            raise msgspec.ValidationError("rows that are not a list")
        kept = []
        for row in rows:
            try:
                kept.append(self.decoded(row))
            except msgspec.ValidationError:
                continue
        return kept

    def _harmless(self, tree: Any) -> Any:
        if not isinstance(tree, dict):
            return tree
        if not self._is_plain(tree):
            return self._read_into({}, tree, self._fields)
        found = {**tree}
        for key, read in self._in_place:
            if key in tree:
                found[key] = read(tree[key])
        return self._read_into(found, tree, self._particular)

    def _read_into(self, found: dict[str, Any], tree: dict[str, Any], fields: tuple[_Field, ...]) -> dict[str, Any]:
        for name, holders, key, read, may_be_empty, needed, absent in fields:
            holder = _holder(tree, holders) if holders else tree
            value = _MISSING if holder is None else holder.get(key, _MISSING)
            if value is None and may_be_empty:
                value = _MISSING
            if value is not _MISSING:
                found[name] = value if read is as_sent else read(value)
            elif needed:
                raise msgspec.ValidationError("a field that is missing")
            elif absent is not _MISSING and holder is not None:
                found[name] = absent
            else:
                found.pop(name, None)
        return found

    def _is_plain(self, tree: dict[str, Any]) -> bool:
        """Whether `line` would leave each of the object's texts as it is: nearly always, and asked of all at once."""
        try:
            texts = "|".join(("", *map(tree.get, self._texts, repeat("")), ""))
        except TypeError:
            return False
        odd = "  " in texts or " |" in texts or "| " in texts
        return texts.isascii() and texts.isprintable() and not odd

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        """The keys of what is text for a row, and nothing more particular."""
        return tuple(field.key for field in self._fields if field.read is line and not field.is_particular)

    @cached_property
    def _in_place(self) -> tuple[tuple[str, Read], ...]:
        """Where what is no text stands that goes by its own name, and how it is read."""
        fields = (field for field in self._fields if field.read not in (line, as_sent) and not field.is_particular)
        return tuple((field.key, field.read) for field in fields)

    @cached_property
    def _particular(self) -> tuple[_Field, ...]:
        """The other fields to look at, each by itself, where all texts are plain."""
        return tuple(field for field in self._fields if field.is_particular)

    @cached_property
    def _fields(self) -> tuple[_Field, ...]:
        hints = get_type_hints(self._target, include_extras=True)
        return tuple(self._field(one, hints[one.name]) for one in _fields_of(self._target))

    def _field(self, one: _Declared, hint: Any) -> _Field:
        *holders, key = self._names.get(one.name, one.encoded).split(".")
        needed = one.name in self._needed
        absent = self._absent.get(one.name, _MISSING)
        may_be_empty = _is_text(hint) and not needed and not (one.demanded and absent is _MISSING)
        read = self._read.get(one.name) or _read_of(hint)
        return _Field(one.encoded, tuple(holders), key, read, may_be_empty, needed, absent)


class PortalJson(msgspec.Struct, frozen=True):
    """Base of JSON whose model is cut otherwise."""

    @classmethod
    def decoded(cls, tree: Any) -> Self:
        """Made of a JSON object. Raises ValidationError."""
        made: Self = _decoder_of(cls).decoded(tree)
        return made

    @classmethod
    def each(cls, rows: Any) -> list[Self]:
        """As `Decoder.each`."""
        return _decoder_of(cls).each(rows)


@cache
def _decoder_of(kind: type[T]) -> Decoder[T]:
    return Decoder(kind)


def _fields_of(target: type[Any]) -> list[_Declared]:
    if issubclass(target, msgspec.Struct):
        return [_Declared(one.name, one.encode_name, one.required) for one in msgspec.structs.fields(target)]
    return [_Declared(one.name, one.name, one.default is dataclasses.MISSING) for one in dataclasses.fields(target)]


def _holder(tree: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any] | None:
    """The object at that path; None where there is none."""
    for name in names:
        inner = tree.get(name)
        if inner is None:
            return None
        if not isinstance(inner, dict):
            raise msgspec.ValidationError("something that is not an object")
        tree = inner
    return tree


def _is_text(hint: Any) -> bool:
    return hint is str or (get_origin(hint) is Annotated and get_args(hint)[0] is str)


_READ: dict[Any, Read] = {str: line, datetime: instant, date: day, int: count, float: measured}


def _read_of(hint: Any) -> Read:
    """How the values of a type are read."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return next((part for part in parts[1:] if callable(part)), None) or _read_of(parts[0])
    if origin in (Union, UnionType):
        return _read_of(next(part for part in parts if part is not NoneType))
    if origin in (tuple, list):
        return all_of(_read_of(parts[0]))
    if hint in _READ:
        return _READ[hint]
    if isinstance(hint, type) and issubclass(hint, PortalJson):
        return optional(hint)
    return as_sent


def all_of(read: Read) -> Read:
    """A list of values, each read so."""
    return lambda value: [read(one) for one in value] if isinstance(value, list) else value


def optional(kind: Decodes[Any]) -> Read:
    """An object of that kind, or null."""
    return lambda value: None if value is None else kind.decoded(value)


PERMISSION = Decoder(Permission, names={"from_": "from"})
"""WIRE: `can`."""
Cans = Annotated[tuple[Permission, ...], PERMISSION.each]
