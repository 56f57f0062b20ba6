"""Where a refill is picked up: what is not handed out there (RX-5), and when it is open, in the point's own zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from genesis_tui.models.base.dates import DAYS, clock, zone_name, zone_of

LOCKER, MAIL = "locker", "mail"
_WEEK = timedelta(days=7)
_ALWAYS = "open day and night"


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """From when until when a point is open on a day; one that closes no later than it opens closes the next day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class OpeningHours(OpenSpan):
    """The same, every week; `day` is 0 on Mondays."""

    day: int


@dataclass(frozen=True, slots=True)
class PickUp:
    """RX-5: a pharmacy, a locker or the mail. `refuses` are the kinds of drug it does not hand out."""

    id: str
    name: str
    kind: str
    facility: str = ""
    place: str = ""
    zone: str = ""
    military: bool = True
    tracks: bool = True
    refuses: tuple[str, ...] = ()
    phone: str = ""
    hours: tuple[OpeningHours, ...] = ()
    """Empty where they are not known."""
    today: tuple[OpenSpan, ...] | None = None
    """What the point says of this day, which stands over `hours`; None where it says nothing."""

    def why_not(self, *, controlled: bool, refrigerated: bool) -> str:
        """Why a drug is not handed out here: `not at a locker: refrigerated`; empty where it is."""
        if not self.military:
            return "not a military pharmacy"
        kinds = (("controlled", controlled), ("refrigerated", refrigerated))
        why = " and ".join(word for word, is_so in kinds if is_so and word in self.refuses)
        where = {LOCKER: "at a locker", MAIL: "by mail"}.get(self.kind, "there")
        return f"not {where}: {why}" if why else ""

    def open_text(self, now: datetime) -> str:
        """`open until 17:00 CET`, `closed, opens Tue 08:00 CET`; empty where hours or zone are not known."""
        zone = zone_of(self.zone)
        if zone is None or not (self.hours or self.today):
            return ""
        here = now.astimezone(zone)
        ends = None
        for start, end in self._spans(here):
            if ends is not None and start > ends:
                break
            if ends is None and start > here:
                return f"closed, opens {_when(start, here)}"
            if end > here:
                ends = max(end, ends or end)
        if ends is None:
            return "closed"
        return _ALWAYS if ends - here > _WEEK else f"open until {_when(ends, here)}"

    def _spans(self, here: datetime) -> Iterator[tuple[datetime, datetime]]:
        """From the day before on, for nine days, by start."""
        for ahead in range(-1, 9):
            day = here.date() + timedelta(days=ahead)
            for span in self._on(day, here.date()):
                last = day + timedelta(days=span.closes <= span.opens)
                yield datetime.combine(day, span.opens, here.tzinfo), datetime.combine(last, span.closes, here.tzinfo)

    def _on(self, day: date, today: date) -> tuple[OpenSpan, ...]:
        if day == today and self.today is not None:
            return self.today
        return tuple(sorted((one for one in self.hours if one.day == day.weekday()), key=lambda one: one.opens))

    @property
    def week_text(self) -> str:
        """`Mon to Fri 08:00 to 17:00, Sat 09:00 to 12:00`; empty where hours are not known."""
        days = [(number, self._words(number)) for number in range(7)]
        found = []
        for words, same in groupby(days, key=lambda one: one[1]):
            [first, *rest] = [DAYS[number] for number, _ in same]
            if words:
                found.append(f"{first}{f' to {rest[-1]}' if rest else ''} {words}")
        return ", ".join(found)

    def _words(self, day: int) -> str:
        spans = sorted((one for one in self.hours if one.day == day), key=lambda one: one.opens)
        return " and ".join(f"{one.opens:%H:%M} to {_closing(one.closes)}" for one in spans)


def _closing(at: time) -> str:
    return "24:00" if at == time() else f"{at:%H:%M}"


def _when(at: datetime, here: datetime) -> str:
    """`17:00 CET`; with its day where that is another one, but for the midnight that ends this one."""
    if at.date() == here.date():
        return f"{clock(at)} {zone_name(at)}"
    if at.time() == time() and at.date() == here.date() + timedelta(days=1):
        return f"24:00 {zone_name(at)}"
    return f"{DAYS[at.weekday()]} {clock(at)} {zone_name(at)}"
