"""Row 0: product, host badge, whose record is open, who is signed in, and how fresh the rows are (MOCKUPS §1)."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import reactive

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, clip, painted
from genesis_tui.widgets.drawing.themes import Paint, patient_word

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.sign_in import Host, SignedIn

PHONE = 60
"""Narrower than this the whole row is in the patient's colour."""


class Fetched(NamedTuple):
    """When the rows shown were last fetched. `state`: empty, `fetching`, `ready` or `offline`."""

    state: str = ""
    at: datetime | None = None
    """In the zone in which it prints."""
    another_day: bool = False
    """Whether that was on another day than today."""

    def words(self) -> str:
        """`✓ 09:42`, `↻`, `offline since 09:42` or `21 Nov`; empty before the first fetch."""
        match self.state:
            case "ready":
                return f"{symbols.get('ok')} {self._clock()}"
            case "fetching":
                return symbols.get("fetching")
            case "offline":
                return f"offline since {self._clock()}" if self.at else "offline"
            case _:
                return ""

    def briefer(self) -> tuple[str, ...]:
        """Shorter words for where a name would have to be cut: `offline 09:42`, then `offline`."""
        return (f"offline {self._clock()}".rstrip(), "offline") if self.state == "offline" else ()

    def _clock(self) -> str:
        return "" if self.at is None else f"{self.at:%d %b}" if self.another_day else f"{self.at:%H:%M}"

    def word(self) -> str:
        """The colour of `words`."""
        return {"ready": "ok", "offline": "abnormal"}.get(self.state, "muted")


class BarFacts(NamedTuple):
    """All that the bar can say; it draws what fits."""

    host: "Host | None" = None
    me: "SignedIn | None" = None
    patient: "FamilyMember | None" = None
    family: int = 0
    """How many people a family-wide screen shows; 0 where the screen is about one patient."""
    fetched: Fetched = Fetched()


class BarParts(NamedTuple):
    """The words left after dropping, in reading order; an empty one is not drawn."""

    product: str = ""
    badge: str = ""
    address: str = ""
    name: str = ""
    relation: str = ""
    age: str = ""
    """Stands in for `relation` when that is dropped."""
    access: str = ""
    who: str = ""
    method: str = ""
    level: str = ""
    fetched: str = ""

    def banner(self) -> str:
        """Whose record, in words."""
        dot = f" {symbols.get('dot')} "
        return dot.join(part for part in (self.name, self.relation, self.access) if part)

    def account(self) -> str:
        """Who is signed in and how, in words."""
        return f" {symbols.get('dot')} ".join(part for part in (self.who, self.method, self.level) if part)

    def width(self, *, phone: bool) -> int:
        """Cells that the parts need, with the blanks around each."""
        product = cell_len(self.product) + 3 if self.product else 0
        badge = cell_len(self.badge) + 2 + (not self.product and not phone) if self.badge else 0
        address = cell_len(self.address) + 1 if self.address else 0
        banner = cell_len(self.banner()) + (2 if phone else 6) if self.name else 0
        account = cell_len(self.account()) + 3 if self.account() else 0
        return product + badge + address + banner + account + (cell_len(self.fetched) + 1 if self.fetched else 0)


_DROPS = ("product", "port", "who", "level", "method", "relation")


def bar_parts(facts: BarFacts, width: int) -> BarParts:
    """What of `facts` fits in `width` cells. Dropped in order: product, port, who, level, method, relation.

    Never dropped: badge, name, age, access, that it is offline. Before a name is cut, "offline" stands without its
    time.
    """
    parts = _all_parts(facts)
    phone = width < PHONE
    if phone and facts.me is not None and parts.name:
        parts = _without(parts, "product", "port", "who", "level", "method", "relation")
    for drop in _DROPS:
        if parts.width(phone=phone) <= width:
            break
        parts = _without(parts, drop)
    if parts.width(phone=phone) > width:
        parts = parts._replace(access=parts.access.removeprefix("limited: "))
    for brief in facts.fetched.briefer():
        if parts.width(phone=phone) > width:
            parts = parts._replace(fetched=brief)
    over = parts.width(phone=phone) - width
    return _shortened(parts, over) if over > 0 else parts


def _all_parts(facts: BarFacts) -> BarParts:
    patient, me = facts.patient, facts.me
    name, relation, access = "", "", ""
    if facts.family:
        people = "person" if facts.family == 1 else "people"
        name, relation = "FAMILY", f"{facts.family} {people}"
    elif patient is not None:
        name, relation = patient.name.upper(), relation_words(patient)
        access = patient.access_text if patient.relation else patient.why
    return BarParts(
        product="GENESIS",
        badge=facts.host.trust.value if facts.host else "",
        address=facts.host.address if facts.host else "",
        name=name,
        relation=relation,
        age=age_words(patient) if patient is not None and not facts.family else "",
        access=access,
        who=initialled(me.name) if me else "",
        method=me.method if me and (me.name or patient is None) else "",
        level=me.level if me else "",
        fetched=facts.fetched.words() if me else "not signed in",
    )


def relation_words(patient: "FamilyMember") -> str:
    """`your record`; or relation and age; the age alone where no family is known."""
    return (
        "your record" if patient.relation == "you" else ", ".join(filter(None, (patient.relation, age_words(patient))))
    )


def age_words(patient: "FamilyMember") -> str:
    """Years; empty where they are not known."""
    return str(patient.age) if patient.age >= 0 else ""


def initialled(name: str) -> str:
    """`D. Reyes` for `Daniel Reyes`."""
    first, _, rest = name.partition(" ")
    return f"{first[:1]}. {rest}" if rest else name


def _without(parts: BarParts, *drops: str) -> BarParts:
    for drop in drops:
        if drop == "port":
            parts = parts._replace(address="")
        elif drop != "relation":
            parts = parts._replace(**{drop: ""})
        elif parts.access:
            # Age and access stay, in their shortest words: `DANIEL REYES · 38 · full`.
            access = parts.access.removesuffix(" access").removesuffix(" server")
            parts = parts._replace(relation=parts.age, access=access)
    return parts


def _shortened(parts: BarParts, over: int) -> BarParts:
    return parts._replace(name=clip(parts.name, max(6, cell_len(parts.name) - over)))


class Bar(Row):
    """The first row of every screen. It repaints when its facts change, and never by itself."""

    facts: reactive[BarFacts] = reactive(BarFacts())

    def segments(self, width: int) -> list[Segment]:
        """The bar in `width` cells, the banner centred where there is room."""
        facts, paint = self.facts, painted(self)
        parts = bar_parts(facts, width)
        fill = patient_word(facts.patient.number) if facts.patient and not facts.family else "surface"
        base = fill if width < PHONE else "surface"
        host = _host(parts, facts.host, paint, base)
        right = _account(parts, facts.fetched, paint, base)
        return _centred(host, _banner(parts, fill, base, paint), right, width, Segment(" ", paint("foreground", base)))


def _host(parts: BarParts, host: "Host | None", paint: Paint, base: str) -> list[Segment]:
    plain = Segment(" ", paint("muted", base))
    line = [plain, Segment(parts.product, paint("muted", base, bold=True)), plain, plain] if parts.product else []
    if parts.badge and host is not None:
        if not line and base == "surface":
            line = [plain]
        line.append(Segment(f" {parts.badge} ", paint("foreground", _badge_fill(host.trust.value), bold=True)))
    if parts.address:
        line.append(Segment(f" {parts.address}", paint("muted", base)))
    return line


def _badge_fill(trust: str) -> str:
    return {"MOCK": "mock", ".mil": "mil"}.get(trust, "host")


def _banner(parts: BarParts, fill: str, base: str, paint: Paint) -> list[Segment]:
    if not parts.name:
        return []
    dot = f" {symbols.get('dot')} "
    rest = "".join(dot + part for part in (parts.relation, parts.access) if part)
    edge = Segment(" " if base == fill else "  ", paint("foreground", fill))
    return [
        edge,
        Segment(parts.name, paint("foreground", fill, bold=True)),
        Segment(rest, paint("foreground", fill)),
        edge,
    ]


def _account(parts: BarParts, fetched: Fetched, paint: Paint, base: str) -> list[Segment]:
    line = [Segment(f" {parts.account()}  ", paint("muted", base))] if parts.account() else []
    if parts.fetched:
        line.append(Segment(f"{parts.fetched} ", paint(fetched.word(), base, bold=fetched.state == "offline")))
    return line


def _centred(
    left: list[Segment], middle: list[Segment], right: list[Segment], width: int, blank: Segment
) -> list[Segment]:
    lengths = [Segment.get_line_length(part) for part in (left, middle, right)]
    at = (width - lengths[1]) // 2 if width >= 100 else lengths[0] + (2 if width >= PHONE else 0)
    before = max(0, min(max(at, lengths[0]), width - lengths[1] - lengths[2]) - lengths[0])
    after = max(0, width - sum(lengths) - before)
    gap = blank.style
    return [*left, Segment(" " * before, gap), *middle, Segment(" " * after, gap), *right]
