"""Which form of an answer a request asks for, by `Accept` or by `_format`, and whether it can be had: JSON alone."""

from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Scope

from genesis_tui.mock_backend.http.headers import header

FORMAT: Final = "_format"
ALWAYS: Final = frozenset({FORMAT, "_pretty"})
"""Parameters that every request takes."""
_JSON: Final = frozenset({"application/fhir+json", "application/json", "application/json+fhir", "text/json", "json"})
_ANY: Final = frozenset({"*/*", "application/*"})
_XML: Final = frozenset({"application/fhir+xml", "application/xml+fhir"})


def takes_given(scope: Scope) -> bool:
    """Whether a FHIR request takes an answer that can be given.

    A Binary is given in its own type as well, which is whatever it is.
    """
    query: bytes = scope["query_string"]
    asked = dict(parse_qsl(query.decode("latin-1"))).get(FORMAT, "") if FORMAT.encode() in query else ""
    accept = header(scope, b"accept")
    return _can_give(asked or accept, any_type="/Binary/" in scope["path"] and not asked)


def gives(asked: str) -> bool:
    """Whether `_format` names a type that is given."""
    return _can_give(asked, any_type=False)


@lru_cache(maxsize=256)
def _can_give(asked: str, *, any_type: bool) -> bool:
    if not asked.strip():
        return True
    return any(_is_given(one, any_type=any_type) for one in asked.lower().split(","))


def _is_given(media_range: str, *, any_type: bool) -> bool:
    name, *parameters = (part.strip() for part in media_range.replace(" json", "+json").split(";"))
    said = dict(one.partition("=")[::2] for one in parameters)
    if said.get("q", "1").rstrip("0") in ("", "0."):
        return False
    if name in _JSON:
        return said.get("fhirversion", "4.0") in ("4.0", "4.0.1")
    return name in _ANY or (any_type and name not in _XML)
