"""JSON Schema (2020-12) of a type that a document is made of."""

from types import NoneType, UnionType
from typing import Any, NewType, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from genesis_tui.cli.base.json_parts import VERSION, Day, Instant, Recorded

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}
_RECORDED = r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?)?)?)?$"
_WRITTEN: dict[object, dict[str, str]] = {
    Instant: {"format": "date-time"},
    Day: {"format": "date"},
    Recorded: {"pattern": _RECORDED},
}


def schema_of(document: type) -> dict[str, Any]:
    """The schema of a whole document, a TypedDict. Fields may be added within a version, so all others are allowed."""
    parts: dict[str, dict[str, Any]] = {}
    whole = _object(document, parts)
    whole["properties"] = {"version": {"const": VERSION}, **whole["properties"]}
    whole["required"] = ["version", *whole["required"]]
    return {"$schema": _DIALECT, **whole, **({"$defs": parts} if parts else {})}


def _object(kind: type, parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    fields = get_type_hints(kind, include_extras=True)
    required: frozenset[str] = kind.__required_keys__  # type: ignore[attr-defined]
    return {
        "description": " ".join((kind.__doc__ or "").split()),
        "type": "object",
        "properties": {name: _value(field, parts) for name, field in fields.items()},
        "required": [name for name in fields if name in required],
    }


def _value(kind: Any, parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if isinstance(kind, NewType):
        return {"type": "string", **_WRITTEN[kind]}
    if is_typeddict(kind):
        name = kind.__name__.removeprefix("_").removesuffix("Output")
        if name not in parts:
            parts[name] = {}
            parts[name] = _object(kind, parts)
        return {"$ref": f"#/$defs/{name}"}
    inner = [_value(one, parts) for one in get_args(kind)]
    origin = get_origin(kind)
    if origin is NotRequired:
        return inner[0]
    if origin is list:
        return {"type": "array", "items": inner[0]}
    if origin in (Union, UnionType):
        return {"anyOf": inner}
    raise TypeError(f"No schema is known for {kind}")
