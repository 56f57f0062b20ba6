"""The rows of the sign-in screen: host and its checks, ways to sign in, invented people (HOST-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from genesis_tui import symbols
from genesis_tui.models.host import Host, Trust
from genesis_tui.models.people import Persona
from genesis_tui.models.sign_in import Kind, Way
from genesis_tui.widgets.cells import fit, left, right, wrap
from genesis_tui.widgets.ink import Line, Span, spread
from genesis_tui.widgets.page import Para, para_lines
from genesis_tui.widgets.record_list import RecordList, RowView

PHONE = 60
_SIGN_ROLES = {"✓": "ok", "!": "abnormal", "✗": "critical bold"}
_STATES = {"locked": "locked", "mismatch": "mismatch", "support": "no records"}


@dataclass(frozen=True, slots=True)
class HostRow:
    """Badge and address."""

    host: Host


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line of verification."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A method or a person, with the digit that chooses it (empty past the tenth)."""

    digit: str
    target: Way | Persona


Entry = HostRow | CheckRow | Choice | Para

OPEN = Way("open", "Open", Kind.BROWSER, "no sign-in is needed here: choose a patient")


def ways(host: Host) -> tuple[Way, ...]:
    """The ways in that this server offers and this program speaks."""
    return (*host.ways, OPEN) if host.open else host.ways


def trusted(host: Host) -> bool:
    """HOST-2: every check line shows `✓` or `!`; only then is there anything to choose or to type."""
    return bool(host.checks) and all(check.sign in ("✓", "!") for check in host.checks)


def host_rows(host: Host) -> list[Entry]:
    """The host block."""
    return [_heading("Host"), HostRow(host), *(CheckRow(c.sign, c.text) for c in host.checks)]


def choice_rows(host: Host, personas: Sequence[Persona]) -> list[Entry]:
    """Methods, then people; nothing at all for a host that was not verified."""
    if not trusted(host):
        return []
    offered = ways(host)
    digits = [*"1234567890", *[""] * (len(offered) + len(personas))]
    rows: list[Entry] = [Para(), _heading("Sign in with")]
    rows += [Choice(digit, method) for digit, method in zip(digits, offered, strict=False)]
    if not offered:
        rows.append(Para("This server offers no way to sign in that works in a terminal.", "abnormal"))
    picked = [who for who in personas if who.username]
    if picked and offered:
        rows += [Para(), _heading("Or as a test person")]
        rows += [Choice(digit, who) for digit, who in zip(digits[len(offered) :], picked, strict=False)]
    return rows


def account_line(target: Way | Persona, width: int) -> str:
    """`user name daniel.reyes · password …`; where it is narrow without the words; empty for a method."""
    if isinstance(target, Way):
        return ""
    named = f"user name {target.username} · password {target.password}"
    return symbols.shown(named if width >= PHONE else f"{target.username} · {target.password}")


def _heading(text: str) -> Para:
    return Para(text.upper(), "muted bold")


class EntryView(RowView[Entry]):
    """How they are drawn: people take one row, two where it is narrow."""

    def key(self, row: Entry) -> str:
        """By digit and name."""
        if isinstance(row, Choice):
            name = row.target.title if isinstance(row.target, Way) else row.target.name
            return f"{row.digit} {name}"
        return ""

    def selectable(self, row: Entry) -> bool:
        """Only what can be chosen."""
        return isinstance(row, Choice)

    def heights(self, rows: Sequence[Entry], width: int) -> list[int]:
        """Rows of each."""
        return [len(self.draw(row, width)) for row in rows]

    def draw(self, row: Entry, width: int) -> list[Line]:
        """The rows."""
        match row:
            case HostRow(host):
                fill = {Trust.MOCK: "mock", Trust.MIL: "mil"}.get(host.trust, "host")
                address = fit(host.address, width - len(host.trust.value) - 5)
                return [[(" ", ""), (f" {host.trust.value} ", f"bold on-{fill}"), (f" {address}", "bold")]]
            case CheckRow(sign, text):
                return _check_lines(sign, text, width)
            case Choice(digit, Way() as way):
                return [[*_digit(digit), (left(way.title, 10), "bold"), (fit(way.note, width - 16), "muted")]]
            case Choice(digit, Persona() as persona):
                return _persona_lines(digit, persona, width)
            case Para():
                return para_lines(row, width)
        return []


def _digit(digit: str) -> list[Span]:
    return [(f"  {digit or ' '}  ", "accent bold")]


def _check_lines(sign: str, text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, max(10, width - 4))
    role = "critical" if sign == "✗" else ""
    head: list[Span] = [(" ", ""), (sign, f"sign {_SIGN_ROLES.get(sign, '')}"), (f" {first}", role)]
    return [head, *([("   ", ""), (line, role)] for line in rest)]


def _persona_lines(digit: str, persona: Persona, width: int) -> list[Line]:
    state = _STATES.get(persona.state, persona.state)
    how = state or symbols.shown(f"DS Logon · {persona.level}")
    role = "critical" if persona.state in ("locked", "mismatch") else "muted"
    if width < PHONE:
        name: Line = [*_digit(digit), (fit(persona.name, width - 6), "")]
        story = fit(persona.story, width - 7 - len(state)) if state else fit(persona.story, width - 6)
        return [name, spread([("     ", ""), (story, "muted")], [(state + " ", role)] if state else [], width)]
    story = left(fit(persona.story, width - 44), width - 44)
    return [
        [*_digit(digit), (left(persona.name, 18), ""), (" ", ""), (story, "muted"), (" ", ""), (right(how, 18), role)]
    ]


class EntryList(RecordList[Entry]):
    """Methods and people."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "sign in", id="sign_in.open")]
