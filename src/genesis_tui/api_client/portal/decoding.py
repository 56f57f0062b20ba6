"""The portal's JSON: its texts made harmless, unknown fields ignored, a broken row at the cost of itself."""

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from genesis_tui.models.base.permission import Permission
from genesis_tui.sanitize import one_line, plain, shown, written


def _safe(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) else value


def _safe_lines(value: Any) -> Any:
    return plain(value, lines=True) if isinstance(value, str) else value


def _or_empty(value: Any) -> Any:
    return "" if value is None else _safe(value)


def _written(value: Any) -> Any:
    return written(value) if isinstance(value, str) else value


def _written_lines(value: Any) -> Any:
    return written(value, lines=True) if isinstance(value, str) else value


def _said(value: Any) -> Any:
    return one_line(shown(value)) if isinstance(value, str) else value


def _said_lines(value: Any) -> Any:
    return plain(shown(value), lines=True) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_or_empty)]
Lines = Annotated[str, BeforeValidator(_safe_lines)]
Words = Annotated[str, BeforeValidator(_safe)]
Said = Annotated[str, BeforeValidator(_said)]
SaidLines = Annotated[str, BeforeValidator(_said_lines)]
"""What somebody wrote to somebody, to be read."""
Written = Annotated[str, BeforeValidator(_written)]
WrittenLines = Annotated[str, BeforeValidator(_written_lines)]
"""What the person wrote, to go on writing it."""


class PortalJson(BaseModel):
    """Base of all: numbers are not words, words are not numbers."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PermissionJson(PortalJson):
    """WIRE: `can`."""

    action: Words
    allowed: bool
    rule: Text = ""
    reason: Text = ""
    title: Text = ""
    next: Text = ""
    since: AwareDatetime | None = Field(None, alias="from")


S = TypeVar("S", bound=PortalJson)


def each(shape: type[S], rows: Iterable[Any]) -> list[S]:
    """The rows that have the shape; a broken row costs itself."""
    kept = []
    for row in rows:
        try:
            kept.append(shape.model_validate(row))
        except ValidationError:
            continue
    return kept


def cans(rows: Iterable[Any]) -> tuple[Permission, ...]:
    """WIRE's `can` rows."""
    return tuple(
        Permission(c.action, c.allowed, c.rule, c.reason, c.title, c.next, c.since) for c in each(PermissionJson, rows)
    )
