"""JSON that servers wrote with a slip: what is odd in it costs itself, never what stands beside it."""

from contextlib import suppress
from typing import Any, TypeVar, get_args, get_origin

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


def tolerant(tree: object, shape: type[S]) -> S:
    """`tree` in a shape, field by field: one of another kind counts as missing, a list loses the items that are odd.

    Raises:
        msgspec.ValidationError: it is no object, or what the shape can't be without is missing or odd.
    """
    try:
        return msgspec.convert(tree, shape)
    except msgspec.ValidationError:
        if not isinstance(tree, dict):
            raise
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(shape):
        with suppress(msgspec.ValidationError):
            if field.encode_name in tree:
                found[field.name] = _read(tree[field.encode_name], field.type)
        if field.required and field.name not in found:
            raise msgspec.ValidationError(f"no {field.encode_name}")
    return shape(**found)


def _read(value: object, kind: Any) -> Any:
    if get_origin(kind) in (list, tuple) and value is not None:
        return get_origin(kind)(_items(value, get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return tolerant(value, kind)
    return msgspec.convert(value, kind, strict=kind not in (int, float))


def _items(value: object, kind: Any) -> list[Any]:
    """What can be read of a list; one thing that stands where a list should is its only item, words are several."""
    given = value if isinstance(value, list) else value.split() if isinstance(value, str) else [value]
    found = []
    for item in given:
        with suppress(msgspec.ValidationError):
            found.append(_read(item, kind))
    return found
