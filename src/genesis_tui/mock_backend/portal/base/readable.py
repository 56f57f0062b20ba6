"""The one reader of what came from elsewhere: a resource that is not what FHIR says costs itself, never a page."""

import json
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

from pydantic import TypeAdapter

from genesis_tui.mock_backend.database.record.readable import UNREADABLE

S = TypeVar("S")
Json = dict[str, Any]


class Told(NamedTuple):
    """The rows that can be told, and how many can't."""

    rows: list[Json]
    unreadable: int


def told(sources: Iterable[S], row: Callable[[S], Json | None], shape: type[Any]) -> Told:
    """A row of each source, where it is of the declared shape and can be sent; `row` gives None for what is left out.

    `sources` are read before: they must be there whatever was imported.
    """
    rows: list[Json] = []
    unreadable = 0
    for source in sources:
        try:
            made = row(source)
            if made is not None:
                rows.append(_sent(made, shape))
        except UNREADABLE:
            unreadable += 1
    return Told(rows, unreadable)


def _sent(row: Json, shape: type[Any]) -> Json:
    """The row, which JSON can hold. Raises ValueError, as pydantic does."""
    _adapter(cast(Hashable, shape)).validate_python(row, strict=True)
    json.dumps(row, allow_nan=False, ensure_ascii=False).encode()
    return row


@cache
def _adapter(shape: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(type[Any], shape))
