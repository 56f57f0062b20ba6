"""Searches of FHIR resources: what is asked for, and the one statement that answers it, privacy included."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, tuple_

from genesis_tui.mock_backend.database.engine import Database, Prepared
from genesis_tui.mock_backend.database.record.resources import holds_nothing_sensitive, visible
from genesis_tui.mock_backend.database.schema.record import resource, token

_OPERATORS = {
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
}


class Bound(NamedTuple):
    """A limit on `at`, `until` or `updated`, in microseconds."""

    column: str
    operator: str
    value: int


class Code(NamedTuple):
    """One value of a token search; `system` None means any system, `code` '' any code of a system, `beginning` that the
    code may go on."""

    system: str | None
    code: str
    beginning: bool = False

    @property
    def any_of_system(self) -> bool:
        return bool(self.system) and not self.code


class Tokens(NamedTuple):
    """One search parameter with the values of which any will do, or else a category in `filed` that has a column."""

    param: str
    any_of: tuple[Code, ...]
    filed: tuple[str, ...] = ()


class Found(NamedTuple):
    """One resource that a search may show: what a page needs of it and no more, for each column costs (P9)."""

    row: int
    at: int
    version: int
    id: str
    patient_id: str
    body: bytes


class Single(NamedTuple):
    """One resource as a read by id needs it; `category` is the one with a column, `updated` in microseconds."""

    id: str
    version: int
    patient_id: str
    category: str
    updated: int
    body: bytes


class Key(NamedTuple):
    """Where a page ended: the place of its last resource in the order of newest first."""

    at: int
    row: int


@dataclass(frozen=True, slots=True)
class Criteria:
    """Everything a search depends on. `patients` is ('',) for what belongs to no patient.

    `viewer` and `now` (microseconds) decide what is visible at all; `ids` and `categories` mean no limit when empty.
    """

    type: str
    patients: tuple[str, ...]
    viewer: str
    now: int
    limit: int
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    tokens: tuple[Tokens, ...] = ()
    bounds: tuple[Bound, ...] = ()
    after: Key | None = None
    oldest_first: bool = False

    def shape(self) -> tuple[object, ...]:
        """What the statement depends on; equal shapes share one."""
        return (
            len(self.patients),
            len(self.categories),
            len(self.ids),
            tuple(
                (len(t.filed), *((c.system is None, c.any_of_system, c.beginning) for c in t.any_of))
                for t in self.tokens
            ),
            tuple((b.column, b.operator) for b in self.bounds),
            self.after is None,
            self.oldest_first,
        )

    def values(self) -> dict[str, Any]:
        """The values of the statement's parameters, by name."""
        values: dict[str, Any] = {
            "type": self.type,
            "viewer": self.viewer,
            "now": self.now,
            **_numbered("patient", self.patients),
            **_numbered("category", self.categories),
            **_numbered("id", self.ids),
            **{f"bound{number}": bound.value for number, bound in enumerate(self.bounds)},
        }
        if self.limit:
            values["most"] = self.limit
        if self.after is not None:
            values |= {"after_at": self.after.at, "after_row": self.after.row}
        for place, tokens in enumerate(self.tokens):
            values |= _token_values(place, tokens)
        return values


@dataclass(slots=True)
class Searches:
    """The searches of one database, each shape compiled once."""

    database: Database
    _prepared: dict[tuple[object, ...], Prepared] = field(default_factory=dict)

    def one(self, resource_type: str, resource_id: str, *, viewer: str, now: int) -> Single | None:
        """The resource with this id, if it is visible at all: released, not hidden, not another's sensitive one."""
        shape = (_BY_ID, resource_type == "Binary")
        query = self._prepared.get(shape)
        if query is None:
            query = self._prepared[shape] = Prepared(_single(resource_type), self.database.engine)
        values = {"type": resource_type, "resource": resource_id, "viewer": viewer, "now": now}
        rows = self.database.fetch(query, values)
        return Single(*rows[0]) if rows else None

    def run(self, criteria: Criteria) -> list[Found]:
        """At most `criteria.limit` resources, newest first, and of equals what was stored last."""
        query = self._query(criteria.shape(), lambda: statement(criteria))
        return [_new(Found, row) for row in self.database.fetch(query, criteria.values())]

    def count(self, criteria: Criteria) -> int:
        """How many resources all pages of a search hold, under the rules that decide what shows."""
        whole = replace(criteria, after=None, limit=0, oldest_first=False)
        query = self._query((_COUNTED, *whole.shape()), lambda: _counted(whole))
        return int(self.database.fetch(query, whole.values())[0][0])

    def _query(self, shape: tuple[object, ...], made: Callable[[], Select[Any]]) -> Prepared:
        query = self._prepared.get(shape)
        if query is None:
            if len(self._prepared) >= _MOST_SHAPES:
                self._prepared.clear()
            query = self._prepared[shape] = Prepared(made(), self.database.engine)
        return query

    def filed_twice(self, categories: tuple[str, ...]) -> bool:
        """Whether anything is filed under one of these categories and, first, under another that has the column."""
        query = self._prepared.get(_TWICE)
        if query is None:
            query = self._prepared[_TWICE] = Prepared(_second_filing(), self.database.engine)
        return any(self.database.fetch(query, {"code": one}) for one in categories)


_MOST_SHAPES = 500
_BY_ID = "by id"
_COUNTED = "counted"
_TWICE = ("filed twice",)
_new = tuple.__new__
"""Makes a `Found` of a row as it is, in a third of the time that `Found(*row)` takes (P9)."""


def statement(criteria: Criteria) -> Select[Any]:
    """The select for every search of the same shape, its values left open."""
    columns = [resource.c[name] for name in Found._fields]
    place = (resource.c.at, resource.c.row)
    conditions = _conditions(criteria)
    if criteria.after is not None:
        here, ended = tuple_(*place), tuple_(bindparam("after_at"), bindparam("after_row"))
        conditions.append(here > ended if criteria.oldest_first else here < ended)
    order = [column if criteria.oldest_first else column.desc() for column in place]
    return select(*columns).where(*conditions).order_by(*order).limit(bindparam("most"))


def _counted(criteria: Criteria) -> Select[Any]:
    return select(func.count()).select_from(resource).where(*_conditions(criteria))


def _conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    return [resource.c.type == bindparam("type"), *_filters(criteria), *visible()]


def _single(resource_type: str) -> Select[Any]:
    columns = [resource.c[name] for name in Single._fields]
    named = resource.c.type == bindparam("type"), resource.c.id == bindparam("resource")
    held = [holds_nothing_sensitive()] if resource_type == "Binary" else []
    return select(*columns).where(*named, *visible(), *held)


def _second_filing() -> Select[Any]:
    """`indexing.index` leaves a column category among the tokens only where it is not the column's."""
    return select(token.c.row).where(token.c.param == "category", token.c.code == bindparam("code")).limit(1)


def _filters(criteria: Criteria) -> list[ColumnElement[bool]]:
    return [
        *_one_of(resource.c.patient_id, "patient", criteria.patients),
        *_one_of(resource.c.category, "category", criteria.categories),
        *_one_of(resource.c.id, "id", criteria.ids),
        *(_carries(place, tokens) for place, tokens in enumerate(criteria.tokens)),
        *(
            _OPERATORS[bound.operator](resource.c[bound.column], bindparam(f"bound{number}"))
            for number, bound in enumerate(criteria.bounds)
        ),
    ]


def _one_of(column: Any, name: str, values: tuple[str, ...]) -> list[ColumnElement[bool]]:
    if not values:
        return []
    equal = [column == bindparam(f"{name}{number}") for number in range(len(values))]
    return [or_(*equal)]


def _carries(place: int, tokens: Tokens) -> ColumnElement[bool]:
    """That a resource carries one of the codes: looked up by its row, so that paging stops at the first full page."""
    codes = [_is_code(f"token{place}_{number}", code) for number, code in enumerate(tokens.any_of)]
    carried = exists().where(token.c.row == resource.c.row, token.c.param == bindparam(f"token{place}"), or_(*codes))
    return or_(carried, *_one_of(resource.c.category, f"filed{place}_", tokens.filed))


def _is_code(name: str, code: Code) -> ColumnElement[bool]:
    if code.any_of_system:
        return token.c.system == bindparam(f"{name}_system")
    same = token.c.code == bindparam(name)
    if code.beginning:
        same = and_(token.c.code >= bindparam(name), token.c.code < bindparam(f"{name}_end"))
    return same if code.system is None else and_(token.c.system == bindparam(f"{name}_system"), same)


def _token_values(place: int, tokens: Tokens) -> Mapping[str, str]:
    values = {f"token{place}": tokens.param, **_numbered(f"filed{place}_", tokens.filed)}
    for number, code in enumerate(tokens.any_of):
        name = f"token{place}_{number}"
        if not code.any_of_system:
            values[name] = code.code
        if code.beginning:
            values[f"{name}_end"] = code.code + "\U0010ffff"
        if code.system is not None:
            values[f"{name}_system"] = code.system
    return values


def _numbered(name: str, values: tuple[str, ...]) -> dict[str, str]:
    return {f"{name}{number}": value for number, value in enumerate(values)}
