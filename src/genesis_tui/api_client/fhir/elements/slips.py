"""Resources that servers wrote with a slip: what is odd in one costs itself, never the resource.

A `null` in a list, one thing where a list should be, digits in quotes. What is left out here is still in the resource
as it came, so that it shows as it is among what is also recorded.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import NoneType
from typing import Any, TypeAlias, TypeVar, get_args, get_origin

import msgspec

from genesis_tui.api_client.fhir.structs import (
    Annotation,
    CodeableConcept,
    Coding,
    Narrative,
    Reference,
    ReferenceRange,
)

T = TypeVar("T")
Decode: TypeAlias = Callable[[msgspec.Raw | bytes], T]
_RAW: dict[str, Any] = {
    "code": CodeableConcept,
    "interpretation": list[CodeableConcept],
    "referenceRange": list[ReferenceRange],
    "text": Narrative,
    "value": float,
    "valueInteger": float,
}
"""What elements are that stay raw until they are needed."""


_IN_WORDS: dict[type, str] = {CodeableConcept: "text", Coding: "display", Reference: "display", Annotation: "text"}
"""Where the words stand of what came as words alone."""


class Digits(str):
    """A number as it was written."""

    __slots__ = ()


_tree = msgspec.json.Decoder(float_hook=Digits)


def decoder(kind: type[T]) -> Decode[T]:
    """Reads JSON of a shape. Raises msgspec.DecodeError where it is none, or lacks what the shape can't be without."""
    strict = msgspec.json.Decoder(kind).decode

    def decode(raw: msgspec.Raw | bytes) -> T:
        try:
            return strict(raw)
        except msgspec.ValidationError:
            return strict(msgspec.json.encode(as_sent(_mended(_tree.decode(raw), kind))))

    return decode


def as_sent(value: object) -> object:
    """JSON with the digits that were sent."""
    if isinstance(value, Digits):
        return msgspec.Raw(value.encode())
    if isinstance(value, Mapping):
        return {key: as_sent(one) for key, one in value.items()}
    return [as_sent(one) for one in value] if isinstance(value, list) else value


def _mended(value: object, kind: Any) -> Any:
    """What of the value is as the shape wants it.

    Raises:
        msgspec.ValidationError: nothing is.
    """
    kind = next((one for one in get_args(kind) if one is not NoneType), kind) if NoneType in get_args(kind) else kind
    if get_origin(kind) is list:
        return _first(value if isinstance(value, list) else [value], get_args(kind)[0])
    if isinstance(value, list):
        value = next(iter(_first(value, kind)), None)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        words = _IN_WORDS.get(kind) if isinstance(value, str) else None
        return _fields({words: value} if words else value, kind)
    if kind is float:
        return _number(value)
    return value if kind in (msgspec.Raw, Any, object) else msgspec.convert(value, kind)


def _first(items: list[object], kind: Any) -> list[Any]:
    found = []
    for item in items:
        with suppress(msgspec.ValidationError):
            found += [] if item is None else [_mended(item, kind)]
    return found


def _fields(value: object, shape: type[msgspec.Struct]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise msgspec.ValidationError("no object")
    found = {}
    for field in msgspec.structs.fields(shape):
        name = field.encode_name
        with suppress(msgspec.ValidationError):
            if value.get(name) is not None:
                found[name] = _mended(value[name], _RAW.get(name, Any) if field.type is msgspec.Raw else field.type)
        if field.required and name not in found:
            raise msgspec.ValidationError(f"no {name}")
    return found


def _number(value: object) -> object:
    """A number, of digits in quotes too; words in its place stay words."""
    if isinstance(value, str) and not isinstance(value, Digits):
        with suppress(ValueError):
            float(value)
            return Digits(value.strip())
    if isinstance(value, bool | dict | list):
        raise msgspec.ValidationError("no number")
    return value
