"""What is wrong with a request, in words for whoever filled it in: no pattern, and nothing that a library says."""

from collections.abc import Iterable, Mapping
from typing import Any

_FORMS = {
    "birth_date": "is a date, as 1988-04-30",
    "code": "has six digits",
    "dod_id": "has ten digits",
    "Idempotency-Key": "is a UUID",
    "idempotency-key": "is a UUID",
}
"""Field -> what stands in it."""
_KINDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "is not JSON",
    "string_too_short": "has {min_length} characters or more",
    "string_too_long": "has at most {max_length} characters",
    "too_short": "has {min_length} entries or more",
    "too_long": "has at most {max_length} entries",
    "greater_than_equal": "is {ge} or more",
    "greater_than": "is more than {gt}",
    "less_than_equal": "is at most {le}",
    "less_than": "is less than {lt}",
    "enum": "is one of {expected}",
    "literal_error": "is one of {expected}",
}
"""Kind of a fault, as pydantic names it -> what is said of the field."""
_FILLED_IN = frozenset({"string_too_short", "string_pattern_mismatch", "value_error"})
_OTHER = "is not as it must be"


def faults(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each fault with its field; never what was sent in it."""
    return [f"{'.'.join(_name(part) for part in fault['loc'][1:]) or 'The body'} {_words(fault)}" for fault in errors]


def fields(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    """The fields that are wrong."""
    return [str(fault["loc"][-1]) for fault in errors if len(fault["loc"]) > 1]


def _name(part: object) -> str:
    return {"dod_id": "DoD ID"}.get(str(part), str(part).replace("_", " "))


def _words(fault: Mapping[str, Any]) -> str:
    kind, field = str(fault["type"]), str(fault["loc"][-1])
    if field in _FORMS and (kind in _FILLED_IN or kind.startswith("date_")):
        return _FORMS[field]
    if kind == "string_too_short" and fault.get("ctx", {}).get("min_length") == 1:
        return "is empty"
    return _KINDS.get(kind, _OTHER).format_map(fault.get("ctx", {}))
