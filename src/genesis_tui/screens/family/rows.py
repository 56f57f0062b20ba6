"""How people are drawn: in the quick switcher and in the Family place (MOCKUPS §7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from genesis_tui.models.base.dates import clock, weekday
from genesis_tui.models.base.search import folded
from genesis_tui.models.family import (
    Access,
    AccessEvent,
    AccessRequest,
    Family,
    FamilyMember,
    Grant,
    GrantState,
)
from genesis_tui.widgets.drawing.cells import fit, left, right, width_of, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, spread
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.page import Para, heading, para_lines
from genesis_tui.widgets.virtual_list import RowView

PHONE = 56
_ACCESS_ROLES = {Access.FULL: "", Access.LIMITED: "", Access.NONE: "critical"}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person; `open` where theirs is the record that is open now."""

    person: FamilyMember
    open: bool = False


def relation_age(person: FamilyMember) -> str:
    """`you`, or `daughter, 8`."""
    return "you" if person.relation == "you" else f"{person.relation}, {person.age}"


def access_words(person: FamilyMember) -> str:
    """`full access`, `limited access`, `limited: Basic`, `no access`."""
    return person.access_text


def news_words(person: FamilyMember) -> str:
    """`3 new, 1 unread`; `nothing new`; for a closed record how it can be opened."""
    if person.access is Access.NONE:
        return "ask for access: enter"
    counts = (person.new_results and f"{person.new_results} new", person.unread and f"{person.unread} unread")
    return ", ".join(c for c in counts if c) or "nothing new"


def matching(people: Sequence[FamilyMember], text: str) -> list[FamilyMember]:
    """People whose name or relation has a word that begins with each word typed."""
    wanted = folded(text).split()
    return [p for p in people if all(any(w.startswith(part) for w in _words(p)) for part in wanted)]


def _words(person: FamilyMember) -> list[str]:
    return folded(f"{person.name} {person.relation}").split()


def closed_paras(person: FamilyMember) -> list[Para]:
    """Why a record is closed, and how it can be opened, in the server's words."""
    return [
        Para(),
        Para(f"{person.given}'s record is not open to you: {person.why}.", "critical bold"),
        *([Para(person.next)] if person.next else []),
        *([Para(f"Rule {person.rule}", "muted")] if person.rule else []),
    ]


class PersonView(RowView[PersonRow]):
    """Two rows a person; three where it is narrow. The stripe is in the person's colour."""

    def key(self, row: PersonRow) -> str:
        return row.person.id

    def heights(self, rows: Sequence[PersonRow], width: int) -> int:
        return 3 if width < PHONE else 2

    def draw(self, row: PersonRow, width: int) -> list[Line]:
        """Name, relation, access with its reason, what is new."""
        return _narrow(row, width) if width < PHONE else _wide(row, width)


def _stripe(person: FamilyMember) -> Span:
    return ("▎", f"sign {patient_word(person.number)}-ink")


def _news_role(person: FamilyMember) -> str:
    return "unread" if person.access is not Access.NONE and (person.new_results or person.unread) else "muted"


def _head(person: FamilyMember, name_width: int) -> list[Span]:
    digit = str(person.number) if person.number < 10 else " "
    name = left(person.name.upper(), name_width)
    return [_stripe(person), (f" {digit} ", "accent bold"), (name + " ", f"{patient_word(person.number)}-ink bold")]


def _wide(row: PersonRow, width: int) -> list[Line]:
    person = row.person
    name_width = max(14, width - 57)
    news = right(news_words(person), width - name_width - 35)
    first: Line = [
        *_head(person, name_width),
        (left(relation_age(person), 13) + " ", ""),
        (left(access_words(person), 14) + " ", _ACCESS_ROLES[person.access]),
        (news, _news_role(person)),
    ]
    here = "open now" if row.open else ""
    why = fit(person.why, width - name_width - 20)
    return [first, [_stripe(person), (f"   {left(here, name_width + 14)} ", "ok"), (why, "muted")]]


def _narrow(row: PersonRow, width: int) -> list[Line]:
    person = row.person
    start = _head(person, 14)
    relation: list[Span] = [(fit(relation_age(person), width - 19), "")]
    here: list[Span] = [("open now ", "ok")] if row.open else []
    access = f"{access_words(person)}: {person.why}" if person.relation != "you" else access_words(person)
    if width_of(access) > width - 5:
        access = access.replace(" access:", ":", 1)
    return [
        spread([*start, *relation], here, width),
        [_stripe(person), (f"   {fit(access, width - 5)}", _ACCESS_ROLES[person.access])],
        [_stripe(person), (f"   {fit(news_words(person), width - 5)}", _news_role(person))],
    ]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """Access that was given or received."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class EventRow:
    """Somebody opened the record; `at` in the viewer's zone."""

    event: AccessEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Somebody asks for access; `at` in the viewer's zone."""

    request: AccessRequest
    at: datetime


@dataclass(frozen=True, slots=True)
class LogSummaryRow:
    """How often the record was opened in so many days, and the last time."""

    total: int
    days: int
    last: EventRow | None


FamilyRow = PersonRow | GrantRow | RequestRow | EventRow | LogSummaryRow | Para


def day_words(day: date) -> str:
    """`30 Jun 2027`."""
    return f"{day.day} {day:%b %Y}"


def grant_words(grant: Grant) -> str:
    """`full access since 2 Jan 2026, until 30 Jun 2027`; `full access, waits to be accepted, no end`."""
    waits = "" if grant.waits_for_me else ", waits to be accepted"
    states = {GrantState.WAITING: waits, GrantState.REFUSED: ", refused"}
    words = f"{grant.scope.value} access{states.get(grant.state, f' since {day_words(grant.since)}')}"
    if grant.kind == "legal":
        words += ", guardian"
    if grant.state is GrantState.REFUSED:
        return words
    if grant.ended is not None:
        return f"{words}, ended {day_words(grant.ended.date())}"
    return f"{words}, until {day_words(grant.until)}" if grant.until else f"{words}, no end"


def family_rows(family: Family, open_id: str, local: Callable[[datetime], datetime]) -> list[FamilyRow]:
    """People, then what waits for an answer, then access given, then access received."""
    rows: list[FamilyRow] = [PersonRow(p, open=p.id == open_id) for p in family.people]
    given = [g for g in family.grants if g.mine]
    waiting = [g for g in family.grants if g.waits_for_me]
    received = [g for g in family.grants if not (g.mine or g.waits_for_me)]
    if waiting or family.requests:
        rows += [Para(), heading("Waiting for your answer"), *(GrantRow(g) for g in waiting)]
        rows += [RequestRow(one, local(one.at)) for one in family.requests]
    rows += [Para(), heading("Access you gave")]
    rows += [GrantRow(g) for g in given] or [Para("You have given nobody access to your record.", "muted")]
    if received:
        rows += [Para(), heading("Access given to you"), *(GrantRow(g) for g in received)]
    return rows


def event_rows(events: Sequence[AccessEvent], local: Callable[[datetime], datetime]) -> list[FamilyRow]:
    """Who opened the record, newest first."""
    rows: list[FamilyRow] = [EventRow(event, local(event.at)) for event in events]
    return rows or [Para("Nobody but you.", "muted")]


def event_when(at: datetime) -> str:
    """`Sun 29 Nov 20:31`."""
    return f"{weekday(at.date())} {clock(at)}"


def log_words(row: LogSummaryRow) -> str:
    """`41 in 90 days, last Sun 29 Nov 20:31 Nora Walsh`."""
    if row.last is None:
        return f"nobody but you in {row.days} days"
    return f"{row.total} in {row.days} days, last {event_when(row.last.at)} {row.last.event.by}"


class FamilyView(RowView[FamilyRow]):
    """People as in the switcher, grants in one row, events in two."""

    def __init__(self) -> None:
        self._people = PersonView()

    def key(self, row: FamilyRow) -> str:
        if isinstance(row, PersonRow):
            return f"person {row.person.id}"
        if isinstance(row, RequestRow):
            return f"request {row.request.user_name}"
        if isinstance(row, LogSummaryRow):
            return "log"
        return f"grant {row.grant.id}" if isinstance(row, GrantRow) else ""

    def selectable(self, row: FamilyRow) -> bool:
        return isinstance(row, PersonRow | GrantRow | RequestRow | LogSummaryRow)

    def heights(self, rows: Sequence[FamilyRow], width: int) -> list[int]:
        return [len(self.draw(row, width)) for row in rows]

    def draw(self, row: FamilyRow, width: int) -> Sequence[Line]:
        match row:
            case PersonRow():
                return self._people.draw(row, width)
            case GrantRow(grant):
                return _grant_lines(grant, width)
            case RequestRow(request):
                return _two_words(request.user_name, f"asks for {request.scope.value} access{_since(row.at)}", width)
            case EventRow():
                return _event_lines(row, width)
            case LogSummaryRow():
                return _two_words("WHO OPENED MY RECORD", log_words(row), width)
            case Para():
                return para_lines(row, width)
        return []


def _grant_lines(grant: Grant, width: int) -> list[Line]:
    other = grant.receiver if grant.mine else grant.giver
    words = f"offers you {grant_words(grant)}" if grant.waits_for_me else grant_words(grant)
    over = grant.state in (GrantState.ENDED, GrantState.REFUSED)
    return _two_words(other, words, width, "muted" if over else "")


def _two_words(name: str, words: str, width: int, role: str = "") -> list[Line]:
    """A name and what is said of it, beside or below it."""
    if width < PHONE:
        rows = wrap(words, max(10, width - 2))
        return [[(f" {fit(name, width - 2)}", f"bold {role}")], *([(f" {row}", "muted")] for row in rows)]
    first, *rest = wrap(words, width - 27)
    head: Line = [(f" {left(name, 24)} ", f"bold {role}"), (first, "muted")]
    return [head, *([(" " * 26, ""), (row, "muted")] for row in rest)]


def _since(at: datetime) -> str:
    return f", asked {day_words(at.date())}"


def _event_lines(row: EventRow, width: int) -> list[Line]:
    event = row.event
    first: Line = [(f" {event_when(row.at)}  ", "muted"), (fit(event.by, width - 20), "")]
    words = ", ".join(filter(None, (event.words, event.why)))
    return [first, [("    ", ""), (fit(words, width - 5), "abnormal" if event.refused else "muted")]]
