"""How Home looks: people with what is new for each, and what lies ahead beside them (MOCKUPS §1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from genesis_tui.models.base.dates import clock, day_month, in_zone, weekday
from genesis_tui.models.family import Access, Family, FamilyMember
from genesis_tui.models.home import OFFERED, AwaitedAnswer, NewItem, PersonNews, SupplyAhead, UpcomingAppointment
from genesis_tui.models.refills.wording import due_words, out_words, short_provider
from genesis_tui.screens.base.places import PLACES
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left, right, width_of, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, spread
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.virtual_list import Gap, RowView

_PHONE = 58
_PLACE, _STATE, _WHEN = 10, 11, 12
_STATES = {
    "critical": ("◆◆ Critical", "critical"),
    "high": ("▲ High", "abnormal"),
    "low": ("▼ Low", "abnormal"),
    "abnormal": ("◆ Abnormal", "abnormal"),
    "ready": ("ready", "ok"),
    OFFERED: ("choose one", "pending"),
    "declined": ("declined", "abnormal"),
    "booked": ("booked", "ok"),
    "not sent": ("not sent", "pending"),
    "in doubt": ("in doubt", "pending"),
}


_CLIPBOARDS = {"to-fill-in": ("to fill in", "pending"), "begun": ("half filled", "pending")}
"""What a clipboard says in place of the appointment's status."""


@dataclass(frozen=True, slots=True)
class PersonHeading:
    """A person's heading."""

    person: FamilyMember


@dataclass(frozen=True, slots=True)
class NewsRow:
    """Something new for a person; `enter` goes there as that person."""

    person: FamilyMember
    item: NewItem


@dataclass(frozen=True, slots=True)
class UpcomingRow:
    """An appointment of a person."""

    person: FamilyMember
    coming: UpcomingAppointment


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """A drug of a person that runs out soon; `enter` goes there."""

    person: FamilyMember
    supply: SupplyAhead


@dataclass(frozen=True, slots=True)
class TextRow:
    """A sentence about a person; `opens` where `enter` opens their record."""

    person: FamilyMember
    text: str
    role: str = "muted"
    opens: bool = False


@dataclass(frozen=True, slots=True)
class AwaitedRow:
    """A message about a person that nobody has answered yet; `enter` goes there."""

    person: FamilyMember
    awaited: AwaitedAnswer


@dataclass(frozen=True, slots=True)
class AccessRow:
    """Access that waits for the answer of the person signed in (FAM-12); `enter` goes to Family."""

    person: FamilyMember
    text: str
    at: date
    key: str


HomeRow = PersonHeading | NewsRow | UpcomingRow | AwaitedRow | AccessRow | SupplyRow | TextRow | Gap


def access_rows(family: Family | None) -> list[AccessRow]:
    """Access that is offered to the person signed in, and access to their own record that others ask for."""
    if family is None or not family.people:
        return []
    me = family.people[0]
    offered = [
        AccessRow(me, f"{one.giver} offers you access", one.since, f"Grant/{one.id}")
        for one in family.grants
        if one.waits_for_me
    ]
    asked = [
        AccessRow(me, f"{one.user_name} asks for access to your record", one.at.date(), one.user_name)
        for one in family.requests
    ]
    return [*offered, *asked]


def home_rows(
    people: Sequence[tuple[FamilyMember, PersonNews | str | None]],
    *,
    gaps: bool,
    ahead: bool = True,
    unsent: Mapping[str, Sequence[NewItem]] | None = None,
    access: Sequence[AccessRow] = (),
) -> list[HomeRow]:
    """People in family order. With each: the news, words on why there are none, or None while they are on their way.

    `ahead`: with all their appointments, and not with those alone that have a clipboard to fill in: a pane of its own
    shows them. `unsent`: by person's id what is not sent, which shows where there are no news yet. `access`: what waits
    for an answer of the person signed in.
    """
    rows: list[HomeRow] = []
    for person, news in people:
        if gaps:
            rows.append(Gap())
        rows += [PersonHeading(person), *(row for row in access if row.person.id == person.id)]
        rows += _of_person(person, news, (unsent or {}).get(person.id, ()), ahead=ahead)
    return rows


def _of_person(
    person: FamilyMember, news: PersonNews | str | None, unsent: Sequence[NewItem], *, ahead: bool
) -> list[HomeRow]:
    if person.access is Access.NONE:
        return [TextRow(person, person.next or person.why)]
    if isinstance(news, str):
        return [*(NewsRow(person, i) for i in unsent), TextRow(person, news, "critical", opens=True)]
    if news is None:
        return [*(NewsRow(person, i) for i in unsent), TextRow(person, f"Loading{symbols.get('more')}", "italic muted")]
    told = {item.key for item in news.items}
    rows: list[HomeRow] = [NewsRow(person, i) for i in news.items]
    for due in (True, False):
        rows += [SupplyRow(person, s) for s in news.supplies if s.due is due and s.key not in told]
    rows += [UpcomingRow(person, c) for c in news.coming if c.clipboard_due or (ahead and c.key not in told)]
    if ahead:
        rows += [AwaitedRow(person, a) for a in news.waiting]
    results = person.may("results.read")
    if not results.allowed and results.title:
        rows.append(TextRow(person, results.title))
    if results.allowed and not any(isinstance(row, NewsRow | SupplyRow) for row in rows):
        rows.append(TextRow(person, "Nothing new", opens=True))
    return rows


def counted(people: Iterable[tuple[FamilyMember, PersonNews | str | None]], *, access: int = 0) -> str:
    """`5 people · 4 new · 1 to do`; `access`: how much access waits for an answer."""
    known = list(people)
    told = [news for _, news in known if isinstance(news, PersonNews)]
    items = [item for news in told for item in news.items]
    to_do = sum(item.to_do for item in items)
    new = len(items) - to_do
    due = to_do + access + sum(one.clipboard_due for news in told for one in news.coming)
    due += sum(one.due for news in told for one in news.supplies)
    number = f"{len(known)} {'person' if len(known) == 1 else 'people'}"
    parts = (number, f"{new} new" if new else "nothing new", f"{due} to do" if due else "")
    return f" {symbols.get('dot')} ".join(filter(None, parts))


class HomeView(RowView[HomeRow]):
    """Rows of Home; `two_rows` where an item takes two, `zone` that of the person signed in."""

    def __init__(self, *, two_rows: bool = False, zone: str = "") -> None:
        """Pure: the same row and width draw the same lines."""
        self.two_rows = two_rows
        self.zone = zone

    def key(self, row: HomeRow) -> str:
        match row:
            case NewsRow(person, item):
                return f"{person.id} {item.key or item.title}"
            case UpcomingRow(person, coming):
                return f"{person.id} {coming.key}"
            case AwaitedRow(person, awaited):
                return f"{person.id} waits {awaited.key}"
            case SupplyRow(person, supply):
                return f"{person.id} supply {supply.key}"
            case AccessRow(person, _, _, key):
                return f"{person.id} access {key}"
            case TextRow(person, _, _, True):
                return person.id
            case _:
                return ""

    def selectable(self, row: HomeRow) -> bool:
        match row:
            case NewsRow(_, item):
                return bool(item.key)
            case UpcomingRow(_, coming):
                return bool(coming.key)
            case AwaitedRow() | AccessRow() | SupplyRow():
                return True
            case _:
                return isinstance(row, TextRow) and row.opens

    def heights(self, rows: Sequence[HomeRow], width: int) -> list[int]:
        """One row, two for things where it is narrow, as many as a sentence needs."""
        return [len(self.draw(row, width)) for row in rows]

    def draw(self, row: HomeRow, width: int) -> list[Line]:
        """The stripe in the person's colour, then what the row says."""
        match row:
            case Gap():
                return [[]]
            case PersonHeading(person):
                return [_head(person, width)]
            case NewsRow(person, item):
                state = _STATES.get(item.state, (item.state, "unread"))
                mark = "!" if item.to_do else "•"
                place = "Drafts" if item.is_draft else _place(item.place)
                return self._thing(person, mark, place, item.title, state, _when(item), width, bold=True)
            case UpcomingRow(person, coming):
                at = in_zone(coming.at, coming.zone)
                state = _CLIPBOARDS.get(coming.clipboard, (coming.status, "muted"))
                when = f"{day_month(at)} {clock(at)}"
                mark = "!" if coming.clipboard_due else ""
                return self._thing(
                    person, mark, _place("appointments"), _what(coming, self.zone), state, when, width, bold=False
                )
            case AccessRow(person, text, at):
                state = ("to answer", "pending")
                return self._thing(person, "!", _place("family"), text, state, day_month(at), width, bold=True)
            case AwaitedRow(person, one):
                title = f"{one.title}, to {one.recipient}" if one.recipient else one.title
                state = ("overdue", "critical") if one.overdue else ("no answer", "pending")
                due = f"due {day_month(one.due).strip()}"
                return self._thing(person, "", _place("inbox"), title, state, due, width, bold=False)
            case SupplyRow(person, supply):
                return self._supply(person, supply, width)
            case TextRow(person, text, role):
                rows = wrap(text, width - 6)
                return [[_stripe(person), ("   ", ""), (part, role)] for part in rows]

    def _supply(self, person: FamilyMember, supply: SupplyAhead, width: int) -> list[Line]:
        """What is said of it takes the room of state and time; below the drug where it is narrow."""
        said, role = _supply_words(supply)
        start: list[Span] = [_stripe(person), (f" {'!' if supply.due else ' '} ", "sign unread")]
        weight = "bold" if supply.due else ""
        if self.two_rows:
            second: Line = [_stripe(person), ("   ", ""), (fit(said, width - 5), role)]
            return [[*start, (fit(supply.title, width - 5), weight)], second]
        if width < _PHONE:
            room = (width - 6) // 2
            return [[*start, (left(supply.title, room) + " ", weight), (fit(said, width - room - 6), role)]]
        start.append((left(_place("refills"), _PLACE) + " ", "muted"))
        room = width - 4 - _PLACE - 1 - 1 - width_of(said) - 2
        if width_of(supply.title) > room:
            below: Line = [_stripe(person), (right(said, width - 3), role)]
            return [[*start, (fit(supply.title, width - _PLACE - 6), weight)], below]
        return [[*start, (left(supply.title, room) + " ", weight), (said, role)]]

    def _thing(
        self,
        person: FamilyMember,
        mark: str,
        place: str,
        text: str,
        state: Span,
        when: str,
        width: int,
        *,
        bold: bool,
    ) -> list[Line]:
        start: list[Span] = [_stripe(person), (f" {mark or ' '} ", "sign unread")]
        weight = "bold" if bold else ""
        tone = f"sign {state[1]}"
        if self.two_rows:
            dot = f" {symbols.get('dot')} "
            second: Line = [_stripe(person), ("   ", ""), (state[0], tone), (f"{dot}{when.strip()}", "muted")]
            return [[*start, (fit(text, width - 5), weight)], second]
        if width < _PHONE:
            room = max(8, width - 5 - _STATE - 1)
            return [[*start, (left(text, room), weight), (" " + left(state[0], _STATE), tone)]]
        room = max(8, width - 4 - _PLACE - 1 - 1 - _STATE - 1 - _WHEN - 2)
        line: Line = [
            *start,
            (left(place, _PLACE) + " ", "muted"),
            (left(text, room) + " ", weight),
            (left(state[0], _STATE) + " ", tone),
            (right(when, _WHEN), "muted"),
        ]
        return [line]


def _place(id: str) -> str:
    return next((place.short for place in PLACES if place.id == id), "")


def _supply_words(supply: SupplyAhead) -> Span:
    """RX-12: that nobody has asked is graver on the last day; what is asked for needs nothing."""
    if supply.due:
        role = "critical bold" if supply.left <= 1 else "pending bold"
        return due_words(supply.out, supply.left, supply.denied), role
    if supply.asked == "renewal":
        return f"renewal, with {short_provider(supply.by)}", "muted"
    return "refill asked for" if supply.asked else out_words(supply.out, supply.left), "muted"


def _what(coming: UpcomingAppointment, zone: str) -> str:
    """What an appointment is for; after it the clinic's zone, where the hour is not the viewer's own (APPT-9)."""
    there = in_zone(coming.at, coming.zone)
    same = not zone or there.utcoffset() == in_zone(coming.at, zone).utcoffset()
    return coming.what if same else f"{there.tzname()}: {coming.what}"


def _when(item: NewItem) -> str:
    return f"by {day_month(item.until).strip()}" if item.until else day_month(item.at)


def _stripe(person: FamilyMember) -> Span:
    return ("▎", f"sign {patient_word(person.number)}-ink")


def _head(person: FamilyMember, width: int) -> Line:
    relation = "you" if person.relation == "you" else f"{person.relation}, {person.age}"
    start: list[Span] = [
        _stripe(person),
        (f" {person.name.upper()}", f"bold {patient_word(person.number)}-ink"),
        (f"  {relation}", "muted"),
    ]
    access = person.access_text
    role = "critical" if person.access is Access.NONE else "muted"
    full = f"{access}: {person.why}" if person.access is not Access.FULL and person.why else access
    end: list[Span] = [(full if width >= _PHONE else access, role), ("  " if width >= _PHONE else " ", "")]
    return spread(start, end, width)


@dataclass(frozen=True, slots=True)
class Account:
    """What the right pane says of the sign-in: method, level and zone, and when DEERS was last read, in words."""

    method: str
    level: str
    deers_read: str = ""
    zone: str = ""


def coming_lines(news: Iterable[PersonNews], width: int, zone: str = "") -> list[Line]:
    """Day 10, time 5, name 6, what: every appointment of the family in the next 14 days, soonest first."""
    found = sorted(((c, n.person) for n in news for c in n.coming), key=lambda pair: pair[0].at)
    if not found:
        return [[(" Nothing in the next 14 days", "muted")]]
    lines: list[Line] = []
    before = ""
    for coming, person in found:
        at = in_zone(coming.at, coming.zone)
        day = weekday(at)
        shown = day if day != before else ""
        before = day
        lines.append(
            [
                (f" {left(shown, 10)} ", "muted"),
                (clock(at) + " ", ""),
                (left(person.given, 6) + " ", f"{patient_word(person.number)}-ink"),
                (fit(_what(coming, zone), max(4, width - 26)), ""),
            ]
        )
    return lines


def waiting_lines(news: Iterable[PersonNews], width: int) -> list[Line]:
    """Who has not answered what about whom, and until when an answer is due (MSG-5); the longest waited for first."""
    found = sorted(((one, known.person) for known in news for one in known.waiting), key=lambda pair: pair[0].due)
    return [line for one, person in found for line in _waits(one, person, width)]


def _waits(one: AwaitedAnswer, person: FamilyMember, width: int) -> list[Line]:
    due = f"overdue {day_month(one.due)}" if one.overdue else f"due {weekday(one.due)}"
    room = max(4, width - len(due) - 4)
    title = fit(one.title, width - 5 - len(person.given))
    return [
        [(f" {left(one.recipient, room)} ", ""), (due, "critical" if one.overdue else "pending")],
        [("   ", ""), (f"{person.given} ", f"{patient_word(person.number)}-ink"), (title, "muted")],
    ]
